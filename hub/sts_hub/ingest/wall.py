"""Live frames: what a message just taken shows on the wall, before it is stored."""

from __future__ import annotations

from uuid import UUID

from sts_hub.ingest.intake import Entry
from sts_hub.ingest.register import Register, Wearer
from sts_hub.live.frames import Frame, FrameValue
from sts_protocols.columns import SampleColumns, Share
from sts_protocols.record import ClockSource, Kind

MAX_AGE_US = 3_000_000
"""What is older is no longer live: a heart rate is late by then."""


def frame_of(entry: Entry, register: Register, hub_us: int) -> Frame | None:
    """What may be shown of a live record; None if nothing may, it is too old, has no time, or a copied card says it."""
    header = entry.header
    if header.kind != Kind.SAMPLES or not isinstance(entry.content, Share) or header.epoch in register.copies:
        return None
    offset_us = _offset_us(entry, register)
    if offset_us is None or hub_us - (header.last_us + offset_us) > MAX_AGE_US:
        return None
    columns = entry.content.columns
    wearers = [register.wearer(entry.gateway, name) for name in columns.sensors]
    values = _values(columns, wearers, offset_us)
    if not values:
        return None
    return Frame(
        gateway=entry.gateway,
        epoch=str(UUID(bytes=header.epoch)),
        seq=header.seq,
        boot_us=header.last_us,
        t_us=header.last_us + offset_us,
        hub_us=hub_us,
        values=values,
    )


def _offset_us(entry: Entry, register: Register) -> int | None:
    clock, known = entry.header.clock, register.clock(entry.header.epoch)
    if clock.source != ClockSource.UNKNOWN:
        return clock.offset_us + known.delta_us
    return None if known.pin_offset_us is None else known.pin_offset_us + known.delta_us


def _values(columns: SampleColumns, wearers: list[Wearer | None], offset_us: int) -> list[FrameValue]:
    rows = zip(
        columns.sensor.tolist(),
        columns.metric.tolist(),
        columns.boot_us.tolist(),
        columns.value.tolist(),
        columns.quality.tolist(),
        strict=True,
    )
    return [
        FrameValue(wearer.sensor_id, metric, boot_us + offset_us, value, quality)
        for sensor, metric, boot_us, value, quality in rows
        if (wearer := wearers[sensor]) is not None and wearer.shows(boot_us + offset_us)
    ]
