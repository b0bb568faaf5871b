"""A change sent twice is made once, and the second sender hears what the first one heard."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

import sts_hub
from api_support import World, problem
from sts_hub.api.document import bare, document
from sts_hub.kit.shapes import ShownOnce
from sts_hub.maintenance import retention

API = "/api/v1"
KEY = {"Idempotency-Key": "5f0c9a52-the-tablet"}


def athlete(world: World, name: str = "Nina") -> dict:
    return {"team_id": str(world["red"]), "name": name, "number": 23}


async def names(world: World) -> list[str]:
    return [one["name"] for one in (await world.as_("admin").get(f"{API}/athletes")).json()["items"]]


async def test_the_same_change_under_one_key_is_made_once(world: World) -> None:
    coach = world.as_("coach")
    answers = [await coach.post(f"{API}/athletes", json=athlete(world), headers=KEY) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert [answer.headers.get("idempotency-replayed") for answer in answers] == [None, "true", "true"]
    assert (await names(world)).count("Nina") == 1


async def test_without_a_key_it_is_made_twice(world: World) -> None:
    """The control: the key is what makes the difference."""
    coach = world.as_("coach")
    for _ in range(2):
        assert (await coach.post(f"{API}/athletes", json=athlete(world))).status_code == 201
    assert (await names(world)).count("Nina") == 2


async def test_of_many_at_once_one_is_made_and_all_hear_it(world: World) -> None:
    coach = world.as_("coach")
    sent = (coach.post(f"{API}/athletes", json=athlete(world), headers=KEY) for _ in range(5))
    answers = await asyncio.gather(*sent)
    assert {answer.json()["id"] for answer in answers} == {answers[0].json()["id"]}
    assert (await names(world)).count("Nina") == 1


async def test_another_change_under_the_same_key_is_refused(world: World) -> None:
    coach = world.as_("coach")
    await coach.post(f"{API}/athletes", json=athlete(world), headers=KEY)
    other = await coach.post(f"{API}/athletes", json=athlete(world, "Nora"), headers=KEY)
    assert "new key" in problem(other, 422, "invalid")["way_out"]
    elsewhere = await coach.patch(f"{API}/athletes/{world['rosa']}", json=athlete(world), headers=KEY)
    problem(elsewhere, 422, "invalid")
    assert "Nora" not in await names(world)


async def test_a_key_is_ones_own(world: World) -> None:
    for who in ("coach", "trainer"):
        answer = await world.as_(who).post(f"{API}/athletes", json=athlete(world), headers=KEY)
        assert answer.status_code == 201
    assert (await names(world)).count("Nina") == 2


async def test_what_was_refused_may_be_sent_again_under_its_key(world: World) -> None:
    body = {"sensor_id": world["rosa_strap"], "athlete_id": str(world["rudi"])}
    coach = world.as_("coach")
    problem(await coach.post(f"{API}/assignments", json=body, headers=KEY), 409, "conflict")
    await coach.patch(f"{API}/assignments/{world['rosa_worn']}", json={"to": "2026-03-01T00:00:00Z"})
    assert (await coach.post(f"{API}/assignments", json=body, headers=KEY)).status_code == 201


async def test_a_removal_is_told_again_as_it_was(world: World) -> None:
    coach, where = world.as_("coach"), f"{API}/assignments/{world['rosa_worn']}"
    answers = [await coach.delete(where, headers=KEY) for _ in range(2)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 2


async def test_after_a_day_a_key_is_free(world: World) -> None:
    coach = world.as_("coach")
    await coach.post(f"{API}/athletes", json=athlete(world), headers=KEY)
    await world.database.owner.execute(
        "UPDATE sts.kept_answer SET made_at = now() - interval '25 hours' WHERE account_id = $1",
        world["coach"],
    )
    assert (await coach.post(f"{API}/athletes", json=athlete(world), headers=KEY)).status_code == 201
    assert (await names(world)).count("Nina") == 2


@pytest.mark.parametrize("key", ["short", "x" * 65, "with a space", "é" * 8])
async def test_a_key_that_is_none_is_refused(world: World, key: str) -> None:
    answer = await world.as_("coach").post(
        f"{API}/athletes", json=athlete(world), headers={"Idempotency-Key": key.encode()}
    )
    problem(answer, 422, "invalid")


def writes() -> Iterator[tuple[str, dict]]:
    """What writes, but for signing in, where nobody is known yet, and previews, which store nothing."""
    for path, item in document(bare())["paths"].items():
        if path.startswith("/api/v1/session/") or path == "/api/v1/session" or path.endswith("/preview"):
            continue
        for method, operation in item.items():
            if method in ("post", "put", "patch", "delete"):
                yield f"{method} {path}", operation


# A password is asked for as slowly as at signing in, in transactions of its own.
WITHOUT_KEY = {"change_password"}
# A file is known by its bytes, and so is the same one sent again; a push by its athlete and time.
KNOWN_BY_CONTENT = {
    "add_activity",
    "add_activity_of_document",
    "add_push",
    "send_named_file",
    "send_result_file",
}


def test_every_route_that_writes_takes_a_key() -> None:
    without = [
        name
        for name, operation in writes()
        if operation["operationId"] not in WITHOUT_KEY | KNOWN_BY_CONTENT
        and not any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", []))
    ]
    assert without == []


async def test_the_nightly_round_forgets_what_is_older_than_a_day(world: World) -> None:
    coach, owner = world.as_("coach"), world.database.owner
    for key in ("of-yesterday", "of-today"):
        await coach.post(f"{API}/athletes", json=athlete(world), headers={"Idempotency-Key": key})
    aged = "UPDATE sts.kept_answer SET made_at = now() - interval '25 hours' WHERE key = 'of-yesterday'"
    await owner.execute(aged)
    assert await retention.forget_answers(owner) >= 1
    left = await owner.fetch("SELECT key FROM sts.kept_answer WHERE account_id = $1", world["coach"])
    assert [row["key"] for row in left] == ["of-today"]


async def test_answers_about_an_athlete_go_with_the_athlete(world: World) -> None:
    """And others stay: of Bea nothing was erased."""
    coach, owner = world.as_("admin"), world.database.owner
    for name in ("rosa", "bea"):
        path = f"{API}/athletes/{world[name]}/parameters"
        body = {"name": "mass", "value": 62, "source": "measured"}
        await coach.post(path, json=body, headers={"Idempotency-Key": f"of-{name}-alone"})
    await owner.execute("DELETE FROM sts.athlete WHERE id = $1", world["rosa"])
    left = await owner.fetch("SELECT key FROM sts.kept_answer WHERE account_id = $1", world["admin"])
    assert [row["key"] for row in left] == ["of-bea-alone"]


async def test_a_code_is_told_once_and_kept_nowhere(world: World) -> None:
    admin, path = world.as_("admin"), f"{API}/enrolment-codes"
    made = await admin.post(path, json={"site": "Pitch"}, headers=KEY)
    assert made.status_code == 201
    again = await admin.post(path, json={"site": "Pitch"}, headers=KEY)
    assert "only once" in problem(again, 422, "invalid")["detail"]
    bodies = await world.database.owner.fetch(
        "SELECT body FROM sts.kept_answer WHERE account_id = $1", world["admin"]
    )
    assert [row["body"] for row in bodies] == [None]


SECRET = {"code", "token", "password", "secret", "recovery_codes", "codes"}


def test_no_answer_of_a_change_holds_a_secret_and_is_kept() -> None:
    """Whatever a route answers under such a name is declared as told once."""
    secret = {
        route.name: issubclass(route.response_model, ShownOnce)
        for route in bare_routes()
        if route.methods & {"POST", "PUT", "PATCH"} and isinstance(route.response_model, type)
        if SECRET & getattr(route.response_model, "model_fields", {}).keys()
    }
    assert secret.keys() >= {"add_enrolment_code", "begin_recovery", "make_token"}
    assert [name for name, told_once in secret.items() if not told_once] == []


def bare_routes() -> list[APIRoute]:
    """The routes of all features."""
    folders = sorted(path.parent.name for path in Path(sts_hub.__file__).parent.glob("*/endpoints.py"))
    found = [import_module(f"sts_hub.{folder}.endpoints").router.routes for folder in folders]
    assert len(found) > 20
    return [route for routes in found for route in routes]
