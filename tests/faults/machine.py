"""What machine the figures were taken on."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def facts() -> dict[str, str | int | float]:
    """Processor, cores, memory, kernel, Python, and how busy the machine was."""
    return {
        "processor": _first("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count() or 0,
        "memory": _first("/proc/meminfo", "MemTotal"),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load_1_min": os.getloadavg()[0],
    }


def _first(path: str, key: str) -> str:
    for line in Path(path).read_text().splitlines():
        if line.startswith(key):
            return line.partition(":")[2].strip()
    return "unknown"
