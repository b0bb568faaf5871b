"""Exports: read back by an independent reader, made beside the requests with progress, and nobody else's to fetch."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import time
import zipfile
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI

from access_walls import become
from activity_files import START, ride
from api_support import PATIENCE_S, ApiDatabase, World, at, heard, make_world, problem, settings_of
from oracles import ask
from sts_hub.api.app import create_app
from sts_hub.exports import dossier, making
from sts_hub.exports.desk import KEPT_S, ExportDesk
from sts_hub.kit.database import Database
from sts_protocols.metrics import RR_INTERVAL

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation

API = "/api/v1"
RATES = [100 + second // 10 for second in range(120)]
RANGE = {"from": START.isoformat(), "to": (START + timedelta(hours=1)).isoformat()}


@pytest.fixture
async def exporting(api_database: ApiDatabase, tmp_path: Path) -> AsyncIterator[FastAPI]:
    """An API that keeps exports, with its desk at work."""
    app = create_app(settings_of(api_database.api_dsn, without_broker=True, export_dir=tmp_path / "exports"))
    await app.state.parts[Database].open()
    desk = asyncio.create_task(app.state.parts[ExportDesk].run())
    yield app
    desk.cancel()
    await app.state.parts[Database].close()


@pytest.fixture
async def hub(api_database: ApiDatabase, exporting: FastAPI) -> World:
    """A world of one's own behind that API."""
    return await make_world(api_database, exporting)


async def done(hub: World, who: str = "coach", **body: Any) -> dict[str, Any]:
    """An export that somebody asks for and waits for."""
    client = hub.as_(who)
    answer = await client.post(f"{API}/exports", json={"form": "csv", **RANGE, **body})
    assert answer.status_code == 202, answer.text
    return await settled(hub, answer.json()["id"], who)


async def settled(hub: World, export: str, who: str = "coach") -> dict[str, Any]:
    client = hub.as_(who)
    async with asyncio.timeout(PATIENCE_S):
        while True:
            told: dict[str, Any] = (await client.get(f"{API}/exports/{export}")).json()
            if told["state"] not in ("waiting", "running"):
                return told
            await asyncio.sleep(0.02)


async def content(hub: World, export: dict[str, Any], who: str = "coach") -> bytes:
    answer = await hub.as_(who).get(f"{API}/exports/{export['id']}/content")
    assert answer.status_code == 200, answer.text
    assert export["size"] == len(answer.content)
    return answer.content


async def trained(hub: World) -> str:
    """Rosa's strap tells two minutes, her watch the same with power; Rudi's strap tells ten seconds."""
    await heard(hub, "rosa_strap", range(120), RATES)
    await heard(hub, "rosa_strap", [0.5, 1.5], [600.5, 610], metric=RR_INTERVAL.id)
    await heard(hub, "rudi_strap", range(10), [90] * 9 + [0], quality=0)
    answer = await hub.as_("coach").post(f"{API}/athletes/{hub['rosa']}/activities", content=ride(RATES))
    return str(answer.json()["id"])


async def test_a_table_holds_every_value_once_with_its_device(hub: World) -> None:
    activity = await trained(hub)
    export = await done(hub, athlete_ids=[str(hub["rosa"]), str(hub["rudi"])])
    assert (export["state"], export["done"], export["total"], export["error"]) == ("done", 2, 2, None)
    rows = list(csv.DictReader(io.StringIO((await content(hub, export)).decode())))
    assert list(rows[0]) == ["time", "athlete", "metric", "unit", "value", "quality", "device"]
    rates = [row for row in rows if row["metric"] == "heart_rate" and row["athlete"] == str(hub["rosa"])]
    assert [float(row["value"]) for row in rates] == RATES
    assert {row["device"] for row in rates} == {f"sensor {hub['rosa_strap']}"}
    assert rates[0] | {"device": ""} == {
        "time": "2026-05-01T12:00:00.000000Z", "athlete": str(hub["rosa"]), "metric": "heart_rate", "unit": "/min",
        "value": "100.0", "quality": "ok", "device": "",
    }  # fmt: skip
    power = [row for row in rows if row["metric"] == "power"]
    assert (len(power), {row["device"] for row in power}) == (120, {f"file {activity}"})
    assert len([row for row in rows if row["athlete"] == str(hub["rudi"])]) == 10
    assert not any("Rosa" in value for row in rows for value in row.values())


