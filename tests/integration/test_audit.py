"""The audit: every reading of an athlete and every change leaves a row, and rows stay as they were."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from api_support import ApiDatabase, World, hub_program
from sts_hub.audit import repository, service
from sts_hub.audit.chain import START, Head, Link, ends, follow
from sts_hub.db import pools

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation

API = "/api/v1"
SAMPLES = {"metric": "heart_rate", "from": "2026-05-01T00:00:00Z", "to": "2026-05-01T01:00:00Z"}


async def acts(world: World, who: str = "athlete", name: str = "rosa") -> list[tuple[str, str]]:
    """Name and act of each entry about an athlete, the newest first."""
    answer = await world.as_(who).get(f"{API}/athletes/{world[name]}/audit")
    assert answer.status_code == 200, answer.text
    shown = answer.json()["items"]
    return [(one["name"], one["act"]) for one in shown]


async def test_an_athlete_sees_who_looked(world: World) -> None:
    path = f"{API}/athletes/{world['rosa']}"
    await world.as_("coach").get(path)
    await world.as_("director").get(f"{path}/samples", params=SAMPLES)
    assert await acts(world) == [("Director", "get_samples"), ("Coach", "get_athlete")]


async def test_what_is_only_read_counts_once_in_a_minute(world: World) -> None:
    path = f"{API}/athletes/{world['rosa']}"
    for _ in range(3):
        await world.as_("coach").get(path)
    await world.as_("trainer").get(path)
    assert await acts(world) == [("Trainer", "get_athlete"), ("Coach", "get_athlete")]


async def test_every_change_counts(world: World) -> None:
    path = f"{API}/athletes/{world['rosa']}"
    for name in ("Rosa A", "Rosa B"):
        await world.as_("coach").patch(path, json={"name": name})
    assert await acts(world) == [("Coach", "change_athlete")] * 2


async def test_what_was_refused_was_not_read(world: World) -> None:
    path = f"{API}/athletes/{world['bea']}"
    assert (await world.as_("coach").get(path)).status_code == 404
    assert (await world.as_("athlete").patch(f"{API}/athletes/{world['rosa']}", json={})).status_code == 403
    assert await acts(world, "admin", "bea") == []


async def test_a_list_of_wearers_counts_for_each_of_them(world: World) -> None:
    owner = world.database.owner
    for name in ("rosa", "bea"):
        await owner.execute(
            "INSERT INTO sts.local_name (gateway, name, address, kind) VALUES ($1, $2, $3, 'heart_rate')",
            world["pitch"],
            f"{name}-strap",
            world[f"{name}_strap_address"],
        )
    between = {"from": SAMPLES["from"], "to": SAMPLES["to"]}
    answer = await world.as_("coach").get(f"{API}/gateways/{world['pitch']}/completeness", params=between)
    assert answer.status_code == 200
    assert await acts(world) == [("Coach", "get_completeness")]
    assert await acts(world, "admin", "bea") == []


async def test_the_row_of_a_change_names_what_was_made_and_nothing_else(world: World) -> None:
    body = {"name": "Nora Example", "team_id": str(world["red"])}
    made = (await world.as_("coach").post(f"{API}/athletes", json=body)).json()["id"]
    row = await world.database.owner.fetchrow(
        "SELECT act, things, account_id FROM sts.audit WHERE club_id = $1 ORDER BY number DESC LIMIT 1",
        world["club"],
    )
    assert tuple(row) == ("add_athlete", f"made={made}", world["coach"])


@contextlib.asynccontextmanager
async def as_owner(database: ApiDatabase) -> AsyncIterator[Any]:
    async with pools.as_owner(database.owner_dsn, "test") as connection:
        yield connection


async def fault_of(world: World) -> str | None:
    """What is wrong with the chain of this world's club."""
    async with as_owner(world.database) as connection:
        (chain,) = [one for one in await repository.chains(connection) if one.club_id == world["club"]]
        return await service.fault(connection, chain)


async def test_acts_at_once_make_one_chain(world: World) -> None:
    path = f"{API}/athletes/{world['rosa']}"
    people = ("admin", "director", "coach", "trainer", "athlete", "guardian")
    await asyncio.gather(*(world.as_(who).get(path) for who in people))
    assert len(await acts(world)) == len(people)
    assert await fault_of(world) is None


