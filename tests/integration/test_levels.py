"""The levels of time on every kind of database: TimescaleDB's own, filled by it, are figure for figure our tables."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import numpy as np
import pytest

from oracles import community
from sts_hub.db import migrate
from sts_hub.ingest.rows import COLUMNS
from sts_hub.maintenance import retention, rollups, verification

SEED = 17
SERIES = 40
DAYS = 3
NOW = datetime.now(UTC)
TODAY = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
FIRST = TODAY - timedelta(days=DAYS)
EPOCH = UUID(int=1)
SECOND_US = 1_000_000
HOUR = timedelta(hours=1)
FEW, ALL = 60_000, 1_000_000

LEVELS = ("sample_1s", "sample_1m", "sample_1h")
ROW = np.dtype(
    [("fields", ">i2"), ("lt", ">i4"), ("t", ">i8"), ("ls", ">i4"), ("series", ">i4"),
     ("lq", ">i4"), ("quality", ">i2"), ("lv", ">i4"), ("value", ">f8")]
)  # fmt: skip
# PostgreSQL counts from 2000-01-01.
POSTGRES_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def rows(count: int) -> np.ndarray:
    """Values by chance over three days, some of each quality; a binary COPY's rows."""
    chance = np.random.default_rng(SEED)
    made = np.zeros(count, ROW)
    made["fields"], made["lt"], made["ls"], made["lq"], made["lv"] = 4, 8, 4, 2, 8
    first_us = (FIRST - POSTGRES_EPOCH) // timedelta(microseconds=1)
    # In bursts of ten seconds, as trainings are: so seconds and minutes have several values.
    bursts = chance.integers(0, DAYS * 86_400 - 10, count // 200)
    made["t"] = (
        first_us + chance.choice(bursts, count) * SECOND_US + chance.integers(0, 10 * SECOND_US, count)
    )
    made["series"] = chance.integers(1, SERIES + 1, count)
    made["quality"] = chance.choice([0, 0, 0, 0, 1, 2, 3, 4, 5, 6], count)
    made["value"] = chance.integers(40, 200, count)
    return made


async def copy(connection: asyncpg.Connection, made: np.ndarray) -> None:
    async def source() -> AsyncIterator[bytes]:
        yield b"PGCOPY\n\xff\r\n\0" + bytes(8) + made.tobytes() + b"\xff\xff"

    await connection.copy_to_table(
        "sample", schema_name="sts", columns=COLUMNS, source=source(), format="binary"
    )


async def filled(connection: asyncpg.Connection, count: int) -> None:
    """An epoch with its series, `count` values, and everything touched."""
    await connection.execute("INSERT INTO sts.epoch (epoch, gateway) VALUES ($1, 'pitch-1')", EPOCH)
    await connection.execute(
        "INSERT INTO sts.series (epoch, name, metric) SELECT $1, 'hr-' || n, 1 FROM generate_series(1, $2) n",
        EPOCH,
        SERIES,
    )
    for day in range(DAYS + 1):
        await connection.execute("SELECT sts.open_day($1)", (FIRST + timedelta(days=day)).date())
    await copy(connection, rows(count))
    await touched(connection, FIRST, TODAY)
    await fill(connection)


async def touched(connection: asyncpg.Connection, first: datetime, last: datetime) -> None:
    await connection.execute(
        "INSERT INTO sts.touched (epoch, first_t, last_t) VALUES ($1, $2, $3)", EPOCH, first, last
    )


async def fill(connection: asyncpg.Connection) -> None:
    while await rollups.fill(connection):
        pass


async def level(connection: asyncpg.Connection, name: str) -> list[tuple]:
    found = await connection.fetch(
        f"SELECT t, series, n, ok, worst, total, low, high FROM sts.{name} ORDER BY series, t"
    )
    return [tuple(row) for row in found]


async def figures(connection: asyncpg.Connection) -> dict[str, list[tuple]]:
    return {name: await level(connection, name) for name in LEVELS}


async def late(connection: asyncpg.Connection, at: datetime, value: float, *, told: bool) -> None:
    """One value more, and whether anybody said so."""
    await connection.execute(
        "INSERT INTO sts.sample (t, series, quality, value) VALUES ($1, 1, 0, $2)", at, value
    )
    if told:
        await touched(connection, at, at)


@pytest.fixture
async def timescaledb() -> AsyncIterator[asyncpg.Connection]:
    """TimescaleDB's community edition, migrated."""
    with community.running() as dsn:
        outcome = await migrate.migrate(dsn)
        assert outcome.edition == "community"
        connection = await asyncpg.connect(dsn, server_settings={"timezone": "UTC"})
        yield connection
        await connection.close()


@pytest.fixture
async def tables(postgres, migrated) -> AsyncIterator[asyncpg.Connection]:
    """The other kinds: tables, filled by us."""
    connection = await asyncpg.connect(
        postgres.make_database(like=migrated), server_settings={"timezone": "UTC"}
    )
    yield connection
    await connection.close()


@pytest.mark.parametrize(
    "count", [FEW, pytest.param(ALL, marks=[pytest.mark.long, pytest.mark.timeout(900)])]
)
async def test_all_kinds_of_database_tell_the_same_figures_whatever_comes_late_expires_or_lies_in_columns(
    timescaledb: asyncpg.Connection, tables: asyncpg.Connection, count: int
) -> None:
    both = (timescaledb, tables)
    for connection in both:
        await filled(connection, count)
    ours = await figures(tables)
    assert await figures(timescaledb) == ours
    assert sum(row[2] for row in ours["sample_1h"]) == count

    # What comes late changes its own window; what nobody told of changes nothing, and verify finds it.
    at = FIRST + timedelta(hours=30, milliseconds=500)
    for connection in both:
        await late(connection, at, 250.0, told=True)
        await late(connection, at + 9 * HOUR, 251.0, told=False)
        await fill(connection)
        assert [row[7] for row in await level(connection, "sample_1h") if (row[7] or 0) > 200] == [250.0]
        assert len((await verification.verify(connection)).faults) == 1
        await touched(connection, at + 9 * HOUR, at + 9 * HOUR)
        await fill(connection)
        assert (await verification.verify(connection)).faults == []
    assert await figures(timescaledb) == await figures(tables)

    # Expired days lose their values and seconds and keep minutes and hours, whatever is touched there later.
    for connection in both:
        before = await figures(connection)
        assert await retention.expire(connection, DAYS - 2, NOW) == DAYS - 1
        await touched(connection, FIRST, TODAY)
        await fill(connection)
        after = await figures(connection)
        cutoff = TODAY - timedelta(days=DAYS - 2)
        assert after == before | {"sample_1s": [row for row in before["sample_1s"] if row[0] >= cutoff]}
        assert (await verification.verify(connection)).faults == []
    assert await figures(timescaledb) == await figures(tables)

    # A day in columns says the same, takes late values and is deleted from as before.
    await timescaledb.execute("UPDATE sts.retention SET unworn_before = $1", TODAY)
    assert await retention.to_columns(timescaledb) == 1
    assert await retention.to_columns(tables) == 0
    at = TODAY - timedelta(hours=1)
    for connection in both:
        await late(connection, at, 252.0, told=True)
        await connection.execute("DELETE FROM sts.sample WHERE series = 2")
        await touched(connection, TODAY - timedelta(days=1), TODAY)
        await fill(connection)
        assert (await verification.verify(connection)).faults == []
    assert await figures(timescaledb) == await figures(tables)
    assert not any(row[1] == 2 for row in await level(timescaledb, "sample_1s"))
    assert any(row[7] == 252.0 for row in await level(timescaledb, "sample_1s"))
    # And what came late lies in columns again.
    assert await retention.to_columns(timescaledb) == 1
    assert (await verification.verify(timescaledb)).faults == []

    # What is erased is gone from every level at once, where values have expired as well.
    for connection in both:
        assert any(row[1] == 3 for row in await level(connection, "sample_1h") if row[0] < cutoff)
        assert await connection.fetchval("SELECT sts.erase_values(ARRAY[3], tstzrange(NULL, NULL))") > 0
        for name in LEVELS:
            assert not any(row[1] == 3 for row in await level(connection, name))
        await fill(connection)
        assert (await verification.verify(connection)).faults == []
    assert await figures(timescaledb) == await figures(tables)
