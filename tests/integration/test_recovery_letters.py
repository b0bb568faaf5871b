"""Recovery by mail: whoever reads the mailbox sets a new password; nobody learns whether there is such an account."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from api_support import ORIGIN, World, problem, settings_of
from demo.ports import LOOPBACK
from mail_servers import MailServer, mail_server
from sts_hub.accounts.recovery import ACCOUNT_LETTERS, ANSWER_S, RecoveryLetters
from sts_hub.kit.database import Database
from sts_hub.outbox.courier import Courier
from sts_hub.outbox.mail import Mail

# The same behind every broker and database.
pytestmark = pytest.mark.one_generation

API = "/api/v1"
NEW_PASSWORD = "seven green giraffes yawn"


@pytest.fixture
async def server(api_app: FastAPI, world: World) -> AsyncIterator[MailServer]:
    """The hub sends letters by this server."""
    parts = api_app.state.parts
    before = parts[RecoveryLetters]
    async with mail_server() as running:
        running.mail = Mail(
            settings_of(
                world.database.api_dsn,
                smtp_url=f"smtp://{LOOPBACK}:{running.port}",
                smtp_from="sts@club.example",
                public_origin=ORIGIN,
            )
        )
        parts[RecoveryLetters] = RecoveryLetters(parts[Database], running.mail, ORIGIN)
        yield running
    parts[RecoveryLetters] = before


async def email_of(world: World, who: str) -> str:
    return str(await world.database.owner.fetchval("SELECT email FROM sts.account WHERE id = $1", world[who]))


async def ask(world: World, email: str) -> httpx.Response:
    return await world.as_(None).post(f"{API}/session/recovery-letter", json={"email": email})


async def code_from(world: World, server: MailServer, email: str) -> str:
    assert (await ask(world, email)).status_code == 202
    await Courier(world.app.state.parts[Database], server.mail).once()
    text: str = server.letters[-1].get_content()
    return text.partition(f"{ORIGIN}/recovery#")[2].split()[0]


async def recover(world: World, code: str) -> httpx.Response:
    said = {"code": code, "password": NEW_PASSWORD}
    return await world.as_(None).post(f"{API}/session/recovery", json=said)


async def test_a_letter_sets_a_new_password_once_and_ends_all_logins(
    world: World, server: MailServer
) -> None:
    email = await email_of(world, "coach")
    before = world.as_("coach")
    assert (await before.get(f"{API}/me")).status_code == 200
    code = await code_from(world, server, f" {email.upper()}")
    assert server.letters[-1]["To"] == email
    assert (await recover(world, code)).status_code == 204
    problem(await before.get(f"{API}/me"), 401, "not-signed-in")
    problem(await recover(world, code), 403, "wrong-code")
    client = world.as_(None)
    assert (
        await client.post(f"{API}/session", json={"email": email, "password": NEW_PASSWORD})
    ).status_code == 200


async def test_a_letter_ends_after_half_an_hour(world: World, server: MailServer) -> None:
    code = await code_from(world, server, await email_of(world, "coach"))
    left = await world.database.owner.fetchval(
        "SELECT extract(epoch FROM expires_at - now())::float / 60 FROM sts.recovery WHERE account_id = $1",
        world["coach"],
    )
    assert 29 < left <= 30
    await world.database.owner.execute("UPDATE sts.recovery SET expires_at = now()")
    problem(await recover(world, code), 403, "wrong-code")


async def test_the_answer_and_its_time_do_not_tell_who_has_an_account(
    world: World, server: MailServer
) -> None:
    await world.database.owner.execute("DELETE FROM sts.outgoing")
    answers = []
    for email in (await email_of(world, "coach"), "nobody@club.example"):
        began_s = time.monotonic()
        answers.append(await ask(world, email))
        assert time.monotonic() - began_s >= ANSWER_S
    known, unknown = answers
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert {*known.headers} == {*unknown.headers}
    assert await world.database.owner.fetchval("SELECT count(*) FROM sts.outgoing") == 1


async def test_a_disabled_account_is_as_unknown(world: World, server: MailServer) -> None:
    await world.database.owner.execute("DELETE FROM sts.outgoing")
    await world.database.owner.execute(
        "UPDATE sts.account SET disabled_at = now() WHERE id = $1", world["coach"]
    )
    assert (await ask(world, await email_of(world, "coach"))).status_code == 202
    assert await world.database.owner.fetchval("SELECT count(*) FROM sts.outgoing") == 0


@pytest.mark.parametrize("known", [True, False])
async def test_nobody_is_flooded_with_letters(world: World, server: MailServer, known: bool) -> None:
    email = await email_of(world, "coach") if known else "nobody@club.example"
    answers = [await ask(world, email) for _ in range(ACCOUNT_LETTERS + 1)]
    assert [answer.status_code for answer in answers] == [202] * ACCOUNT_LETTERS + [429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 3600


async def test_who_asks_in_anothers_name_undoes_no_code_of_an_admin(world: World, server: MailServer) -> None:
    made = await world.as_("admin").post(f"{API}/accounts/{world['coach']}/recovery")
    by_mail = await code_from(world, server, await email_of(world, "coach"))
    assert (await recover(world, made.json()["code"])).status_code == 204
    problem(await recover(world, by_mail), 403, "wrong-code")  # once used, both are


async def test_without_a_mail_server_the_other_way_is_told(world: World) -> None:
    known, unknown = await ask(world, await email_of(world, "coach")), await ask(world, "nobody@club.example")
    told = problem(known, 409, "conflict")
    assert "admin" in told["way_out"]
    assert told["detail"] == problem(unknown, 409, "conflict")["detail"]
