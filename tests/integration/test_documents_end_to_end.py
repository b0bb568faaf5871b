"""A swim meet's result files: from a folder over a real agent, a broker and a worker to what REST hands out.

Over kill -9 of the agent and a cut link every state in which a file was left arrives, once, byte by byte.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import os
import re
import secrets
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import asyncpg
import httpx
import pytest

from agent_support import Agent, agent
from api_fixtures import API_PASSWORD  # roles are the server's: one password for all its databases
from api_support import client_of, settings_of
from demo.ports import LOOPBACK
from faults.cable import Cable
from ingest_support import eventually
from sts_edge.sources.folder.sent import Sent
from sts_hub.api.app import create_app
from sts_hub.broker import users
from sts_hub.db import migrate
from sts_hub.kit.database import Database
from sts_hub.kit.identity import token_hash
from sts_hub.maintenance.verification import verify
from sts_sims.timing_computer import Meet, Said, TimingComputer

pytestmark = pytest.mark.one_generation

SETTLE_S = 0.5
SETTINGS = """
[gateway]
name = "pool-1"
data_dir = "{folder}/data"
run_dir = "{folder}/run"
[hub]
url = "amqp://127.0.0.1:{port}/{vhost}"
password_file = "{folder}/password"
[clock]
sources = ["hub"]
[[folders]]
name = "pool-pc"
path = "{folder}/results"
patterns = ["*.lif", "*.bin"]
settle_s = {settle_s}
"""


class Site:
    """A gateway with a watched folder, registered at the hub, behind a cable that can be cut."""

    def __init__(self, folder: Path, cable: Cable, vhost: str, password: str) -> None:
        self.results = folder / "results"
        self.results.mkdir()
        secret = folder / "password"
        secret.write_text(password + "\n")
        secret.chmod(0o600)
        self.config = folder / "settings.toml"
        port = cable.address[1]
        self.config.write_text(
            SETTINGS.format(folder=folder, port=port, vhost=quote(vhost, safe=""), settle_s=SETTLE_S)
        )

    def agent(self) -> contextlib.AbstractAsyncContextManager[Agent]:
        return agent(self.config)


@pytest.fixture
async def site(hub, rabbitmq, tmp_path) -> AsyncIterator[Site]:
    await hub.start()
    password = secrets.token_hex(8)
    await users.add(hub.management, "pool-1", password)
    with Cable(tmp_path, (LOOPBACK, rabbitmq.amqp_port)) as cable:
        made = Site(tmp_path, cable, urlsplit(hub.amqp_url).path[1:], password)
        made.cable = cable
        yield made


@pytest.fixture
async def coach(hub, postgres) -> AsyncIterator[httpx.AsyncClient]:
    """The API of that hub, asked by a coach of the gateway's club."""
    name = hub.database.dsn.partition("@/")[2].partition("?")[0]
    api_dsn = postgres.dsn_of(name, migrate.API, API_PASSWORD)
    await migrate.migrate(hub.database.dsn, api_dsn=api_dsn)
    token = secrets.token_urlsafe(32)
    await hub.database.owner.execute(CLUB, token_hash(token))
    app = create_app(settings_of(api_dsn))
    database: Database = app.state.parts[Database]
    await database.open()
    async with client_of(app, token) as client:
        yield client
    await database.close()


CLUB = """
WITH club AS (INSERT INTO sts.club (name) VALUES ('Swimmers') RETURNING id),
gateway AS (INSERT INTO sts.gateway (name, club_id, site) SELECT 'pool-1', id, 'Pool' FROM club),
account AS (INSERT INTO sts.account (club_id, email, name, role, password_hash)
    SELECT id, 'coach@club.example', 'Coach', 'coach', 'none' FROM club RETURNING id)
INSERT INTO sts.login (token_hash, account_id, expires_at) SELECT $1, id, now() + interval '1 hour' FROM account
"""


async def listed(coach: httpx.AsyncClient) -> list[dict[str, object]]:
    answer = await coach.get("/api/v1/documents", params={"gateway": "pool-1", "limit": 500})
    assert answer.status_code == 200
    return answer.json()["items"]


