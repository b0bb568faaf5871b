"""What is past its time: old samples by whole days, and what straps said while nobody wore them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from sts_hub.db import queries
from sts_hub.kit import repeats

if TYPE_CHECKING:
    from sts_hub.db.pools import Connection

SQL: Final = queries.load("sts_hub.maintenance")

# Partitions wait ready before the day begins anywhere on Earth, and one more in case a day's run is missed.
DAYS_AHEAD: Final = 3
# Long enough to notice that a strap was worn unassigned two Saturdays ago, and to assign it afterwards.
UNWORN_KEPT: Final = timedelta(days=14)
# Long enough to correct a list and to say who is who; then other clubs' people are ranks and times.
NAMES_KEPT_DAYS: Final = 30
# Long enough to find out on Monday why a letter of the holidays never came, and to send an event once more.
OUTGOING_KEPT: Final = timedelta(days=30)
# One transaction deletes an hour: locks stay short, and what was done stays done.
UNWORN_STEP: Final = timedelta(hours=1)


async def open_days(connection: Connection) -> None:
    """Make today's partition and those of the next days; a hypertable makes its own."""
    for ahead in range(DAYS_AHEAD + 1):
        await connection.execute(SQL.open_day, ahead)


async def expire(connection: Connection, keep_days: int, now: datetime) -> int:
    """Remove whole days of samples older than ``keep_days``; minutes and hours stay. Returns how many."""
    cutoff = datetime.combine(now.astimezone(UTC).date() - timedelta(days=keep_days), time(), UTC)
    async with connection.transaction():
        removed = await _remove_days(connection, cutoff)
        if removed:
            kept_by_timescaledb = await connection.fetchval(SQL.kept_by_timescaledb)
            await connection.execute(SQL.drop_chunks_1s if kept_by_timescaledb else SQL.expire_1s, cutoff)
            await connection.execute(SQL.expired, cutoff)
    return removed


async def to_columns(connection: Connection) -> int:
    """Lay whole days of samples that nobody will sweep any more into columns, where the database can. Returns how many."""
    if not await connection.fetchval(SQL.kept_by_timescaledb):
        return 0
    days = await connection.fetch(SQL.rows_before, await connection.fetchval(SQL.swept_before))
    for day in days:
        await connection.execute(SQL.to_columns, day["day"])
    return len(days)


async def _remove_days(connection: Connection, cutoff: datetime) -> int:
    if await connection.fetchval(SQL.is_hypertable):
        return len(await connection.fetch(SQL.drop_chunks, cutoff))
    days = [row["relname"] for row in await connection.fetch(SQL.days_before, cutoff)]
    for day in days:
        await connection.execute(f'DROP TABLE sts."{day}"')
    return len(days)


async def forget_unworn(connection: Connection, now: datetime) -> int:
    """Delete values older than 14 days that were measured while nobody wore the sensor. Returns how many."""
    until = (now - UNWORN_KEPT).replace(minute=0, second=0, microsecond=0)
    forgotten = 0
    while True:
        async with connection.transaction():
            since = await connection.fetchval(SQL.unworn_before)
            if since >= until:
                return forgotten
            step = min(since + UNWORN_STEP, until)
            rows = await connection.fetch(SQL.forget_unworn, since, step)
            for epoch in {row["epoch"] for row in rows}:
                await connection.execute(SQL.touch, epoch, since, step)
            await connection.execute(SQL.unworn_forgotten, step)
        forgotten += len(rows)


async def forget_names(connection: Connection, keep_days: int, now: datetime) -> int:
    """Take the names off other clubs' people in result lists older than this. Returns how many."""
    forgotten: int = await connection.fetchval(SQL.forget_names, now - timedelta(days=keep_days))
    return forgotten


async def forget_outgoing(connection: Connection) -> int:
    """Remove letters and events that ended long ago. Returns how many."""
    return len(await connection.fetch(SQL.forget_outgoing, OUTGOING_KEPT))


async def forget_answers(connection: Connection) -> int:
    """Remove answers whose Idempotency-Key is past its time. Returns how many."""
    return len(await connection.fetch(SQL.forget_answers, repeats.KEPT_H))
