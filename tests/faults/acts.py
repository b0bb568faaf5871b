"""What is done to the system, in order. Each act hurts one part and lets it recover; more are added to ACTS.

An act raises when the system did not come back at all; whether anything was lost on the way the oracle says.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import NamedTuple

import asyncpg

from demo.preflight import find_faketime
from faults import meters
from faults.proof import DRAIN_ALLOWANCE_S, NEVER_HEARD, Proof, back_now, pid_of, until
from faults.words import Claim, ask

STEADY_S = 20
BREATH_S = 4
DATABASE_AWAY_S = 15
BLIND_CLOCK_S = 12
ALL_LIVE_ALLOWANCE_S = 90
TAKEN_OFF = "hr-30"
# Lost is after 10 s without a value: long enough for the word silent, and some more.
TAKEN_OFF_S = 18
# The gateway beats every 10 s: what lies this far behind the beginning of a cut no beat has told of.
UNTOLD_AFTER_S = 12
PART_BACK_ALLOWANCE_S = 90


class Act(NamedTuple):
    """One thing done, with the words that it is told by."""

    name: str
    does: Callable[[Proof], None]


def steady(proof: Proof) -> None:
    """Nothing happens; what it costs is measured."""
    athletes = len(proof.system.roster()) - len(proof.figures.get("never_heard", []))
    until(
        lambda: _recent_athletes(proof) >= athletes - 1, ALL_LIVE_ALLOWANCE_S, "All straps live on the wall"
    )
    agent, worker_pids = proof.agent_pid, [part.program.pid for part in proof.system.workers if part.program]
    database = pid_of(proof.system.postgres.process)
    before = meters.Reading.of(agent)
    worker_s = sum(meters.cpu_s(pid) for pid in worker_pids)
    database_s = meters.family_cpu_s(database)
    carried = proof.link.carried_bytes()
    since = time.time()
    with proof.window("steady"):
        time.sleep(STEADY_S)
    proof.claim("steady", since, since + STEADY_S, "complete")
    proof.claim("a strap never heard", since, since + STEADY_S, "silent", strap=NEVER_HEARD)
    proof.claim("a strap heard all along", since, since + STEADY_S, "complete", strap="hr-01")
    spent = meters.Reading.of(agent).since(before)
    proof.figures |= {
        "wire_live_bytes_per_s": (proof.link.carried_bytes() - carried) / STEADY_S,
        "device_bytes_per_s": spent.written_bytes / STEADY_S,
        "agent_cpu_share": spent.cpu_s / STEADY_S,
        "worker_cpu_share": (sum(meters.cpu_s(pid) for pid in worker_pids) - worker_s) / STEADY_S,
        "database_cpu_share": (meters.family_cpu_s(database) - database_s) / STEADY_S,
    }


def strap_taken_off(proof: Proof) -> None:
    """One athlete takes the strap off, and puts it on again later."""
    proof.orders(do="mute", strap=TAKEN_OFF)
    since = time.time()
    time.sleep(TAKEN_OFF_S)
    until_s = time.time()
    proof.orders(do="unmute", strap=TAKEN_OFF)
    proof.claim("a strap taken off", since, until_s, "silent", strap=TAKEN_OFF)
    proof.claim("its gateway meanwhile", since, until_s, "complete")


def cut(seconds: int, silent: bool) -> Callable[[Proof], None]:
    """The link goes: refused (a connect fails at once) or silent (flows stall, connects hang)."""
    name = f"{seconds} s {'silent' if silent else 'refused'}"

    def act(proof: Proof) -> None:
        with proof.window(f"cut {name}"):
            since = time.time()
            proof.link.silence() if silent else proof.link.refuse()
            time.sleep(seconds)
            _claim_offline(proof, name, since, since + seconds)
            back_us = back_now(proof.link)
        proof.live_again(name, back_us)
        time.sleep(BREATH_S)

    return act


def agent_killed(proof: Proof) -> None:
    """SIGKILL in the middle of everything, then a new start."""
    proof.restart_agent()
    time.sleep(BREATH_S)


def two_restarts_offline(proof: Proof) -> None:
    """Three epochs wait on the disk before the hub hears of any."""
    since = time.time()
    with proof.window("two restarts offline"):
        proof.link.refuse()
        time.sleep(BREATH_S)
        for _ in range(2):
            proof.restart_agent()
            time.sleep(2 * BREATH_S)
        back_us = back_now(proof.link)
    proof.claim("two restarts offline", since, time.time(), "unknown")
    proof.live_again("two restarts offline", back_us)
    time.sleep(BREATH_S)


def worker_killed_inside_its_transaction(proof: Proof) -> None:
    """Workers stand between COPY and COMMIT, at the ledger that somebody else holds, when SIGKILL comes."""

    async def hold_and_kill() -> None:
        holder = await asyncpg.connect(proof.system.owner_dsn)
        try:
            async with holder.transaction():
                await holder.execute("SELECT FROM sts.epoch FOR UPDATE")
                await _blocked(holder)
                for worker in proof.system.workers:
                    worker.kill()
        finally:
            await holder.close()

    asyncio.run(hold_and_kill())
    for worker in proof.system.workers:
        worker.start()
    time.sleep(BREATH_S)


def broker_restarted(proof: Proof) -> None:
    """The broker stops and comes back with what it had confirmed."""
    proof.system.rabbitmq.stop()
    proof.system.rabbitmq.start()
    _live(proof)


def database_stopped(proof: Proof) -> None:
    """The database is away for 15 s."""
    proof.system.postgres.stop()
    time.sleep(DATABASE_AWAY_S)
    proof.system.postgres.start()
    _live(proof)


def clock_of_1970(proof: Proof) -> None:
    """A gateway without a clock starts offline; the hub is the only one who can tell it the time."""
    proof.link.refuse()
    stamp = proof.folder / "faketime"
    stamp.write_text("@1970-01-01 00:02:00\n")
    proof.system.agent_environment = {
        "LD_PRELOAD": find_faketime(),
        "FAKETIME_TIMESTAMP_FILE": str(stamp),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    kept = proof.system.agent_settings
    proof.system.agent_settings = kept + '[clock]\nsources = ["hub"]\n'
    with proof.window("clock of 1970"):
        proof.restart_agent()
        time.sleep(BLIND_CLOCK_S)
        back_us = back_now(proof.link)
    proof.live_again("clock of 1970", back_us)
    time.sleep(2 * BREATH_S)
    proof.system.agent_environment, proof.system.agent_settings = {}, kept
    proof.restart_agent()
    time.sleep(BREATH_S)


def drained(proof: Proof) -> None:
    """The straps fall silent, everything that waits goes through, and the gateway stops."""
    for strap in proof.system.roster():
        proof.orders(do="mute", strap=strap["name"])
    began = time.monotonic()
    until(lambda: proof.outstanding() <= 0, DRAIN_ALLOWANCE_S, "Everything accepted in the database")
    proof.figures["drain_s"] = time.monotonic() - began
    proof.figures["agent_peak_memory_mb"] = meters.peak_memory_mb(proof.agent_pid)
    proof.system.agent.kill()  # an agent that ends in order may have a last word, and nobody left to tell it to


CUTS = [
    Act(f"link cut {s} s, {'silent' if q else 'refused'}", cut(s, q))
    for s in (5, 16, 40)
    for q in (False, True)
]

ACTS = [
    Act("steady", steady),
    Act("a strap taken off", strap_taken_off),
    *CUTS,
    Act("agent killed", agent_killed),
    Act("two restarts while offline", two_restarts_offline),
    Act("workers killed inside a transaction", worker_killed_inside_its_transaction),
    Act("broker restarted", broker_restarted),
    Act("database stopped for 15 s", database_stopped),
    Act("clock of 1970, the hub its only source", clock_of_1970),
    Act("drained", drained),
]


def _claim_offline(proof: Proof, name: str, since: float, until_s: float) -> None:
    """While a gateway is offline nothing is known of it; once it is back, all of it is there."""
    if until_s - since < 2 * UNTOLD_AFTER_S:
        return
    offline = Claim(
        f"offline, {name}",
        proof.system.options.gateway,
        since + UNTOLD_AFTER_S,
        until_s,
        frozenset({"unknown"}),
    )
    proof.asked.append(ask(proof.api, offline))
    proof.claim(f"offline, {name}, afterwards", offline.since, offline.until, "complete")


def _recent_athletes(proof: Proof) -> int:
    return len({seen.athlete for seen in proof.onlooker.seen[-200:]})


def _live(proof: Proof) -> None:
    """Values on the wall again."""
    count = len(proof.onlooker.seen)
    until(lambda: len(proof.onlooker.seen) > count, PART_BACK_ALLOWANCE_S, "A live value")
    time.sleep(BREATH_S)


async def _blocked(holder: asyncpg.Connection) -> None:
    """Wait until a worker stands before the held ledger inside its transaction."""
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE usename = 'sts_ingest' AND wait_event_type = 'Lock' "
        "AND query LIKE '%sts.enter%'"
    )
    for _ in range(300):
        await holder.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees one moment for ever
        if await holder.fetchval(query):
            return
        await asyncio.sleep(0.1)
    raise TimeoutError("No worker came to the held ledger within 30 s.")
