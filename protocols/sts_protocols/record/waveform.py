"""The body of kind WAVEFORM: values at a fixed rate, one or more channels of one or more sensors."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from sts_protocols.errors import SampleError
from sts_protocols.record.compression import pack, unpack
from sts_protocols.record.numbers import (
    Steps,
    check_quality,
    check_scale,
    fold_values,
    from_runs,
    scale_of,
    to_runs,
    unfold_values,
    wrong,
)
from sts_protocols.sample import MAX_BOOT_US, MAX_METRIC, SENSOR_NAME

NS_PER_US = 1000


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

    def numbers(self) -> list[float]:
        """The values in the metric's unit. Raises RecordError."""
        return unfold_values(self.values, self.numerator, self.denominator)


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[Channel])


def encode_waveform(*waveforms: Waveform) -> bytes:
    """The compressed body of these channels. Raises SampleError for what no record can carry."""
    return pack(_encoder.encode([_channel(waveform) for waveform in waveforms]))


def decode_waveform(body: bytes) -> list[Waveform]:
    """The channels of a compressed body, in pure Python. Raises RecordError."""
    waveforms = []
    for channel in read_channels(body):
        values = channel.numbers()
        quality = from_runs(channel.quality, len(values))
        waveforms.append(
            Waveform(channel.sensor, channel.metric, channel.start_us, channel.period_ns, values, quality)
        )
    return waveforms


def read_channels(body: bytes) -> list[Channel]:
    """Unpacks a body and checks names and times. Raises RecordError."""
    try:
        channels = _decoder.decode(unpack(body))
    except (msgspec.MsgspecError, RecursionError) as error:
        raise wrong(str(error)) from None
    for channel in channels:
        check_scale(channel.numerator, channel.denominator)
        check_quality(channel.quality)
        fault = _fault(
            channel.sensor, channel.metric, channel.start_us, channel.period_ns, len(channel.values)
        )
        if fault:
            raise wrong(fault)
    return channels


def _channel(waveform: Waveform) -> Channel:
    fault = _fault(*waveform[:4], len(waveform.values))
    if fault or len(waveform.quality) != len(waveform.values):
        raise SampleError(
            f"A waveform of {waveform.sensor!r} cannot be stored: {fault or 'one quality per value'}"
        )
    scale = scale_of(waveform.metric)
    values = fold_values(waveform.values, *scale)
    return Channel(*waveform[:2], *scale, *waveform[2:4], values, to_runs(waveform.quality))


def _fault(sensor: str, metric: int, start_us: int, period_ns: int, length: int) -> str | None:
    if not SENSOR_NAME.fullmatch(sensor):
        return "the sensor name is not printable"
    if not length or not 0 < metric <= MAX_METRIC:
        return "there are no values or no metric"
    if start_us < 0 or period_ns < 1 or start_us + length * period_ns // NS_PER_US >= MAX_BOOT_US:
        return "a time is out of range"
    return None
