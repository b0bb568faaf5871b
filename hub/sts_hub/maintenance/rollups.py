"""Roll-ups of the samples: 1 s, 1 min and 1 h, made again wherever samples were added.

A worker leaves one line in sts.touched for each epoch of a transaction. What is filled here is always a whole
bucket, from the level below, so that filling it twice gives the same; a line is removed only together with
the filling that it asked for, or after it: TimescaleDB's community edition commits each filling by itself.
Nothing is filled where samples have expired: what is left of them are the minutes and hours.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from sts_hub.db import queries

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from asyncpg import Record

    from sts_hub.db.pools import Connection

SQL: Final = queries.load("sts_hub.maintenance")

# A live gateway leaves four lines a second: this is what 30 of them leave in a minute.
LINES_AT_ONCE: Final = 7_200
# Windows nearer than this are filled as one: a statement costs more than a minute of a squad's samples.
JOIN_NEARER: Final = timedelta(minutes=1)

Window = tuple[datetime, datetime]

_LEVELS: Final = (
    (timedelta(seconds=1), "sts.sample_1s", SQL.clear_1s, SQL.fill_1s),
    (timedelta(minutes=1), "sts.sample_1m", SQL.clear_1m, SQL.fill_1m),
    (timedelta(hours=1), "sts.sample_1h", SQL.clear_1h, SQL.fill_1h),
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


async def fill(connection: Connection) -> int:
    """Fill the roll-ups of the oldest touched windows; returns how many lines were worked off."""
    if await connection.fetchval(SQL.kept_by_timescaledb):
        return await _refresh(connection)
    async with connection.transaction():
        lines = await connection.fetch(SQL.touched, LINES_AT_ONCE)
        expired: datetime = await connection.fetchval(SQL.expired_before)
        by_epoch: dict[UUID, list[Window]] = defaultdict(list)
        for line in lines:
            by_epoch[line["epoch"]].append((line["first_t"], line["last_t"]))
        for epoch in sorted(by_epoch):
            await _fill_epoch(connection, epoch, by_epoch[epoch], expired)
        await _worked_off(connection, lines)
    return len(lines)


async def _fill_epoch(connection: Connection, epoch: UUID, touched: list[Window], expired: datetime) -> None:
    series = [row["id"] for row in await connection.fetch(SQL.series_of, epoch)]
    for bucket, _, clear, fill_level in _LEVELS:
        for start, end in windows(touched, bucket, expired):
            await connection.execute(clear, series, start, end)
            await connection.execute(fill_level, series, start, end)


async def _refresh(connection: Connection) -> int:
    """The same where TimescaleDB keeps the levels: it fills the windows for all series, each in a transaction of its own."""
    lines = await connection.fetch(SQL.touched, LINES_AT_ONCE)
    expired: datetime = await connection.fetchval(SQL.expired_before)
    touched = [(line["first_t"], line["last_t"]) for line in lines]
    for bucket, level, *_ in _LEVELS:
        for start, end in windows(touched, bucket, expired):
            await connection.execute(SQL.refresh, level, start, end)
    await _worked_off(connection, lines)
    return len(lines)


async def _worked_off(connection: Connection, lines: list[Record]) -> None:
    await connection.execute(SQL.untouch, [line["id"] for line in lines])


def windows(touched: Iterable[Window], bucket: timedelta, expired: datetime) -> list[Window]:
    """The touched windows in whole buckets, in order, near ones as one, without what has expired."""
    found = joined(whole(window, bucket) for window in touched)
    return [(max(start, expired), end) for start, end in found if end > expired]


def whole(window: Window, bucket: timedelta) -> Window:
    """The window widened to whole buckets; its end, a time that has a sample, is inside."""
    first, last = window
    return first - (first - _EPOCH) % bucket, last - (last - _EPOCH) % bucket + bucket


def joined(windows: Iterable[Window]) -> list[Window]:
    """The same windows in order, near ones as one."""
    found: list[Window] = []
    for start, end in sorted(windows):
        if found and start - found[-1][1] <= JOIN_NEARER:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


async def ask_again(connection: Connection, day: datetime) -> None:
    """Have a whole day of all epochs filled anew."""
    await connection.execute(SQL.touch_day, day, day + timedelta(days=1) - timedelta(microseconds=1))
