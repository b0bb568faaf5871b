"""`sts-sim` as a technician runs it: a process on a private bus, orders by socket, a clean end."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bluetooth_air import PATIENCE_S, listening, until
from demo.services.dbus import DBus

STS_SIM = [sys.executable, "-c", "from sts_sims.cli import main; main()"]


def sts_sim(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*STS_SIM, *arguments], capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
async def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DBus]:
    made = DBus(tmp_path / "dbus")
    made.start()
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", made.address)
    yield made
    made.stop()


async def start(*arguments: str) -> asyncio.subprocess.Process:
    """Start a run and wait until it says that it is on the air."""
    process = await asyncio.create_subprocess_exec(
        *STS_SIM, "run", *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        assert b"sensors of" in await process.stdout.readline()
    return process


def order(path: Path, **fields: Any) -> dict[str, Any]:
    """Give one order over the control socket."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PATIENCE_S)
        client.connect(str(path))
        client.sendall(json.dumps(fields).encode() + b"\n")
        answer: dict[str, Any] = json.loads(client.makefile().readline())
    return answer


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
async def test_a_run_ends_cleanly_on_a_signal(bus: DBus, tmp_path: Path, end: signal.Signals) -> None:
    control = tmp_path / "control"
    process = await start("pair", "--bus-address", bus.address, "--control", str(control))
    process.send_signal(end)
    async with asyncio.timeout(PATIENCE_S):
        _, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")
    assert not control.exists()


async def test_a_gateway_hears_a_run_and_feels_its_orders(bus: DBus, tmp_path: Path) -> None:
    control, truth = tmp_path / "control", tmp_path / "truth.jsonl"
    process = await start(
        "pair", "--bus-address", bus.address, "--truth", str(truth), "--control", str(control)
    )
    try:
        assert control.stat().st_mode & 0o777 == 0o600
        async with listening([1, 2]) as ear:
            await until(lambda: all(ear.state(n).state == "live" for n in (1, 2)))
            assert order(control, do="take_off", strap="hr-02") == {"ok": True}
            await until(lambda: ear.state(2).state == "not_worn")
            answer = order(control, do="mute", strap="hr-77")
            assert answer["ok"] is False
            assert "hr-77" in answer["error"]
    finally:
        process.terminate()
        await process.communicate()
    lines = [json.loads(line) for line in truth.read_text().splitlines()]
    assert {line["strap"] for line in lines} == {"hr-01", "hr-02"}
    assert {"t_boot_us", "address", "frame_hex", "hr", "rr_1024", "contact", "delivered"} <= set(lines[0])
    assert {line.get("why") for line in lines if not line["delivered"]} <= {"no_link", "not_subscribed"}


async def test_a_bus_that_has_a_bluez_already_is_left_alone(bus: DBus) -> None:
    first = await start("pair", "--bus-address", bus.address)
    try:
        second = await asyncio.to_thread(sts_sim, "run", "pair", "--bus-address", bus.address)
    finally:
        first.terminate()
        await first.communicate()
    assert second.returncode == 1
    assert "owns org.bluez" in second.stderr
    assert "Traceback" not in second.stderr


async def test_a_truth_that_cannot_be_written_ends_the_run_with_a_sentence(bus: DBus) -> None:
    answer = await asyncio.to_thread(
        sts_sim, "run", "pair", "--bus-address", bus.address, "--truth", "/dev/full"
    )
    assert answer.returncode == 1
    assert "No space left" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_roster_is_one_json_list() -> None:
    answer = sts_sim("roster", "squad", "--json")
    strap = json.loads(answer.stdout)[0]
    assert strap == {
        "name": "hr-01",
        "address": "A0:9E:1A:00:00:01",
        "kind": "heart_rate",
        "athlete": {"number": 1, "name": "Ana Silva", "hr_max": strap["athlete"]["hr_max"]},
    }


def test_the_list_names_every_scenario() -> None:
    assert {"mishaps", "pair", "squad"} <= {line.split()[0] for line in sts_sim("list").stdout.splitlines()}


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["roster", "no-such"], 7, "There is no scenario no-such"),
        (["run", "no-such", "--bus-address", "unix:path=/nowhere"], 7, "There is no scenario"),
        (
            ["run", "pair", "--bus-address", "unix:path=/nowhere", "--truth", "/no/such/file"],
            1,
            "/no/such/file",
        ),
        (["run", "pair", "--bus-address", "nonsense"], 1, "nonsense"),
        (["run", "pair"], 2, "bus-address"),
        (["run", "sprint-gates"], 2, "ports"),
        (["run", "two-gateways", "--bus-address", "unix:path=/nowhere"], 2, "north, south"),
    ],
)
def test_a_run_that_cannot_be_is_refused_with_a_sentence(arguments: list[str], code: int, word: str) -> None:
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    answer = subprocess.run(
        [*STS_SIM, *arguments], capture_output=True, text=True, timeout=60, check=False, env=environment
    )
    assert answer.returncode == code
    assert word in answer.stderr
    assert "Traceback" not in answer.stderr
