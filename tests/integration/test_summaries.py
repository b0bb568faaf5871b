"""The numbers of a session over the API, worked out by hand from what a strap told, and revised when data come late."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from api_support import NOON, World, at, heard, problem
from sts_hub.analytics.cli import app as compute_app
from sts_hub.summaries import repository as summaries_repository
from sts_hub.summaries.cli import app as receipt_app
from sts_protocols.sample import Quality

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation

API = "/api/v1"
MINUTES = 10


def iso(second: float) -> str:
    return at(second).isoformat().replace("+00:00", "Z")


async def ended(world: World, minutes: int = MINUTES, **more: Any) -> str:
    """The path of a session of team Red, from noon on."""
    coach = world.as_("coach")
    roster = [{"athlete_id": str(world["rosa"])}]
    body = {"team_id": str(world["red"]), "name": "Tempo", "planned_from": iso(0), "roster": roster} | more
    path = f"{API}/sessions/{(await coach.post(f'{API}/sessions', json=body)).json()['id']}"
    await coach.post(f"{path}/start", json={"at": iso(0)})
    assert (await coach.post(f"{path}/end", json={"at": iso(60 * minutes)})).status_code == 200
    return path


async def of_rosa(world: World, path: str, who: str = "coach") -> dict[str, Any]:
    answer = await world.as_(who).get(f"{path}/summary")
    assert answer.status_code == 200, answer.text
    (one,) = (one for one in answer.json()["athletes"] if one["athlete_id"] == str(world["rosa"]))
    return one


def number(summary: dict[str, Any], formula: str, variant: str) -> dict[str, Any]:
    (one,) = (one for one in summary["numbers"] if (one["formula"], one["variant"]) == (formula, variant))
    return one


async def told(world: World, *parts: tuple[float, float, float]) -> None:
    """Rosa's heart rate each second, as (from minute, to minute, heart rate); the ledger knows of each part."""
    for since, until, value in parts:
        seconds = range(round(60 * since), round(60 * until))
        await heard(world, "rosa_strap", seconds, [value] * len(seconds))
        await in_ledger(world, seconds[0], seconds[-1])


async def in_ledger(world: World, first_s: int, last_s: int) -> None:
    """The epoch that was stored last is whole, and its gateway has spoken from then on."""
    owner = world.database.owner
    epoch = await owner.fetchval(
        "UPDATE sts.epoch SET head = $2::bigint, received = int8multirange(int8range(0, $2 + 1)), pin_offset_us = 0, "
        "spoke_first_at = $3, spoke_last_at = $4 WHERE epoch = "
        "(SELECT epoch FROM sts.epoch WHERE gateway = $1 AND head = -1 ORDER BY added_at DESC LIMIT 1) "
        "RETURNING epoch",
        world["pitch"],
        last_s - first_s,
        at(first_s),
        at(last_s + 1),
    )
    await owner.execute(
        "INSERT INTO sts.received_span (epoch, from_seq, to_seq, first_t, last_t) VALUES ($1, 0, $2, $3, $4)",
        epoch,
        last_s - first_s,
        at(first_s),
        at(last_s),
    )


async def test_sessions_out_of_reach_have_no_summary(world: World) -> None:
    path = await ended(world)
    for who in ("technician", "other_admin"):
        problem(await world.as_(who).get(f"{path}/summary"), 404, "not-found")
    problem(await world.as_("coach").get(f"{API}/sessions/{world['bea_session']}/summary"), 404, "not-found")


async def test_a_session_that_runs_has_no_summary_yet(world: World) -> None:
    answer = await world.as_("coach").get(f"{API}/sessions/{world['rosa_session']}/summary")
    assert "end" in problem(answer, 409, "conflict")["way_out"]


