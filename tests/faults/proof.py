"""The system under proof: the demo's own start-up, a link that can be cut, a witness and an onlooker."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from demo.folders import short_folder
from demo.ports import wait_until
from demo.progress import step
from demo.seeding import CONSENT_PURPOSE, CONSENT_VERSION, WORN_SINCE, Api
from demo.system import PROGRAMS, Options, System
from faults import stored
from faults.cable import Cable
from faults.onlooker import Onlooker, boot_us
from faults.witness import Witness
from faults.words import Answer, Claim

# Faults end, then everything accepted must be in the database within this time.
DRAIN_ALLOWANCE_S = 180
# What the issue of a cut is judged by: longer, and the act has failed rather than been slow.
LIVE_AGAIN_ALLOWANCE_S = 30
SEED = 7
# Registered, assigned, listened for, and never switched on.
NEVER_HEARD = "hr-31"
NEVER_HEARD_ADDRESS = "A0:9E:1A:00:FF:31"


@dataclass
class Proof:
    """One run: the parts, and what was measured on the way."""

    folder: Path
    system: System
    link: Cable
    witness: Witness
    onlooker: Onlooker
    api: Api
    figures: dict[str, Any] = field(default_factory=dict)
    windows: dict[str, tuple[float, float]] = field(default_factory=dict)
    down: list[tuple[int, int]] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    asked: list[Answer] = field(default_factory=list)

    @property
    def seats(self) -> list[dict[str, str]]:
        """Which athlete wears which strap: `athlete_id`, `strap`."""
        labels = {sensor["id"]: sensor["label"] for sensor in self.api.all("/sensors")}
        return [
            {"athlete_id": worn["athlete_id"], "strap": labels[worn["sensor_id"]]}
            for worn in self.api.all("/assignments")
        ]

    def restart_agent(self) -> None:
        """SIGKILL, then a new start; remembers when no agent ran."""
        killed_us = boot_us()
        self.system.agent.kill()
        self.system.start_agent()
        self.down.append((killed_us, boot_us()))

    def claim(self, case: str, since: float, until: float, *words: str, strap: str | None = None) -> Claim:
        """What the hub must say in the end about a stretch of time."""
        claim = Claim(case, self.system.options.gateway, since, until, frozenset(words), strap)
        self.claims.append(claim)
        return claim

    @property
    def truth(self) -> Path:
        """Where the simulator notes every notification."""
        return self.folder / "truth.jsonl"

    @property
    def agent_pid(self) -> int:
        """The agent's process now."""
        return pid_of(self.system.agent.program)

    def orders(self, **order: Any) -> None:
        """Disturb the simulation: mute a strap, take it off, let it walk away."""
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(self.system.control_socket))
            line.sendall(json.dumps(order).encode() + b"\n")
            answer = json.loads(line.makefile().readline())
        if not answer.get("ok"):
            raise RuntimeError(f"The simulator refused {order}: {answer}")

    def status(self) -> dict[str, Any] | None:
        """What the agent says of itself."""
        return status_of(self.system)

    def sql(self, query: str, *values: Any) -> list[asyncpg.Record]:
        """Rows of the hub's database, read as its owner."""

        async def ask() -> list[asyncpg.Record]:
            connection = await asyncpg.connect(self.system.owner_dsn, server_settings={"timezone": "UTC"})
            try:
                return await connection.fetch(query, *values)
            finally:
                await connection.close()

        return asyncio.run(ask())

    @contextlib.contextmanager
    def window(self, name: str) -> Iterator[None]:
        """Remember from when to when (wall time, s) something was so."""
        since = time.time()
        yield
        self.windows[name] = (since, time.time())

    def live_again(self, name: str, back_us: int) -> None:
        """Measure how long after the link was back the first value stood on the wall."""
        took_s = self.onlooker.first_after(back_us, LIVE_AGAIN_ALLOWANCE_S)
        self.figures.setdefault("first_live_after_outage_s", {})[name] = took_s

    def outstanding(self) -> int:
        """Records that the hub still expects or that wait in the gateway."""
        status = self.status()
        waiting = status["buffer"]["waiting_records"] if status and "buffer" in status else 1
        expected = self.sql(stored.EXPECTED, self.system.options.gateway)[0]["n"]
        return int(waiting) + int(expected)


def status_of(system: System) -> dict[str, Any] | None:
    """What `sts-edge status --json` says; None while the agent does not answer."""
    command = [str(PROGRAMS / "sts-edge"), "--config", str(system.agent_configuration)]
    done = subprocess.run([*command, "--json", "status"], capture_output=True, text=True, check=False)
    try:
        told: dict[str, Any] = json.loads(done.stdout)
    except json.JSONDecodeError:
        return None
    return told


@contextlib.contextmanager
def running(folder: Path, web_app: Path | None = None, **options: Any) -> Iterator[Proof]:
    """A whole system in a fresh folder, its agent behind a link that can be cut; stopped whatever happens."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    system = System(folder, Options(truth=folder / "truth.jsonl", seed=SEED, web_app=web_app, **options))
    with contextlib.ExitStack() as after:
        after.callback(system.stop)
        with step("starting PostgreSQL and RabbitMQ"):
            system.start_services()
            system.prepare_hub()
        with step("starting the hub"):
            system.start_hub()
            system.seed()
        link = after.enter_context(Cable(folder, system.broker_address))
        system.agent_broker = link.address
        witness = Witness(short_folder(folder) / "witness.sock", folder / "witness.log")
        after.callback(witness.close)
        system.agent_settings = _settings(witness)
        onlooker = Onlooker(system.base_url, system.options.email, system.password)
        after.callback(onlooker.close)
        api = Api(system.base_url)
        api.sign_in(system.options.email, system.password)
        _register_the_silent_one(api)
        with step("switching on the straps and the gateway"):
            system.start_field()
        yield Proof(folder, system, link, witness, onlooker, api)


def _settings(witness: Witness) -> str:
    silent = {"name": NEVER_HEARD, "address": NEVER_HEARD_ADDRESS, "kind": "heart_rate"}
    lines = ["[witness]", f"socket = {json.dumps(str(witness.address))}", "[[sensors]]"]
    return "\n".join([*lines, *(f"{key} = {json.dumps(value)}" for key, value in silent.items())]) + "\n"


def _register_the_silent_one(api: Api) -> None:
    team = next(iter(api.all("/teams")))["id"]
    athlete = api.add("/athletes", {"team_id": team, "number": 31, "name": "Zoe Quiet"})
    api.add(
        f"/athletes/{athlete}/consents",
        {"purpose": CONSENT_PURPOSE, "version": CONSENT_VERSION, "from": WORN_SINCE},
    )
    sensor = api.add("/sensors", {"address": NEVER_HEARD_ADDRESS, "kind": "heart_rate", "label": NEVER_HEARD})
    worn = {"sensor_id": sensor, "athlete_id": athlete, "from": WORN_SINCE, "to": None}
    api.call("POST", "/assignments", worn)


def until(condition: Callable[[], bool], allowance_s: float, what: str) -> None:
    """Wait, or raise with what did not happen."""
    if not wait_until(condition, allowance_s):
        raise TimeoutError(f"{what} did not happen within {allowance_s:.0f} s.")


def back_now(link: Cable) -> int:
    """Restore the link; the boot time from which on a connect succeeds."""
    link.restore()
    return boot_us()


def say(text: str) -> None:
    """One line of progress."""
    print(f"  {text}", file=sys.stderr, flush=True)


def pid_of(program: Any) -> int:
    """The process id of a program that must be running."""
    if program is None:
        raise RuntimeError("This part is not running.")
    return int(program.pid)
