"""Every route by every role on own and foreign things, generated from the API's document; and the same by the
database's own wall alone.

The expectation is written here a second time, as sentences about roles, so that a mistake in the policy's table
is not its own proof.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI

from api_support import ApiDatabase, World, settings_of
from sts_hub.api.app import create_app
from sts_hub.api.document import bare, document
from sts_hub.kit.database import Database

ROLES = ("admin", "director", "coach", "trainer", "athlete", "technician")
PEOPLE_SEEN = {"admin": "club", "director": "club", "coach": "team", "trainer": "team", "athlete": "self"}
# Whose the thing is, seen by Rosa of team Red: her own, a team mate's, another team's, another club's.
OWNERS = {"self": "rosa", "team": "rudi", "club": "bea", "foreign": "gina"}
DEPTH = ("self", "team", "club", "foreign")
FROM_TO = {"from": "2026-05-01T00:00:00Z", "to": "2026-05-02T00:00:00Z"}


def reaches(role: str, owner: str) -> bool:
    """Whether the role's view of people goes as far as this owner."""
    far = PEOPLE_SEEN.get(role)
    return far is not None and DEPTH.index(owner) <= DEPTH.index(far)


@dataclass(frozen=True)
class Request:
    """One request of the matrix and what must come of it."""

    method: str
    path: str
    body: Any
    params: Any
    sees: bool


def things(world: World, owner: str) -> dict[str, dict[str, Any]]:
    """For each kind of path parameter, the thing of that owner."""
    name = OWNERS[owner]
    foreign = owner == "foreign"
    return {
        "athlete_id": world[name],
        "consent_id": world[f"{name}_consent"],
        "assignment_id": world[f"{name}_worn"],
        "sensor_id": world[f"{name}_strap"],
        "team_id": world["green" if foreign else "blue" if owner == "club" else "red"],
        "account_id": world["other_admin" if foreign else "athlete" if owner == "self" else "admin"],
        "name": world["other_pitch" if foreign else "pitch"],
        "document_id": world["other_heat" if foreign else "heat"],
    }


def visible(role: str, path: str, owner: str) -> bool:
    """Whether this role may know of the thing that the path names: the rule of access in words."""
    same_club = owner != "foreign"
    if "athlete_id" in path:
        return reaches(role, owner)
    if "assignment_id" in path:
        return reaches(role, owner) or (role == "technician" and same_club)
    if any(one in path for one in ("sensor_id", "{name}", "document_id")):
        return same_club and role != "athlete"
    if "team_id" in path:
        return same_club and (role in ("admin", "director") or owner in ("self", "team"))
    if "account_id" in path:
        mine = (role == "admin" and owner in ("team", "club")) or (role == "athlete" and owner == "self")
        return same_club and (role in ("admin", "director") or mine)
    raise AssertionError(f"{path} names a thing that this matrix does not know: add it here")


BODIES: dict[str, Any] = {
    "change_team": {"name": "Renamed"},
    "change_athlete": {"hr_max": 180},
    "change_gateway": {"site": "Elsewhere"},
    "change_gateway_settings": {"based_on": 1, "tables": {}},
    "give_order": {"act": "identify"},
    "change_sensor": {"label": "renamed"},
    "change_assignment": {"to": "2026-09-01T00:00:00Z"},
    "change_account": {"name": "Renamed"},
    "add_consent": {"purpose": "research", "version": "1"},
    "place_epoch": {
        "epoch": "00000000-0000-0000-0000-000000000001",
        "first_at": "2026-05-01T00:00:00Z",
        "reason": "the coach's diary",
    },
    "end_consent": {"to": "2026-09-01T00:00:00Z"},
}
PARAMS = {
    "get_samples": {"metric": "heart_rate", **FROM_TO},
    "get_beats": {"from": "2026-05-01T00:00:00Z", "to": "2026-05-01T01:00:00Z"},
    # The judgement of completeness asks for a time as well.
    "get_completeness": FROM_TO,
}


def operations() -> Iterator[tuple[str, str, str]]:
    """Every operation of the document that names a thing: method, path, id."""
    for path, item in document(bare())["paths"].items():
        for method, operation in item.items():
            if "{" in path and method != "delete":
                yield method, path, operation["operationId"]