async def test_numbers_come_with_formula_parameters_and_coverage(world: World) -> None:
    """Highest 190: 150 is 78.9 %, zone 3, weight 3; 180 is 94.7 %, zone 5, weight 5. Five minutes of each: 15 + 25."""
    path = await ended(world)
    await told(world, (0, 5, 150), (5, 10, 180))
    summary = await of_rosa(world, path)
    load = number(summary, "trimp", "edwards")
    assert load["values"]["load"] == pytest.approx(40, abs=1e-9)
    assert (load["parameters"], load["version"], load["revision"]) == ({"hr_max": 190}, 1, 1)
    assert load["coverage_percent"] == pytest.approx(100)
    rate = number(summary, "heart_rate", "time_weighted")
    assert rate["values"] == {"mean": pytest.approx(165), "highest": 180}
    zones = number(summary, "time_in_zone", "percent_of_max")["values"]
    assert zones == {"zone": [0, 0, 0, 300, 0, 300], "missing": 0}
    banister = number(summary, "trimp", "banister")
    assert banister["values"]["load"] is None
    assert "hr_rest" in banister["reason"]
    assert "sex" in banister["reason"]


async def test_parameters_are_those_in_force_when_the_session_began(world: World) -> None:
    """From 13:00 on 300 /min; no number of noon knows of it."""
    coach, parameters = world.as_("coach"), f"{API}/athletes/{world['rosa']}/parameters"
    for name, value, hour in (("hr_max", 240, 13), ("hr_rest", 50, 10), ("sex", "female", 10)):
        body = {"name": name, "value": value, "source": "coach", "from": f"2026-05-01T{hour}:00:00Z"}
        assert (await coach.post(parameters, json=body)).status_code == 201
    path = await ended(world)
    await told(world, (0, 10, 148))
    load = number(await of_rosa(world, path), "trimp", "banister")
    assert load["parameters"] == {"hr_max": 190, "hr_rest": 50, "sex": "female"}
    # x = 98 / 140 = 0.7; 10 min of 0.7 x 0.86 x e^(1.67 x 0.7) = 10 x 0.602 x 3.21882...
    assert load["values"]["load"] == pytest.approx(19.3773, abs=1e-3)


async def test_a_hole_lowers_the_coverage_and_not_the_mean(world: World) -> None:
    """A value holds for ten seconds at most: of ten minutes with 2 to 4 missing, 130 s more are held than 480 - 120."""
    path = await ended(world)
    await told(world, (0, 2, 150), (4, 10, 150))
    rate = number(await of_rosa(world, path), "heart_rate", "time_weighted")
    assert rate["values"]["mean"] == pytest.approx(150)
    assert rate["coverage_percent"] == pytest.approx(100 * (600 - 120 + 9) / 600)


async def test_an_athlete_sees_the_own_numbers_alone(world: World) -> None:
    roster = [{"athlete_id": str(world[name])} for name in ("rosa", "rudi")]
    path = await ended(world, roster=roster)
    await told(world, (0, 10, 150))
    shown = (await world.as_("athlete").get(f"{path}/summary")).json()["athletes"]
    assert [one["athlete_id"] for one in shown] == [str(world["rosa"])]
    assert len((await world.as_("coach").get(f"{path}/summary")).json()["athletes"]) == 2


async def test_late_data_say_what_they_changed(world: World) -> None:
    """At first nine of ten minutes in zone 3: 27 and, by the ten seconds of a held value, 9/60 x 3 more; then the tenth."""
    path = await ended(world)
    await told(world, (0, 9, 150))
    first = await of_rosa(world, path)
    assert (first["revision"], first["revised"], first["because"]) == (1, None, [])
    assert await of_rosa(world, path) == first
    await told(world, (9, 10, 150))
    late = await of_rosa(world, path)
    load = number(late, "trimp", "edwards")
    assert load["values"]["load"] == pytest.approx(30)
    (change,) = load["changes"]
    before = 3 * (540 + 9) / 60
    assert change["before"] == pytest.approx(before)
    assert change["percent"] == pytest.approx(100 * (30 - before) / before, abs=0.05)
    assert (late["revision"], late["because"], late["revised"]) == (2, ["data"], "revised +9 %")
    assert number(late, "heart_rate", "time_weighted")["changes"] == []


async def test_what_comes_after_the_end_revises_nothing(world: World) -> None:
    path = await ended(world)
    await told(world, (0, 10, 150))
    first = await of_rosa(world, path)
    await told(world, (20, 22, 170))
    assert await of_rosa(world, path) == first


