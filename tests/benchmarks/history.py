"""A hundred million rows of a squad's history: how soon a coach sees what she asks of it, and an athlete is erased from it.

Thirty athletes train two hours a day for half a year; heart rate and beat-to-beat intervals are written by the database
itself, for only reading is measured: through the API's own code in this process, without a network. Both on plain
PostgreSQL and, where a Debian 13 root can be made, on TimescaleDB. STS_HISTORY_DAYS takes another number of days.
"""

from __future__ import annotations

import contextlib
import math
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg

from api_fixtures import API_PASSWORD
from api_support import NOON, ApiDatabase, World, make_world, settings_of
from benchmarks.figures import Figure, as_they_come
from demo.services import debian13
from demo.services.postgres import Installation, Postgres
from sts_hub.api.app import create_app
from sts_hub.db import migrate
from sts_hub.kit.database import Database
from sts_protocols.metrics import HEART_RATE, RR_INTERVAL

API = "/api/v1"
ATHLETES = 30
TRAINING_S = 7_200
# 1 heart rate and 1.5 intervals a second: 540,000 rows a day, and 100,000,000 in these days.
RR_PER_S = 1.5
DAYS = int(os.environ.get("STS_HISTORY_DAYS", "186"))
ASKED_TIMES = 40
COMPUTED_TIMES = 3

_ROWS = """
    INSERT INTO sts.sample (t, series, quality, value)
    SELECT $2::timestamptz + step * interval '1 second' / $4::float8, r.id, 0, $5 + $6 * sin((step + 37 * r.id) / 300.0)
    FROM sts.series r, generate_series(0, $7::int - 1) AS step
    WHERE r.epoch = $1 AND r.metric = $3
"""


def measure(folder: Path) -> Iterator[Figure]:
    """Each database in turn: its size, the chart of a squad, the summary of a session read and worked out."""
    yield from as_they_come(_measured("PostgreSQL", folder / "plain", None))
    part = f"{ATHLETES} athletes over {DAYS} days, TimescaleDB"
    if (reason := debian13.why_not()) is not None:
        yield Figure(part, "charts and summaries", None, "", note=reason)
        return
    root = debian13.make_root(Path(__file__).resolve().parents[2] / "build/debian13")
    yield from as_they_come(_measured("TimescaleDB", folder / "timescale", debian13.timescaledb(root)))


