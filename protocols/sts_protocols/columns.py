"""Bodies as numpy arrays, for the hub. The only module here that needs numpy; equal to the pure readers by
test.

Records are small (a second of thirty straps has a hundred values) and calls are dear, numpy's as well as those
for each number in Python. So many bodies are unfolded at once, into one table of which each has its share.
"""

import struct
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import NamedTuple, Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from sts_protocols.errors import RecordError
from sts_protocols.record.compression import wrong
from sts_protocols.record.numbers import MAX_EXACT, counts_of, from_runs, unfold_values, unpack_floats
from sts_protocols.record.samples import Body, check_names, packets_of, take_apart, unfold_starts
from sts_protocols.record.waveform import NS_PER_US, Channel, read_channels
from sts_protocols.sample import MAX_BOOT_US

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
_Number = TypeVar("_Number", bound=np.generic)

# A live record has some twenty values, which count up in half the time of numpy's forty calls; from some seventy on
# numpy is faster.
FEW_VALUES = 64

# A step or a difference of two steps; see MAX_EXACT.
_MAX_DELTA = 2 * MAX_EXACT
_ZERO = np.zeros(1, np.int64)


class SampleColumns(NamedTuple):
    """One row for each value, in equal-length arrays.

    `sensor` is an index into `sensors`, where a waveform's name may stand twice; `boot_us` is the time at which
    the value is stored (k µs already added).
    """

    sensors: list[str]
    sensor: NDArray[np.int32]
    metric: NDArray[np.int16]
    boot_us: Ints
    value: Floats
    quality: NDArray[np.uint8]


class Share(NamedTuple):
    """What one record has of a table: its rows from `start` to `stop`, which is excluded."""

    table: SampleColumns
    start: int
    stop: int

    @classmethod
    def whole(cls, table: SampleColumns) -> "Share":
        """All rows of a table that is one record's alone."""
        return cls(table, 0, len(table.value))

    @property
    def length(self) -> int:
        """How many rows they are."""
        return self.stop - self.start

    @property
    def columns(self) -> SampleColumns:
        """These rows alone."""
        own = slice(self.start, self.stop)
        sensors, sensor, metric, boot_us, value, quality = self.table
        return SampleColumns(sensors, sensor[own], metric[own], boot_us[own], value[own], quality[own])


class _Pool(Protocol):
    """What a column of samples and a channel of a waveform have in common."""

    numerator: int
    denominator: int
    values: list[int] | bytes
    quality: list[int]

    @property
    def length(self) -> int: ...


def decode_samples(body: bytes) -> SampleColumns:
    """The values of a body of kind SAMPLES. Raises RecordError."""
    return _unfold([take_apart(body)])[0].table


def decode_all_samples(bodies: Sequence[bytes]) -> list[Share | RecordError]:
    """The values of many bodies of kind SAMPLES, in their order; a bad one costs no other."""
    apart = [_take_apart_or_error(body) for body in bodies]
    in_turn = iter(_unfold_all([one for one in apart if isinstance(one, Body)]))
    return [one if isinstance(one, RecordError) else next(in_turn) for one in apart]


def decode_waveform(body: bytes) -> SampleColumns:
    """The values of a body of kind WAVEFORM, channel after channel. Raises RecordError."""
    channels = read_channels(body)
    lengths = [channel.length for channel in channels]
    times = [_times(channel) for channel in channels]
    return SampleColumns(
        [channel.sensor for channel in channels],
        np.repeat(np.arange(len(channels), dtype=np.int32), lengths),
        np.repeat(np.array([channel.metric for channel in channels], np.int16), lengths),
        np.concatenate(times) if times else np.empty(0, np.int64),
        _values(channels, lengths),
        _quality(channels),
    )


def _times(channel: Channel) -> Ints:
    return channel.start_us + np.arange(channel.length, dtype=np.int64) * channel.period_ns // NS_PER_US


def _take_apart_or_error(body: bytes) -> Body | RecordError:
    try:
        return take_apart(body)
    except RecordError as error:
        return error


