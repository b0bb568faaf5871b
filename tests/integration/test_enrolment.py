"""Enrolment: what a code does, what it does not, and how a gateway's login ends; on a real broker and database."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import stat
import subprocess
import sys
import time
import tomllib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aio_pika
import httpx
import pytest
from pydantic import SecretStr
from starlette.responses import PlainTextResponse

from api_support import World, problem, settings_of
from ingest_support import eventually as comes_true
from json_documents import check
from sts_edge.config import load
from sts_edge.uplinks import LinkState
from sts_hub.broker import users
from sts_hub.broker.management import BrokerError
from sts_hub.config import Settings
from sts_hub.db import migrate
from sts_hub.door.app import Door
from sts_hub.door.broker import BrokerIntake
from sts_hub.door.keys import FRESH_S, Keys
from sts_hub.enrolment import commands, service
from sts_hub.enrolment.codes import code_hash
from sts_hub.enrolment.service import ADDRESS_TRIES, ANSWER_S, Enrolment
from sts_hub.errors import HubError
from sts_hub.kit.database import Database
from sts_protocols import routing
from uplink_support import PATIENCE_S, Site, eventually, listening, running

ENROL, ME = "/gateway/v1/enrol", "/gateway/v1/me"
CA = "-----BEGIN CERTIFICATE-----\nnot a real one\n-----END CERTIFICATE-----\n"


@dataclass
class Place:
    """A hub with a broker, and its door."""

    hub: Any
    settings: Settings
    client: httpx.AsyncClient
    app: Door

    async def code(self, site: str = "Pitch 2", name: str | None = None) -> str:
        """A code, as the operator has it made."""
        return await commands.new_code(self.settings, "A", site, name)

    async def enrol(self, code: str, name: str = "pitch-2", secret: str | None = None) -> httpx.Response:
        """What a gateway says."""
        said = {"code": code, "secret": secret or secrets.token_urlsafe(32), "name": name}
        return await self.client.post(ENROL, json=said)

    async def user(self, name: str) -> dict[str, Any] | None:
        """The gateway's user at the broker."""
        found: dict[str, Any] | None = await self.hub.management.get("users", name)
        return found

    async def connect(self, name: str, secret: str) -> aio_pika.abc.AbstractConnection:
        """The gateway's own connection to the broker."""
        address = self.hub.amqp_url.partition("@")[2]
        return await aio_pika.connect(f"amqp://{name}:{quote(secret)}@{address}")

    async def knock(self, name: str, secret: str) -> int:
        """The gateway at the door over HTTPS."""
        answer = await self.client.get(ME, headers={"Authorization": f"Bearer {name}.{secret}"})
        return answer.status_code


@pytest.fixture
async def place(hub: Any, postgres: Any, tmp_path: Any) -> AsyncIterator[Place]:
    """A hub with one club; its door is open."""
    dsn = hub.database.dsn
    api_dsn = postgres.dsn_of(dsn.partition("@/")[2].partition("?")[0], migrate.API, "api-in-a-test")
    await migrate.migrate(dsn, api_dsn=api_dsn)
    await hub.database.owner.execute("INSERT INTO sts.club (name) VALUES ('A'), ('B')")
    (tmp_path / "ca.pem").write_text(CA)
    settings = settings_of(
        api_dsn,
        hub.amqp_url,
        management_url=SecretStr(hub.management_url),
        db_owner_dsn=SecretStr(dsn),
        gateway_url="amqps://hub.example.org:5671/sts",
        gateway_ca_file=tmp_path / "ca.pem",
    )
    database = Database(api_dsn)
    await database.open()
    intake = BrokerIntake(hub.amqp_url)
    app = Door(PlainTextResponse("another", 418), Keys(database), intake, Enrolment(database, settings))
    async with (
        running(intake.run()),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub.test") as client,
    ):
        yield Place(hub, settings, client, app)
    await database.close()
    for name in ("pitch-2", "pitch-3"):
        await users.remove(hub.management, name)


async def gateways(place: Place) -> list[tuple[str, str]]:
    """The register: names and sites."""
    rows = await place.hub.database.owner.fetch("SELECT name, site FROM sts.gateway ORDER BY name")
    return [(row["name"], row["site"]) for row in rows]


