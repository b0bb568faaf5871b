"""Whole clubs: exported, erased and brought in again, equal by content; whole or not at all; and erased people stay so."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from typer.testing import CliRunner

from api_support import ApiDatabase, World, at, heard, make_world
from sts_hub.cli import app
from sts_hub.clubs import service
from sts_hub.db.belonging import belonging
from sts_hub.erasure import service as erasure
from sts_hub.errors import HubError
from sts_hub.kit.removals import Erased, Removals
from sts_hub.maintenance import rollups, verification

# Moving a club is the owner's work and asks no route: one generation of servers tells it all.
pytestmark = pytest.mark.one_generation

TABLES = """
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'sts'::regnamespace AND c.relkind IN ('r', 'p')
AND NOT c.relispartition ORDER BY 1
"""
# What does not go along, and what belongs to no club.
BESIDE = service.STAYING | {"migration", "probe", "retention"}


async def rows(owner: asyncpg.Connection) -> dict[str, list[str]]:
    """Every row of every table as text, sorted."""
    found = {}
    for (table,) in await owner.fetch(TABLES):
        told = await owner.fetch(f"SELECT whole_row::text AS row FROM sts.{table} whole_row")
        found[table] = sorted(row["row"] for row in told)
    return found


def but(told: dict[str, list[str]], *tables: str) -> dict[str, list[str]]:
    return {name: found for name, found in told.items() if name not in {*BESIDE, *tables}}


@dataclass
class Hub:
    """A hub with two clubs, and a folder beside it."""

    world: World
    owner: asyncpg.Connection
    folder: Path
    name: str

    @property
    def archive(self) -> Path:
        return self.folder / "club.zip"

    @property
    def removals(self) -> Removals:
        return Removals(self.folder / "removals")

    async def export(self) -> None:
        await service.exported(self.owner, self.name, self.archive)

    async def erase(self) -> int:
        return await erasure.club_erased(self.owner, self.removals, self.world["club"])


async def told(hub: Hub) -> list[asyncpg.Record]:
    """Time, value and athlete of everything that was measured in the club."""
    query = (
        "SELECT v.t, v.value, p.name FROM sts.sample v JOIN sts.series r ON r.id = v.series JOIN sts.epoch e USING (epoch) "
        "JOIN sts.local_name l ON l.gateway = e.gateway AND l.name = r.name JOIN sts.sensor s ON s.address = l.address "
        "JOIN sts.assignment a ON a.sensor_id = s.id AND a.during @> v.t JOIN sts.athlete p ON p.id = a.athlete_id "
        "WHERE p.club_id = $1 ORDER BY 1, 2"
    )
    return list(await hub.owner.fetch(query, hub.world["club"]))


async def lived(world: World) -> None:
    """Values of two athletes with their levels of time, results, an activity with values, something read."""
    owner = world.database.owner
    coach = world.as_("coach")
    await heard(world, "rosa_strap", range(120), [60.5 + second for second in range(120)])
    await heard(world, "rudi_strap", range(120), [99.0] * 120)
    await owner.execute(
        "INSERT INTO sts.touched (epoch, first_t, last_t) SELECT r.epoch, min(s.t), max(s.t) "
        "FROM sts.sample s JOIN sts.series r ON r.id = s.series GROUP BY r.epoch"
    )
    while await rollups.fill(owner):
        pass
    cup = (await coach.post("/api/v1/competitions", json={"name": "Cup"})).json()["id"]
    for time in (b"20.00", b"20.10"):
        line = (
            b"7,1,1,200 m,,,,,,200,14:00:00.0000\r\n"
            + b'1,234,4,Rosa,Rosa,Red,%b,L-1,,,"10.00",,,,\r\n' % time
        )
        sent = await coach.post(
            f"/api/v1/competitions/{cup}/files", content=line, params={"name": "heat.lif"}
        )
        assert sent.status_code == 201, sent.text
    await owner.execute(
        "INSERT INTO sts.series (epoch, name, metric) SELECT id, 'file', 1 FROM sts.activity WHERE id = $1",
        world["rosa_ride"],
    )
    # Whatever a text holds that a CSV file has a meaning for.
    await owner.execute(
        "UPDATE sts.session SET notes = E'a \"b\", c\\n\\\\.\\nd\\r\\n' WHERE id = $1", world["rosa_session"]
    )
    await coach.get(f"/api/v1/athletes/{world['rosa']}")


async def hub_of(database: ApiDatabase, app: Any, folder: Path) -> Hub:
    world = await make_world(database, app)
    await lived(world)
    owner = await asyncpg.connect(database.owner_dsn, server_settings={"timezone": "UTC"})
    await owner.execute("SET ROLE sts_owner")
    name = await owner.fetchval("SELECT name FROM sts.club WHERE id = $1", world["club"])
    return Hub(world, owner, folder, name)


@pytest.fixture
async def hub(api_database: ApiDatabase, api_app: Any, tmp_path: Path) -> Any:
    made = await hub_of(api_database, api_app, tmp_path)
    yield made
    await made.owner.close()


async def test_every_table_says_of_which_club_its_rows_are_and_the_order_is_one(hub: Hub) -> None:
    of = await belonging(hub.owner)
    placed = [table.name for table in of.in_order()]
    assert len(placed) == len(set(placed)) > 50
    assert all(of.of_club(name) for name in placed)
    for table in of.in_order():
        named = {one.table for one in table.references if one.table != table.name}
        assert all(placed.index(one) < placed.index(table.name) for one in named), table.name


async def test_what_was_exported_and_erased_is_brought_in_equal_by_content(hub: Hub) -> None:
    before = await rows(hub.owner)
    assert {len(before[name]) > 0 for name in ("sample", "result_version", "audit", "activity", "alert")} == {
        True
    }
    await hub.export()
    assert await hub.erase() == 240
    gone = await rows(hub.owner)
    club = str(hub.world["club"])
    # A grant is its athlete's: what others gave this club stays with them, and holds for nobody.
    assert {name for name, found in gone.items() if any(club in row for row in found)} == {"athlete_grant"}
    held = [row for row in gone["athlete_grant"] if club in row]
    assert {row.split(",")[1] for row in held} == {str(hub.world["gina"])}
    assert await hub.owner.fetchval("SELECT count(*) FROM sts.athlete WHERE id = $1", hub.world["gina"]) == 1
    arrived = await service.imported(hub.owner, hub.archive, hub.removals)
    assert arrived.moved == {}
    after = await rows(hub.owner)
    # The activity's series without values had none to be touched; the levels are filled as after any other values.
    assert but(after, "sample_1m", "sample_1h") == but(before, "sample_1m", "sample_1h")
    while await rollups.fill(hub.owner):
        pass
    after = await rows(hub.owner)
    for level in ("sample_1s", "sample_1m", "sample_1h"):
        assert after[level] == before[level]
    assert (await verification.verify(hub.owner)).faults == []


async def test_the_other_club_keeps_every_row(hub: Hub) -> None:
    other = str(hub.world["other_club"])
    marks = [other, str(hub.world["gina"]), str(hub.world["green"])]

    def theirs(told: dict[str, list[str]]) -> dict[str, list[str]]:
        return {
            name: [
                row
                for row in found
                if any(mark in row for mark in (marks[1:] if name == "athlete_grant" else marks))
            ]
            for name, found in told.items()
        }

    before = theirs(await rows(hub.owner))
    assert sum(map(len, before.values())) > 20
    await hub.export()
    with zipfile.ZipFile(hub.archive) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode()
            of_others = marks[1:] if name.endswith("athlete_grant.csv") else marks  # it says to which club
            assert not any(mark in text for mark in of_others), name
    await hub.erase()
    assert theirs(await rows(hub.owner)) == before


async def test_numbers_that_others_have_are_moved_and_everything_still_hangs_together(hub: Hub) -> None:
    """As in another hub: a third club has taken the numbers of straps and series meanwhile."""
    before = await told(hub)
    strap = hub.world["rosa_strap"]
    series = [row["id"] for row in await hub.owner.fetch("SELECT id FROM sts.series")]
    await hub.export()
    await hub.erase()
    await hub.owner.execute(
        "INSERT INTO sts.sensor (id, club_id, address, kind, label) OVERRIDING SYSTEM VALUE VALUES ($1, $2, 'x', 'heart_rate', 'x')",
        strap,
        hub.world["other_club"],
    )
    await hub.owner.execute(
        "INSERT INTO sts.series (id, epoch, name, metric) OVERRIDING SYSTEM VALUE SELECT g, epoch, 'x' || g, 1 "
        "FROM (SELECT epoch FROM sts.epoch LIMIT 1) e, unnest($1::int[]) g ON CONFLICT DO NOTHING",
        series,
    )
    arrived = await service.imported(hub.owner, hub.archive, hub.removals)
    assert {"sensor", "series"} <= arrived.moved.keys()
    assert len(before) == 240
    assert await told(hub) == before
    fresh = await hub.owner.fetchval(
        "INSERT INTO sts.sensor (club_id, address, kind, label) VALUES ($1, 'y', 'heart_rate', 'y') RETURNING id",
        hub.world["other_club"],
    )
    assert fresh > strap + arrived.moved["sensor"]


async def test_who_was_erased_since_and_a_consent_that_ended_stay_so(hub: Hub) -> None:
    await hub.export()
    await hub.erase()
    rosa = hub.world["rosa"]
    async with hub.removals.around(Erased(at(0), rosa, [])):
        pass
    await service.imported(hub.owner, hub.archive, hub.removals)
    assert await hub.owner.fetchval("SELECT count(*) FROM sts.athlete WHERE id = $1", rosa) == 0
    assert await hub.owner.fetchval("SELECT count(*) FROM sts.athlete WHERE id = $1", hub.world["rudi"]) == 1
    assert {name for _, _, name in await told(hub)} == {"Rudi"}


async def test_a_club_is_not_brought_in_while_nobody_knows_whether_somebody_was_erased(hub: Hub) -> None:
    await hub.export()
    await hub.erase()
    with contextlib.suppress(ZeroDivisionError):
        async with hub.removals.around(Erased(at(0), hub.world["rosa"], [])):
            raise ZeroDivisionError
    with pytest.raises(HubError, match=f"erase athlete {hub.world['rosa']}"):
        await service.imported(hub.owner, hub.archive, hub.removals)
    assert await hub.owner.fetchval("SELECT count(*) FROM sts.club WHERE id = $1", hub.world["club"]) == 0
    await hub.removals.decide(hub.removals.listed().pending, done=False)
    await service.imported(hub.owner, hub.archive, hub.removals)
    assert await hub.owner.fetchval("SELECT count(*) FROM sts.athlete WHERE id = $1", hub.world["rosa"]) == 1


async def test_a_restored_backup_has_no_erased_club_but_one_that_came_back_stays(hub: Hub) -> None:
    await hub.export()
    await hub.erase()
    listed = hub.removals
    # A backup from before the erasing brings the club back: replaying the list erases it again.
    await service.imported(hub.owner, hub.archive, Removals(None))
    assert await erasure.replayed(hub.owner, listed.listed().done) == (1, 240)
    assert await hub.owner.fetchval("SELECT count(*) FROM sts.club WHERE id = $1", hub.world["club"]) == 0
    # One that was brought in after it was erased is there by right.
    await service.imported(hub.owner, hub.archive, listed)
    assert await erasure.replayed(hub.owner, listed.listed().done) == (0, 0)
    assert await hub.owner.fetchval("SELECT count(*) FROM sts.club WHERE id = $1", hub.world["club"]) == 1


def again(archive: Path, change: Callable[[dict[str, bytes]], None], *, seal: bool) -> None:
    """The archive with other content; sealed: its checksums fit."""
    with zipfile.ZipFile(archive) as old:
        files = {name: old.read(name) for name in old.namelist()}
    change(files)
    if seal:
        contents = json.loads(files["club.json"])
        for part in contents["parts"]:
            part["sha256"] = hashlib.sha256(files[f"tables/{part['table']}.csv"]).hexdigest()
        files["club.json"] = json.dumps(contents).encode()
    with zipfile.ZipFile(archive, "w") as new:
        for name, data in files.items():
            new.writestr(name, data)


def _other_value(files: dict[str, bytes]) -> None:
    files["tables/sample.csv"] = files["tables/sample.csv"].replace(b"60.5", b"60.625")


def _lost_table(files: dict[str, bytes]) -> None:
    del files["tables/consent.csv"]


def _other_schema(files: dict[str, bytes]) -> None:
    files["club.json"] = files["club.json"].replace(b'"schema":', b'"schema": 1').replace(b": 1 ", b": 1")


def _later_version(files: dict[str, bytes]) -> None:
    files["club.json"] = files["club.json"].replace(b'"version": 1', b'"version": 2')


def _no_team(files: dict[str, bytes]) -> None:
    files["tables/athlete.csv"] = files["tables/athlete.csv"].replace(b"Rosa", b"")


def _foreign_row(files: dict[str, bytes]) -> None:
    head, _, rest = files["tables/sensor.csv"].partition(b"\n")
    first = rest.partition(b"\n")[0]
    club = files["tables/club.csv"].split(b"\n")[1].partition(b",")[0]
    moved = first.replace(club, OTHER[0]).replace(first.partition(b",")[0], b"99", 1).replace(b":", b".")
    files["tables/sensor.csv"] = head + b"\n" + rest.replace(first, moved, 1)


OTHER: list[bytes] = []


@pytest.mark.parametrize(
    ("change", "seal", "sentence"),
    [
        (_other_value, False, "not what it was"),
        (_lost_table, False, "does not hold the files"),
        (_other_schema, False, "at migration"),
        (_later_version, False, "none of this version"),
        (_no_team, True, "nothing was stored"),
        (_foreign_row, True, "nothing was stored"),
    ],
)
async def test_an_archive_that_is_not_as_it_was_leaves_nothing(
    hub: Hub, change: Callable[[dict[str, bytes]], None], seal: bool, sentence: str
) -> None:
    await hub.export()
    await hub.erase()
    OTHER[:] = [str(hub.world["other_club"]).encode()]
    before = await rows(hub.owner)
    again(hub.archive, change, seal=seal)
    with pytest.raises(HubError, match=sentence):
        await service.imported(hub.owner, hub.archive, hub.removals)
    assert await rows(hub.owner) == before


async def test_a_torn_archive_and_a_club_that_is_there_are_told(hub: Hub) -> None:
    await hub.export()
    before = await rows(hub.owner)
    with pytest.raises(HubError, match="already"):
        await service.imported(hub.owner, hub.archive, hub.removals)
    with pytest.raises(HubError, match="there already"):
        await hub.export()
    data = hub.archive.read_bytes()
    for torn in (b"", data[: len(data) // 2], b"no archive"):
        hub.archive.write_bytes(torn)
        with pytest.raises(HubError, match="no whole archive"):
            await service.imported(hub.owner, hub.archive, hub.removals)
    assert await rows(hub.owner) == before
    assert oct(hub.archive.stat().st_mode)[-3:] == "600"


async def test_the_commands_make_move_and_erase_a_club(
    hub: Hub, postgres: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STS_DB_OWNER_DSN", hub.world.database.owner_dsn)
    monkeypatch.setenv("STS_WITHOUT_BROKER", "true")
    monkeypatch.setenv("STS_REMOVALS_FILE", str(hub.folder / "removals"))

    async def run(*arguments: str, typed: str = "") -> tuple[int, str]:
        done = await asyncio.to_thread(CliRunner().invoke, app, ["club", *arguments], typed)
        return done.exit_code, f"{done.output} {done.exception or ''}"

    admin = ("--email", "first@new.example", "--admin", "First", "--password-stdin")
    assert (
        "can sign in as admin of New club"
        in (await run("create", "New club", *admin, typed="seven green giraffes yawn\n"))[1]
    )
    assert "There is a club called New club already" in (await run("create", "New club", *admin))[1]
    file = str(hub.folder / "new.zip")
    assert "There is no club called Nowhere" in (await run("export", "Nowhere", file))[1]
    assert "New club with" in (await run("export", "New club", file))[1]
    assert "Nothing was erased" in (await run("erase", "New club", "--confirm", "new club"))[1]
    assert await hub.owner.fetchval("SELECT count(*) FROM sts.club WHERE name = 'New club'") == 1
    assert "New club is erased" in (await run("erase", "New club", "--confirm", "New club"))[1]
    assert await hub.owner.fetchval("SELECT count(*) FROM sts.club WHERE name = 'New club'") == 0
    assert "enrolled anew" in (await run("import", file))[1]
    hashed = await hub.owner.fetchval(
        "SELECT password_hash FROM sts.account WHERE email = 'first@new.example'"
    )
    assert hashed.startswith("$argon2id$")
    assert UUID(str(await hub.owner.fetchval("SELECT id FROM sts.club WHERE name = 'New club'")))
