"""Straps of a squad: swapped in one request, given out all at once, suggested when heard, and printed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest

import oracles
from api_support import World, problem
from sts_protocols.beat import Beat, HealthReport, SensorReport

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation

API = "/api/v1"
NINE, TEN = "2026-05-01T09:00:00Z", "2026-05-01T10:00:00Z"


async def worn(world: World, name: str, who: str = "admin") -> list[tuple[str, str, str | None]]:
    """What an athlete wears and wore, oldest first: sensor's name, from, to."""
    params = {"athlete": str(world[name])}
    told = (await world.as_(who).get(f"{API}/assignments", params=params)).json()["items"]
    names = {world[f"{one}_strap"]: f"{one}_strap" for one in ("rosa", "rudi", "bea")} | {
        world["spare"]: "spare"
    }
    return [(names[one["sensor_id"]], one["from"], one["to"]) for one in reversed(told)]


LONG_AGO = "2026-01-01T00:00:00Z"


async def test_a_strap_is_somebody_elses_since_nine_by_one_request(world: World) -> None:
    body = {"sensor_id": world["rosa_strap"], "athlete_id": str(world["rudi"]), "from": NINE}
    answer = await world.as_("coach").post(f"{API}/assignments/swap", json=body)
    assert answer.status_code == 201
    assert await worn(world, "rudi") == [("rudi_strap", LONG_AGO, NINE), ("rosa_strap", NINE, None)]
    assert await worn(world, "rosa") == [("rosa_strap", LONG_AGO, NINE)]


async def test_two_who_took_each_others_straps_change_places(world: World) -> None:
    body = {"sensor_id": world["rosa_strap"], "athlete_id": str(world["rudi"]), "from": NINE}
    answer = await world.as_("coach").post(f"{API}/assignments/swap", json=body | {"exchange": True})
    assert len(answer.json()["items"]) == 2
    assert await worn(world, "rudi") == [("rudi_strap", LONG_AGO, NINE), ("rosa_strap", NINE, None)]
    assert await worn(world, "rosa") == [("rosa_strap", LONG_AGO, NINE), ("rudi_strap", NINE, None)]


async def test_a_spare_strap_takes_the_place_of_a_dead_one(world: World) -> None:
    body = {"sensor_id": world["spare"], "athlete_id": str(world["rosa"]), "from": NINE}
    assert (await world.as_("coach").post(f"{API}/assignments/swap", json=body)).status_code == 201
    assert await worn(world, "rosa") == [("rosa_strap", LONG_AGO, NINE), ("spare", NINE, None)]


async def test_what_began_later_is_in_the_way_and_nothing_changes(world: World) -> None:
    coach = world.as_("coach")
    later = {"sensor_id": world["spare"], "athlete_id": str(world["rosa"]), "from": TEN}
    assert (await coach.post(f"{API}/assignments", json=later)).status_code == 201
    body = {"sensor_id": world["spare"], "athlete_id": str(world["rudi"]), "from": NINE}
    problem(await coach.post(f"{API}/assignments/swap", json=body), 409, "conflict")
    assert await worn(world, "rudi") == [("rudi_strap", LONG_AGO, None)]


async def test_a_strap_of_another_team_is_not_taken_away(world: World) -> None:
    body = {"sensor_id": world["bea_strap"], "athlete_id": str(world["rosa"]), "from": NINE}
    told = problem(await world.as_("coach").post(f"{API}/assignments/swap", json=body), 409, "conflict")
    assert str(world["bea"]) not in str(told)
    assert await worn(world, "bea") == [("bea_strap", LONG_AGO, None)]
    assert await worn(world, "rosa") == [("rosa_strap", LONG_AGO, None)]
    body |= {"athlete_id": str(world["bea"])}
    problem(await world.as_("coach").post(f"{API}/assignments/swap", json=body), 404, "not-found")
    body |= {"athlete_id": str(world["rosa"])}
    problem(await world.as_("athlete").post(f"{API}/assignments/swap", json=body), 403, "not-allowed")


async def squad(world: World, count: int) -> list[dict[str, Any]]:
    pairs = []
    for number in range(count):
        await world.sensor(f"hr-{number:02}", "club")
        athlete = await world.database.add(
            "athlete", club_id=world["club"], team_id=world["red"], name=f"Runner {number}"
        )
        pairs.append({"sensor_id": world[f"hr-{number:02}"], "athlete_id": str(athlete)})
    return pairs


async def test_thirty_straps_are_given_out_by_one_request(world: World) -> None:
    pairs = await squad(world, 30)
    answer = await world.as_("coach").post(f"{API}/assignments/batch", json={"items": pairs, "from": NINE})
    assert answer.status_code == 201
    made = [(one["sensor_id"], one["athlete_id"], one["from"]) for one in answer.json()["items"]]
    assert made == [(pair["sensor_id"], pair["athlete_id"], NINE) for pair in pairs]


