"""Results joined with heart rate, split by split; clocks with their error; impulses assigned by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from api_support import World, heard, problem
from impulse_support import BY_HAND, FINISH, TAKEN_BACK, keeping, record, told
from ingest_support import Gateway

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation

API = "/api/v1"
# Two splits of 10 s each; the start is 12:00:00 UTC, which is at(0) of the world.
HEAT = (
    b"7,1,1,200 m,,,,,,200,14:00:00.0000\r\n"
    b'1,234,4,Rosa,Rosa,Red,20.00,L-1,,,"10.00 (10.00),20.00 (10.00)",,,,\r\n'
)


@pytest.fixture
async def keep(world: World) -> AsyncIterator[Any]:
    """Stores records of a gateway of the world."""
    async with keeping(world) as kept:
        yield kept


@pytest.fixture
async def cup(world: World) -> str:
    """A competition in Vienna with a heat in which Rosa swam, known by her licence; her strap told once a second."""
    coach = world.as_("coach")
    await coach.put(f"{API}/athletes/{world['rosa']}/listing", json={"licences": ["L-1"]})
    made = await coach.post(
        f"{API}/competitions", json={"name": "Cup", "first_day": "2026-05-01", "zone": "Europe/Vienna"}
    )
    cup = str(made.json()["id"])
    await send(world, cup, HEAT)
    # 120 in the first ten seconds, 150 in the second.
    await heard(world, "rosa_strap", range(21), [120.0] * 10 + [150.0] * 11)
    return cup


async def send(world: World, cup: str, data: bytes) -> None:
    answer = await world.as_("coach").post(
        f"{API}/competitions/{cup}/files", content=data, params={"name": "h.lif"}
    )
    assert answer.status_code == 201, answer.text


async def rates(world: World, cup: str, who: str = "coach") -> dict[str, Any]:
    facts = (
        await world.as_("coach").get(f"{API}/competitions/{cup}/facts", params={"kind": "result"})
    ).json()
    (fact,) = facts["items"]
    answer = await world.as_(who).get(f"{API}/competitions/{cup}/facts/{fact['id']}/heart-rate")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def set_clock(world: World, cup: str, **said: Any) -> dict[str, Any]:
    answer = await world.as_("coach").put(f"{API}/competitions/{cup}/clocks", json=said)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_without_a_clock_nothing_is_joined(world: World, cup: str) -> None:
    told = await rates(world, cup)
    assert (told["reason"], told["splits"], told["clock"]) == ("no_clock", [], None)


async def test_each_split_has_its_heart_rate_and_the_clocks_error_beside(world: World, cup: str) -> None:
    await set_clock(world, cup, offset_ms=0, error_ms=200)
    told = await rates(world, cup)
    assert (told["reason"], told["clock"]["error_ms"], told["clock"]["how"]) == ("", 200, "hand")
    assert [(one["mean"], one["coverage"]) for one in told["splits"]] == [(120.0, 1.0), (150.0, 1.0)]
    assert told["splits"][0]["from"] == "2026-05-01T12:00:00Z"


async def test_an_offset_moves_the_splits(world: World, cup: str) -> None:
    """The clock is five seconds late: half of each split is another one's."""
    await set_clock(world, cup, offset_ms=5000, error_ms=10)
    told = await rates(world, cup)
    # 5 s of 120 and 5 s of 150; then 150 until the last value has held its 3 s
    assert told["splits"][0]["mean"] == 135.0
    assert (told["splits"][1]["mean"], told["splits"][1]["coverage"]) == (150.0, 0.8)


async def test_above_a_second_there_is_no_split_heart_rate(world: World, cup: str) -> None:
    await set_clock(world, cup, offset_ms=0, error_ms=1000)
    assert (await rates(world, cup))["reason"] == ""
    await set_clock(world, cup, offset_ms=0, error_ms=1000.5)
    told = await rates(world, cup)
    assert (told["reason"], told["splits"], told["clock"]["error_ms"]) == ("clock_uncertain", [], 1000.5)


async def test_a_corrected_result_and_late_values_are_joined_anew(world: World, cup: str) -> None:
    await set_clock(world, cup, offset_ms=0, error_ms=10)
    before = await rates(world, cup)
    await send(world, cup, HEAT.replace(b"10.00 (10.00),20.00 (10.00)", b"5.00 (5.00),20.00 (15.00)"))
    after = await rates(world, cup)
    assert (before["version"], after["version"]) == (1, 2)
    # 5 s of 120 and 10 s of 150 in the second split
    assert [one["mean"] for one in after["splits"]] == [120.0, 140.0]
    await world.database.owner.execute(
        "UPDATE sts.sample SET value = 100 WHERE value = 120 AND series IN (SELECT id FROM sts.series WHERE name = 'rosa_strap')"
    )
    assert (await rates(world, cup))["splits"][0]["mean"] == 100.0


