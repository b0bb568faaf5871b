"""The body of kind SAMPLES: packets of many sensors, in columns pooled per metric over all sensors.

A source is a sensor with its tick and period. Sources stand in the order in which they were first heard,
each with all its packets: so a running difference stays within one sensor for as long as it can, and the
first times are near each other. Each metric then is one column over all packets: how many values each packet
has, the values, their quality.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, islice, pairwise, repeat
from typing import NamedTuple

import msgspec

from sts_protocols.record.compression import pack, unpack_as, wrong
from sts_protocols.record.numbers import (
    Counts,
    Steps,
    check_column,
    check_counts,
    check_runs,
    check_total,
    counts_of,
    fold_values,
    from_runs,
    scale_of,
    to_counts,
    to_runs,
    unfold_values,
)
from sts_protocols.sample import MAX_BOOT_US, SENSOR_NAME, Packet, Value, check_packet


class Column(msgspec.Struct, array_like=True):
    """All values of one metric; `values` is deltas of whole steps, or float64 little endian as bytes."""

    metric: int
    numerator: int
    denominator: int
    counts: Counts
    values: Steps | bytes
    quality: list[int]

    @property
    def length(self) -> int:
        """How many values it has."""
        return len(self.values) // 8 if isinstance(self.values, bytes) else len(self.values)

    def check(self, packets: int) -> int:
        """How many values it has. Raises RecordError unless its parts belong together over that many packets."""
        total = check_column(self.values, self.metric, self.numerator, self.denominator, self.quality)
        check_counts(self.counts, 0, packets, total)
        return total


class Body(msgspec.Struct, array_like=True):
    """The msgpack array inside the zstd frame; its places are explained in protocols/README.md."""

    names: list[str]
    ticks: list[int]
    periods: list[int]
    packets: Counts
    starts: Steps
    times: Steps
    columns: list[Column]


class Packets(NamedTuple):
    """The packets of a body before their values: per source its tick, period and number of packets,
    and per packet its source (a place in `names`) and boot time in µs."""

    ticks: list[int]
    periods: list[int]
    counts: list[int]
    source: list[int]
    boot_us: list[int]


_Source = tuple[str, int, int]

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Body)
_NAMES = re.compile(f"(?:{SENSOR_NAME.pattern}\n)*")


def encode_samples(packets: Sequence[Packet]) -> bytes:
    """The compressed body of these packets. Raises SampleError for a packet that no record can carry, and
    RecordError for more than one record may have.

    Packets of one sensor keep their order; the order between sensors, and between metrics of a packet, is
    not kept.
    """
    check_total(max(len(packets), sum(len(packet.values) for packet in packets)))
    sources: dict[_Source, list[Packet]] = {}
    for packet in packets:
        check_packet(packet)
        sources.setdefault((packet.sensor, packet.tick_us, packet.period_us), []).append(packet)
    heard = sorted(sources, key=lambda source: (sources[source][0].boot_us, source))
    runs = [sources[source] for source in heard]
    ticks = [tick_us for _, tick_us, _ in heard]
    body = Body(
        names=[sensor for sensor, _, _ in heard],
        ticks=to_runs(ticks),
        periods=to_runs(period_us for _, _, period_us in heard),
        packets=to_counts([len(run) for run in runs]),
        starts=list(_fold_starts(ticks, [run[0].boot_us for run in runs])),
        times=[delta for run in runs for delta in _fold_times(run)],
        columns=list(_columns([packet for run in runs for packet in run])),
    )
    return pack(_encoder.encode(body))


def iter_samples(body: bytes) -> list[Packet]:
    """The packets of a compressed body, in pure Python. Raises RecordError."""
    content = read_body(body)
    packets = packets_of(content)
    values: list[list[Value]] = [[] for _ in packets.source]
    for column in content.columns:
        _deal(column, values)
    return [
        Packet(content.names[source], boot_us, packets.ticks[source], packets.periods[source], tuple(told))
        for source, boot_us, told in zip(packets.source, packets.boot_us, values, strict=True)
    ]


def read_body(body: bytes) -> Body:
    """Unpacks a body and checks that its parts belong together. Raises RecordError."""
    content = take_apart(body)
    check_names(content.names)
    return content


def take_apart(body: bytes) -> Body:
    """The same for who checks the names of many bodies together. Raises RecordError."""
    content = unpack_as(_decoder, body)
    sources = len(content.names)
    check_runs(content.ticks, sources, 1, MAX_BOOT_US)
    check_runs(content.periods, sources, 0, MAX_BOOT_US)
    if len(content.starts) != sources:
        raise wrong("there is not one start for each source")
    packets = sources + len(content.times)
    check_counts(content.packets, 1, sources, packets)
    values = sum([column.check(packets) for column in content.columns])
    check_total(max(packets, values))
    return content


def check_names(names: Sequence[str]) -> None:
    """Raises RecordError unless each can be a sensor's."""
    together = "\n".join([*names, ""])  # one match for all: 30 of them cost a fifth of the decoding
    if together.count("\n") != len(names) or not _NAMES.fullmatch(together):
        raise wrong("a sensor name is not one")


