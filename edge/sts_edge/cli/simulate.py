"""`sts-edge simulate`: a gateway of its own with invented athletes, to learn the commands without a sensor.

Nothing of it reaches a hub: its gateway is called `simulated`, its settings know no broker, and its data is
gone with it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .call import Call
from .exits import Exit
from .output import Stop

GATEWAY = "simulated"
START_S = 20.0
LOOK_S = 0.1
_SETTINGS = """\
# SYNTHETIC: invented athletes, no hub.
[gateway]
name = "{gateway}"
data_dir = "data"
run_dir = "run"
[hub]
url = "amqp://127.0.0.1:1/nowhere"
password_file = "password"
"""


def simulate(call: Call, scenario: str, seconds: float | None) -> None:
    """Put a scenario on a private air, read it with an agent, until Ctrl-C."""
    programs = {name: _program(name) for name in ("sts-sim", "sts-edge", "dbus-daemon")}
    with tempfile.TemporaryDirectory(prefix="sts-sim-", dir="/tmp") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        config = _prepare(folder, _roster(programs["sts-sim"], scenario))
        bus = f"unix:path={folder / 'bus'}"
        daemon = [programs["dbus-daemon"], "--session", "--nofork", "--nopidfile", "--address", bus]
        stack.enter_context(_running(daemon, folder))
        _until(lambda: (folder / "bus").exists(), "the message bus")
        sim = [programs["sts-sim"], "run", scenario, "--bus-address", bus]
        stack.enter_context(_running(sim, folder))
        agent = [programs["sts-edge"], "run", "--config", str(config)]
        running = stack.enter_context(_running(agent, folder, DBUS_SYSTEM_BUS_ADDRESS=bus))
        _until(lambda: (folder / "run/agent.sock").exists() or running.poll() is not None, "the agent")
        _tell(call, scenario, config)
        _wait(running, seconds)


def _tell(call: Call, scenario: str, config: Path) -> None:
    told = {"synthetic": True, "scenario": scenario, "gateway": GATEWAY, "config": str(config)}
    if call.output.as_json:
        call.output.document({"schema": "sts.edge.simulate/1", **told})
        return
    call.output.line(
        call.output.sign("warning", f"SYNTHETIC: {scenario} is on the air; nothing reaches a hub")
    )
    call.output.line("In another window:")
    for verb in ("status", "sensors list", "tail"):
        call.output.line(f"  sts-edge {verb} --config {config}")
    call.output.note("Ctrl-C ends it.")


def _wait(agent: subprocess.Popen[bytes], seconds: float | None) -> None:
    try:
        agent.wait(seconds)
    except subprocess.TimeoutExpired:
        return
    except KeyboardInterrupt:
        raise Stop(Exit.INTERRUPTED) from None
    raise Stop(Exit.FAILED, "The simulated gateway's agent ended. Next: sts-edge doctor --only bluetooth")


def _program(name: str) -> str:
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        package = "dbus" if name == "dbus-daemon" else "smart-training-system[edge,sims]"
        raise Stop(Exit.NOT_FOUND, f"{name} is not on this machine. Next: install {package}")
    return found


def _roster(program: str, scenario: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [program, "roster", scenario, "--json"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Stop(Exit.NOT_FOUND, f"{done.stderr.strip()} Next: sts-sim list")
    told: list[dict[str, Any]] = json.loads(done.stdout)
    return told


def _prepare(folder: Path, roster: list[dict[str, Any]]) -> Path:
    _write_secret(folder / "password", "none")
    lines = [_SETTINGS.format(gateway=GATEWAY)]
    for strap in roster:
        lines.append("[[sensors]]")
        keys = ("name", "address", "kind", "streams", "link")
        lines += [f"{key} = {json.dumps(strap[key])}" for key in keys if key in strap]
        if "bind_key" in strap:
            _write_secret(folder / f"key-{strap['name']}", strap["bind_key"])
            lines.append(f'bind_key_file = "key-{strap["name"]}"')
    config = folder / "settings.toml"
    config.write_text("\n".join(lines) + "\n")
    return config


def _write_secret(file: Path, secret: str) -> None:
    file.touch(mode=0o600)
    file.write_text(f"{secret}\n")


@contextlib.contextmanager
def _running(command: list[str], folder: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program, ended whatever happens; it is not hit by the Ctrl-C that ends us."""
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env={**os.environ, **environment}, start_new_session=True
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _until(true: Any, what: str) -> None:
    ends_s = time.monotonic() + START_S
    while not true():
        if time.monotonic() > ends_s:
            raise Stop(Exit.TIMED_OUT, f"{what} did not start within {START_S:g} s.")
        time.sleep(LOOK_S)
