"""One program that we started: its log, its end, and nothing of it left behind."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from pwd import struct_passwd
from typing import IO

PR_SET_PDEATHSIG = 1  # prctl(2): the kernel sends this signal when our own process dies
LAST_LINES = 15
_libc = ctypes.CDLL(None)


class StartError(Exception):
    """A program did not come up; the text ends with the last lines that it wrote."""


def last_lines(log: Path, count: int = LAST_LINES) -> str:
    """The end of a log, indented, for showing to a person."""
    try:
        lines = log.read_text(errors="replace").splitlines()[-count:]
    except OSError:
        lines = []
    return "\n".join(f"    {line}" for line in lines) or "    (it wrote nothing)"


class Program:
    """A process in a session of its own, so that Ctrl-C in the terminal reaches only us.

    It gets `end_signal` when it is stopped and also when our process dies, whatever killed us.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        log: Path,
        *,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        user: struct_passwd | None = None,
        end_signal: signal.Signals = signal.SIGTERM,
        stdin: int | IO[bytes] = subprocess.DEVNULL,
    ) -> None:
        self.name = name
        self.log = log
        self._end_signal = end_signal

        def die_with_parent() -> None:
            _libc.prctl(PR_SET_PDEATHSIG, int(end_signal))

        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [os.fspath(part) for part in command],
                stdin=stdin,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=folder,
                user=user and user.pw_uid,
                group=user and user.pw_gid,
                extra_groups=user and [],
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    @property
    def pid(self) -> int:
        """Its process id; also the id of its process group."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative for the signal that ended it."""
        return self._process.poll()

    def running(self) -> bool:
        """Whether it has not ended."""
        return self.exit_code is None

    def kill(self) -> None:
        """SIGKILL to the process and all its children, as a power cut would."""
        self._signal_group(signal.SIGKILL)
        self._process.wait()

    def stop(self, patience_s: float = 15) -> None:
        """Ask it to end, wait, and kill what is left of its group."""
        if self.running():
            self._process.send_signal(self._end_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(patience_s)
        self._signal_group(signal.SIGKILL)
        self._process.wait()

    def send(self, which: signal.Signals) -> None:
        """Send a signal to the process itself, not to its children."""
        self._process.send_signal(which)

    def wait(self, patience_s: float) -> int | None:
        """Its exit code, or None when it still runs after `patience_s`."""
        try:
            return self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            return None

    def failure(self, what: str) -> StartError:
        """The error to raise when this program did not do what it should."""
        ended = "" if self.exit_code is None else f" (ended with code {self.exit_code})"
        return StartError(f"{self.name} {what}{ended}. It wrote last, in {self.log}:\n{last_lines(self.log)}")

    def _signal_group(self, which: signal.Signals) -> None:
        try:
            os.killpg(self.pid, which)
        except ProcessLookupError:
            return
