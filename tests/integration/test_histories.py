"""Sessions of years before: looked at, stored whole or not at all, found again, and seen by those who see the athlete."""

from __future__ import annotations

from typing import Any

import pytest

from api_support import World, problem

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation

API = "/api/v1"
MAPPING = {
    "name": "before", "athlete": "Name", "date": "Day", "start": "At", "duration": "Minutes", "session": "What",
    "rating": "RPE", "numbers": {"Metres": {"name": "distance", "unit": "m"}},
}  # fmt: skip
# The consent of the world's athletes begins in 2026.
TABLE = """Name,Day,At,Minutes,What,RPE,Metres
Rosa,2026-02-03,17:00,90,Intervals,6,9000
8,2026-02-03,17:00,90,Intervals,7,8500.5
Rosa,2026-02-05,17:00,60,Technique,3,
"""


@pytest.fixture
async def mapped(world: World) -> World:
    answer = await world.as_("coach").put(f"{API}/history-mappings", json=MAPPING)
    assert answer.status_code == 200, answer.text
    return world


async def sent(world: World, table: str, *, preview: bool = False, who: str = "coach") -> Any:
    where = f"{API}/teams/{world['red']}/history{'/preview' if preview else ''}"
    return await world.as_(who).post(where, params={"mapping": "before"}, content=table.encode())


def counts(answer: Any) -> tuple[int, ...]:
    assert answer.status_code == 200, answer.text
    told = answer.json()
    return tuple(told[name] for name in ("lines", "add", "change", "same", "refused", "sessions"))


async def listed(world: World) -> dict[str, str]:
    """Ended sessions of winter by name."""
    query = {"from": "2026-02-01T00:00:00Z", "to": "2026-03-01T00:00:00Z"}
    answer = await world.as_("coach").get(f"{API}/sessions", params=query)
    return {one["name"]: one["id"] for one in answer.json()["items"]}


async def test_years_are_brought_along_and_the_same_table_changes_nothing(mapped: World) -> None:
    world = mapped
    assert counts(await sent(world, TABLE, preview=True)) == (3, 3, 0, 0, 0, 2)
    assert await listed(world) == {}
    assert counts(await sent(world, TABLE)) == (3, 3, 0, 0, 0, 2)
    found = await listed(world)
    assert sorted(found) == ["Intervals", "Technique"]
    assert counts(await sent(world, TABLE)) == (3, 0, 0, 3, 0, 0)
    # One line more, and one that tells another rating.
    more = TABLE.replace(",6,9000", ",6.5,9000") + "Rudi,2026-02-05,17:00,60,Technique,4,\n"
    assert counts(await sent(world, more)) == (4, 1, 1, 2, 0, 0)
    assert await listed(world) == found
    told = (await world.as_("coach").get(f"{API}/sessions/{found['Intervals']}/told")).json()
    assert {(one["athlete_id"], one["name"], one["unit"], one["value"]) for one in told} == {
        (str(world["rosa"]), "distance", "m", 9000.0),
        (str(world["rudi"]), "distance", "m", 8500.5),
    }


async def test_the_load_of_the_past_is_worked_out_as_any_other(mapped: World) -> None:
    """Session-RPE: 6 times 90 minutes are 540."""
    world = mapped
    await sent(world, TABLE)
    session = (await listed(world))["Intervals"]
    summary = (await world.as_("coach").get(f"{API}/sessions/{session}/summary")).json()
    rosa = next(one for one in summary["athletes"] if one["athlete_id"] == str(world["rosa"]))
    (rpe,) = [one for one in rosa["numbers"] if one["formula"] == "session_rpe"]
    assert (
        540 in [value for value in rpe["values"].values() if isinstance(value, int | float)] or rpe["values"]
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Nobody Here,2026-02-03,17:00,90,X,6,", "Nobody of the team is called Nobody Here"),
        ("Rosa,2026-02-03,17:00,90,Intervals,9,", "Line 2 tells the same athlete"),
        ("Rosa,2025-02-03,17:00,90,X,6,", "had not consented on 2025-02-03"),
        ("Rosa,2199-02-03,17:00,90,X,6,", "has not been yet"),
        ("Bea,2026-02-03,17:00,90,X,6,", "Nobody of the team is called Bea"),
        ("Rosa,03.02.2026,17:00,90,X,6,", "is no date written year first"),
    ],
)
async def test_one_line_that_cannot_be_taken_holds_back_all(mapped: World, line: str, reason: str) -> None:
    table = TABLE + line + "\n"
    seen = (await sent(mapped, table, preview=True)).json()
    assert (seen["refused"], seen["refusals"][0]["line"]) == (1, 5)
    assert reason in seen["refusals"][0]["reason"]
    told = problem(await sent(mapped, table), 422, "invalid")
    assert "1 of 4 lines" in told["detail"]
    assert await listed(mapped) == {}


async def test_others_see_no_numbers_and_bring_nothing(mapped: World) -> None:
    world = mapped
    await sent(world, TABLE)
    session = (await listed(world))["Intervals"]
    own = (await world.as_("athlete").get(f"{API}/sessions/{session}/told")).json()
    assert {one["athlete_id"] for one in own} == {str(world["rosa"])}
    for who in ("technician", "other_admin"):
        problem(await world.as_(who).get(f"{API}/sessions/{session}/told"), 404, "not-found")
    for who, status in (("athlete", 403), ("technician", 403), ("other_coach", 404)):
        assert (await sent(world, TABLE, who=who)).status_code == status
    unknown = await world.as_("coach").post(
        f"{API}/teams/{world['red']}/history", params={"mapping": "nothing"}, content=TABLE.encode()
    )
    assert "PUT /history-mappings" in problem(unknown, 404, "not-found")["way_out"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"zone": "Mars/North"}, "no time zone"),
        ({"numbers": {"A": {"name": "load"}, "B": {"name": "load"}}}, "Two columns are load"),
    ],
)
async def test_a_mapping_that_cannot_be_is_told(world: World, change: dict[str, Any], sentence: str) -> None:
    answer = await world.as_("coach").put(f"{API}/history-mappings", json=MAPPING | change)
    assert sentence in problem(answer, 422, "invalid")["detail"]
