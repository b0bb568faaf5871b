"""What a source was told, as a line for whoever follows the sensors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sts_protocols.metrics import by_id
from sts_protocols.record import ClockReading, ClockSource, Impulse, Waveform
from sts_protocols.sample import Packet, Quality, Value

Sensed = Packet | Waveform | Impulse
"""What can be followed: a file is no news of a sensor."""


def tail_line(told: Sensed, reading: Callable[[int], ClockReading]) -> dict[str, Any]:
    """A packet's values, or what a waveform is like, with the names of metrics, and its wall time (RFC 3339)
    if that is known. A person cannot read 130 values a second: how many and how large must do."""
    boot_us = told.start_us if isinstance(told, Waveform) else told.boot_us
    return {
        "schema": "sts.edge.tail/1",
        "sensor": told.timer if isinstance(told, Impulse) else told.sensor,
        "boot_us": boot_us,
        "time": _wall_time(boot_us, reading(boot_us)),
        **_content(told),
    }


def _content(told: Sensed) -> dict[str, Any]:
    if isinstance(told, Packet):
        return {"values": [_value(value) for value in told.values]}
    if isinstance(told, Impulse):
        return {"values": [], "impulse": _impulse(told)}
    return {"values": [], "waveform": _waveform(told)}


def _impulse(impulse: Impulse) -> dict[str, Any]:
    return {
        "ticks": impulse.ticks,
        "channel": impulse.channel,
        "bib": impulse.bib,
        "marks": list(impulse.marks),
        "line": impulse.line.decode("latin-1"),
    }


def _wall_time(boot_us: int, clock: ClockReading) -> str | None:
    if clock.source == ClockSource.UNKNOWN:
        return None
    moment = datetime.fromtimestamp((boot_us + clock.offset_us) / 1_000_000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _value(value: Value) -> dict[str, Any]:
    metric = by_id(value.metric)
    return {
        "metric": metric.name if metric else str(value.metric),
        "unit": metric.unit if metric else "",
        "value": value.value,
        "quality": Quality(value.quality).word,
    }


def _waveform(waveform: Waveform) -> dict[str, Any]:
    metric = by_id(waveform.metric)
    doubts = (quality for quality in waveform.quality if quality != Quality.OK)
    return {
        "metric": metric.name if metric else str(waveform.metric),
        "unit": metric.unit if metric else "",
        "count": len(waveform.values),
        "rate_hz": round(1e9 / waveform.period_ns, 3),
        "low": min(waveform.values),
        "high": max(waveform.values),
        "quality": Quality(next(doubts, Quality.OK)).word,
    }
