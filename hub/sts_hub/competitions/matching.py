"""Whether somebody in a result list is one of our own: by licence, then by name with year of birth.

A name alone says too little, and so does a name that two have: these are ambiguous, and a person decides.
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sts_hub.competitions.facts import folded, full_name
from sts_protocols.results.model import Competitor


class Own(NamedTuple):
    """An athlete of the club, as far as it takes to know him or her again. `birth_year`: empty if not known."""

    id: UUID
    name: str
    birth_year: str
    licences: Sequence[str]


class Match(NamedTuple):
    """Who somebody is; how that is known: licence, name, ambiguous (any of the candidates) or none."""

    athlete_id: UUID | None
    how: str
    candidates: Sequence[UUID] = ()


NOBODY = Match(None, "none")


class Register:
    """The own athletes, to look people up in."""

    def __init__(self, own: Sequence[Own]) -> None:
        self._by_licence = {licence: one.id for one in own for licence in one.licences}
        self._by_name: dict[str, list[Own]] = {}
        for one in own:
            self._by_name.setdefault(folded(one.name), []).append(one)

    def match(self, who: Competitor) -> Match:
        """Who of the own athletes this is."""
        if who.kind != "person":
            return NOBODY
        known = self._by_licence.get(who.licence) if who.licence else None
        if known is not None:
            return Match(known, "licence")
        name = folded(full_name(who))
        year = who.birth[:4]
        alike = [one for one in self._by_name.get(name, []) if _may_be(one.birth_year, year)] if name else []
        sure = [one for one in alike if year and one.birth_year == year]
        if len(sure) == 1:
            return Match(sure[0].id, "name")
        return Match(None, "ambiguous", [one.id for one in alike]) if alike else NOBODY


def _may_be(one: str, other: str) -> bool:
    return not (one and other) or one == other
