"""What could not be stored: kept with its bytes, tried again, or given up."""

from __future__ import annotations

import asyncio
import json

import pytest
from typer.testing import CliRunner

from ingest_support import Gateway, eventually, ledger, stored
from sts_hub import config
from sts_hub.ingest import cli, intake, parking
from sts_hub.ingest.store import ParkedRow, ReleasedElsewhereError
from sts_protocols.columns import decode_samples
from sts_protocols.record import UNKNOWN_CLOCK, ClockReading

NEW_KIND = 77


@pytest.fixture
async def pool(hub_database):
    """The pool of a store, to park with and to read."""
    hub_database.test_store = await hub_database.store()
    return hub_database.pools[-1]


async def parked(hub_database) -> list[tuple[object, ...]]:
    rows = await hub_database.owner.fetch("SELECT seq, reason FROM sts.parked ORDER BY id")
    return [tuple(row) for row in rows]


async def test_a_newer_hub_stores_what_it_understands_by_now(hub_database, pool, monkeypatch):
    gateway = Gateway()
    body = gateway.samples().body
    gateway.seq = 0
    record = gateway.record(NEW_KIND, body)
    await hub_database.send(hub_database.test_store, record)
    assert await parked(hub_database) == [(0, "kind")]
    before = await parking.retry(pool, hub_database.test_store, reasons=parking.UPGRADABLE)
    assert (before.stored, before.still) == (0, 1)
    monkeypatch.setitem(intake._READERS, NEW_KIND, decode_samples)
    after = await parking.retry(pool, hub_database.test_store, reasons=parking.UPGRADABLE)
    assert (after.stored, after.still) == (1, 0)
    assert await stored(hub_database.owner, gateway.id) == gateway.said
    assert await parked(hub_database) == []
    assert await ledger(hub_database.owner, gateway.id, "parked") == []
    assert await ledger(hub_database.owner, gateway.id) == [(0, 0)]


async def test_a_worker_tries_by_itself_when_it_starts(hub, monkeypatch):
    gateway, link = Gateway(), await hub.gateway()
    body = gateway.samples().body
    gateway.seq = 0
    first = await hub.start()
    await link.send(gateway.record(NEW_KIND, body))
    await eventually(lambda: hub.database.owner.fetchval("SELECT count(*) = 1 FROM sts.parked"))
    await hub.end(first)
    monkeypatch.setitem(intake._READERS, NEW_KIND, decode_samples)
    await hub.start()

    async def whole() -> bool:
        return await stored(hub.database.owner, gateway.id) == gateway.said

    await eventually(whole)


async def test_a_record_parked_and_sent_again_is_refused_and_stays_one(hub_database):
    gateway, store = Gateway(), await hub_database.store()
    record = gateway.record(NEW_KIND, b"")
    await hub_database.send(store, record)
    result = await hub_database.send(store, record)
    assert (result.parked, result.refused) == (0, 1)
    assert await parked(hub_database) == [(0, "kind")]


async def test_two_who_retry_the_same_store_it_once(hub_database, pool):
    gateway = Gateway()
    await hub_database.send(hub_database.test_store, gateway.samples(clock=UNKNOWN_CLOCK))
    await hub_database.owner.execute("UPDATE sts.epoch SET pin_offset_us = $1", gateway.offset_us)
    stores = [await hub_database.store() for _ in range(2)]
    await asyncio.gather(*(parking.retry_due(pool, store) for store in stores))
    assert await stored(hub_database.owner, gateway.id) == gateway.said


async def test_a_row_taken_by_somebody_else_is_not_stored_again(hub_database, pool):
    gateway, store = Gateway(), hub_database.test_store
    record = gateway.samples()
    said = intake.read_message("pitch-1", None, record.raw)
    with pytest.raises(ReleasedElsewhereError):
        await store.store(said.entries, (), release=ParkedRow(12345, gateway.id, 0))
    assert not await stored(hub_database.owner, gateway.id)


async def test_what_is_dated_2106_stays_parked(hub_database, pool):
    gateway = Gateway()
    record = gateway.samples(clock=ClockReading(4_294_967_296_000_000, 1000, 1))
    await hub_database.send(hub_database.test_store, record)
    tried = await parking.retry(pool, hub_database.test_store)
    assert (tried.stored, tried.still) == (0, 1)
    assert await parked(hub_database) == [(0, "future")]


async def test_what_is_given_up_is_lost_and_says_why(hub_database, pool):
    gateway = Gateway()
    await hub_database.send(hub_database.test_store, gateway.record(NEW_KIND, b""))
    numbers = [row["id"] for row in await parking.listing(pool)]
    assert await parking.discard(pool, [*numbers, 99_999]) == 1
    assert await parked(hub_database) == []
    assert await ledger(hub_database.owner, gateway.id, "parked") == []
    assert await ledger(hub_database.owner, gateway.id, "declared") == [(0, 0)]
    assert await hub_database.owner.fetchval("SELECT reason FROM sts.drop") == "discarded"


async def test_a_piece_without_identity_is_given_up_too(hub_database, pool):
    said = intake.read_message("pitch-1", "live", b"no record")
    await hub_database.test_store.store(said.entries, said.unusable)
    numbers = [row["id"] for row in await parking.listing(pool)]
    assert await parking.discard(pool, numbers) == 1
    assert await parked(hub_database) == []


class Command:
    """`sts-hub parked` on this database."""

    def __init__(self, dsn: str) -> None:
        self._environment = {"STS_DB_INGEST_DSN": dsn}

    async def __call__(self, *words: str, fails: bool = False) -> str:
        result = await asyncio.to_thread(
            CliRunner().invoke, cli.app, ["parked", *words], env=self._environment, input="y\n"
        )
        assert (result.exit_code != 0) == fails, result.output
        return result.output


async def test_the_command_lists_shows_retries_and_discards(hub_database, pool, tmp_path, monkeypatch):
    for name in config.Settings.model_fields:
        monkeypatch.delenv(f"STS_{name.upper()}", raising=False)
    monkeypatch.setattr(cli.logs, "configure", lambda *_: None)  # not on a stream that ends with the command
    command, gateway = Command(hub_database.ingest_dsn), Gateway()
    assert "Nothing is parked" in await command("list")
    record = gateway.record(NEW_KIND, b"new")
    await hub_database.send(hub_database.test_store, record)
    (row,) = [json.loads(line) for line in (await command("list", "--json")).splitlines()]
    assert (row["gateway"], row["seq"], row["reason"]) == ("pitch-1", 0, "kind")
    number = str(row["id"])
    assert record.raw.hex() in await command("show", number)
    await command("show", number, "--save", str(tmp_path / "record"))
    assert (tmp_path / "record").read_bytes() == record.raw
    assert await command("retry") == "0 stored, 1 still parked.\n"
    assert "1 discarded." in await command("discard", number)
    assert "Nothing is parked" in await command("list")
    await command("show", number, fails=True)
