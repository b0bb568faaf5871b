"""Parked records in the hands of people: seen by staff, tried again by a worker, given up with a reason."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from api_support import World, problem
from ingest_support import Gateway, ledger, stored
from sts_hub.ingest import intake, parking
from sts_hub.ingest.counters import Counters
from sts_hub.ingest.register import Register
from sts_hub.ingest.store import Store
from sts_protocols.columns import decode_samples

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation

API = "/api/v1"
NEW_KIND = 77


@dataclasses.dataclass
class Site:
    """A gateway of the world that sends what this version of the hub does not know."""

    world: World
    gateway: Gateway
    store: Store
    pool: Any

    async def send(self) -> None:
        body = self.gateway.samples().body
        self.gateway.seq -= 1
        record = self.gateway.record(NEW_KIND, body)
        said = intake.read_message(self.gateway.name, "live", record.raw)
        await self.store.store(said.entries, said.unusable)

    async def parked(self, **params: str) -> list[dict[str, Any]]:
        """What staff see of this gateway, but the piece that the world begins with."""
        told = await self.world.as_("coach").get(f"{API}/parked-records", params=params)
        assert told.status_code == 200, told.text
        return [one for one in told.json()["items"] if one["id"] != self.world["pitch_parked"]]


@pytest.fixture
async def site(world: World) -> AsyncIterator[Site]:
    pool = await asyncpg.create_pool(world.database.owner_dsn, min_size=1, max_size=3)
    gateway = dataclasses.replace(Gateway(), name=world["pitch"])
    site = Site(world, gateway, Store(pool, Register(), Counters()), pool)
    await site.send()
    yield site
    pool.terminate()


async def test_staff_see_what_is_parked_and_why(site: Site) -> None:
    (one,) = await site.parked(gateway=site.gateway.name, reason="kind")
    assert (one["record"], one["reason"], one["tried_at"], one["retry_asked_at"]) == (0, "kind", None, None)
    assert one["epoch"].replace("-", "") == site.gateway.epoch.hex()
    assert one["detail"].endswith(".")
    assert "raw" not in one
    groups = (await site.world.as_("director").get(f"{API}/parked-records/summary")).json()["items"]
    assert [(g["gateway"], g["reason"], g["records"]) for g in groups] == [
        (site.gateway.name, "kind", 1),
        (site.gateway.name, "marker", 1),
    ]


async def test_nobody_else_sees_any(site: Site) -> None:
    for who in ("athlete", "guardian", "other_admin"):
        told = await site.world.as_(who).get(f"{API}/parked-records")
        assert site.gateway.name not in told.text
        assert site.gateway.name not in (await site.world.as_(who).get(f"{API}/parked-records/summary")).text


async def test_a_record_is_stored_once_the_hub_understands_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = await site.parked(reason="kind")
    technician = site.world.as_("technician")
    await parking.retry_due(site.pool, site.store)  # what is due of other gateways
    # the control: nobody has asked yet, so a worker leaves it
    assert await parking.retry_due(site.pool, site.store) == parking.Tried(0, 0)
    answer = await technician.post(f"{API}/parked-records/retry", json={"ids": [one["id"]]})
    assert (answer.status_code, answer.json()) == (202, {"records": 1})
    assert await parking.retry_due(site.pool, site.store) == parking.Tried(0, 1)
    (still,) = await site.parked(reason="kind")
    assert still["tried_at"] is not None
    assert still["retry_asked_at"] is None
    monkeypatch.setitem(intake._READERS, NEW_KIND, decode_samples)
    await technician.post(f"{API}/parked-records/retry", json={"ids": [one["id"]]})
    assert await parking.retry_due(site.pool, site.store) == parking.Tried(1, 0)
    assert await site.parked() == []
    assert await stored(site.world.database.owner, site.gateway.id) == site.gateway.said


async def test_what_is_given_up_is_lost_with_who_and_why(site: Site) -> None:
    (one,) = await site.parked(reason="kind")
    ids = [one["id"], site.world["pitch_parked"]]
    body = {"ids": ids, "reason": "a test of the new pods"}
    answer = await site.world.as_("technician").post(f"{API}/parked-records/discard", json=body)
    assert (answer.status_code, answer.json()) == (200, {"records": 2})
    assert await site.parked() == []
    owner = site.world.database.owner
    assert await ledger(owner, site.gateway.id, "parked") == []
    assert await ledger(owner, site.gateway.id, "declared") == [(0, 0)]
    told = (await site.world.as_("director").get(f"{API}/discarded-records")).json()["items"]
    assert sorted((one["parked_for"], one["record"], one["reason"]) for one in told) == [
        ("kind", 0, body["reason"]),
        ("marker", None, body["reason"]),
    ]
    assert told[0]["discarded_by"].startswith("technician-")
    assert site.gateway.name not in (await site.world.as_("other_admin").get(f"{API}/discarded-records")).text


@pytest.mark.parametrize("act", ["retry", "discard"])
async def test_who_keeps_no_gateway_changes_nothing(site: Site, act: str) -> None:
    (one,) = await site.parked(reason="kind")
    body: dict[str, Any] = {"ids": [one["id"]]} | ({"reason": "x"} if act == "discard" else {})
    for who in ("director", "coach", "trainer"):
        problem(await site.world.as_(who).post(f"{API}/parked-records/{act}", json=body), 403, "not-allowed")
    problem(
        await site.world.as_("other_admin").post(f"{API}/parked-records/{act}", json=body), 404, "not-found"
    )
    assert await site.parked(reason="kind") == [one]


async def test_all_or_none_is_given_up(site: Site) -> None:
    (one,) = await site.parked(reason="kind")
    foreign = site.world["other_pitch_parked"]
    for ids in ([one["id"], foreign], [one["id"], 2**53 - 1]):
        body = {"ids": ids, "reason": "x"}
        problem(
            await site.world.as_("admin").post(f"{API}/parked-records/discard", json=body), 404, "not-found"
        )
    assert await site.parked(reason="kind") == [one]
    assert (await site.world.as_("admin").get(f"{API}/discarded-records")).json()["items"] == []
