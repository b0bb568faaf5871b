"""Activity files at the hub: stored whole or not at all, told where charts are read, and counted once however often the
workout is told."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from activity_files import RECORD, START, FitFile, ride, tcx, trackpoint
from api_support import World, heard, problem
from sts_hub.activities import repository
from sts_hub.activities.reading.file import LARGEST
from sts_hub.maintenance import retention, rollups

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation

API = "/api/v1"
RATES = [100 + second // 10 for second in range(300)]


async def send(
    world: World, data: bytes, who: str = "coach", athlete: str = "rosa", **params: Any
) -> httpx.Response:
    path = f"{API}/athletes/{world[athlete]}/activities"
    return await world.as_(who).post(path, content=data, params=params)


async def added(world: World, data: bytes, **how: Any) -> dict[str, Any]:
    answer = await send(world, data, **how)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    parts = ("values_stored", "values_withheld", "values_expired")
    assert told["values_told"] == sum(told[part] for part in parts)
    return told


async def chart(
    world: World, metric: str = "heart_rate", athlete: str = "rosa", **more: str
) -> dict[str, Any]:
    params = {
        "metric": metric,
        "from": START.isoformat(),
        "to": (START + timedelta(hours=1)).isoformat(),
        "pixels": 3600,
    }
    answer = await world.as_("coach").get(f"{API}/athletes/{world[athlete]}/samples", params=params | more)
    assert answer.status_code == 200, answer.text
    (series,) = answer.json()["series"]
    return dict(series)


def shown(series: dict[str, Any]) -> list[float]:
    return [one for one in series["value"] if one is not None]


async def stored(world: World, activity: str) -> int:
    """Values of it that the database holds."""
    query = "SELECT count(*) FROM sts.sample v JOIN sts.series s ON s.id = v.series WHERE s.epoch = $1"
    return int(await world.database.owner.fetchval(query, activity))


async def listed(world: World, athlete: str = "rosa") -> list[dict[str, Any]]:
    answer = await world.as_("coach").get(f"{API}/athletes/{world[athlete]}/activities")
    return [one for one in answer.json()["items"] if one["values_told"]]


async def test_a_file_is_stored_and_told_where_charts_are_read(world: World) -> None:
    told = await added(world, ride(RATES))
    # Heart rate, position (2), altitude, cadence, distance, speed and power of each record.
    assert (told["values_told"], told["values_stored"]) == (8 * 300, 8 * 300)
    assert (told["from"], told["same_as"], told["beside"]) == ("2026-05-01T12:00:00Z", None, None)
    series = await chart(world)
    assert shown(series) == RATES
    assert series["activities"] == [told["id"]]
    # She wore a strap all along that told nothing: of its hour the file covers 300 s.
    assert series["coverage"] == round(300 / 3600, 4)
    assert shown(await chart(world, "power")) == [180] * 300
    assert shown(await chart(world, gateway=world["pitch"])) == []


async def test_the_same_bytes_again_change_nothing(world: World) -> None:
    first = await added(world, ride(RATES))
    again = await send(world, ride(RATES))
    assert (again.status_code, again.json()["id"]) == (200, first["id"])
    assert await stored(world, first["id"]) == 8 * 300


async def test_the_same_workout_as_fit_and_tcx_counts_once_whichever_comes_first(world: World) -> None:
    poorer = tcx([[trackpoint(second, rate) for second, rate in enumerate(RATES)]])
    first = await added(world, poorer)
    second = await added(world, ride(RATES, serial=5))
    one, other = await listed(world)
    by_id = {one["id"]: one, other["id"]: other}
    assert by_id[first["id"]]["same_as"] == second["id"]
    assert by_id[first["id"]]["difference"] == 0
    assert by_id[second["id"]]["same_as"] is None
    third = await added(world, poorer + b"\n")
    assert third["same_as"] == second["id"]
    series = await chart(world)
    assert (shown(series), series["activities"]) == (RATES, [second["id"]])


async def test_what_was_the_same_counts_again_when_the_other_is_removed(world: World) -> None:
    richer = await added(world, ride(RATES))
    poorer = await added(world, tcx([[trackpoint(second, rate) for second, rate in enumerate(RATES)]]))
    assert poorer["same_as"] == richer["id"]
    path = f"{API}/athletes/{world['rosa']}/activities/{richer['id']}"
    assert (await world.as_("athlete").delete(path)).status_code == 204
    assert await stored(world, richer["id"]) == 0
    (left,) = await listed(world)
    assert (left["id"], left["same_as"]) == (poorer["id"], None)
    assert (await chart(world))["activities"] == [poorer["id"]]


async def test_a_longer_copy_of_a_cut_file_is_the_same_file_by_its_devices_word(world: World) -> None:
    """Less than a minute in common, and not the same time: only what the device calls it says so."""
    cut = await added(world, ride(RATES[:40]))
    whole = await added(world, ride(RATES))
    shorter = next(one for one in await listed(world) if one["id"] == cut["id"])
    assert (whole["same_as"], shorter["same_as"]) == (None, whole["id"])


async def test_two_hearts_at_one_time_are_told_to_a_person_and_never_doubled(world: World) -> None:
    await added(world, ride(RATES))
    other = await added(world, ride([rate + 40 for rate in RATES], serial=9))
    assert other["same_as"] is None
    # The rates rise by 1 in 10 s, so that a shift of clocks by half a minute would explain 3 of the 40.
    assert "heart rates differ by 37/min" in other["file"]["warnings"][-1]
    assert len(shown(await chart(world))) == 300


async def test_a_strap_that_was_heard_through_is_told_and_the_file_gives_what_it_lacks(world: World) -> None:
    # NOON of the API's tests is START here.
    await heard(world, "rosa_strap", range(300), [rate + 1 for rate in RATES])
    told = await added(world, ride(RATES))
    # The rates rise by 1 in 10 s: a shift of 10 s makes the difference of 1 vanish.
    assert told["beside"] == 0
    series = await chart(world)
    assert (shown(series), series["activities"]) == ([rate + 1 for rate in RATES], [])
    assert len(shown(await chart(world, "power"))) == 300


async def test_a_file_of_somebody_else_is_doubted(world: World) -> None:
    await heard(world, "rosa_strap", range(300), [rate + 50 for rate in RATES])
    told = await added(world, ride(RATES))
    assert told["beside"] > 40
    assert "whose file is this?" in told["file"]["warnings"][-1]


async def test_what_was_measured_without_consent_is_not_stored_and_counted(world: World) -> None:
    await world.database.owner.execute(
        "UPDATE sts.consent SET during = tstzrange($2, NULL) WHERE athlete_id = $1",
        world["rosa"],
        START + timedelta(seconds=100),
    )
    told = await added(world, ride(RATES))
    assert (told["values_stored"], told["values_withheld"]) == (8 * 200, 8 * 100)
    assert await stored(world, told["id"]) == 8 * 200
    assert shown(await chart(world)) == RATES[100:]


async def test_what_is_older_than_values_are_kept_is_a_summary(world: World) -> None:
    owner = world.database.owner
    await owner.execute("UPDATE sts.retention SET expired_before = $1", START + timedelta(days=1))
    try:
        told = await added(world, ride(RATES))
    finally:
        await owner.execute("UPDATE sts.retention SET expired_before = DEFAULT")
    assert (told["values_stored"], told["values_expired"]) == (0, 8 * 300)
    assert told["file"]["sessions"][0]["elapsed_s"] == 300


def without_a_date() -> bytes:
    made = FitFile()
    made.file_id(created=1000)
    made.define(1, RECORD, (253, "uint32"), (3, "uint8"))
    for second in range(3):
        made.data(1, 1000 + second, 120 + second)
    return made.bytes()


async def test_a_device_without_a_date_is_placed_by_a_person(world: World) -> None:
    assert (
        "send it again with `start`"
        in problem(await send(world, without_a_date()), 422, "invalid")["way_out"]
    )
    told = await added(world, without_a_date(), start=START.isoformat())
    assert told["from"] == "2026-05-01T12:00:00Z"
    assert shown(await chart(world)) == [120, 121, 122]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"{}", "neither FIT, TCX nor GPX"),
        (ride([120], start=datetime.now(UTC) + timedelta(days=2)), "cannot be"),
        (tcx([[trackpoint(0, 120), trackpoint(9 * 86_400, 120)]]), "9 days"),
    ],
)
async def test_what_cannot_be_stored_is_a_sentence_and_nothing_is(
    world: World, data: bytes, sentence: str
) -> None:
    assert sentence in problem(await send(world, data), 422, "invalid")["detail"]
    assert await listed(world) == []


async def test_a_cut_file_is_stored_as_far_as_it_goes(world: World) -> None:
    told = await added(world, ride(RATES)[:-1000])
    assert not told["file"]["whole"]
    assert told["file"]["records_read"] == len(shown(await chart(world))) < 300


async def test_an_import_that_fails_in_the_middle_leaves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise asyncpg.DataError("the database is full")

    before = await world.database.owner.fetchval("SELECT count(*) FROM sts.sample")
    monkeypatch.setattr(repository, "count", fail)
    problem(await send(world, ride(RATES)), 422, "invalid")
    assert await listed(world) == []
    assert await world.database.owner.fetchval("SELECT count(*) FROM sts.sample") == before
    monkeypatch.undo()
    await added(world, ride(RATES))


async def test_a_file_that_is_too_large_is_refused_before_it_is_read(world: World) -> None:
    problem(await send(world, bytes(LARGEST + 1)), 413, "too-large")


async def test_roll_ups_follow_and_nobody_forgets_a_file_for_want_of_a_wearer(world: World) -> None:
    owner = world.database.owner
    told = await added(world, ride(RATES))
    while await rollups.fill(owner):
        pass
    minutes = await owner.fetchval(
        "SELECT count(*) FROM sts.sample_1m m JOIN sts.series s ON s.id = m.series WHERE s.epoch = $1 AND s.metric = 1",
        told["id"],
    )
    assert minutes == 5
    await owner.execute("UPDATE sts.retention SET unworn_before = $1", START - timedelta(hours=1))
    await retention.forget_unworn(owner, START + timedelta(days=15))
    assert await stored(world, told["id"]) == 8 * 300
    await world.as_("coach").delete(f"{API}/athletes/{world['rosa']}/activities/{told['id']}")
    while await rollups.fill(owner):
        pass
    left = "SELECT count(*) FROM sts.sample_1s m JOIN sts.series s ON s.id = m.series WHERE s.epoch = $1"
    assert await owner.fetchval(left, told["id"]) == 0


async def test_with_an_athlete_the_values_of_files_go_in_the_same_act(world: World) -> None:
    told = await added(world, ride(RATES))
    await world.database.owner.execute("DELETE FROM sts.athlete WHERE id = $1", world["rosa"])
    assert await stored(world, told["id"]) == 0


async def test_the_apis_role_adds_no_values_to_what_is_there_already(world: World) -> None:
    told = await added(world, ride(RATES))
    connection = await asyncpg.connect(world.database.api_dsn)
    for name, value in (("account_id", world["admin"]), ("club_id", world["club"]), ("role", "admin")):
        await connection.execute("SELECT set_config($1, $2, false)", f"sts.{name}", str(value))
    query = "SELECT * FROM sts.add_activity_values($1, 2::int2, '{1}', '{1}', '{0}')"
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="new activity"):
        await connection.fetch(query, told["id"])
    await connection.close()


async def test_a_file_that_a_gateway_picked_up_is_an_activity_once_somebody_says_whose(world: World) -> None:
    """And the same workout by another way is found, whichever way came first."""
    rates = [120 + second % 40 for second in range(300)]
    await world.document("watch_file", "pitch", ride(rates))
    where = f"{API}/athletes/{world['rosa']}/activities"
    added = await world.as_("coach").post(f"{where}/documents/{world['watch_file']}")
    assert (added.status_code, added.json()["values_withheld"]) == (201, 0)
    assert added.json()["file"]["form"] == "fit"
    again = await world.as_("athlete").post(where, content=ride(rates))
    assert (again.status_code, again.json()["id"]) == (200, added.json()["id"])
    points = [trackpoint(second, rate) for second, rate in enumerate(rates)]
    other = await world.as_("athlete").post(where, content=tcx([points]))
    assert (other.status_code, other.json()["same_as"]) == (201, added.json()["id"])
    for who in ("athlete", "guardian", "technician", "other_coach"):
        answer = await world.as_(who).post(f"{where}/documents/{world['watch_file']}")
        problem(answer, 404, "not-found")
    result = await world.as_("coach").post(f"{where}/documents/{world['heat']}")
    problem(result, 422, "invalid")


@pytest.mark.long
async def test_five_hours_are_imported_in_two_seconds(world: World, tell: Callable[[str], None]) -> None:
    data = ride([120 + second % 40 for second in range(18_000)])
    began, cpu = time.perf_counter(), time.process_time()
    told = await added(world, data)
    took_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu
    tell(
        f"a FIT file of 18,000 records, 144,000 values, imported in {took_s:.2f} s ({cpu_s:.2f} s of it the hub's CPU)"
    )
    assert told["values_stored"] == 144_000
    assert cpu_s <= 2
