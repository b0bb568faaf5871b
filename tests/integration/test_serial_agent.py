"""A timer on a cable, a real agent, a real broker, a real hub: every impulse there exactly once, over a kill and a
cut."""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aio_pika
import pytest

from agent_support import Agent, agent
from api_support import World
from demo.services.rabbitmq import RabbitMQ
from faults.cable import Cable as Link
from ingest_support import eventually
from serial_cables import Spoken, cables
from sts_edge.buffer.export import stored_impulses
from sts_edge.control import client
from sts_hub.broker import topology, users
from sts_hub.broker.management import Management
from sts_hub.ingest.worker import Worker, WorkerSettings
from sts_protocols.record import Kind, decode_raw, read
from sts_sims.alge_timer import AlgeTimer
from sts_sims.carriers.pty import Cable

pytestmark = pytest.mark.one_generation

API = "/api/v1"
PATIENCE_S = 60.0
SETTINGS = """
[gateway]
name = "{name}"
data_dir = "{folder}/data"
run_dir = "{folder}/run"
[hub]
url = "amqp://127.0.0.1:{port}/{vhost}"
password_file = "{folder}/password"
[clock]
sources = ["hub"]
[[ports]]
name = "timy-1"
device = "{folder}/timy-1"
kind = "alge"
baud = 115200
"""


@pytest.fixture
async def broker(rabbitmq: RabbitMQ, world: World) -> AsyncIterator[tuple[str, str]]:
    """A virtual host with a worker that stores into the world's database: its name and the gateway's password."""
    vhost, password = rabbitmq.make_vhost(), secrets.token_hex(8)
    url, management_url = rabbitmq.amqp_url(vhost), rabbitmq.management_url_with_password
    async with Management(management_url, vhost) as management:
        async with await aio_pika.connect(url) as connection:
            await topology.declare(connection)
        await users.add(management, world["pitch"], password)
    worker = Worker(WorkerSettings(world.database.owner_dsn, url, management_url, 60.0))
    task = asyncio.create_task(worker.run())
    yield vhost, password
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    rabbitmq.drop_vhost(vhost)


def configured(folder: Path, name: str, port: int, vhost: str, password: str) -> Path:
    secret = folder / "password"
    secret.write_text(password + "\n")
    secret.chmod(0o600)
    file = folder / "settings.toml"
    file.write_text(SETTINGS.format(name=name, folder=folder, port=port, vhost=vhost))
    return file


async def port_is_open(edge: Agent) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            states = {one["name"]: one["state"] for one in (await edge.status()).get("sensor_list", [])}
            if states.get("timy-1") == "connecting":
                return
            await asyncio.sleep(0.05)


async def on_disk(folder: Path, lines: list[bytes]) -> None:
    """Wait until the agent's buffer holds what the timer said."""

    async def held() -> bool:
        stored = Counter(one.line.decode() for one in stored_impulses(folder / "data/buffer"))
        return not impulses(lines) - stored

    await eventually(held, "the lines in the buffer")


async def say(timer: Cable, lines: list[bytes]) -> None:
    for line in lines:
        assert await timer.send(line)


async def told(world: World) -> list[dict[str, Any]]:
    """All impulses over the API, page by page."""
    items: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        answer = await world.as_("coach").get(
            f"{API}/gateways/{world['pitch']}/impulses", params={"limit": 20, **cursor}
        )
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        if answer.json()["next"] is None:
            return items
        cursor = {"cursor": answer.json()["next"]}


def impulses(lines: list[bytes]) -> Counter[str]:
    """What of a timer's lines is an impulse."""
    return Counter(line.rstrip(b"\r").decode() for line in lines if not line.startswith(b"n"))


async def arrived(world: World, lines: list[bytes]) -> list[dict[str, Any]]:
    expected = impulses(lines)
    async with asyncio.timeout(PATIENCE_S):
        while True:
            items = await told(world)
            if Counter(item["line"] for item in items) == expected:
                return items
            assert not Counter(item["line"] for item in items) - expected, "stored twice, or never said"
            await asyncio.sleep(0.2)


async def test_every_impulse_is_told_exactly_once_over_a_kill_and_a_cut(
    world: World, rabbitmq: RabbitMQ, broker: tuple[str, str], tmp_path: Path
) -> None:
    lines = [said.data for said in AlgeTimer(7, starts_at=360_000_000, racers=15).utterances()]
    parts = [lines[:20], lines[20:40], lines[40:]]
    to = urlsplit(rabbitmq.amqp_url(broker[0])).port or 5672
    with Link(tmp_path, ("127.0.0.1", to)) as link:
        config = configured(tmp_path, world["pitch"], link.address[1], *broker)
        async with cables(tmp_path, {"timy-1": Spoken((3_600.0, b""))}) as (made, _):
            timer = made["timy-1"]
            async with agent(config) as edge:
                await port_is_open(edge)
                await say(timer, parts[0])
                await arrived(world, parts[0])
                link.refuse()
                await say(timer, parts[1])
                await on_disk(tmp_path, parts[1])
                await edge.end(signal.SIGKILL)
            async with agent(config) as edge:
                await port_is_open(edge)
                await say(timer, parts[2])
                link.restore()
                items = await arrived(world, lines)
                code, _ = await edge.end()
                assert code == 0
    assert items == await told(world)
    assert {item["timer"] for item in items} == {"timy-1"}
    assert any(item["deleted"] for item in items)
    assert {mark for item in items for mark in item["marks"]} >= {"unassigned", "manual", "deleted"}
    assert len({item["epoch"] for item in items}) == 2


async def test_raw_frames_reach_the_hub_on_order_only_and_are_parked_there(
    world: World, rabbitmq: RabbitMQ, broker: tuple[str, str], tmp_path: Path
) -> None:
    lines = [said.data for said in AlgeTimer(7, starts_at=360_000_000, racers=2).utterances()]
    port = urlsplit(rabbitmq.amqp_url(broker[0])).port or 5672
    config = configured(tmp_path, world["pitch"], port, *broker)
    parked = "SELECT raw FROM sts.parked WHERE gateway = $1 AND reason = 'kind'"
    async with cables(tmp_path, {"timy-1": Spoken((3_600.0, b""))}) as (made, _), agent(config) as edge:
        await port_is_open(edge)
        await say(made["timy-1"], lines)
        await arrived(world, lines)
        assert await world.database.owner.fetch(parked, world["pitch"]) == []
        question = {"do": "raw", "from_us": 0, "to_us": 2**61}
        told = await asyncio.to_thread(client.ask, tmp_path / "run/agent.sock", question, PATIENCE_S)
        assert told["records"] >= 1
        await eventually(lambda: world.database.owner.fetch(parked, world["pitch"]))
        rows = await world.database.owner.fetch(parked, world["pitch"])
    records = [read(row["raw"]) for row in rows]
    assert {record.header.kind for record in records} == {Kind.RAW}
    frames = [one.frame + b"\r" for r in records for told in decode_raw(r.body) for one in told.frames]
    assert frames == lines
