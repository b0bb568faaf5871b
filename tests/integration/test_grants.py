"""Grants: a second club or a trainer reads what it was given, of that time, until it ends, and nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from access_walls import become
from api_support import NOON, World, at, heard, make_world, problem, settings_of
from sts_hub.api.app import create_app
from sts_hub.kit.database import Database
from sts_hub.kit.removals import Removals, Revoked
from sts_protocols.metrics import HEART_RATE, RR_INTERVAL

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation

API = "/api/v1"
RATES = [float(100 + second) for second in range(60)]
# The grant covers seconds 10 to 40 of these.
GIVEN = {"metrics": ["heart_rate"], "from": at(10).isoformat(), "to": at(40).isoformat()}
ALL = {"metric": "heart_rate", "from": NOON.isoformat(), "to": at(60).isoformat()}


@pytest.fixture
async def trained(world: World) -> World:
    await heard(world, "rosa_strap", range(60), RATES)
    await heard(world, "rosa_strap", range(60), [600.0] * 60, metric=RR_INTERVAL.id)
    return world


async def give(world: World, who: str = "athlete", **body: Any) -> dict[str, Any]:
    answer = await world.as_(who).post(f"{API}/athletes/{world['rosa']}/grants", json={**GIVEN, **body})
    assert answer.status_code == 201, answer.text
    given: dict[str, Any] = answer.json()
    return given


async def read(world: World, who: str, grant: dict[str, Any], **params: Any) -> Any:
    return await world.as_(who).get(f"{API}/shared/{grant['id']}/samples", params={**ALL, **params})


def values(answer: Any) -> list[float]:
    assert answer.status_code == 200, answer.text
    return [value for value in answer.json()["series"][0]["value"] if value is not None]


async def test_a_second_club_reads_the_metrics_and_the_time_given_and_nothing_else(trained: World) -> None:
    grant = await give(trained, club_id=str(trained["other_club"]))
    for who in ("other_admin", "other_coach"):
        told = await read(trained, who, grant)
        assert values(told) == RATES[10:40]
        assert told.json()["series"][0]["gateways"] == []
        problem(await read(trained, who, grant, metric="rr_interval"), 422, "invalid")
        problem(await read(trained, who, grant, **{"from": at(40).isoformat()}), 422, "invalid")
        for path in ("", "/samples", "/consents", "/grants", "/audit", "/wellness"):
            params = ALL if path == "/samples" else {}
            answer = await trained.as_(who).get(f"{API}/athletes/{trained['rosa']}{path}", params=params)
            problem(answer, 404, "not-found")
    for who in ("trainer", "coach", "technician", "athlete"):
        problem(await read(trained, who, grant), 404, "not-found")


async def test_a_trainer_alone_reads_what_was_given_to_the_trainer(trained: World) -> None:
    await trained.person("personal", "trainer", "other_club")
    grant = await give(trained, account_id=str(trained["personal"]))
    assert grant["trainer"] == "Personal"
    assert values(await read(trained, "personal", grant)) == RATES[10:40]
    (shown,) = (await trained.as_("personal").get(f"{API}/shared")).json()["items"]
    assert (shown["athlete"], shown["metrics"], shown["id"]) == ("Rosa", ["heart_rate"], grant["id"])
    for who in ("other_admin", "other_coach"):
        problem(await read(trained, who, grant), 404, "not-found")
        assert grant["id"] not in (await trained.as_(who).get(f"{API}/shared")).text


async def test_a_revoked_grant_shows_nothing_more_and_is_not_made_longer(trained: World) -> None:
    grant = await give(trained, club_id=str(trained["other_club"]))
    path = f"{API}/athletes/{trained['rosa']}/grants/{grant['id']}"
    problem(await trained.as_("admin").patch(path, json={}), 403, "not-allowed")
    assert (await trained.as_("athlete").patch(path, json={})).status_code == 200
    problem(await read(trained, "other_coach", grant), 404, "not-found")
    assert grant["id"] not in (await trained.as_("other_coach").get(f"{API}/shared")).text
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    problem(await trained.as_("athlete").patch(path, json={"ends_at": later}), 409, "conflict")


async def test_a_grant_ends_by_itself(trained: World) -> None:
    grant = await give(trained, club_id=str(trained["other_club"]), ends_at="2040-01-01T00:00:00Z")
    assert values(await read(trained, "other_coach", grant))
    await trained.database.owner.execute("UPDATE sts.athlete_grant SET ends_at = now() WHERE ends_at > now()")
    problem(await read(trained, "other_coach", grant), 404, "not-found")


async def test_a_guardian_gives_until_the_day_of_being_of_age(trained: World) -> None:
    grant = await give(trained, "guardian", club_id=str(trained["other_club"]))
    assert grant["given_by"] == "guardian"
    assert grant["ends_at"] is not None
    assert values(await read(trained, "other_coach", grant)) == RATES[10:40]
    await trained.database.owner.execute(
        "UPDATE sts.athlete SET birth_date = now() - interval '18 years' WHERE id = $1", trained["rosa"]
    )
    problem(await read(trained, "other_coach", grant), 404, "not-found")


async def test_who_may_give_and_to_whom(trained: World) -> None:
    path = f"{API}/athletes/{trained['rosa']}/grants"
    to_club = {**GIVEN, "club_id": str(trained["other_club"])}
    for who in ("admin", "director"):
        problem(await trained.as_(who).post(path, json=to_club), 403, "not-allowed")
    for who in ("coach", "trainer", "technician", "other_admin"):
        problem(await trained.as_(who).post(path, json=to_club), 404, "not-found")
    rosa = trained.as_("athlete")
    problem(await rosa.post(path, json=GIVEN), 422, "invalid")
    problem(await rosa.post(path, json={**GIVEN, "club_id": str(trained["club"])}), 409, "conflict")
    problem(await rosa.post(path, json={**GIVEN, "club_id": str(trained["rosa"])}), 404, "not-found")
    coach = {**GIVEN, "account_id": str(trained["other_coach"])}
    problem(await rosa.post(path, json=coach), 404, "not-found")  # a coach is no trainer
    problem(await rosa.post(path, json={**to_club, "metrics": ["happiness"]}), 422, "invalid")
    await trained.database.owner.execute(
        "UPDATE sts.athlete SET birth_date = now() - interval '15 years' WHERE id = $1", trained["rosa"]
    )
    problem(await rosa.post(path, json=to_club), 403, "not-allowed")


async def test_the_database_alone_gives_no_other_metric_and_no_other_time(trained: World) -> None:
    """As the API's role in the name of the other club's coach, with no API in between."""
    straight = await asyncpg.connect(trained.database.api_dsn)
    ask = "SELECT sum(octet_length(t_us)) / 8 FROM sts.read_series($1, $2, $3, $4)"
    since = [trained["rosa"], HEART_RATE.id, NOON, at(60)]
    await become(straight, trained, "coach")
    assert await straight.fetchval(ask, *since) == 60  # the control: her own coach
    for name, value in (
        ("account_id", trained["other_coach"]),
        ("club_id", trained["other_club"]),
        ("role", "coach"),
    ):
        await straight.execute("SELECT set_config($1, $2, false)", f"sts.{name}", str(value))
    assert await straight.fetchval(ask, *since) is None
    await give(trained, club_id=str(trained["other_club"]))
    assert await straight.fetchval(ask, *since) == 30
    assert await straight.fetchval(ask, trained["rosa"], RR_INTERVAL.id, NOON, at(60)) is None
    assert (
        await straight.fetchval("SELECT count(*) FROM sts.worn($1, $2, $3)", trained["rosa"], NOON, at(60))
        == 0
    )
    assert await straight.fetchval("SELECT count(*) FROM sts.athlete WHERE id = $1", trained["rosa"]) == 0
    await straight.close()


async def test_without_consent_a_grant_gives_nothing(trained: World) -> None:
    grant = await give(trained, club_id=str(trained["other_club"]))
    await trained.database.owner.execute(
        "UPDATE sts.consent SET during = tstzrange(lower(during), $2) WHERE id = $1",
        trained["rosa_consent"],
        at(20),
    )
    assert values(await read(trained, "other_coach", grant)) == RATES[10:20]


async def test_the_athlete_sees_who_of_the_other_club_has_looked(trained: World) -> None:
    grant = await give(trained, club_id=str(trained["other_club"]))
    await read(trained, "other_coach", grant)
    looked = (await trained.as_("athlete").get(f"{API}/athletes/{trained['rosa']}/audit")).json()["items"]
    (entry,) = [one for one in looked if one["act"] == "get_shared_samples"]
    assert entry["name"] == "Other Coach"
    assert f"shared_id={grant['id']}" in entry["things"]


async def test_a_revocation_is_listed_outside_the_database_and_done_again(
    api_database: Any, tmp_path: Path
) -> None:
    from sts_hub.erasure import service as erasure

    file = tmp_path / "removals"
    app = create_app(settings_of(api_database.api_dsn, without_broker=True, removals_file=file))
    await app.state.parts[Database].open()
    world = await make_world(api_database, app)
    grant = await give(world, club_id=str(world["other_club"]))
    answer = await world.as_("athlete").patch(f"{API}/athletes/{world['rosa']}/grants/{grant['id']}", json={})
    ended_at = answer.json()["ends_at"]
    (revoked,) = [one for one in Removals(file).listed().done if isinstance(one, Revoked)]
    assert str(revoked.grant) == grant["id"]
    owner = api_database.owner
    # An older backup knows nothing of it.
    await owner.execute("UPDATE sts.athlete_grant SET ends_at = NULL WHERE id = $1", revoked.grant)
    assert await erasure.replayed(owner, Removals(file).listed().done) == (1, 0)
    ends = await owner.fetchval("SELECT ends_at FROM sts.athlete_grant WHERE id = $1", revoked.grant)
    assert ends == datetime.fromisoformat(ended_at)
    assert [json.loads(line)["act"] for line in file.read_text().splitlines()] == ["revoked", "done"]
    await app.state.parts[Database].close()
