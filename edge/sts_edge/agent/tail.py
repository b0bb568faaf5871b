"""One packet, as a line for whoever follows the sensors."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sts_protocols.metrics import by_id
from sts_protocols.record import ClockReading, ClockSource
from sts_protocols.sample import Packet, Quality, Value


def tail_line(packet: Packet, clock: ClockReading) -> dict[str, Any]:
    """The packet with the names of its metrics, and its wall time (RFC 3339) if that is known."""
    return {
        "schema": "sts.edge.tail/1",
        "sensor": packet.sensor,
        "boot_us": packet.boot_us,
        "time": _wall_time(packet.boot_us, clock),
        "values": [_value(value) for value in packet.values],
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
