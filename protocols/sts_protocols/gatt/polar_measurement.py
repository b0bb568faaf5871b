"""Polar Measurement Data, the data: frames of ECG, acceleration and pulse-to-pulse intervals.

Polar Measurement Data Specification for 3rd parties (polarofficial/polar-ble-sdk, technical_documentation).

    kind        1 byte     0 ECG, 2 acceleration, 3 pulse-to-pulse intervals
    time        8 bytes    ns since 2000-01-01 on the sensor's clock, of the LAST sample; 0 where it has none
    frame type  1 byte     bit 7: compressed by differences; bits 0 to 6 the layout
    ECG 0                  3 bytes signed, uV
    acceleration 0, 1, 2   x, y, z of 1, 2, 3 bytes signed, mg
    intervals 0            heart rate 1 byte; interval and its error 2 bytes each, ms; flags 1 byte:
                           bit 0 not to be trusted, bit 1 skin contact, bit 2 skin contact supported

A compressed frame begins with a whole sample (acceleration 0 and 1: 2 bytes a channel, 2: 3 bytes); blocks
follow: bits of a difference, how many samples, then the differences, channel by channel, lowest bit first,
two's complement, filled up to a whole byte. Compressed acceleration of layout 0 counts in steps: x factor
gives g, and the factor is told in the answer to start.

A frame that is cut keeps its whole samples. Little endian.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sts_protocols.device_clock import DeviceClock
from sts_protocols.errors import DecodeError
from sts_protocols.gatt.polar_control import Kind
from sts_protocols.metrics import (
    ACCELERATION_X,
    ACCELERATION_Y,
    ACCELERATION_Z,
    ECG,
    PULSE_INTERVAL,
    PULSE_INTERVAL_ERROR,
    Metric,
)
from sts_protocols.record import Waveform
from sts_protocols.sample import Quality, Value

HEADER_BYTES = 10
INTERVAL_BYTES = 6
NS_PER_US = 1_000
NS_PER_S = 1_000_000_000
MG_PER_G = 1_000.0

# Widths beyond this are no difference of a sample of at most 24 bits.
MAX_DELTA_BITS = 32

# A sensor's rate may differ from its nominal one by its quartz (0.01 %) and, in straps seen, by up to 2 %; a
# frame that is lost makes at least twice the time. Between them lies plenty of room.
RATE_TOLERANCE = 0.1
# Where the times of values are known no better than this, they are told as unsynced: beyond a tenth of a
# second a heart beat in the ECG could be taken for its neighbour.
SURE_US = 100_000

_COMPRESSED = 0x80
_UNTRUSTED = 0x01
_CONTACT = 0x02
_CONTACT_SUPPORTED = 0x04

ACCELERATION = (ACCELERATION_X, ACCELERATION_Y, ACCELERATION_Z)
CHANNELS: dict[int, tuple[Metric, ...]] = {Kind.ECG: (ECG,), Kind.ACC: ACCELERATION}
# Bytes of one channel of one sample, by kind and frame type.
WIDTHS = {
    (Kind.ECG, 0x00): 3,
    (Kind.ACC, 0x00): 1,
    (Kind.ACC, 0x01): 2,
    (Kind.ACC, 0x02): 3,
    (Kind.ACC, 0x80): 2,
    (Kind.ACC, 0x81): 2,
    (Kind.ACC, 0x82): 3,
}

Sample = tuple[int, ...]


class Frame(NamedTuple):
    """One notification of samples: one number for each channel, as it was sent. `device_ns` is the time of
    the last sample, ns since 2000 on the sensor's clock; `truncated`: the frame ended within a sample."""

    kind: int
    device_ns: int
    frame_type: int
    samples: tuple[Sample, ...]
    truncated: bool


class Interval(NamedTuple):
    """One pulse-to-pulse interval. None where the sensor told nothing: 0 for a rate or an interval, no word
    about contact. `trusted`: the sensor believes it (it does not while the arm moves)."""

    heart_rate: int | None
    interval_ms: int | None
    error_ms: int
    trusted: bool
    contact: bool | None


class Intervals(NamedTuple):
    """One notification of intervals, oldest first; they have no times of their own."""

    intervals: tuple[Interval, ...]
    truncated: bool


def kind_of(frame: bytes) -> int:
    """The number of the kind of measurement. Raises DecodeError for a frame without a whole header."""
    if len(frame) < HEADER_BYTES:
        raise DecodeError(f"A frame of a Polar sensor has at least {HEADER_BYTES} bytes", frame)
    return frame[0]


def decode(frame: bytes) -> Frame:
    """ECG or acceleration. Raises DecodeError for another kind or layout, and for no whole sample."""
    kind, frame_type = kind_of(frame), frame[9]
    width = WIDTHS.get((Kind(kind), frame_type)) if kind in CHANNELS else None
    if width is None:
        raise DecodeError(f"Nothing is known of kind {kind} with frame type {frame_type:#04x}", frame)
    read = _compressed if frame_type & _COMPRESSED else _raw
    samples, rest = read(frame[HEADER_BYTES:], len(CHANNELS[kind]), width)
    if not samples:
        raise DecodeError("A frame of a Polar sensor has no whole sample", frame)
    return Frame(kind, int.from_bytes(frame[1:9], "little"), frame_type, samples, rest)


