"""Devices on cables: the same for the same seed, in order, with the pace of the line, and mishaps at their times."""

import asyncio
import json
import os
import sys
import time
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest
from typer.testing import CliRunner

from serial_cables import Remembered, Spoken
from sts_sims import scenario as scenarios
from sts_sims.alge_timer import AlgeTimer, clock
from sts_sims.cable import Mishap
from sts_sims.cables import MAKERS, make_cables
from sts_sims.carriers.pty import Cable
from sts_sims.cli import app
from sts_sims.squad import boot_us

BEGAN = datetime(2026, 11, 28, 9, tzinfo=UTC)
SHIPPED = ("ski-race-morning", "sprint-gates")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_scenario_says_the_same_for_the_same_seed_in_the_order_of_its_times(name, tmp_path):
    loaded = scenarios.load(name)
    for told in loaded.cables:
        once, again = (
            list(islice(MAKERS[told.kind](loaded, told, 1, BEGAN).utterances(), 200)) for _ in range(2)
        )
        other = list(islice(MAKERS[told.kind](loaded, told, 2, BEGAN).utterances(), 200))
        assert once == again
        assert once != other
        times = [said.at_s for said in once]
        assert times == sorted(times)
    assert [cable.name for cable in make_cables(loaded, tmp_path, 1, BEGAN)] == [
        c.name for c in loaded.cables
    ]


def test_a_scenario_of_nothing_is_refused(tmp_path):
    file = tmp_path / "none.toml"
    file.write_text('about = "x"\n[[plan]]\nname = "a"\nseconds = 1\neffort = 0\n')
    with pytest.raises(scenarios.ScenarioError, match="neither straps nor sensors nor cables"):
        scenarios.load(str(file))


def test_a_timers_times_are_cut_off_and_go_through_midnight():
    assert clock(487_399, decimals=2) == "00:00:48.73  "
    assert clock(864_000_000 + 1) == "00:00:00.0001"
    lines = [said.data for said in AlgeTimer(1, starts_at=863_999_999, every_s=1, racers=3).utterances()]
    assert any(b"00:00:0" in line for line in lines)


def read(path: Path, seconds: float) -> tuple[bytes, float]:
    """What comes at a port, and when the last of it came, in s."""
    handle = os.open(path, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    began_s, heard, last_s = time.monotonic(), b"", 0.0
    try:
        while time.monotonic() - began_s < seconds:
            try:
                if piece := os.read(handle, 4_096):
                    heard, last_s = heard + piece, time.monotonic() - began_s
            except BlockingIOError:
                time.sleep(0.002)
            except OSError:
                break
    finally:
        os.close(handle)
    return heard, last_s


async def test_bytes_come_at_the_pace_of_the_line(tmp_path):
    """A pty has none of its own: 480 bytes at 4,800 baud take a second."""
    cable = Cable("a", Spoken(), tmp_path / "a", 4_800)
    cable.plug()
    reading = asyncio.create_task(asyncio.to_thread(read, tmp_path / "a", 1.8))
    await asyncio.sleep(0.2)
    assert await cable.send(bytes(range(1, 241)) * 2)
    heard, last_s = await reading
    cable.unplug()
    assert len(heard) == 480
    assert last_s > 1.0


async def test_a_mishap_befalls_the_cable_and_the_truth_says_what_was_lost(tmp_path):
    mishaps = [Mishap(at_s=0.25, do="unplug", for_s=0.3), Mishap(at_s=0.7, do="half")]
    cable = Cable("a", Spoken(*((n / 5, b"word") for n in range(6))), tmp_path / "a", 115_200, mishaps)
    truth = Remembered()
    await cable.run(truth, boot_us)
    assert [why for *_, why in truth.said] == [None, None, "unplugged", None, "half", None]
    assert not (tmp_path / "a").exists()


def test_a_scenario_with_cables_asks_for_a_folder_and_one_with_radio_for_a_bus():
    for name, told in (("sprint-gates", "--ports"), ("pair", "--bus-address")):
        ran = CliRunner().invoke(app, ["run", name])
        assert ran.exit_code == 2
        assert told in ran.output


async def test_sts_sim_runs_cables_and_writes_the_truth(tmp_path):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from sts_sims.cli import main; main()", "run", "sprint-gates", "--ports", str(tmp_path / "ports"), "--truth", str(tmp_path / "truth"),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    async with asyncio.timeout(30):
        assert b"4 cables" in await process.stdout.readline()
    heard, _ = await asyncio.to_thread(read, tmp_path / "ports/radar-1", 1.0)
    process.terminate()
    await process.wait()
    assert heard.count(b"\r") >= 5
    lines = [json.loads(line) for line in (tmp_path / "truth").read_bytes().splitlines()]
    assert {line["port"] for line in lines} >= {"radar-1", "gates-1"}
    assert list((tmp_path / "ports").iterdir()) == []