def _unfold_all(bodies: Sequence[Body]) -> list[Share | RecordError]:
    if sum([column.length for body in bodies for column in body.columns]) <= FEW_VALUES:
        return [_or_error(_count, body) for body in bodies]
    try:
        return list(_unfold(bodies))
    except RecordError:
        return [_or_error(lambda body: _unfold([body])[0], body) for body in bodies]


def _or_error(read: Callable[[Body], Share], body: Body) -> Share | RecordError:
    try:
        return read(body)
    except RecordError as error:
        return error


def _count(body: Body) -> Share:
    """One body of few values, unfolded by the pure reader's means."""
    check_names(body.names)
    packets = packets_of(body)
    numbers: defaultdict[str, int] = defaultdict(count().__next__)
    sensor_of = [numbers[name] for name in body.names]
    rows = [
        (sensor_of[packets.source[packet]], column.metric, packets.boot_us[packet] + k)
        for column in body.columns
        for packet, number in enumerate(counts_of(column.counts, len(packets.source)))
        for k in range(number)
    ]
    sensor, metric, boot_us = zip(*rows, strict=True) if rows else ((), (), ())
    value = [v for c in body.columns for v in unfold_values(c.values, c.numerator, c.denominator)]
    quality = [one for column in body.columns for one in from_runs(column.quality)]
    return Share.whole(
        SampleColumns(
            list(numbers),
            np.array(sensor, np.int32),
            np.array(metric, np.int16),
            np.array(boot_us, np.int64),
            np.array(value, np.float64),
            np.array(quality, np.uint8),
        )
    )


def _unfold(bodies: Sequence[Body]) -> list[Share]:
    columns = [column for body in bodies for column in body.columns]
    lengths = [column.length for column in columns]
    names, sensor = _sensors(bodies)
    boot_us, source = _packets(bodies)
    packet, k = _places(bodies)
    table = SampleColumns(
        names,
        (sensor if source is None else sensor[source])[packet],
        np.array([column.metric for column in columns], np.int16).repeat(lengths),
        boot_us[packet] + k,
        _values(columns, lengths),
        _quality(columns),
    )
    return list(_shares(table, [sum([column.length for column in body.columns]) for body in bodies]))


def _shares(table: SampleColumns, lengths: Iterable[int]) -> Iterator[Share]:
    start = 0
    for length in lengths:
        yield Share(table, start, start + length)
        start += length


def _sensors(bodies: Sequence[Body]) -> tuple[list[str], NDArray[np.int32]]:
    """The different names, and for each source which of them is its."""
    numbers: defaultdict[str, int] = defaultdict(count().__next__)
    sensor = _ints([numbers[name] for body in bodies for name in body.names])
    names = list(numbers)
    check_names(names)
    return names, sensor.astype(np.int32)


