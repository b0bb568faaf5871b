"""What the hub wants again. Pure: no clock, no I/O.

A record that its gateway calls confirmed may still be on its way through a queue. So it is wanted only when
it was missing at an earlier beat and is missing still, although later backlog of the gateway has been
stored since or the queues were seen empty in between; and each range at most once in ten minutes, the time
that a backlog may take.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

Range = tuple[int, int]

ASK_AGAIN_S = 600.0
"""A gateway on a narrow link needs minutes to send a range again; asking sooner doubles its work."""

SETTLE_S = 5.0
"""Between the last message leaving a queue and its records being stored: half the time between two beats."""

MAX_ASKED = 200
"""Ranges asked for in one answer; what is left is asked for at the next beat."""


class Want(NamedTuple):
    """A range missing since `noticed_at`, asked for at `asked_at` (seconds of any one clock)."""

    range: Range
    noticed_at: float
    asked_at: float | None = None


class Signs(NamedTuple):
    """Why a missing record is no longer on its way.

    backlog_head: the highest number of the epoch stored from the backlog lane (-1: none). later_epoch:
    backlog of a later epoch has been stored. empty_at: when both queues were seen empty (see Looks).
    """

    backlog_head: int = -1
    later_epoch: bool = False
    empty_at: float | None = None


class Looks:
    """Remembers when the queues were seen empty."""

    def __init__(self) -> None:
        self._at: deque[float] = deque()

    def add(self, at: float) -> None:
        """They were empty at this time, later than all before."""
        self._at.append(at)

    def settled(self, now: float) -> float | None:
        """The last time they were empty that is long enough ago for what had left them to be stored."""
        while len(self._at) > 1 and self._at[1] <= now - SETTLE_S:
            self._at.popleft()
        return self._at[0] if self._at and self._at[0] <= now - SETTLE_S else None


def revise(
    wants: Sequence[Want], missing: Sequence[Range], signs: Signs, now: float
) -> tuple[list[Want], list[Range]]:
    """The wants from now on, and the ranges to ask for in this answer."""
    kept = [piece for want in wants for piece in _still_missing(want, missing)]
    known = sorted(want.range for want in kept)
    fresh = [Want(piece, now) for piece in subtract(missing, known)]
    asked: list[Range] = []
    revised = []
    pieces = [piece for whole in sorted(kept + fresh) for piece in _cut(whole, signs)]
    for want in pieces:
        if len(asked) < MAX_ASKED and _due(want, signs, now):
            asked.append(want.range)
            revised.append(want._replace(asked_at=now))
        else:
            revised.append(want)
    return revised, asked


def subtract(ranges: Sequence[Range], taken: Sequence[Range]) -> list[Range]:
    """What of ascending ranges is in none of `taken`, which is ascending and apart as well."""
    left: list[Range] = []
    for first, last in ranges:
        for start, end in taken:
            if end < first or start > last:
                continue
            if first < start:
                left.append((first, start - 1))
            first = end + 1
        if first <= last:
            left.append((first, last))
    return left


def _still_missing(want: Want, missing: Sequence[Range]) -> list[Want]:
    overlaps = ((max(want.range[0], first), min(want.range[1], last)) for first, last in missing)
    return [want._replace(range=(first, last)) for first, last in overlaps if first <= last]


def _cut(want: Want, signs: Signs) -> list[Want]:
    """Later backlog speaks for the part before it only."""
    first, last = want.range
    if first <= signs.backlog_head < last:
        return [
            want._replace(range=(first, signs.backlog_head)),
            want._replace(range=(signs.backlog_head + 1, last)),
        ]
    return [want]


def _due(want: Want, signs: Signs, now: float) -> bool:
    if want.asked_at is not None and now - want.asked_at < ASK_AGAIN_S:
        return False
    if now - want.noticed_at < SETTLE_S:
        return False
    emptied = signs.empty_at is not None and want.noticed_at < signs.empty_at
    return emptied or signs.later_epoch or want.range[1] <= signs.backlog_head
