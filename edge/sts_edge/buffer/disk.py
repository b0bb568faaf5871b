"""The few calls on the file system that the log's promise rests on, in one place so that tests can break
each.

Every write is complete or raises: the kernel may write less than it was given without an error (a full disk
does that once before it says ENOSPC), so what it returns is looked at.
"""

import errno
import os
from pathlib import Path


class Disk:
    """The real thing."""

    def open(self, path: Path) -> int:
        """Open a file for writing, made if it is not there."""
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o640)

    def write(self, file: int, data: bytes | memoryview, offset: int) -> int:
        """Write some of the data at the offset; return how much, at least one byte. Raises OSError."""
        written = os.pwrite(file, data, offset)
        if not written:
            raise OSError(errno.ENOSPC, "nothing was written")
        return written

    def sync(self, file: int) -> None:
        """Return when the file's data, and what is needed to read it, are on the medium."""
        os.fdatasync(file)

    def sync_directory(self, path: Path) -> None:
        """Return when files created in or unlinked from a folder are so for good."""
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def truncate(self, file: int, size: int) -> None:
        """Cut or extend a file."""
        os.ftruncate(file, size)

    def unlink(self, path: Path) -> None:
        """Remove a file; one that is gone already is as good."""
        path.unlink(missing_ok=True)

    def write_all(self, file: int, data: bytes | memoryview, offset: int) -> None:
        """Write all of the data, in as many calls as it takes. Raises OSError."""
        rest = memoryview(data)
        while rest:
            written = self.write(file, rest, offset)
            rest = rest[written:]
            offset += written