def packets_of(content: Body) -> Packets:
    """Who sent when, in the order of the columns. Raises RecordError."""
    sources = len(content.names)
    ticks, periods = from_runs(content.ticks), from_runs(content.periods)
    counts = counts_of(content.packets, sources)
    boot_us = unfold_starts(ticks, content.starts)
    source = list(range(sources))
    if content.times:  # some have told more than once
        source = list(chain.from_iterable(map(repeat, source, counts)))
        boot_us = list(_unfold_times(boot_us, ticks, periods, counts, content.times))
    if boot_us and (min(boot_us) < 0 or max(boot_us) >= MAX_BOOT_US):
        raise wrong("a time is out of range")
    return Packets(ticks, periods, counts, source, boot_us)


def _fold_starts(ticks: list[int], starts_us: list[int]) -> Iterator[int]:
    before_us = 0
    for tick_us, start_us in zip(ticks, starts_us, strict=True):
        yield start_us // tick_us - before_us // tick_us
        before_us = start_us


def unfold_starts(ticks: list[int], deltas: Steps) -> list[int]:
    """The first time of each source, µs."""
    if len(set(ticks)) == 1:  # nearly always
        tick_us = ticks[0]
        return [start * tick_us for start in accumulate(deltas)]
    start_us, starts_us = 0, []
    for tick_us, delta in zip(ticks, deltas, strict=True):
        start_us = (start_us // tick_us + delta) * tick_us
        starts_us.append(start_us)
    return starts_us


def _fold_times(run: list[Packet]) -> Iterator[int]:
    tick_us, period = run[0].tick_us, run[0].period_us // run[0].tick_us
    for before, packet in pairwise(run):
        yield (packet.boot_us - before.boot_us) // tick_us - period


def _unfold_times(
    starts_us: list[int], ticks: list[int], periods: list[int], counts: list[int], deltas: Steps
) -> Iterator[int]:
    left = iter(deltas)
    for boot_us, tick_us, period_us, count in zip(starts_us, ticks, periods, counts, strict=True):
        yield boot_us
        if count > 1:
            period = period_us // tick_us
            for delta in islice(left, count - 1):
                boot_us += (period + delta) * tick_us
                yield boot_us


def _columns(ordered: list[Packet]) -> Iterator[Column]:
    for metric in sorted({value.metric for packet in ordered for value in packet.values}):
        values = [[value for value in packet.values if value.metric == metric] for packet in ordered]
        flat = [value for of_packet in values for value in of_packet]
        numerator, denominator = scale_of(metric)
        yield Column(
            metric,
            numerator,
            denominator,
            to_counts([len(of_packet) for of_packet in values]),
            fold_values([value.value for value in flat], numerator, denominator),
            to_runs(value.quality for value in flat),
        )


def _deal(column: Column, values: list[list[Value]]) -> None:
    numbers = unfold_values(column.values, column.numerator, column.denominator)
    flat = map(Value, repeat(column.metric), numbers, from_runs(column.quality))
    for of_packet, count in zip(values, counts_of(column.counts, len(values)), strict=True):
        of_packet.extend(next(flat) for _ in range(count))