async def test_a_code_lets_one_gateway_in_at_the_broker_and_at_the_door(place: Place) -> None:
    secret = secrets.token_urlsafe(32)
    answer = await place.enrol(await place.code(), secret=secret)
    assert answer.json() == {
        "gateway": "pitch-2",
        "site": "Pitch 2",
        "url": "amqps://hub.example.org:5671/sts",
        "ca": CA,
    }
    async with await place.connect("pitch-2", secret) as connection:
        channel = await connection.channel(on_return_raises=True)
        sink = await channel.get_exchange(routing.TELEMETRY, ensure=False)
        said = aio_pika.Message(b"", user_id="pitch-2")
        await sink.publish(said, routing.telemetry_key("pitch-2", "live"), mandatory=True)
        with pytest.raises(aio_pika.exceptions.ChannelClosed):
            await sink.publish(said, routing.telemetry_key("pitch-9", "live"), mandatory=True)

    async def open_to_it() -> bool:
        return await place.knock("pitch-2", secret) == 204

    await comes_true(open_to_it)


async def test_a_code_is_understood_however_it_is_typed(place: Place) -> None:
    code = await place.code()
    typed = code.replace("-", " ").lower().replace("0", "o").replace("1", "l")
    assert (await place.enrol(typed)).status_code == 200


async def test_unknown_used_and_expired_codes_are_told_alike_and_after_the_same_time(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[str] = []
    monkeypatch.setattr(service._log, "warning", lambda _event, reason="", **_more: logged.append(reason))
    used, expired = await place.code(), await place.code()
    began_s = time.monotonic()
    assert (await place.enrol(used)).status_code == 200
    assert time.monotonic() - began_s >= ANSWER_S
    await place.hub.database.owner.execute(
        "UPDATE sts.enrolment_code SET expires_at = now() - interval '1 s' WHERE hash = $1",
        code_hash(expired),
    )
    told, times = [], []
    for code in ("0000-0000-0000-0", used, expired):
        began_s = time.monotonic()
        told.append(problem(await place.enrol(code, "pitch-3"), 403, "wrong-code"))
        times.append(time.monotonic() - began_s)
    assert len({str(one) for one in told}) == 1
    assert min(times) >= ANSWER_S
    assert logged == ["unknown", "used", "expired"]
    assert await gateways(place) == [("pitch-2", "Pitch 2")]
    assert await place.user("pitch-3") is None


async def test_of_two_that_use_one_code_at_once_one_is_let_in(place: Place) -> None:
    code = await place.code()
    answers = await asyncio.gather(place.enrol(code, "pitch-2"), place.enrol(code, "pitch-3"))
    assert sorted(one.status_code for one in answers) == [200, 403]
    assert len(await gateways(place)) == 1


async def test_a_gateway_whose_answer_was_lost_asks_again_with_code_and_secret(place: Place) -> None:
    code, secret = await place.code(), secrets.token_urlsafe(32)
    first, again = [await place.enrol(code, secret=secret) for _ in range(2)]
    assert first.json() == again.json()


async def test_a_name_that_is_taken_needs_a_code_for_that_name(place: Place) -> None:
    old, new = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    assert (await place.enrol(await place.code(), secret=old)).status_code == 200
    code = await place.code()
    problem(await place.enrol(code, "pitch-2"), 409, "conflict")
    assert (await place.enrol(code, "pitch-3")).status_code == 200
    anew = await place.enrol(await place.code(name="pitch-2"), "whatever", new)
    assert anew.json()["gateway"] == "pitch-2"
    with pytest.raises(aio_pika.exceptions.AMQPError):
        await place.connect("pitch-2", old)
    await (await place.connect("pitch-2", new)).close()


async def test_a_code_of_another_club_takes_no_gateway_over(place: Place) -> None:
    assert (await place.enrol(await place.code())).status_code == 200
    with pytest.raises(HubError, match="another club"):
        await commands.new_code(place.settings, "B", "Pitch", "pitch-2")
    early = await place.code(name="pitch-3")
    club = "SELECT id FROM sts.club WHERE name = 'B'"
    await place.hub.database.owner.execute(
        f"INSERT INTO sts.gateway (name, club_id, site) VALUES ('pitch-3', ({club}), 'Theirs')"
    )
    problem(await place.enrol(early, "pitch-3"), 409, "conflict")
    assert ("pitch-3", "Theirs") in await gateways(place)


async def test_when_the_broker_refuses_everything_is_as_before(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuses(management: Any, gateway: str) -> None:
        raise BrokerError("in a test")

    code, secret = await place.code(), secrets.token_urlsafe(32)
    with monkeypatch.context() as patched:
        patched.setattr(users, "_allow", refuses)
        problem(await place.enrol(code, secret=secret), 503, "broker-away")
    assert await gateways(place) == []
    assert await place.user("pitch-2") is None
    assert (await place.enrol(code, secret=secret)).status_code == 200
    anew = await place.code(name="pitch-2")
    with monkeypatch.context() as patched:
        patched.setattr(users, "_allow", refuses)
        problem(await place.enrol(anew), 503, "broker-away")
    await (await place.connect("pitch-2", secret)).close()


async def test_guessing_is_slowed_down(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "ANSWER_S", 0.0)
    statuses = [(await place.enrol("0")).status_code for _ in range(ADDRESS_TRIES + 1)]
    assert statuses == [403] * ADDRESS_TRIES + [429]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"code":"x","secret":"short","name":"pitch-2"}', b'{"code":7}', b"\xff"]
)
async def test_what_is_no_enrolment_is_told_without_repeating_it(place: Place, body: bytes) -> None:
    told = problem(await place.client.post(ENROL, content=body), 422, "invalid")
    assert "short" not in told["detail"]


