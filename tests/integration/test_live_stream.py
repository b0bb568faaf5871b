"""The live stream over a real broker, database and socket."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import aio_pika
import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from api_support import NOON, PATIENCE_S, ApiDatabase, World, heard, make_world, problem, settings_of, until
from sts_hub.api.app import create_app
from sts_hub.live import frames, service, views
from sts_hub.live.frames import Alert, FleetNews, Frame, FrameValue, Notice
from sts_hub.live.service import LiveService
from sts_protocols.metrics import BATTERY_LEVEL, HEART_RATE
from sts_protocols.routing import LIVE

API = "/api/v1"


@dataclass
class LiveHub:
    """An API process with its broker, and a voice on sts.live."""

    world: World
    app: FastAPI
    url: str
    exchange: aio_pika.abc.AbstractExchange
    server: uvicorn.Server

    @property
    def live(self) -> LiveService:
        part: LiveService = self.app.state.parts[LiveService]
        return part

    async def say(self, message: frames.Message) -> None:
        body = aio_pika.Message(frames.encode(message))
        await self.exchange.publish(body, frames.routing_key(message))

    async def heart_rate(
        self, strap: str, value: float, t_ms: int | None = None, gateway: str = "pitch"
    ) -> int:
        """One live value of a strap, as a worker says it; its time."""
        t_ms = t_ms or time.time_ns() // 1_000_000
        measured = FrameValue(self.world[strap], HEART_RATE.id, t_ms * 1000, value, 0)
        await self.say(Frame(self.world[gateway], "e", 1, 0, t_ms * 1000, t_ms * 1000, [measured]))
        return t_ms


@dataclass
class Watching:
    """One open stream: its events so far."""

    lines: AsyncIterator[str]
    response: httpx.Response
    last_id: str = ""
    seen: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def next(self, *names: str) -> dict[str, Any]:
        """The data of the next event of these names (empty frames count as none); fails after PATIENCE_S."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                name, data = await self._event()
                self.seen.append((name, data))
                if (not names or name in names) and data.get("values", True) != []:
                    return data | {"event": name}

    async def _event(self) -> tuple[str, dict[str, Any]]:
        name = ""
        async for line in self.lines:
            kind, _, rest = line.partition(": ")
            match kind:
                case "event":
                    name = rest
                case "id":
                    self.last_id = rest
                case "data":
                    return name, json.loads(rest)
        raise EOFError("the stream has ended")

    async def ended(self) -> bool:
        """Whether the stream ends, whatever is still in it."""
        with contextlib.suppress(EOFError, httpx.HTTPError):
            while True:
                await self.next()
        return True


@contextlib.asynccontextmanager
async def watching(
    hub: LiveHub, who: str, resume: str | None = None, **params: Any
) -> AsyncIterator[Watching]:
    query = params | ({"resume": resume} if resume else {})
    async with (
        httpx.AsyncClient(
            base_url=hub.url, cookies={"sts": hub.world.tokens[who]}, timeout=PATIENCE_S
        ) as client,
        client.stream("GET", f"{API}/live", params=query) as response,
    ):
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Watching(response.aiter_lines(), response)


@contextlib.asynccontextmanager
async def api_process(
    database: ApiDatabase, amqp_url: str, world: World | None = None
) -> AsyncIterator[tuple[FastAPI, uvicorn.Server, str]]:
    """The app behind a real socket."""
    app = create_app(settings_of(database.api_dsn, amqp_url))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=1))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    serving = asyncio.create_task(server._serve())
    await until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    live: LiveService = app.state.parts[LiveService]
    await until(lambda: live.wall.gap is None)
    yield app, server, f"http://127.0.0.1:{port}"
    live.stop()
    server.should_exit = True
    await serving


@pytest.fixture(scope="session")
def live_vhost(rabbitmq: Any) -> str:
    return str(rabbitmq.make_vhost())


@pytest.fixture
async def hub(rabbitmq: Any, live_vhost: str, api_database: ApiDatabase) -> AsyncIterator[LiveHub]:
    amqp_url = rabbitmq.amqp_url(live_vhost)
    async with (
        api_process(api_database, amqp_url) as (app, server, url),
        await aio_pika.connect(amqp_url) as connection,
    ):
        channel = await connection.channel()
        exchange = await channel.declare_exchange(LIVE, aio_pika.ExchangeType.TOPIC, durable=True)
        world = await make_world(api_database, app)
        yield LiveHub(world, app, url, exchange, server)


