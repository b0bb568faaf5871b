"""A team as its director sees it: week by week, as a group, and nothing of one athlete."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from api_support import World, at, problem

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation

API = "/api/v1"
# The world's first day is a Friday of the week that began on 27 April; of that week it has a form of everybody.
FIRST_MONDAY, SECOND_MONDAY, TUESDAY = "2026-04-27", "2026-05-04", date(2026, 5, 5)


async def overview(world: World, who: str, team: str = "red", **more: str) -> Any:
    params = {"from": "2026-05-01", "to": "2026-05-10", "measure": "session_rpe", **more}
    return await world.as_(who).get(f"{API}/teams/{world[team]}/overview", params=params)


async def joined(world: World, count: int) -> list[str]:
    """More athletes of the team Red."""
    admin, found = world.as_("admin"), []
    for number in range(count):
        body = {"team_id": str(world["red"]), "name": f"Athlete {number}", "number": 60 + number}
        found.append((await admin.post(f"{API}/athletes", json=body)).json()["id"])
    return found


async def felt(world: World, answers: dict[str, int]) -> None:
    for athlete_id, answer in answers.items():
        await world.database.owner.execute(
            "INSERT INTO sts.wellness (athlete_id, day, sleep, mood) VALUES ($1, $2, $3, $3)",
            athlete_id,
            TUESDAY,
            answer,
        )


async def played(world: World, roster: list[str]) -> None:
    """A match of two hours that has ended."""
    coach = world.as_("coach")
    body = {
        "team_id": str(world["red"]),
        "name": "League",
        "kind": "match",
        "planned_from": at(0).isoformat(),
        "live_data": False,
        "roster": [{"athlete_id": one} for one in roster],
    }
    session = (await coach.post(f"{API}/sessions", json=body)).json()["id"]
    await coach.post(f"{API}/sessions/{session}/start", json={"at": at(0).isoformat()})
    ended = {"at": (at(0) + timedelta(hours=2)).isoformat()}
    assert (await coach.post(f"{API}/sessions/{session}/end", json=ended)).status_code == 200


async def test_a_week_tells_of_the_group_and_of_no_athlete(world: World) -> None:
    others = await joined(world, 4)
    before = (await overview(world, "director")).json()["athletes"]
    await played(world, others)
    await felt(world, dict.fromkeys(others, 4) | {str(world["rosa"]): 1})
    absence = {"first_day": "2026-05-09", "reason": "injury"}
    await world.as_("coach").post(f"{API}/athletes/{world['rudi']}/absences", json=absence)
    answer = await overview(world, "director")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    first, second = told["weeks"]
    assert (first["first_day"], second["first_day"]) == (FIRST_MONDAY, SECOND_MONDAY)
    assert (first["sessions"], first["matches"], second["sessions"]) == (1, 1, 0)
    assert (first["there"], first["places"]) == (4, before)
    # (4 × 4 + 1) / 5
    assert second["wellness"] == {"mean": 3.4, "of": 5}
    # nobody has rated the match, so only those who were not there are known
    assert first["load"] == {"mean": None, "of": before - 4}
    assert second["load"] == {"mean": 0, "of": before}
    assert told["absent_now"]["injury"] >= 1
    assert second["absent"] >= 1
    assert not [one for one in ("rosa", "rudi") if str(world[one]) in answer.text]


async def test_of_a_group_that_is_too_small_nothing_is_told(world: World) -> None:
    await felt(world, {str(world["bea"]): 2})
    told = (await overview(world, "director", "blue")).json()
    assert (told["absent_now"], told["weeks"][0]["absent"]) == (None, None)
    assert told["weeks"][1]["wellness"] == {"mean": None, "of": 1}


async def test_an_athlete_alone_is_no_group(world: World) -> None:
    """Of the team only what is one's own is seen, and of one nothing is told."""
    others = await joined(world, 5)
    await felt(world, dict.fromkeys(others, 4))
    told = (await overview(world, "athlete")).json()
    assert (told["athletes"], told["weeks"][1]["wellness"]["mean"], told["absent_now"]) == (1, None, None)


async def test_only_who_sees_the_team_is_answered_and_only_for_days_that_make_sense(world: World) -> None:
    problem(await overview(world, "coach", "blue"), 404, "not-found")
    problem(await overview(world, "other_admin"), 404, "not-found")
    problem(await overview(world, "director", to="2026-04-01"), 422, "invalid")
    problem(await overview(world, "director", time_zone="Europe/Atlantis"), 422, "invalid")