async def test_corrected_borders_and_repaired_straps_revise(world: World) -> None:
    path, coach = await ended(world), world.as_("coach")
    await told(world, (0, 5, 150), (5, 10, 180))
    await of_rosa(world, path)
    await coach.patch(path, json={"ended_at": iso(300)}, headers={"If-Match": "*"})
    shorter = await of_rosa(world, path)
    assert number(shorter, "trimp", "edwards")["values"]["load"] == pytest.approx(15)
    assert shorter["because"] == ["borders"]
    await coach.patch(f"{API}/assignments/{world['rosa_worn']}", json={"athlete_id": str(world["rudi"])})
    nothing = await of_rosa(world, path)
    assert number(nothing, "trimp", "edwards")["values"]["load"] is None
    assert (nothing["because"], nothing["complete"]) == (["data"], None)


async def test_a_rating_makes_a_load_and_another_one_revises_it(world: World) -> None:
    path, athlete = await ended(world), world.as_("athlete")
    ratings = f"{API}/athletes/{world['rosa']}/ratings"
    for rating, load in ((7, 70), (6, 60)):
        body = {"session_id": path.rpartition("/")[2], "rating": rating}
        assert (await athlete.post(ratings, json=body)).status_code == 201
        summary = await of_rosa(world, path)
        (found,) = (one for one in summary["numbers"] if one["formula"] == "session_rpe")
        assert found["values"]["load"] == load
    assert (summary["because"], summary["revised"]) == (["rating"], "revised -14 %")


async def test_without_live_data_there_is_the_rating_alone(world: World) -> None:
    path = await ended(world, live_data=False)
    await told(world, (0, 10, 150))
    summary = await of_rosa(world, path)
    assert (summary["numbers"], summary["complete"]) == ([], None)


async def test_a_session_is_complete_once_all_is_here(world: World) -> None:
    """The gateway has recorded 600 s and sent 540 of them: the last minute is missing until it comes."""
    path, owner = await ended(world), world.database.owner
    await told(world, (0, 10, 150))
    await owner.execute(
        "UPDATE sts.epoch SET received = '{[0,540)}' WHERE gateway = $1 AND head = 599", world["pitch"]
    )
    await owner.execute(
        "UPDATE sts.received_span s SET to_seq = 539, last_t = $2 FROM sts.epoch e "
        "WHERE e.epoch = s.epoch AND e.gateway = $1 AND e.head = 599",
        world["pitch"],
        at(539),
    )
    summary = (await world.as_("coach").get(f"{path}/summary")).json()
    assert (summary["complete"], summary["complete_at"]) == (False, None)
    words = [(one["word"], one["records"]) for one in summary["athletes"][0]["stretches"]]
    assert ("missing", 60) in words
    await owner.execute(
        "UPDATE sts.epoch SET received = '{[0,600)}' WHERE gateway = $1 AND head = 599", world["pitch"]
    )
    await owner.execute(
        "UPDATE sts.received_span s SET to_seq = 599, last_t = $2 FROM sts.epoch e "
        "WHERE e.epoch = s.epoch AND e.gateway = $1 AND e.head = 599",
        world["pitch"],
        at(599),
    )
    summary = (await world.as_("coach").get(f"{path}/summary")).json()
    assert summary["complete"] is True
    assert summary["complete_at"] is not None
    assert summary["athletes"][0]["stretches"] == []


async def test_what_no_gateway_knows_of_is_unknown(world: World) -> None:
    path = await ended(world)
    summary = await of_rosa(world, path)
    assert [one["word"] for one in summary["stretches"]] == ["unknown"]
    assert summary["complete"] is False


async def test_a_maximum_held_for_five_seconds_is_proposed_once_and_not_set(world: World) -> None:
    await world.database.owner.execute(
        "UPDATE sts.parameter_proposal SET state = 'declined', decided_at = now() WHERE athlete_id = $1",
        world["rosa"],
    )
    path, coach = await ended(world), world.as_("coach")
    await told(world, (0, 5, 150), (5, 5.2, 199), (5.2, 10, 150))
    await of_rosa(world, path)
    await of_rosa(world, path)
    params = {"athlete": str(world["rosa"]), "state": "open"}
    (one,) = (await coach.get(f"{API}/proposals", params=params)).json()["items"]
    assert (one["value"], one["in_force"], one["seen_at"]) == (199, 190, iso(300))
    assert (await coach.get(f"{API}/athletes/{world['rosa']}")).json()["hr_max"] == 190


