"""The body of kind WAVEFORM: values at a fixed rate, one or more channels of one or more sensors."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from sts_protocols.errors import SampleError
from sts_protocols.record.compression import pack, unpack_as, wrong
from sts_protocols.record.numbers import (
    MAX_QUALITY,
    Steps,
    check_column,
    check_total,
    fold_values,
    from_runs,
    scale_of,
    to_runs,
    unfold_values,
)
from sts_protocols.sample import MAX_BOOT_US, MAX_METRIC, SENSOR_NAME

NS_PER_US = 1000
# A waveform slower than one value in 1,000 s is no waveform; with the length of a body the product stays in
# 64 bits.
MAX_PERIOD_NS = 10**12


class Waveform(NamedTuple):
    """One channel: value i was at start_us + i * period_ns // 1000 (boot time, µs). One quality for each
    value."""

    sensor: str
    metric: int
    start_us: int
    period_ns: int
    values: Sequence[float]
    quality: Sequence[int]


class Channel(msgspec.Struct, array_like=True):
    """A channel as it stands in the msgpack array inside the zstd frame."""

    sensor: str
    metric: int
    numerator: int
    denominator: int
    start_us: int
    period_ns: int
    values: Steps | bytes
    quality: list[int]

    @property
    def length(self) -> int:
        """How many values it has."""
        return len(self.values) // 8 if isinstance(self.values, bytes) else len(self.values)


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[Channel])


def encode_waveform(*waveforms: Waveform) -> bytes:
    """The compressed body of these channels. Raises SampleError for what no record can carry, and RecordError
    for more values than one record may have."""
    check_total(sum(len(waveform.values) for waveform in waveforms))
    return pack(_encoder.encode([_channel(waveform) for waveform in waveforms]))


def decode_waveform(body: bytes) -> list[Waveform]:
    """The channels of a compressed body, in pure Python. Raises RecordError."""
    return [
        Waveform(
            channel.sensor,
            channel.metric,
            channel.start_us,
            channel.period_ns,
            unfold_values(channel.values, channel.numerator, channel.denominator),
            from_runs(channel.quality),
        )
        for channel in read_channels(body)
    ]


def read_channels(body: bytes) -> list[Channel]:
    """Unpacks a body and checks names and times. Raises RecordError."""
    channels = unpack_as(_decoder, body)
    for channel in channels:
        _check_channel(channel)
    check_total(sum(channel.length for channel in channels))
    return channels


def _check_channel(channel: Channel) -> None:
    length = check_column(
        channel.values, channel.metric, channel.numerator, channel.denominator, channel.quality
    )
    if not SENSOR_NAME.fullmatch(channel.sensor):
        raise wrong("a sensor name is not one")
    if not 0 < channel.period_ns <= MAX_PERIOD_NS:
        raise wrong("a period is out of range")
    if not 0 <= channel.start_us < MAX_BOOT_US - length * channel.period_ns // NS_PER_US:
        raise wrong("a time is out of range")


def check_waveform(waveform: Waveform) -> None:
    """Refuses a waveform that no record can carry, so that one bad source does not cost a whole record.

    Raises SampleError.
    """
    values, quality = waveform.values, waveform.quality
    if not values or len(quality) != len(values) or not all(map(math.isfinite, values)):
        raise SampleError(f"A waveform of {waveform.sensor!r} needs finite values, and a quality for each")
    if not SENSOR_NAME.fullmatch(waveform.sensor):
        raise SampleError(f"{waveform.sensor!r} is no sensor name: use up to 40 of A-Z a-z 0-9 . _ -")
    if not 0 < waveform.metric <= MAX_METRIC or not 0 <= min(quality) <= max(quality) <= MAX_QUALITY:
        raise SampleError(f"A waveform of {waveform.sensor} has a metric or a quality that cannot be stored")
    length_us = len(values) * waveform.period_ns // NS_PER_US
    if not 0 < waveform.period_ns <= MAX_PERIOD_NS or not 0 <= waveform.start_us < MAX_BOOT_US - length_us:
        raise SampleError(f"A waveform of {waveform.sensor} has a time out of range: {waveform[2:4]}")


def _channel(waveform: Waveform) -> Channel:
    check_waveform(waveform)
    scale = scale_of(waveform.metric)
    values = fold_values(waveform.values, *scale)
    return Channel(*waveform[:2], *scale, *waveform[2:4], values, to_runs(waveform.quality))
