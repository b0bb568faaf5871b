"""Workouts pushed to intervals.icu: a real server here holds the upload to the published contract and reads the file again."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from api_support import World, at, heard, problem
from sts_hub.activities.reading import file as activity_file
from sts_hub.kit.database import Database
from sts_hub.kit.sealing import Sealing
from sts_hub.pushes.destination import IntervalsIcu
from sts_hub.pushes.pusher import PAUSES_S, Pusher

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation

API = "/api/v1"
KEY = "1l0nlqjq3j1obdhg08rz5rfhx"
RATES = [100.0 + second for second in range(60)]
HOUR = {"from": at(0).isoformat(), "to": at(3600).isoformat(), "name": "Run"}


@dataclass
class Server:
    """A server that answers as the published description says, and keeps what it was sent by external id."""

    url: str = ""
    says: list[int] = field(default_factory=list)
    kept: dict[str, bytes] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        line, _, rest = head.partition(b"\r\n")
        headers = BytesParser(policy=HTTP).parsebytes(rest, headersonly=True)
        body = await reader.readexactly(int(headers["content-length"]))
        status = self.answer(line.decode(), dict(headers.items()), body)
        writer.write(f"HTTP/1.1 {status} Said\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}".encode())
        await writer.drain()
        writer.close()

    def answer(self, line: str, headers: dict[str, str], body: bytes) -> int:
        method, target, _ = line.split(" ")
        address = urlsplit(target)
        lower = {name.lower(): value for name, value in headers.items()}
        if (method, address.path) != ("POST", "/api/v1/athlete/0/activities"):
            self.faults.append(line)
            return 404
        if lower.get("authorization") != f"Basic {base64.b64encode(f'API_KEY:{KEY}'.encode()).decode()}":
            return 401
        if self.says:
            return self.says.pop(0)
        whole = f"Content-Type: {lower['content-type']}\r\n\r\n".encode() + body
        (part,) = BytesParser(policy=HTTP).parsebytes(whole).iter_parts()
        asked = parse_qs(address.query)
        if part.get_param("name", header="content-disposition") != "file" or asked["name"] != ["Run"]:
            self.faults.append(f"{part.items()} {asked}")
        new = asked["external_id"][0] not in self.kept
        self.kept[asked["external_id"][0]] = part.get_payload(decode=True)
        return 201 if new else 200


@pytest.fixture
async def icu() -> AsyncIterator[Server]:
    found = Server()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield found
    server.close()


async def later(world: World) -> None:
    """Whatever waits is due."""
    await world.database.owner.execute("UPDATE sts.push SET next_at = now() WHERE state = 'waiting'")


def pusher(world: World, icu: Server) -> Pusher:
    parts = world.app.state.parts
    return Pusher(parts[Database], parts[Sealing], {"intervals.icu": IntervalsIcu(icu.url)})


async def asked(world: World, key: str = KEY, who: str = "athlete") -> dict[str, Any]:
    """Rosa has run for a minute, enters her key, and asks for the push."""
    where = f"{API}/athletes/{world['rosa']}"
    answer = await world.as_(who).put(f"{where}/push-target", json={"key": key})
    assert answer.status_code == 200, answer.text
    assert key not in answer.text
    answer = await world.as_(who).post(f"{where}/pushes", json=HOUR)
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


async def told(world: World) -> dict[str, Any]:
    answer = await world.as_("athlete").get(f"{API}/athletes/{world['rosa']}/pushes")
    return dict(answer.json()["items"][0])


async def test_a_workout_arrives_once_and_is_what_was_measured(world: World, icu: Server) -> None:
    await heard(world, "rosa_strap", range(60), RATES)
    push = await asked(world)
    assert (push["state"], push["tries"]) == ("waiting", 0)
    assert await pusher(world, icu).once()
    after = await told(world)
    assert (after["state"], after["tries"], after["reason"]) == ("sent", 1, None)
    ((external_id, data),) = icu.kept.items()
    assert (external_id, icu.faults) == (push["id"], [])
    assert activity_file.read(data).values("heart_rate")[1].tolist() == RATES
    # The same workout is the same push, and nothing is due any more; its file has gone.
    again = await world.as_("athlete").post(f"{API}/athletes/{world['rosa']}/pushes", json=HOUR)
    assert (again.json()["id"], again.json()["state"]) == (push["id"], "sent")
    assert not await pusher(world, icu).once()
    kept = "SELECT body FROM sts.push WHERE id = $1::text::uuid"
    assert await world.database.owner.fetchval(kept, push["id"]) is None


async def test_a_service_that_is_down_is_tried_again_and_then_told(world: World, icu: Server) -> None:
    await heard(world, "rosa_strap", range(60), RATES)
    await asked(world)
    icu.says = [503, 429]
    for tries in (1, 2):
        await later(world)
        assert await pusher(world, icu).once()
        after = await told(world)
        assert (after["state"], after["tries"]) == ("waiting", tries)
        # Not before its pause is over.
        assert not await pusher(world, icu).once()
    await later(world)
    assert await pusher(world, icu).once()
    assert (await told(world))["state"] == "sent"


async def test_after_the_last_try_it_has_failed_and_may_be_asked_for_anew(world: World, icu: Server) -> None:
    await heard(world, "rosa_strap", range(60), RATES)
    push = await asked(world)
    icu.says = [500] * (len(PAUSES_S) + 1)
    while (await told(world))["state"] == "waiting":
        await later(world)
        assert await pusher(world, icu).once()
    after = await told(world)
    assert (after["state"], after["tries"], icu.says) == ("failed", len(PAUSES_S) + 1, [])
    assert "says 500" in after["reason"]
    assert (await asked(world))["id"] == push["id"]
    assert await pusher(world, icu).once()
    assert ((await told(world))["state"], list(icu.kept)) == ("sent", [push["id"]])


@pytest.mark.parametrize(
    ("key", "says", "reason"), [("wrong wrong", 0, "does not know the key"), (KEY, 422, "says 422")]
)
async def test_what_no_try_can_mend_fails_at_once(
    world: World, icu: Server, key: str, says: int, reason: str
) -> None:
    await heard(world, "rosa_strap", range(60), RATES)
    await asked(world, key)
    icu.says = [says] if says else []
    assert await pusher(world, icu).once()
    after = await told(world)
    assert (after["state"], after["tries"]) == ("failed", 1)
    assert reason in after["reason"]


async def test_a_server_that_is_not_there_and_a_key_that_was_removed(world: World, icu: Server) -> None:
    await heard(world, "rosa_strap", range(60), RATES)
    await asked(world)
    away = Server(url="http://127.0.0.1:9")
    assert await pusher(world, away).once()
    assert "cannot be reached" in (await told(world))["reason"]
    target = f"{API}/athletes/{world['rosa']}/push-target"
    assert (await world.as_("athlete").get(target)).status_code == 200
    await world.as_("athlete").delete(target)
    assert "PUT" in problem(await world.as_("athlete").get(target), 404, "not-found")["way_out"]
    await later(world)
    assert await pusher(world, icu).once()
    after = await told(world)
    assert (after["state"], icu.kept) == ("failed", {})
    assert "enter it again" in after["reason"]


async def test_the_key_lies_sealed_and_nobody_else_sees_or_sets_it(world: World) -> None:
    await heard(world, "rosa_strap", range(60), RATES)
    await asked(world)
    rows = await world.database.owner.fetch("SELECT whole::text AS row FROM sts.push_target whole")
    assert not any(KEY in row["row"] or KEY.encode().hex() in row["row"] for row in rows)
    where = f"{API}/athletes/{world['rosa']}"
    for who in ("admin", "coach", "guardian", "other_admin"):
        for path in ("push-target", "pushes"):
            problem(await world.as_(who).get(f"{where}/{path}"), 404, "not-found")
        problem(await world.as_(who).put(f"{where}/push-target", json={"key": KEY}), 404, "not-found")
    empty = {**HOUR, "from": at(7200).isoformat(), "to": at(7300).isoformat()}
    problem(await world.as_("athlete").post(f"{where}/pushes", json=empty), 409, "conflict")
