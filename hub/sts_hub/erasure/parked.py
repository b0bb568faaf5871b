"""Which parked records may hold a value of somebody: decided from their bytes, without I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sts_hub.db.times import microseconds
from sts_protocols.errors import RecordError
from sts_protocols.record import ClockSource, Kind, Record, split
from sts_protocols.record.raw import decode_raw
from sts_protocols.record.samples import iter_samples
from sts_protocols.record.waveform import decode_waveform

# A record whose clock is a little wrong is taken for one of the time all the same.
_SLACK_US: Final = 60_000_000
_SENSORS_OF: Final[Mapping[int, Any]] = {
    Kind.SAMPLES: lambda body: {packet.sensor for packet in iter_samples(body)},
    Kind.WAVEFORM: lambda body: {wave.sensor for wave in decode_waveform(body)},
    Kind.RAW: lambda body: {frames.sensor for frames in decode_raw(body)},
}


class Worn(NamedTuple):
    """A sensor by its local name, and when it was worn."""

    name: str
    since: datetime | None
    until: datetime | None


def may_hold(raw: bytes, worn: Sequence[Worn], pin_us: int | None, delta_us: int) -> bool:
    """Whether this message may hold a value of what was worn; of what cannot be read nobody knows, so it may."""
    return any(not isinstance(piece, Record) or _holds(piece, worn, pin_us, delta_us) for piece in split(raw))


def _holds(record: Record, worn: Sequence[Worn], pin_us: int | None, delta_us: int) -> bool:
    sensors_of = _SENSORS_OF.get(record.header.kind)
    if sensors_of is None:
        return False
    try:
        sensors = sensors_of(record.body)
    except RecordError:
        return True
    clock = record.header.clock
    offset_us = pin_us if clock.source == ClockSource.UNKNOWN else clock.offset_us
    return any(one.name in sensors and _meets(record, one, offset_us, delta_us) for one in worn)


def _meets(record: Record, one: Worn, offset_us: int | None, delta_us: int) -> bool:
    if offset_us is None:
        return True
    first_us = record.header.first_us + offset_us + delta_us - _SLACK_US
    last_us = record.header.last_us + offset_us + delta_us + _SLACK_US
    since_us = None if one.since is None else microseconds(one.since)
    until_us = None if one.until is None else microseconds(one.until)
    return (until_us is None or first_us < until_us) and (since_us is None or last_us >= since_us)