async def download(coach: httpx.AsyncClient, document: object) -> bytes:
    answer = await coach.get(f"/api/v1/documents/{document}/content")
    assert answer.status_code == 200
    return answer.content


async def told_once(coach: httpx.AsyncClient, owner: asyncpg.Connection, said: list[Said]) -> None:
    """Everything arrived, nothing twice, byte by byte, and the version in force is the one left last."""
    documents = await listed(coach)
    assert sorted(one["sha256"] for one in documents) == sorted({one.sha256 for one in said})
    for one in documents:
        content = await download(coach, one["id"])
        assert hashlib.sha256(content).hexdigest() == one["sha256"]
    last = {one.name: one.sha256 for one in said}
    assert {one["name"]: one["sha256"] for one in documents if one["in_force"]} == last
    assert await owner.fetchval("SELECT count(*) FROM sts.parked") == 0
    assert (await verify(owner)).faults == []


async def test_every_state_in_which_a_file_was_left_arrives_once_over_kills_and_cuts(site, hub, coach):
    """An official writes a file anew when the one before was picked up; kills and cuts come when they like."""
    said: list[Said] = []
    sent = Sent(site.config.parent / "data/folders.db")

    async def picked_up(left: Said) -> None:
        said.append(left)

        async def is_remembered() -> bool:
            known = sent.get("pool-pc", left.name)
            return known is not None and known.sha256.hex() == left.sha256

        await eventually(is_remembered)

    (site.config.parent / "data").mkdir()
    meet = asyncio.create_task(TimingComputer(site.results, Meet(5, seed=7, speed=20.0), picked_up).run())
    for cut in (False, True, False):
        async with site.agent() as edge:
            await asyncio.sleep(2.0)
            if cut:
                site.cable.refuse()
                await asyncio.sleep(2.0)
                site.cable.restore()
            await edge.end(signal.SIGKILL)
    async with site.agent():
        await meet

        async def arrived() -> bool:
            return {one["sha256"] for one in await listed(coach)} == {one.sha256 for one in said}

        await eventually(arrived)
    assert len(said) > len({one.name for one in said}) == 5
    await told_once(coach, hub.database.owner, said)
    await results_are_those_of(said, hub.database.owner)


async def results_are_those_of(said: list[Said], owner: asyncpg.Connection) -> None:
    """Facts follow: of each heat the times that its file told last, and each time that was corrected stays a version."""
    last = {one.name: times_in(one.content) for one in said}

    async def known() -> bool:
        rows = await owner.fetch(
            "SELECT r.name, f.content->'time'->>'text' AS time FROM sts.result_fact f JOIN sts.result_file r ON r.id = f.file_id "
            "WHERE f.kind = 'result'"
        )
        found: dict[str, list[str]] = {name: [] for name in last}
        for row in rows:
            found[row["name"]].append(row["time"])
        return {name: sorted(times) for name, times in found.items()} == last

    await eventually(known)
    corrections = sum(
        times_in(after.content) != times_in(before.content)
        for before, after in itertools.pairwise(said)
        if before.name == after.name
    )
    assert corrections > 0
    versions = "SELECT count(*) FROM sts.result_version v JOIN sts.result_fact f ON f.id = fact_id WHERE kind = 'result' AND v.version > 1"
    assert await owner.fetchval(versions) >= corrections


def times_in(content: bytes) -> list[str]:
    """The times of a heat, read without the hub's reader."""
    return sorted(re.findall(r"\d:\d\d\.\d\d", content.decode("cp1252")))


async def test_a_large_file_killed_half_way_arrives_whole_and_once(site, hub, coach):
    content = os.urandom(3_000_000)
    site.cable.refuse()
    (site.results / "heat.bin").write_bytes(content)
    async with site.agent() as edge:
        segments = site.config.parent / "data/buffer"

        async def half_way() -> bool:
            return sum(path.stat().st_size for path in segments.glob("*-kept-*.seg")) > 500_000

        await eventually(half_way)
        await edge.end(signal.SIGKILL)
    site.cable.restore()
    async with site.agent():

        async def arrived() -> bool:
            return bool(await listed(coach))

        await eventually(arrived)
    (one,) = await listed(coach)
    assert await download(coach, one["id"]) == content
    await told_once(coach, hub.database.owner, [Said("heat.bin", content)])
