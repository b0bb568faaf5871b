"""A gateway's agent as a process, for the tests that start one."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sts_edge.control import client
from uplink_support import GATEWAY, PASSWORD, PATIENCE_S, Hub

SETTINGS = """
[gateway]
name = "{gateway}"
data_dir = "{folder}/data"
run_dir = "{folder}/run"
[hub]
url = "amqp://127.0.0.1:{port}/{vhost}"
password_file = "{folder}/password"
[clock]
sources = ["hub"]
{more}
"""
COMMAND = [sys.executable, "-c", "from sts_edge.cli import main; main()"]


def settings(folder: Path, hub: Hub | None, more: str = "") -> Path:
    """A settings file for an agent of that hub, or of one that is not there."""
    password = folder / "password"
    password.write_text(PASSWORD + "\n")
    password.chmod(0o600)
    port, vhost = (hub.broker.amqp_port, hub.vhost) if hub else (1, "nowhere")
    file = folder / "settings.toml"
    file.write_text(SETTINGS.format(gateway=GATEWAY, folder=folder, port=port, vhost=vhost, more=more))
    return file


class Agent:
    """A running `sts-edge run`."""

    def __init__(self, process: asyncio.subprocess.Process, config: Path) -> None:
        self.process = process
        self.config = config

    async def ask(self, *words: str) -> tuple[int, str]:
        """Another `sts-edge`, about this one."""
        asked = await asyncio.create_subprocess_exec(
            *COMMAND, *words, "--config", str(self.config), stdout=asyncio.subprocess.PIPE
        )
        out, _ = await asked.communicate()
        return asked.returncode or 0, out.decode()

    async def status(self) -> dict[str, Any]:
        """What it says of itself at its socket, {} while it says nothing. For whoever waits: a program started for each
        question takes the time of what is waited for."""
        assert self.process.returncode is None, "the agent has ended"
        path = self.config.parent / "run/agent.sock"
        try:
            return await asyncio.to_thread(client.ask, path, {"do": "status"}, PATIENCE_S)
        except (client.AgentAbsent, client.AgentSilent):
            return {}

    async def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, list[dict[str, Any]]]:
        """Send a signal; the exit code, and the log."""
        if self.process.returncode is None:
            self.process.send_signal(number)
        out, _ = await asyncio.wait_for(self.process.communicate(), PATIENCE_S)
        assert self.process.returncode is not None
        return self.process.returncode, [json.loads(line) for line in out.splitlines()]


@asynccontextmanager
async def agent(config: Path, command: Sequence[str] = COMMAND, **environment: str) -> AsyncIterator[Agent]:
    """Start one, and end it whatever happens."""
    process = await asyncio.create_subprocess_exec(
        *command,
        "run",
        "--config",
        str(config),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, **environment},
    )
    try:
        yield Agent(process, config)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def listens(config: Path) -> bool:
    return (config.parent / "run/agent.sock").exists()