async def test_nobody_gets_no_stream(hub: LiveHub) -> None:
    async with httpx.AsyncClient(base_url=hub.url, timeout=PATIENCE_S) as client:
        problem(await client.get(f"{API}/live"), 401, "not-signed-in")


async def test_the_stream_of_another_clubs_team_is_not_there(hub: LiveHub) -> None:
    async with httpx.AsyncClient(
        base_url=hub.url, cookies={"sts": hub.world.tokens["coach"]}, timeout=PATIENCE_S
    ) as client:
        for team in ("blue", "green"):
            answer = await client.get(f"{API}/live", params={"team": str(hub.world[team])})
            problem(answer, 404, "not-found")


async def test_each_role_gets_its_own_people(hub: LiveHub) -> None:
    people = {}
    for who in ("admin", "coach", "athlete", "technician", "other_coach"):
        async with watching(hub, who) as stream:
            snapshot = await stream.next("snapshot")
            people[who] = [athlete["name"] for athlete in snapshot["athletes"]]
            gateways = len(snapshot["gateways"])
            assert gateways == (0 if who == "athlete" else 1)
    assert people == {
        "admin": ["Rosa", "Rudi", "Bea"],
        "coach": ["Rosa", "Rudi"],
        "athlete": ["Rosa"],
        "technician": [],
        "other_coach": ["Gina"],
    }


async def test_a_value_reaches_only_those_who_may_see_it(hub: LiveHub) -> None:
    async with (
        watching(hub, "coach") as coach,
        watching(hub, "athlete") as rosa,
        watching(hub, "other_coach") as other,
    ):
        for stream in (coach, rosa, other):
            await stream.next("snapshot")
        await hub.heart_rate("bea_strap", 150)
        await hub.heart_rate("rudi_strap", 160)
        await hub.heart_rate("rosa_strap", 170)
        await hub.heart_rate("gina_strap", 180)
        heard: dict[str, float] = {}
        while len(heard) < 2:
            for item in (await coach.next("frame"))["values"]:
                heard[item["athlete"]] = item["value"]
        assert heard == {str(hub.world["rudi"]): 160, str(hub.world["rosa"]): 170}
        assert [item["value"] for item in (await rosa.next("frame"))["values"]] == [170]
        assert [item["value"] for item in (await other.next("frame"))["values"]] == [180]


async def test_what_two_gateways_hear_of_one_strap_is_one_stream_and_one_trend(hub: LiveHub) -> None:
    """The second one tells 99 where the first one has told the same beat; from the sixth beat on it is alone."""
    await hub.world.gateway("second", "club")
    begin_ms = time.time_ns() // 1_000_000 - 10_000
    async with watching(hub, "athlete") as stream:
        await stream.next("snapshot")
        for beat in range(10):
            if beat < 6:
                await hub.heart_rate("rosa_strap", 140 + beat, begin_ms + 1000 * beat)
            value = 99 if beat < 6 else 140 + beat
            await hub.heart_rate("rosa_strap", value, begin_ms + 1000 * beat + 40, "second")
        seen: list[dict[str, Any]] = []
        while not seen or seen[-1]["value"] != 149:
            seen += (await stream.next("frame"))["values"]
    assert 99 not in {item["value"] for item in seen}
    assert [item["t_ms"] for item in seen] == sorted(item["t_ms"] for item in seen)
    async with watching(hub, "athlete") as stream:
        trend = (await stream.next("snapshot"))["athletes"][0]["trend"]
    assert trend["value"] == list(range(140, 150))


async def test_the_last_minute_from_the_database_is_one_trend_of_two_gateways(hub: LiveHub) -> None:
    await hub.world.gateway("second", "club")
    ago_s = time.time() - NOON.timestamp() - 21
    seconds = [ago_s + second for second in range(20)]
    await heard(hub.world, "rosa_strap", seconds[:12], range(140, 152))
    late = [second + 0.04 for second in seconds[8:]]
    await heard(hub.world, "rosa_strap", late, range(148, 160), gateway="second")
    async with watching(hub, "athlete") as stream:
        trend = (await stream.next("snapshot"))["athletes"][0]["trend"]
    assert trend["value"] == list(range(140, 160))


async def test_a_stream_of_one_team_holds_only_that_team(hub: LiveHub) -> None:
    async with watching(hub, "admin", team=str(hub.world["blue"])) as stream:
        assert [athlete["name"] for athlete in (await stream.next("snapshot"))["athletes"]] == ["Bea"]
        await hub.heart_rate("rosa_strap", 170)
        await hub.heart_rate("bea_strap", 150)
        assert [item["value"] for item in (await stream.next("frame"))["values"]] == [150]


