"""A program ends when it should, with all its children, and its last words are kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from demo import lock
from demo.ports import free_port, listens, wait_until
from demo.processes import Program, last_lines

PATIENCE_S = 20
STUBBORN = "trap '' TERM; echo ready; sleep 1000 & echo $! > child; wait; sleep 1000"


def gone(pid: int) -> bool:
    """Whether no such process lives."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def shell(folder: Path, script: str) -> Program:
    """A shell in a folder, with its log there."""
    return Program("shell", ["sh", "-c", script], folder / "log", folder=folder)


def test_a_program_that_will_not_end_is_killed_with_its_children(tmp_path: Path) -> None:
    """Stopping leaves nothing of a process group behind."""
    program = shell(tmp_path, STUBBORN)
    child = tmp_path / "child"
    assert wait_until(lambda: child.exists() and child.read_text().strip() != "", PATIENCE_S)
    program.stop(patience_s=0.2)
    assert program.exit_code == -signal.SIGKILL
    assert wait_until(lambda: gone(int(child.read_text())), PATIENCE_S)


def test_ctrl_c_in_the_terminal_does_not_reach_it(tmp_path: Path) -> None:
    """It runs in a session of its own: only we end it, in our order."""
    program = shell(tmp_path, "sleep 1000")
    assert os.getsid(program.pid) == program.pid
    program.kill()


def test_it_dies_with_us_however_we_die(tmp_path: Path) -> None:
    """Its parent is killed with SIGKILL, and it ends."""
    script = (
        "import pathlib, sys, time; sys.path.insert(0, sys.argv[1]); from demo.processes import Program;"
        "p = Program('x', ['sleep', '1000'], pathlib.Path('log'));"
        "pathlib.Path('pid').write_text(str(p.pid));"
        "time.sleep(1000)"
    )
    deploy = Path(__file__).resolve().parents[3] / "deploy"
    parent = subprocess.Popen([sys.executable, "-c", script, str(deploy)], cwd=tmp_path)
    pid = tmp_path / "pid"
    assert wait_until(lambda: pid.exists() and pid.read_text() != "", PATIENCE_S)
    assert not gone(int(pid.read_text()))
    parent.kill()
    parent.wait()
    assert wait_until(lambda: gone(int(pid.read_text())), PATIENCE_S)


def test_a_failure_carries_the_last_lines(tmp_path: Path) -> None:
    """Who reads the error needs no log file."""
    program = shell(tmp_path, "echo first; echo the disk is full; exit 3")
    assert program.wait(PATIENCE_S) == 3
    said = str(program.failure("did not start"))
    assert "code 3" in said
    assert "the disk is full" in said
    assert last_lines(tmp_path / "none").strip() == "(it wrote nothing)"


def test_a_free_port_is_free() -> None:
    """Nobody listens on it."""
    assert not listens(free_port())


def test_one_demo_per_clone(tmp_path: Path) -> None:
    """The second is told who holds the lock; once that one has ended, the lock is free."""
    with lock.take(tmp_path):
        with pytest.raises(lock.AlreadyRunningError, match=str(os.getpid())):
            lock.take(tmp_path)
        assert lock.running_demo(tmp_path) == str(os.getpid())
    assert lock.running_demo(tmp_path) is None
