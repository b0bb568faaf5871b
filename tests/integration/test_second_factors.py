"""Authenticator apps and backup codes: set up, asked for at the sign-in, used once, taken away; and what a club asks of its roles."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pyotp
import pytest
from argon2 import PasswordHasher

from api_support import PASSWORD, ApiDatabase, World, client_of, hub_program, problem
from sts_hub.accounts.signing_in import ACCOUNT_TRIES
from sts_hub.kit.sealing import Sealing

# Signing in needs nothing that differs between the servers.
pytestmark = pytest.mark.one_generation

API = "/api/v1"
MINE = f"{API}/me/second-factor"
RULE = f"{API}/club/second-factor"
_cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


class Person:
    """Somebody of the world with PASSWORD, and perhaps an app."""

    def __init__(self, world: World, who: str, email: str) -> None:
        self.world, self.who, self.email = world, who, email
        self.secret = ""
        self.backup: list[str] = []

    def code(self, steps: int = 0) -> str:
        """The app's code, so many steps from now."""
        return pyotp.TOTP(self.secret).at(int(time.time()), counter_offset=steps)

    async def set_up(self) -> None:
        """Enrol an app; its code of now is used up by that."""
        client = self.world.as_(self.who)
        begun = await client.post(MINE)
        assert begun.status_code == 201, begun.text
        self.secret = begun.json()["secret"]
        done = await client.post(f"{MINE}/confirmation", json={"code": self.code(-1)})
        assert done.status_code == 200, done.text
        self.backup = done.json()["codes"]

    async def knock(self) -> tuple[httpx.AsyncClient, httpx.Response]:
        """A browser that has sent the password, and the answer."""
        client = self.world.as_(None)
        return client, await client.post(f"{API}/session", json={"email": self.email, "password": PASSWORD})

    async def answer(self, code: str) -> tuple[httpx.AsyncClient, httpx.Response]:
        """A browser that has sent password and code, and the answer."""
        client, knocked = await self.knock()
        assert knocked.status_code == 202, knocked.text
        return client, await client.post(f"{API}/session/code", json={"code": code})


async def person(world: World, who: str) -> Person:
    owner = world.database.owner
    await owner.execute("UPDATE sts.account SET password_hash = $2 WHERE id = $1", world[who], _cheap)
    await world.login(who)
    return Person(world, who, await owner.fetchval("SELECT email FROM sts.account WHERE id = $1", world[who]))


@pytest.fixture
async def coach(world: World) -> Person:
    return await person(world, "coach")


async def test_until_it_is_confirmed_an_app_is_not_asked_for(coach: Person) -> None:
    client = coach.world.as_("coach")
    begun = (await client.post(MINE)).json()
    assert begun["secret"] in begun["address"]
    assert begun["qr_svg"].startswith("<svg")
    assert (await client.get(MINE)).json()["confirmed_at"] is None
    _, answer = await coach.knock()
    assert answer.status_code == 200


async def test_a_wrong_code_confirms_nothing(coach: Person) -> None:
    client = coach.world.as_("coach")
    await client.post(MINE)
    problem(await client.post(f"{MINE}/confirmation", json={"code": "000000"}), 403, "wrong-factor")
    assert (await client.get(MINE)).json()["confirmed_at"] is None


async def test_after_the_password_a_code_is_asked_for_and_only_then_is_somebody_in(coach: Person) -> None:
    await coach.set_up()
    client, knocked = await coach.knock()
    assert knocked.status_code == 202
    assert knocked.json()["step"] == "code"
    assert "HttpOnly" in knocked.headers["set-cookie"]
    problem(await client.get(f"{API}/me"), 401, "not-signed-in")
    answer = await client.post(f"{API}/session/code", json={"code": coach.code()})
    assert answer.json()["role"] == "coach"
    assert (await client.get(f"{API}/me")).status_code == 200


async def test_a_code_counts_once(coach: Person) -> None:
    await coach.set_up()
    code = coach.code()
    assert (await coach.answer(code))[1].status_code == 200
    problem((await coach.answer(code))[1], 403, "wrong-factor")
    assert (await coach.answer(coach.code(1)))[1].status_code == 200


async def test_of_two_at_once_with_one_code_one_gets_in(coach: Person) -> None:
    await coach.set_up()
    code = coach.code()
    both = await asyncio.gather(coach.answer(code), coach.answer(code))
    assert sorted(answer.status_code for _, answer in both) == [200, 403]


async def test_the_code_that_confirmed_the_app_signs_nobody_in(coach: Person) -> None:
    await coach.set_up()
    problem((await coach.answer(coach.code(-1)))[1], 403, "wrong-factor")


