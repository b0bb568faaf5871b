"""One gateway with all that a training site gives it: thirty straps, four pods, a receiver, a timer; link up."""

from __future__ import annotations

import json
import shutil
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, median
from demo.ports import wait_until
from demo.processes import Program, StartError
from demo.progress import step
from demo.system import PROGRAMS, System
from faults import meters
from faults.proof import pid_of, status_of

CABLES = Path(__file__).with_name("field_cables.toml")
ALL_LIVE_ALLOWANCE_S = 90
# Connecting thirty straps costs more than hearing them, and is over by then.
SETTLING_S = 30
ROUNDS = 3
ROUND_S = 30

MEMORY_MB = 100
CPU_PERCENT = 15


def measure(folder: Path) -> Iterator[Figure]:
    """CPU of the agent in rounds of 30 s once everything is heard, and its memory at the end."""
    place = folder / "field"
    shutil.rmtree(place, ignore_errors=True)
    system = System(place)
    cables = tomllib.loads(CABLES.read_text())["cables"]
    system.agent_settings = "\n".join(_port(place, cable) for cable in cables)
    ends = place / "ports"
    words = [PROGRAMS / "sts-sim", "run", CABLES, "--ports", ends, "--truth", place / "cables.jsonl"]
    plugged = Program("the cables", words, place / "log/cables.log")
    try:
        with step("starting the whole system"):
            if not wait_until(lambda: all((ends / cable["name"]).exists() for cable in cables), 30):
                raise plugged.failure("did not plug its cables in")
            system.start()
        yield from _agent(system, len(cables))
    finally:
        system.stop()
        plugged.stop()
        shutil.rmtree(place, ignore_errors=True)


def _port(place: Path, cable: dict[str, Any]) -> str:
    told = {"name": cable["name"], "device": str(place / "ports" / cable["name"])}
    told |= {"kind": cable["kind"], "baud": cable["baud"]}
    return "\n".join(["[[ports]]", *(f"{key} = {json.dumps(value)}" for key, value in told.items())]) + "\n"


def _agent(system: System, cables: int) -> Iterator[Figure]:
    straps = len(system.roster())
    with step("waiting until everything is heard"):
        if not wait_until(lambda: _live(system) >= straps + cables, ALL_LIVE_ALLOWANCE_S, 1.0):
            raise StartError(f"only {_live(system)} of {straps + cables} sensors were heard")
        time.sleep(SETTLING_S)
    pid = pid_of(system.agent.program)
    spent = []
    for _ in range(ROUNDS):
        with step(f"{ROUND_S} quiet seconds"):
            before = meters.cpu_s(pid)
            time.sleep(ROUND_S)
            spent.append(100 * (meters.cpu_s(pid) - before) / ROUND_S)
    part = f"one gateway with {straps} straps and {cables} cables (pods, positions, timer), link up"
    yield Figure(part, "agent CPU", median(spent), "% of a core", CPU_PERCENT, tuple(spent))
    yield Figure(part, "agent's memory, peak", meters.peak_memory_mb(pid), "MB", MEMORY_MB)


def _live(system: System) -> int:
    """How many sensors the agent hears, by its own word."""
    told = status_of(system)
    return int(told["sensors"]["live"]) if told else 0