def channels(frame: Frame, factor: float | None = None) -> tuple[tuple[Metric, list[float]], ...]:
    """The numbers of each channel in its metric's unit and steps. Raises DecodeError for a frame that counts
    in steps of a factor, without that factor."""
    scale = 1.0
    if (frame.kind, frame.frame_type) == (Kind.ACC, _COMPRESSED):
        if factor is None:
            sentence = "This acceleration counts in steps of a factor that the sensor did not tell"
            raise DecodeError(sentence, bytes((frame.kind, frame.frame_type)))
        scale = factor * MG_PER_G
    metrics = CHANNELS[frame.kind]
    return tuple(
        (metric, [metric.nearest(number * scale) for number in numbers])
        for metric, numbers in zip(metrics, zip(*frame.samples, strict=True), strict=True)
    )


def values(frame: Frame) -> tuple[Value, ...]:
    """What a frame by itself says, channel after channel. When each was measured, only a `Stream` can tell."""
    return tuple(
        metric.told(number, truncated=frame.truncated)
        for metric, numbers in channels(frame)
        for number in numbers
    )


def decode_intervals(frame: bytes) -> Intervals:
    """Pulse-to-pulse intervals. Raises DecodeError for another kind or layout."""
    if kind_of(frame) != Kind.PPI or frame[9] != 0:
        raise DecodeError(f"Nothing is known of kind {frame[0]} with frame type {frame[9]:#04x}", frame)
    whole, rest = divmod(len(frame) - HEADER_BYTES, INTERVAL_BYTES)
    return Intervals(
        tuple(_interval(frame, HEADER_BYTES + at * INTERVAL_BYTES) for at in range(whole)), rest > 0
    )


def interval_values(told: Intervals) -> tuple[Value, ...]:
    """What is to be stored of intervals: each with its error behind it. The heart rate is left to 0x2A37.

    The quality tells the first of these that holds: no contact, implausible (also: not trusted by the
    sensor, or with an error that is none), truncated.
    """
    return tuple(
        Value(metric.id, float(number), _interval_quality(one, told.truncated))
        for one in told.intervals
        if one.interval_ms is not None
        for metric, number in ((PULSE_INTERVAL, one.interval_ms), (PULSE_INTERVAL_ERROR, one.error_ms))
    )


