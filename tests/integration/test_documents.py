"""Documents at the hub: whole with the right hash or parked, once, whatever order and copies their parts come in."""

from __future__ import annotations

import asyncio
import hashlib
import itertools

import msgspec
import pytest

from api_support import World, problem
from document_support import cut
from ingest_support import Gateway, eventually, ledger
from sts_hub.db.spans import inclusive
from sts_hub.ingest import parking
from sts_hub.maintenance.verification import verify
from sts_protocols import routing
from sts_protocols.record import DocumentPart, Kind, Record, decode_document_part, encode_document_part, read
from sts_protocols.record.document import joined

CONTENT = bytes(range(256)) * 500  # three parts


def records(
    gateway: Gateway, content: bytes = CONTENT, name: str = "heat 3.txt", source: str = "pool-pc"
) -> list[Record]:
    """A file as a gateway sends it."""
    return [said(gateway, part) for part in cut(content, name, source)]


def said(gateway: Gateway, part: DocumentPart) -> Record:
    return gateway.record(Kind.DOCUMENT, encode_document_part(part))


async def whole(owner) -> list[tuple[str, bytes]]:
    """Name and bytes of every whole document."""
    rows = await owner.fetch("SELECT id, name FROM sts.document WHERE whole_at IS NOT NULL ORDER BY id")
    return [(row["name"], await content_of(owner, row["id"])) for row in rows]


async def content_of(owner, document: int) -> bytes:
    parts = await owner.fetch(
        "SELECT raw FROM sts.document_part WHERE document_id = $1 ORDER BY start", document
    )
    return b"".join(joined(decode_document_part(read(row["raw"]).body) for row in parts))


async def sound(owner) -> None:
    assert (await verify(owner)).faults == []


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
async def test_parts_in_any_order_make_one_document(hub_database, order):
    gateway, store = Gateway(), await hub_database.store()
    parts = records(gateway)
    for place in order:
        assert await whole(hub_database.owner) == []
        await hub_database.send(store, parts[place], lane="document")
    assert await whole(hub_database.owner) == [("heat 3.txt", CONTENT)]
    assert await ledger(hub_database.owner, gateway.id) == [(0, 2)]
    await sound(hub_database.owner)


async def test_the_same_record_twice_is_refused_and_the_same_part_in_another_is_kept_once(hub_database):
    gateway, again, store = Gateway(), Gateway(), await hub_database.store()
    parts = records(gateway)
    await hub_database.send(store, parts[0], parts[1])
    result = await hub_database.send(store, parts[0], parts[1], doubtful=True)
    assert (result.records, result.refused) == (0, 2)
    # The agent was killed while it sent: all of it comes anew, in another epoch.
    await hub_database.send(store, *records(again))
    assert await whole(hub_database.owner) == [("heat 3.txt", CONTENT)]
    assert await hub_database.owner.fetchval("SELECT count(*) FROM sts.document_part") == 3
    await hub_database.send(store, parts[2])
    assert await hub_database.owner.fetchval("SELECT count(*) FROM sts.document_part") == 3
    assert await ledger(hub_database.owner, gateway.id) == [(0, 2)]


async def test_a_part_that_came_twice_does_not_stand_in_for_one_that_is_missing(hub_database):
    first, second, store = Gateway(), Gateway(), await hub_database.store()
    await hub_database.send(store, *records(first)[:2])
    await hub_database.send(store, *records(second)[:2])
    assert await whole(hub_database.owner) == []


async def test_two_workers_with_the_last_two_parts_make_it_whole_once(hub_database):
    gateway = Gateway()
    stores = [await hub_database.store() for _ in range(3)]
    await asyncio.gather(
        *(hub_database.send(store, record) for store, record in zip(stores, records(gateway), strict=True))
    )
    assert await whole(hub_database.owner) == [("heat 3.txt", CONTENT)]


async def test_a_wrong_hash_parks_every_record_of_it_and_nothing_is_half_stored(hub_database):
    gateway, store = Gateway(), await hub_database.store()
    liar = [
        said(gateway, msgspec.structs.replace(part, sha256=hashlib.sha256(b"other").digest()))
        for part in cut(CONTENT)
    ]
    before = gateway.samples()
    await hub_database.send(store, liar[0], liar[2], before)
    await hub_database.send(store, liar[1])
    owner = hub_database.owner
    rows = await owner.fetch("SELECT seq, reason, raw, detail FROM sts.parked ORDER BY seq")
    assert [(row["seq"], row["reason"], row["raw"]) for row in rows] == [
        (place, "hash", record.raw) for place, record in enumerate(liar)
    ]
    assert "heat 3.txt" in rows[0]["detail"]
    assert await owner.fetchval("SELECT count(*) FROM sts.document") == 0
    assert await owner.fetchval("SELECT count(*) FROM sts.document_part") == 0
    assert await ledger(owner, gateway.id) == [(3, 3)]
    assert await ledger(owner, gateway.id, "parked") == [(0, 2)]
    spans = await owner.fetch("SELECT span FROM sts.received_span")
    assert inclusive(row["span"] for row in spans) == [(3, 3)]
    await sound(owner)


