"""Three days of thirty straps without a link: what they take, how long a start takes with them, how fast they go.

Ten minutes of records of a second, as the batcher closes them without a link, are put in again and again: their bytes
are the same each time. The drain goes over the gateway's own two lanes to the hub's door on loopback, with a taker in place of the
broker that confirms at once: it measures the gateway; how fast the hub stores is measured by the part `ingest`.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from benchmarks import squad
from benchmarks.figures import Figure, as_they_come
from sts_edge.buffer import SegmentLog
from sts_edge.config import BufferSettings
from sts_protocols.beat import Answer, Beat, encode_answer
from sts_protocols.record import Kind, Record, encode_samples, split
from sts_protocols.routing import Lane
from uplink_support import KNOWN, PaperDatabase, Site, eventually, running, served

HOURS = 72
TIMES = HOURS * 6
MIB = 1 << 20
MOST_BYTES = 200_000_000
MOST_LIVE_S = 1.0
LEAST_VALUES_PER_S = 50_000
LIVE_EVERY_S = 0.25
PART = f"{HOURS} h of thirty straps offline"


class Taker:
    """A hub that takes everything at once and notes when live records come."""

    def __init__(self) -> None:
        self.values = 0
        self.live_at: dict[int, float] = {}

    async def run(self) -> None:
        await asyncio.Event().wait()

    def ready(self) -> None:
        """Always."""

    async def take(self, gateway: str, lane: Lane, body: bytes) -> None:
        if lane == "live":
            for piece in split(body):
                assert isinstance(piece, Record)
                self.live_at[piece.header.seq] = time.monotonic()

    async def beat(self, beat: Beat) -> bytes:
        return encode_answer(Answer(number=beat.number, hub_us=time.time_ns() // 1000, epochs=[]))


def measure(folder: Path) -> Iterator[Figure]:
    """Bytes, the start, and the drain beside a live lane."""
    place = folder / "offline"
    shutil.rmtree(place, ignore_errors=True)
    yield from as_they_come(_measured(place))
    shutil.rmtree(place, ignore_errors=True)


async def _measured(place: Path) -> AsyncIterator[Figure]:
    told = squad.ten_minutes()
    values = TIMES * sum(len(packet.values) for second in told for packet in second)
    settings = BufferSettings(max_bytes=240 * MIB)
    await _fill(place, settings, [encode_samples(second) for second in told])
    log = SegmentLog(place, settings)
    began = time.monotonic()
    log.open()
    start_s = time.monotonic() - began
    used = log.stats().used_bytes
    yield Figure(PART, "disk", used / 1e6, "MB", MOST_BYTES / 1e6, note=f"{values / 1e6:.1f} million values")
    yield Figure(PART, "start of the buffer with them", start_s, "s", 5.0)
    taker = Taker()
    seconds, delays = await _drained(log, taker)
    rate = values / seconds
    note = f"{rate:,.0f} values/s; promised at least {LEAST_VALUES_PER_S:,}"
    yield Figure(PART, "drained", seconds, "s", values / LEAST_VALUES_PER_S, note=note)
    yield Figure(PART, "live meanwhile, p95", delays[len(delays) * 95 // 100], "s", MOST_LIVE_S)
    yield Figure(PART, "live meanwhile, worst", delays[-1], "s")
    await log.close()


async def _fill(place: Path, settings: BufferSettings, bodies: list[bytes]) -> None:
    log = SegmentLog(place, settings)
    log.open()
    for second, body in enumerate(bodies * TIMES):
        last = log.append(
            Kind.SAMPLES, body, second * squad.SECOND_US, (second + 1) * squad.SECOND_US - 1, KNOWN
        )
        if second % 500 == 0:
            await log.synced(last.header.seq)
    await log.close()


async def _drained(log: SegmentLog, taker: Taker) -> tuple[float, list[float]]:
    async with served(taker, PaperDatabase()) as port:
        site = Site("", port, "http", buffer=log, opens=False)
        closed_at: dict[int, float] = {}

        async def talk() -> None:
            while True:
                seq = site.say(values=30).header.seq
                closed_at[seq] = time.monotonic()
                await asyncio.sleep(LIVE_EVERY_S)

        began = time.monotonic()
        async with running(site.uplink.run(), talk()):
            await eventually(lambda: site.waiting < 10, patience_s=900.0)
            seconds = time.monotonic() - began
    return seconds, sorted(taker.live_at[seq] - at for seq, at in closed_at.items() if seq in taker.live_at)
