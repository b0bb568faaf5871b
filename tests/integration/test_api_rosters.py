"""Rosters over the API: looked at, put right, stored whole; by those who may."""

from __future__ import annotations

from typing import Any

import pytest

from api_support import World, problem

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation

API = "/api/v1"


async def preview(world: World, text: str, who: str = "coach", team: str = "red") -> Any:
    return await world.as_(who).post(f"{API}/teams/{world[team]}/roster/preview", content=text.encode())


async def store(world: World, people: list[dict[str, Any]], who: str = "coach", team: str = "red") -> Any:
    return await world.as_(who).post(f"{API}/teams/{world[team]}/roster", json={"people": people})


async def names(world: World) -> set[str]:
    return {row["name"] for row in await world.database.owner.fetch("SELECT name FROM sts.athlete")}


async def test_a_list_is_looked_at_and_then_stored_as_it_was_shown(world: World) -> None:
    owner = world.database.owner
    rudi = await owner.fetchrow("SELECT name, number FROM sts.athlete WHERE id = $1", world["rudi"])
    before = await names(world)
    text = f"name;number;birth date;contact\n{rudi['name']};77;2005-02-03;rudi@club.example\nNew Comer;5;;\n;9;;\n"
    told = (await preview(world, text)).json()
    assert (told["add"], told["change"], told["same"], told["refused"]) == (1, 1, 0, 1)
    change, add, refused = told["lines"]
    assert change["athlete_id"] == str(world["rudi"])
    assert change["changes"] == [
        f"number: {rudi['number']} → 77", "birth date: none → 2005-02-03", "contact: none → rudi@club.example"
    ]  # fmt: skip
    assert (refused["line"], refused["reason"]) == (4, "There is no name.")
    assert await names(world) == before, "nothing is stored by looking"

    fields = ("athlete_id", "name", "number", "birth_date", "contact")
    answer = await store(world, [{name: line[name] for name in fields} for line in (change, add)])
    assert answer.json() == {"added": 1, "changed": 1, "same": 0}
    assert await names(world) == {*before, "New Comer"}
    again = (await preview(world, text)).json()
    assert (again["same"], again["refused"]) == (2, 1)


async def test_namesakes_are_told_apart_by_birth_date_or_not_at_all(world: World) -> None:
    twins = [
        {"name": "Kim Twin", "birth_date": "2006-01-01"},
        {"name": "Kim Twin", "birth_date": "2007-01-01"},
    ]
    assert (await store(world, twins)).json()["added"] == 2
    told = (await preview(world, "name;born;number\nkim twin;2007-01-01;4\n")).json()["lines"]
    assert [line["act"] for line in told] == ["change"]
    told = (await preview(world, "name\nKim Twin\n")).json()["lines"]
    assert [(line["act"], line["reason"]) for line in told] == [
        ("refused", "Several athletes of the team are called so: give the birth date.")
    ]
    told = (await preview(world, "name\nNew One\nnew one\n")).json()["lines"]
    assert {line["reason"] for line in told} == {"The list names this person more than once."}


async def test_all_of_a_roster_is_stored_or_nothing(world: World) -> None:
    before = await names(world)
    stranger = [{"name": "First Comer"}, {"name": "Bea", "athlete_id": str(world["bea"])}]
    answer = await store(world, stranger, who="admin")
    told = problem(answer, 422, "invalid")
    assert "not in this team" in told["detail"]
    problem(await store(world, stranger), 404, "not-found")
    assert await names(world) == before


async def test_who_may_not_add_athletes_stores_no_roster(world: World) -> None:
    for who, status in (("athlete", 403), ("technician", 403), ("other_admin", 404), ("other_coach", 404)):
        for answer in (await preview(world, "name\nA B\n", who), await store(world, [{"name": "A B"}], who)):
            assert answer.status_code == status, (who, answer.text)


async def test_what_is_no_list_is_refused_with_the_way_out(world: World) -> None:
    told = problem(await preview(world, ""), 422, "invalid")
    assert (told["detail"], told["way_out"]) == (
        "The list is empty.",
        "Send pasted rows, CSV or .xlsx with names in it.",
    )
