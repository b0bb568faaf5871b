"""What stays of samples whose room is needed: one value for each sensor, metric and second.

The value is the median of the good ones of that second, the lower of two: so it is always one that was measured,
and an outlier or a state's number does no harm. Its quality says `estimated`. A second without a good value has no
summary, and summaries are not summed up again: they are the first to go when room is short once more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from statistics import median_low
from typing import NamedTuple

from sts_protocols.errors import RecordError
from sts_protocols.record import ClockReading, ClockSource, Header, Kind, Record, encode_samples, iter_samples
from sts_protocols.sample import Packet, Quality, Value

from .reader import Reader, Unreadable
from .segment import Lane, Segment
from .shelf import Spot

SECOND_US = 1_000_000
# Some two minutes of thirty straps: a body of 5 KB, and a clock reading that is not old.
MOST_VALUES = 5_000

_Seconds = dict[tuple[int, str], dict[int, list[float]]]


class Summary(NamedTuple):
    """The content of a record of samples that is to take the place of many."""

    body: bytes
    first_us: int
    last_us: int
    clock: ClockReading


def summarise(records: Iterable[Record]) -> Iterator[Summary]:
    """One summary for each stretch of records with one clock; what is no readable record of samples is passed
    over."""
    seconds: _Seconds = {}
    clock: ClockReading | None = None
    for record in records:
        said = record.header.clock
        if clock is not None and (not _same(clock, said) or len(seconds) * 2 > MOST_VALUES):
            yield from _summary(seconds, clock)
            seconds = {}
        clock = said
        _gather(record, seconds)
    if clock is not None:
        yield from _summary(seconds, clock)


def is_summary(record: Record) -> bool:
    """Whether a record was made here to stand for others: whole seconds, each one of them an estimate."""
    packets = _packets(record)
    return bool(packets) and all(
        packet.tick_us == SECOND_US and value.quality == Quality.ESTIMATED
        for packet in packets
        for value in packet.values
    )


def stands_for(summary: Header, other: Header) -> bool:
    """Whether a summary tells of seconds that another record of the same clock tells of."""
    begins, ends = summary.first_us // SECOND_US, summary.last_us // SECOND_US
    overlaps = other.first_us // SECOND_US <= ends and begins <= other.last_us // SECOND_US
    return overlaps and _same(summary.clock, other.clock)


def _same(one: ClockReading, other: ClockReading) -> bool:
    return (one.offset_us, one.source) == (other.offset_us, other.source)


def _gather(record: Record, seconds: _Seconds) -> None:
    for packet in _packets(record):
        metrics = seconds.setdefault((packet.boot_us // SECOND_US, packet.sensor), {})
        for value in packet.values:
            if value.quality == Quality.OK:
                metrics.setdefault(value.metric, []).append(value.value)


def _packets(record: Record) -> list[Packet]:
    if record.header.kind != Kind.SAMPLES:
        return []
    try:
        return iter_samples(record.body)
    except RecordError:
        return []


def _summary(seconds: _Seconds, clock: ClockReading) -> Iterator[Summary]:
    packets = [
        Packet(sensor, second * SECOND_US, SECOND_US, SECOND_US, _values(metrics))
        for (second, sensor), metrics in sorted(seconds.items())
        if metrics
    ]
    if packets:
        yield Summary(encode_samples(packets), packets[0].boot_us, packets[-1].boot_us, clock)


def _values(metrics: dict[int, list[float]]) -> tuple[Value, ...]:
    return tuple(
        Value(metric, median_low(values), Quality.ESTIMATED) for metric, values in sorted(metrics.items())
    )


class Condenser:
    """Sums up the segment that is to go next, ahead of time and in a thread: when its room is needed there is no
    time for it, and the loop's thread must not be held up."""

    def __init__(self, same_boot: Callable[[bytes], bool]) -> None:
        """`same_boot`: whether an epoch began since the machine did; the boot times of others mean nothing
        here."""
        self._same_boot = same_boot
        self._segment: Segment | None = None
        self._waiting = 0
        self._work: asyncio.Future[list[Summary]] | None = None

    def prepare(self, segment: Segment) -> None:
        """Begin with this segment, unless that is done or another is under way."""
        busy = self._work is not None and not self._work.done()
        if busy or segment is self._segment or segment.lane != Lane.SAMPLES:
            return
        spots = [Spot(segment, at) for at in segment.backlog()]
        self._segment, self._waiting = segment, segment.waiting
        self._work = asyncio.ensure_future(
            asyncio.to_thread(_read_and_summarise, spots, self._same_boot(segment.epoch))
        )

    def of(self, segment: Segment) -> list[Summary]:
        """The summaries of a segment; none if they are not ready, or some of it has been confirmed meanwhile."""
        ready = self._work is not None and self._work.done() and not self._work.cancelled()
        if segment is not self._segment or not ready or segment.waiting != self._waiting:
            return []
        assert self._work is not None, "it is ready"
        return self._work.result()


def _read_and_summarise(spots: list[Spot], same_boot: bool) -> list[Summary]:
    with Reader() as reader:
        return list(summarise(_placeable(reader, spots, same_boot)))


def _placeable(reader: Reader, spots: list[Spot], same_boot: bool) -> Iterator[Record]:
    for spot in spots:
        with suppress(Unreadable):
            record = reader.record(spot)
            if same_boot or record.header.clock.source != ClockSource.UNKNOWN:
                yield record