class Stream:
    """Frames of one kind in, waveforms with boot times out. It lives as long as one stream of one link.

    Samples lie evenly between the end of the frame before and the end of this one. Where there is none
    before (the first, one lost, a clock that jumped) they are spaced at the nominal rate. `clock` is shared
    by all streams of a sensor. `factor`: of the answer to start. `gaps` counts where frames are missing,
    `jumps` where the sensor's clock jumped or began anew; `error_us`: how far the last times may be off.
    """

    def __init__(self, sensor: str, rate_hz: float, clock: DeviceClock, factor: float | None = None) -> None:
        self.gaps = 0
        self.jumps = 0
        self.error_us = 0
        self._sensor = sensor
        self._nominal_ns = round(NS_PER_S / rate_hz)
        self._clock = clock
        self._factor = factor
        self._device_ns: int | None = None
        self._end_ns = 0

    def hear(self, data: bytes, boot_us: int) -> tuple[Waveform, ...]:
        """One waveform for each channel of a notification that came at `boot_us`. Raises DecodeError."""
        frame = decode(data)
        told = channels(frame, self._factor)
        count = self._count(frame)
        follows = self._follows(frame, count, boot_us)
        self._clock.hear(frame.device_ns // NS_PER_US, boot_us)
        start_ns, period_ns = self._place(frame, count, follows)
        self._device_ns = frame.device_ns
        self._end_ns = start_ns + (count - 1) * period_ns
        doubt = _doubt(frame.truncated, self.error_us)
        return tuple(
            _waveform(self._sensor, metric, start_ns, period_ns, numbers, doubt) for metric, numbers in told
        )

    def _count(self, frame: Frame) -> int:
        """How many samples were sent: of a frame that was cut, what its time since the last one holds."""
        kept = len(frame.samples)
        if not frame.truncated or self._device_ns is None:
            return kept
        sent = round((frame.device_ns - self._device_ns) / self._nominal_ns)
        return sent if kept < sent < 2 * kept + 2 else kept

    def _follows(self, frame: Frame, count: int, boot_us: int) -> bool:
        """Whether the frame begins where the last one ended; what lies between otherwise is a gap."""
        if self._device_ns is None:
            return False
        passed_ns, due_ns = frame.device_ns - self._device_ns, count * self._nominal_ns
        if abs(passed_ns - due_ns) <= due_ns * RATE_TOLERANCE:
            return True
        jumped = passed_ns < due_ns or not self._clock.fits(frame.device_ns // NS_PER_US, boot_us)
        if jumped:
            self._clock.restart()
        self.jumps += jumped
        self.gaps += not jumped
        return False

    def _place(self, frame: Frame, count: int, follows: bool) -> tuple[int, int]:
        """Boot time of the first sample, ns, and ns between samples.

        Times of a channel never run backwards: when the clock turns out to lie earlier than thought, the
        samples move up, at half their spacing at most, and their error says so.
        """
        last_ns = self._clock.boot_us(frame.device_ns // NS_PER_US) * NS_PER_US
        period_ns = self._nominal_ns
        if self._end_ns == 0:
            start_ns = last_ns - (count - 1) * period_ns
        elif follows:
            period_ns = max((last_ns - self._end_ns) // count, period_ns // 2)
            start_ns = self._end_ns + period_ns
        else:
            start_ns = max(last_ns - (count - 1) * period_ns, self._end_ns + period_ns // 2)
        behind_ns = start_ns + (count - 1) * period_ns - last_ns
        self.error_us = self._clock.error_us + max(behind_ns, 0) // NS_PER_US
        return start_ns, period_ns


def _raw(body: bytes, channels: int, width: int) -> tuple[tuple[Sample, ...], bool]:
    """Whole samples, and whether something is left over."""
    size = channels * width
    whole, rest = divmod(len(body), size)
    return tuple(_sample(body, at * size, channels, width) for at in range(whole)), rest > 0


def _compressed(body: bytes, channels: int, width: int) -> tuple[tuple[Sample, ...], bool]:
    """The reference and what its differences make of it, and whether the frame ends within a block."""
    if len(body) < channels * width:
        return (), True
    now = _sample(body, 0, channels, width)
    samples = [now]
    at, cut = channels * width, False
    while at < len(body) and not cut:
        differences, at, cut = _block(body, at, channels)
        for difference in differences:
            now = tuple(one + step for one, step in zip(now, difference, strict=True))
            samples.append(now)
    return tuple(samples), cut


def _block(body: bytes, at: int, channels: int) -> tuple[Iterator[Sample], int, bool]:
    """The whole differences of the block at a place, the place behind it, and whether it is cut."""
    if at + 2 > len(body):
        return iter(()), len(body), True
    bits, count = body[at], body[at + 1]
    if bits > MAX_DELTA_BITS:
        raise DecodeError(f"A difference of {bits} bits is none of a Polar sensor", body)
    size = (bits * channels * count + 7) // 8
    packed = body[at + 2 : at + 2 + size]
    cut = len(packed) < size
    whole = len(packed) * 8 // (bits * channels) if cut else count
    return _differences(packed, bits, channels, whole), at + 2 + size, cut


def _differences(packed: bytes, bits: int, channels: int, count: int) -> Iterator[Sample]:
    number = int.from_bytes(packed, "little")
    for place in range(0, count * channels, channels):
        yield tuple(_signed(number >> (place + channel) * bits, bits) for channel in range(channels))


def _signed(number: int, bits: int) -> int:
    """The lowest bits of a number as two's complement; no bits are 0."""
    low = number & (1 << bits) - 1
    return low - (1 << bits) if bits and low >> bits - 1 else low


def _sample(body: bytes, at: int, channels: int, width: int) -> Sample:
    return tuple(
        int.from_bytes(body[place : place + width], "little", signed=True)
        for place in range(at, at + channels * width, width)
    )


def _interval(frame: bytes, at: int) -> Interval:
    flags = frame[at + 5]
    return Interval(
        frame[at] or None,
        int.from_bytes(frame[at + 1 : at + 3], "little") or None,
        int.from_bytes(frame[at + 3 : at + 5], "little"),
        not flags & _UNTRUSTED,
        bool(flags & _CONTACT) if flags & _CONTACT_SUPPORTED else None,
    )


def _interval_quality(one: Interval, truncated: bool) -> Quality:
    if one.contact is False:
        return Quality.NO_CONTACT
    if not one.trusted or one.interval_ms is None or not PULSE_INTERVAL.plausible(one.interval_ms):
        return Quality.IMPLAUSIBLE
    if not PULSE_INTERVAL_ERROR.plausible(one.error_ms):
        return Quality.IMPLAUSIBLE
    return Quality.TRUNCATED if truncated else Quality.OK


def _doubt(truncated: bool, error_us: int) -> Quality:
    if truncated:
        return Quality.TRUNCATED
    return Quality.CLOCK_UNSYNCED if error_us > SURE_US else Quality.OK


def _waveform(
    sensor: str, metric: Metric, start_ns: int, period_ns: int, values: list[float], doubt: Quality
) -> Waveform:
    """A channel; each value is told as implausible, or with the doubt that all of the frame share."""
    quality = [doubt if metric.plausible(value) else Quality.IMPLAUSIBLE for value in values]
    return Waveform(sensor, metric.id, start_ns // NS_PER_US, period_ns, values, quality)