async def test_a_revoked_gateway_is_cut_off_at_once_and_at_the_door_when_its_key_is_looked_up_anew(
    place: Place,
) -> None:
    """Which is within five seconds."""
    secret = secrets.token_urlsafe(32)
    assert (await place.enrol(await place.code(), secret=secret)).status_code == 200
    connection = await place.connect("pitch-2", secret)
    await place.knock("pitch-2", secret)
    ended = asyncio.Event()
    connection.close_callbacks.add(lambda *_: ended.set())
    await commands.revoke(place.settings, "pitch-2")
    await asyncio.wait_for(ended.wait(), PATIENCE_S)

    async def shut() -> bool:
        return await place.knock("pitch-2", secret) == 401

    await comes_true(shut)
    assert FRESH_S < 5.0
    with pytest.raises(aio_pika.exceptions.AMQPError):
        await place.connect("pitch-2", secret)
    assert await gateways(place) == [("pitch-2", "Pitch 2")]


async def test_codes_that_name_a_revoked_gateway_are_void(place: Place) -> None:
    assert (await place.enrol(await place.code())).status_code == 200
    code = await place.code(name="pitch-2")
    await commands.revoke(place.settings, "pitch-2")
    problem(await place.enrol(code), 403, "wrong-code")


async def test_only_the_hash_of_a_code_is_stored(place: Place) -> None:
    code = await place.code()
    rows = await place.hub.database.owner.fetch("SELECT c::text AS row FROM sts.enrolment_code c")
    assert rows
    assert all(code not in row["row"] and code.replace("-", "") not in row["row"] for row in rows)


@pytest.mark.parametrize(
    ("who", "status"),
    [("admin", 201), ("technician", 201), ("director", 403), ("coach", 403), ("athlete", 403)],
)
async def test_admins_and_technicians_make_codes(world: World, who: str, status: int) -> None:
    answer = await world.as_(who).post("/api/v1/enrolment-codes", json={"site": "Pitch 2"})
    assert answer.status_code == status
    if status == 201:
        assert len(answer.json()["code"].replace("-", "")) == 13


async def test_revoking_a_gateway_of_another_club_is_revoking_nothing(world: World) -> None:
    await world.database.owner.execute(
        "INSERT INTO sts.gateway_secret (gateway, hash) VALUES ($1, $2)", world["other_pitch"], bytes(32)
    )
    problem(
        await world.as_("admin").delete(f"/api/v1/gateways/{world['other_pitch']}/enrolment"),
        404,
        "not-found",
    )
    held = "SELECT count(*) FROM sts.gateway_secret WHERE gateway = $1"
    assert await world.database.owner.fetchval(held, world["other_pitch"]) == 1
    answer = await world.as_("other_admin").delete(f"/api/v1/gateways/{world['other_pitch']}/enrolment")
    assert answer.status_code == 204
    assert await world.database.owner.fetchval(held, world["other_pitch"]) == 0


async def test_no_code_lasts_longer_than_two_weeks(place: Place) -> None:
    with pytest.raises(Exception, match="check constraint"):
        await place.hub.database.owner.execute(
            "INSERT INTO sts.enrolment_code (hash, club_id, site, expires_at) "
            "SELECT $1, id, 'x', now() + $2::interval FROM sts.club LIMIT 1",
            bytes(32),
            timedelta(days=15),
        )