async def test_parquet_has_the_same_rows_by_another_reader(hub: World) -> None:
    await trained(hub)
    who = {"athlete_ids": [str(hub["rosa"])]}
    table = await content(hub, await done(hub, form="parquet", **who))
    rows = list(csv.reader(io.StringIO((await content(hub, await done(hub, **who))).decode())))
    (theirs,) = ask("parquet", [("rows", table)])
    assert theirs["columns"] == rows[0]
    assert sorted(theirs["rows"]) == sorted([[*row[:4], float(row[4]), *row[5:]] for row in rows[1:]])


@pytest.mark.parametrize("form", ["fit", "tcx", "gpx"])
async def test_workouts_go_out_as_files_of_each_form(hub: World, form: str) -> None:
    await trained(hub)
    archive = zipfile.ZipFile(
        io.BytesIO(await content(hub, await done(hub, form=form, team_id=str(hub["red"]))))
    )
    names = archive.namelist()
    assert f"{hub['rosa']}/2026-05-01T120000Z.{form}" in names
    assert len(names) == (1 if form == "gpx" and len(names) == 1 else 2)


async def test_one_workout_is_answered_at_once_and_garmins_reader_reads_it(hub: World) -> None:
    await trained(hub)
    answer = await hub.as_("athlete").get(f"{API}/athletes/{hub['rosa']}/workout", params=RANGE)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == 'attachment; filename="2026-05-01T120000Z.fit"'
    (theirs,) = ask("activity", [("fit", answer.content)])
    assert (theirs["sound"], theirs["errors"], theirs["heart_rate"]) == (True, [], RATES)
    assert theirs["power"] == [180] * 120
    empty = {"from": at(7200).isoformat(), "to": at(7300).isoformat()}
    problem(
        await hub.as_("athlete").get(f"{API}/athletes/{hub['rosa']}/workout", params=empty), 409, "conflict"
    )


async def test_two_workouts_are_not_one_file(hub: World) -> None:
    await heard(hub, "rosa_strap", [0, 1, 8000, 8001], [100, 101, 102, 103])
    params = RANGE | {"to": at(9000).isoformat()}
    told = problem(
        await hub.as_("coach").get(f"{API}/athletes/{hub['rosa']}/workout", params=params), 422, "invalid"
    )
    assert "2 workouts" in told["detail"]
    export = await done(hub, form="fit", athlete_ids=[str(hub["rosa"])], to=params["to"])
    archive = zipfile.ZipFile(io.BytesIO(await content(hub, export)))
    assert len(archive.namelist()) == 2


async def test_a_session_says_itself_who_and_when(hub: World) -> None:
    """Rosa's session is the first minute of two; Rudi was not in it."""
    await trained(hub)
    session = {"session_id": str(hub["rosa_session"])}
    asked = {"form": "csv", **session}
    told = problem(await hub.as_("coach").post(f"{API}/exports", json=asked), 409, "conflict")
    assert "has not ended" in told["detail"]
    await hub.database.owner.execute(
        "UPDATE sts.session SET ended_at = $2 WHERE id = $1", hub["rosa_session"], at(60)
    )
    problem(await hub.as_("coach").post(f"{API}/exports", json={**RANGE, **asked}), 422, "invalid")
    problem(await hub.as_("technician").post(f"{API}/exports", json=asked), 404, "not-found")
    problem(await hub.as_("other_admin").post(f"{API}/exports", json=asked), 404, "not-found")
    export = await settled(hub, (await hub.as_("coach").post(f"{API}/exports", json=asked)).json()["id"])
    assert (export["athlete_ids"], export["from"]) == ([str(hub["rosa"])], "2026-05-01T12:00:00Z")
    rows = list(csv.DictReader(io.StringIO((await content(hub, export)).decode())))
    rates = [row for row in rows if row["metric"] == "heart_rate"]
    assert [float(row["value"]) for row in rates] == RATES[:60]
    assert {row["athlete"] for row in rows} == {str(hub["rosa"])}


async def test_nobody_exports_whom_he_does_not_see(hub: World) -> None:
    for who, athlete in (("coach", "bea"), ("technician", "rosa"), ("admin", "gina"), ("athlete", "rudi")):
        body = {"form": "csv", **RANGE, "athlete_ids": [str(hub[athlete])]}
        problem(await hub.as_(who).post(f"{API}/exports", json=body), 404, "not-found")
    export = await done(hub, athlete_ids=[str(hub["rosa"])])
    problem(await hub.as_("trainer").get(f"{API}/exports/{export['id']}/content"), 404, "not-found")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "Name athletes, or a team, or a session"),
        ({"athlete_ids": ["0" * 32], "team_id": "0" * 32}, "Name athletes, or a team"),
        ({"athlete_ids": ["0" * 32], "to": RANGE["from"]}, "must lie before"),
        ({"athlete_ids": ["0" * 32], "to": None}, "must lie before"),
        ({"metrics": ["nonsense"]}, "no metric 'nonsense'"),
    ],
)
async def test_what_makes_no_export_is_a_sentence(hub: World, body: dict[str, Any], sentence: str) -> None:
    answer = await hub.as_("admin").post(f"{API}/exports", json={"form": "csv", **RANGE, **body})
    assert sentence in problem(answer, 422, "invalid")["detail"]


