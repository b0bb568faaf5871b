"""Impulses at the hub: each stored once with the ledger, none erased, and read by whoever sees their gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from api_support import World, problem
from impulse_support import BY_HAND, FINISH, START, TAKEN_BACK, keeping, record, told
from ingest_support import Gateway
from sts_protocols.record import UNKNOWN_CLOCK, Anchor, Impulse, Kind, encode_anchor, encode_impulses

API = "/api/v1"


async def lines(owner: asyncpg.Connection) -> list[str]:
    rows = await owner.fetch("SELECT line FROM sts.impulse ORDER BY seq, place")
    return [row["line"].decode() for row in rows]


async def test_an_impulse_is_stored_once_with_its_line_however_often_it_comes(hub_database):
    gateway, store = Gateway(), await hub_database.store()
    first, second = record(gateway, START, FINISH), record(gateway, BY_HAND)
    await hub_database.send(store, first, second)
    again = await hub_database.send(store, second, first, first, lane="backlog", doubtful=True)
    assert again.refused == 3
    assert await lines(hub_database.owner) == [told[0] for told in (START, FINISH, BY_HAND)]
    row = await hub_database.owner.fetchrow("SELECT * FROM sts.impulse WHERE place = 1")
    assert (row["ticks"], row["channel"], row["bib"], row["marks"]) == (
        360_724_567,
        "C1",
        None,
        ["unassigned"],
    )


async def test_an_impulse_that_a_worker_died_over_is_stored_by_the_next(hub_database):
    """Rows and ledger in one transaction: all of it or nothing."""

    async def die(step: str) -> None:
        if step == "entered":
            raise KeyboardInterrupt

    gateway = Gateway()
    told = record(gateway, START)
    with pytest.raises(KeyboardInterrupt):
        await hub_database.send(await hub_database.store(checkpoint=die), told)
    assert await lines(hub_database.owner) == []
    await hub_database.send(await hub_database.store(), told)
    assert await lines(hub_database.owner) == [START[0]]


async def test_impulses_of_an_unknown_clock_wait_for_the_pin_of_their_epoch(hub_database):
    gateway, store = Gateway(), await hub_database.store()
    stored = await hub_database.send(store, record(gateway, START, clock=UNKNOWN_CLOCK))
    assert stored.parked == 1
    assert await lines(hub_database.owner) == []


async def test_raw_frames_are_parked_until_somebody_orders_them(hub_database):
    gateway, store = Gateway(), await hub_database.store()
    await hub_database.send(store, gateway.record(Kind.RAW, b"frames"))
    assert await hub_database.owner.fetchval("SELECT reason FROM sts.parked") == "kind"


async def test_impulses_outside_of_their_header_are_no_good_record(hub_database):
    gateway, store = Gateway(), await hub_database.store()
    body = encode_impulses(Impulse("timy-1", 5, 1, "C0", None, (), b""))
    await hub_database.send(store, gateway.record(Kind.IMPULSE, body))
    assert await hub_database.owner.fetchval("SELECT reason FROM sts.parked") == "body"


@pytest.fixture
async def keep(world: World) -> AsyncIterator[Any]:
    """Stores records of a gateway of the world."""
    async with keeping(world) as kept:
        yield kept


async def test_all_impulses_are_told_and_a_deletion_marks_the_earlier_one(world: World, keep: Any) -> None:
    gateway = Gateway(world["pitch"])
    await keep(gateway, *(record(gateway, one) for one in (START, FINISH, BY_HAND, TAKEN_BACK)))
    items = (await told(world))["items"]
    assert [item["line"] for item in items] == [one[0] for one in (START, FINISH, BY_HAND, TAKEN_BACK)]
    assert [item["deleted"] for item in items] == [False, False, True, False]
    assert [item["marks"] for item in items] == [[], ["unassigned"], ["manual"], ["deleted", "manual"]]
    assert [item["bib"] for item in items] == ["7", None, "8", "8"]
    assert {(item["clock_error_us"], item["moment_error_us"]) for item in items} == {(1_000, 50_000)}


async def test_a_deletion_that_is_stored_first_marks_the_impulse_that_comes_later(
    world: World, keep: Any
) -> None:
    """Live overtakes backlog."""
    gateway = Gateway(world["pitch"])
    early, late = record(gateway, BY_HAND), record(gateway, TAKEN_BACK)
    await keep(gateway, late)
    await keep(gateway, early)
    assert [item["deleted"] for item in (await told(world))["items"]] == [True, False]


async def test_the_list_comes_in_parts_without_hole_or_repeat(world: World, keep: Any) -> None:
    gateway = Gateway(world["pitch"])
    await keep(gateway, *(record(gateway, START, FINISH) for _ in range(5)))
    places, cursor = [], None
    while True:
        part = await told(world, limit=3, **({"cursor": cursor} if cursor else {}))
        places += [(item["seq"], item["place"]) for item in part["items"]]
        cursor = part["next"]
        if cursor is None:
            break
    assert places == [(seq, place) for seq in range(5) for place in range(2)]


async def test_a_correction_of_the_epochs_clock_moves_what_is_told(world: World, keep: Any) -> None:
    gateway = Gateway(world["pitch"])
    await keep(gateway, record(gateway, START))
    (before,) = (await told(world))["items"]
    await world.database.owner.execute("UPDATE sts.epoch SET delta_us = -3600000000, corrections = 1")
    await keep(gateway, record(gateway, FINISH))
    first, second = (await told(world))["items"]
    assert first["arrived"] < before["arrived"]
    assert second["arrived"][:13] == first["arrived"][:13]  # the same hour: moved alike


async def test_those_who_do_not_see_the_gateway_see_no_impulse(world: World, keep: Any) -> None:
    gateway = Gateway(world["pitch"])
    await keep(gateway, record(gateway, START))
    path = f"{API}/gateways/{world['pitch']}/impulses"
    assert (await world.as_(None).get(path)).status_code == 401
    for who in ("athlete", "other_admin", "other_coach"):
        problem(await world.as_(who).get(path), 404, "not-found")
    for who in ("admin", "director", "coach", "trainer", "technician"):
        assert len((await told(world, who))["items"]) == 1


async def test_the_databases_own_wall_hides_them_too(world: World, keep: Any) -> None:
    gateway = Gateway(world["pitch"])
    await keep(gateway, record(gateway, START))
    connection = await asyncpg.connect(world.database.api_dsn)
    counts = {}
    for who, club in (("coach", "club"), ("other_coach", "other_club")):
        for name, value in (("account_id", world[who]), ("club_id", world[club]), ("role", "coach")):
            await connection.execute("SELECT set_config($1, $2, false)", f"sts.{name}", str(value))
        counts[who] = await connection.fetchval(
            "SELECT count(*) FROM sts.impulse WHERE gateway = $1", world["pitch"]
        )
    await connection.close()
    assert counts == {"coach": 1, "other_coach": 0}


async def test_an_anchor_ties_its_impulses_when_their_clock_is_unknown(hub_database):
    gateway, store = Gateway(), await hub_database.store()
    boot_us = gateway.boot_us(0)
    anchor = Anchor(boot_us, boot_us + gateway.offset_us, 7_000, 2)
    await hub_database.send(store, gateway.record(Kind.ANCHOR, encode_anchor(anchor)))
    await hub_database.send(store, record(gateway, START, clock=UNKNOWN_CLOCK), doubtful=True)
    assert await hub_database.owner.fetchval("SELECT clock_error_us IS NULL FROM sts.impulse")
