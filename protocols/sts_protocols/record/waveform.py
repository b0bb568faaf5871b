"""The body of kind WAVEFORM: values at a fixed rate, one or more channels of one or more sensors."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from sts_protocols.errors import RecordError, SampleError
from sts_protocols.record.compression import pack, unpack_as, wrong
from sts_protocols.record.numbers import (
    Steps,
    check_column,
    check_total,
    fold_values,
    from_runs,
    scale_of,
    to_runs,
    unfold_values,
)
from sts_protocols.sample import MAX_BOOT_US, SENSOR_NAME

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


def _channel(waveform: Waveform) -> Channel:
    if len(waveform.quality) != len(waveform.values) or not all(map(math.isfinite, waveform.values)):
        raise SampleError(f"A waveform of {waveform.sensor!r} needs finite values, and a quality for each")
    scale = scale_of(waveform.metric)
    values = fold_values(waveform.values, *scale)
    channel = Channel(*waveform[:2], *scale, *waveform[2:4], values, to_runs(waveform.quality))
    try:
        _check_channel(channel)
    except RecordError as error:
        raise SampleError(f"A waveform of {waveform.sensor!r} cannot be stored: {error}") from None
    return channel
