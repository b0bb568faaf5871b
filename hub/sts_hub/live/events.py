"""The data of each event of the live stream, made from what the wall and a roster know."""

import random
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from sts_hub.analytics.so_far import QUANTITIES
from sts_hub.gateways import service as gateway_rules
from sts_hub.gateways.schemas import Gateway
from sts_hub.live.frames import Alert, FleetNews, FrameValue
from sts_hub.live.repository import Person, Worn
from sts_hub.live.views import Roster
from sts_hub.live.wall import TREND_US, Gap, Place, Wall
from sts_hub.metrics import service as metrics
from sts_protocols.metrics import by_id
from sts_protocols.sample import Quality

# Clients of a stopping hub come back spread over this time, so that the next process is not stormed.
RETRY_MS: Final = (1000, 4000)

_WORKED_OUT: Final = {one.id: one for one in QUANTITIES.values()}
_QUALITY: Final = {int(quality): quality.word for quality in Quality}


def now_ms() -> int:
    """The hub's clock."""
    return time.time_ns() // 1_000_000


def retry_ms() -> int:
    """When a client should come back."""
    return random.randint(*RETRY_MS)


def wire(name: str, place: Place | None, data: dict[str, Any]) -> bytes:
    """The event as Server-Sent Events have it."""
    where = f"id: {place}\n" if place is not None else ""
    return b"event: %s\n%sdata: %s\n\n" % (name.encode(), where.encode(), msgspec.json.encode(data))


def snapshot(wall: Wall, roster: Roster, now: int) -> dict[str, Any]:
    """All that is known of the people of a roster."""
    worn: dict[Any, list[Worn]] = {}
    for one in roster.worn.values():
        worn.setdefault(one.athlete, []).append(one)
    return {
        "now_ms": now,
        "metrics": [metric.model_dump(mode="json") for metric in metrics.catalogue()],
        "athletes": [_athlete(wall, person, worn.get(person.id, []), now) for person in roster.people],
        "gateways": [gateway(known, wall.fleet.get(name)) for name, known in sorted(roster.gateways.items())],
        "gap": gap(wall.gap, now) if wall.gap else None,
    }


def _athlete(wall: Wall, person: Person, worn: list[Worn], now: int) -> dict[str, Any]:
    first = worn[0] if worn else None
    known = [value for one in worn for value in wall.of(one.sensor)]
    newest = frame_values(known, {one.sensor: one for one in worn})
    trend = _trend(wall, worn, now * 1000 - TREND_US)
    return {
        "id": person.id,
        "number": person.number,
        "name": person.name,
        "hr_max": person.hr_max,
        "team_id": person.team_id,
        "sensor": first and {"id": first.sensor, "label": first.label, "kind": first.kind},
        "values": {
            item["metric"]: {"t_ms": item["t_ms"], "value": item["value"], "quality": item["quality"]}
            for item in newest
        },
        "trend": {
            "t_ms": [value.t_us // 1000 for value in trend],
            "value": [value.value for value in trend],
        },
    }


def _trend(wall: Wall, worn: list[Worn], since_us: int) -> list[FrameValue]:
    values = [
        value
        for one in worn
        for value in wall.trend(one.sensor)
        if value.t_us >= since_us and one.shows(value.t_us, value.metric)
    ]
    return sorted(values, key=lambda value: value.t_us)


def frame_values(values: Iterable[FrameValue], worn: dict[int, Worn]) -> list[dict[str, Any]]:
    """The newest value of each athlete and metric, of those that belong to who wears the sensor now."""
    newest: dict[tuple[Any, int], FrameValue] = {}
    for value in values:
        wearing = worn.get(value.sensor_id)
        if wearing is None or not wearing.shows(value.t_us, value.metric):
            continue
        key = (wearing.athlete, value.metric)
        if key not in newest or newest[key].t_us < value.t_us:
            newest[key] = value
    return [
        _item(athlete, name, value)
        for (athlete, metric), value in newest.items()
        if (name := _name(metric)) is not None
    ]


def _name(metric: int) -> str | None:
    """What a metric, or a quantity worked out from one, is called."""
    known = by_id(metric) or _WORKED_OUT.get(metric)
    return None if known is None else known.name


def _item(athlete: Any, name: str, value: FrameValue) -> dict[str, Any]:
    return {
        "athlete": athlete,
        "metric": name,
        "t_ms": value.t_us // 1000,
        "value": value.value,
        "quality": _QUALITY.get(value.quality, "implausible"),
    }


def alert(news: Alert) -> dict[str, Any]:
    """An alert."""
    return {
        "id": news.id,
        "athlete": news.athlete,
        "t_ms": news.t_us // 1000,
        "text": news.text,
        "what": news.what,
        "colour": news.colour,
        "late": news.late,
        "escalated": news.escalated,
        "resolved": news.resolved,
    }


def gap(open_gap: Gap | None, now: int) -> dict[str, Any]:
    """Why no values can come, or that they can again."""
    if open_gap is None:
        return {"reason": "over", "since_ms": now}
    return {"reason": open_gap.reason, "since_ms": open_gap.since_us // 1000}


def gateway(known: Gateway, news: FleetNews | None) -> dict[str, Any]:
    """A gateway by its newest beat: the one in the database, or the one just heard."""
    heard_us = 0 if known.heard_at is None else known.heard_at.timestamp() * 1e6
    if news is not None and news.hub_us > heard_us:
        known = known.model_copy(update=_told_by(news))
    return known.model_dump(mode="json")


def _told_by(news: FleetNews) -> dict[str, Any]:
    heard_at = datetime.fromtimestamp(news.hub_us / 1e6, UTC)
    fresh = datetime.now(UTC) - heard_at <= gateway_rules.SILENT_AFTER
    return {
        "state": news.state if fresh else "silent",
        "faults": list(news.faults),
        "heard_at": heard_at,
        "sensors": [gateway_rules.sensor(one, heard_at, news.boot_us) for one in news.sensors],
        "buffer": news.buffer and gateway_rules.buffer(news.buffer, heard_at, news.boot_us),
        "clock": news.clock and gateway_rules.clock(news.clock[1], news.clock[2]),
        "versions": dict(news.versions),
    }
