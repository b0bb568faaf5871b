"""Workers killed again and again while everything comes twice, in any order, on both lanes."""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from ingest_support import PATIENCE_S, Gateway, eventually, ledger, stored
from sts_protocols.record import Record
from sts_protocols.routing import Lane

CRASH = Path(__file__).resolve().parents[1] / "ingest_crash.py"
WORKERS = 2
RECORDS_OF_A_ROUND = 60
"""New ones of each gateway; all four, each twice, in messages of 1 to 30: about thirty messages."""

PAUSE_S = 0.06
"""Between two messages: a round is sent in about two seconds, so that most workers die at work."""

LONGEST_LIFE_S = 3.0
"""So long at most a worker lives on after something new was stored. Live messages are gathered for a second:
if no worker ever lived longer, they would be given up after twenty deliveries, as they should."""


class Message(NamedTuple):
    """Records to send together."""

    gateway: str
    records: list[Record]
    lane: Lane


@pytest.mark.parametrize(
    "rounds", [2, pytest.param(50, marks=[pytest.mark.long, pytest.mark.timeout(1_500)])]
)
async def test_a_storm_of_kills_loses_nothing_and_stores_nothing_twice(
    hub, rounds: int, tell: Callable[[str], None]
) -> None:
    dice = random.Random(7)
    gateways = [Gateway(f"pitch-{number}", sensors=("hr-01", "hr-02", "hr-03")) for number in range(1, 5)]
    links = {gateway.name: await hub.gateway(gateway.name) for gateway in gateways}
    messages = everything_twice(dice, gateways, RECORDS_OF_A_ROUND * rounds)
    sent: set[tuple[bytes, int]] = set()
    at_work = 0
    for number in range(rounds):
        async with workers_to_be_killed(hub):
            sending = asyncio.create_task(send(links, messages[number::rounds], sent))
            await something_new(hub, sending, sent)
            await asyncio.sleep(dice.uniform(0.0, LONGEST_LIFE_S))
            until_now = len(sent)
        at_work += await received(hub) < until_now
        await sending
    await hub.start()

    async def whole() -> bool:
        last = RECORDS_OF_A_ROUND * rounds - 1
        return all([await ledger(hub.database.owner, one.id) == [(0, last)] for one in gateways])

    await eventually(whole, "every record in the ledger")
    for gateway in gateways:
        assert await stored(hub.database.owner, gateway.id) == gateway.said
    assert await hub.database.owner.fetchval("SELECT count(*) FROM sts.parked") == 0
    tell(
        f"{WORKERS * rounds} kills, in {at_work} of {rounds} rounds with work undone; {len(sent):,} records, "
        "each sent twice, 0 lost, 0 stored twice, 0 parked"
    )
    assert at_work > rounds // 4, "it was no storm"


def everything_twice(dice: random.Random, gateways: Sequence[Gateway], count: int) -> list[Message]:
    """Every record twice: as live and as backlog, or twice as backlog, in messages of 1 to 30."""
    messages = []
    for gateway in gateways:
        records = gateway.many(count)
        for copy in range(2):
            left = list(records)
            while left:
                size = dice.randint(1, 30)
                lane: Lane = "live" if copy and dice.random() < 0.3 else "backlog"
                messages.append(Message(gateway.name, left[:size], lane))
                left = left[size:]
    dice.shuffle(messages)
    return messages


async def send(links, messages: Sequence[Message], sent: set[tuple[bytes, int]]) -> None:
    """Send these, and note what the broker has confirmed."""
    for name, records, lane in messages:
        await links[name].send(*records, lane=lane)
        sent |= {(record.header.epoch, record.header.seq) for record in records}
        await asyncio.sleep(PAUSE_S)


@asynccontextmanager
async def workers_to_be_killed(hub) -> AsyncIterator[None]:
    """Workers in processes of their own that take from the queues, and that nothing stops but a kill."""
    command = (sys.executable, str(CRASH), hub.database.ingest_dsn, hub.amqp_url, "never")
    pipe = asyncio.subprocess.PIPE
    workers = [await asyncio.create_subprocess_exec(*command, stdout=pipe) for _ in range(WORKERS)]
    try:
        for worker in workers:
            await asyncio.wait_for(worker.stdout.readuntil(b"taking"), PATIENCE_S)
        yield
    finally:
        for worker in workers:
            worker.kill()
            await worker.communicate()


async def something_new(hub, sending: asyncio.Task[None], sent: set[tuple[bytes, int]]) -> None:
    """Wait until a worker has stored a record that was not there before, or there is none."""
    before = await received(hub)

    async def stored_or_nothing_left() -> bool:
        now = await received(hub)
        return now > before or (sending.done() and now == len(sent))

    await eventually(stored_or_nothing_left, "a record that was not there before")


async def received(hub) -> int:
    """How many records the ledger has."""
    count = "SELECT coalesce(sum(upper(run) - lower(run)), 0) FROM sts.epoch, unnest(received) run"
    return int(await hub.database.owner.fetchval(count))