def ticks(seconds: float) -> dict[str, Any]:
    return {"ticks": int(seconds * 10_000), "text": f"{seconds:.2f}"}


def relay(take_over_s: float) -> dict[str, Any]:
    """A relay of Rosa, a swimmer of another club and Rudi, 30 s in all, with a take-over told at 20 s."""
    legs = [
        {"number": 1, "competitor": {"name": "Rosa", "licence": "L-1"}},
        {"number": 2, "competitor": {"name": "Ondine Nowhere", "licence": "X-9"}},
        {"number": 3, "competitor": {"name": "Rudi", "licence": "L-2"}, "take_over": ticks(-0.04)},
        {"number": -1, "competitor": {"name": "Reserve Nowhere"}},
    ]
    splits = [{"distance_m": 50, "time": ticks(10)}, {"distance_m": 100, "time": ticks(take_over_s)}]
    result = {"time": ticks(30), "splits": splits, "legs": legs}
    entry = {"competitor": {"kind": "relay", "name": "Red 1"}, "lane": 4, "result": result}
    rounds = [{"name": "final", "heats": [{"number": 1, "start": "14:00:00", "entries": [entry]}]}]
    return {"meet": {"events": [{"id": "relay", "relay": 3, "rounds": rounds}]}}


async def test_each_leg_of_a_relay_has_the_heart_rate_of_whoever_swam_it(world: World) -> None:
    coach = world.as_("coach")
    for name, licence in (("rosa", "L-1"), ("rudi", "L-2")):
        await coach.put(f"{API}/athletes/{world[name]}/listing", json={"licences": [licence]})
    made = await coach.post(
        f"{API}/competitions", json={"name": "Cup", "first_day": "2026-05-01", "zone": "Europe/Vienna"}
    )
    cup = str(made.json()["id"])
    await coach.post(f"{API}/competitions/{cup}/files", json=relay(20), params={"name": "relay.json"})
    await heard(world, "rosa_strap", range(31), [120.0] * 10 + [90.0] * 21)
    # Rudi waits with 100, and swims his last ten seconds with 160.
    await heard(world, "rudi_strap", range(31), [100.0] * 20 + [160.0] * 11)
    assert {one["reason"] for one in (await rates(world, cup))["legs"]} == {"no_clock", "no_athlete"}
    await set_clock(world, cup, offset_ms=0, error_ms=10)
    told = await rates(world, cup)
    assert (told["reason"], told["splits"], told["athlete_id"]) == ("", [], None)
    first, other, last = told["legs"]
    assert (first["athlete_id"], first["splits"][0]["mean"]) == (str(world["rosa"]), 120.0)
    assert (other["athlete_id"], other["reason"], other["splits"]) == (None, "no_athlete", [])
    assert (last["athlete_id"], last["take_over_ms"], last["splits"][0]["mean"]) == (
        str(world["rudi"]),
        -40.0,
        160.0,
    )
    assert last["splits"][0]["from"] == "2026-05-01T12:00:20Z"

    # Either side is revised: the take-over was at 15 s, and a late value was another one.
    await coach.post(f"{API}/competitions/{cup}/files", json=relay(15), params={"name": "relay.json"})
    await world.database.owner.execute(
        "UPDATE sts.sample SET value = 130 WHERE value = 120 AND series IN (SELECT id FROM sts.series WHERE name = 'rosa_strap')"
    )
    after = await rates(world, cup)
    # 5 s of 100 and 10 s of 160
    assert [one["splits"][0]["mean"] for one in (after["legs"][0], after["legs"][2])] == [130.0, 140.0]
    blind = await rates(world, cup, "technician")
    assert [(one["athlete_id"], one["splits"]) for one in blind["legs"]] == [(None, [])] * 3


async def test_the_clock_of_a_format_goes_before_the_main_one(world: World, cup: str) -> None:
    await set_clock(world, cup, offset_ms=0, error_ms=5000)
    await set_clock(world, cup, name="lif", offset_ms=0, error_ms=10)
    assert (await rates(world, cup))["clock"]["name"] == "lif"


