"""Sensors as a technician meets them: who wears each, whether it is heard, another in its place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api_support import NOON, World, heard, problem
from sts_protocols.metrics import BATTERY_LEVEL
from sts_protocols.sample import Quality

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation

API = "/api/v1"
NINE = "2026-05-01T09:00:00Z"
LONG_AGO = "2026-01-01T00:00:00Z"


async def wearers(world: World, who: str) -> list[tuple[int, int, str]]:
    """Sensor, number and initials of each."""
    told = (await world.as_(who).get(f"{API}/sensors/wearers")).json()["items"]
    return [(one["sensor_id"], one["number"], one["initials"]) for one in told]


async def test_a_technician_is_told_number_and_initials_of_the_whole_club(world: World) -> None:
    every = [(world["rosa_strap"], 7, "R"), (world["rudi_strap"], 8, "R"), (world["bea_strap"], 9, "B")]
    assert await wearers(world, "technician") == every
    assert await wearers(world, "admin") == every
    assert await wearers(world, "coach") == every[:2]
    assert await wearers(world, "athlete") == every[:1]
    assert world["gina_strap"] not in [sensor for sensor, _, _ in await wearers(world, "admin")]


async def listen(world: World, who: str, sensor: str, since: datetime) -> dict[str, Any]:
    """What came of each metric of a sensor since then."""
    answer = await world.as_(who).get(
        f"{API}/sensors/{world[sensor]}/heard", params={"from": since.isoformat()}
    )
    assert answer.status_code == 200, answer.text
    return {one["metric"]: one for one in answer.json()["metrics"]}


def _ago(now: datetime, seconds: float) -> float:
    """A time so long before now, as the world's clock counts it."""
    return (now - timedelta(seconds=seconds) - NOON).total_seconds()


async def test_a_strap_that_nobody_wears_shows_its_values_while_it_is_tested(world: World) -> None:
    now = datetime.now(UTC)
    beats = [_ago(now, ago) for ago in (90, 8, 6, 4)]
    await heard(world, "spare", beats, [50, 60, 61, 62])
    await heard(world, "spare", [_ago(now, 5)], [0], Quality.NO_CONTACT)
    told = (await listen(world, "technician", "spare", now - timedelta(seconds=10)))["heart_rate"]
    assert (told["heard"], told["good"], told["value"], told["unit"]) == (4, 3, 62, "/min")
    assert told["expected"] >= 10


async def test_what_somebody_wears_is_told_by_count_and_battery_alone(world: World) -> None:
    now = datetime.now(UTC)
    await heard(world, "rosa_strap", [_ago(now, 3), _ago(now, 2)], [171, 172])
    await heard(world, "rosa_strap", [_ago(now, 3)], [41], metric=BATTERY_LEVEL.id)
    since = now - timedelta(seconds=10)
    told = await listen(world, "technician", "rosa_strap", since)
    assert (told["heart_rate"]["heard"], told["heart_rate"]["value"]) == (2, None)
    assert told["battery_level"]["value"] == 41
    # the control: her coach may see it, and that is noted
    assert (await listen(world, "coach", "rosa_strap", since))["heart_rate"]["value"] == 172
    looked = (await world.as_("athlete").get(f"{API}/athletes/{world['rosa']}/audit")).json()["items"]
    assert [(one["name"], one["act"]) for one in looked] == [("Coach", "hear_sensor")]


async def test_another_teams_coach_is_told_no_value(world: World) -> None:
    now = datetime.now(UTC)
    await heard(world, "bea_strap", [_ago(now, 3)], [150])
    told = await listen(world, "coach", "bea_strap", now - timedelta(seconds=10))
    assert (told["heart_rate"]["heard"], told["heart_rate"]["value"]) == (1, None)


async def test_a_test_is_of_now(world: World) -> None:
    for ago_s in (400, -60):
        params = {"from": (datetime.now(UTC) - timedelta(seconds=ago_s)).isoformat()}
        answer = await world.as_("technician").get(f"{API}/sensors/{world['spare']}/heard", params=params)
        problem(answer, 422, "invalid")


async def worn(world: World, name: str) -> list[tuple[int, str, str | None]]:
    """What an athlete wears and wore, oldest first: sensor, from, to."""
    told = (await world.as_("admin").get(f"{API}/assignments", params={"athlete": str(world[name])})).json()
    return [(one["sensor_id"], one["from"], one["to"]) for one in reversed(told["items"])]


async def replace(world: World, who: str, old: str, **body: Any) -> Any:
    return await world.as_(who).post(f"{API}/sensors/{world[old]}/replacement", json=body)


async def test_a_technician_puts_a_spare_in_the_place_of_a_dead_strap(world: World) -> None:
    answer = await replace(world, "technician", "rosa_strap", by=world["spare"], **{"from": NINE})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"sensor_id": world["rosa_strap"], "by": world["spare"], "from": NINE}
    assert await worn(world, "rosa") == [
        (world["rosa_strap"], LONG_AGO, NINE),
        (world["spare"], NINE, None),
    ]
    looked = (await world.as_("athlete").get(f"{API}/athletes/{world['rosa']}/audit")).json()["items"]
    assert [(one["name"], one["act"]) for one in looked][-1] == ("Technician", "replace_sensor")


async def test_from_its_first_moment_on_nothing_of_the_other_stays(world: World) -> None:
    answer = await replace(world, "admin", "rosa_strap", by=world["spare"], **{"from": LONG_AGO})
    assert answer.status_code == 200, answer.text
    assert await worn(world, "rosa") == [(world["spare"], LONG_AGO, None)]


async def test_what_cannot_take_its_place_is_refused_and_nothing_changes(world: World) -> None:
    before = await worn(world, "rosa")
    problem(await replace(world, "technician", "rosa_strap", by=world["rudi_strap"]), 409, "conflict")
    problem(await replace(world, "technician", "spare", by=world["rosa_strap"]), 409, "conflict")
    retire = {"retired": True}
    await world.as_("technician").patch(f"{API}/sensors/{world['spare']}", json=retire)
    problem(await replace(world, "technician", "rosa_strap", by=world["spare"]), 409, "conflict")
    problem(await replace(world, "technician", "rosa_strap", by=world["gina_strap"]), 404, "not-found")
    problem(await replace(world, "coach", "rosa_strap", by=world["spare"]), 403, "not-allowed")
    problem(await replace(world, "athlete", "rosa_strap", by=world["spare"]), 404, "not-found")
    assert await worn(world, "rosa") == before