async def test_a_silent_stream_still_gives_signs_of_life(hub: LiveHub) -> None:
    async with watching(hub, "coach") as stream:
        await stream.next("snapshot")
        async with asyncio.timeout(PATIENCE_S):
            name, data = await stream._event()
    assert name == "frame"
    assert data["values"] == []
    assert data["now_ms"] > 0


async def test_a_stream_that_broke_goes_on_where_it_was(hub: LiveHub) -> None:
    async with watching(hub, "coach") as stream:
        await stream.next("snapshot")
        first = await hub.heart_rate("rosa_strap", 140)
        await stream.next("frame")
        place = stream.last_id
    for step in range(1, 6):
        await hub.heart_rate("rosa_strap", 140 + step, first + step)
    await until(lambda: hub.live.wall.seq >= int(place.rpartition("-")[2]) + 5)
    async with watching(hub, "coach", resume=place) as stream:
        back = [(await stream.next())["values"][0]["value"] for _ in range(5)]
    assert back == [141, 142, 143, 144, 145]


async def test_a_place_of_another_process_gets_a_snapshot(hub: LiveHub) -> None:
    async with watching(hub, "coach", resume="0123456789ab-7") as stream:
        assert (await stream.next())["event"] == "snapshot"


async def test_signing_out_ends_the_streams_of_that_login_at_once(hub: LiveHub) -> None:
    other_token = hub.world.tokens["coach"]
    await hub.world.login("coach")
    async with watching(hub, "coach") as stream:
        await stream.next("snapshot")
        hub.world.tokens["coach_before"] = other_token
        async with watching(hub, "coach_before") as untouched:
            await untouched.next("snapshot")
            async with httpx.AsyncClient(
                base_url=hub.url, cookies={"sts": hub.world.tokens["coach"]}, timeout=PATIENCE_S
            ) as client:
                headers = {"X-STS-Request": "1", "Origin": hub.url}
                assert (await client.delete(f"{API}/session", headers=headers)).status_code == 204
            assert (await stream.next("bye"))["reason"] == "signed_out"
            assert await stream.ended()
            await hub.heart_rate("rosa_strap", 140)
            await untouched.next("frame")


@pytest.mark.parametrize("change", ["role = 'trainer'", "disabled_at = now()", "password_hash = 'x'"])
async def test_a_change_of_the_account_by_whatever_way_ends_its_streams(hub: LiveHub, change: str) -> None:
    async with watching(hub, "coach") as stream:
        await stream.next("snapshot")
        owner = hub.world.database.owner
        await owner.execute(f"UPDATE sts.account SET {change} WHERE id = $1", hub.world["coach"])
        assert (await stream.next("bye"))["reason"] == "signed_out"
        assert await stream.ended()


