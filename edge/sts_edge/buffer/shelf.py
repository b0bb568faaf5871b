"""All segments, in order: where a record lies, what waits to be sent, what may go when room is needed."""

import heapq
from collections.abc import Callable, Iterator
from typing import NamedTuple

from .interface import Held, Range
from .segment import Lane, Segment

# What goes first when room is needed: bulk that can be measured again before bulk that says what the bulk
# meant.
DROP_ORDER = (Lane.RAW, Lane.WAVEFORM, Lane.SAMPLES)


class Spot(NamedTuple):
    """A record: its segment and its index there."""

    segment: Segment
    at: int


class Shelf:
    """The segments that hold records, by epoch in the order of their beginning, and by lane."""

    def __init__(self) -> None:
        self._epochs: dict[bytes, dict[Lane, list[Segment]]] = {}
        self.used_bytes = 0

    def put(self, segment: Segment) -> None:
        """Take in a segment; within an epoch and lane they come in order."""
        self._epochs.setdefault(segment.epoch, {}).setdefault(segment.lane, []).append(segment)

    def account(self, segment: Segment, file_bytes: int) -> None:
        """Note what a segment's file takes on the disk."""
        self.used_bytes += file_bytes - segment.file_bytes
        segment.file_bytes = file_bytes

    def remove(self, segment: Segment) -> None:
        """Forget a segment."""
        self.account(segment, 0)
        lanes = self._epochs[segment.epoch]
        lanes[segment.lane].remove(segment)
        if not any(lanes.values()):
            del self._epochs[segment.epoch]

    def __iter__(self) -> Iterator[Segment]:
        return (one for lanes in self._epochs.values() for segments in lanes.values() for one in segments)

    def epochs(self) -> list[bytes]:
        """Return the epochs that hold records, oldest first."""
        return list(self._epochs)

    def of(self, epoch: bytes) -> Iterator[Segment]:
        """Yield the segments of one epoch."""
        for segments in self._epochs.get(epoch, {}).values():
            yield from segments

    def find(self, epoch: bytes, seq: int) -> Spot | None:
        """Return where a record lies."""
        for segments in self._epochs.get(epoch, {}).values():
            segment = _candidate(segments, seq)
            if segment is not None and (at := segment.find(seq)) >= 0:
                return Spot(segment, at)
        return None

    def between(self, epoch: bytes, first: int, last: int) -> Iterator[Spot]:
        """Yield the records of an epoch with these numbers, lane by lane."""
        for segment in self.of(epoch):
            for at in segment.between(first, last):
                yield Spot(segment, at)

    def nearest(self, epoch: bytes, seq: int, step: int) -> Spot | None:
        """Return the held record next below (step -1) or above (step 1) a number."""
        spots = []
        for segment in self.of(epoch):
            below, above = segment.around(seq)
            if (at := below if step < 0 else above) is not None:
                spots.append(Spot(segment, at))
        pick = max if step < 0 else min
        return pick(spots, key=lambda spot: spot.segment.seq(spot.at), default=None)

    def held(self, epoch: bytes) -> Iterator[Range]:
        """Yield the numbers of an epoch that can still be had here, lane by lane."""
        for segment in self.of(epoch):
            yield from segment.held_ranges()

    def backlog(self, sendable: Callable[[Held], bool]) -> Iterator[Spot]:
        """Yield what waits and is sendable, oldest epoch first, in the order of the numbers.

        `sendable` is asked once for each epoch, kind and clock_known.
        """
        verdicts: dict[tuple[bytes, int, bool], bool] = {}

        def judge(held: Held) -> bool:
            key = (held.epoch, held.kind, held.clock_known)
            if key not in verdicts:
                verdicts[key] = sendable(held)
            return verdicts[key]

        for lanes in list(self._epochs.values()):
            rows = [_waiting(segments, judge) for segments in lanes.values()]
            yield from heapq.merge(*rows, key=lambda spot: spot.segment.seq(spot.at))

    def oldest_settled(self) -> Segment | None:
        """Return the oldest closed segment of which nothing waits."""
        return min((one for one in self if one.closed and not one.waiting), key=_age, default=None)

    def oldest_droppable(self) -> Segment | None:
        """Return the closed segment that the policy "oldest raw first" gives up next."""
        for lane in DROP_ORDER:
            closed = [one for one in self if one.lane == lane and one.closed]
            if closed:
                return min(closed, key=_age)
        return None


def _age(segment: Segment) -> int:
    return segment.number


def _candidate(segments: list[Segment], seq: int) -> Segment | None:
    low, high = 0, len(segments)
    while low < high:
        middle = (low + high) // 2
        if segments[middle].last_seq < seq:
            low = middle + 1
        else:
            high = middle
    return segments[low] if low < len(segments) and segments[low].first_seq <= seq else None


def _waiting(segments: list[Segment], judge: Callable[[Held], bool]) -> Iterator[Spot]:
    for segment in segments:
        if not any(judge(held) for held in segment.waiting_kinds()):
            continue
        for at in segment.backlog():
            if judge(segment.held(at)):
                yield Spot(segment, at)