# --- the gateway's side


@dataclass
class Gateway:
    """An empty card, and `sts-edge enrol` on it, against a hub that listens."""

    folder: Path
    url: str

    @property
    def config(self) -> Path:
        return self.folder / "settings.toml"

    async def enrol(self, *words: str) -> tuple[int, str, str]:
        """Exit code, output, errors."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "from sts_edge.cli import main; main()",
            "enrol",
            *words,
            "--config",
            str(self.config),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(process.communicate(), 60)
        return process.returncode or 0, out.decode(), err.decode()


@pytest.fixture
async def card(place: Place, tmp_path: Path) -> AsyncIterator[Gateway]:
    """A machine with nothing on it, and the hub's door on a port."""
    (tmp_path / "etc").mkdir()
    async with listening(place.app) as port:
        yield Gateway(tmp_path / "etc", f"http://127.0.0.1:{port}")


async def test_an_empty_card_enrols_and_its_agent_could_start(place: Place, card: Gateway) -> None:
    code, out, err = await card.enrol(await place.code(), "--hub", card.url, "--name", "pitch-2")
    assert (code, err) == (0, "")
    settings = load(card.config)
    assert settings.gateway.name == "pitch-2"
    assert settings.hub.url == "amqps://hub.example.org:5671/sts"
    assert settings.hub.ca_file is not None
    assert settings.hub.ca_file.read_text() == CA
    assert settings.sensors == ()
    secret = settings.hub.read_password()
    assert stat.S_IMODE(settings.hub.password_file.stat().st_mode) == 0o600
    assert len(secret) >= 43
    assert secret not in out
    await (await place.connect("pitch-2", secret)).close()
    assert 'code accepted: site "Pitch 2"' in out
    assert sorted(file.name for file in card.folder.iterdir()) == [
        "ca.pem",
        "password",
        "settings.toml",
        "settings.toml.bak",
    ]


async def test_a_second_run_says_so_and_changes_nothing(place: Place, card: Gateway) -> None:
    await card.enrol(await place.code(), "--hub", card.url, "--name", "pitch-2")
    before = {file: file.read_bytes() for file in card.folder.iterdir()}
    code, out, _ = await card.enrol(await place.code(), "--hub", card.url)
    assert code == 0
    assert "pitch-2 is enrolled already" in out
    assert "--anew" in out
    assert {file: file.read_bytes() for file in card.folder.iterdir()} == before


async def test_enrolling_anew_keeps_everything_else_in_the_settings(place: Place, card: Gateway) -> None:
    await card.enrol(await place.code(), "--hub", card.url, "--name", "pitch-2")
    old = load(card.config).hub.read_password()
    sensor = '\n# the goalkeeper\'s\n[[sensors]]\nname = "hr-01"\naddress = "A0:9E:1A:00:00:01"\nkind = "heart_rate"\n'
    card.config.write_text(card.config.read_text() + sensor)
    code, out, _ = await card.enrol(await place.code(name="pitch-2"), "--hub", card.url, "--anew", "--json")
    assert code == 0
    check(json.loads(out))
    assert json.loads(out)["already"] is False
    settings = load(card.config)
    assert settings.hub.read_password() != old
    assert [one.name for one in settings.sensors] == ["hr-01"]
    assert "# the goalkeeper's" in card.config.read_text()


async def test_a_wrong_code_leaves_no_settings_behind(place: Place, card: Gateway) -> None:
    code, _, err = await card.enrol("0000-0000-0000-0", "--hub", card.url, "--name", "pitch-2")
    assert code == 1
    assert "sts-hub gateway code" in err
    assert not card.config.exists()
    assert not (card.folder / "password").exists()
    assert (await card.enrol(await place.code(), "--hub", card.url, "--name", "pitch-2"))[0] == 0


async def test_a_code_is_not_spent_on_settings_that_could_not_be_stored(place: Place, card: Gateway) -> None:
    card.config.write_text("[gateway]\nname = \"pitch-2\"\ncolour = 'red'\n")
    code = await place.code()
    assert (await card.enrol(code, "--hub", card.url))[0] == 5
    card.config.write_text('[gateway]\nname = "pitch-2"\n')
    assert (await card.enrol(code, "--hub", card.url))[0] == 0


