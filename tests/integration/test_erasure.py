"""Erasing an athlete: nothing of the person is found in any table, nothing comes back, also not with an older backup."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from api_support import ApiDatabase, World, heard, hub_program, make_world, problem
from ingest_support import Gateway
from sts_hub.api.app import create_app
from sts_hub.db import pools
from sts_hub.errors import HubError
from sts_hub.ingest.counters import Counters
from sts_hub.ingest.intake import read_message
from sts_hub.ingest.register import Register
from sts_hub.ingest.store import Store
from sts_hub.kit.removals import Removals
from sts_hub.maintenance import rollups

API = "/api/v1"
# A heart rate that nobody else has here.
MARK = 187.25
STRAP = "rosa-in-the-rain"
TABLES = """
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'sts'::regnamespace AND c.relkind IN ('r', 'p')
AND NOT c.relispartition ORDER BY 1
"""


async def found(owner: asyncpg.Connection, marks: dict[str, str]) -> set[tuple[str, str]]:
    """In which tables each mark stands, in any column of any row, bytes as hexadecimal."""
    seen = set()
    for (table,) in await owner.fetch(TABLES):
        for name, mark in marks.items():
            if await owner.fetchval(
                f"SELECT EXISTS (SELECT FROM sts.{table} whole_row WHERE strpos(whole_row::text, $1) > 0)",
                mark,
            ):
                seen.add((name, table))
    return seen


@dataclass
class Site:
    """A world with an API of its own, a list of removals, and what Rosa left everywhere."""

    world: World
    file: Path
    store: Store
    gateway: Gateway
    marks: dict[str, str]

    async def send(self) -> tuple[int, int]:
        """The gateway sends its next record: values stored, values withheld."""
        self.gateway.seq += 1
        said = read_message(self.gateway.name, "live", self.gateway.samples().raw)
        self.store.register._read_at = -1e9
        stored = await self.store.store(said.entries, said.unusable)
        return stored.rows, stored.withheld


async def site_of(postgres: Any, database: ApiDatabase, folder: Path) -> tuple[Site, Any]:
    """Rosa has trained: values, levels of time, parked records, an account and the wishes of it."""
    from api_fixtures import settings_of
    from sts_hub.kit.database import Database

    app = create_app(settings_of(database.api_dsn, without_broker=True, removals_file=folder / "removals"))
    await app.state.parts[Database].open()
    world = await make_world(database, app)
    owner = database.owner
    await heard(world, "rosa_strap", range(120), [MARK] * 120)
    await heard(world, "rudi_strap", range(120), [MARK + 1] * 120)
    await owner.execute(
        "INSERT INTO sts.touched (epoch, first_t, last_t) SELECT r.epoch, min(s.t), max(s.t) "
        "FROM sts.sample s JOIN sts.series r ON r.id = s.series GROUP BY r.epoch"
    )
    while await rollups.fill(owner):
        pass
    gateway = Gateway(name=world["pitch"], sensors=(STRAP, "hr-rudi"))
    for name, strap in ((STRAP, "rosa_strap_address"), ("hr-rudi", "rudi_strap_address")):
        await owner.execute(
            "INSERT INTO sts.local_name (gateway, name, address, kind) VALUES ($1, $2, $3, 'heart_rate')",
            world["pitch"],
            name,
            world[strap],
        )
    await owner.execute("INSERT INTO sts.epoch (epoch, gateway) VALUES ($1, $2)", gateway.id, world["pitch"])
    for record in (gateway.samples(), Gateway(name=world["pitch"], sensors=("hr-rudi",)).samples()):
        await owner.execute(
            "INSERT INTO sts.parked (gateway, epoch, seq, reason, raw) VALUES ($1, $2, $3, 'kind', $4)",
            world["pitch"],
            gateway.id if record.header.epoch == gateway.epoch else None,
            0 if record.header.epoch == gateway.epoch else None,
            record.raw,
        )
    await owner.execute("UPDATE sts.epoch SET parked = '{[0,1)}' WHERE epoch = $1", gateway.id)
    email = await owner.fetchval("SELECT email FROM sts.account WHERE id = $1", world["athlete"])
    marks = {"value": str(MARK), "id": str(world["rosa"]), "email": email}
    pool = await pools.open_pool(database.owner_dsn, "test")
    return Site(world, folder / "removals", Store(pool, Register(), Counters()), gateway, marks), (app, pool)


@pytest.fixture
async def site(postgres: Any, api_database: ApiDatabase, tmp_path: Path) -> Any:
    from sts_hub.kit.database import Database

    made, (app, pool) = await site_of(postgres, api_database, tmp_path)
    yield made
    for client in made.world.clients:
        await client.aclose()
    await app.state.parts[Database].close()
    pool.terminate()


async def test_nothing_of_an_erased_athlete_is_found_in_any_table(site: Site) -> None:
    owner, world = site.world.database.owner, site.world
    before = await found(owner, site.marks)
    assert {("value", table) for table in ("sample", "sample_1s", "sample_1m", "sample_1h")} <= before
    assert ("id", "assignment") in before
    parked = await owner.fetchval("SELECT count(*) FROM sts.parked WHERE gateway = $1", world["pitch"])
    answer = await world.as_("admin").post(f"{API}/athletes/{world['rosa']}/erasure")
    assert answer.status_code == 200
    assert (answer.json()["values"], answer.json()["unread"]) == (120, [world["ride_file"]])
    # Only that it was done, and by whom, is kept, by the id alone.
    assert {table for _, table in await found(owner, site.marks)} <= {"audit"}
    left = await owner.fetchval("SELECT count(*) FROM sts.parked WHERE gateway = $1", world["pitch"])
    assert (parked, left) == (3, 1)
    assert await owner.fetchval("SELECT reason FROM sts.drop WHERE epoch = $1", site.gateway.id) == "erased"


async def test_a_team_mate_keeps_everything(site: Site) -> None:
    owner, world = site.world.database.owner, site.world
    rudi = {"value": str(MARK + 1), "id": str(world["rudi"])}
    before = await found(owner, rudi)
    assert ("value", "sample_1h") in before
    await world.as_("admin").post(f"{API}/athletes/{world['rosa']}/erasure")
    while await rollups.fill(owner):
        pass
    assert await found(owner, rudi) == before


async def test_what_a_gateway_brings_afterwards_is_refused(site: Site) -> None:
    assert await site.send() == (6, 0)
    await site.world.as_("admin").post(f"{API}/athletes/{site.world['rosa']}/erasure")
    assert await site.send() == (3, 3)


async def test_result_files_that_name_the_athlete_go_and_what_was_read_of_them_stays(site: Site) -> None:
    owner, world, name = site.world.database.owner, site.world, {"name": "Rosa Quill"}
    await owner.execute(
        "UPDATE sts.competitor SET athlete_id = $2, name = 'Rosa Quill', matched = 'name' WHERE id = $1",
        world["cup_competitor"],
        world["rosa"],
    )
    await owner.execute(
        """UPDATE sts.result_file SET document_id = $2, refused = '[{"line": 3, "text": "7;Rosa Quill;?"}]' WHERE id = $1""",
        world["cup_file"],
        world["heat"],
    )
    assert {("name", "competitor"), ("name", "result_file")} <= await found(owner, name)
    heat = f"{API}/documents/{world['heat']}/content"
    assert (await world.as_("coach").get(heat)).status_code == 200
    assert (await world.as_("admin").post(f"{API}/athletes/{world['rosa']}/erasure")).status_code == 200
    assert await found(owner, name) == set()
    problem(await world.as_("coach").get(heat), 404, "not-found")
    parts = "SELECT count(*) FROM sts.document_part WHERE document_id = $1"
    assert await owner.fetchval(parts, world["heat"]) == 0
    assert await owner.fetchval(parts, world["other_heat"]) == 1
    assert (
        await owner.fetchval("SELECT refused FROM sts.result_file WHERE id = $1", world["cup_file"])
        == '[{"line": 3}]'
    )
    assert (
        await owner.fetchval("SELECT state FROM sts.result_fact WHERE id = $1", world["cup_fact"])
        == "official"
    )


async def test_who_was_never_matched_and_may_be_the_athlete_goes_from_lists_and_files(site: Site) -> None:
    """Her full name in two lists, with her year and with another; a start list that nobody read; and a spreadsheet."""
    world, owner = site.world, site.world.database.owner
    await owner.execute(
        "UPDATE sts.athlete SET name = 'Rosa Quill', birth_date = '2001-05-01' WHERE id = $1", world["rosa"]
    )
    people = {}
    for key, name, birth in (
        ("hers", "QUILL, Rósa", "2001"),
        ("unsure", "Rosa Quill", ""),
        ("namesake", "Rosa Quill", "1987"),
        ("other", "Rosa Quillmann", "2001"),
    ):
        people[key] = await world.database.add(
            "competitor",
            competition_id=world["cup"],
            club_id=world["club"],
            key=key,
            kind="person",
            name=name,
            birth=birth,
        )
    await world.document("starts", "pitch", "3;QUILL Rósa;57.10\n".encode("cp1252"))
    await world.document("others", "pitch", b"3;Rosa Quillmann;57.10\n4;Ina Quill;57.3\n")
    await world.document("sheet", "pitch", b"PK\x03\x04\x00\x00Rosa Quill")
    await world.document("abroad", "other_pitch", b"3;Rosa Quill;57.10\n")
    answer = await world.as_("admin").post(f"{API}/athletes/{world['rosa']}/erasure")
    assert (answer.json()["files"], answer.json()["unread"]) == (1, [world["ride_file"], world["sheet"]])
    rows = await owner.fetch("SELECT id, name FROM sts.competitor WHERE id = ANY ($1)", list(people.values()))
    names = {row["id"]: row["name"] for row in rows}
    assert {key: names[number] for key, number in people.items()} == {
        "hers": None,
        "unsure": None,
        "namesake": "Rosa Quill",
        "other": "Rosa Quillmann",
    }
    kept = await owner.fetch("SELECT document_id FROM sts.document_part")
    left = {row["document_id"] for row in kept} & {
        world[one] for one in ("starts", "others", "sheet", "abroad")
    }
    assert left == {world["others"], world["sheet"], world["abroad"]}


async def test_the_file_of_a_watch_goes_with_the_activity_that_was_read_from_it(site: Site) -> None:
    world, owner = site.world, site.world.database.owner
    await world.document("ride", "pitch", b"a ride of hers")
    await owner.execute(
        "UPDATE sts.activity SET sha256 = (SELECT sha256 FROM sts.document WHERE id = $2) WHERE id = $1",
        world["rosa_ride"],
        world["ride"],
    )
    assert (await world.as_("admin").post(f"{API}/athletes/{world['rosa']}/erasure")).status_code == 200
    parts = "SELECT count(*) FROM sts.document_part WHERE document_id = $1"
    assert await owner.fetchval(parts, world["ride"]) == 0
    assert await owner.fetchval(parts, world["heat"]) == 1  # the control: it names nobody


async def test_only_an_admin_erases(site: Site) -> None:
    path = f"{API}/athletes/{site.world['rosa']}/erasure"
    for who in ("director", "coach", "athlete", "guardian"):
        problem(await site.world.as_(who).post(path), 403, "not-allowed")
    problem(await site.world.as_("other_admin").post(path), 404, "not-found")
    assert not site.file.exists()


async def test_every_table_that_names_an_athlete_goes_with_the_athlete_or_forgets(
    api_database: ApiDatabase,
) -> None:
    """A new table is found here: its key to the athlete must cascade, or let go."""
    rows = await api_database.owner.fetch(
        """SELECT a.attrelid::regclass::text AS tab FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
           WHERE c.relnamespace = 'sts'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'athlete_id'
             AND NOT a.attisdropped AND NOT EXISTS (
                 SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f'
                   AND a.attnum = ANY (k.conkey) AND k.confdeltype IN ('c', 'n'))"""
    )
    assert {row["tab"] for row in rows} == {"sts.audit"}


async def test_after_an_older_backup_the_list_is_done_again(
    postgres: Any, rabbitmq: Any, tmp_path: Path
) -> None:
    """A database is set aside, Rosa is erased, the older one comes back, and the command erases her once more."""
    from sts_hub.db import migrate
    from sts_hub.kit.database import Database

    dsn = postgres.make_database()
    name = dsn.partition("@/")[2].partition("?")[0]
    api_dsn = postgres.dsn_of(name, migrate.API, "api-in-a-test")
    await migrate.migrate(dsn, api_dsn=api_dsn)
    database = ApiDatabase(await asyncpg.connect(dsn), api_dsn, dsn)
    site, (app, pool) = await site_of(postgres, database, tmp_path)
    held = await database.owner.fetchval("SELECT count(*) FROM sts.consent WHERE upper(during) IS NULL")
    await app.state.parts[Database].close()
    pool.terminate()
    await database.owner.close()
    # A copy wants nobody inside, and a session whose client has hung up may take longer to notice.
    postgres.sql(f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'")
    postgres.sql(f'CREATE DATABASE "{name}_old" TEMPLATE "{name}"')

    await app.state.parts[Database].open()
    world = site.world
    rudi = f"{API}/athletes/{world['rudi']}/consents/{world['rudi_consent']}"
    assert (await world.as_("admin").patch(rudi, json={})).status_code == 200
    assert (await world.as_("admin").post(f"{API}/athletes/{world['rosa']}/erasure")).status_code == 200
    await app.state.parts[Database].close()
    postgres.sql(f'DROP DATABASE "{name}" WITH (FORCE)')
    postgres.sql(f'ALTER DATABASE "{name}_old" RENAME TO "{name}"')

    owner = await asyncpg.connect(dsn)
    assert ("value", "sample") in await found(owner, site.marks)  # the control: it had come back
    database.owner = owner
    hub = await hub_program(postgres, rabbitmq, database)
    hub.environ["STS_REMOVALS_FILE"] = str(site.file)
    for values in (120, 0):  # once more changes nothing
        code, told = await hub.run("erasure", "replay")
        assert (code, told) == (
            0,
            f"2 erasures and withdrawals are done; {values} values were still there and went.\n",
        )
    assert await found(owner, site.marks) == set()
    open_now = await owner.fetchval("SELECT count(*) FROM sts.consent WHERE upper(during) IS NULL")
    assert open_now == held - 2  # Rosa's went with her, Rudi's was withdrawn
    await owner.close()


async def test_an_erasure_that_failed_is_pending_until_somebody_decides(
    site: Site, postgres: Any, rabbitmq: Any
) -> None:
    """The database fails in the middle: nothing is gone, and the list does not say that it is."""
    owner, path = site.world.database.owner, f"{API}/athletes/{site.world['rosa']}/erasure"
    await owner.execute(
        "CREATE FUNCTION sts.stops() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stop'; END $$;"
        "CREATE TRIGGER stops BEFORE DELETE ON sts.athlete FOR EACH ROW EXECUTE FUNCTION sts.stops()"
    )
    try:
        assert (await site.world.as_("admin").post(path)).status_code == 500
    finally:
        await owner.execute("DROP FUNCTION sts.stops() CASCADE")
    done, pending = Removals(site.file).listed()
    assert (done, [one.athlete for one in pending]) == ([], [site.world["rosa"]])
    assert ("value", "sample") in await found(owner, site.marks)

    hub = await hub_program(postgres, rabbitmq, site.world.database)
    hub.environ["STS_REMOVALS_FILE"] = str(site.file)
    code, told = await hub.run("erasure", "replay")
    assert code == 1
    assert f"erase athlete {site.world['rosa']}" in told
    assert "--pending do" in told
    assert ("value", "sample") in await found(owner, site.marks)
    code, told = await hub.run("erasure", "replay", "--pending", "do")
    assert code == 0
    assert "1 erasures and withdrawals are done; 120 values were still there and went." in told
    whose = {name: mark for name, mark in site.marks.items() if name != "value"}  # others were as fast
    assert await found(owner, whose) == set()
    assert Removals(site.file).listed().pending == []


async def test_an_erasure_that_was_done_is_listed_as_done(site: Site) -> None:
    assert (
        await site.world.as_("admin").post(f"{API}/athletes/{site.world['rosa']}/erasure")
    ).status_code == 200
    done, pending = Removals(site.file).listed()
    assert ([one.athlete for one in done], pending) == ([site.world["rosa"]], [])


async def test_a_line_that_is_none_stops_the_replay_and_a_torn_one_does_not(tmp_path: Path) -> None:
    file = tmp_path / "removals"
    file.write_bytes(
        b'{"act":"erased","at":"2026-05-01T00:00:00Z","athlete":"'
        + str(UUID(int=1)).encode()
        + b'","worn":[]}\n{"act"'
    )
    assert [removal.athlete for removal in Removals(file).listed().done] == [UUID(int=1)]
    file.write_bytes(b"{}\n")
    with pytest.raises(HubError, match="line 1"):
        Removals(file).listed()
