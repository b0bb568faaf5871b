"""One process per buffer."""

import fcntl
import os
from pathlib import Path

from .interface import BufferTaken


class FolderLock:
    """Holds a folder through flock(2): the kernel lets go when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"
        self._file = -1

    def take(self) -> None:
        """Take the lock. Raises BufferTaken with the process that holds it."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(file, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(file)
            raise BufferTaken(
                f"The buffer {self._path.parent} is in use by process {holder}: stop that agent first, "
                "or give this one a data_dir of its own."
            ) from None
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        self._file = file

    def release(self) -> None:
        """Let go; harmless when it was not taken."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