@pytest.mark.parametrize(
    ("hub", "exit_code", "words"),
    [
        ("https://127.0.0.1:1", 4, "cannot be reached"),
        ("http://hub.example.org", 2, "in clear"),
        ("amqps://hub.example.org", 2, "https://"),
        ("https://user:word@127.0.0.1:1", 2, "https://"),
    ],
)
async def test_an_address_that_will_not_do_is_told(
    tmp_path: Path, hub: str, exit_code: int, words: str
) -> None:
    code, _, err = await Gateway(tmp_path, "").enrol("0000", "--hub", hub, "--name", "pitch-2")
    assert code == exit_code
    assert words in err


async def sheet(place: Place, file: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`sts-hub gateway sheet`, as the operator types it."""
    command = [sys.executable, "-c", "from sts_hub.cli import main; main()", "gateway", "sheet", str(file)]
    return await asyncio.to_thread(
        subprocess.run,
        [*command, "--club", "A", "--site", "Pitch 2", "--name", "pitch", "--count", "3", *words],
        env={**os.environ, "STS_DB_OWNER_DSN": place.settings.db_owner_dsn.get_secret_value()},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_a_gateway_enrols_by_the_sheet_that_was_made_for_its_site(place: Place, card: Gateway) -> None:
    file = card.folder.parent / "sheet.toml"
    made = await sheet(place, file, "--hub", card.url)
    assert made.returncode == 0, made.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    codes = {one["name"]: one["code"] for one in tomllib.loads(file.read_text())["gateways"]}
    assert sorted(codes) == ["pitch-1", "pitch-2", "pitch-3"]
    assert {len(code.replace("-", "")) for code in codes.values()} == {26}
    assert all(code in made.stdout for code in codes.values())
    code, out, err = await card.enrol("--file", str(file), "--name", "pitch-2")
    assert (code, err) == (0, "")
    assert "enrolled as pitch-2" in out
    problem(await place.enrol(codes["pitch-2"]), 403, "wrong-code")
    assert (await place.enrol(codes["pitch-3"], "whatever")).json()["gateway"] == "pitch-3"


async def test_a_sheet_that_has_nothing_for_this_gateway_names_those_it_has(
    place: Place, card: Gateway
) -> None:
    file = card.folder.parent / "sheet.toml"
    await sheet(place, file, "--hub", card.url)
    code, _, err = await card.enrol("--file", str(file), "--name", "pitch-9")
    assert code == 2
    assert "pitch-1, pitch-2, pitch-3" in err
    file.write_text("hub = 7")
    code, _, err = await card.enrol("--file", str(file), "--name", "pitch-1")
    assert code == 2
    assert "sts-hub gateway sheet" in err


async def test_no_sheet_is_written_when_no_codes_could_be_made(place: Place, tmp_path: Path) -> None:
    made = await sheet(place, tmp_path / "sheet.toml", "--hub", "https://hub.example.org", "--club", "Nobody")
    assert made.returncode == 1
    assert "There is no club Nobody" in made.stderr
    assert not (tmp_path / "sheet.toml").exists()


async def test_a_sheet_lasts_two_weeks_at_most(place: Place, tmp_path: Path) -> None:
    made = await sheet(place, tmp_path / "sheet.toml", "--hub", "https://hub.example.org", "--days", "15")
    assert made.returncode == 2


@pytest.mark.parametrize("scheme", ["amqp", "http"])
async def test_a_gateway_that_is_revoked_while_it_sends_says_what_it_needs(place: Place, scheme: str) -> None:
    secret = secrets.token_urlsafe(32)
    assert (await place.enrol(await place.code(), secret=secret)).status_code == 200
    async with listening(place.app) as web:
        port = place.hub.rabbitmq.amqp_port if scheme == "amqp" else web
        site = Site(place.hub.management.vhost, port, scheme, name="pitch-2", password=secret)
        async with running(site.uplink.run(), site.talk()):
            await eventually(lambda: site.is_up)
            await commands.revoke(place.settings, "pitch-2")
            await eventually(lambda: site.uplink.report().state is LinkState.REFUSED)
            assert any("needs enrolment" in one for one in site.health.faults)
            confirmed = site.buffer.stats().waiting_records
            await asyncio.sleep(1.0)
            assert site.buffer.stats().waiting_records > confirmed
