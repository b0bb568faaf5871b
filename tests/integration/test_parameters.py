"""What formulas know of an athlete, over the API: somebody else first, then the good case."""

from __future__ import annotations

from uuid import uuid4

import pytest

from api_support import World, problem

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation

API = "/api/v1"


def path(world: World, name: str = "rosa") -> str:
    return f"{API}/athletes/{world[name]}/parameters"


async def test_parameters_of_athletes_out_of_reach_are_not_there(world: World) -> None:
    body = {"name": "hr_rest", "value": 48, "source": "measured"}
    for who in ("technician", "other_admin", "other_coach"):
        problem(await world.as_(who).get(path(world)), 404, "not-found")
        problem(await world.as_(who).post(path(world), json=body), 404, "not-found")
    problem(await world.as_("athlete").get(path(world, "rudi")), 404, "not-found")


async def test_an_athlete_sees_the_own_ones_and_enters_none(world: World) -> None:
    athlete = world.as_("athlete")
    assert [one["name"] for one in (await athlete.get(path(world))).json()["items"]] == ["hr_max"]
    body = {"name": "hr_rest", "value": 48, "source": "measured"}
    problem(await athlete.post(path(world), json=body), 403, "not-allowed")


async def test_a_value_holds_from_its_time_until_the_next(world: World) -> None:
    coach = world.as_("coach")
    for since, value in (("2026-03-01T00:00:00Z", 196), ("2026-05-01T00:00:00Z", 194)):
        body = {"name": "hr_max", "value": value, "source": "measured", "from": since}
        assert (await coach.post(path(world), json=body)).status_code == 201
    found = {}
    for at in (
        "2026-02-28T23:59:59Z",
        "2026-03-01T00:00:00Z",
        "2026-04-30T23:59:59Z",
        "2026-05-01T00:00:00Z",
    ):
        (one,) = (await coach.get(path(world), params={"at": at, "name": "hr_max"})).json()["items"]
        found[at[:10]] = (one["value"], one["source"], one["unit"])
    assert list(found.values()) == [
        (190, "coach", "/min"),
        (196, "measured", "/min"),
        (196, "measured", "/min"),
        (194, "measured", "/min"),
    ]
    history = (await coach.get(path(world), params={"limit": 2})).json()
    assert [one["value"] for one in history["items"]] == [194, 196]
    rest = (await coach.get(path(world), params={"cursor": history["next"]})).json()
    assert [one["value"] for one in rest["items"]] == [190]


async def test_the_wall_and_the_athlete_show_the_maximum_in_force_now(world: World) -> None:
    coach = world.as_("coach")
    for since, value in (("2026-03-01T00:00:00Z", 196.4), ("2190-01-01T00:00:00Z", 180)):
        body = {"name": "hr_max", "value": value, "source": "measured", "from": since}
        assert (await coach.post(path(world), json=body)).status_code == 201
    assert (await coach.get(f"{API}/athletes/{world['rosa']}")).json()["hr_max"] == 196


async def test_a_wrong_entry_is_removed_and_the_one_before_holds_again(world: World) -> None:
    coach = world.as_("coach")
    body = {"name": "hr_max", "value": 204, "source": "coach"}
    made = (await coach.post(path(world), json=body)).json()
    assert (await coach.delete(f"{path(world)}/{made['id']}")).status_code == 204
    problem(await coach.delete(f"{path(world)}/{made['id']}"), 404, "not-found")
    problem(await coach.delete(f"{path(world, 'rudi')}/{world['rosa_parameter']}"), 404, "not-found")
    assert (await coach.get(f"{API}/athletes/{world['rosa']}")).json()["hr_max"] == 190


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"name": "hr_max", "value": 300, "source": "measured"}, "100 and 250 /min"),
        ({"name": "mass", "value": 7, "source": "measured"}, "15 and 250 kg"),
        ({"name": "hr_max", "value": 190, "source": "estimate"}, "names its formula"),
        ({"name": "hr_max", "value": 190, "source": "coach", "formula": "tanaka_2001"}, "names its formula"),
    ],
)
async def test_what_cannot_be_is_refused_with_the_way_out(world: World, body: dict, word: str) -> None:
    told = problem(await world.as_("coach").post(path(world), json=body), 422, "invalid")
    assert word in told["detail"]


async def test_an_estimate_is_marked_with_its_formula(world: World) -> None:
    body = {"name": "lthr", "value": 171, "source": "estimate", "formula": "share_of_hr_max"}
    told = (await world.as_("trainer").post(path(world), json=body)).json()
    assert (told["source"], told["formula"]) == ("estimate", "share_of_hr_max")


async def test_two_values_from_one_time_on_contradict_each_other(world: World) -> None:
    body = {"name": "ftp", "value": 280, "source": "measured", "from": "2026-03-01T00:00:00Z"}
    coach = world.as_("coach")
    assert (await coach.post(path(world), json=body)).status_code == 201
    assert "DELETE" in problem(await coach.post(path(world), json=body), 409, "conflict")["way_out"]


async def test_a_proposal_accepted_holds_from_when_it_was_seen(world: World) -> None:
    made, coach = str(world["rosa_proposal"]), world.as_("coach")
    problem(await world.as_("athlete").post(f"{API}/proposals/{made}/accept"), 403, "not-allowed")
    accepted = await coach.post(f"{API}/proposals/{made}/accept")
    assert accepted.status_code == 201
    assert accepted.json().items() >= {"value": 197, "source": "measured"}.items()
    assert (await coach.get(f"{API}/athletes/{world['rosa']}")).json()["hr_max"] == 197
    problem(await coach.post(f"{API}/proposals/{made}/decline"), 409, "conflict")


async def test_a_proposal_declined_changes_nothing(world: World) -> None:
    coach = world.as_("coach")
    told = await coach.post(f"{API}/proposals/{world['rosa_proposal']}/decline")
    assert (told.status_code, told.json()["state"]) == (200, "declined")
    assert (await coach.get(f"{API}/athletes/{world['rosa']}")).json()["hr_max"] == 190
    left = (await coach.get(f"{API}/proposals", params={"state": "open"})).json()["items"]
    assert [one["athlete_id"] for one in left] == [str(world["rudi"])]


async def test_proposals_out_of_reach_are_not_there(world: World) -> None:
    problem(
        await world.as_("coach").post(f"{API}/proposals/{world['bea_proposal']}/accept"), 404, "not-found"
    )
    problem(await world.as_("coach").post(f"{API}/proposals/{uuid4()}/accept"), 404, "not-found")