async def test_a_login_that_ran_out_ends_its_streams_at_the_next_check(
    hub: LiveHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with watching(hub, "coach") as stream:
        await stream.next("snapshot")
        await hub.world.database.owner.execute(
            "UPDATE sts.login SET expires_at = now() WHERE account_id = $1", hub.world["coach"]
        )
        hub.live.recheck()
        assert (await stream.next("bye"))["reason"] == "signed_out"
    assert service.RECHECK_S <= 60


async def test_a_strap_given_to_another_shows_within_seconds(hub: LiveHub) -> None:
    async with watching(hub, "coach") as stream:
        await stream.next("snapshot")
        headers = {"X-STS-Request": "1", "Origin": hub.url}
        body = {"sensor_id": hub.world["rosa_strap"], "athlete_id": str(hub.world["rudi"]), "take_over": True}
        async with httpx.AsyncClient(
            base_url=hub.url, cookies={"sts": hub.world.tokens["coach"]}, timeout=PATIENCE_S
        ) as client:
            assert (await client.post(f"{API}/assignments", json=body, headers=headers)).status_code == 201
        rosa, rudi = (await stream.next("snapshot"))["athletes"]
        assert rosa["sensor"] is None
        assert rudi["sensor"] is not None
        await hub.heart_rate("rosa_strap", 140)
        assert (await stream.next("frame"))["values"][0]["athlete"] == str(hub.world["rudi"])


async def test_what_is_given_is_seen_live_until_it_is_revoked(hub: LiveHub) -> None:
    """A trainer of another club is given Rosa's heart rate: no other metric, no strap, no alert, and within 5 s no more."""
    world = hub.world
    path = f"{API}/athletes/{world['rosa']}/grants"
    await world.person("personal", "trainer", "other_club")
    headers = {"X-STS-Request": "1", "Origin": hub.url}
    async with httpx.AsyncClient(
        base_url=hub.url, cookies={"sts": world.tokens["athlete"]}, headers=headers, timeout=PATIENCE_S
    ) as rosa:
        body = {"account_id": str(world["personal"]), "metrics": ["heart_rate"]}
        answer = await rosa.post(path, json=body)
        assert answer.status_code == 201, answer.text
        async with watching(hub, "personal") as stream, watching(hub, "other_coach") as other:
            (seen,) = (await stream.next("snapshot"))["athletes"]
            assert (seen["name"], seen["team_id"], seen["number"]) == ("Rosa", None, None)
            assert seen["sensor"]["label"] == "heart_rate"
            assert [one["name"] for one in (await other.next("snapshot"))["athletes"]] == ["Gina"]
            now_us = time.time_ns() // 1000
            await hub.say(Alert("a1", now_us, "Heart rate over 200.", athlete=world["rosa"]))
            battery = FrameValue(world["rosa_strap"], BATTERY_LEVEL.id, now_us, 80, 0)
            await hub.say(Frame(world["pitch"], "e", 1, 0, now_us, now_us, [battery]))
            await hub.heart_rate("rosa_strap", 150)
            (item,) = (await stream.next("frame"))["values"]
            assert (item["metric"], item["value"]) == ("heart_rate", 150)
            await rosa.patch(f"{path}/{answer.json()['id']}", json={})
            assert (await stream.next("snapshot"))["athletes"] == []
            assert not [name for name, _ in stream.seen if name == "alert"]
    assert views.REFRESH_S < 5.0


async def test_a_withdrawn_consent_stops_the_values(hub: LiveHub) -> None:
    async with watching(hub, "coach") as stream:
        await hub.heart_rate("rosa_strap", 140)
        await stream.next("snapshot")
        await hub.world.database.owner.execute(
            "UPDATE sts.consent SET during = tstzrange(lower(during), now()) WHERE id = $1",
            hub.world["rosa_consent"],
        )
        rosa = (await stream.next("snapshot"))["athletes"][0]
        assert (rosa["values"], rosa["trend"]["t_ms"]) == ({}, [])
        await hub.heart_rate("rosa_strap", 150)
        await hub.heart_rate("rudi_strap", 160)
        assert [item["value"] for item in (await stream.next("frame"))["values"]] == [160]


async def test_fleet_news_and_alerts_come_through(hub: LiveHub) -> None:
    async with watching(hub, "coach") as stream:
        await stream.next("snapshot")
        now_us = time.time_ns() // 1000
        await hub.say(FleetNews(hub.world["other_pitch"], now_us, "failed"))
        await hub.say(FleetNews(hub.world["pitch"], now_us, "degraded", ["The clock is not set."]))
        (gateway,) = (await stream.next("fleet"))["gateways"]
        assert (gateway["name"], gateway["state"]) == (hub.world["pitch"], "degraded")
        await hub.say(Alert("a1", now_us, "Heart rate over 200.", athlete=hub.world["rosa"]))
        assert (await stream.next("alert"))["id"] == "a1"


async def test_a_slow_client_misses_values_and_no_alert(hub: LiveHub) -> None:
    """Values come faster than the stream goes on: most of them are dropped, which shows that a loss would be seen here."""
    async with watching(hub, "coach") as stream:
        await stream.next("snapshot")
        now_us = time.time_ns() // 1000
        for number in range(600):
            measured = FrameValue(hub.world["rosa_strap"], HEART_RATE.id, now_us + number, 140.0, 0)
            hub.live.take(Frame(hub.world["pitch"], "e", 1, 0, now_us, now_us, [measured]))
            if number % 2:
                hub.live.take(Alert(f"a{number}", now_us, "Look.", athlete=hub.world["rosa"]))
        while stream.seen[-1][1].get("id") != "a599":
            await stream.next("alert", "frame")
        alerts = [data["id"] for name, data in stream.seen if name == "alert"]
        frames_told = sum(name == "frame" and bool(data["values"]) for name, data in stream.seen)
    assert alerts == [f"a{number}" for number in range(1, 600, 2)]
    assert frames_told < 300


async def test_a_database_that_is_away_is_told_as_a_gap(hub: LiveHub) -> None:
    async with watching(hub, "coach") as stream:
        await stream.next("snapshot")
        await hub.say(Notice("database_away", 5_000_000))
        told = await stream.next("gap")
        assert (told["reason"], told["since_ms"]) == ("database_away", 5000)
        await hub.say(Notice("database_back", 6_000_000))
        assert (await stream.next("gap"))["reason"] == "over"


async def test_a_lost_link_to_the_broker_is_a_gap_and_is_made_again(hub: LiveHub, rabbitmq: Any) -> None:
    async with watching(hub, "coach") as stream:
        await stream.next("snapshot")
        closed = 0
        async with asyncio.timeout(PATIENCE_S):
            while not closed:  # the management API learns of connections with a delay
                for one in rabbitmq.api("GET", "/api/connections"):
                    if one.get("client_properties", {}).get("connection_name") == "sts-hub api":
                        rabbitmq.api("DELETE", f"/api/connections/{quote(one['name'], safe='')}")
                        closed += 1
                await asyncio.sleep(0.2)
        # A link that is back within the pace of the stream is told by its end alone.
        while (gap := await stream.next("gap"))["reason"] != "over":
            assert gap["reason"] == "broker_away"
        await hub.heart_rate("rosa_strap", 140)
        await stream.next("frame")


async def test_a_message_that_cannot_be_read_changes_nothing(hub: LiveHub) -> None:
    async with watching(hub, "coach") as stream:
        await stream.next("snapshot")
        for body in (b"", b"{", b"[]", b'{"type":"frame"}', b"\xff\xfe"):
            await hub.exchange.publish(aio_pika.Message(body), "live.x")
        await hub.heart_rate("rosa_strap", 140)
        assert (await stream.next("frame"))["values"][0]["value"] == 140


async def test_a_process_that_just_started_knows_the_last_minute_from_the_database(hub: LiveHub) -> None:
    offset = time.time() - NOON.timestamp()
    await heard(hub.world, "rosa_strap", [offset - 3, offset - 2, offset - 1], [140, 141, 142])
    await heard(hub.world, "rudi_strap", [offset - 7200], [120])
    async with watching(hub, "coach") as stream:
        rosa, rudi = (await stream.next("snapshot"))["athletes"]
    assert rosa["trend"]["value"] == [140, 141, 142]
    assert rosa["values"]["heart_rate"]["value"] == 142
    assert rudi["trend"]["value"] == []
    assert rudi["values"]["heart_rate"]["value"] == 120


async def test_a_client_that_does_not_read_makes_nothing_grow_and_nobody_wait(hub: LiveHub) -> None:
    host, port = hub.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=1024)
    request = f"GET {API}/live HTTP/1.1\r\nHost: x\r\nCookie: sts={hub.world.tokens['coach']}\r\n\r\n"
    writer.write(request.encode())
    await reader.readline()
    async with watching(hub, "coach") as stream:
        await stream.next("snapshot")
        first = time.time_ns() // 1_000_000
        for step in range(3000):
            hub.live.take(
                Frame(
                    "x",
                    "e",
                    step,
                    0,
                    0,
                    0,
                    [FrameValue(hub.world["rosa_strap"], 1, (first + step) * 1000, 140, 0)],
                )
            )
            if step % 100 == 0:
                await asyncio.sleep(0)
        last = first + 2999
        while (await stream.next("frame"))["values"][0]["t_ms"] < last:
            pass
    slow = [client for client in hub.live._clients if len(client._values) <= 1]
    assert slow
    writer.close()


