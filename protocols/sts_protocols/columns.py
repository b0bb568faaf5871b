"""Bodies as numpy arrays, for the hub. The only module here that needs numpy; equal to the pure readers by
test."""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sts_protocols.record.numbers import from_runs, unfold_steps, unfold_values
from sts_protocols.record.samples import Column, read_body, sources_of, times_of
from sts_protocols.record.waveform import NS_PER_US, Channel, read_channels

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]


class SampleColumns(NamedTuple):
    """One row for each value, in equal-length arrays.

    `sensor` is an index into `sensors`; `boot_us` is the time at which the value is stored (k µs already
    added).
    """

    sensors: list[str]
    sensor: NDArray[np.int32]
    metric: NDArray[np.int16]
    boot_us: Ints
    value: Floats
    quality: NDArray[np.uint8]


class _Block(NamedTuple):
    sensor: NDArray[np.int32]
    metric: int
    boot_us: Ints
    value: Floats
    quality: NDArray[np.uint8]


def decode_samples(body: bytes) -> SampleColumns:
    """The values of a body of kind SAMPLES. Raises RecordError."""
    content = read_body(body)
    sources = list(sources_of(content))
    times = times_of(content, sources)
    boot_us = np.fromiter(times, np.int64, len(times))
    sensor = np.repeat(np.arange(len(sources), dtype=np.int32), [source.packets for source in sources])
    blocks = [_samples_block(column, sensor, boot_us) for column in content.columns]
    return _joined([source.sensor for source in sources], blocks)


def decode_waveform(body: bytes) -> SampleColumns:
    """The values of a body of kind WAVEFORM, channel after channel. Raises RecordError."""
    channels = read_channels(body)
    blocks = [_channel_block(index, channel) for index, channel in enumerate(channels)]
    return _joined([channel.sensor for channel in channels], blocks)


def _samples_block(column: Column, sensor: NDArray[np.int32], boot_us: Ints) -> _Block:
    value = _floats(column.values, column.numerator, column.denominator)
    quality = _quality(column.quality, len(value))
    if column.counts == 1:
        return _Block(sensor, column.metric, boot_us, value, quality)
    counts = np.broadcast_to(np.asarray(column.counts, dtype=np.int64), boot_us.shape)
    first = np.cumsum(counts) - counts
    k = np.arange(len(value)) - np.repeat(first, counts)
    return _Block(np.repeat(sensor, counts), column.metric, np.repeat(boot_us, counts) + k, value, quality)


def _channel_block(index: int, channel: Channel) -> _Block:
    value = _floats(channel.values, channel.numerator, channel.denominator)
    count = len(value)
    boot_us = channel.start_us + np.arange(count, dtype=np.int64) * channel.period_ns // NS_PER_US
    quality = _quality(channel.quality, count)
    return _Block(np.full(count, index, np.int32), channel.metric, boot_us, value, quality)


def _floats(column: list[int] | bytes, numerator: int, denominator: int) -> Floats:
    if isinstance(column, bytes):
        return np.array(unfold_values(column, numerator, denominator))
    steps = np.fromiter(unfold_steps(column, numerator), np.int64, len(column))
    return steps * numerator / denominator


def _quality(runs: list[int], length: int) -> NDArray[np.uint8]:
    if len(runs) == 2 and runs[1] == length:
        return np.full(length, runs[0], np.uint8)
    return np.array(from_runs(runs, length), dtype=np.uint8)


def _joined(sensors: list[str], blocks: list[_Block]) -> SampleColumns:
    if not blocks:
        empty = np.empty(0, np.int64)
        return SampleColumns(
            sensors,
            empty.astype(np.int32),
            empty.astype(np.int16),
            empty,
            empty.astype(float),
            empty.astype(np.uint8),
        )
    metric = np.repeat(np.array([b.metric for b in blocks], dtype=np.int16), [len(b.value) for b in blocks])
    sensor, _, boot_us, value, quality = zip(*blocks, strict=True)
    return SampleColumns(
        sensors,
        np.concatenate(sensor),
        metric,
        np.concatenate(boot_us),
        np.concatenate(value),
        np.concatenate(quality),
    )
