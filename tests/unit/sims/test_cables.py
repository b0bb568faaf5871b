"""Devices on cables: the same for the same seed, in order, with the pace of the line, and mishaps at their times."""

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
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
PATIENCE_S = 60.0
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


@contextlib.contextmanager
def opened(path: Path) -> Iterator[int]:
    """A port that somebody listens at."""
    handle = os.open(path, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        yield handle
    finally:
        os.close(handle)


async def read(handle: int, enough: Callable[[bytes], bool]) -> bytes:
    """What comes at a port until it is enough."""
    heard = b""
    async with asyncio.timeout(PATIENCE_S):
        while not enough(heard):
            with contextlib.suppress(BlockingIOError):
                heard += os.read(handle, 4_096)
            await asyncio.sleep(0.002)
    return heard


async def test_bytes_come_at_the_pace_of_the_line(tmp_path):
    """A pty has none of its own: 480 bytes at 4,800 baud take a second."""
    cable = Cable("a", Spoken(), tmp_path / "a", 4_800)
    cable.plug()
    said = bytes(range(1, 241)) * 2
    with opened(tmp_path / "a") as handle:
        began_s = time.monotonic()
        reading = asyncio.create_task(read(handle, lambda heard: len(heard) >= len(said)))
        assert await cable.send(said)
        took_s = time.monotonic() - began_s
        assert await reading == said
    cable.unplug()
    assert took_s >= 1.0


class Warped(asyncio.SelectorEventLoop):
    """A loop that sleeps through nothing: where it would wait, its time is already the next one."""

    now_s = 0.0

    def time(self) -> float:
        return self.now_s

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:
            self.now_s = max(self.now_s, self._scheduled[0].when())
        super()._run_once()


def test_a_mishap_befalls_the_cable_and_the_truth_says_what_was_lost(tmp_path, monkeypatch):
    """In a time of its own: on a machine that stands still a word would be late, and its mishap over."""
    mishaps = [Mishap(at_s=0.25, do="unplug", for_s=0.3), Mishap(at_s=0.7, do="half")]
    cable = Cable("a", Spoken(*((n / 5, b"word") for n in range(6))), tmp_path / "a", 115_200, mishaps)
    truth = Remembered()
    with asyncio.Runner(loop_factory=Warped) as runner:
        monkeypatch.setattr("sts_sims.carriers.pty.time.monotonic", runner.get_loop().time)
        runner.run(cable.run(truth, boot_us))
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
    async with asyncio.timeout(PATIENCE_S):
        assert b"4 cables" in await process.stdout.readline()
    with opened(tmp_path / "ports/radar-1") as handle:
        assert await read(handle, lambda heard: heard.count(b"\r") >= 5)
    process.terminate()
    await process.wait()
    lines = [json.loads(line) for line in (tmp_path / "truth").read_bytes().splitlines()]
    assert {line["port"] for line in lines} >= {"radar-1", "gates-1"}
    assert list((tmp_path / "ports").iterdir()) == []