async def test_a_tab_that_was_closed_leaves_nothing_behind(hub: LiveHub) -> None:
    async with watching(hub, "coach") as stream:
        await stream.next("snapshot")
        assert len(hub.live._clients) == 1
    await until(lambda: not hub.live._clients)


async def test_the_twenty_first_stream_of_an_account_ends_the_first(hub: LiveHub) -> None:
    async with contextlib.AsyncExitStack() as stack:
        streams = []
        for _ in range(service.STREAMS_PER_ACCOUNT + 1):
            streams.append(await stack.enter_async_context(watching(hub, "coach")))
            await streams[-1].next("snapshot")
        assert (await streams[0].next("bye"))["reason"] == "too_many"


async def test_a_stopping_process_says_bye_to_everybody(
    rabbitmq: Any, live_vhost: str, api_database: ApiDatabase
) -> None:
    async with api_process(api_database, rabbitmq.amqp_url(live_vhost)) as (app, server, url):
        world = await make_world(api_database, app)
        hub = LiveHub(world, app, url, None, server)  # type: ignore[arg-type] - nothing is said
        async with watching(hub, "coach") as stream:
            await stream.next("snapshot")
            hub.live.stop()
            bye = await stream.next("bye")
            assert bye["reason"] == "stopping"
            assert bye["retry_ms"] >= 1000
            assert await stream.ended()
