"""Whether a file, or somebody in a result list, may name a person: decided from text alone, without I/O.

Compared are words without accents and capitals, in any order. In a file the words of a name must stand near each other, as in
one line or element; a licence or number of the person alone is enough. Whoever may be meant is taken to be meant: of a namesake
rank, time and club stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sts_hub.competitions.facts import words

# Family and given name of an element or a line stand within so many words of each other: IOF XML writes two elements between.
NEAR = 8
# Shorter words stand in every list; initials say nobody's name.
SHORTEST = 3


class Named(NamedTuple):
    """Somebody as far as lists tell people: `birth_year` empty if not known."""

    name: str
    birth_year: str
    licences: Sequence[str]


def may_be(one: Named, name: str, birth: str) -> bool:
    """Whether somebody in a list, by name and birth (a year, or a day), may be this person."""
    alike = sorted(words(one.name)) == sorted(words(name))
    return alike and (not one.birth_year or not birth or birth[:4] == one.birth_year)


def names(one: Named, data: bytes) -> bool | None:
    """Whether a file may name the person; None where it is no text, so nobody can tell."""
    text = _text(data)
    if text is None:
        return None
    # In markup one person goes over several lines; else a line is about one.
    parts = [text] if "<" in text else text.splitlines()
    told = [words(part) for part in parts]
    return any(_stands(sought, part) for sought in _sought(one) for part in told)


def _sought(one: Named) -> Iterator[list[str]]:
    for text in (one.name, *one.licences):
        found = [word for word in words(text) if len(word) >= SHORTEST]
        if found:
            yield found


def _stands(sought: Sequence[str], told: Sequence[str]) -> bool:
    rarest, wanted = max(sought, key=len), set(sought)
    return any(
        word == rarest and wanted <= set(told[max(0, place - NEAR) : place + NEAR + 1])
        for place, word in enumerate(told)
    )


def _text(data: bytes) -> str | None:
    """The text of a file in one of the encodings that result lists have; None for what is none."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\x00" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
