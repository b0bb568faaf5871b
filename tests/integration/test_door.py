"""The hub's door for gateways over HTTPS: who is let in, and what becomes of what they bring, with and without a
broker."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx
import pytest
from starlette.responses import PlainTextResponse

from ingest_support import Gateway, ledger, message, stored
from ingest_support import eventually as comes_true
from sts_hub.db import migrate
from sts_hub.door.alone import StoreIntake
from sts_hub.door.app import Door
from sts_hub.door.keys import NAME_TRIES, Keys
from sts_hub.kit.database import Database
from sts_hub.live import frames
from sts_protocols.beat import Beat, EpochReport, decode_answer, encode_beat
from sts_protocols.record import MAX_MESSAGE_BYTES
from uplink_support import PATIENCE_S, Broker, Hub, Site, door, eventually, running, tries_begun

SECRET = "forty-two purple pelicans"
BEARER = {"Authorization": f"Bearer pitch-1.{SECRET}"}
LIVE, BACKLOG, ME, BEAT = (
    f"/gateway/v1/{what}" for what in ("records?lane=live", "records?lane=backlog", "me", "beat")
)


@dataclass
class Alone:
    """A hub without a broker: a door, its database, and what its streams were told."""

    client: httpx.AsyncClient
    owner: asyncpg.Connection
    told: list[frames.Message] = field(default_factory=list)


@pytest.fixture
async def alone(postgres: Any, migrated: str) -> AsyncIterator[Alone]:
    """A door that stores for itself, and one gateway that has its secret."""
    dsn = postgres.make_database(like=migrated)
    name = dsn.partition("@/")[2].partition("?")[0]
    api_dsn = postgres.dsn_of(name, migrate.API, "api-in-a-test")
    ingest_dsn = postgres.dsn_of(name, migrate.INGEST, "ingest-in-a-test")
    await migrate.migrate(dsn, ingest_dsn=ingest_dsn, api_dsn=api_dsn)
    owner = await asyncpg.connect(dsn, server_settings={"timezone": "UTC"})
    club = await owner.fetchval("INSERT INTO sts.club (name) VALUES ('A') RETURNING id")
    await owner.execute("INSERT INTO sts.gateway (name, club_id, site) VALUES ('pitch-1', $1, 'Pitch')", club)
    await owner.execute(
        "INSERT INTO sts.gateway_secret (gateway, hash) VALUES ('pitch-1', $1)",
        hashlib.sha256(SECRET.encode()).digest(),
    )
    database = Database(api_dsn)
    await database.open()
    told: list[frames.Message] = []
    intake = StoreIntake(ingest_dsn, told.append)
    app = Door(PlainTextResponse("another", 418), Keys(database), intake)
    async with (
        running(intake.run()),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub.test") as client,
    ):
        await _until_ready(client)
        yield Alone(client, owner, told)
    await database.close()
    await owner.close()


async def _until_ready(client: httpx.AsyncClient, bearer: dict[str, str] = BEARER) -> None:
    async def ready() -> bool:
        return (await client.get(ME, headers=bearer)).status_code == 204

    await comes_true(ready)


# --- who is let in


@pytest.mark.parametrize(
    "shown",
    [
        "",
        "Bearer pitch-1",
        "Bearer pitch-1.guess",
        "Bearer pitch-9.guess",
        "Basic cGl0Y2gtMTp4",
        "Bearer ü.x",
    ],
)
async def test_nobody_else_is_let_in_and_a_name_gives_nothing_away(alone: Alone, shown: str) -> None:
    answers = [
        await alone.client.request(method, where, headers={"Authorization": shown.encode()})
        for method, where in (("GET", ME), ("POST", LIVE), ("POST", BEAT))
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.json()["type"] for answer in answers} == {"urn:sts:problem:not-enrolled"}
    assert {answer.json()["detail"] for answer in answers} == {"The hub knows no gateway with this secret."}


async def test_guessing_is_slowed_down_and_the_right_gateway_goes_on(alone: Alone) -> None:
    wrong = {"Authorization": "Bearer pitch-1.guess"}
    statuses = [(await alone.client.get(ME, headers=wrong)).status_code for _ in range(NAME_TRIES + 1)]
    assert statuses == [401] * NAME_TRIES + [429]
    assert int((await alone.client.get(ME, headers=wrong)).headers["retry-after"]) > 0
    assert (await alone.client.get(ME, headers=BEARER)).status_code == 204


async def test_a_secret_that_was_changed_stops_working(alone: Alone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sts_hub.door.keys.FRESH_S", 0.0)
    await alone.owner.execute("UPDATE sts.gateway_secret SET hash = $1", bytes(range(32)))
    assert (await alone.client.get(ME, headers=BEARER)).status_code == 401


async def test_the_api_role_reads_no_list_of_secrets(alone: Alone) -> None:
    rights = await alone.owner.fetchval(
        "SELECT has_table_privilege('sts_api', 'sts.gateway_secret', 'SELECT')"
    )
    assert rights is False


async def test_what_is_not_for_the_door_goes_on_to_the_app(alone: Alone) -> None:
    assert (await alone.client.get("/api/v1/anything")).status_code == 418


# --- without a broker


async def test_what_is_brought_twice_is_stored_once(alone: Alone) -> None:
    gateway = Gateway()
    records = gateway.many(5)
    for lane in (LIVE, BACKLOG, BACKLOG):
        answer = await alone.client.post(lane, content=message(*records), headers=BEARER)
        assert answer.status_code == 204
    assert await stored(alone.owner, gateway.id) == gateway.said
    assert await ledger(alone.owner, gateway.id) == [(0, 4)]


async def test_many_at_once_are_each_stored_once(alone: Alone) -> None:
    gateway = Gateway()
    records = gateway.many(30)
    bodies = [message(*records[start : start + 10]) for start in range(0, 25, 5)]
    answers = await asyncio.gather(
        *(alone.client.post(BACKLOG, content=body, headers=BEARER) for body in bodies * 3)
    )
    assert {answer.status_code for answer in answers} == {204}
    assert await stored(alone.owner, gateway.id) == gateway.said


async def test_what_cannot_be_read_is_parked_and_told_as_taken(alone: Alone) -> None:
    answer = await alone.client.post(BACKLOG, content=b"no record at all", headers=BEARER)
    assert answer.status_code == 204
    assert await alone.owner.fetchval("SELECT count(*) FROM sts.parked WHERE gateway = 'pitch-1'") == 1


async def test_a_message_over_the_limit_is_refused_with_the_limit(alone: Alone) -> None:
    answer = await alone.client.post(LIVE, content=bytes(MAX_MESSAGE_BYTES + 1), headers=BEARER)
    assert answer.status_code == 413
    assert answer.json()["limit_bytes"] == MAX_MESSAGE_BYTES


async def test_a_lane_that_is_none_is_refused(alone: Alone) -> None:
    assert (await alone.client.post("/gateway/v1/records", headers=BEARER)).status_code == 422


async def test_a_beat_is_answered_with_what_the_hub_has(alone: Alone) -> None:
    gateway = Gateway()
    await alone.client.post(LIVE, content=message(*gateway.many(3)), headers=BEARER)
    report = EpochReport(
        epoch=gateway.epoch.hex(), boot_id="b", running=True, first=0, head=2, confirmed=[(0, 2)]
    )
    beat = Beat(gateway="pitch-1", epoch=gateway.epoch.hex(), number=7, boot_us=1, epochs=[report])
    answer = await alone.client.post(BEAT, content=encode_beat(beat), headers=BEARER)
    said = decode_answer(answer.content)
    assert said.number == 7
    assert said.epochs[0].received == [(0, 2)]
    assert any(isinstance(one, frames.FleetNews) for one in alone.told)


async def test_a_beat_of_somebody_else_is_refused(alone: Alone) -> None:
    beat = Beat(gateway="pitch-2", epoch="ab" * 16, number=1, boot_us=1, epochs=[])
    answer = await alone.client.post(BEAT, content=encode_beat(beat), headers=BEARER)
    assert answer.status_code == 422


# --- with a broker


async def test_a_full_queue_is_told_with_when_to_come_again(rabbitmq: Broker) -> None:
    hub = Hub(rabbitmq)
    await hub.open()
    policy = {"pattern": "^sts.telemetry", "definition": {"max-length": 0}, "apply-to": "queues"}
    rabbitmq.api("PUT", f"/api/policies/{hub.vhost}/none", policy)
    try:
        async with (
            door(hub) as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S) as client,
        ):
            bearer = {"Authorization": "Bearer pitch-1.a password of the tests"}
            await _until_ready(client, bearer)
            answers: list[httpx.Response] = []

            async def refused() -> bool:
                answers.append(await client.post(LIVE, content=b"x", headers=bearer))
                return answers[-1].status_code != 204

            await comes_true(refused)
        answer = answers[-1]
        assert answer.status_code == 503
        assert answer.json()["type"] == "urn:sts:problem:queue-full"
        assert answer.headers["retry-after"] == "2"
    finally:
        await hub.close()


async def test_a_hub_whose_broker_is_away_is_found_again_when_that_is_back(rabbitmq: Broker) -> None:
    hub = Hub(rabbitmq)
    await hub.open()
    try:
        async with door(hub) as port:
            site = Site(hub.vhost, port, "http")
            async with running(site.uplink.run(), site.talk(0.1)):
                await eventually(lambda: site.is_up)
                await asyncio.to_thread(rabbitmq.control, "stop_app")
                await eventually(
                    lambda: any("takes no" in one or "unreachable" in one for one in site.health.faults)
                )
                await asyncio.to_thread(rabbitmq.control, "start_app")
                await asyncio.to_thread(rabbitmq.wait_ready)
                last = site.buffer.head
                await hub.listen()
                await eventually(lambda: set(range(last)) <= set(hub.seqs()))
                await eventually(lambda: not site.health.faults)
    finally:
        await hub.close()


async def test_a_refused_secret_is_told_and_tried_again_after_the_pause(
    rabbitmq: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = Hub(rabbitmq)
    await hub.open()
    begun = tries_begun(monkeypatch)
    try:
        async with door(hub) as port:
            site = Site(hub.vhost, port, "http", password="of somebody else")
            async with running(site.uplink.run()):
                await eventually(lambda: any("needs enrolment" in one for one in site.health.faults))
                before = len(begun)
                await asyncio.sleep(2.0)
                assert len(begun) == before >= 1
    finally:
        await hub.close()
