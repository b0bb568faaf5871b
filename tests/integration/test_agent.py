"""The agent as a process: started, asked, killed, stopped."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from sts_protocols.record import Record, read
from uplink_support import GATEWAY, PASSWORD, Broker, Hub, eventually

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


@pytest.fixture
async def hub(rabbitmq: Broker) -> AsyncIterator[Hub]:
    hub = Hub(rabbitmq)
    await hub.open()
    await hub.listen()
    yield hub
    await hub.close()


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

    async def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, list[dict[str, Any]]]:
        """Send a signal; the exit code, and the log."""
        if self.process.returncode is None:
            self.process.send_signal(number)
        out, _ = await asyncio.wait_for(self.process.communicate(), 30)
        assert self.process.returncode is not None
        return self.process.returncode, [json.loads(line) for line in out.splitlines()]


@asynccontextmanager
async def agent(config: Path, **environment: str) -> AsyncIterator[Agent]:
    """Start one, and end it whatever happens."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
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


async def test_the_agent_beats_takes_the_hubs_time_and_ends_with_a_last_beat(
    hub: Hub, tmp_path: Path
) -> None:
    async with agent(settings(tmp_path, hub)) as edge:
        await eventually(lambda: len(hub.beats) >= 2)  # the second tells the pin
        assert hub.beats[1].epochs[-1].pin is not None
        await eventually(lambda: hub.arrivals)  # the anchor's record
        code, out = await edge.ask("status", "--json")
        status = json.loads(out)
        assert code == 0
        assert (status["hub"]["state"], status["clock"]["source"]) == ("connected", "hub")
        code, log = await edge.end()
        assert code == 0
    await eventually(lambda: not hub.beats[-1].epochs[-1].running)
    last = hub.beats[-1].epochs[-1]
    assert last.confirmed == [(0, last.head)]
    assert not (tmp_path / "run/agent.sock").exists()
    assert all(line["service"]["node"]["name"] == GATEWAY and line["@timestamp"] for line in log)


async def test_without_a_hub_the_agent_works_and_says_so(tmp_path: Path) -> None:
    config = settings(tmp_path, None)
    async with agent(config) as edge:
        await eventually(lambda: listens(config))
        code, out = await edge.ask("status")
        assert code == 4
        assert "unreachable" in out
        assert (await edge.end(signal.SIGINT))[0] == 0


async def test_a_second_agent_on_the_same_buffer_is_refused_with_a_sentence(tmp_path: Path) -> None:
    config = settings(tmp_path, None)
    async with agent(config):
        await eventually(lambda: listens(config))
        async with agent(config) as second:
            code, log = await second.end(signal.SIGCONT)
    assert code == 1
    assert "data_dir" in log[-1]["sts"]["reason"]
    assert "error" not in log[-1]


async def test_a_folder_that_may_not_be_written_ends_the_start_with_a_sentence(tmp_path: Path) -> None:
    config = settings(tmp_path, None)
    (tmp_path / "data").write_text("a file where the folder should be")
    async with agent(config) as edge:
        code, log = await edge.end(signal.SIGCONT)
    assert code == 1
    assert log[-1]["sts"]["reason"]


async def test_no_witness_no_start(tmp_path: Path) -> None:
    config = settings(tmp_path, None, f'[witness]\nsocket = "{tmp_path}/witness"')
    async with agent(config) as edge:
        code, log = await edge.end(signal.SIGCONT)
    assert code == 1
    assert "start the witness first" in log[-1]["sts"]["reason"]


async def test_the_witness_is_told_of_each_record_and_of_its_safety(hub: Hub, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(str(tmp_path / "witness"))
        listener.listen()
        listener.setblocking(False)
        loop = asyncio.get_running_loop()
        config = settings(tmp_path, hub, f'[witness]\nsocket = "{tmp_path}/witness"')
        async with agent(config) as edge:
            told, _ = await asyncio.wait_for(loop.sock_accept(listener), 30)
            with told:
                closed = await asyncio.wait_for(loop.sock_recv(told, 1 << 17), 30)
                safe = await asyncio.wait_for(loop.sock_recv(told, 1 << 17), 30)
                record: Record = read(closed[1:])
                assert closed[:1] == b"C"
                assert safe == b"A" + record.header.epoch + record.header.seq.to_bytes(8, "little")
                assert (await edge.end())[0] == 0


async def test_systemd_is_told_ready_alive_and_stopping(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.setblocking(False)
        told: list[str] = []

        def hear(words: str) -> bool:
            while True:
                try:
                    told.append(manager.recv(4096).decode())
                except BlockingIOError:
                    return any(words in one for one in told)

        variables = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "200000"}
        async with agent(settings(tmp_path, None), **variables) as edge:
            await eventually(lambda: hear("READY=1"))
            told.clear()
            await eventually(lambda: hear("WATCHDOG=1"))
            await edge.end()
            assert hear("STOPPING=1")


async def test_a_disk_that_fails_ends_the_agent_with_a_sentence(hub: Hub, tmp_path: Path) -> None:
    """The buffer's folder goes away under it: nothing more can be promised."""
    config = settings(tmp_path, hub)
    async with agent(config, PYTHONPATH=str(_breaking(tmp_path))) as edge:
        code, log = await edge.end(signal.SIGCONT)
    assert code == 1
    assert any("fdatasync" in str(line) or "disk" in str(line).lower() for line in log)
    assert "error" not in log[-1]


def _breaking(folder: Path) -> Path:
    """A sitecustomize that lets fdatasync fail with EIO, as a dying card does."""
    place = folder / "broken"
    place.mkdir()
    (place / "sitecustomize.py").write_text(
        "import os, errno\n"
        "def fail(fd):\n"
        "    raise OSError(errno.EIO, os.strerror(errno.EIO))\n"
        "os.fdatasync = fail\n"
    )
    return place
