"""A copy of a file that no longer changes while it is sent, small ones in memory, large ones on the disk."""

import hashlib
import os
from pathlib import Path
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Self

from .look import State

# Results are a few KB. What is larger goes to the disk, so that a file of 64 MB costs the agent no memory.
IN_MEMORY_BYTES = 1 << 20
PIECE_BYTES = 256 << 10


class Changed(Exception):  # noqa: N818 - it says what happened
    """The file was written to while it was read."""


class Spool:
    """The bytes of a file as they were at one moment. Raises OSError, Changed."""

    def __init__(self, path: Path, expected: State, folder: Path) -> None:
        self._file: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(  # noqa: SIM115 - closed by __exit__
            IN_MEMORY_BYTES, dir=str(folder)
        )
        try:
            self.sha256 = self._fill(path, expected)
        except BaseException:
            self._file.close()
            raise
        self.size = expected.size
        self._file.seek(0)

    def read(self, count: int) -> bytes:
        """The next bytes, up to that many."""
        return self._file.read(count)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _fill(self, path: Path, expected: State) -> bytes:
        digest, left = hashlib.sha256(), expected.size
        # Whoever may write into the folder must not make us read what lies elsewhere.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as source:
            while left >= 0 and (piece := source.read(PIECE_BYTES)):
                left -= len(piece)
                digest.update(piece)
                self._file.write(piece)
            now = os.fstat(source.fileno())
        if left or State(now.st_size, now.st_mtime_ns, now.st_ctime_ns) != expected:
            raise Changed(path.name)
        return digest.digest()
