"""Bodies as numpy arrays, for the hub. The only module here that needs numpy; equal to the pure readers by
test.

Records are small (a second of thirty straps has a hundred values) and numpy's calls are dear, so many bodies
are unfolded at once: measured, half the time per value of one after the other.
"""

from collections.abc import Iterable, Sequence
from itertools import chain, repeat
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sts_protocols.errors import RecordError
from sts_protocols.record.compression import wrong
from sts_protocols.record.numbers import MAX_EXACT, counts_of, unpack_floats
from sts_protocols.record.samples import Body, Packets, packets_of, read_body
from sts_protocols.record.waveform import NS_PER_US, Channel, read_channels

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]

# A step or a difference of two steps; see MAX_EXACT.
_MAX_DELTA = 2 * MAX_EXACT


class SampleColumns(NamedTuple):
    """One row for each value, in equal-length arrays.

    `sensor` is an index into `sensors`, where a name may stand twice; `boot_us` is the time at which the
    value is stored (k µs already added).
    """

    sensors: list[str]
    sensor: NDArray[np.int32]
    metric: NDArray[np.int16]
    boot_us: Ints
    value: Floats
    quality: NDArray[np.uint8]


class _Pool(Protocol):
    """What a column of samples and a channel of a waveform have in common."""

    numerator: int
    denominator: int
    values: list[int] | bytes
    quality: list[int]

    @property
    def length(self) -> int: ...


class _Parsed(NamedTuple):
    body: Body
    packets: Packets


def decode_samples(body: bytes) -> SampleColumns:
    """The values of a body of kind SAMPLES. Raises RecordError."""
    return _unfold([_parse(body)])[0]


def decode_all_samples(bodies: Sequence[bytes]) -> list[SampleColumns | RecordError]:
    """The values of many bodies of kind SAMPLES, in their order; a bad one costs no other."""
    parsed = [_parse_or_error(body) for body in bodies]
    good = [one for one in parsed if isinstance(one, _Parsed)]
    try:
        done: list[SampleColumns | RecordError] = list(_unfold(good))
    except RecordError:
        done = [_unfold_or_error(one) for one in good]
    in_turn = iter(done)
    return [one if isinstance(one, RecordError) else next(in_turn) for one in parsed]


def decode_waveform(body: bytes) -> SampleColumns:
    """The values of a body of kind WAVEFORM, channel after channel. Raises RecordError."""
    channels = read_channels(body)
    value = _values(channels)
    lengths = [channel.length for channel in channels]
    times = [_times(channel) for channel in channels]
    return SampleColumns(
        [channel.sensor for channel in channels],
        np.repeat(np.arange(len(channels), dtype=np.int32), lengths),
        np.repeat(np.array([channel.metric for channel in channels], np.int16), lengths),
        np.concatenate(times) if times else np.empty(0, np.int64),
        value,
        _quality(channels),
    )


def _parse(body: bytes) -> _Parsed:
    content = read_body(body)
    return _Parsed(content, packets_of(content))


def _parse_or_error(body: bytes) -> _Parsed | RecordError:
    try:
        return _parse(body)
    except RecordError as error:
        return error


def _unfold_or_error(one: _Parsed) -> SampleColumns | RecordError:
    try:
        return _unfold([one])[0]
    except RecordError as error:
        return error


def _unfold(parsed: list[_Parsed]) -> list[SampleColumns]:
    columns = [column for one in parsed for column in one.body.columns]
    value = _values(columns)
    counts = _ints(chain.from_iterable(_shares(one) for one in parsed))
    # Of each value: its packet, counted through all bodies, and its place k among that packet's values.
    packet = np.repeat(_ints(chain.from_iterable(_packet_numbers(parsed))), counts)
    k = np.arange(len(packet)) - np.repeat(np.cumsum(counts) - counts, counts)
    source = _ints(chain.from_iterable(one.packets.source for one in parsed))
    boot_us = _ints(chain.from_iterable(one.packets.boot_us for one in parsed))
    metric = np.array([column.metric for column in columns], np.int16)
    rows = SampleColumns(
        [],
        source.astype(np.int32)[packet],
        np.repeat(metric, [column.length for column in columns]),
        boot_us[packet] + k,
        value,
        _quality(columns),
    )
    return list(_cut(parsed, rows))


def _ints(numbers: Iterable[int]) -> Ints:
    return np.fromiter(numbers, np.int64)


def _shares(one: _Parsed) -> Iterable[int]:
    packets = len(one.packets.source)
    return chain.from_iterable(counts_of(column.counts, packets) for column in one.body.columns)


def _packet_numbers(parsed: list[_Parsed]) -> Iterable[range]:
    first = 0
    for one in parsed:
        end = first + len(one.packets.source)
        yield from repeat(range(first, end), len(one.body.columns))
        first = end


def _cut(parsed: list[_Parsed], rows: SampleColumns) -> Iterable[SampleColumns]:
    start = 0
    for one in parsed:
        own = slice(start, start + sum(column.length for column in one.body.columns))
        yield SampleColumns(
            one.body.names,
            rows.sensor[own],
            rows.metric[own],
            rows.boot_us[own],
            rows.value[own],
            rows.quality[own],
        )
        start = own.stop


def _times(channel: Channel) -> Ints:
    return channel.start_us + np.arange(channel.length, dtype=np.int64) * channel.period_ns // NS_PER_US


def _values(columns: Sequence[_Pool]) -> Floats:
    lengths = np.array([column.length for column in columns], np.int64)
    deltas = _deltas(columns)
    # Running sums wrap in 64 bits and unwrap when the sum before the column is taken away; as no delta is
    # larger than _MAX_DELTA, the first sum that leaves MAX_EXACT is still seen as such.
    sums = np.cumsum(deltas)
    first = np.cumsum(lengths) - lengths
    steps = sums - np.repeat((sums - deltas)[first], lengths)
    scaled = steps * np.repeat(np.array([float(column.numerator) for column in columns]), lengths)
    if len(scaled) and np.abs(scaled).max() > MAX_EXACT:
        raise wrong("a number is out of range")
    value: Floats = scaled / np.repeat(np.array([float(column.denominator) for column in columns]), lengths)
    for column, start, length in zip(columns, first, lengths, strict=True):
        if isinstance(column.values, bytes):
            value[start : start + length] = unpack_floats(column.values)
    return value


def _deltas(columns: Sequence[_Pool]) -> Ints:
    try:
        deltas = _ints(
            chain.from_iterable(
                repeat(0, column.length) if isinstance(column.values, bytes) else column.values
                for column in columns
            )
        )
    except OverflowError:
        raise wrong("a difference is out of range") from None
    if len(deltas) and not -_MAX_DELTA <= deltas.min() <= deltas.max() <= _MAX_DELTA:
        raise wrong("a difference is out of range")
    return deltas


def _quality(columns: Sequence[_Pool]) -> NDArray[np.uint8]:
    runs = [part for column in columns for part in column.quality]
    return np.repeat(np.array(runs[0::2], np.uint8), np.array(runs[1::2], np.int64))