@pytest.mark.parametrize(
    "statement", ["UPDATE sts.audit SET act = 'xx'", "DELETE FROM sts.audit", "TRUNCATE sts.audit"]
)
async def test_not_even_the_owner_changes_a_row_by_mistake(world: World, statement: str) -> None:
    await world.as_("coach").get(f"{API}/athletes/{world['rosa']}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="only added to"):
        await world.database.owner.execute(statement)


@pytest.mark.parametrize(
    "statement", ["SELECT * FROM sts.audit", "INSERT INTO sts.audit VALUES (gen_random_uuid(), 1)"]
)
async def test_the_apis_role_adds_by_the_function_alone(api_database: ApiDatabase, statement: str) -> None:
    connection = await asyncpg.connect(api_database.api_dsn)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(statement)
    await connection.close()


TAMPERED = {
    "UPDATE sts.audit SET account_id = '{other_admin}' WHERE club_id = '{club}' AND number = 2": "row 2 is not what it was",
    "UPDATE sts.audit SET at = at - interval '1 h' WHERE club_id = '{club}' AND number = 1": "row 1 is not what it was",
    "DELETE FROM sts.audit WHERE club_id = '{club}' AND number = 2": "row 2 is missing",
    "DELETE FROM sts.audit WHERE club_id = '{club}' AND number = 3": "rows 3 to 3 are missing",
    "UPDATE sts.audit_head SET number = 2 WHERE club_id = '{club}'": "its end is told as row 2 and is row 3",
    "UPDATE sts.audit SET athlete_id = NULL WHERE club_id = '{club}' AND number = 3": "row 3 is not what it was",
}


@pytest.mark.parametrize("statement", TAMPERED)
async def test_whoever_goes_round_the_guard_is_noticed(world: World, statement: str) -> None:
    for who in ("admin", "coach", "trainer"):
        await world.as_(who).get(f"{API}/athletes/{world['rosa']}")
    assert await fault_of(world) is None
    owner = world.database.owner
    async with owner.transaction():
        await owner.execute("ALTER TABLE sts.audit DISABLE TRIGGER USER")
        await owner.execute(statement.format(**world.ids))
        await owner.execute("ALTER TABLE sts.audit ENABLE TRIGGER USER")
    assert await fault_of(world) == TAMPERED[statement]


async def test_the_command_tells_which_chain_is_broken(world: World, postgres: Any, rabbitmq: Any) -> None:
    hub = await hub_program(postgres, rabbitmq, world.database)
    club = await world.database.owner.fetchval("SELECT name FROM sts.club WHERE id = $1", world["club"])
    await world.as_("coach").get(f"{API}/athletes/{world['rosa']}")
    _, told = await hub.run("audit", "verify")
    assert f"{club}: 1 rows, the last " in told
    await world.database.owner.execute(
        "UPDATE sts.audit_head SET number = 2 WHERE club_id = $1", world["club"]
    )
    code, told = await hub.run("audit", "verify")
    assert code == 1
    assert f"{club}: rows 2 to 2 are missing" in told


def test_rows_that_change_places_are_noticed() -> None:
    """The chain by itself, with digests worked out as the standard library says: SHA-256 of digest and text."""
    import hashlib

    first = Link(1, "a", hashlib.sha256(START + b"a").digest())
    second = Link(2, "b", hashlib.sha256(first.digest + b"b").digest())
    head, fault = follow([first, second], Head())
    assert (head, fault) == (Head(2, second.digest), None)
    assert ends(head, Head(2, second.digest)) is None
    assert (
        follow([Link(1, "b", second.digest), Link(2, "a", first.digest)], Head())[1]
        == "row 1 is not what it was"
    )


async def test_what_is_shown_of_several_athletes_at_once_counts_for_each_of_them(world: World) -> None:
    coach = world.as_("coach")
    path = f"{API}/sessions/{world['rosa_session']}"
    assert (await coach.get(f"{path}/timeline")).status_code == 200
    assert (await coach.post(f"{path}/end", json={})).status_code == 200
    assert (
        await coach.patch(path, json={"ended_at": "2026-05-01T13:00:00Z"}, headers={"If-Match": "*"})
    ).is_success
    assert (await coach.get(f"{path}/summary")).status_code == 200
    assert (await coach.get(f"{API}/absences")).status_code == 200
    told = {act for _, act in await acts(world)}
    assert {"get_timeline", "get_summary", "list_absences"} <= told
    assert {act for _, act in await acts(world, "admin", "rudi")} == {"list_absences"}
    swap = {"sensor_id": world["spare"], "athlete_id": str(world["rudi"])}
    assert (await coach.post(f"{API}/assignments/swap", json=swap)).status_code == 201
    assert ("Coach", "swap_sensor") in await acts(world, "admin", "rudi")


async def club_acts(world: World, who: str = "admin", **params: str) -> list[tuple[str, str, str | None]]:
    """Name, act and athlete of each entry of the club, the newest first."""
    answer = await world.as_(who).get(f"{API}/audit", params=params)
    assert answer.status_code == 200, answer.text
    return [(one["name"], one["act"], one["athlete"]) for one in answer.json()["items"]]


async def test_an_admin_sees_all_that_the_clubs_people_read_and_changed(world: World) -> None:
    rosa, bea = f"{API}/athletes/{world['rosa']}", f"{API}/athletes/{world['bea']}"
    await world.as_("coach").get(rosa)
    await world.as_("technician").patch(f"{API}/sensors/{world['spare']}", json={"label": "x"})
    await world.as_("director").patch(bea, json={"number": 10})
    await world.as_("other_admin").get(f"{API}/athletes/{world['gina']}")
    every = [
        ("Director", "change_athlete", "Bea"),
        ("Technician", "change_sensor", None),
        ("Coach", "get_athlete", "Rosa"),
    ]
    assert await club_acts(world) == every
    assert await club_acts(world, what="read") == every[2:]
    assert await club_acts(world, what="changed") == every[:2]
    assert await club_acts(world, account=str(world["technician"])) == every[1:2]
    assert await club_acts(world, athlete=str(world["bea"])) == every[:1]
    assert await club_acts(world, act="get_athlete") == every[2:]
    assert await club_acts(world, to="2026-01-01T00:00:00Z") == []
    for who in ("director", "coach", "technician", "athlete"):
        assert await club_acts(world, who) == []


async def test_the_clubs_audit_is_paged_without_loss(world: World) -> None:
    for number in range(5):
        await world.as_("coach").patch(f"{API}/athletes/{world['rosa']}", json={"number": number + 20})
    admin, cursor, seen = world.as_("admin"), "", []
    while cursor is not None:
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await admin.get(f"{API}/audit", params=params)).json()
        seen += [one["at"] for one in page["items"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)
