"""Heart Rate Measurement, 0x2A37 (GATT Specification Supplement, heart_rate_measurement).

    flags     1 byte     bit 0: the heart rate is 2 bytes, else 1; bit 1: skin contact detected; bit 2:
    contact
                         supported; bit 3: energy is there; bit 4: RR intervals follow; bits 5 to 7 reserved
    heart rate           /min
    energy    2 bytes    kJ since reset, if flagged; 65535 means 65535 or more
    RR        2 bytes each, oldest first, 1/1024 s, as many as fit

Straps cut frames that do not fit a small packet, so each whole field before a cut is kept and told as
truncated.
"""

from typing import NamedTuple

from sts_protocols.errors import DecodeError
from sts_protocols.metrics import ENERGY_EXPENDED, HEART_RATE, RR_INTERVAL, Metric
from sts_protocols.sample import Quality, Value

SERVICE = "0000180d-0000-1000-8000-00805f9b34fb"
MEASUREMENT = "00002a37-0000-1000-8000-00805f9b34fb"

_WIDE = 0x01
_CONTACT_DETECTED = 0x02
_CONTACT_SUPPORTED = 0x04
_ENERGY = 0x08
_RR = 0x10


class HeartRate(NamedTuple):
    """One notification. None where the strap told nothing: no heart rate (it sends 0 then), no word about
    contact, no energy. `truncated`: the frame ended before a field that its flags announce."""

    heart_rate: int | None
    contact: bool | None
    energy_kj: int | None
    rr_ms: tuple[float, ...]
    truncated: bool


def decode(frame: bytes) -> HeartRate:
    """Raises DecodeError for an empty frame and for bytes that no flag announces."""
    if not frame:
        raise DecodeError("A heart rate frame is empty", frame)
    flags = frame[0]
    energy_at = 3 if flags & _WIDE else 2
    rr_at = energy_at + 2 if flags & _ENERGY else energy_at
    if not flags & _RR and len(frame) > rr_at:
        raise DecodeError(f"{len(frame) - rr_at} bytes of a heart rate frame are announced by no flag", frame)
    return HeartRate(
        _whole(frame, 1, energy_at) or None,
        bool(flags & _CONTACT_DETECTED) if flags & _CONTACT_SUPPORTED else None,
        _whole(frame, energy_at, rr_at),
        tuple(RR_INTERVAL.value(frame[at] | frame[at + 1] << 8) for at in range(rr_at, len(frame) - 1, 2)),
        len(frame) < rr_at or (len(frame) - rr_at) % 2 == 1,
    )


def values(measurement: HeartRate) -> tuple[Value, ...]:
    """What is to be stored of a notification, in the order of its fields, each with its quality.

    The quality tells the first of these that holds: no contact, implausible, truncated frame.
    """
    told: list[tuple[Metric, float | None]] = [
        (HEART_RATE, measurement.heart_rate),
        (ENERGY_EXPENDED, measurement.energy_kj),
    ]
    told += [(RR_INTERVAL, interval) for interval in measurement.rr_ms]
    return tuple(
        Value(metric.id, float(value), _quality(measurement, metric, value))
        for metric, value in told
        if value is not None
    )


def _whole(frame: bytes, start: int, end: int) -> int | None:
    return int.from_bytes(frame[start:end], "little") if start < end <= len(frame) else None


def _quality(measurement: HeartRate, metric: Metric, value: float) -> Quality:
    if measurement.contact is False:
        return Quality.NO_CONTACT
    if not metric.plausible(value):
        return Quality.IMPLAUSIBLE
    return Quality.TRUNCATED if measurement.truncated else Quality.OK
