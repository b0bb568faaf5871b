"""An ALGE timer on a race morning: starts and finishes, stray impulses, times by keypad and taken back.

Layout: Timy3 manual, RS-232 interface. Packing only.
"""

import heapq
import random
from collections.abc import Iterator
from itertools import count

from sts_sims.cable import Utterance

TICKS_PER_S = 10_000
DAY_TICKS = 24 * 3600 * TICKS_PER_S
# A timer sends a line when the impulse has been judged.
AFTER_IMPULSE_S = 0.005
START, FINISH, RUN_TIME = "C0", "C1", "RT"


def clock(ticks: int, decimals: int = 4) -> str:
    """HH:MM:SS.zhtq of a time of day or a duration, cut off, padded to 13 columns."""
    seconds, part = divmod(ticks % DAY_TICKS, TICKS_PER_S)
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{part:04d}"
    return text[: 9 + decimals].ljust(13)


def line(info: str, bib: int, channel: str, ticks: int, *, manual: bool = False, decimals: int = 4) -> bytes:
    """One line with its CR."""
    mark = "M" if manual else " "
    return f"{info}{bib:04d} {channel}{mark} {clock(ticks, decimals)} 00\r".encode()


class AlgeTimer:
    """One racer after another, `every_s` apart; some of `strays` fire without a bib, some starts are by hand
    and taken back, and the run time is printed at each finish.

    starts_at: the timer's time of day when the run begins, in ticks. racers 0: for ever.
    """

    def __init__(
        self, seed: int, *, starts_at: int, every_s: float = 30.0, run_s: float = 55.0, racers: int = 0
    ) -> None:
        self._chance = random.Random(f"{seed}:alge")
        self._starts_at = starts_at
        self._every_s = every_s
        self._run_s = run_s
        self._racers = racers

    def utterances(self) -> Iterator[Utterance]:
        """All lines in the order of their times."""
        waiting: list[tuple[float, int, bytes, dict[str, object]]] = []
        for number in count():
            starts_s = number * self._every_s
            while waiting and (waiting[0][0] < starts_s or self._is_over(number)):
                at_s, _, data, about = heapq.heappop(waiting)
                yield Utterance(at_s + AFTER_IMPULSE_S, data, about)
            if self._is_over(number):
                return
            for place, (at_s, data, about) in enumerate(self._race(number + 1, starts_s)):
                heapq.heappush(waiting, (at_s, number * 16 + place, data, about))

    def _is_over(self, number: int) -> bool:
        return bool(self._racers) and number >= self._racers

    def _race(self, bib: int, starts_s: float) -> Iterator[tuple[float, bytes, dict[str, object]]]:
        run_s = self._run_s * self._chance.uniform(0.85, 1.25)
        start, finish = self._ticks(starts_s), self._ticks(starts_s + run_s)
        yield starts_s, f"n{bib:04d}\r".encode(), {}
        if self._chance.random() < 0.15:  # somebody stepped through the beam
            yield self._told(starts_s + 0.2, "?", 0, FINISH)
        if self._chance.random() < 0.15:  # a start by keypad, and taken back
            yield self._told(starts_s + 0.3, " ", bib, START, manual=True)
            yield self._told(starts_s + 0.3, "c", bib, START, manual=True, later_s=0.2)
        yield self._told(starts_s + 1.0, " ", bib, START)
        yield self._told(starts_s + 1.0 + run_s, " ", bib, FINISH)
        yield (
            starts_s + 1.0 + run_s,
            line(" ", bib, RUN_TIME, (finish - start) % DAY_TICKS, decimals=2),
            {"channel": RUN_TIME, "bib": str(bib)},
        )

    def _told(
        self, at_s: float, info: str, bib: int, channel: str, *, manual: bool = False, later_s: float = 0.0
    ) -> tuple[float, bytes, dict[str, object]]:
        ticks = self._ticks(at_s)
        data = line(info, bib, channel, ticks, manual=manual)
        about: dict[str, object] = {"channel": channel, "bib": str(bib) if bib else None, "ticks": ticks}
        return at_s + later_s, data, about

    def _ticks(self, at_s: float) -> int:
        return (self._starts_at + int(at_s * TICKS_PER_S)) % DAY_TICKS
