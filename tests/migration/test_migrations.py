"""Migrations: from nothing to this version, equal to schema.sql, once each, with three narrow roles."""

from __future__ import annotations

import asyncio
import dataclasses
from importlib.resources import files

import asyncpg
import pytest

from sts_hub.db.migrate import API, INGEST, ROLES, Migration, MigrationError, found, migrate, shipped

CATALOGUE = {
    "tables": """
        SELECT c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.reloptions, c.relacl::text,
               c.relowner::regrole, pg_get_partkeydef(c.oid)
        FROM pg_class c
        WHERE c.relnamespace = 'sts'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')""",
    "columns": """
        SELECT c.relname, a.attname, row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), format_type(a.atttypid, a.atttypmod), a.attnotnull,
               a.attidentity, a.attgenerated, a.attstorage, a.attacl::text, pg_get_expr(d.adbin, d.adrelid)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'sts'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0
          AND NOT a.attisdropped""",
    "constraints": """
        SELECT conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated
        FROM pg_constraint WHERE connamespace = 'sts'::regnamespace""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'sts'",
    "views": "SELECT viewname, definition FROM pg_views WHERE schemaname = 'sts'",
    "functions": """
        SELECT p.oid::regprocedure, pg_get_functiondef(p.oid), p.proowner::regrole, p.proacl::text
        FROM pg_proc p WHERE p.pronamespace = 'sts'::regnamespace AND p.prokind <> 'a'""",
    "triggers": """
        SELECT t.tgrelid::regclass, t.tgname, pg_get_triggerdef(t.oid)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = 'sts'::regnamespace AND NOT t.tgisinternal""",
    "policies": "SELECT * FROM pg_policies WHERE schemaname = 'sts'",
    "types": """
        SELECT t.typname, t.typtype, t.typowner::regrole
        FROM pg_type t WHERE t.typnamespace = 'sts'::regnamespace""",
    "schema": "SELECT nspname, nspowner::regrole, nspacl::text FROM pg_namespace WHERE nspname = 'sts'",
    "comments": """
        SELECT d.objoid::regclass, d.objsubid, d.description FROM pg_description d
        JOIN pg_class c ON c.oid = d.objoid WHERE c.relnamespace = 'sts'::regnamespace""",
}


async def catalogue(dsn: str) -> set[str]:
    """Everything in the schema sts, as lines."""
    connection = await asyncpg.connect(dsn)
    try:
        return {
            f"{kind}: {[str(cell) for cell in row]}"
            for kind, query in CATALOGUE.items()
            for row in await connection.fetch(query)
        }
    finally:
        await connection.close()


def whole_schema(text: str | None = None) -> tuple[Migration, ...]:
    """schema.sql, as if it were one migration."""
    return (Migration(1, "schema", text or files("sts_hub.db").joinpath("schema.sql").read_text("utf-8")),)


async def test_the_schema_file_equals_the_sum_of_the_migrations(postgres):
    step_by_step, at_once = postgres.make_database(), postgres.make_database()
    await migrate(step_by_step)
    await migrate(at_once, steps=whole_schema())
    left, right = await catalogue(step_by_step), await catalogue(at_once)
    assert sorted(left - right) == [], "a migration says this; say it in hub/sts_hub/db/schema.sql too"
    assert sorted(right - left) == [], "hub/sts_hub/db/schema.sql says this; no migration does"
    assert len(left) > 300


@pytest.mark.parametrize(
    ("what", "instead"),
    [
        ("CREATE INDEX sample_series_t_idx ON sts.sample (series, t);", ""),
        ("GRANT SELECT, INSERT ON sts.series TO sts_ingest;", "GRANT SELECT ON sts.series TO sts_ingest;"),
        ("delta_us       bigint NOT NULL DEFAULT 0", "delta_us       bigint NOT NULL DEFAULT 1"),
        ("ALTER TABLE sts.athlete ENABLE ROW LEVEL SECURITY;", ""),
    ],
)
async def test_a_schema_file_that_differs_is_seen(postgres, what, instead):
    """The control for the one above."""
    step_by_step, at_once = postgres.make_database(), postgres.make_database()
    (whole,) = whole_schema()
    assert what in whole.sql
    await migrate(step_by_step)
    await migrate(at_once, steps=whole_schema(whole.sql.replace(what, instead)))
    assert await catalogue(step_by_step) != await catalogue(at_once)


async def test_a_second_run_applies_nothing(postgres):
    dsn = postgres.make_database()
    first, second = await migrate(dsn), await migrate(dsn)
    assert len(first.applied) == len(shipped())
    assert second.applied == ()
    assert first.version == second.version == len(shipped())


async def test_two_programs_that_migrate_at_once_apply_each_step_once(postgres):
    dsn = postgres.make_database()
    outcomes = await asyncio.gather(migrate(dsn), migrate(dsn))
    assert sorted(len(outcome.applied) for outcome in outcomes) == [0, len(shipped())] or (
        sum(len(outcome.applied) for outcome in outcomes) == len(shipped())
    )


async def test_an_older_database_is_brought_up_and_keeps_what_it_holds(postgres):
    dsn, steps = postgres.make_database(), shipped()
    await migrate(dsn, steps=steps[:2])
    connection = await asyncpg.connect(dsn)
    await connection.execute("INSERT INTO sts.epoch (epoch, gateway) VALUES (gen_random_uuid(), 'pitch-1')")
    outcome = await migrate(dsn)
    assert len(outcome.applied) == len(steps) - 2
    assert await connection.fetchval("SELECT gateway FROM sts.epoch") == "pitch-1"
    await connection.close()


async def test_a_migration_changed_after_it_was_applied_is_refused(postgres):
    dsn, steps = postgres.make_database(), shipped()
    await migrate(dsn, steps=steps)
    changed = (dataclasses.replace(steps[0], sql=steps[0].sql + "\n"), *steps[1:])
    with pytest.raises(MigrationError, match="was changed after this database had applied it"):
        await migrate(dsn, steps=changed)


async def test_a_database_newer_than_the_program_is_refused(postgres):
    dsn, steps = postgres.make_database(), shipped()
    await migrate(dsn)
    with pytest.raises(MigrationError, match="install the newer one"):
        await migrate(dsn, steps=steps[:-1])


async def test_a_migration_that_fails_leaves_nothing_of_itself(postgres):
    dsn, steps = postgres.make_database(), shipped()
    broken = (*steps[:1], Migration(2, "broken", "CREATE TABLE sts.half (x int); SELECT 1 / 0;"))
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(dsn, steps=broken)
    connection = await asyncpg.connect(dsn)
    assert await connection.fetchval("SELECT to_regclass('sts.half')") is None
    assert await connection.fetchval("SELECT max(number) FROM sts.migration") == 1
    await connection.close()
    assert len((await migrate(dsn)).applied) == len(steps) - 1


async def test_a_user_who_may_not_is_told_what_to_run(postgres):
    dsn = postgres.make_database()
    name = dsn.partition("@/")[2].partition("?")[0]
    await migrate(postgres.make_database())  # so that the roles are there
    admin = await asyncpg.connect(dsn)
    await admin.execute("DROP ROLE IF EXISTS sts_plain")
    await admin.execute("CREATE ROLE sts_plain LOGIN PASSWORD 'x'")
    with pytest.raises(MigrationError, match="Run as a superuser"):
        await migrate(postgres.dsn_of(name, "sts_plain", "x"))
    await admin.execute("DROP ROLE sts_plain")
    await admin.close()


async def test_nothing_belongs_to_a_superuser(postgres):
    dsn = postgres.make_database()
    await migrate(dsn)
    connection = await asyncpg.connect(dsn)
    owners = await connection.fetch(
        """SELECT DISTINCT relowner::regrole::text AS owner FROM pg_class
           WHERE relnamespace = 'sts'::regnamespace
           UNION SELECT DISTINCT proowner::regrole::text FROM pg_proc
           WHERE pronamespace = 'sts'::regnamespace"""
    )
    assert [row["owner"] for row in owners] == ["sts_owner"]
    superusers = await connection.fetchval(
        "SELECT count(*) FROM pg_roles WHERE rolname = ANY ($1) AND (rolsuper OR rolbypassrls)", list(ROLES)
    )
    assert superusers == 0
    await connection.close()


FORBIDDEN = {
    INGEST: [
        "SELECT * FROM sts.sample",
        "DELETE FROM sts.sample",
        "UPDATE sts.sample SET value = 0",
        "DELETE FROM sts.epoch",
        "SELECT * FROM sts.account",
        "SELECT * FROM sts.login",
        "UPDATE sts.athlete SET name = 'x'",
        "DELETE FROM sts.drop",
        "CREATE TABLE sts.mine (x int)",
    ],
    API: [
        "SELECT * FROM sts.sample",
        "INSERT INTO sts.sample VALUES (now(), 1, 0, 1)",
        "SELECT * FROM sts.sample_1s",
        "SELECT * FROM sts.login",
        "SELECT password_hash FROM sts.account",
        "UPDATE sts.epoch SET head = 0",
        "SELECT * FROM sts.parked",
        "SELECT sts.open_day('2026-01-01')",
        "CREATE TABLE sts.mine (x int)",
    ],
}


@pytest.mark.parametrize(
    ("role", "statement"), [(role, each) for role, all_ in FORBIDDEN.items() for each in all_]
)
async def test_a_role_cannot_do_what_is_not_its_work(role, statement, migrated):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await migrated[role].execute(statement)


async def test_passwords_come_from_the_dsns(postgres):
    dsn = postgres.make_database()
    name = dsn.partition("@/")[2].partition("?")[0]
    ours = postgres.dsn_of(name, INGEST, "one's pass'word")
    await migrate(dsn, ingest_dsn=ours)
    connection = await asyncpg.connect(ours)
    assert await connection.fetchval("SELECT current_user") == INGEST
    await connection.close()


@pytest.fixture(scope="module")
async def migrated(postgres):
    """A connection in each role to one migrated database."""
    dsn = postgres.make_database()
    name = dsn.partition("@/")[2].partition("?")[0]
    dsns = {role: postgres.dsn_of(name, role, "a-test") for role in (INGEST, API)}
    await migrate(dsn, ingest_dsn=dsns[INGEST], api_dsn=dsns[API])
    connections = {role: await asyncpg.connect(address) for role, address in dsns.items()}
    yield connections
    for connection in connections.values():
        await connection.close()


async def test_a_program_on_a_database_too_old_for_it_says_what_to_run(postgres):
    dsn, steps = postgres.make_database(), shipped()
    connection = await asyncpg.connect(dsn)
    with pytest.raises(MigrationError, match="run sts-hub migrate"):
        await found(connection)
    await migrate(dsn, steps=steps[:-1])
    with pytest.raises(MigrationError, match="run sts-hub migrate"):
        await found(connection)
    await migrate(dsn)
    assert (await found(connection)).version == len(steps)
    assert (await found(connection)).edition in ("plain", "apache")
    await connection.close()


async def test_a_program_of_before_works_on_with_a_newer_database(postgres):
    dsn, steps = postgres.make_database(), shipped()
    newer = Migration(len(steps) + 1, "newer", "CREATE TABLE sts.newer (x int)")
    await migrate(dsn, steps=(*steps, newer))
    connection = await asyncpg.connect(dsn)
    assert (await found(connection)).version == len(steps) + 1
    await connection.close()
