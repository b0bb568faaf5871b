"""Days of samples: made before use, once, each with the index that keeps charts cheap."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time, timedelta

import asyncpg

from ingest_support import SECOND_US, Gateway, stored

DAY_US = 86_400 * SECOND_US


async def days(hub_database) -> list[str]:
    """The partitions, or the chunks, that there are."""
    rows = await hub_database.owner.fetch(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
        "WHERE i.inhparent = 'sts.sample'::regclass ORDER BY c.relname"
    )
    return [row["relname"] for row in rows]


async def test_a_day_is_made_when_its_first_value_comes(hub_database):
    store = await hub_database.store()
    assert await days(hub_database) == []
    for age in (3, 2):
        gateway = Gateway(age_us=age * DAY_US)
        await hub_database.send(store, *gateway.many(2))
        assert await stored(hub_database.owner, gateway.id) == gateway.said
    assert len(await days(hub_database)) == 2


async def test_a_batch_across_midnight_is_stored_whole(hub_database):
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    since = datetime.now(UTC) - midnight + timedelta(seconds=5)
    gateway, store = Gateway(age_us=since // timedelta(microseconds=1)), await hub_database.store()
    await hub_database.send(store, *gateway.many(10))
    assert await stored(hub_database.owner, gateway.id) == gateway.said
    assert len(await days(hub_database)) == 2


async def test_every_day_has_the_index_that_charts_use(hub_database):
    store = await hub_database.store()
    for age in (3, 2):
        await hub_database.send(store, *Gateway(age_us=age * DAY_US).many(1))
    for name in await days(hub_database):
        indexes = await hub_database.owner.fetch("SELECT indexdef FROM pg_indexes WHERE tablename = $1", name)
        assert any("(series, t)" in row["indexdef"] and "UNIQUE" not in row["indexdef"] for row in indexes)


async def test_many_who_open_the_same_day_make_it_once(hub_database):
    connections = [await asyncpg.connect(hub_database.ingest_dsn) for _ in range(6)]
    try:
        for day in (date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3)):
            await asyncio.gather(*(each.execute("SELECT sts.open_day($1)", day) for each in connections))
    finally:
        for each in connections:
            await each.close()
    await hub_database.owner.execute(
        "INSERT INTO sts.sample (t, series, quality, value) VALUES ('2026-01-02', 1, 0, 1)"
    )
    assert len(await days(hub_database)) in (1, 3)


async def test_a_day_that_retention_dropped_meanwhile_is_made_again(hub_database):
    """The worker remembers that the day was there; the database refuses the row, and it looks again."""
    store = await hub_database.store()
    first, second = Gateway(), Gateway()
    await hub_database.send(store, *first.many(1))
    for name in await days(hub_database):
        schema = await hub_database.owner.fetchval(
            "SELECT relnamespace::regnamespace::text FROM pg_class WHERE relname = $1", name
        )
        if schema == "sts":
            await hub_database.owner.execute(f"DROP TABLE sts.{name}")
    await hub_database.send(store, *second.many(2))
    assert await stored(hub_database.owner, second.id) == second.said
    assert await hub_database.owner.fetchval("SELECT count(*) FROM sts.parked") == 0


async def test_a_chart_of_one_series_touches_only_its_day_and_its_index(hub_database):
    store = await hub_database.store()
    # Noon: neither the values nor the chart may reach into a day that is nearly empty, which is read whole.
    noon = datetime.combine(datetime.now(UTC).date() - timedelta(days=2), time(12), UTC)
    for day in (noon - timedelta(days=1), noon):
        age_us = (datetime.now(UTC) - day) // timedelta(microseconds=1)
        await hub_database.send(store, *Gateway(age_us=age_us, sensors=("a",)).many(300))
    await hub_database.owner.execute("ANALYZE sts.sample")
    plan = "\n".join(
        row[0]
        for row in await hub_database.owner.fetch(
            f"EXPLAIN SELECT t, value FROM sts.sample WHERE series = 1 AND t BETWEEN '{noon - timedelta(hours=1)}' "
            f"AND '{noon + timedelta(hours=1)}' ORDER BY t"
        )
    )
    assert "Index" in plan
    assert "Seq Scan" not in plan
    touched = [name for name in await days(hub_database) if f" {name} " in plan]
    assert len(touched) == 1
