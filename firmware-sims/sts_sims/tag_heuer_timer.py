"""A TAG Heuer timer that tells its stored times one after another, after its zero, and between them a time as it is
measured, in the maker's protocol of 2012 (THCOM08). Packing only."""

import random
from collections.abc import Iterator
from itertools import count

from sts_sims.cable import Utterance

UNITS_PER_S = 100_000
# 2026-11-28, since 2000.
DAYS = 9_828


class TagHeuerTimer:
    """A time each `every_s`; zero: the time of day it was set to zero, as HH:MM:SS DD/MM/YY."""

    def __init__(self, seed: int, *, zero: str = "08:00:00 28/11/26", every_s: float = 5.0) -> None:
        self._chance = random.Random(f"{seed}:tag-heuer")
        self._zero = zero
        self._every_s = every_s

    def utterances(self) -> Iterator[Utterance]:
        """The zero, then two lines a time: stored, and as it was measured."""
        yield Utterance(0.0, f"!T {self._zero}\r".encode(), {})
        for rank in count(1):
            at_s = rank * self._every_s + self._chance.random()
            seconds, part = divmod(int(at_s * UNITS_PER_S), UNITS_PER_S)
            text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{part:05d}"
            data = f"RR {rank % 10_000:04d} {rank % 10_000:04d}   {text}\r".encode()
            yield Utterance(at_s, data, {"channel": "RR", "bib": str(rank % 10_000)})
            line = f"TN {rank % 10_000:4d} {rank % 10_000:4d}  1 {text} {DAYS:5d}".encode()
            yield Utterance(at_s, line + b"\t%04X\r" % sum(line), {"channel": "1", "bib": str(rank % 10_000)})
