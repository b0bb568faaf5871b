"""Epochs that never knew the time, over the API: shown to who sees the gateway, placed by who may change it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from api_support import World, at, problem
from ingest_support import BOOT_US, Gateway
from sts_protocols.record import UNKNOWN_CLOCK

API = "/api/v1"
RECORDS = 5


@pytest.fixture
async def waiting(world: World) -> Gateway:
    """Five seconds of two straps, measured by a gateway that never learnt the time; between 0 and 60."""
    gateway = Gateway(name=world["pitch"])
    owner = world.database.owner
    await owner.execute(
        "INSERT INTO sts.epoch (epoch, gateway, running, head, starts_after, ends_before) "
        "VALUES ($1, $2, false, $3, $4, $5)",
        gateway.id, gateway.name, RECORDS - 1, at(0), at(60),
    )  # fmt: skip
    for seq in range(RECORDS):
        record = gateway.samples(clock=UNKNOWN_CLOCK)
        await owner.execute(
            "INSERT INTO sts.parked (gateway, epoch, seq, reason, raw) VALUES ($1, $2, $3, 'unpinned', $4)",
            gateway.name, gateway.id, seq, record.raw,
        )  # fmt: skip
    await owner.execute(
        "UPDATE sts.epoch SET parked = int8multirange(int8range(0, $2)) WHERE epoch = $1", gateway.id, RECORDS
    )
    return gateway


def path(gateway: Gateway) -> str:
    return f"{API}/gateways/{gateway.name}/unplaced"


def place(gateway: Gateway, first_at: datetime, error_s: float = 1.0) -> dict[str, Any]:
    return {
        "epoch": str(gateway.id),
        "first_at": first_at.isoformat(),
        "error_s": error_s,
        "reason": "the session began at noon",
    }


async def listed(world: World, who: str, gateway: Gateway) -> list[dict[str, Any]]:
    answer = await world.as_(who).get(path(gateway))
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_what_waits_is_shown_with_its_bounds(world: World, waiting: Gateway) -> None:
    for who in ("admin", "director", "coach", "trainer", "technician"):
        (told,) = await listed(world, who, waiting)
        assert (told["epoch"], told["records"], told["running"]) == (str(waiting.id), RECORDS, False)
        assert datetime.fromisoformat(told["starts_after"]) == at(0)
        assert datetime.fromisoformat(told["ends_before"]) == at(60)


async def test_strangers_see_nothing_and_place_nothing(world: World, waiting: Gateway) -> None:
    for who in ("other_admin", "other_coach", "athlete"):
        problem(await world.as_(who).get(path(waiting)), 404, "not-found")
        problem(await world.as_(who).post(path(waiting), json=place(waiting, at(10))), 404, "not-found")
    for who in ("director", "coach", "trainer"):
        problem(await world.as_(who).post(path(waiting), json=place(waiting, at(10))), 403, "not-allowed")
    assert await listed(world, "admin", waiting)


@pytest.mark.parametrize("who", ["admin", "technician"])
async def test_a_placed_epoch_has_its_pin_and_the_act_is_noted(
    world: World, waiting: Gateway, who: str
) -> None:
    answer = await world.as_(who).post(path(waiting), json=place(waiting, at(10)))
    assert answer.status_code == 200, answer.text
    assert answer.json()["records"] == RECORDS
    assert await listed(world, who, waiting) == []
    owner = world.database.owner
    note = await owner.fetchrow("SELECT * FROM sts.correction WHERE epoch = $1", waiting.id)
    email = await owner.fetchval("SELECT email FROM sts.account WHERE id = $1", world[who])
    assert (note["number"], note["delta_us"], note["asked_by"]) == (0, 0, email)
    assert note["reason"] == "the session began at noon"
    assert note["done_at"] is not None
    offset_us = await owner.fetchval("SELECT pin_offset_us FROM sts.epoch WHERE epoch = $1", waiting.id)
    assert offset_us == round(at(10).timestamp()) * 1_000_000 - BOOT_US
    again = await world.as_(who).post(path(waiting), json=place(waiting, at(20)))
    problem(again, 409, "conflict")


@pytest.mark.parametrize(("second", "sentence"), [(-100, "before"), (100, "after")])
async def test_a_place_outside_of_what_is_certain_is_refused(
    world: World, waiting: Gateway, second: float, sentence: str
) -> None:
    answer = await world.as_("technician").post(path(waiting), json=place(waiting, at(second)))
    assert sentence in problem(answer, 422, "invalid")["detail"]
    assert await listed(world, "technician", waiting)


async def test_the_placing_function_asks_for_itself_who_is_asking(world: World, waiting: Gateway) -> None:
    connection = await asyncpg.connect(world.database.api_dsn)
    placed = {}
    for who, role, club in (
        ("coach", "coach", "club"),
        ("other_admin", "admin", "other_club"),
        ("technician", "technician", "club"),
    ):
        for name, value in (("account_id", world[who]), ("club_id", world[club]), ("role", role)):
            await connection.execute("SELECT set_config($1, $2, false)", f"sts.{name}", str(value))
        query = "SELECT sts.place_epoch($1, $2, 0, 0, 'by hand')"
        placed[who] = await connection.fetchval(query, waiting.name, waiting.id)
    await connection.close()
    assert placed == {"coach": False, "other_admin": False, "technician": True}


async def test_completeness_says_unknown_with_that_reason_meanwhile(world: World, waiting: Gateway) -> None:
    params = {"from": at(0).isoformat(), "to": (at(0) + timedelta(seconds=120)).isoformat()}
    answer = await world.as_("coach").get(f"{API}/gateways/{waiting.name}/completeness", params=params)
    told = [(one["word"], one["to"], one["reason"]) for one in answer.json()["stretches"]]
    assert [(word, reason) for word, _, reason in told] == [("unknown", "unplaced"), ("unknown", "")]
    assert datetime.fromisoformat(told[0][1]) == at(60)
