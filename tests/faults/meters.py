"""What a process costs, as the kernel counts it: CPU, memory, bytes to the disk."""

from __future__ import annotations

import ctypes
import os
import time
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
# What file systems write at least.
BLOCK_BYTES = 4096
PROC = Path("/proc")
_C_LIBRARY = ctypes.CDLL(None)


def cpu_s(pid: int) -> float:
    """CPU time of a process, to the nanosecond, and of its children that have ended, in steps of 10 ms; 0 when it is gone."""
    fields = _stat(pid)
    return _own_cpu_s(pid) + sum(int(field) for field in fields[13:15]) / TICKS_PER_S if fields else 0.0


def family(pid: int) -> list[int]:
    """A process and all its living descendants."""
    children: dict[int, list[int]] = {}
    for folder in PROC.iterdir():
        if folder.name.isdecimal() and (fields := _stat(int(folder.name))):
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    found, at = [pid], 0
    while at < len(found):
        found += children.get(found[at], [])
        at += 1
    return found


def family_cpu_s(pid: int) -> float:
    """CPU time of a process, its ended children and its living descendants, s."""
    return sum(cpu_s(member) for member in family(pid))


def peak_memory_mb(pid: int) -> float:
    """The largest resident size that a process has had, MB."""
    for line in _read(PROC / str(pid) / "status").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def written_bytes(pid: int) -> int:
    """Bytes that a process sent to its disk: each write call, in whole blocks of 4 KB.

    Not the kernel's own write_bytes: where the page cache keeps files in large folios, that counts a whole
    folio (64 KB and more) for every synced write, while the disk is sent the changed blocks.
    """
    told = dict(line.split(": ") for line in _read(PROC / str(pid) / "io").splitlines())
    return int(told.get("syscw", 0)) * BLOCK_BYTES + int(told.get("wchar", 0))


def descriptors(pid: int) -> int:
    """Open file descriptors."""
    try:
        return sum(1 for _ in (PROC / str(pid) / "fd").iterdir())
    except OSError:
        return 0


@dataclass(frozen=True)
class Reading:
    """The counters of one process at one time."""

    cpu_s: float
    written_bytes: int

    @classmethod
    def of(cls, pid: int) -> Reading:
        """What they say now."""
        return cls(cpu_s(pid), written_bytes(pid))

    def since(self, earlier: Reading) -> Reading:
        """The difference."""
        return Reading(self.cpu_s - earlier.cpu_s, self.written_bytes - earlier.written_bytes)


def _own_cpu_s(pid: int) -> float:
    """All threads of a process, those that have ended too (POSIX, clock_getcpuclockid); 0 when it is gone."""
    clock = ctypes.c_int()
    if _C_LIBRARY.clock_getcpuclockid(pid, ctypes.byref(clock)):
        return 0.0
    try:
        return time.clock_gettime_ns(clock.value) / 1e9
    except OSError:
        return 0.0


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name: state, parent, ... ; empty when it is gone."""
    return _read(PROC / str(pid) / "stat").rpartition(")")[2].split()


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