async def test_a_backup_code_counts_once_however_it_is_typed(coach: Person) -> None:
    await coach.set_up()
    typed = coach.backup[3].upper().replace("-", " ")
    assert (await coach.answer(typed))[1].status_code == 200
    problem((await coach.answer(coach.backup[3]))[1], 403, "wrong-factor")
    assert (await coach.world.as_("coach").get(MINE)).json()["backup_codes"] == 9


async def test_neither_secret_nor_backup_codes_can_be_read_in_the_database(coach: Person) -> None:
    await coach.set_up()
    owner = coach.world.database.owner
    sealed = await owner.fetchval(
        "SELECT secret FROM sts.authenticator WHERE account_id = $1", coach.world["coach"]
    )
    assert coach.secret.encode() not in sealed
    kept = await owner.fetch(
        "SELECT b::text FROM sts.backup_code b WHERE account_id = $1", coach.world["coach"]
    )
    assert len(kept) == 10
    assert not any(code.replace("-", "") in str(row) for code in coach.backup for row in kept)


async def test_codes_are_tried_a_few_times_only_even_when_one_signs_in_anew_for_each(coach: Person) -> None:
    await coach.set_up()
    for _ in range(ACCOUNT_TRIES):
        problem((await coach.answer("000000"))[1], 403, "wrong-factor")
    problem((await coach.answer(coach.code()))[1], 429, "too-many-tries")


async def test_a_step_is_taken_in_the_browser_that_began_it_within_minutes_and_once(coach: Person) -> None:
    await coach.set_up()
    other = coach.world.as_(None)
    problem(await other.post(f"{API}/session/code", json={"code": coach.code()}), 401, "step-ended")
    client, _ = await coach.knock()
    await coach.world.database.owner.execute(
        "UPDATE sts.challenge SET expires_at = now() WHERE account_id = $1", coach.world["coach"]
    )
    problem(await client.post(f"{API}/session/code", json={"code": coach.code()}), 401, "step-ended")
    client, _ = await coach.knock()
    step = client.cookies["sts-step"]
    assert (await client.post(f"{API}/session/code", json={"code": coach.code()})).status_code == 200
    client.cookies.set("sts-step", step)
    problem(await client.post(f"{API}/session/code", json={"code": coach.code(1)}), 401, "step-ended")


@pytest.mark.parametrize("change", [{"disabled": True}, {"password": "seven green giraffes yawn"}])
async def test_a_step_ends_with_what_was_proved_before_it(coach: Person, change: dict[str, Any]) -> None:
    await coach.set_up()
    client, _ = await coach.knock()
    path = f"{API}/accounts/{coach.world['coach']}"
    assert (await coach.world.as_("admin").patch(path, json=change)).status_code == 200
    answer = await client.post(f"{API}/session/code", json={"code": coach.code()})
    problem(answer, 401, "wrong-credentials")


async def test_taking_it_away_needs_password_and_code(coach: Person) -> None:
    await coach.set_up()
    client = coach.world.as_("coach")
    path = f"{MINE}/removal"
    proof = {"password": PASSWORD, "code": coach.code()}
    problem(await client.post(path, json=proof | {"password": "wrong"}), 401, "wrong-credentials")
    problem(await client.post(path, json=proof | {"code": "000000"}), 403, "wrong-factor")
    assert (await client.post(path, json=proof)).status_code == 204
    assert (await coach.knock())[1].status_code == 200


async def test_new_backup_codes_take_the_place_of_the_old(coach: Person) -> None:
    await coach.set_up()
    old = coach.backup[0]
    proof = {"password": PASSWORD, "code": coach.code()}
    made = await coach.world.as_("coach").post(f"{MINE}/backup-codes", json=proof)
    assert len(made.json()["codes"]) == 10
    problem((await coach.answer(old))[1], 403, "wrong-factor")
    assert (await coach.answer(made.json()["codes"][0]))[1].status_code == 200


async def test_a_second_app_is_not_set_up_beside_the_first(coach: Person) -> None:
    await coach.set_up()
    problem(await coach.world.as_("coach").post(MINE), 409, "conflict")


