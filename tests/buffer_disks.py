"""Disks that fail: full, torn, broken, slow. Each writes to a real folder."""

from __future__ import annotations

import errno
import os
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from sts_edge.buffer.disk import Disk


class TracingDisk(Disk):
    """Notes each call: what was done to which file. There is no room for files named like `refuse`."""

    def __init__(self) -> None:
        self.refuse = ""
        self.calls: list[tuple[str, str]] = []
        self._names: dict[int, str] = {}

    def open(self, path: Path) -> int:
        file = super().open(path)
        self._names[file] = path.name
        self.calls.append(("open", path.name))
        return file

    def write(self, file: int, data: bytes | memoryview, offset: int) -> int:
        if self.refuse and self.refuse in self._names[file]:
            raise OSError(errno.ENOSPC, "no room")
        self.calls.append(("write", self._names[file]))
        return super().write(file, data, offset)

    def sync(self, file: int) -> None:
        super().sync(file)
        self.calls.append(("sync", self._names[file]))

    def sync_directory(self, path: Path) -> None:
        super().sync_directory(path)
        self.calls.append(("sync_directory", path.name))

    def unlink(self, path: Path) -> None:
        self.calls.append(("unlink", path.name))
        super().unlink(path)


class FailingDisk(Disk):
    """The n-th call of one name fails, once or from then on."""

    def __init__(self, call: str, number: int, error: int, for_ever: bool = False) -> None:
        self._call = call
        self._number = number
        self._error = error
        self._for_ever = for_ever
        self.count: Counter[str] = Counter()

    def _maybe(self, call: str) -> None:
        self.count[call] += 1
        at = self.count[call]
        if call == self._call and (at == self._number or (self._for_ever and at > self._number)):
            raise OSError(self._error, os.strerror(self._error))

    def open(self, path: Path) -> int:
        self._maybe("open")
        return super().open(path)

    def write(self, file: int, data: bytes | memoryview, offset: int) -> int:
        self._maybe("write")
        return super().write(file, data, offset)

    def sync(self, file: int) -> None:
        self._maybe("sync")
        super().sync(file)


class ShortDisk(Disk):
    """Writes a few bytes at a time, as a kernel may."""

    def __init__(self, most: int) -> None:
        self._most = most

    def write(self, file: int, data: bytes | memoryview, offset: int) -> int:
        return super().write(file, memoryview(data)[: self._most], offset)


class TornDisk(Disk):
    """While `torn`, half of each record is written before the disk turns out to be full; zeros find room."""

    def __init__(self) -> None:
        self.torn = False

    def write(self, file: int, data: bytes | memoryview, offset: int) -> int:
        if not self.torn or not bytes(data).strip(b"\0"):
            return super().write(file, data, offset)
        super().write(file, memoryview(data)[: len(data) // 2], offset)
        raise OSError(errno.ENOSPC, "no room for the rest")


class SmallDisk(Disk):
    """A disk of so many bytes: the last write before it is full is short, the next one says ENOSPC."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.refusals = 0
        self._paths: dict[int, Path] = {}
        self._sizes: dict[Path, int] = {}

    def open(self, path: Path) -> int:
        if path not in self._sizes and self._free() < 4096:
            raise OSError(errno.ENOSPC, "no room for a file")
        file = super().open(path)
        self._paths[file] = path
        self._sizes[path] = os.fstat(file).st_size
        return file

    def write(self, file: int, data: bytes | memoryview, offset: int) -> int:
        path = self._paths[file]
        grown = max(offset + len(data) - self._sizes[path], 0)
        fits = len(data) - max(grown - self._free(), 0)
        if fits <= 0:
            self.refusals += 1
            raise OSError(errno.ENOSPC, "no room")
        written = super().write(file, memoryview(data)[:fits], offset)
        self._sizes[path] = max(self._sizes[path], offset + written)
        return written

    def truncate(self, file: int, size: int) -> None:
        super().truncate(file, size)
        self._sizes[self._paths[file]] = size

    def unlink(self, path: Path) -> None:
        super().unlink(path)
        self._sizes.pop(path, None)

    def _free(self) -> int:
        return self.capacity - sum(self._sizes.values())


class SlowDisk(Disk):
    """A sync waits until it is let go: one with `step`, all with `go`."""

    def __init__(self) -> None:
        self.step = threading.Semaphore(0)
        self.waiting = threading.Event()
        self.syncs = 0

    def go(self) -> None:
        """Let all syncs pass."""
        self.step.release(1_000_000)

    def sync(self, file: int) -> None:
        self.waiting.set()
        assert self.step.acquire(timeout=30), "nobody lets this sync go"
        self.waiting.clear()
        self.syncs += 1
        super().sync(file)


MakeDisk = Callable[[], Disk]