@pytest.mark.parametrize("quality", [Quality.NO_CONTACT, Quality.IMPLAUSIBLE])
async def test_values_of_another_quality_than_ok_count_for_nothing(world: World, quality: int) -> None:
    path = await ended(world)
    await heard(world, "rosa_strap", range(600), [200] * 600, quality=quality)
    summary = await of_rosa(world, path)
    assert number(summary, "trimp", "edwards")["values"]["load"] is None


async def test_two_who_ask_at_once_are_told_the_same(world: World) -> None:
    path = await ended(world)
    await told(world, (0, 10, 150))
    answers = await asyncio.gather(
        *(world.as_(who).get(f"{path}/summary") for who in ("coach", "trainer", "admin"))
    )
    assert len({answer.text for answer in answers}) == 1


def run(app: Any, *words: str) -> str:
    outcome = CliRunner().invoke(app, words)
    if outcome.exception is not None and not isinstance(outcome.exception, SystemExit):
        raise outcome.exception
    return outcome.stdout


async def test_a_receipt_gives_the_same_digits(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """Every number of a session, from the store over its receipt and `sts-hub compute` to the same digits."""
    monkeypatch.setenv("STS_DB_OWNER_DSN", world.database.owner_dsn)
    path = await ended(world)
    body = {"session_id": path.rpartition("/")[2], "rating": 7}
    await world.as_("athlete").post(f"{API}/athletes/{world['rosa']}/ratings", json=body)
    await told(world, (0, 3.1, 151), (3.4, 7, 177), (8, 10, 139))
    await in_phases(world, path, ("Tempo runs", 2, 7.5))
    summary = await of_rosa(world, path)
    numbers = summary["numbers"] + summary["phases"][0]["numbers"]
    assert len(numbers) > 12
    file = tmp_path / "receipt.json"
    for one in numbers:
        file.write_text(await asyncio.to_thread(run, receipt_app, "receipt", one["id"]))
        again = json.loads(
            await asyncio.to_thread(run, compute_app, "compute", one["formula"], str(file), "--json")
        )
        assert again["values"] == one["values"]
        assert (again["version"], again["variant"]) == (one["version"], one["variant"])
        assert again["parameters"] == one["parameters"]
    about = json.loads(file.read_text())["about"]
    assert (about["session"], about["phase"]) == ("Tempo", "Tempo runs")


async def in_phases(world: World, path: str, *phases: tuple[str, float, float]) -> dict[str, str]:
    """Phases of Rosa by (name, from minute, to minute), told in the order given; their ids."""
    coach, ids = world.as_("coach"), {}
    for name, since, until in phases:
        body = {"name": name, "at": iso(60 * since), "athlete_ids": [str(world["rosa"])]}
        made = await coach.post(f"{path}/phases", json=body)
        assert made.status_code == 201, made.text
        ids[name] = made.json()["id"]
        assert (
            await coach.patch(
                f"{path}/phases/{ids[name]}", json={"to": iso(60 * until)}, headers={"If-Match": "*"}
            )
        ).status_code == 200
    return ids


async def test_each_phase_has_numbers_of_its_own(world: World) -> None:
    """Zone 3 (weight 3) for four minutes of warming up, zone 5 (weight 5) for five of play, a minute of neither at 150:
    12, 25 and in all 40; and a wrong border of a phase, corrected, revises its numbers and nobody else's."""
    path = await ended(world)
    await told(world, (0, 5, 150), (5, 10, 180))
    ids = await in_phases(world, path, ("Warm up", 0, 4), ("Play", 5, 10))
    summary = await of_rosa(world, path)
    assert number(summary, "trimp", "edwards")["values"]["load"] == pytest.approx(40)
    warm, play = summary["phases"]
    assert (warm["name"], warm["phase_id"], warm["from"], warm["to"]) == (
        "Warm up",
        ids["Warm up"],
        iso(0),
        iso(240),
    )
    assert number(warm, "trimp", "edwards")["values"]["load"] == pytest.approx(12)
    assert number(warm, "heart_rate", "time_weighted")["values"] == {
        "mean": pytest.approx(150),
        "highest": 150,
    }
    assert number(play, "trimp", "edwards")["values"]["load"] == pytest.approx(25)
    assert number(play, "trimp", "edwards")["coverage_percent"] == pytest.approx(100)
    whole = {(one["formula"], one["variant"]) for one in summary["numbers"]}
    assert {(one["formula"], one["variant"]) for one in play["numbers"]} == whole
    assert await of_rosa(world, path) == summary

    await world.as_("coach").patch(
        f"{path}/phases/{ids['Play']}", json={"to": iso(480)}, headers={"If-Match": "*"}
    )
    later = await of_rosa(world, path)
    assert later["because"] == ["borders"]
    assert number(later, "trimp", "edwards") == number(summary, "trimp", "edwards")
    (change,) = number(later["phases"][1], "trimp", "edwards")["changes"]
    assert (change["before"], change["after"]) == (pytest.approx(25), pytest.approx(15))
    assert number(later["phases"][0], "trimp", "edwards")["revision"] == 1
    assert (await world.as_("coach").delete(f"{path}/phases/{ids['Play']}")).status_code == 204
    assert [one["name"] for one in (await of_rosa(world, path))["phases"]] == ["Warm up"]


async def test_who_was_in_no_phase_has_none_and_a_running_one_ends_with_the_session(world: World) -> None:
    coach = world.as_("coach")
    roster = [{"athlete_id": str(world[name])} for name in ("rosa", "rudi")]
    body = {"team_id": str(world["red"]), "name": "Tempo", "planned_from": iso(0), "roster": roster}
    path = f"{API}/sessions/{(await coach.post(f'{API}/sessions', json=body)).json()['id']}"
    await coach.post(f"{path}/start", json={"at": iso(0)})
    only = {"name": "Sprints", "at": iso(300), "athlete_ids": [str(world["rosa"])]}
    assert (await coach.post(f"{path}/phases", json=only)).status_code == 201
    assert (await coach.post(f"{path}/end", json={"at": iso(600)})).status_code == 200
    athletes = (await coach.get(f"{path}/summary")).json()["athletes"]
    phases = {one["athlete_id"]: one["phases"] for one in athletes}
    assert phases[str(world["rudi"])] == []
    (sprints,) = phases[str(world["rosa"])]
    assert (sprints["from"], sprints["to"]) == (iso(300), iso(600))
    assert number(sprints, "trimp", "edwards")["values"]["load"] is None


async def test_a_load_of_a_season_counts_the_whole_session_once(world: World) -> None:
    """The numbers of phases are no sessions: the load of the day is that of the whole."""
    path = await ended(world)
    await told(world, (0, 10, 150))
    await in_phases(world, path, ("One", 0, 5), ("Two", 5, 10))
    await of_rosa(world, path)
    rows = await world.database.owner.fetch(
        summaries_repository.SQL.loads, [world["rosa"]], "trimp", "edwards", at(-1), at(3600)
    )
    assert [row["load"] for row in rows if row["load"] is not None] == [pytest.approx(30)]


async def test_a_receipt_of_values_that_have_changed_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STS_DB_OWNER_DSN", world.database.owner_dsn)
    path = await ended(world)
    await told(world, (0, 9, 150))
    one = number(await of_rosa(world, path), "trimp", "edwards")
    await told(world, (9, 10, 150))
    with pytest.raises(Exception, match="others than when it was worked out"):
        await asyncio.to_thread(run, receipt_app, "receipt", one["id"])
    with pytest.raises(Exception, match="no number"):
        await asyncio.to_thread(run, receipt_app, "receipt", str(uuid4()))


async def test_a_session_longer_than_a_day_has_no_summary(world: World) -> None:
    path = await ended(world)
    until = (NOON + timedelta(hours=25)).isoformat()
    await world.as_("coach").patch(path, json={"ended_at": until}, headers={"If-Match": "*"})
    problem(await world.as_("coach").get(f"{path}/summary"), 409, "conflict")
