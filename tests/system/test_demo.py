"""The demo as a person meets it: an address and a password, one at a time, and nothing left after Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.folders import TEMPORARY, remove_lasting_folder, short_name
from demo.ports import wait_until
from demo.preflight import lacks_for, wishes_for
from missing_parts import missing

START_ALLOWANCE_S = 240
STOP_ALLOWANCE_S = 60
# Erlang's helper processes end by themselves when their node is gone.
LAST_BREATH_S = 60
# The demo with its data elsewhere, so that a demo of this clone may run meanwhile.
RUN = """
import pathlib, sys
from demo import demo
demo.BUILD = pathlib.Path(sys.argv[1])
sys.exit(demo.main())
"""


def descendants(pid: int) -> set[int]:
    """Every process that descends from this one."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found, fresh = set(), {pid}
    while fresh:
        fresh = {child for child, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return found


def alive(pid: int) -> bool:
    """Whether this process runs; one that has ended and waits to be told to its parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def command(pid: int) -> str:
    """What this process was started as."""
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


class Demo:
    """One run of the demo, writing into a file."""

    def __init__(self, build: Path, log: Path) -> None:
        self._log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", RUN, str(build)], stdout=output, stderr=output, start_new_session=True
            )

    @property
    def said(self) -> str:
        """What it has written so far."""
        return self._log.read_text()

    def comes_up(self) -> bool:
        """Wait until it has told its password, or has ended."""
        done = wait_until(lambda: "Ctrl-C" in self.said or self.process.poll() is not None, START_ALLOWANCE_S)
        return done and self.process.poll() is None

    def interrupt(self) -> int:
        """Ctrl-C, impatiently: the terminal sends it to the whole group, twice."""
        os.killpg(self.process.pid, signal.SIGINT)
        wait_until(lambda: "stopping" in self.said, STOP_ALLOWANCE_S)
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(STOP_ALLOWANCE_S)


@pytest.fixture
def demos(tmp_path: Path) -> Iterator[list[Demo]]:
    """Runs of the demo that end with the test, whatever happens."""
    for lack in (*lacks_for("demo"), *wishes_for("demo")):
        missing(lack.what, lack.remedy)
    started: list[Demo] = []
    yield started
    for demo in started:
        if demo.process.poll() is None:
            demo.interrupt()
    remove_lasting_folder(tmp_path / "build/demo/postgres")  # pytest's folders are closed to others


@pytest.mark.timeout(2 * (START_ALLOWANCE_S + STOP_ALLOWANCE_S))
def test_a_demo_starts_and_leaves_nothing(demos: list[Demo], tmp_path: Path) -> None:
    """It tells where to look; a second one is told of the first; Ctrl-C ends all; the password stays."""
    first = Demo(tmp_path / "build", tmp_path / "first.log")
    demos.append(first)
    assert first.comes_up(), first.said
    assert re.search(r"http://localhost:\d+", first.said)
    password = re.search(r"Password: +(\S+)", first.said)
    assert password

    second = Demo(tmp_path / "build", tmp_path / "second.log")
    assert second.process.wait(STOP_ALLOWANCE_S) == 1
    assert f"already runs (process {first.process.pid})" in second.said

    family = descendants(first.process.pid)
    assert family
    assert first.interrupt() == 130
    wait_until(lambda: not any(map(alive, family)), LAST_BREATH_S)
    assert [command(pid) for pid in family if alive(pid)] == []
    for part in ("", "postgres", "rabbitmq", "dbus"):
        assert not (TEMPORARY / short_name(tmp_path / "build/demo" / part)).exists()

    again = Demo(tmp_path / "build", tmp_path / "again.log")
    demos.append(again)
    assert again.comes_up(), again.said
    assert password.group(1) in again.said
