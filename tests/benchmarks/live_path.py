"""The whole system of the demo: strap to screen while nothing is wrong, and the way back after an outage."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import squad
from benchmarks.figures import Figure, median, of_three
from benchmarks.segment_log import DEVICE_BYTES_PER_S, LIFE_NOTE, life_years
from demo.progress import step
from faults import meters
from faults.demo_check import percentiles, strap_to_screen_ms
from faults.proof import Proof, back_now, running, until
from sts_edge.batcher import Batcher
from sts_edge.buffer import SegmentLog
from sts_edge.config import BufferSettings, RecordSettings
from sts_protocols.record import Kind, encode_samples

ROUNDS = 3
QUIET_S = 30
RECORDS = 10_000
ALL_LIVE_ALLOWANCE_S = 90
AGAIN_ALLOWANCE_S = 30
DRAIN_ALLOWANCE_S = 120
FULL_AGENT_S = 10

STRAP_TO_SCREEN_MS = 500
FIRST_LIVE_S = 1.0
WIRE_BYTES_PER_S = 2_000
BACKLOG_BYTES_PER_VALUE = 5.5
MEMORY_MB = 100

_RECEIVED = """SELECT coalesce(sum(upper(p) - lower(p)), 0)::int8 AS n FROM sts.epoch, unnest(received) p
               WHERE encode(uuid_send(epoch), 'hex') = $1"""


def measure(folder: Path) -> Iterator[Figure]:
    """Quiet, then three outages, then a full buffer."""
    place = folder / "live"
    try:
        with running(place) as proof:
            yield from _quiet(proof)
            yield from _outages(proof)
            yield from _full_buffer(proof)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _quiet(proof: Proof) -> Iterator[Figure]:
    part = f"30 straps, agent, broker, hub: {ROUNDS} times {QUIET_S} s while nothing is wrong"
    straps = {seat["athlete_id"]: seat["strap"] for seat in proof.seats}
    with step("waiting for all straps on the wall"):
        until(lambda: _athletes_live(proof) >= len(straps) - 1, ALL_LIVE_ALLOWANCE_S, "All straps live")
    ways: list[dict[str, float | int]] = []
    spent: list[dict[str, float]] = []
    for _ in range(ROUNDS):
        with step(f"{QUIET_S} quiet seconds"):
            spent.append(_spent_in(proof))
        ways.append(percentiles(sorted(strap_to_screen_ms(proof, straps))))
    yield of_three(part, "strap to screen, p50", [way["p50"] for way in ways], "ms")
    yield of_three(part, "strap to screen, p95", [way["p95"] for way in ways], "ms", STRAP_TO_SCREEN_MS)
    yield of_three(part, "strap to screen, worst", [way["worst"] for way in ways], "ms")

    def middle(name: str, key: str, unit: str, at_most: float | None = None, note: str = "") -> Figure:
        each = tuple(one[key] for one in spent)
        return Figure(part, name, median(list(each)), unit, at_most, each, note)

    yield middle("on the wire, AMQP and TCP's payload, both ways", "wire", "bytes/s", WIRE_BYTES_PER_S)
    note = "each write call in whole blocks: more than reaches the device"
    yield middle("to the disk, by the whole agent", "disk", "bytes/s", DEVICE_BYTES_PER_S, note)
    yield Figure(
        part, "life of a card", life_years(max(one["disk"] for one in spent)), "years", note=LIFE_NOTE
    )
    yield middle("agent CPU", "agent", "% of a core")
    yield middle("both workers' CPU", "workers", "% of a core")
    yield middle("database CPU", "database", "% of a core")


def _spent_in(proof: Proof) -> dict[str, float]:
    """What a quiet while costs, for each second."""
    before = _counters(proof)
    with proof.window("steady"):
        time.sleep(QUIET_S)
    after = _counters(proof)
    return {name: (after[name] - before[name]) / QUIET_S for name in before}


def _counters(proof: Proof) -> dict[str, float]:
    system = proof.system
    agent = meters.Reading.of(proof.agent_pid)
    workers = sum(meters.cpu_s(part.program.pid) for part in system.workers if part.program)
    database = system.postgres.process
    return {
        "wire": proof.link.carried_bytes(),
        "disk": agent.written_bytes,
        "agent": 100 * agent.cpu_s,
        "workers": 100 * workers,
        "database": 100 * meters.family_cpu_s(database.pid) if database else 0.0,
    }


def _outages(proof: Proof) -> Iterator[Figure]:
    values = sum(map(squad.values_in, squad.seconds_on_end(RECORDS)))
    part = f"link back with {RECORDS:,} records ({values:,} values) in the gateway's log"
    first, rates, wire = [], [], []
    for number in range(ROUNDS):
        with step("an outage: filling the log through the batcher"):
            epoch = _fill_offline(proof, number)
            carried = proof.link.carried_bytes()
        with step("link back: first live value, then the backlog"):
            back_us = back_now(proof.link)
            began = time.monotonic()
            took_s = proof.onlooker.first_after(back_us, AGAIN_ALLOWANCE_S)
            until(lambda: _received(proof, epoch) >= RECORDS, DRAIN_ALLOWANCE_S, "The backlog stored")  # noqa: B023
            drain_s = time.monotonic() - began
        first.append(AGAIN_ALLOWANCE_S if took_s is None else took_s)
        rates.append(values / drain_s)
        wire.append((proof.link.carried_bytes() - carried) / values)
    yield of_three(part, "first live value on the wall", first, "s", FIRST_LIVE_S)
    yield Figure(
        part, "backlog stored", median(rates), "values/s", each=tuple(rates), note="the middle of these"
    )
    note = "TCP's payload both ways; live data and beats meanwhile are in it"
    yield Figure(part, "on the wire", median(wire), "bytes/value", BACKLOG_BYTES_PER_VALUE, tuple(wire), note)
    yield Figure(part, "agent's memory, peak", meters.peak_memory_mb(proof.agent_pid), "MB", MEMORY_MB)


def _fill_offline(proof: Proof, number: int) -> str:
    """Cut the link, put records into the stopped agent's log, start it, wait until its straps are heard."""
    proof.link.refuse()
    proof.system.agent.stop()
    log = proof.folder / "agent/data/buffer"
    filled = _aside(lambda: asyncio.run(_fill(log, 60 + number * RECORDS)))
    proof.system.start_agent()
    _until_heard(proof)
    return filled


