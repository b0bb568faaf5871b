"""Training load by days over the API: worked out beside the requests, shown to those who may see it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from api_support import NOON, World, at, heard, problem
from sts_hub.summaries import keeping

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation

API = "/api/v1"


async def trained(world: World, day: int) -> str:
    """Ten minutes of Rosa and Rudi so many days after the first: five at 150 and five at 180 are 15 + 25 points."""
    seconds = [86_400 * day + second for second in range(600)]
    await heard(world, "rosa_strap", seconds, [150] * 300 + [180] * 300)
    coach, begin = world.as_("coach"), at(seconds[0])
    body = {
        "team_id": str(world["red"]),
        "name": "Tempo",
        "planned_from": begin.isoformat(),
        "roster": [{"athlete_id": str(world[who])} for who in ("rosa", "rudi")],
    }
    session: str = (await coach.post(f"{API}/sessions", json=body)).json()["id"]
    await coach.post(f"{API}/sessions/{session}/start", json={"at": begin.isoformat()})
    ended = (begin + timedelta(minutes=10)).isoformat()
    assert (await coach.post(f"{API}/sessions/{session}/end", json={"at": ended})).status_code == 200
    return session


async def loads(world: World, path: str, who: str = "coach", days: int = 3, **more: str) -> Any:
    until = NOON + timedelta(days=days - 1)
    params = {"from": NOON.date().isoformat(), "to": until.date().isoformat(), **more}
    return await world.as_(who).get(f"{API}/{path}/loads", params=params)


async def worked_out(world: World) -> None:
    connection = await asyncpg.connect(world.database.owner_dsn)
    while await keeping.work_out(connection) == keeping.AT_ONCE:
        pass
    await connection.close()


async def test_a_session_that_nobody_looked_at_is_worked_out_by_the_keeper(world: World) -> None:
    await trained(world, 0)
    await trained(world, 2)
    path = f"teams/{world['red']}"
    (before, _) = (await loads(world, path)).json()["athletes"]
    assert (before["load"], before["waiting"]) == ([None, 0, None], 2)
    await worked_out(world)
    told = (await loads(world, path)).json()
    assert told["days"] == ["2026-05-01", "2026-05-02", "2026-05-03"]
    (rosa, rudi) = told["athletes"]
    assert rosa["athlete_id"] == str(world["rosa"])
    assert (rosa["load"], rosa["waiting"]) == ([pytest.approx(40), 0, pytest.approx(40)], 0)
    assert rosa["acute"][0] == pytest.approx(40 * 0.133122, abs=0.01)
    assert rudi["load"] == [None, 0, None], "he wore nothing: what the session asked of him is not known"


async def test_an_athlete_sees_the_own_days_and_by_a_rating_too(world: World) -> None:
    session = await trained(world, 0)
    rating = {"session_id": session, "rating": 6}
    answer = await world.as_("athlete").post(f"{API}/athletes/{world['rosa']}/ratings", json=rating)
    assert answer.status_code == 201, answer.text
    await worked_out(world)
    told = await loads(world, f"athletes/{world['rosa']}", "athlete", measure="session_rpe")
    (own,) = told.json()["athletes"]
    assert own["load"] == [60, 0, 0]  # 6 times 10 minutes
    (only,) = (await loads(world, f"teams/{world['red']}", "athlete")).json()["athletes"]
    assert only["athlete_id"] == str(world["rosa"])


async def test_loads_are_for_those_who_see_values_and_for_days_that_make_sense(world: World) -> None:
    for who, path in (
        ("technician", f"athletes/{world['rosa']}"),
        ("other_admin", f"teams/{world['red']}"),
        ("coach", f"teams/{world['blue']}"),
    ):
        problem(await loads(world, path, who), 404, "not-found")
    for more in ({"to": "2026-04-30"}, {"to": "2027-05-03"}, {"time_zone": "Europe/Atlantis"}):
        problem(await loads(world, f"teams/{world['red']}", **more), 422, "invalid")
