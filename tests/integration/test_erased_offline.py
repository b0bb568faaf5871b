"""A gateway that was offline brings records of somebody who was erased meanwhile: nothing of it is stored, and nothing of
others is lost, though one record holds both."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import pytest

from ingest_support import eventually, ledger, stored
from sts_edge.buffer import SegmentLog
from sts_edge.config import BufferSettings
from sts_hub.broker import users
from sts_protocols.record import Kind
from uplink_support import GATEWAY, PASSWORD, Site, StillClock, running

RECORDS = 40
ERASED, OTHER = "hr-00", "hr-01"


@pytest.mark.parametrize("erased", [True, False])
async def test_records_held_offline_are_refused_for_the_erased_and_kept_for_others(
    hub: Any, tmp_path: Path, erased: bool
) -> None:
    """Without the erasure all of it is stored: the control."""
    owner = hub.database.owner
    await hub.database.worn(ERASED, OTHER, gateway=GATEWAY)
    await users.add(hub.management, GATEWAY, PASSWORD)
    buffer = SegmentLog(tmp_path / "buffer", BufferSettings())
    vhost = unquote(urlsplit(hub.amqp_url).path[1:])
    site = Site(vhost, hub.rabbitmq.amqp_port, buffer=buffer, clock=StillClock())
    said = [site.say(values=2) for _ in range(RECORDS)]
    await buffer.synced(said[-1].header.seq)
    if erased:
        athlete = await owner.fetchval("SELECT id FROM sts.athlete WHERE name = $1", ERASED)
        assert await owner.fetchval("SELECT sts.erase_person($1, '{}')", athlete) == 0  # nothing has come yet
    await hub.start()
    async with running(site.uplink.run()):

        async def received() -> bool:
            return await ledger(owner, _epoch(site)) == [(0, RECORDS - 1)] and site.waiting == 0

        await eventually(received, "the whole backlog")
    rows = await stored(owner, _epoch(site))
    by_sensor = Counter(name for (name, *_), count in rows.items() for _ in range(count))
    assert by_sensor == ({OTHER: RECORDS} if erased else {ERASED: RECORDS, OTHER: RECORDS})
    assert all(record.header.kind == Kind.SAMPLES for record in said)
    # Refused, and neither lost nor waiting for somebody: the ledger has each record, once.
    assert await owner.fetchval("SELECT count(*) FROM sts.parked") == 0
    assert await ledger(owner, _epoch(site), "declared") == []
    await buffer.close()


def _epoch(site: Site) -> UUID:
    return UUID(bytes=site.buffer.epoch)