async def _fill(folder: Path, ended_s_ago: float) -> str:
    """Second after second through the batcher, as an agent does whose link is down."""
    pen = squad.Pen(ended_s_ago, RECORDS)
    log = SegmentLog(folder, BufferSettings(), boot_id="a boot before")
    log.open()
    batcher = Batcher(RecordSettings(), log.append, lambda: pen.clock)
    for second in squad.seconds_on_end(RECORDS):
        for packet in second:
            batcher.add(packet)
        batcher.flush()
        await asyncio.sleep(0)
    await log.synced(RECORDS - 1)
    await log.close()
    return log.epoch.hex()


def _full_buffer(proof: Proof) -> Iterator[Figure]:
    """The link is cut and the buffer is full to its cap with records that wait; then the agent starts."""
    proof.link.refuse()
    proof.system.agent.stop()
    log = proof.folder / "agent/data/buffer"
    with step("filling the buffer to its cap"):
        records = _aside(lambda: asyncio.run(_fill_to_the_cap(log)))
    part = f"a full buffer: {BufferSettings().max_bytes >> 20} MB, {records:,} records waiting, link down"
    with step("starting the agent with a full buffer"):
        began = time.monotonic()
        proof.system.start_agent()
        ready_s = time.monotonic() - began
        _until_heard(proof)
        time.sleep(FULL_AGENT_S)
    yield Figure(part, "agent ready after", ready_s, "s")
    yield Figure(part, "agent's memory, peak", meters.peak_memory_mb(proof.agent_pid), "MB", MEMORY_MB)


async def _fill_to_the_cap(folder: Path) -> int:
    """Records of 1 s of thirty straps until the buffer would have to drop some."""
    settings = BufferSettings()
    bodies = [encode_samples(second) for second in squad.ten_minutes()]
    pen = squad.Pen(60, len(bodies))
    log = SegmentLog(folder, settings, boot_id="a boot before")
    log.open()
    last, us = 0, squad.BOOT_US
    while log.stats().used_bytes < settings.max_bytes - 2 * settings.segment_bytes:
        for body in bodies:
            us += squad.SECOND_US
            last = log.append(Kind.SAMPLES, body, us, us + 1, pen.clock).header.seq
        await log.synced(last)
    waiting = log.stats().waiting_records
    await log.close()
    return waiting


def _aside(work: Any) -> Any:
    """Run in a thread of its own, so that an event loop there is nobody else's."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    if not found:
        raise RuntimeError("The gateway's log could not be filled; what went wrong stands above.")
    return found[0]


def _received(proof: Proof, epoch: str) -> int:
    return int(proof.sql(_RECEIVED, epoch)[0]["n"])


def _athletes_live(proof: Proof) -> int:
    return len({seen.athlete for seen in proof.onlooker.seen[-200:]})


def _until_heard(proof: Proof) -> None:
    """Nearly all: one that is late at this moment must not hold up the rest."""
    wanted = len(proof.system.roster()) - 1
    until(lambda: _connected(proof) >= wanted, ALL_LIVE_ALLOWANCE_S, "All straps heard")


def _connected(proof: Proof) -> int:
    """How many sensors the agent hears, by its own word."""
    with contextlib.suppress(KeyError, TypeError):
        return int((proof.status() or {})["sensors"]["live"])
    return 0