async def test_an_admin_resets_for_somebody_else_which_ends_their_logins_and_is_noted(coach: Person) -> None:
    await coach.set_up()
    world, path = coach.world, f"{API}/accounts/{coach.world['coach']}/second-factor"
    for who, status, kind in (
        ("coach", 403, "not-allowed"),
        ("director", 403, "not-allowed"),
        ("other_admin", 404, "not-found"),
    ):
        problem(await world.as_(who).delete(path), status, kind)
    before = world.as_("coach")
    assert (await world.as_("admin").delete(path)).status_code == 204
    problem(await before.get(f"{API}/me"), 401, "not-signed-in")
    assert (await coach.knock())[1].status_code == 200
    noted = await world.database.owner.fetchval(
        "SELECT things FROM sts.audit WHERE account_id = $1 AND act = 'reset_second_factor'", world["admin"]
    )
    assert str(world["coach"]) in noted


async def test_an_admin_does_not_reset_the_own_one(world: World) -> None:
    admin = await person(world, "admin")
    await admin.set_up()
    problem(
        await world.as_("admin").delete(f"{API}/accounts/{world['admin']}/second-factor"), 409, "conflict"
    )


async def test_whoever_runs_the_hub_resets_the_one_of_a_clubs_only_admin(
    world: World, postgres: Any, rabbitmq: Any, api_database: ApiDatabase
) -> None:
    admin = await person(world, "admin")
    await admin.set_up()
    hub = await hub_program(postgres, rabbitmq, api_database)
    code, told = await hub.run("second-factor", "reset", admin.email.upper())
    assert code == 0, told
    assert (await admin.knock())[1].status_code == 200
    code, told = await hub.run("second-factor", "reset", "nobody@club.example")
    assert code == 1
    assert "There is no account" in told
    assert "Traceback" not in told


async def test_a_role_that_must_have_one_can_only_set_it_up_until_it_has(coach: Person) -> None:
    world = coach.world
    assert (await world.as_("admin").put(RULE, json={"required_of": ["coach"]})).status_code == 200
    client = world.as_("coach")
    problem(await client.get(f"{API}/teams"), 403, "second-factor-owed")
    problem(
        await client.post(f"{API}/me/tokens", json={"name": "x", "scopes": ["see"]}),
        403,
        "second-factor-owed",
    )
    assert (await client.get(f"{API}/me")).json()["owes_factor"] is True
    await coach.set_up()
    assert (await client.get(f"{API}/teams")).status_code == 200
    assert (await client.get(f"{API}/me")).json()["owes_factor"] is False
    assert (await world.as_("trainer").get(f"{API}/teams")).status_code == 200, "nobody asked the trainer"


async def test_taking_a_required_one_away_leaves_a_login_that_can_only_set_up_a_new_one(
    coach: Person,
) -> None:
    await coach.set_up()
    await coach.world.as_("admin").put(RULE, json={"required_of": ["coach"]})
    client, _ = await coach.answer(coach.code())
    assert (await client.get(f"{API}/teams")).status_code == 200
    gone = await client.post(f"{MINE}/removal", json={"password": PASSWORD, "code": coach.code(1)})
    assert gone.status_code == 204
    problem(await client.get(f"{API}/teams"), 403, "second-factor-owed")


async def test_only_admins_say_who_must_have_one(world: World) -> None:
    for who in ("director", "coach", "trainer", "athlete", "technician", "guardian"):
        problem(await world.as_(who).put(RULE, json={"required_of": []}), 403, "not-allowed")
        assert (await world.as_(who).get(RULE)).json() == {"required_of": []}
    await world.as_("other_admin").put(RULE, json={"required_of": ["director"]})
    assert (await world.as_("director").get(f"{API}/teams")).status_code == 200


async def test_a_hub_without_a_key_offers_none_and_says_who_can_change_that(coach: Person) -> None:
    parts = coach.world.app.state.parts
    kept, parts[Sealing] = parts[Sealing], Sealing("")
    try:
        client = coach.world.as_("coach")
        assert (await client.get(MINE)).json()["possible"] is False
        told = problem(await client.post(MINE), 409, "conflict")
        assert "STS_SEALING_KEY_FILE" in told["way_out"]
        problem(await coach.world.as_("admin").put(RULE, json={"required_of": ["coach"]}), 409, "conflict")
    finally:
        parts[Sealing] = kept


async def test_a_token_for_scripts_touches_no_second_factor(world: World) -> None:
    made = await world.as_("admin").post(f"{API}/me/tokens", json={"name": "x", "scopes": ["see", "change"]})
    script = client_of(world.app, None)
    script.headers["Authorization"] = f"Bearer {made.json()['token']}"
    world.clients.append(script)
    problem(await script.get(MINE), 403, "not-allowed")
    problem(await script.post(MINE), 403, "not-allowed")
    problem(await script.put(RULE, json={"required_of": []}), 403, "not-allowed")
