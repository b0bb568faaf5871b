"""Signing in and out, accounts, and everything that ends a login."""

from __future__ import annotations

import asyncio
import secrets

import httpx
import pytest
from argon2 import PasswordHasher

from api_support import (
    ORIGIN,
    PASSWORD,
    World,
    client_of,
    problem,
)
from sts_hub.accounts.schemas import SignIn
from sts_hub.accounts.signing_in import ACCOUNT_TRIES, WINDOW_S, Doorkeeper, Visit
from sts_hub.errors import TooMany, WrongCredentials
from sts_hub.kit.database import Database

API = "/api/v1"
NEW_PASSWORD = "seven green giraffes yawn"
_cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
async def email(world: World) -> str:
    """The coach's e-mail, with PASSWORD as password."""
    owner = world.database.owner
    await owner.execute(
        "UPDATE sts.account SET password_hash = $2 WHERE id = $1", world["coach"], _cheap.hash(PASSWORD)
    )
    await world.login("coach")
    return str(await owner.fetchval("SELECT email FROM sts.account WHERE id = $1", world["coach"]))


async def sign_in(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> httpx.Response:
    return await client.post(f"{API}/session", json={"email": email, "password": password})


async def test_signing_in_gives_a_cookie_that_scripts_cannot_read(world: World, email: str) -> None:
    client = world.as_(None)
    answer = await sign_in(client, email.upper())
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert len(client.cookies["sts"]) >= 43
    assert (await client.get(f"{API}/me")).json()["role"] == "coach"


async def test_only_the_hash_of_the_token_is_stored(world: World, email: str) -> None:
    client = world.as_(None)
    await sign_in(client, email)
    stored = await world.database.owner.fetch(
        "SELECT token_hash FROM sts.login WHERE account_id = $1", world["coach"]
    )
    assert client.cookies["sts"].encode() not in [row["token_hash"] for row in stored]


async def test_each_signing_in_makes_a_new_token_and_ends_the_one_brought(world: World, email: str) -> None:
    client = world.as_(None)
    await sign_in(client, email)
    before = client.cookies["sts"]
    await sign_in(client, email)
    assert client.cookies["sts"] != before
    problem(await client_of(world.app, before).get(f"{API}/me"), 401, "not-signed-in")


async def test_a_wrong_password_and_an_unknown_account_get_the_same_answer(world: World, email: str) -> None:
    wrong = problem(await sign_in(world.as_(None), email, "wrong"), 401, "wrong-credentials")
    unknown = problem(await sign_in(world.as_(None), "nobody@club.example"), 401, "wrong-credentials")
    del wrong["request_id"], unknown["request_id"]
    assert wrong == unknown


async def test_for_an_unknown_account_a_password_is_checked_all_the_same(
    world: World, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    passwords = world.app.state.parts[Doorkeeper].passwords
    plain = passwords._verified
    monkeypatch.setattr(
        passwords, "_verified", lambda hashed, given: checked.append(hashed) or plain(hashed, given)
    )
    await sign_in(world.as_(None), "nobody@club.example")
    await sign_in(world.as_(None), email, "wrong")
    assert len(checked) == 2
    # The one checked for nobody is as dear as those that are made for accounts.
    assert checked[0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_a_disabled_account_is_as_unknown(world: World, email: str) -> None:
    await world.database.owner.execute(
        "UPDATE sts.account SET disabled_at = now() WHERE id = $1", world["coach"]
    )
    problem(await sign_in(world.as_(None), email), 401, "wrong-credentials")


async def test_after_ten_wrong_tries_even_the_right_password_waits(world: World, email: str) -> None:
    client = world.as_(None)
    for _ in range(ACCOUNT_TRIES):
        problem(await sign_in(client, email, "wrong"), 401, "wrong-credentials")
    answer = await sign_in(client, email)
    problem(answer, 429, "too-many-tries")
    assert 0 < int(answer.headers["retry-after"]) <= 900


async def test_all_processes_of_the_api_share_one_limit(world: World, email: str) -> None:
    """Two processes on one database: tries at either count for both, and success at one forgives at both."""
    before = world.app.state.parts[Doorkeeper]
    other = Doorkeeper(Database(world.database.api_dsn), before.passwords, before.factors)
    await other._database.open()
    visit = Visit("192.0.2.9")
    given = SignIn(email=email, password="wrong")
    client = world.as_(None)
    for number in range(ACCOUNT_TRIES):
        if number % 2:
            with pytest.raises(WrongCredentials):
                await other.admit(visit, given)
        else:
            problem(await sign_in(client, email, "wrong"), 401, "wrong-credentials")
    problem(await sign_in(client, email), 429, "too-many-tries")
    with pytest.raises(TooMany):
        await other.admit(visit, given)
    problem(await sign_in(client, "nobody@club.example"), 401, "wrong-credentials")  # the control: others may
    kept = await world.database.owner.fetchval("SELECT string_agg(t::text, ' ') FROM sts.tried t")
    assert email not in kept
    await other._tries.forgive(email)
    assert (await sign_in(client, email)).status_code == 200
    await other._database.close()


async def test_tries_count_for_the_time_of_the_window_only(world: World, email: str) -> None:
    client = world.as_(None)
    for _ in range(ACCOUNT_TRIES):
        await sign_in(client, email, "wrong")
    problem(await sign_in(client, email), 429, "too-many-tries")
    await world.database.owner.execute(
        "UPDATE sts.tried SET times = ARRAY(SELECT t - make_interval(secs => $1) FROM unnest(times) t)",
        WINDOW_S,
    )
    assert (await sign_in(client, email)).status_code == 200


async def test_a_burst_of_tries_is_counted_before_it_is_checked(world: World, email: str) -> None:
    client = world.as_(None)
    answers = await asyncio.gather(*(sign_in(client, email, "wrong") for _ in range(2 * ACCOUNT_TRIES)))
    assert sum(answer.status_code == 401 for answer in answers) <= ACCOUNT_TRIES


async def test_signing_in_forgives_the_tries_before(world: World, email: str) -> None:
    client = world.as_(None)
    for _ in range(2):
        for _ in range(ACCOUNT_TRIES - 1):
            await sign_in(client, email, "wrong")
        assert (await sign_in(client, email)).status_code == 200


async def test_signing_out_ends_the_login(world: World, email: str) -> None:
    client = world.as_(None)
    await sign_in(client, email)
    token = client.cookies["sts"]
    answer = await client.delete(f"{API}/session")
    assert answer.status_code == 204
    assert "sts=" in answer.headers["set-cookie"]
    problem(await client_of(world.app, token).get(f"{API}/me"), 401, "not-signed-in")


async def test_signing_out_twice_is_no_error(world: World) -> None:
    assert (await world.as_(None).delete(f"{API}/session")).status_code == 204


@pytest.mark.parametrize("change", [{"role": "trainer"}, {"disabled": True}, {"password": NEW_PASSWORD}])
async def test_a_new_role_a_new_password_and_disabling_end_every_login(world: World, change: dict) -> None:
    coach = world.as_("coach")
    changed = await world.as_("admin").patch(f"{API}/accounts/{world['coach']}", json=change)
    assert changed.status_code == 200
    problem(await coach.get(f"{API}/me"), 401, "not-signed-in")


async def test_a_new_name_ends_no_login(world: World) -> None:
    await world.as_("admin").patch(f"{API}/accounts/{world['coach']}", json={"name": "New Name"})
    assert (await world.as_("coach").get(f"{API}/me")).json()["name"] == "New Name"


async def test_changing_the_own_password_asks_for_the_old_one(world: World, email: str) -> None:
    coach = world.as_("coach")
    body = {"current": "wrong", "new": NEW_PASSWORD}
    problem(await coach.put(f"{API}/me/password", json=body), 401, "wrong-credentials")
    assert (await coach.put(f"{API}/me/password", json=body | {"current": PASSWORD})).status_code == 204
    problem(await coach.get(f"{API}/me"), 401, "not-signed-in")
    assert (await sign_in(world.as_(None), email, NEW_PASSWORD)).status_code == 200


@pytest.mark.parametrize("password", ["password123", "qwertyuiop", "coach@club", "Coach Coach"])
async def test_a_guessable_password_is_refused(world: World, email: str, password: str) -> None:
    body = {"current": PASSWORD, "new": password}
    told = problem(await world.as_("coach").put(f"{API}/me/password", json=body), 422, "invalid")
    assert password not in str(told)


async def test_an_admin_adds_an_account_that_can_sign_in(world: World) -> None:
    admin, email = world.as_("admin"), f"new-{secrets.token_hex(4)}@club.example"
    body = {
        "email": email,
        "name": "Nia",
        "role": "coach",
        "password": NEW_PASSWORD,
        "teams": [str(world["blue"])],
    }
    added = await admin.post(f"{API}/accounts", json=body)
    assert added.status_code == 201
    assert "password" not in added.text
    problem(await admin.post(f"{API}/accounts", json=body), 409, "conflict")
    client = world.as_(None)
    assert (await sign_in(client, email, NEW_PASSWORD)).json()["teams"] == [str(world["blue"])]


async def test_teams_of_another_club_cannot_be_given(world: World) -> None:
    body = {"teams": [str(world["green"])]}
    problem(await world.as_("admin").patch(f"{API}/accounts/{world['coach']}", json=body), 404, "not-found")


async def test_the_last_admin_stays(world: World) -> None:
    path = f"{API}/accounts/{world['admin']}"
    for change in ({"role": "coach"}, {"disabled": True}):
        problem(await world.as_("admin").patch(path, json=change), 409, "conflict")


async def test_accounts_are_seen_by_role(world: World) -> None:
    seen = {}
    for who in ("admin", "director", "coach", "athlete"):
        answer = (await world.as_(who).get(f"{API}/accounts")).json()
        seen[who] = len(answer["items"])
    assert seen == {"admin": 7, "director": 7, "coach": 1, "athlete": 1}
    problem(await world.as_("other_admin").get(f"{API}/accounts/{world['coach']}"), 404, "not-found")
    problem(await world.as_("coach").get(f"{API}/accounts/{world['admin']}"), 404, "not-found")


async def test_nobody_raises_the_own_role(world: World) -> None:
    for who in ("director", "coach", "athlete", "technician"):
        asking, path = world.as_(who), f"{API}/accounts/{world[who]}"
        problem(await asking.patch(path, json={"role": "admin"}), 403, "not-allowed")
        assert (await asking.patch(path, json={"name": "Me"})).json()["role"] == who
    body = {"email": "x@y.example", "name": "X", "role": "admin", "password": NEW_PASSWORD}
    problem(await world.as_("director").post(f"{API}/accounts", json=body), 403, "not-allowed")


async def test_a_change_from_another_site_is_refused(world: World) -> None:
    client = world.as_("admin")
    for headers in ({"X-STS-Request": "0"}, {"Origin": "http://evil.test"}, {"Origin": "null"}):
        answer = await client.post(f"{API}/teams", json={"name": "Mine"}, headers=headers)
        problem(answer, 403, "cross-site")
    del client.headers["Origin"]
    problem(await client.post(f"{API}/teams", json={"name": "Mine"}), 403, "cross-site")
    assert {team["name"] for team in (await client.get(f"{API}/teams")).json()["items"]} == {"Red", "Blue"}
    assert client.base_url == ORIGIN


async def code_for(world: World, who: str) -> str:
    answer = await world.as_("admin").post(f"{API}/accounts/{world[who]}/recovery")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["code"])


async def recover(world: World, code: str) -> httpx.Response:
    return await world.as_(None).post(
        f"{API}/session/recovery", json={"code": code, "password": NEW_PASSWORD}
    )


async def test_a_code_from_an_admin_sets_a_password_once_and_ends_all_logins(
    world: World, email: str
) -> None:
    code, before = await code_for(world, "coach"), world.as_("coach")
    assert (await recover(world, f" {code.upper()} ")).status_code == 204
    problem(await before.get(f"{API}/me"), 401, "not-signed-in")
    assert (await sign_in(world.as_(None), email, NEW_PASSWORD)).status_code == 200
    problem(await recover(world, code), 403, "wrong-code")


async def test_a_code_that_ended_and_one_that_never_was_get_the_same_answer(world: World) -> None:
    code = await code_for(world, "coach")
    newer = await code_for(world, "coach")
    old, never = await recover(world, code), await recover(world, "0" * 16)
    await world.database.owner.execute("UPDATE sts.recovery SET expires_at = now()")
    late = await recover(world, newer)
    told = [problem(answer, 403, "wrong-code")["detail"] for answer in (old, never, late)]
    assert len(set(told)) == 1


async def test_a_guessable_password_does_not_use_the_code_up(world: World) -> None:
    code = await code_for(world, "coach")
    weak = {"code": code, "password": "password1"}
    problem(await world.as_(None).post(f"{API}/session/recovery", json=weak), 422, "invalid")
    assert (await recover(world, code)).status_code == 204


async def test_only_an_admin_of_the_club_makes_a_code(world: World) -> None:
    path = f"{API}/accounts/{world['coach']}/recovery"
    for who in ("director", "coach"):
        problem(await world.as_(who).post(path), 403, "not-allowed")
    problem(await world.as_("other_admin").post(path), 404, "not-found")


async def test_codes_are_tried_a_few_times_only(world: World) -> None:
    for _ in range(ACCOUNT_TRIES):
        problem(await recover(world, "0" * 16), 403, "wrong-code")
    answer = await recover(world, await code_for(world, "coach"))
    problem(answer, 429, "too-many-tries")
    assert int(answer.headers["retry-after"]) > 0