def deletions() -> Iterator[tuple[str, str, str]]:
    for path, item in document(bare())["paths"].items():
        if "delete" in item and "{" in path:
            yield "delete", path, item["delete"]["operationId"]


@pytest.fixture(scope="module")
async def unwalled_app(api_database: ApiDatabase) -> AsyncIterator[FastAPI]:
    """The app as a role that row-level security does not bind: what it hides, the policy hides."""
    app = create_app(settings_of(api_database.owner_dsn, without_broker=True))
    database: Database = app.state.parts[Database]
    await database.open()
    yield app
    await database.close()


@pytest.mark.parametrize("walls", ["both walls", "the policy alone"])
@pytest.mark.parametrize(("method", "path", "operation"), [*operations(), *deletions()])
async def test_a_foreign_thing_looks_like_no_thing_and_an_own_one_answers(
    world: World, unwalled_app: FastAPI, walls: str, method: str, path: str, operation: str
) -> None:
    if walls == "the policy alone":
        world.app = unwalled_app
    wrong = []
    for owner in DEPTH:
        where = path.format(**things(world, owner))
        nobody = await world.as_(None).request(
            method, where, json=BODIES.get(operation), params=PARAMS.get(operation)
        )
        assert nobody.status_code == 401
        for role in ROLES if method != "delete" else reversed(ROLES):
            answer = await world.as_(role).request(
                method, where, json=BODIES.get(operation), params=PARAMS.get(operation)
            )
            sees = visible(role, path, owner)
            # An own thing answers, or is refused for the role; 409 and 404 come once it was ended or removed.
            fits = answer.status_code in (200, 201, 204, 403, 409) if sees else answer.status_code == 404
            if not fits and not (method == "delete" and answer.status_code == 404):
                wrong.append((role, owner, answer.status_code, answer.text))
    assert not wrong


def test_every_parameter_of_the_document_is_known_to_the_matrix() -> None:
    named = {name for _, path, _ in operations() for name in re.findall(r"{(\w+)}", path)}
    assert named <= {
        "athlete_id",
        "consent_id",
        "assignment_id",
        "sensor_id",
        "team_id",
        "account_id",
        "name",
        "document_id",
    }


LISTS = [
    path
    for path, item in document(bare())["paths"].items()
    if "get" in item and "{" not in path and "Page_" in json.dumps(item["get"]["responses"]["200"])
]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("walls", ["both walls", "the policy alone"])
async def test_no_list_shows_anything_of_another_club(
    world: World, unwalled_app: FastAPI, walls: str, role: str, path: str
) -> None:
    if walls == "the policy alone":
        world.app = unwalled_app
    shown = (await world.as_(role).get(path)).text
    foreign = (
        "gina",
        "gina_strap_address",
        "gina_worn",
        "green",
        "other_pitch",
        "other_admin",
        "other_coach",
    )
    assert not [name for name in foreign if str(world[name]) in shown]


@pytest.mark.parametrize("path", LISTS)
async def test_the_lists_of_another_team_are_empty_of_it(world: World, path: str) -> None:
    for role in ("coach", "trainer", "athlete"):
        shown = (await world.as_(role).get(path)).text
        assert str(world["bea"]) not in shown
        assert str(world["bea_worn"]) not in shown
        assert str(world["blue"]) not in shown


TABLES = ("club", "team", "account", "account_team", "athlete", "consent", "gateway", "sensor", "assignment")


async def as_role(connection: asyncpg.Connection, world: World, who: str, club: str, role: str) -> None:
    settings = {"account_id": str(world[who]), "club_id": str(world[club]), "role": role}
    for name, value in settings.items():
        await connection.execute("SELECT set_config($1, $2, false)", f"sts.{name}", value)


@pytest.fixture
async def straight(api_database: ApiDatabase) -> Any:
    """A connection as the API's role, with no API in between."""
    connection = await asyncpg.connect(api_database.api_dsn)
    yield connection
    await connection.close()


async def seen(connection: asyncpg.Connection, table: str, ids: dict[str, Any]) -> set[str]:
    """Which of these are visible, by name."""
    key = {"gateway": "name", "account_team": "team_id"}.get(table, "id")
    rows = {row[0] for row in await connection.fetch(f"SELECT {key} FROM sts.{table}")}
    return {name for name, value in ids.items() if value in rows}


