"""Two hundred gateways that return together after an outage: what their live data waits for, and what the queues hold.

The gateways are real uplinks in several processes, each with a buffer in memory in which some minutes wait; broker,
database and workers are those of the demo. Measured is from the closing of a live record to the broker's confirm.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path

import structlog

from benchmarks.figures import Figure, as_they_come
from demo.system import VHOST, System
from demo.system import Options as SystemOptions
from sts_hub.broker import users
from sts_hub.broker.management import Management
from sts_protocols import routing
from uplink_support import PASSWORD, Site, running

GATEWAYS = 200
PROCESSES = 4
BACKLOG_RECORDS = 300
LIVE_EVERY_S = 1.0
SECONDS = 40
MOST_LIVE_S = 1.0
LOOK_EVERY_S = 0.5
PART = f"{GATEWAYS} gateways return together, {BACKLOG_RECORDS} s of backlog each"


def measure(folder: Path) -> Iterator[Figure]:
    """Live p95, the queues' greatest depth, and how long the backlog took."""
    system = System(folder / "fleet", SystemOptions(workers=2))
    try:
        system.start_services()
        system.prepare_hub()
        for worker in system.workers:
            worker.start()
        yield from as_they_come(_measured(system))
    finally:
        system.stop()


async def _measured(system: System) -> AsyncIterator[Figure]:
    assert system.rabbitmq is not None, "the fleet returns to a broker"
    async with Management(system.rabbitmq.management_url_with_password, VHOST) as management:
        await _add_gateways(management)
        fleet = [_begin(system.rabbitmq.amqp_port, one) for one in range(PROCESSES)]
        depths = await _watched(management, fleet)
    told = [json.loads(process.communicate()[0]) for process in fleet]
    delays = sorted(delay for one in told for delay in one["delays"])
    left = sum(one["waiting"] for one in told)
    sent = GATEWAYS * BACKLOG_RECORDS - left
    note = f"{len(delays)} live records, one a second of each gateway; worst {delays[-1]:.2f} s"
    yield Figure(
        PART, "live, closed to confirmed, p95", delays[len(delays) * 95 // 100], "s", MOST_LIVE_S, note=note
    )
    for queue, depth in depths.items():
        yield Figure(PART, f"greatest depth of {queue}", depth, "messages")
    yield Figure(
        PART,
        "backlog confirmed meanwhile",
        sent / SECONDS,
        "records/s",
        note=f"{left} left after {SECONDS} s",
    )


async def _add_gateways(management: Management) -> None:
    for number in range(GATEWAYS):
        await users.add(management, name_of(number), PASSWORD)


async def _watched(management: Management, fleet: list[subprocess.Popen[bytes]]) -> dict[str, int]:
    depths = dict.fromkeys((routing.LIVE_QUEUE, routing.BACKLOG_QUEUE), 0)
    while any(process.poll() is None for process in fleet):
        for queue in depths:
            found = await management.get("queues", VHOST, queue) or {}
            depths[queue] = max(depths[queue], found.get("messages", 0))
        await asyncio.sleep(LOOK_EVERY_S)
    return depths


def name_of(number: int) -> str:
    """The gateway of that number."""
    return f"fleet-{number:03}"


def _begin(port: int, part: int) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "benchmarks.fleet", str(port), str(part), str(GATEWAYS)]
    return subprocess.Popen(words, stdout=subprocess.PIPE)


async def _return(port: int, numbers: Iterable[int]) -> None:
    sites = [Site(VHOST, port, name=name_of(number)) for number in numbers]
    for site in sites:
        await site.fill(BACKLOG_RECORDS)
    delays: list[float] = []
    async with running(*(_live(site, delays) for site in sites), *(site.uplink.run() for site in sites)):
        await asyncio.sleep(SECONDS)
    waiting = sum(max(0, site.waiting - SECONDS) for site in sites)
    print(json.dumps({"delays": delays, "waiting": waiting}))


async def _live(site: Site, delays: list[float]) -> None:
    """Close a record a second, and note when it is confirmed, whichever lane it went."""
    closed_at: dict[int, float] = {}
    confirm = site.buffer.confirm

    def noting(epoch: bytes, seqs: Iterable[int]) -> None:
        told = list(seqs)
        delays.extend(time.monotonic() - closed_at.pop(seq) for seq in told if seq in closed_at)
        confirm(epoch, told)

    site.buffer.confirm = noting  # type: ignore[method-assign]
    while True:
        closed_at[site.say(values=30).header.seq] = time.monotonic()
        await asyncio.sleep(LIVE_EVERY_S)


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    _port, _part, _count = map(int, sys.argv[1:])
    asyncio.run(_return(_port, range(_part, _count, PROCESSES)))
