"""One's own logins and tokens: seen, ended, and no further than their scopes."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from api_support import ORIGIN, World, problem

API = "/api/v1"


async def make(world: World, who: str, *scopes: str, **more: Any) -> tuple[str, httpx.AsyncClient]:
    """A token's id, and a script that uses it: no cookie, no header of the hub's own pages."""
    made = await world.as_(who).post(f"{API}/me/tokens", json={"name": "script", "scopes": scopes, **more})
    assert made.status_code == 201, made.text
    script = httpx.AsyncClient(
        transport=httpx.ASGITransport(world.app),
        base_url=ORIGIN,
        headers={"Authorization": f"Bearer {made.json()['token']}"},
    )
    world.clients.append(script)
    return made.json()["id"], script


async def test_a_login_is_listed_and_ended_by_whoever_it_is_of(world: World) -> None:
    first = world.as_("coach")
    await world.login("coach")
    second = world.as_("coach")
    shown = (await second.get(f"{API}/me/logins")).json()["items"]
    assert sorted(one["this"] for one in shown) == [False, True]
    (other,) = [one["id"] for one in shown if not one["this"]]
    problem(await world.as_("admin").delete(f"{API}/me/logins/{other}"), 404, "not-found")
    assert (await first.get(f"{API}/me")).status_code == 200
    assert (await second.delete(f"{API}/me/logins/{other}")).status_code == 204
    problem(await first.get(f"{API}/me"), 401, "not-signed-in")
    assert (await second.get(f"{API}/me")).status_code == 200


async def test_a_token_is_shown_once_and_kept_as_a_hash(world: World) -> None:
    _, script = await make(world, "coach", "see")
    token = script.headers["authorization"].removeprefix("Bearer ")
    assert token.startswith("sts_")
    (shown,) = (await world.as_("coach").get(f"{API}/me/tokens")).json()["items"]
    assert "token" not in shown
    assert shown["last_used_at"] is None
    kept = await world.database.owner.fetchval(
        "SELECT t::text FROM sts.access_token t WHERE account_id = $1", world["coach"]
    )
    assert token not in kept
    assert (await script.get(f"{API}/me")).json()["role"] == "coach"
    (shown,) = (await world.as_("coach").get(f"{API}/me/tokens")).json()["items"]
    assert shown["last_used_at"] is not None


SAMPLES = {"metric": "heart_rate", "from": "2026-05-01T00:00:00Z", "to": "2026-05-01T01:00:00Z"}


@pytest.mark.parametrize(
    ("scopes", "sees", "measured", "changes"),
    [
        (("see",), 200, 404, 403),
        (("health",), 404, 200, 404),
        (("see", "health"), 200, 200, 403),
        (("see", "change"), 200, 404, 200),
        (("change",), 404, 404, 404),
    ],
)
async def test_a_token_goes_no_further_than_its_scopes(
    world: World, scopes: tuple[str, ...], sees: int, measured: int, changes: int
) -> None:
    _, script = await make(world, "coach", *scopes)
    path = f"{API}/athletes/{world['rosa']}"
    assert (await script.get(path)).status_code == sees
    assert (await script.get(f"{path}/samples", params=SAMPLES)).status_code == measured
    assert (await script.patch(path, json={"name": "Rosa"})).status_code == changes


async def test_a_token_goes_no_further_than_the_role(world: World) -> None:
    _, script = await make(world, "coach", "see", "health", "change")
    problem(await script.get(f"{API}/athletes/{world['bea']}"), 404, "not-found")
    problem(await script.post(f"{API}/teams", json={"name": "New"}), 403, "not-allowed")


async def test_a_token_opens_no_further_way_in(world: World) -> None:
    _, script = await make(world, "admin", "see", "health", "change")
    for path in ("logins", "tokens"):
        problem(await script.get(f"{API}/me/{path}"), 403, "not-allowed")
    problem(await script.post(f"{API}/me/tokens", json={"name": "x", "scopes": ["see"]}), 403, "not-allowed")
    change = {"current": "x", "new": "seven green giraffes yawn"}
    problem(await script.put(f"{API}/me/password", json=change), 403, "not-allowed")


@pytest.mark.parametrize("end", ["ended", "expired", "disabled"])
async def test_a_token_ends(world: World, end: str) -> None:
    token, script = await make(world, "coach", "see")
    owner = world.database.owner
    if end == "ended":
        problem(await world.as_("trainer").delete(f"{API}/me/tokens/{token}"), 404, "not-found")
        assert (await world.as_("coach").delete(f"{API}/me/tokens/{token}")).status_code == 204
    elif end == "expired":
        await owner.execute(
            "UPDATE sts.access_token SET expires_at = now() WHERE account_id = $1", world["coach"]
        )
    else:
        await owner.execute("UPDATE sts.account SET disabled_at = now() WHERE id = $1", world["coach"])
    problem(await script.get(f"{API}/me"), 401, "not-signed-in")


async def test_with_a_token_no_cookie_counts(world: World) -> None:
    """Else a page of another site could ride on the login of a browser without our header."""
    client = world.as_("admin")
    del client.headers["X-STS-Request"]
    client.headers["Authorization"] = "Bearer sts_guess"
    problem(await client.post(f"{API}/teams", json={"name": "Theirs"}), 401, "not-signed-in")
    del client.headers["Authorization"]
    problem(await client.post(f"{API}/teams", json={"name": "Theirs"}), 403, "cross-site")


async def test_a_password_that_somebody_else_sets_ends_the_tokens_and_ones_own_change_does_not(
    world: World,
) -> None:
    """By a recovery code, and by an admin's hand; somebody else's tokens go on."""
    owner, password = world.database.owner, {"password": "seven green giraffes yawn"}
    _, others = await make(world, "director", "see")
    for way in ("code", "admin", "own"):
        await world.login("coach")
        _, script = await make(world, "coach", "see")
        assert (await script.get(f"{API}/me")).status_code == 200
        about = f"{API}/accounts/{world['coach']}"
        if way == "code":
            code = (await world.as_("admin").post(f"{about}/recovery")).json()["code"]
            answer = await world.as_(None).post(f"{API}/session/recovery", json={"code": code, **password})
            assert answer.status_code == 204, answer.text
        elif way == "admin":
            assert (
                await world.as_("admin").patch(about, json={"password": "seven grey giraffes yawn"})
            ).status_code == 200
        else:
            change = {"current": "seven grey giraffes yawn", "new": "seven red giraffes yawn"}
            assert (await world.as_("coach").put(f"{API}/me/password", json=change)).status_code == 204
        status = (await script.get(f"{API}/me")).status_code
        assert status == (200 if way == "own" else 401), way
        await owner.execute("DELETE FROM sts.access_token WHERE account_id = $1", world["coach"])
    assert (await others.get(f"{API}/me")).status_code == 200