async def test_all_or_none(world: World) -> None:
    pairs = await squad(world, 2)
    pairs.append({"sensor_id": world["rosa_strap"], "athlete_id": str(world["rudi"])})
    coach, path = world.as_("coach"), f"{API}/assignments/batch"
    problem(await coach.post(path, json={"items": pairs}), 409, "conflict")
    params = {"sensor": pairs[0]["sensor_id"]}
    assert (await coach.get(f"{API}/assignments", params=params)).json()["items"] == []
    assert (await coach.post(path, json={"items": pairs, "take_over": True})).status_code == 201
    stranger = [{"sensor_id": world["spare"], "athlete_id": str(world["bea"])}]
    problem(await coach.post(path, json={"items": stranger}), 404, "not-found")


async def test_a_squad_exchanges_its_straps_at_once(world: World) -> None:
    pairs = [
        {"sensor_id": world["rosa_strap"], "athlete_id": str(world["rudi"])},
        {"sensor_id": world["rudi_strap"], "athlete_id": str(world["rosa"])},
    ]
    body = {"items": pairs, "from": NINE, "take_over": True}
    assert (await world.as_("coach").post(f"{API}/assignments/batch", json=body)).status_code == 201
    assert await worn(world, "rosa") == [("rosa_strap", LONG_AGO, NINE), ("rudi_strap", NINE, None)]


async def hears(world: World, *told: tuple[str, str, int | None], age_s: float = 1.0) -> None:
    """The last beat of the pitch's gateway: address, state, signal."""
    sensors = [
        SensorReport(f"hr-{place}", address, "heart_rate", state, rssi, 90)
        for place, (address, state, rssi) in enumerate(told)
    ]
    beat = Beat(
        gateway=world["pitch"],
        epoch=uuid4().hex,
        number=1,
        boot_us=1,
        epochs=[],
        sensors=sensors,
        health=HealthReport("ok", []),
    )
    await world.database.owner.execute(
        "INSERT INTO sts.gateway_state (gateway, epoch, number, beat, beat_at) VALUES ($1, $2, 1, $3, $4)",
        world["pitch"],
        uuid4(),
        msgspec.json.encode(beat).decode(),
        datetime.now(UTC) - timedelta(seconds=age_s),
    )


async def suggested(world: World, who: str = "coach") -> list[tuple[str, str | None]]:
    told = (await world.as_(who).get(f"{API}/assignments/suggestions")).json()["items"]
    return [(one["address"], one["athlete_id"]) for one in told]


async def test_straps_that_are_heard_and_that_nobody_wears_are_suggested(world: World) -> None:
    """Rosa took hers off at nine, and it is heard; Rudi's and Bea's are worn; nobody knows F0."""
    path = f"{API}/assignments/{world['rosa_worn']}"
    await world.as_("coach").patch(path, json={"to": NINE})
    rosa, rudi, bea, spare = (
        world[f"{one}_address"] for one in ("rosa_strap", "rudi_strap", "bea_strap", "spare")
    )
    await hears(
        world,
        (rosa, "live", -71),
        (rudi, "live", -50),
        (bea, "live", -50),
        (spare, "lost", -50),
        ("F0", "live", -60),
    )
    assert await suggested(world) == [("F0", None), (rosa, str(world["rosa"]))]
    assert await suggested(world, "technician") == [("F0", None), (rosa, None)]
    assert await suggested(world, "athlete") == []
    assert await suggested(world, "other_admin") == []


async def test_who_wears_another_one_by_now_is_not_suggested(world: World) -> None:
    body = {"sensor_id": world["spare"], "athlete_id": str(world["rosa"]), "from": NINE}
    await world.as_("coach").post(f"{API}/assignments/swap", json=body)
    await hears(world, (world["rosa_strap_address"], "live", -71))
    assert await suggested(world) == [(world["rosa_strap_address"], None)]


async def test_a_gateway_that_fell_silent_suggests_nothing(world: World) -> None:
    await hears(world, ("F0", "live", -60), age_s=31)
    assert await suggested(world) == []


async def test_the_strap_sheet_can_be_scanned(world: World) -> None:
    await world.as_("admin").patch(f"{API}/sensors/{world['bea_strap']}", json={"retired": True})
    sheet = (await world.as_("coach").get(f"{API}/sensors/sheet")).text
    scanned = oracles.ask("qr", [("paper", part.encode()) for part in pictures(sheet)])
    in_use = sorted((f"{name}_strap", world[f"{name}_strap_address"]) for name in ("rosa", "rudi"))
    in_use.append(("spare", world["spare_address"]))
    assert [text for found in scanned for _, text in found] == [
        f"sts:sensor:{address}" for _, address in in_use
    ]
    assert [label for label, _ in in_use] == [
        line for line in sheet.replace("\f", "\n").splitlines() if line and line[0] not in " ▀▄█"
    ]
    assert (await world.as_("athlete").get(f"{API}/sensors/sheet")).text == ""


def pictures(sheet: str) -> list[str]:
    """The squares below each label."""
    found: list[list[str]] = []
    for line in sheet.replace("\f", "\n").split("\n"):
        if line and line[0] not in " ▀▄█":
            found.append([])
        elif found:
            found[-1].append(line)
    return ["\n".join(lines) for lines in found]


@pytest.mark.parametrize("who", ["technician", "other_coach"])
async def test_who_trains_nobody_of_the_team_swaps_nothing(world: World, who: str) -> None:
    body = {"sensor_id": world["spare"], "athlete_id": str(world["rosa"])}
    problem(await world.as_(who).post(f"{API}/assignments/swap", json=body), 404, "not-found")
