"""Roll-ups, retention and verification on a real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from sts_hub.maintenance import retention, rollups, verification
from sts_hub.maintenance.cli import Kept, once

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = NOW.replace(hour=0, minute=0, second=0)


@pytest.fixture
async def database(postgres, migrated):
    """A migrated database, seen as its owner."""
    dsn = postgres.make_database(like=migrated)
    connection = await asyncpg.connect(dsn, server_settings={"timezone": "UTC"})
    await connection.execute("SET ROLE sts_owner")
    yield connection
    await connection.close()


async def epoch_with(connection: asyncpg.Connection, rows: list[tuple[datetime, float, int]]) -> UUID:
    """An epoch with one series of heart rate that holds (time, value, quality), touched as a worker would."""
    epoch = uuid4()
    await connection.execute("INSERT INTO sts.epoch (epoch, gateway) VALUES ($1, 'pitch-1')", epoch)
    await add(connection, epoch, rows)
    return epoch


async def add(connection: asyncpg.Connection, epoch: UUID, rows: list[tuple[datetime, float, int]]) -> None:
    for day in {row[0].date() for row in rows}:
        await connection.execute("SELECT sts.open_day($1)", day)
    series = await connection.fetchval(
        "INSERT INTO sts.series (epoch, name, metric) VALUES ($1, 'hr-01', 1) "
        "ON CONFLICT (epoch, name, metric, retired) DO UPDATE SET metric = 1 RETURNING id",
        epoch,
    )
    await connection.executemany(
        "INSERT INTO sts.sample (t, series, value, quality) VALUES ($1, $2, $3, $4)",
        [(at, series, value, quality) for at, value, quality in rows],
    )
    await connection.execute(
        "INSERT INTO sts.touched (epoch, first_t, last_t) VALUES ($1, $2, $3)",
        epoch,
        min(row[0] for row in rows),
        max(row[0] for row in rows),
    )


async def level(connection: asyncpg.Connection, name: str) -> list[tuple]:
    rows = await connection.fetch(f"SELECT t, n, ok, worst, total, low, high FROM sts.{name} ORDER BY t")
    return [tuple(row) for row in rows]


async def test_each_level_holds_what_the_samples_say(database):
    at = DAY + timedelta(minutes=3)
    ms = timedelta(milliseconds=1)
    await epoch_with(database, [(at, 100, 0), (at + 500 * ms, 120, 0), (at + 1500 * ms, 90, 1)])
    assert await rollups.fill(database) == 1
    assert await level(database, "sample_1s") == [
        (at, 2, 2, 0, 220.0, 100.0, 120.0),
        (at + timedelta(seconds=1), 1, 0, 1, None, None, None),
    ]
    assert await level(database, "sample_1m") == [(at, 3, 2, 1, 220.0, 100.0, 120.0)]
    assert await level(database, "sample_1h") == [(DAY, 3, 2, 1, 220.0, 100.0, 120.0)]


async def test_late_samples_change_only_their_own_buckets_and_filling_twice_changes_nothing(database):
    at = DAY + timedelta(hours=1)
    epoch = await epoch_with(database, [(at + timedelta(seconds=s), 100 + s, 0) for s in range(120)])
    await rollups.fill(database)
    before = await level(database, "sample_1m")
    await add(database, epoch, [(at + timedelta(seconds=5, milliseconds=7), 200, 0)])
    await rollups.fill(database)
    after = await level(database, "sample_1m")
    assert [row[1] for row in after] == [61, 60]
    assert after[1] == before[1]
    await rollups.ask_again(database, DAY)
    await rollups.fill(database)
    assert await level(database, "sample_1m") == after


async def test_verification_names_a_roll_up_that_was_changed_behind_its_back(database):
    await epoch_with(database, [(DAY + timedelta(minutes=1), 100, 0)])
    await once(database, Kept())
    assert (await verification.verify(database)).faults == []
    await database.execute("UPDATE sts.sample_1s SET high = 101")
    (fault,) = (await verification.verify(database)).faults
    assert "rolled up wrongly" in fault
    assert f"--again {DAY:%Y-%m-%d}" in fault


async def test_verification_tells_what_is_expected_and_where_a_ledger_contradicts_itself(database):
    epoch = await epoch_with(database, [(DAY, 100, 0)])
    await database.execute(
        "UPDATE sts.epoch SET head = 9, received = '{[0,7)}', declared = '{[7,8)}' WHERE epoch = $1", epoch
    )
    await database.execute(
        "INSERT INTO sts.received_span (epoch, from_seq, to_seq, first_t, last_t) VALUES ($1, 0, 6, $2, $2)",
        epoch,
        DAY,
    )
    verdict = await verification.verify(database)
    assert verdict.outstanding == {"pitch-1": 2}
    assert not any("ledger" in fault for fault in verdict.faults)
    await database.execute("DELETE FROM sts.received_span")
    assert any("spans" in fault for fault in (await verification.verify(database)).faults)


async def test_whole_days_past_their_time_go_and_their_hours_stay(database):
    old = DAY - timedelta(days=40)
    await epoch_with(database, [(old, 100, 0), (DAY, 110, 0)])
    await rollups.fill(database)
    assert await retention.expire(database, 30, NOW) == 1
    assert [row["t"] for row in await database.fetch("SELECT t FROM sts.sample")] == [DAY]
    assert [row[0] for row in await level(database, "sample_1h")] == [old, DAY]
    expired = await database.fetchval("SELECT expired_before FROM sts.retention")
    assert expired == DAY - timedelta(days=30)


async def test_what_a_strap_said_while_nobody_wore_it_is_forgotten_after_two_weeks(database):
    old = NOW - timedelta(days=14, hours=12)
    worn_from = old + timedelta(minutes=10)
    await database.execute("UPDATE sts.retention SET unworn_before = $1", NOW - timedelta(days=16))
    club = await database.fetchval("INSERT INTO sts.club (name) VALUES ('Club') RETURNING id")
    team = await database.fetchval("INSERT INTO sts.team (club_id, name) VALUES ($1, 'T') RETURNING id", club)
    athlete = await database.fetchval(
        "INSERT INTO sts.athlete (club_id, team_id, name) VALUES ($1, $2, 'A') RETURNING id", club, team
    )
    await database.execute("INSERT INTO sts.gateway (name, club_id, site) VALUES ('pitch-1', $1, 'P')", club)
    sensor = await database.fetchval(
        "INSERT INTO sts.sensor (club_id, address, kind, label) "
        "VALUES ($1, 'A0', 'heart_rate', 'hr-01') RETURNING id",
        club,
    )
    await database.execute(
        "INSERT INTO sts.local_name (gateway, name, address, kind) "
        "VALUES ('pitch-1', 'hr-01', 'A0', 'heart_rate')"
    )
    await database.execute(
        "INSERT INTO sts.assignment (sensor_id, athlete_id, during) VALUES ($1, $2, tstzrange($3, NULL))",
        sensor,
        athlete,
        worn_from,
    )
    recent = NOW - timedelta(days=2)
    await epoch_with(database, [(old, 100, 0), (worn_from, 110, 0), (recent, 120, 0)])
    assert await retention.forget_unworn(database, NOW) == 1
    assert [row["value"] for row in await database.fetch("SELECT value FROM sts.sample ORDER BY t")] == [
        110,
        120,
    ]
    assert await retention.forget_unworn(database, NOW) == 0
