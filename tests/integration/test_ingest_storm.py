"""Workers killed again and again while everything comes twice, in any order, on both lanes."""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

import pytest

from ingest_support import Gateway, eventually, ledger, stored

CRASH = Path(__file__).resolve().parents[1] / "ingest_crash.py"
KILLS = 12
"""Fewer than the delivery limit: a message may be in hand at every one of them."""

RECORDS = 1500


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_a_storm_of_kills_loses_nothing_and_stores_nothing_twice(hub):
    dice = random.Random(7)
    gateways = [Gateway(f"pitch-{number}", sensors=("hr-01", "hr-02", "hr-03")) for number in range(1, 5)]
    links = {gateway.name: await hub.gateway(gateway.name) for gateway in gateways}
    sending = asyncio.create_task(send_all(dice, gateways, links))
    for _ in range(KILLS):
        workers = [await worker(hub) for _ in range(2)]
        await asyncio.sleep(dice.uniform(2.0, 5.0))
        for each in workers:
            each.kill()
            await each.wait()
    await sending
    await hub.start()

    async def whole() -> bool:
        return all([await ledger(hub.database.owner, g.id) == [(0, RECORDS - 1)] for g in gateways])

    await eventually(whole, "every record in the ledger")
    for gateway in gateways:
        assert await stored(hub.database.owner, gateway.id) == gateway.said
    assert await hub.database.owner.fetchval("SELECT count(*) FROM sts.parked") == 0


async def send_all(dice: random.Random, gateways: list[Gateway], links) -> None:
    """Every record twice: as live and as backlog, or twice as backlog, in messages of 1 to 30."""
    messages = []
    for gateway in gateways:
        records = gateway.many(RECORDS)
        for copy in range(2):
            left = list(records)
            while left:
                size = dice.randint(1, 30)
                lane = "live" if copy and dice.random() < 0.3 else "backlog"
                messages.append((gateway.name, left[:size], lane))
                left = left[size:]
    dice.shuffle(messages)
    for name, records, lane in messages:
        await links[name].send(*records, lane=lane)
        await asyncio.sleep(0.02)


async def worker(hub) -> asyncio.subprocess.Process:
    """A worker in a process of its own, which nothing stops but a kill."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        str(CRASH),
        hub.database.ingest_dsn,
        hub.amqp_url,
        "never",
        stdout=asyncio.subprocess.DEVNULL,
    )
