"""An act that is killed at each of its steps in turn: before and after each sync and each rename."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
PATIENCE_S = 60


def deaths(prepare: Callable[[], object], act: Callable[[], object]) -> Iterator[None]:
    """Prepare, and have a child act until it dies at one step more than the last; ends when one lives through all."""
    at = 0
    while True:
        at += 1
        prepare()
        child = os.fork()
        if not child:
            _act_and_die(act, at)
        if not os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
            return
        yield


def told_by(script: str, *words: str) -> list[str]:
    """The lines of a script, in a process that may fork as it likes; it may import from here."""
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        cwd=FOLDER,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def _act_and_die(act: Callable[[], object], at: int) -> None:
    steps = iter(range(1, at))

    def step() -> None:
        if next(steps, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    def dying(call: Callable[..., Any]) -> Callable[..., Any]:
        def called(*given: Any, **more: Any) -> Any:
            step()
            done = call(*given, **more)
            step()
            return done

        return called

    os.fsync, Path.replace = dying(os.fsync), dying(Path.replace)  # type: ignore[method-assign]
    act()
    os._exit(0)
