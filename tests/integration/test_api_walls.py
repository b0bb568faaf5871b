"""What the database's own wall hides and refuses, by its roles alone, with no API in between; and each of its policies
with a hole in it is noticed.

The expectation is written here a second time, as words about roles.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import pytest

from access_matrix import ROLES
from access_walls import LOOKS, WRITES, become, fill, unlike
from api_support import ApiDatabase, World


@pytest.fixture
async def straight(api_database: ApiDatabase, world: World) -> AsyncIterator[asyncpg.Connection]:
    """A connection as the API's role, with no API in between."""
    await fill(world)
    connection = await asyncpg.connect(api_database.api_dsn)
    yield connection
    await connection.close()


async def test_row_level_security_alone_says_the_same(world: World, straight: asyncpg.Connection) -> None:
    asked = {*((table, "sees") for table in LOOKS), *WRITES}
    assert [fault for one in sorted(asked) for fault in await unlike(straight, world, *one)] == []


POLICIES = """
SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies
WHERE schemaname = 'sts' AND 'sts_api' = ANY (roles) ORDER BY 1, 2
"""
# A few policies say what another one says too.
NOTICED = 0.95


async def test_a_hole_in_any_policy_is_noticed(
    world: World, straight: asyncpg.Connection, tell: Callable[[str], None]
) -> None:
    """Each lets everything through in turn."""
    policies = await world.database.owner.fetch(POLICIES)
    unnoticed = []
    for row in policies:
        table, policy = row["tablename"], row["policyname"]
        async with hole(world.database.owner, row):
            known = table in LOOKS or (table, policy) in WRITES
            if not (known and await unlike(straight, world, table, policy)):
                unnoticed.append(f"{policy} on {table}")
    tell(f"{len(policies)} policies of the database, {len(unnoticed)} holes unnoticed: {unnoticed}")
    assert len(unnoticed) <= (1 - NOTICED) * len(policies), (
        "say in access_walls.py who sees and writes these tables"
    )


@contextlib.asynccontextmanager
async def hole(owner: asyncpg.Connection, row: asyncpg.Record) -> AsyncIterator[None]:
    """The policy lets everything through meanwhile."""
    word, said = ("WITH CHECK", row["with_check"]) if row["cmd"] == "INSERT" else ("USING", row["qual"])
    alter = f"ALTER POLICY {row['policyname']} ON sts.{row['tablename']} {word}"
    await owner.execute(f"{alter} (true)")
    try:
        yield
    finally:
        await owner.execute(f"{alter} ({said})")


RULES = {
    "sts.sees_person(uuid, uuid, uuid)": (
        "WHEN 'coach' THEN p_team = ANY (sts.asking_teams())",
        "WHEN 'coach' THEN true",
    ),
    "sts.may_see_athlete(uuid)": ("sts.sees_person(a.club_id, a.team_id, a.account_id)", "true"),
    "sts.asking_own_team()": ("WHERE account_id = sts.asking_account()", "LIMIT 0"),
}


@pytest.mark.parametrize("function", RULES)
async def test_a_hole_in_the_rule_for_people_is_noticed(
    world: World, straight: asyncpg.Connection, function: str
) -> None:
    owner = world.database.owner
    plain = await owner.fetchval("SELECT pg_get_functiondef($1::regprocedure)", function)
    said, instead = RULES[function]
    assert said in plain
    await owner.execute(plain.replace(said, instead))
    try:
        assert [fault for table in LOOKS for fault in await unlike(straight, world, table, "sees")]
    finally:
        await owner.execute(plain)


TABLES = (
    "guardian",
    "club",
    "team",
    "account",
    "account_team",
    "athlete",
    "consent",
    "gateway",
    "sensor",
    "assignment",
)


async def test_without_settings_nothing_is_visible(straight: Any, world: World) -> None:
    counts = {table: await straight.fetchval(f"SELECT count(*) FROM sts.{table}") for table in TABLES}
    assert counts == dict.fromkeys(TABLES, 0)


async def test_the_owner_does_see_them_so_the_wall_is_what_hides(world: World) -> None:
    owner = world.database.owner
    counts = [await owner.fetchval(f"SELECT count(*) FROM sts.{table}") for table in TABLES]
    assert all(counts)


async def seen(connection: asyncpg.Connection, table: str, ids: dict[str, Any]) -> set[str]:
    """Which of these are visible, by name."""
    rows = {row[0] for row in await connection.fetch(f"SELECT {LOOKS[table][0]} FROM sts.{table}")}
    return {name for name, value in ids.items() if value in rows}


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_of_this_club_in_the_name_of_another_account_sees_no_other_club(
    world: World,
    straight: Any,
    role: str,
) -> None:
    await become(straight, world, role)
    await straight.execute("SELECT set_config('sts.account_id', $1, false)", str(world["other_admin"]))
    for table in ("athlete", "sensor", "assignment", "gateway"):
        names = await seen(straight, table, world.ids)
        assert not names & {"gina", "gina_strap", "gina_worn", "other_pitch"}


HIDDEN = (
    "SELECT password_hash FROM sts.account",
    "SELECT * FROM sts.login",
    "SELECT * FROM sts.sample",
    "SELECT * FROM sts.series",
    "SELECT sts.receptions_of(1, 1::int2)",
    "DELETE FROM sts.athlete",
    "UPDATE sts.sensor SET address = ''",
    "UPDATE sts.account SET email = ''",
    "UPDATE sts.account SET club_id = gen_random_uuid()",
    "INSERT INTO sts.club (name) VALUES ('x')",
    "INSERT INTO sts.gateway (name, club_id, site) VALUES ('xxx', gen_random_uuid(), 'x')",
    "TRUNCATE sts.team",
)


@pytest.mark.parametrize("statement", HIDDEN)
async def test_the_apis_role_has_no_right_to_what_it_has_no_use_for(
    world: World,
    straight: Any,
    statement: str,
) -> None:
    await become(straight, world, "admin")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await straight.execute(statement)


async def test_the_database_keeps_a_coach_from_becoming_admin(world: World, straight: Any) -> None:
    await become(straight, world, "coach")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="only an admin"):
        await straight.execute("UPDATE sts.account SET role = 'admin' WHERE id = $1", world["coach"])
