"""The ledger as the judgement wants it: record numbers inclusive, times in microseconds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sts_hub.completeness.judgement import Declared, Epoch, Span
from sts_hub.completeness.periods import Interval, Periods, union
from sts_hub.db import queries

if TYPE_CHECKING:
    from uuid import UUID

    import asyncpg

    from sts_hub.kit.database import ReadSession
    from sts_protocols.metrics import Metric

SQL = queries.load("sts_hub.completeness")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class WearingRow:
    """An assignment of a sensor that the gateway knows, cut to the time asked for."""

    athlete_id: UUID
    sensor_id: int
    label: str
    kind: str
    name: str
    worn: Interval
    consented: Periods


def microseconds(at: datetime) -> int:
    """A moment as whole microseconds since 1970."""
    return (at - _EPOCH) // _US


def moment(us: int) -> datetime:
    """Whole microseconds since 1970 as a moment."""
    return _EPOCH + us * _US


async def epochs(session: ReadSession, gateway: str, since: datetime) -> list[Epoch]:
    """The gateway's epochs that may speak about the time from ``since`` on, with spans and declared drops."""
    rows = await session.rows(SQL.epochs, gateway, since)
    ids = [row["epoch"] for row in rows]
    spans: dict[UUID, list[Span]] = defaultdict(list)
    for row in await session.rows(SQL.spans, gateway, ids):
        if row["first_t"] is not None:  # a run of records without a clock says nothing about when
            spans[row["epoch"]].append(_span(row))
    declared: dict[UUID, list[Declared]] = defaultdict(list)
    for row in await session.rows(SQL.drops, gateway, ids):
        declared[row["epoch"]].append(_declared(row))
    return [_epoch(row, spans[row["epoch"]], declared[row["epoch"]]) for row in rows]


async def wearings(session: ReadSession, gateway: str, since: datetime, until: datetime) -> list[WearingRow]:
    """Who wore which of the gateway's sensors, of those whom the asker may see."""
    return [
        WearingRow(
            athlete_id=row["athlete_id"],
            sensor_id=row["sensor_id"],
            label=row["label"],
            kind=row["kind"],
            name=row["name"],
            worn=_interval(row["during"], since, until),
            consented=union(_interval(part, since, until) for part in row["consented"]),
        )
        for row in await session.rows(SQL.wearings, gateway, since, until)
    ]


async def heard(session: ReadSession, gateway: str, wearing: WearingRow, metric: Metric) -> Periods:
    """When values of this metric came, at whatever gateway, without a pause that means lost; the metric must have a
    rhythm."""
    return await _heard(session, gateway, wearing, metric, metric.lost_after_ms or 0, elsewhere=False)


async def heard_elsewhere(session: ReadSession, gateway: str, wearing: WearingRow, metric: Metric) -> Periods:
    """When other gateways of the club heard this metric and it was never late; the metric must have a rhythm."""
    return await _heard(session, gateway, wearing, metric, metric.late_after_ms or 0, elsewhere=True)


async def _heard(
    session: ReadSession, gateway: str, wearing: WearingRow, metric: Metric, pause_ms: int, *, elsewhere: bool
) -> Periods:
    """Each value stands for one expected interval."""
    since, until = moment(wearing.worn[0]), moment(wearing.worn[1])
    pause = timedelta(milliseconds=pause_ms)
    lasts_us = (metric.interval_ms or 0) * 1000
    rows = await session.rows(
        SQL.heard, gateway, wearing.athlete_id, wearing.sensor_id, metric.id, since, until, pause, elsewhere
    )
    return union((microseconds(row["first_t"]), microseconds(row["last_t"]) + lasts_us) for row in rows)


async def expired_before_us(session: ReadSession) -> int:
    """Samples before this were deleted by retention; µs, far below 1970 when none were."""
    return microseconds(await session.value(SQL.expired_before))


def _span(row: asyncpg.Record) -> Span:
    return Span(row["from_seq"], row["to_seq"], microseconds(row["first_t"]), microseconds(row["last_t"]))


def _declared(row: asyncpg.Record) -> Declared:
    known = row["first_t"] is not None and row["last_t"] is not None
    times = (microseconds(row["first_t"]), microseconds(row["last_t"])) if known else None
    return Declared((row["from_seq"], row["to_seq"]), row["reason"], times)


def _epoch(row: asyncpg.Record, spans: list[Span], declared: list[Declared]) -> Epoch:
    beats = (row["spoke_first_at"], row["spoke_last_at"])
    return Epoch(
        name=row["epoch"].hex,
        running=row["running"],
        head=row["head"],
        received=_inclusive(row["received"]),
        parked=_inclusive(row["parked"]),
        declared=declared,
        spans=spans,
        told_us=(microseconds(beats[0]), microseconds(beats[1])) if all(beats) else None,
        placed=row["placed"],
        bounds=(_bound(row["starts_after"]), _bound(row["ends_before"])) if row["waits"] else None,
    )


def _bound(at: datetime | None) -> int | None:
    return None if at is None else microseconds(at)


def _inclusive(ranges: Any) -> list[tuple[int, int]]:
    return [(part.lower, part.upper - 1) for part in ranges]


def _interval(part: Any, since: datetime, until: datetime) -> Interval:
    lower, upper = part.lower or since, part.upper or until
    return microseconds(max(lower, since)), microseconds(min(upper, until))
