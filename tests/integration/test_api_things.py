"""Gateways, sensors, assignments and the catalogue over the API: somebody else first, then the good case."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import msgspec

from api_support import World, problem
from sts_protocols.beat import Beat, BufferReport, HealthReport, SensorReport
from sts_protocols.record.header import ClockReading

API = "/api/v1"


async def beat(world: World, gateway: str, age_s: float = 1.0, **told: object) -> None:
    """Store what a gateway said, as the worker does."""
    said = Beat(gateway=world[gateway], epoch=uuid4().hex, number=1, boot_us=1, epochs=[], **told)
    await world.database.owner.execute(
        "INSERT INTO sts.gateway_state (gateway, epoch, number, beat, beat_at) VALUES ($1, $2, 1, $3, $4)",
        world[gateway],
        uuid4(),
        msgspec.json.encode(said).decode(),
        datetime.now(UTC) - timedelta(seconds=age_s),
    )


async def test_gateways_of_another_club_are_not_there(world: World) -> None:
    for who in ("other_admin", "athlete"):
        asking = world.as_(who)
        problem(await asking.get(f"{API}/gateways/{world['pitch']}"), 404, "not-found")
        problem(await asking.patch(f"{API}/gateways/{world['pitch']}", json={"site": "x"}), 404, "not-found")
        names = {gateway["name"] for gateway in (await asking.get(f"{API}/gateways")).json()["items"]}
        assert world["pitch"] not in names


async def test_a_gateway_that_never_spoke_is_told_as_such(world: World) -> None:
    told = (await world.as_("coach").get(f"{API}/gateways/{world['pitch']}")).json()
    assert (told["state"], told["heard_at"], told["sensors"]) == ("never", None, [])


async def test_a_gateways_last_beat_is_shown(world: World) -> None:
    await beat(
        world,
        "pitch",
        clock=ClockReading(5, 2000, 1),
        sensors=[SensorReport("hr-01", "A0", "heart_rate", "live", -61, 97)],
        buffer=BufferReport(1, 2, 3, 4, None, 5, "oldest-raw-first"),
        health=HealthReport("degraded", ["The clock is not set: connect the gateway to a network."]),
        versions={"sts-edge": "0.1"},
    )
    told = (await world.as_("technician").get(f"{API}/gateways/{world['pitch']}")).json()
    assert told["state"] == "degraded"
    assert told["faults"] == ["The clock is not set: connect the gateway to a network."]
    assert told["clock"] == {"error_us": 2000, "source": "ntp"}
    assert told["sensors"][0]["battery"] == 97
    assert told["buffer"]["waiting_records"] == 3


async def test_a_gateway_unheard_for_half_a_minute_is_silent(world: World) -> None:
    await beat(world, "pitch", age_s=31)
    assert (await world.as_("coach").get(f"{API}/gateways/{world['pitch']}")).json()["state"] == "silent"


async def test_a_beat_of_another_age_is_a_fault_not_a_failure(world: World) -> None:
    await beat(world, "pitch")
    await world.database.owner.execute(
        """UPDATE sts.gateway_state SET beat = '{"version": 7}' WHERE gateway = $1""", world["pitch"]
    )
    told = (await world.as_("coach").get(f"{API}/gateways/{world['pitch']}")).json()
    assert told["state"] == "degraded"
    assert "upgrade" in told["faults"][0]


async def test_a_technician_moves_a_gateway_and_a_coach_cannot(world: World) -> None:
    path = f"{API}/gateways/{world['pitch']}"
    problem(await world.as_("coach").patch(path, json={"site": "Gym"}), 403, "not-allowed")
    assert (await world.as_("technician").patch(path, json={"site": "Gym"})).json()["site"] == "Gym"


async def test_sensors_of_another_club_are_not_there(world: World) -> None:
    for who in ("other_admin", "athlete"):
        asking = world.as_(who)
        problem(await asking.get(f"{API}/sensors/{world['spare']}"), 404, "not-found")
        problem(await asking.patch(f"{API}/sensors/{world['spare']}", json={"label": "x"}), 404, "not-found")


async def test_a_technician_registers_relabels_and_retires_a_sensor(world: World) -> None:
    technician = world.as_("technician")
    body = {"address": "a0:9e:1a:00:00:01", "kind": "heart_rate", "label": "hr-01"}
    added = await technician.post(f"{API}/sensors", json=body)
    assert added.status_code == 201
    assert added.json()["address"] == "A0:9E:1A:00:00:01"
    assert (
        "retired" in problem(await technician.post(f"{API}/sensors", json=body), 409, "conflict")["way_out"]
    )
    path = f"{API}/sensors/{added.json()['id']}"
    assert (await technician.patch(path, json={"label": "hr-31"})).json()["label"] == "hr-31"
    retired = (await technician.patch(path, json={"retired": True})).json()
    assert retired["retired_at"] is not None
    assert (await technician.patch(path, json={"retired": True})).json() == retired
    assert (await technician.patch(path, json={"retired": False})).json()["retired_at"] is None


async def test_a_coach_registers_no_sensor(world: World) -> None:
    body = {"address": "A0", "kind": "heart_rate", "label": "hr-01"}
    problem(await world.as_("coach").post(f"{API}/sensors", json=body), 403, "not-allowed")


async def test_the_catalogue_states_the_intervals(world: World) -> None:
    metrics = {one["name"]: one for one in (await world.as_("athlete").get(f"{API}/metrics")).json()["items"]}
    heart_rate = metrics["heart_rate"]
    assert (heart_rate["unit"], heart_rate["late_after_ms"], heart_rate["lost_after_ms"]) == (
        "/min",
        3000,
        10000,
    )
    assert metrics["rr_interval"]["interval_ms"] is None


async def test_assignments_are_seen_by_role(world: World) -> None:
    seen = {}
    for who in ("admin", "coach", "athlete", "technician", "other_coach"):
        answer = (await world.as_(who).get(f"{API}/assignments")).json()
        seen[who] = {one["athlete_id"] for one in answer["items"]}
    rosa, rudi, bea, gina = (str(world[name]) for name in ("rosa", "rudi", "bea", "gina"))
    assert seen == {
        "admin": {rosa, rudi, bea},
        "coach": {rosa, rudi},
        "athlete": {rosa},
        "technician": {rosa, rudi, bea},
        "other_coach": {gina},
    }


async def test_an_assignment_of_another_team_is_not_there(world: World) -> None:
    path = f"{API}/assignments/{world['bea_worn']}"
    for who in ("coach", "athlete", "other_admin"):
        asking = world.as_(who)
        problem(await asking.get(path), 404, "not-found")
        problem(await asking.patch(path, json={"to": None}), 404, "not-found")
        problem(await asking.delete(path), 404, "not-found")


async def test_a_worn_sensor_is_refused_with_the_way_out(world: World) -> None:
    body = {"sensor_id": world["rosa_strap"], "athlete_id": str(world["rudi"])}
    told = problem(await world.as_("coach").post(f"{API}/assignments", json=body), 409, "conflict")
    assert "take_over" in told["way_out"]
    assert [one["athlete_id"] for one in told["conflicts"]] == [str(world["rosa"])]


async def test_who_wears_a_sensor_in_another_team_is_not_told(world: World) -> None:
    body = {"sensor_id": world["bea_strap"], "athlete_id": str(world["rudi"])}
    told = problem(await world.as_("coach").post(f"{API}/assignments", json=body), 409, "conflict")
    assert str(world["bea"]) not in str(told)
    told = problem(
        await world.as_("coach").post(f"{API}/assignments", json=body | {"take_over": True}), 409, "conflict"
    )
    assert str(world["bea"]) not in str(told)


async def test_taking_over_ends_the_running_assignment(world: World) -> None:
    coach = world.as_("coach")
    body = {
        "sensor_id": world["rosa_strap"],
        "athlete_id": str(world["rudi"]),
        "from": "2026-05-01T10:00:00+02:00",
        "take_over": True,
    }
    added = await coach.post(f"{API}/assignments", json=body)
    assert added.status_code == 201
    assert added.json()["from"] == "2026-05-01T08:00:00Z"
    before = (await coach.get(f"{API}/assignments/{world['rosa_worn']}")).json()
    assert before["to"] == "2026-05-01T08:00:00Z"


async def test_ending_and_giving_away(world: World) -> None:
    coach, path = world.as_("coach"), f"{API}/assignments/{world['rosa_worn']}"
    ended = (await coach.patch(path, json={"to": "2026-06-01T00:00:00Z"})).json()
    assert ended["to"] == "2026-06-01T00:00:00Z"
    body = {
        "sensor_id": world["rosa_strap"],
        "athlete_id": str(world["rudi"]),
        "from": "2026-06-01T00:00:00Z",
    }
    assert (await coach.post(f"{API}/assignments", json=body)).status_code == 201
    problem(await coach.patch(path, json={"to": None}), 409, "conflict")


async def test_saying_who_really_wore_it_is_one_row(world: World) -> None:
    coach, path = world.as_("coach"), f"{API}/assignments/{world['rosa_worn']}"
    changed = (await coach.patch(path, json={"athlete_id": str(world["rudi"])})).json()
    assert (changed["id"], changed["athlete_id"]) == (str(world["rosa_worn"]), str(world["rudi"]))
    problem(await coach.patch(path, json={"athlete_id": str(world["bea"])}), 404, "not-found")


async def test_an_assignment_that_never_was_is_removed(world: World) -> None:
    coach, path = world.as_("coach"), f"{API}/assignments/{world['rosa_worn']}"
    assert (await coach.delete(path)).status_code == 204
    problem(await coach.get(path), 404, "not-found")


async def test_sensor_and_athlete_are_of_one_club(world: World) -> None:
    body = {"sensor_id": world["gina_strap"], "athlete_id": str(world["rosa"])}
    problem(await world.as_("admin").post(f"{API}/assignments", json=body), 404, "not-found")
    body = {"sensor_id": world["spare"], "athlete_id": str(world["gina"])}
    problem(await world.as_("admin").post(f"{API}/assignments", json=body), 404, "not-found")


async def test_a_retired_sensor_is_not_given_out(world: World) -> None:
    await world.as_("admin").patch(f"{API}/sensors/{world['spare']}", json={"retired": True})
    body = {"sensor_id": world["spare"], "athlete_id": str(world["rosa"])}
    told = problem(await world.as_("coach").post(f"{API}/assignments", json=body), 409, "conflict")
    assert "retired: false" in told["way_out"]


async def test_athletes_and_technicians_assign_nothing(world: World) -> None:
    body = {"sensor_id": world["spare"], "athlete_id": str(world["rosa"])}
    problem(await world.as_("athlete").post(f"{API}/assignments", json=body), 403, "not-allowed")
    problem(await world.as_("technician").post(f"{API}/assignments", json=body), 404, "not-found")


async def test_of_many_who_take_a_sensor_at_once_one_gets_it(world: World) -> None:
    athletes = [str(world[name]) for name in ("rosa", "rudi", "bea")] * 2
    admin = world.as_("admin")
    answers = await asyncio.gather(
        *(
            admin.post(f"{API}/assignments", json={"sensor_id": world["spare"], "athlete_id": athlete})
            for athlete in athletes
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5


async def test_an_assignment_ends_after_it_begins(world: World) -> None:
    body = {
        "sensor_id": world["spare"],
        "athlete_id": str(world["rosa"]),
        "from": "2026-05-02T00:00:00Z",
        "to": "2026-05-01T00:00:00Z",
    }
    problem(await world.as_("coach").post(f"{API}/assignments", json=body), 422, "invalid")


async def test_assignments_are_found_by_sensor_athlete_and_time(world: World) -> None:
    admin = world.as_("admin")
    for params in (
        {"sensor": world["rosa_strap"]},
        {"athlete": str(world["rosa"])},
        {"athlete": str(world["rosa"]), "at": "2026-05-01T00:00:00Z"},
    ):
        found = (await admin.get(f"{API}/assignments", params=params)).json()["items"]
        assert [one["id"] for one in found] == [str(world["rosa_worn"])]
    params = {"athlete": str(world["rosa"]), "at": "2025-12-31T00:00:00Z"}
    assert (await admin.get(f"{API}/assignments", params=params)).json()["items"] == []
