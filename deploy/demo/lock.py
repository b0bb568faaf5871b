"""One demo per clone: a lock that the kernel takes back however its holder ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import TextIO


class AlreadyRunningError(Exception):
    """Another demo of this clone runs; the text names its process."""


def _lock_file(build: Path) -> Path:
    return build / "demo.lock"


def take(build: Path) -> TextIO:
    """Hold the lock until the returned file is closed; raises AlreadyRunningError."""
    build.mkdir(parents=True, exist_ok=True)
    held = _lock_file(build).open("a+")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.seek(0)
        holder = held.read().strip()
        held.close()
        raise AlreadyRunningError(holder) from None
    held.truncate(0)
    held.write(str(os.getpid()))
    held.flush()
    return held


def running_demo(build: Path) -> str | None:
    """The process that holds the lock, or None."""
    if not _lock_file(build).exists():
        return None
    try:
        take(build).close()
    except AlreadyRunningError as error:
        return str(error)
    return None