def _packets(bodies: Sequence[Body]) -> tuple[Ints, Ints | None]:
    """The boot time of each packet, µs, and its source, counted through all bodies; None where each source has
    one."""
    start_us = _starts_us(bodies)
    deltas = _joined([body.times for body in bodies])
    if not len(deltas):
        return start_us, None
    counts = _joined([counts_of(body.packets, len(body.names)) for body in bodies])
    source = np.arange(len(counts)).repeat(counts)
    ticks = _unrolled([body.ticks for body in bodies], np.int64)[source]
    periods = _unrolled([body.periods for body in bodies], np.int64)[source]
    is_later = np.ones(len(source), np.bool_)
    is_later[_firsts(counts)] = False
    steps = np.zeros(len(source), np.int64)
    steps[is_later] = (periods // ticks)[is_later] + deltas  # what wraps is out of range all the same
    limit = (MAX_BOOT_US - 1) // ticks
    if np.any((steps < -limit) | (steps > limit)):
        raise wrong("a time is out of range")
    boot_us = start_us[source] + _running(steps * ticks, counts)
    if boot_us.min() < 0 or boot_us.max() >= MAX_BOOT_US:
        raise wrong("a time is out of range")
    return boot_us, source


def _starts_us(bodies: Sequence[Body]) -> Ints:
    """The first time of each source."""
    if any(len(body.ticks) > 2 for body in bodies):  # seldom: sources with ticks of their own in one body
        told = [unfold_starts(from_runs(body.ticks), body.starts) for body in bodies]
        ticks, starts = np.ones(1, np.int64), _joined(told)
    else:
        sources = [len(body.names) for body in bodies]
        ticks = _unrolled([body.ticks for body in bodies], np.int64)
        starts = _running(_within(_joined([body.starts for body in bodies]), MAX_BOOT_US), sources)
    if np.any((starts < 0) | (starts > (MAX_BOOT_US - 1) // ticks)):
        raise wrong("a time is out of range")
    return starts * ticks


def _places(bodies: Sequence[Body]) -> tuple[Ints, Ints]:
    """Of each value its packet, counted through all bodies, and its place k among that packet's values."""
    parts: list[int] = []
    firsts: list[int] = []
    counts: list[int] = []
    slot = packet = 0
    for body in bodies:
        packets = len(body.names) + len(body.times)
        for column in body.columns:
            parts.append(packets)
            firsts.append(packet - slot)
            counts += counts_of(column.counts, packets)
            slot += packets
        packet += packets
    of_slot = _ints(counts)
    slots = np.arange(slot) + _ints(firsts).repeat(parts)
    return slots.repeat(of_slot), np.arange(of_slot.sum()) - _firsts(of_slot).repeat(of_slot)


def _values(columns: Sequence[_Pool], lengths: Sequence[int]) -> Floats:
    deltas = _joined(
        [[0] * column.length if isinstance(column.values, bytes) else column.values for column in columns]
    )
    steps = _running(_within(deltas, _MAX_DELTA), lengths)
    scaled = steps * np.array([float(column.numerator) for column in columns]).repeat(lengths)
    if len(scaled) and np.abs(scaled).max() > MAX_EXACT:
        raise wrong("a number is out of range")
    value: Floats = scaled / np.array([float(column.denominator) for column in columns]).repeat(lengths)
    start = 0
    for column, length in zip(columns, lengths, strict=True):
        if isinstance(column.values, bytes):
            value[start : start + length] = unpack_floats(column.values)
        start += length
    return value


def _quality(columns: Sequence[_Pool]) -> NDArray[np.uint8]:
    return _unrolled([column.quality for column in columns], np.uint8)


def _unrolled(runs: Sequence[list[int]], kind: type[_Number]) -> NDArray[_Number]:
    """What run-length codes stand for, one after the other."""
    parts = _joined(runs)
    return parts[0::2].astype(kind).repeat(parts[1::2])


def _running(deltas: Ints, lengths: Sequence[int] | Ints) -> Ints:
    """The running sums of each part. They wrap in 64 bits and unwrap when the sum before the part is taken away:
    as no delta is as large as 64 bits less the range that is asked for, the first sum that leaves it is seen as
    such."""
    sums = np.concatenate((_ZERO, deltas.cumsum()))
    running: Ints = sums[1:] - sums[_firsts(lengths)].repeat(lengths)
    return running


def _firsts(lengths: Sequence[int] | Ints) -> Ints:
    """Where each part begins when they stand one after the other."""
    sizes: Ints = np.asarray(lengths, np.int64)
    return sizes.cumsum() - sizes


def _within(deltas: Ints, limit: int) -> Ints:
    """Raises RecordError for a delta that is larger."""
    if len(deltas) and not -limit <= deltas.min() <= deltas.max() <= limit:
        raise wrong("a difference is out of range")
    return deltas


def _joined(lists: Sequence[list[int]]) -> Ints:
    whole: list[int] = []
    for one in lists:
        whole += one
    return _ints(whole)


def _ints(numbers: list[int]) -> Ints:
    """Through struct: half the time of numpy.fromiter, a third of numpy.array."""
    try:
        return np.frombuffer(struct.pack(f"{len(numbers)}q", *numbers), np.int64)
    except struct.error:
        raise wrong("a number is out of range") from None