async def test_after_a_wrong_hash_the_right_document_is_stored_and_a_retry_parks_the_wrong_one_again(
    hub_database,
):
    gateway, store = Gateway(), await hub_database.store()
    right = cut(CONTENT)
    spoilt = [right[0], msgspec.structs.replace(right[1], data=bytes(48_000)), right[2]]
    await hub_database.send(store, *(said(gateway, part) for part in spoilt))
    owner, pool = hub_database.owner, hub_database.pools[-1]
    assert await ledger(owner, gateway.id, "parked") == [(0, 2)]
    await parking.retry(pool, store)
    assert await ledger(owner, gateway.id, "parked") == [(0, 2)]
    await sound(owner)
    await hub_database.send(store, *records(gateway))
    assert await whole(owner) == [("heat 3.txt", CONTENT)]


async def test_a_correction_is_another_version_and_both_stay(hub_database):
    gateway, store = Gateway(), await hub_database.store()
    for content in (b"1;0:57.13", b"1;0:57.31", b"1;0:57.13"):
        await hub_database.send(store, *records(gateway, content))
    assert await whole(hub_database.owner) == [("heat 3.txt", b"1;0:57.13"), ("heat 3.txt", b"1;0:57.31")]


async def test_the_same_bytes_from_another_source_or_gateway_are_another_document(hub_database):
    gateway, other, store = Gateway(), Gateway("pitch-2"), await hub_database.store()
    await hub_database.send(store, *records(gateway), *records(gateway, source="second-pc"))
    await hub_database.send(store, *records(other), gateway="pitch-2")
    assert len(await whole(hub_database.owner)) == 3


async def test_documents_come_through_a_queue_of_their_own(hub):
    """Published on sts.results, stored once, and the telemetry queues see nothing of it."""
    await hub.start()
    gateway, link = Gateway(), await hub.gateway()
    for record in [*records(gateway), *records(Gateway())]:
        await link.send(record, lane="document")

    async def stored() -> bool:
        return await whole(hub.database.owner) == [("heat 3.txt", CONTENT)]

    await eventually(stored)
    assert await hub.depth(routing.RESULTS_QUEUE) == 0


async def test_the_list_tells_versions_and_which_is_in_force(world: World, hub_of_world):
    coach = world.as_("coach")
    for content in (b"2;1:02.50", b"2;1:02.05", b"2;1:02.50"):
        await hub_of_world(content)
    listed = (
        await coach.get("/api/v1/documents", params={"gateway": world["pitch"], "name": "h.txt"})
    ).json()
    told = [(one["version"], one["in_force"], one["size"], one["form"]) for one in listed["items"]]
    assert told == [(2, False, 9, "result"), (1, True, 9, "result")]
    assert listed["items"][0]["sha256"] == hashlib.sha256(b"2;1:02.05").hexdigest()


async def test_the_content_is_what_was_picked_up_and_is_never_shown_by_a_browser(world: World, hub_of_world):
    content = bytes(range(256)) * 6000  # more than is read at a time
    await hub_of_world(content, name="läufe/<b>heat.html")
    coach = world.as_("coach")
    (one,) = (await coach.get("/api/v1/documents", params={"name": "läufe/<b>heat.html"})).json()["items"]
    answer = await coach.get(f"/api/v1/documents/{one['id']}/content")
    assert answer.status_code == 200
    assert answer.content == content
    assert answer.headers["content-length"] == str(len(content))
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''%3Cb%3Eheat.html"
    assert answer.headers["etag"] == f'"{one["sha256"]}"'


async def test_what_is_not_whole_is_not_there(world: World, hub_of_world):
    await hub_of_world(CONTENT, name="half.txt", parts=2)
    coach = world.as_("coach")
    assert (await coach.get("/api/v1/documents", params={"name": "half.txt"})).json()["items"] == []
    number = await world.database.owner.fetchval("SELECT id FROM sts.document WHERE name = 'half.txt'")
    problem(await coach.get(f"/api/v1/documents/{number}/content"), 404, "not-found")


@pytest.fixture
async def hub_of_world(world: World):
    """Takes files in for the world's gateway, as ingest does."""
    from sts_hub.ingest import documents

    name = world["pitch"]
    gateway = Gateway(name)

    async def take_in(content: bytes, name: str = "h.txt", parts: int = 99) -> None:
        lines = []
        for record in records(gateway, content, name)[:parts]:
            part = decode_document_part(record.body)
            t_us = record.header.first_us + gateway.offset_us
            lines.append(
                documents.PartLine(gateway.name, gateway.epoch, record.header.seq, t_us, part, record.raw)
            )
        async with world.database.owner.transaction():
            assert await documents.take_in(world.database.owner, lines) == []

    return take_in