async def _measured(name: str, folder: Path, installation: Installation | None) -> AsyncIterator[Figure]:
    part = f"{ATHLETES} athletes over {DAYS} days, {name}"
    async with _served(folder, installation) as world:
        began = time.monotonic()
        rows = await _written(world)
        size = await world.database.owner.fetchval("SELECT pg_database_size(current_database())")
        note = f"{size / 1e9:.1f} GB, written in {time.monotonic() - began:.0f} s"
        yield Figure(part, "rows of samples", rows, "", note=note)
        sessions = [await _session(world, day) for day in range(COMPUTED_TIMES)]
        computed = [await _took_s(_summary_of(world, one)) for one in sessions]
        yield Figure(part, "summary of a session worked out", max(computed), "s", 2.0, tuple(computed))
        kept = [
            await _took_s(_summary_of(world, sessions[turn % COMPUTED_TIMES])) for turn in range(ASKED_TIMES)
        ]
        yield Figure(part, "summary of a session read, p95", 1000 * _p95(kept), "ms", 100.0)
        charts = [await _took_s(_chart_of(world, day * DAYS // ASKED_TIMES)) for day in range(ASKED_TIMES)]
        yield Figure(part, f"chart of 2 h of {ATHLETES} series, p95", 1000 * _p95(charts), "ms", 150.0)
        theirs = round(DAYS * TRAINING_S * (1 + RR_PER_S))
        erased = await _took_s(_erasure_of(world, "rosa", theirs))
        yield Figure(part, f"an athlete with {theirs:,} values erased", erased, "s", 60.0)


@contextlib.asynccontextmanager
async def _served(folder: Path, installation: Installation | None) -> AsyncIterator[World]:
    """A club on a database of its own, behind the API."""
    postgres = Postgres(folder, durable=False, installation=installation)
    postgres.start()
    try:
        dsn = postgres.make_database()
        name = dsn.partition("@/")[2].partition("?")[0]
        api_dsn = postgres.dsn_of(name, migrate.API, API_PASSWORD)
        await migrate.migrate(dsn, api_dsn=api_dsn)
        owner = await asyncpg.connect(dsn, server_settings={"timezone": "UTC"})
        app = create_app(settings_of(api_dsn, without_broker=True))
        await app.state.parts[Database].open()
        world = await make_world(ApiDatabase(owner, api_dsn, dsn), app)
        for number in range(ATHLETES - 2):  # two are there
            await world.athlete(f"a{number}", "club", "red", 10 + number)
        yield world
        for client in world.clients:
            await client.aclose()
        await app.state.parts[Database].close()
        await owner.close()
    finally:
        postgres.stop()


def _began(day: int) -> datetime:
    return NOON + timedelta(days=day)


async def _written(world: World) -> int:
    """Straps of everybody, an epoch a day; the ledger knows of all of it."""
    owner = world.database.owner
    straps = ["rosa_strap", "rudi_strap", *(f"a{number}_strap" for number in range(ATHLETES - 2))]
    for strap in straps:
        await owner.execute(
            "INSERT INTO sts.local_name (gateway, name, address, kind) VALUES ($1, $2, $3, 'heart_rate')",
            world["pitch"],
            strap,
            world[f"{strap}_address"],
        )
    rows = 0
    for day in range(DAYS):
        rows += await _day_written(owner, world, straps, _began(day))
    await owner.execute("VACUUM (ANALYZE) sts.sample")
    await owner.execute("ANALYZE")
    return rows


async def _day_written(
    owner: asyncpg.Connection[asyncpg.Record], world: World, straps: list[str], began: datetime
) -> int:
    epoch, ended = uuid4(), began + timedelta(seconds=TRAINING_S)
    await owner.execute("SELECT sts.open_day($1)", began.date())
    await owner.execute(
        "INSERT INTO sts.epoch (epoch, gateway, head, received, pin_offset_us, spoke_first_at, spoke_last_at) "
        "VALUES ($1, $2, $3::bigint, int8multirange(int8range(0, $3 + 1)), 0, $4, $5)",
        epoch,
        world["pitch"],
        TRAINING_S,
        began,
        ended,
    )
    await owner.execute(
        "INSERT INTO sts.received_span (epoch, from_seq, to_seq, first_t, last_t) VALUES ($1, 0, $2, $3, $4)",
        epoch,
        TRAINING_S,
        began,
        ended,
    )
    await owner.execute(
        "INSERT INTO sts.series (epoch, name, metric) SELECT $1, name, metric "
        "FROM unnest($2::text[]) AS name, unnest($3::int2[]) AS metric",
        epoch,
        straps,
        [HEART_RATE.id, RR_INTERVAL.id],
    )
    written = 0
    for metric, per_s, middle, swing in (
        (HEART_RATE.id, 1.0, 140.0, 40.0),
        (RR_INTERVAL.id, RR_PER_S, 430.0, 90.0),
    ):
        told = await owner.execute(
            _ROWS, epoch, began, metric, per_s, middle, swing, math.floor(TRAINING_S * per_s)
        )
        written += int(told.rpartition(" ")[2])
    return written


Asking = Callable[[], Awaitable[None]]


async def _took_s(asking: Asking) -> float:
    began = time.perf_counter()
    await asking()
    return time.perf_counter() - began


def _p95(seconds: list[float]) -> float:
    return sorted(seconds)[len(seconds) * 95 // 100]


def _chart_of(world: World, day: int) -> Asking:
    params = {
        "metric": "heart_rate",
        "from": _began(day).isoformat(),
        "to": (_began(day) + timedelta(seconds=TRAINING_S)).isoformat(),
        "pixels": 300,
    }

    async def asked() -> None:
        answer = await world.as_("coach").get(f"{API}/teams/{world['red']}/samples", params=params)
        lines = answer.json()["athletes"]
        assert len(lines) == ATHLETES, answer.text
        assert all(len(one["line"]["t"]) >= 300 for one in lines), "a line is missing"

    return asked


def _summary_of(world: World, session: str) -> Asking:
    coach = world.as_("coach")

    async def asked() -> None:
        told = (await coach.get(f"{API}/sessions/{session}/summary")).json()
        assert len(told["athletes"]) == ATHLETES
        assert told["complete"] is True, "the ledger does not know of all of it"

    return asked


def _erasure_of(world: World, name: str, values: int) -> Asking:
    admin = world.as_("admin")

    async def asked() -> None:
        answer = await admin.post(f"{API}/athletes/{world[name]}/erasure")
        assert answer.json() == {"values": values}, answer.text

    return asked


async def _session(world: World, day: int) -> str:
    coach, began = world.as_("coach"), _began(day)
    body = {"team_id": str(world["red"]), "name": "Tempo", "planned_from": began.isoformat()}
    session: str = (await coach.post(f"{API}/sessions", json=body)).json()["id"]
    ended = began + timedelta(seconds=TRAINING_S)
    await coach.post(f"{API}/sessions/{session}/start", json={"at": began.isoformat()})
    answer = await coach.post(f"{API}/sessions/{session}/end", json={"at": ended.isoformat()})
    assert answer.status_code == 200, answer.text
    return session
