"""The vectors of the decoders: one TOML file a kind beside the tests, each vector a rule with its origin.

about       what was decoded by this, for the conformance table: device models, or the standard's devices
origin      where the layout or the vector is from: standard and section, or "by hand from the layout"
hardware    "untested", or the models whose captures were decoded
[[vectors]]
rule        one sentence
origin      if it differs from the file's
pieces      what is fed, in order: hex for frames and streams, text for lines; "12.5 HEX" came at 12.5 s
values      [metric, value, quality] of all that is stored, in order
reading     fields of the last reading, where it says more than the values
told        keys of all that was told, in order, for kinds that tell more than values
refused     true if the last piece raises DecodeError
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sts_protocols.errors import DecodeError
from sts_protocols.kinds import KINDS, Kind, Told

FOLDER = Path(__file__).parent / "unit/protocols/vectors"

SECOND_US = 1_000_000
_TIMED = re.compile(r"(\d+\.\d*)\s+(.*)", re.DOTALL)


class Vector(NamedTuple):
    """One rule of one kind."""

    kind: Kind
    origin: str
    told: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.kind.name}: {self.told['rule']}"

    @property
    def pieces(self) -> list[tuple[int, bytes]]:
        """(boot_us, data), a second apart where the vector names no time."""
        timed: list[tuple[int, bytes]] = []
        for piece in self.told["pieces"]:
            found = _TIMED.fullmatch(piece) if self.kind.takes != "lines" else None
            last_us = timed[-1][0] if timed else -SECOND_US
            at_us = round(float(found[1]) * SECOND_US) if found else last_us + SECOND_US
            timed.append((at_us, self._data(found[2] if found else piece)))
        return timed

    def _data(self, text: str) -> bytes:
        return text.encode() if self.kind.takes == "lines" else bytes.fromhex(text)


@cache
def page(kind: Kind) -> dict[str, Any]:
    """The whole file of a kind. Raises FileNotFoundError: a decoder without a vector is not shipped."""
    return tomllib.loads((FOLDER / f"{kind.name}.toml").read_text("utf-8"))


def vectors(kind: Kind) -> Iterator[Vector]:
    """The vectors of a kind."""
    told = page(kind)
    for vector in told["vectors"]:
        yield Vector(kind, vector.get("origin", told["origin"]), vector)


def all_vectors() -> list[Vector]:
    """Those of every kind."""
    return [vector for kind in KINDS for vector in vectors(kind)]


def feed(vector: Vector) -> tuple[list[Told], DecodeError | None]:
    """All that its pieces told, and what the last one raised."""
    reader = vector.kind.reader()
    told: list[Told] = []
    *before, last = vector.pieces
    for boot_us, data in before:
        told += reader.feed(data, boot_us)
    try:
        told += reader.feed(last[1], last[0])
    except DecodeError as error:
        return told, error
    return told, None