async def test_a_login_that_ended_ends_its_export(hub: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await trained(hub)
    real = making.blocks

    async def signed_out(*args: Any) -> Any:
        await hub.database.owner.execute("DELETE FROM sts.login WHERE account_id = $1", hub["coach"])
        return await real(*args)

    monkeypatch.setattr(making, "blocks", signed_out)
    body = {"form": "csv", **RANGE, "athlete_ids": [str(hub["rosa"]), str(hub["rudi"])]}
    export = (await hub.as_("coach").post(f"{API}/exports", json=body)).json()["id"]
    told = await settled(hub, export, "admin")
    assert (told["state"], "login" in told["error"]) == ("failed", True)
    problem(await hub.as_("admin").get(f"{API}/exports/{export}/content"), 409, "conflict")


async def test_a_fault_of_ours_is_told_and_the_next_export_is_made(
    hub: World, exporting: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trained(hub)
    with monkeypatch.context() as spoilt:
        spoilt.setattr(making, "blocks", None)
        told = await done(hub, athlete_ids=[str(hub["rosa"])])
    assert told["state"] == "failed"
    folder = exporting.state.parts[ExportDesk].folder
    assert list(folder.iterdir()) == []
    assert (await done(hub, athlete_ids=[str(hub["rosa"])]))["state"] == "done"


async def test_an_export_of_a_process_that_died_is_interrupted(hub: World) -> None:
    number = await hub.export("club", hub["coach"])
    await hub.database.owner.execute(
        "UPDATE sts.export SET seen_at = now() - interval '3 min' WHERE id = $1", number
    )
    assert (await hub.as_("coach").get(f"{API}/exports/{number}")).json()["state"] == "interrupted"


async def test_files_are_the_hubs_alone_and_go_after_a_day(hub: World, exporting: FastAPI) -> None:
    await trained(hub)
    export = await done(hub, athlete_ids=[str(hub["rosa"])])
    desk = exporting.state.parts[ExportDesk]
    (path,) = desk.folder.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    os.utime(path, (time.time() - KEPT_S - 1,) * 2)
    await desk.sweep()
    assert not path.exists()
    problem(await hub.as_("coach").get(f"{API}/exports/{export['id']}/content"), 409, "conflict")


async def test_a_removed_export_takes_its_file_along(hub: World, exporting: FastAPI) -> None:
    await trained(hub)
    export = await done(hub, athlete_ids=[str(hub["rosa"])])
    assert (await hub.as_("coach").delete(f"{API}/exports/{export['id']}")).status_code == 204
    assert list(exporting.state.parts[ExportDesk].folder.iterdir()) == []


async def test_with_an_athlete_every_export_of_theirs_goes_file_and_all(
    hub: World, exporting: FastAPI
) -> None:
    await trained(hub)
    export = await done(hub, athlete_ids=[str(hub["rosa"]), str(hub["rudi"])])
    other = await done(hub, athlete_ids=[str(hub["rudi"])])
    await hub.database.owner.execute("DELETE FROM sts.athlete WHERE id = $1", hub["rosa"])
    problem(await hub.as_("coach").get(f"{API}/exports/{export['id']}/content"), 404, "not-found")
    desk = exporting.state.parts[ExportDesk]
    await desk.sweep()
    assert [path.name for path in desk.folder.iterdir()] == [other["id"]]


async def test_a_hub_without_a_folder_says_who_must_act(world: World) -> None:
    body = {"form": "csv", **RANGE, "athlete_ids": [str(world["rosa"])]}
    told = problem(await world.as_("coach").post(f"{API}/exports", json=body), 409, "conflict")
    assert "STS_EXPORT_DIR" in told["way_out"]


async def test_a_season_of_a_squad_is_told_in_figures(hub: World, tell: Callable[[str], None]) -> None:
    await heard(hub, "rosa_strap", range(0, 36_000, 1), [120] * 36_000)
    began = time.process_time()
    export = await done(hub, form="parquet", athlete_ids=[str(hub["rosa"])], to=at(40_000).isoformat())
    tell(
        f"36,000 values exported as Parquet: {export['size']:,} bytes, {time.process_time() - began:.2f} s of CPU"
    )
    assert export["size"] < 36_000 * 24


# Every table that names an athlete, and its own.
NAMING = """
SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'sts'::regnamespace AND c.relkind = 'r' AND a.attname = 'athlete_id' AND NOT a.attisdropped ORDER BY 1
"""


async def copied(hub: World, who: str) -> zipfile.ZipFile:
    answer = await hub.as_(who).post(f"{API}/athletes/{hub['rosa']}/copy")
    assert answer.status_code == 202, answer.text
    export = await settled(hub, answer.json()["id"], who)
    assert (export["state"], export["form"], export["error"]) == ("done", "everything", None)
    assert export["done"] == export["total"] > 100  # days since she has worn a strap
    return zipfile.ZipFile(io.BytesIO(await content(hub, export, who)))


async def test_a_copy_of_an_athlete_holds_every_row_that_there_is(hub: World) -> None:
    owner = hub.database.owner
    await heard(hub, "rosa_strap", range(120), RATES)
    await heard(hub, "rudi_strap", range(10), [91] * 10)
    await hub.as_("coach").get(f"{API}/athletes/{hub['rosa']}")
    archive = await copied(hub, "athlete")
    record = {
        Path(name).stem: json.loads(archive.read(name))
        for name in archive.namelist()
        if name.startswith("record/")
    }
    for (table,) in await owner.fetch(NAMING):
        count = await owner.fetchval(f"SELECT count(*) FROM sts.{table} WHERE athlete_id = $1", hub["rosa"])
        if table == "audit":  # this very asking is in it, and more by now
            assert {"get_athlete", "copy_athlete"} <= {row["act"] for row in record["audit"]}
        else:
            assert len(record.get(table, [])) == count, table
    assert record["athlete"][0] | {"name": "Rosa", "team": "Red"} == record["athlete"][0]
    assert record["consent"][0]["version"] == "1"
    text = archive.read("record/audit.json").decode() + archive.read("record/session.json").decode()
    assert "staff only" not in text
    assert "Coach" in text  # who looked
    rows = list(csv.DictReader(io.StringIO(archive.read("values/2026-05-01.csv").decode())))
    stored = await owner.fetch(
        "SELECT v.t, v.value FROM sts.sample v JOIN sts.series s ON s.id = v.series JOIN sts.epoch e USING (epoch) "
        "WHERE s.name = 'rosa_strap' AND e.gateway = $1 ORDER BY v.t",
        hub["pitch"],
    )
    told = [(datetime.fromisoformat(row["time"]), float(row["value"])) for row in rows]
    assert told == [(row["t"], row["value"]) for row in stored]
    (theirs,) = ask("activity", [("fit", archive.read("workouts/2026-05-01T120000Z.fit"))])
    assert (theirs["sound"], theirs["heart_rate"]) == (True, RATES)
    assert not any(b"Rudi" in archive.read(name) for name in archive.namelist())
    readme = archive.read("README.txt").decode()
    assert all(name.partition("/")[2] in readme for name in archive.namelist() if name.startswith("record/"))


async def test_who_may_have_a_copy(hub: World) -> None:
    path = f"{API}/athletes/{hub['rosa']}/copy"
    for who in ("director", "coach", "trainer"):
        problem(await hub.as_(who).post(path), 403, "not-allowed")
    for who in ("guardian", "admin"):
        assert (await hub.as_(who).post(path)).status_code == 202
    for who in ("technician", "other_admin"):
        problem(await hub.as_(who).post(path), 404, "not-found")


async def test_the_database_alone_copies_for_nobody_else(hub: World) -> None:
    straight = await asyncpg.connect(hub.database.api_dsn)
    found = {}
    for who in ("athlete", "coach", "director"):
        await become(straight, hub, who)
        found[who] = await straight.fetchval("SELECT count(*) FROM sts.everything_of($1)", hub["rosa"])
    await straight.close()
    assert found.pop("athlete") > 10
    assert set(found.values()) == {0}


async def test_every_part_of_a_copy_has_its_sentence(hub: World) -> None:
    """A new table that names athletes is found here."""
    tables = {row["relname"] for row in await hub.database.owner.fetch(NAMING)}
    assert tables <= dossier.PARTS.keys()


async def test_with_the_athlete_a_copy_goes_too(hub: World) -> None:
    answer = await hub.as_("athlete").post(f"{API}/athletes/{hub['rosa']}/copy")
    export = await settled(hub, answer.json()["id"], "athlete")
    file = hub.app.state.parts[ExportDesk].file(export["id"])
    assert file.exists()
    assert (await hub.as_("admin").post(f"{API}/athletes/{hub['rosa']}/erasure")).status_code == 200
    await hub.app.state.parts[ExportDesk].sweep()
    assert not file.exists()