EXPECTED = {
    "admin": {
        "team": "red blue",
        "account": "admin director coach trainer athlete technician",
        "athlete": "rosa rudi bea",
        "consent": "rosa_consent rudi_consent bea_consent",
        "assignment": "rosa_worn rudi_worn bea_worn",
        "sensor": "rosa_strap rudi_strap bea_strap spare",
        "gateway": "pitch",
    },
    "coach": {
        "team": "red",
        "account": "coach",
        "athlete": "rosa rudi",
        "consent": "rosa_consent rudi_consent",
        "assignment": "rosa_worn rudi_worn",
        "sensor": "rosa_strap rudi_strap bea_strap spare",
        "gateway": "pitch",
    },
    "athlete": {
        "team": "red",
        "account": "athlete",
        "athlete": "rosa",
        "consent": "rosa_consent",
        "assignment": "rosa_worn",
        "sensor": "",
        "gateway": "",
    },
    "technician": {
        "team": "red",
        "account": "technician",
        "athlete": "",
        "consent": "",
        "assignment": "rosa_worn rudi_worn bea_worn",
        "sensor": "rosa_strap rudi_strap bea_strap spare",
        "gateway": "pitch",
    },
}
EXPECTED["director"] = EXPECTED["admin"]
EXPECTED["trainer"] = EXPECTED["coach"] | {"account": "trainer"}


@pytest.mark.parametrize("role", ROLES)
async def test_row_level_security_alone_says_the_same(world: World, straight: Any, role: str) -> None:
    await as_role(straight, world, role, "club", role)
    found = {table: await seen(straight, table, world.ids) for table in EXPECTED[role]}
    assert found == {table: set(names.split()) for table, names in EXPECTED[role].items()}


async def test_without_settings_nothing_is_visible(straight: Any, world: World) -> None:
    counts = {table: await straight.fetchval(f"SELECT count(*) FROM sts.{table}") for table in TABLES}
    assert counts == dict.fromkeys(TABLES, 0)


async def test_the_owner_does_see_them_so_the_wall_is_what_hides(world: World) -> None:
    owner = world.database.owner
    counts = [await owner.fetchval(f"SELECT count(*) FROM sts.{table}") for table in TABLES]
    assert all(counts)


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_of_this_club_in_the_name_of_another_account_sees_no_other_club(
    world: World,
    straight: Any,
    role: str,
) -> None:
    await as_role(straight, world, "other_admin", "club", role)
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
    await as_role(straight, world, "admin", "club", "admin")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await straight.execute(statement)


async def test_the_database_keeps_a_coach_from_becoming_admin(world: World, straight: Any) -> None:
    await as_role(straight, world, "coach", "club", "coach")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="only an admin"):
        await straight.execute("UPDATE sts.account SET role = 'admin' WHERE id = $1", world["coach"])


WRITES = {
    "athlete": "UPDATE sts.athlete SET name = 'x' WHERE id = ANY ($1::uuid[]) RETURNING id",
    "assignment": "UPDATE sts.assignment SET during = during WHERE id = ANY ($1::uuid[]) RETURNING id",
    "consent": "UPDATE sts.consent SET during = during WHERE id = ANY ($1::uuid[]) RETURNING id",
}
WRITERS = {
    "athlete": {"admin": "rosa rudi bea", "coach": "rosa rudi", "athlete": "", "technician": ""},
    "assignment": {"admin": "rosa rudi bea", "coach": "rosa rudi", "athlete": "", "technician": ""},
    "consent": {"admin": "rosa rudi bea", "coach": "rosa rudi", "athlete": "rosa", "technician": ""},
}


@pytest.mark.parametrize("table", WRITES)
async def test_the_database_lets_nobody_write_beyond_reach(world: World, straight: Any, table: str) -> None:
    suffix = {"athlete": "", "assignment": "_worn", "consent": "_consent"}[table]
    ids = {name: world[name + suffix] for name in ("rosa", "rudi", "bea", "gina")}
    for role, names in WRITERS[table].items():
        await as_role(straight, world, role, "club", role)
        written = {row[0] for row in await straight.fetch(WRITES[table], list(ids.values()))}
        assert {name for name, one in ids.items() if one in written} == set(names.split()), role
