"""What people choose for themselves: kept for each, whole, and nobody else's."""

from __future__ import annotations

import pytest

from api_support import World, problem

# The same behind every broker and database; the walls of the table are asked on both generations by test_api_walls.
pytestmark = pytest.mark.one_generation

MINE = "/api/v1/me/preferences"
# What somebody has who never chose, as the API's document says.
UNCHOSEN = {
    "language": None,
    "theme": None,
    "units": "metric",
    "temperature": "celsius",
    "week_start": "monday",
    "first_steps_done": False,
}


async def test_what_one_chooses_is_kept_for_oneself(world: World) -> None:
    coach = world.as_("coach")
    assert (await coach.get(MINE)).json() == UNCHOSEN
    chosen = UNCHOSEN | {"language": "pt", "theme": "dark", "units": "imperial", "temperature": "fahrenheit"}
    kept = await coach.put(MINE, json=chosen)
    assert (kept.status_code, kept.json()) == (200, chosen)
    assert (await coach.get(MINE)).json() == chosen
    assert (await world.as_("admin").get(MINE)).json() == UNCHOSEN


async def test_what_is_left_out_is_as_if_it_had_not_been_chosen(world: World) -> None:
    coach = world.as_("coach")
    await coach.put(MINE, json={"week_start": "sunday", "first_steps_done": True})
    await coach.put(MINE, json={"week_start": "saturday"})
    assert (await coach.get(MINE)).json() == UNCHOSEN | {"week_start": "saturday"}


@pytest.mark.parametrize(
    "wrong", [{"units": "furlongs"}, {"language": "tlh"}, {"theme": "auto"}, {"colour": 1}]
)
async def test_what_does_not_exist_cannot_be_chosen(world: World, wrong: dict[str, object]) -> None:
    coach = world.as_("coach")
    await coach.put(MINE, json={"week_start": "sunday"})
    problem(await coach.put(MINE, json=wrong), 422, "invalid")
    assert (await coach.get(MINE)).json()["week_start"] == "sunday"
