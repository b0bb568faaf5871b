"""A hub that is restored from an older backup asks for what it has lost, and the gateway still has it."""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from demo.ports import wait_until
from sts_edge.buffer import SegmentLog
from sts_edge.config import BufferSettings
from sts_hub.db import migrate
from sts_hub.door.alone import StoreIntake
from sts_protocols.record import Record
from uplink_support import (
    GATEWAY,
    PASSWORD,
    PATIENCE_S,
    PaperDatabase,
    Site,
    StillClock,
    eventually,
    running,
    served,
)

END_SESSIONS = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{}'"
Row = tuple[str, int, float, int]
_WHERE = Path(__file__).parents[1] / "golden/read_record.py"


def _second_reader() -> Any:
    """The reader that was written from the published layout alone."""
    spec = importlib.util.spec_from_file_location("read_record", _WHERE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


READER = _second_reader()


def said(record: Record) -> list[Row]:
    """Name, time, value and quality of each sample of a record, as the oracle reads it."""
    (piece,) = READER.pieces(record.raw)
    offset_us, _error_us, _source = piece["clock"]
    return [
        (name, boot_us + offset_us, float(value), quality)
        for name, _metric, boot_us, value, quality in READER.content_of(record.raw, piece)
    ]


class Servers:
    """A PostgreSQL in which a database can be set aside and brought back, as with a dump."""

    def __init__(self, postgres: Any) -> None:
        self._postgres = postgres
        self.dsn = postgres.make_database()
        self.name = self.dsn.partition("@/")[2].partition("?")[0]

    @property
    def ingest_dsn(self) -> str:
        return str(self._postgres.dsn_of(self.name, migrate.INGEST, "ingest-in-a-test"))

    def dump(self) -> None:
        """Set the state of now aside, where nobody enters."""
        self._postgres.sql(f'ALTER DATABASE "{self.name}" ALLOW_CONNECTIONS false')
        assert wait_until(lambda: self._postgres.sql(END_SESSIONS.format(self.name)) == "0", PATIENCE_S)
        copy = f'CREATE DATABASE "{self.name}_old" TEMPLATE "{self.name}" ALLOW_CONNECTIONS false'
        self._postgres.sql(copy)
        self._postgres.sql(f'ALTER DATABASE "{self.name}" ALLOW_CONNECTIONS true')

    def restore(self) -> None:
        """Have that state again."""
        self._postgres.sql(f'DROP DATABASE "{self.name}" WITH (FORCE)')
        self._postgres.sql(f'ALTER DATABASE "{self.name}_old" RENAME TO "{self.name}"')
        self._postgres.sql(f'ALTER DATABASE "{self.name}" ALLOW_CONNECTIONS true')

    async def rows(self) -> Counter[Row]:
        """Everything that is stored."""
        connection = await asyncpg.connect(self.dsn)
        try:
            found = await connection.fetch(
                """SELECT s.name, (extract(epoch FROM d.t) * 1000000)::int8, d.value, d.quality
                   FROM sts.sample d JOIN sts.series s ON s.id = d.series"""
            )
        finally:
            await connection.close()
        return Counter(tuple(row) for row in found)


@asynccontextmanager
async def hub(servers: Servers) -> AsyncIterator[int]:
    """A hub on that database; gives its port."""
    async with served(StoreIntake(servers.ingest_dsn, lambda _: None), PaperDatabase()) as port:
        yield port


@pytest.fixture
async def servers(postgres: Any, monkeypatch: pytest.MonkeyPatch) -> Servers:
    """A database of this version."""
    monkeypatch.setattr("sts_hub.beats.wants.SETTLE_S", 0.1)
    made = Servers(postgres)
    await migrate.migrate(made.dsn, ingest_dsn=made.ingest_dsn)
    owner = await asyncpg.connect(made.dsn)
    club = await owner.fetchval("INSERT INTO sts.club (name) VALUES ('A') RETURNING id")
    await owner.execute(
        "INSERT INTO sts.gateway (name, club_id, site) VALUES ($1, $2, 'Pitch')", GATEWAY, club
    )
    await owner.close()
    assert hashlib.sha256(PASSWORD.encode()).digest() in PaperDatabase().hashes.values()
    return made


async def until_stored(site: Site, servers: Servers, want: Counter[Row]) -> None:
    """Beat until the hub has it all; what is too much fails at the end."""

    async def all_there() -> bool:
        site.uplink.beat()
        await asyncio.sleep(0.3)
        return not want - await servers.rows()

    async with asyncio.timeout(60):
        while not await all_there():  # noqa: ASYNC110 - the hub tells nobody when it has stored
            await asyncio.sleep(0.1)


async def test_a_hub_restored_from_an_older_dump_has_everything_again_and_nothing_twice(
    servers: Servers, tmp_path: Path
) -> None:
    truth: Counter[Row] = Counter()
    buffer = SegmentLog(tmp_path / "buffer", BufferSettings())
    async with hub(servers) as port:
        site = Site("", port, "http", buffer=buffer, clock=StillClock())
        await _talk(site, truth, 20)
        await until_stored(site, servers, truth)
    servers.dump()
    before = Counter(truth)
    async with hub(servers) as port:
        site = site.at(port)
        await _talk(site, truth, 30)
        await until_stored(site, servers, truth)
    servers.restore()
    assert await servers.rows() == before, "the control: the newer data is gone"
    assert site.waiting == 0, "the gateway holds all for confirmed"
    async with hub(servers) as port:
        site = site.at(port)
        async with running(site.uplink.run()):
            await until_stored(site, servers, truth)
    assert await servers.rows() == truth
    await buffer.close()


async def _talk(site: Site, truth: Counter[Row], records: int) -> None:
    """Send that many records and see them confirmed."""
    async with running(site.uplink.run()):
        for _ in range(records):
            truth.update(said(site.say(values=3)))
            await asyncio.sleep(0.01)
        await eventually(lambda: site.waiting == 0)
