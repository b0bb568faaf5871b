"""The program `sts-hub api` as it is really started and stopped, and the commands that prepare it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api_support import PASSWORD, PATIENCE_S, ApiDatabase, HubProgram, hub_program
from sts_hub.kit.identity import PLAIN_COOKIE
from sts_protocols import routing

EMAIL = "first@club.example"


@pytest.fixture
async def hub(postgres: Any, rabbitmq: Any, api_database: ApiDatabase) -> AsyncIterator[HubProgram]:
    yield await hub_program(postgres, rabbitmq, api_database)
    await api_database.owner.execute("DELETE FROM sts.account WHERE email = $1", EMAIL)


async def made_account(hub: HubProgram) -> None:
    words = ("--email", EMAIL, "--name", "Ana", "--role", "admin", "--club", "First Club", "--password-stdin")
    code, told = await hub.run("account", "create", *words, given=PASSWORD + "\n")
    assert code == 0, told
    assert PASSWORD not in told


async def test_the_first_account_signs_in_and_an_end_signal_says_bye(hub: HubProgram) -> None:
    await made_account(hub)
    async with hub.serving() as process, httpx.AsyncClient(base_url=hub.url, timeout=PATIENCE_S) as client:
        client.headers.update({"X-STS-Request": "1", "Origin": hub.url})
        signed_in = await client.post("/api/v1/session", json={"email": EMAIL, "password": PASSWORD})
        assert signed_in.status_code == 200
        assert PLAIN_COOKIE in client.cookies
        heard = []
        async with client.stream("GET", "/api/v1/live") as stream:
            async for line in stream.aiter_lines():
                heard.append(line)
                if line == "event: snapshot":
                    process.send_signal(signal.SIGTERM)
        assert "event: bye" in heard
        assert await asyncio.wait_for(process.wait(), PATIENCE_S) == 0


async def test_a_second_account_with_the_same_e_mail_is_refused_in_a_sentence(hub: HubProgram) -> None:
    await made_account(hub)
    words = ("--email", EMAIL.upper(), "--name", "Ana", "--club", "First Club", "--password-stdin")
    code, told = await hub.run("account", "create", *words, given=PASSWORD + "\n")
    assert code == 1
    assert "already an account" in told
    assert "Traceback" not in told


async def test_an_account_that_is_there_stays_as_it_is_where_only_a_missing_one_is_wanted(
    hub: HubProgram, api_database: ApiDatabase
) -> None:
    """So a start can ask for the first admin each time."""
    await made_account(hub)
    hashed = "SELECT password_hash FROM sts.account WHERE email = $1"
    before = await api_database.owner.fetchval(hashed, EMAIL)
    words = ("--email", EMAIL, "--name", "Bo", "--club", "First Club", "--password-stdin", "--if-missing")
    code, told = await hub.run("account", "create", *words, given="another long password\n")
    assert (code, "stays as it is" in told) == (0, True)
    assert before == await api_database.owner.fetchval(hashed, EMAIL) is not None


@pytest.mark.parametrize("password", ["", "short", "password1"])
async def test_a_weak_password_makes_no_account(hub: HubProgram, password: str) -> None:
    words = ("--email", EMAIL, "--name", "Ana", "--club", "First Club", "--password-stdin")
    code, told = await hub.run("account", "create", *words, given=password + "\n")
    assert code == 1
    assert "Traceback" not in told
    assert not password or password not in told


async def test_a_port_that_is_taken_is_told_in_a_sentence(hub: HubProgram) -> None:
    async with hub.serving():
        code, told = await hub.run("api")
    assert code == 1
    assert "Cannot listen on" in told


async def test_a_gateway_gets_a_row_a_broker_user_and_a_secret_file(
    hub: HubProgram, rabbitmq: Any, api_database: ApiDatabase, tmp_path: Path
) -> None:
    await made_account(hub)
    secret = tmp_path / "password"
    words = ("pitch-of-a-test", "--club", "First Club", "--site", "Pitch 1", "--password-file", str(secret))
    code, told = await hub.run("gateway", "add", *words)
    assert code == 0, told
    assert secret.stat().st_mode & 0o777 == 0o600
    assert secret.read_text().strip() not in told
    site = await api_database.owner.fetchval("SELECT site FROM sts.gateway WHERE name = 'pitch-of-a-test'")
    assert site == "Pitch 1"
    rules = rabbitmq.api("GET", "/api/users/pitch-of-a-test/topic-permissions")
    assert {rule["exchange"] for rule in rules} == {routing.TELEMETRY, routing.RESULTS, routing.STATUS}
    secret.unlink()
    words = ("pitch-of-a-test", "--club", "Another Club", "--site", "Pitch 1", "--password-file", str(secret))
    code, told = await hub.run("gateway", "add", *words)
    assert code == 1
    assert "no club Another Club" in told
    assert not secret.exists()


async def test_a_process_without_its_broker_serves_and_says_so(hub: HubProgram) -> None:
    hub.environ["STS_AMQP_URL"] = "amqp://nobody@127.0.0.1:1/none"
    process = await hub.start("api")
    async with asyncio.timeout(PATIENCE_S), httpx.AsyncClient(base_url=hub.url) as client:
        while True:
            with contextlib.suppress(httpx.TransportError):
                ready = await client.get("/readyz")
                break
            await asyncio.sleep(0.1)
    process.kill()
    await process.wait()
    assert (ready.status_code, ready.json()["parts"]["live"]) == (200, "broker_away")


async def test_a_keepers_round_is_told_to_whoever_watches(hub: HubProgram, tmp_path: Path) -> None:
    told_by = tmp_path / "round"
    code, told = await hub.run("maintain", "--round-file", str(told_by))
    assert code == 0, told
    assert told_by.exists()
