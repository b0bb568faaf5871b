"""Sessions over the API: somebody else first, then the good case, then two people at once."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from api_support import World, problem

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation

API = "/api/v1"
FIVE, SIX = "2026-05-01T17:00:00Z", "2026-05-01T18:00:00Z"


def clock(minute: int) -> str:
    return f"2026-05-01T17:{minute:02}:00Z"


async def planned(client: httpx.AsyncClient, world: World, **more: Any) -> dict[str, Any]:
    body = {"team_id": str(world["red"]), "name": "Tempo", "planned_from": FIVE, "planned_to": SIX} | more
    made = await client.post(f"{API}/sessions", json=body)
    assert made.status_code == 201, made.text
    return made.json()


async def running(client: httpx.AsyncClient, world: World, **more: Any) -> str:
    """The path of a session that began at five."""
    path = f"{API}/sessions/{(await planned(client, world, **more))['id']}"
    assert (await client.post(f"{path}/start", json={"at": FIVE})).status_code == 200
    return path


async def phases(client: httpx.AsyncClient, path: str) -> list[tuple[str, str, str | None]]:
    told = (await client.get(f"{path}/timeline")).json()["phases"]
    return [(one["name"], one["from"][11:16], one["to"] and one["to"][11:16]) for one in told]


async def test_a_session_of_another_team_or_club_is_not_there(world: World) -> None:
    path = f"{API}/sessions/{(await planned(world.as_('coach'), world))['id']}"
    blue = f"{API}/sessions/{world['bea_session']}"
    for who, where in (("other_admin", path), ("other_coach", path), ("technician", path), ("coach", blue)):
        asking = world.as_(who)
        problem(await asking.get(where), 404, "not-found")
        problem(await asking.patch(where, json={"name": "x"}, headers={"If-Match": "*"}), 404, "not-found")
        problem(await asking.post(f"{where}/start", json={}), 404, "not-found")
    body = {"team_id": str(world["blue"]), "name": "Tempo"}
    problem(await world.as_("coach").post(f"{API}/sessions", json=body), 404, "not-found")


async def test_an_athlete_sees_the_own_part_and_changes_nothing(world: World) -> None:
    path = await running(world.as_("coach"), world, notes="Rudi seems tired.")
    coach, athlete = world.as_("coach"), world.as_("athlete")
    await coach.post(f"{path}/phases", json={"name": "Warm-up", "at": FIVE})
    await coach.post(
        f"{path}/markers", json={"name": "Fall", "at": clock(5), "athlete_id": str(world["rudi"])}
    )
    told = (await athlete.get(path)).json()
    assert [one["athlete_id"] for one in told["roster"]] == [str(world["rosa"])]
    assert told["notes"] is None
    timeline = (await athlete.get(f"{path}/timeline")).json()
    assert [one["athlete_id"] for one in timeline["phases"][0]["athletes"]] == [str(world["rosa"])]
    assert timeline["markers"] == []
    problem(await athlete.post(f"{path}/end", json={}), 403, "not-allowed")
    problem(await athlete.post(f"{path}/markers", json={"name": "x"}), 403, "not-allowed")


async def test_a_session_is_planned_begun_and_ended_once(world: World) -> None:
    coach = world.as_("coach")
    made = await planned(coach, world)
    path = f"{API}/sessions/{made['id']}"
    assert (made["state"], made["kind"], len(made["roster"])) == ("planned", "training", 2)
    problem(await coach.post(f"{path}/end", json={}), 409, "conflict")
    begun = (await coach.post(f"{path}/start", json={"at": clock(2)})).json()
    assert (begun["state"], begun["started_at"]) == ("running", clock(2))
    problem(await coach.post(f"{path}/start", json={}), 409, "conflict")
    problem(await coach.post(f"{path}/end", json={"at": clock(1)}), 422, "invalid")
    problem(await coach.post(f"{path}/end", json={"at": "2199-01-01T00:00:00Z"}), 422, "invalid")
    ended = (await coach.post(f"{path}/end", json={"at": clock(50)})).json()
    assert (ended["state"], ended["ended_at"]) == ("ended", clock(50))


async def test_what_runs_ends_with_the_session(world: World) -> None:
    coach = world.as_("coach")
    path = await running(coach, world)
    await coach.post(f"{path}/phases", json={"name": "Warm-up", "at": FIVE})
    await coach.post(f"{path}/end", json={"at": clock(50)})
    assert await phases(coach, path) == [("Warm-up", "17:00", "17:50")]


async def test_of_two_coaches_who_edit_one_session_the_second_is_told(world: World) -> None:
    coach, trainer = world.as_("coach"), world.as_("trainer")
    path = f"{API}/sessions/{(await planned(coach, world))['id']}"
    tags = [(await one.get(path)).headers["etag"] for one in (coach, trainer)]
    assert tags[0] == tags[1]
    edits = [
        coach.patch(path, json={"notes": "Short of breath?\nAsk."}, headers={"If-Match": tags[0]}),
        trainer.patch(path, json={"name": "Long run"}, headers={"If-Match": tags[1]}),
    ]
    first, second = sorted(await asyncio.gather(*edits), key=lambda answer: answer.status_code)
    assert first.status_code == 200
    told = problem(second, 412, "edited-meanwhile")
    assert {"name": told["current"]["name"], "notes": told["current"]["notes"]} == {
        "name": first.json()["name"],
        "notes": first.json()["notes"],
    }
    again = {"If-Match": (await trainer.get(path)).headers["etag"]}
    assert again["If-Match"] == first.headers["etag"] != tags[0]
    last = await trainer.patch(path, json={"name": "Long run"}, headers=again)
    assert last.status_code == 200


async def test_an_edit_that_names_no_state_is_refused(world: World) -> None:
    coach = world.as_("coach")
    path = f"{API}/sessions/{(await planned(coach, world))['id']}"
    assert (
        "If-Match" in problem(await coach.patch(path, json={"name": "x"}), 428, "edition-missing")["way_out"]
    )
    assert (await coach.patch(path, json={"name": "x"}, headers={"If-Match": "*"})).status_code == 200


async def test_borders_are_corrected_after_the_end(world: World) -> None:
    coach = world.as_("coach")
    path = await running(coach, world)
    tag = (await coach.post(f"{path}/end", json={"at": clock(40)})).headers["etag"]
    corrected = await coach.patch(path, json={"ended_at": clock(45)}, headers={"If-Match": tag})
    assert corrected.json()["ended_at"] == clock(45)
    tag = corrected.headers["etag"]
    problem(await coach.patch(path, json={"started_at": SIX}, headers={"If-Match": tag}), 422, "invalid")
    reopened = await coach.patch(path, json={"ended_at": None}, headers={"If-Match": tag})
    assert reopened.json()["state"] == "running"


async def test_the_roster_is_changed_as_a_whole(world: World) -> None:
    coach = world.as_("coach")
    path = f"{API}/sessions/{(await planned(coach, world, roster=[]))['id']}"
    rosa = {"athlete_id": str(world["rosa"]), "group": "keepers"}
    changed = await coach.patch(path, json={"roster": [rosa]}, headers={"If-Match": "*"})
    assert changed.json()["roster"] == [rosa]
    for wrong, status, kind in (
        ([rosa, rosa], 422, "invalid"),
        ([{"athlete_id": str(world["bea"])}], 404, "not-found"),
        ([{"athlete_id": str(world["gina"])}], 404, "not-found"),
    ):
        problem(await coach.patch(path, json={"roster": wrong}, headers={"If-Match": "*"}), status, kind)
    assert (await coach.get(path)).json()["roster"] == [rosa]


async def test_a_phase_of_a_group_ends_the_one_before_for_that_group_only(world: World) -> None:
    coach = world.as_("coach")
    roster = [
        {"athlete_id": str(world[name]), "group": group} for name, group in (("rosa", "A"), ("rudi", "B"))
    ]
    path = await running(coach, world, roster=roster)
    await coach.post(f"{path}/phases", json={"name": "Warm-up", "at": FIVE})
    begun = await coach.post(f"{path}/phases", json={"name": "Passing", "at": clock(10), "group": "A"})
    assert [one["athlete_id"] for one in begun.json()["athletes"]] == [str(world["rosa"])]
    warm_up = (await coach.get(f"{path}/timeline")).json()["phases"][0]
    until = {one["athlete_id"]: one["to"] for one in warm_up["athletes"]}
    assert until == {str(world["rosa"]): clock(10), str(world["rudi"]): None}
    problem(await coach.post(f"{path}/phases", json={"name": "x", "group": "C"}), 422, "invalid")


async def test_undoing_a_phase_leaves_no_trace(world: World) -> None:
    coach = world.as_("coach")
    path = await running(coach, world)
    await coach.post(f"{path}/phases", json={"name": "Warm-up", "at": FIVE})
    before = (await coach.get(f"{path}/timeline")).json()
    made = (await coach.post(f"{path}/phases", json={"name": "Game", "at": clock(10)})).json()
    assert await phases(coach, path) == [("Warm-up", "17:00", "17:10"), ("Game", "17:10", None)]
    assert (await coach.delete(f"{path}/phases/{made['id']}")).status_code == 204
    assert (await coach.get(f"{path}/timeline")).json() == before
    problem(await coach.delete(f"{path}/phases/{made['id']}"), 404, "not-found")


async def test_a_tap_that_arrives_late_takes_its_place_in_time(world: World) -> None:
    """A tablet without a network tells at the end what was tapped at ten past."""
    coach = world.as_("coach")
    path = await running(coach, world)
    await coach.post(f"{path}/phases", json={"name": "Warm-up", "at": FIVE})
    await coach.post(f"{path}/phases", json={"name": "Game", "at": clock(20)})
    late = (await coach.post(f"{path}/phases", json={"name": "Passing", "at": clock(10)})).json()
    assert await phases(coach, path) == [
        ("Warm-up", "17:00", "17:10"),
        ("Passing", "17:10", "17:20"),
        ("Game", "17:20", None),
    ]
    await coach.delete(f"{path}/phases/{late['id']}")
    assert await phases(coach, path) == [("Warm-up", "17:00", "17:20"), ("Game", "17:20", None)]


async def test_a_phase_before_all_others_lasts_until_the_first(world: World) -> None:
    coach = world.as_("coach")
    path = await running(coach, world)
    await coach.post(f"{path}/phases", json={"name": "Game", "at": clock(20)})
    await coach.post(f"{path}/phases", json={"name": "Warm-up", "at": clock(5)})
    assert await phases(coach, path) == [("Warm-up", "17:05", "17:20"), ("Game", "17:20", None)]


async def test_nobody_is_in_two_phases_at_once(world: World) -> None:
    coach = world.as_("coach")
    path = await running(coach, world)
    first = await coach.post(f"{path}/phases", json={"name": "Warm-up", "at": FIVE})
    await coach.post(f"{path}/phases", json={"name": "Game", "at": clock(20)})
    where = f"{path}/phases/{first.json()['id']}"
    tag = {"If-Match": (await coach.get(where)).headers["etag"]}
    problem(await coach.patch(where, json={"to": clock(30)}, headers=tag), 409, "conflict")
    problem(await coach.post(f"{path}/phases", json={"name": "x", "at": clock(20)}), 409, "conflict")
    problem(await coach.patch(where, json={"to": clock(15)}), 428, "edition-missing")
    changed = await coach.patch(where, json={"to": clock(15), "name": "Activation"}, headers=tag)
    assert changed.status_code == 200
    assert await phases(coach, path) == [("Activation", "17:00", "17:15"), ("Game", "17:20", None)]
    problem(await coach.patch(where, json={"to": clock(12)}, headers=tag), 412, "edited-meanwhile")


async def test_the_database_itself_refuses_two_phases_at_once(world: World) -> None:
    """The control: the constraint stands whatever the API does."""
    coach = world.as_("coach")
    path = await running(coach, world)
    for name, minute in (("Warm-up", 0), ("Game", 20)):
        await coach.post(f"{path}/phases", json={"name": name, "at": clock(minute)})
    with pytest.raises(Exception, match="phase_one_at_a_time"):
        await world.database.owner.execute(
            "UPDATE sts.phase_athlete SET during = tstzrange(lower(during), NULL) WHERE session_id = $1",
            path.rpartition("/")[2],
        )


async def test_two_taps_at_once_are_two_phases_one_after_the_other(world: World) -> None:
    coach, trainer = world.as_("coach"), world.as_("trainer")
    path = await running(coach, world)
    answers = await asyncio.gather(
        coach.post(f"{path}/phases", json={"name": "A", "at": clock(10)}),
        trainer.post(f"{path}/phases", json={"name": "B", "at": clock(12)}),
    )
    assert [answer.status_code for answer in answers] == [201, 201]
    assert await phases(coach, path) == [("A", "17:10", "17:12"), ("B", "17:12", None)]


async def test_a_phase_ends_without_another_one(world: World) -> None:
    coach = world.as_("coach")
    path = await running(coach, world)
    made = (await coach.post(f"{path}/phases", json={"name": "Warm-up", "at": FIVE})).json()
    ended = await coach.post(f"{path}/phases/{made['id']}/end", json={"at": clock(9)})
    assert ended.json()["to"] == clock(9)
    problem(await coach.post(f"{path}/phases/{made['id']}/end", json={"at": clock(12)}), 409, "conflict")


async def test_markers_are_set_and_taken_back(world: World) -> None:
    coach = world.as_("coach")
    path = await running(coach, world)
    marker = (await coach.post(f"{path}/markers", json={"name": "Goal", "at": clock(7)})).json()
    assert (marker["at"], marker["athlete_id"]) == (clock(7), None)
    stranger = {"name": "x", "at": clock(7), "athlete_id": str(world["bea"])}
    problem(await coach.post(f"{path}/markers", json=stranger), 404, "not-found")
    assert (await coach.delete(f"{path}/markers/{marker['id']}")).status_code == 204
    problem(await coach.delete(f"{path}/markers/{marker['id']}"), 404, "not-found")


async def test_who_is_in_play_is_told_by_changes(world: World) -> None:
    coach = world.as_("coach")
    path = await running(coach, world)
    both = [str(world["rosa"]), str(world["rudi"])]
    bench = {"athlete_ids": both, "state": "bench", "at": clock(1)}
    assert len((await coach.post(f"{path}/play", json=bench)).json()) == 2
    problem(await coach.post(f"{path}/play", json=bench), 409, "conflict")
    (back,) = (
        await coach.post(f"{path}/play", json={"athlete_ids": both[:1], "state": "in_play", "at": clock(9)})
    ).json()
    assert (await coach.delete(f"{path}/play/{back['id']}")).status_code == 204
    told = (await coach.get(f"{path}/timeline")).json()["play"]
    assert [(one["athlete_id"], one["state"]) for one in told] == [(one, "bench") for one in sorted(both)]


async def test_taps_outside_of_the_session_are_refused(world: World) -> None:
    coach = world.as_("coach")
    path = f"{API}/sessions/{(await planned(coach, world))['id']}"
    problem(await coach.post(f"{path}/markers", json={"name": "x"}), 409, "conflict")
    await coach.post(f"{path}/start", json={"at": FIVE})
    problem(
        await coach.post(f"{path}/markers", json={"name": "x", "at": "2026-05-01T16:59:59Z"}), 422, "invalid"
    )
    problem(
        await coach.post(f"{path}/markers", json={"name": "x", "at": "2199-01-01T00:00:00Z"}), 422, "invalid"
    )


async def test_the_calendar_shows_what_touches_its_time(world: World) -> None:
    coach = world.as_("coach")
    await planned(coach, world, name="Tempo")
    await planned(
        coach, world, name="Game", kind="match", planned_from="2026-05-03T15:00:00Z", planned_to=None
    )
    for since, until, names in (
        ("2026-05-01T00:00:00Z", "2026-05-08T00:00:00Z", ["Tempo", "Game"]),
        ("2026-05-01T17:30:00Z", "2026-05-02T00:00:00Z", ["Tempo"]),
        ("2026-05-01T18:00:01Z", "2026-05-03T15:00:00Z", []),
    ):
        told = await coach.get(
            f"{API}/sessions", params={"from": since, "to": until, "team": str(world["red"])}
        )
        found = [one["name"] for one in told.json()["items"]]
        assert [name for name in found if not name.startswith("Run of")] == names


async def test_a_session_that_nobody_ended_stays_in_the_calendar(world: World) -> None:
    told = await world.as_("coach").get(f"{API}/sessions", params={"from": "2026-06-01T00:00:00Z"})
    assert {one["name"] for one in told.json()["items"]} == {"Run of rosa", "Run of rudi"}


async def test_a_week_is_copied_with_plans_and_rosters_at_the_same_times_of_day(world: World) -> None:
    """Lisbon puts its clocks forward on 29 March 2026: 18:00 there is 18:00 UTC before and 17:00 UTC after."""
    coach = world.as_("coach")
    plan = [{"name": "Warm-up", "minutes": 15, "group": None}]
    rosa = [{"athlete_id": str(world["rosa"]), "group": "A"}]
    inside = {"planned_from": "2026-03-24T18:00:00Z", "planned_to": "2026-03-24T19:30:00Z"}
    await planned(coach, world, plan=plan, roster=rosa, **inside)
    await planned(coach, world, planned_from="2026-03-30T18:00:00Z", planned_to=None)
    body = {"team_id": str(world["red"]), "from": "2026-03-23T00:00:00Z", "time_zone": "Europe/Lisbon"}
    copied = await coach.post(f"{API}/sessions/copies", json=body)
    (one,) = copied.json()["items"]
    assert (one["planned_from"], one["planned_to"]) == ("2026-03-31T17:00:00Z", "2026-03-31T18:30:00Z")
    copy = (await coach.get(f"{API}/sessions/{one['id']}")).json()
    assert (copy["plan"], copy["roster"], copy["state"]) == (plan, rosa, "planned")
    problem(await coach.post(f"{API}/sessions/copies", json=body | {"time_zone": "Lisbon/x"}), 422, "invalid")
    body |= {"team_id": str(world["blue"])}
    problem(await coach.post(f"{API}/sessions/copies", json=body), 404, "not-found")


async def test_a_session_is_made_from_a_template(world: World) -> None:
    coach = world.as_("coach")
    plan = [
        {"name": "Warm-up", "minutes": 15, "group": None},
        {"name": "5 x 4 min", "minutes": 30, "group": "A"},
    ]
    body = {"team_id": str(world["red"]), "name": "Intervals", "kind": "test", "plan": plan}
    made = await coach.post(f"{API}/templates", json=body)
    assert made.status_code == 201
    problem(await coach.post(f"{API}/templates", json=body), 409, "conflict")
    told = await planned(coach, world, template_id=made.json()["id"], name=None)
    assert (told["name"], told["kind"], told["plan"]) == ("Intervals", "test", plan)
    path, tag = f"{API}/templates/{made.json()['id']}", {"If-Match": made.headers["etag"]}
    assert (await coach.patch(path, json={"name": "Hills"}, headers=tag)).json()["name"] == "Hills"
    problem(await coach.patch(path, json={"name": "x"}, headers=tag), 412, "edited-meanwhile")
    problem(await world.as_("athlete").delete(path), 403, "not-allowed")
    assert (await coach.delete(path)).status_code == 204
    problem(await coach.get(path), 404, "not-found")


async def test_a_session_without_name_and_template_is_refused(world: World) -> None:
    told = await world.as_("coach").post(f"{API}/sessions", json={"team_id": str(world["red"])})
    assert "template_id" in problem(told, 422, "invalid")["way_out"]


async def test_a_session_that_never_was_is_removed(world: World) -> None:
    coach = world.as_("coach")
    path = await running(coach, world)
    await coach.post(f"{path}/phases", json={"name": "Warm-up", "at": FIVE})
    assert (await coach.delete(path)).status_code == 204
    problem(await coach.get(path), 404, "not-found")