@pytest.mark.parametrize("who", ["technician", "trainer"])
async def test_heart_rates_are_seen_by_those_who_see_the_athlete(world: World, cup: str, who: str) -> None:
    await set_clock(world, cup, offset_ms=0, error_ms=10)
    told = await rates(world, cup, who)
    assert (told["reason"], bool(told["splits"])) == (
        ("no_athlete", False) if who == "technician" else ("", True)
    )


async def test_a_sync_impulse_sets_a_clock(world: World, cup: str, keep: Any) -> None:
    gateway = Gateway(world["pitch"])
    await keep(gateway, record(gateway, FINISH))
    (one,) = (await told(world))["items"]
    # The clock showed 250 ms less than the moment of the impulse.
    shown = await world.database.owner.fetchval(
        "SELECT $1::timestamptz - interval '250 ms'", datetime.fromisoformat(one["moment"])
    )
    impulse = {name: one[name] for name in ("epoch", "seq", "place")} | {
        "gateway": world["pitch"],
        "shown": shown.isoformat(),
    }
    clock = await set_clock(world, cup, impulse=impulse)
    # The moment is right within 50 ms, the gateway's clock within 1 ms.
    assert (clock["offset_ms"], clock["error_ms"], clock["how"]) == (250.0, 51.0, "impulse")


@pytest.mark.parametrize("said", [{}, {"offset_ms": 1}, {"offset_ms": 1, "error_ms": 1, "impulse": "both"}])
async def test_a_clock_is_set_in_one_way(world: World, cup: str, said: dict[str, Any]) -> None:
    if "impulse" in said:
        said["impulse"] = {
            "gateway": world["pitch"],
            "epoch": "00000000-0000-0000-0000-000000000001",
            "seq": 0,
            "place": 0,
            "shown": "2026-05-01T12:00:00Z",
        }
    problem(await world.as_("coach").put(f"{API}/competitions/{cup}/clocks", json=said), 422, "invalid")


class TestImpulses:
    """Whose an impulse is may be said later: of unassigned, manual and deleted ones."""

    async def assign(self, world: World, who: str, *assignments: dict[str, Any]) -> Any:
        path = f"{API}/gateways/{world['pitch']}/impulses/assignments"
        return await world.as_(who).put(path, json={"assignments": list(assignments)})

    async def test_unassigned_manual_and_deleted_ones_get_a_bib_and_an_athlete(
        self, world: World, keep: Any
    ) -> None:
        gateway = Gateway(world["pitch"])
        await keep(gateway, *(record(gateway, one) for one in (FINISH, BY_HAND, TAKEN_BACK)))
        ids = [
            {name: one[name] for name in ("epoch", "seq", "place")} for one in (await told(world))["items"]
        ]
        answer = await self.assign(
            world,
            "coach",
            ids[0] | {"bib": "12", "athlete_id": str(world["rosa"])},
            ids[1] | {"bib": "13"},
            ids[2] | {"bib": "14"},
        )
        assert answer.json() == {"assigned": 3}
        items = (await told(world))["items"]
        assert [(one["bib"], one["assigned_bib"], one["deleted"]) for one in items] == [
            (None, "12", False),
            ("8", "13", True),
            ("8", "14", False),
        ]
        assert (items[0]["athlete_id"], items[0]["assigned_by"]) == (str(world["rosa"]), "Coach")
        assert (await told(world, "technician"))["items"][0]["athlete_id"] is None
        await self.assign(world, "coach", ids[0])
        assert (await told(world))["items"][0]["assigned_bib"] is None
        count = "SELECT count(*) FROM sts.impulse_assignment WHERE epoch = $1 AND seq = $2"
        assert await world.database.owner.fetchval(count, ids[0]["epoch"], ids[0]["seq"]) == 2

    async def test_one_that_is_not_there_undoes_all(self, world: World, keep: Any) -> None:
        gateway = Gateway(world["pitch"])
        await keep(gateway, record(gateway, FINISH))
        (one,) = (await told(world))["items"]
        good = {name: one[name] for name in ("epoch", "seq", "place")} | {"bib": "12"}
        problem(await self.assign(world, "coach", good, good | {"seq": 99}), 404, "not-found")
        problem(await self.assign(world, "coach", good | {"athlete_id": str(world["bea"])}), 404, "not-found")
        assert (await told(world))["items"][0]["assigned_bib"] is None

    async def test_trainers_assign_nothing(self, world: World) -> None:
        problem(await self.assign(world, "trainer"), 403, "not-allowed")
