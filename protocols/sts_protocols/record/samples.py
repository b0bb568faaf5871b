"""The body of kind SAMPLES: packets of many sensors, in columns pooled per metric over all sensors.

Packets are put in the order of their sources (sensor, tick, period), so that a running difference stays
within one sensor for as long as it can. Each metric then is one column over all packets: how many values
each packet has, the values, their quality.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby, repeat
from typing import NamedTuple

import msgspec

from sts_protocols.record.compression import pack, unpack
from sts_protocols.record.numbers import (
    Counts,
    Steps,
    check_counts,
    check_quality,
    check_scale,
    fold_values,
    from_runs,
    scale_of,
    to_counts,
    to_runs,
    unfold_values,
    wrong,
)
from sts_protocols.sample import MAX_BOOT_US, MAX_METRIC, SENSOR_NAME, Packet, Value, check_packet


class Column(msgspec.Struct, array_like=True):
    """All values of one metric; `values` is deltas of whole steps, or float64 little endian as bytes."""

    metric: int
    numerator: int
    denominator: int
    counts: Counts
    values: Steps | bytes
    quality: list[int]

    def check(self, packets: int) -> None:
        """Raises RecordError unless the parts of this column belong together over that many packets."""
        total = len(self.values) // 8 if isinstance(self.values, bytes) else len(self.values)
        if not total or not 0 < self.metric <= MAX_METRIC:
            raise wrong("a column has no values or no metric")
        check_scale(self.numerator, self.denominator)
        check_counts(self.counts, packets, total)
        check_quality(self.quality)

    def numbers(self) -> list[float]:
        """The values in the metric's unit. Raises RecordError."""
        return unfold_values(self.values, self.numerator, self.denominator)

    def qualities(self, total: int) -> list[int]:
        """The quality of each value. Raises RecordError."""
        return from_runs(self.quality, total)


class Body(msgspec.Struct, array_like=True):
    """The msgpack array inside the zstd frame; its places are explained in protocols/README.md."""

    base_us: int
    names: list[str]
    ticks: list[int]
    periods: list[int]
    packets: Counts
    times: Steps
    columns: list[Column]


class Source(NamedTuple):
    """A run of packets of one sensor with one tick and one period."""

    sensor: str
    tick_us: int
    period_us: int
    packets: int


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Body)
_NAMES = re.compile(f"(?:{SENSOR_NAME.pattern}\n)*")


def encode_samples(packets: Sequence[Packet]) -> bytes:
    """The compressed body of these packets. Raises SampleError for a packet that no record can carry.

    Packets of one sensor keep their order; the order between sensors, and between metrics of a packet, is
    not kept.
    """
    for packet in packets:
        check_packet(packet)
    ordered = sorted(packets, key=_source_of)
    runs = [list(run) for _, run in groupby(ordered, key=_source_of)]
    base_us = min((packet.boot_us for packet in ordered), default=0)
    body = Body(
        base_us=base_us,
        names=[run[0].sensor for run in runs],
        ticks=to_runs(run[0].tick_us for run in runs),
        periods=to_runs(run[0].period_us for run in runs),
        packets=to_counts([len(run) for run in runs]),
        times=[delta for run in runs for delta in _fold_times(run, base_us)],
        columns=list(_columns(ordered)),
    )
    return pack(_encoder.encode(body))


def iter_samples(body: bytes) -> list[Packet]:
    """The packets of a compressed body, in pure Python. Raises RecordError."""
    content = read_body(body)
    sources = list(sources_of(content))
    times = times_of(content, sources)
    values: list[list[Value]] = [[] for _ in times]
    for column in content.columns:
        _deal(column, values)
    boot_us, of_packet = iter(times), iter(values)
    return [
        Packet(source.sensor, next(boot_us), source.tick_us, source.period_us, tuple(next(of_packet)))
        for source in sources
        for _ in range(source.packets)
    ]


def read_body(body: bytes) -> Body:
    """Unpacks a body and checks that its parts belong together. Raises RecordError."""
    try:
        content = _decoder.decode(unpack(body))
    except (msgspec.MsgspecError, RecursionError) as error:
        raise wrong(str(error)) from None
    if not _NAMES.fullmatch("\n".join([*content.names, ""])):
        raise wrong("a sensor name is not printable")
    check_counts(content.packets, len(content.names), len(content.times))
    for column in content.columns:
        column.check(len(content.times))
    return content


def sources_of(content: Body) -> Iterator[Source]:
    """The runs of packets in order. Raises RecordError."""
    sensors = len(content.names)
    packets = repeat(content.packets) if isinstance(content.packets, int) else content.packets
    ticks, periods = from_runs(content.ticks, sensors), from_runs(content.periods, sensors)
    if sensors and (min(ticks) < 1 or min(periods) < 0 or not 0 <= content.base_us < MAX_BOOT_US):
        raise wrong("a tick, a period or the base time is out of range")
    return map(Source, content.names, ticks, periods, packets)


def times_of(content: Body, sources: Sequence[Source]) -> list[int]:
    """The boot time of each packet, µs. Raises RecordError."""
    times: list[int] = []
    start = 0
    for _, tick_us, period_us, packets in sources:
        end = start + packets
        times += _unfold_times(content.times[start:end], tick_us, period_us, content.base_us)
        start = end
    if times and (min(times) < 0 or max(times) >= MAX_BOOT_US):
        raise wrong("a time is out of range")
    return times


def _source_of(packet: Packet) -> tuple[str, int, int]:
    return packet.sensor, packet.tick_us, packet.period_us


def _fold_times(run: list[Packet], base_us: int) -> Iterator[int]:
    tick_us, period = run[0].tick_us, run[0].period_us // run[0].tick_us
    expected = base_us // tick_us
    for packet in run:
        tick = packet.boot_us // tick_us
        yield tick - expected
        expected = tick + period


def _unfold_times(deltas: list[int], tick_us: int, period_us: int, base_us: int) -> list[int]:
    if len(deltas) == 1:  # most sources have one packet in a live record
        return [(base_us // tick_us + deltas[0]) * tick_us]
    period = period_us // tick_us
    ticks = accumulate(deltas, lambda tick, delta: tick + period + delta, initial=base_us // tick_us - period)
    return [tick * tick_us for tick in ticks][1:]


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
    numbers = column.numbers()
    flat = map(Value, repeat(column.metric), numbers, column.qualities(len(numbers)))
    counts = repeat(column.counts) if isinstance(column.counts, int) else column.counts
    for of_packet, count in zip(values, counts, strict=False):
        of_packet.extend(next(flat) for _ in range(count))
