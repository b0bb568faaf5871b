"""Room kept back for a disk that is full: to declare what is dropped, one must be able to write."""

import os
from contextlib import suppress
from pathlib import Path

# A step of a kept segment (64 KB), its directory entry, and a commit of the state file with its log, four
# times.
BALLAST_BYTES = 256 << 10


class Ballast:
    """A file of random bytes (a file system may store zeros in no room at all) that is removed in need."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "ballast"

    def restore(self) -> None:
        """Write it again if it is gone and there is room."""
        if self._file.exists():
            return
        part = self._file.with_suffix(".part")
        try:
            part.write_bytes(os.urandom(BALLAST_BYTES))
            part.replace(self._file)
        except OSError:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def release(self) -> bool:
        """Give its room back; returns whether there was any."""
        try:
            self._file.unlink()
        except OSError:
            return False
        return True
