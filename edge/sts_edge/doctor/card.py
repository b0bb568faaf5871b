"""The medium under the buffer: what it is, how much room is left, how fast it wears.

Cards do not tell how worn they are; eMMC does. For a card the life is an estimate from what the kernel has
written to it since boot, and from the two figures below. Not measured: the write amplification of real cards.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

SYSFS = Path("/sys")
PROC = Path("/proc")
SECTOR_BYTES = 512
# Consumer cards with three bits a cell are specified to 500 to 1,000 erase cycles; the worse is taken.
ERASE_CYCLES = 500
# A card erases more than it is given: small synced writes cost whole pages. Four is a usual figure for logs.
AMPLIFICATION = 4
DAY_S = 86_400
# Under a quarter of an hour a boot's own writes say nothing of a day.
LEAST_UPTIME_S = 900


class Card(NamedTuple):
    """The block device under a folder; None for what it does not tell.

    used_percent: of its life, as eMMC tells it (JEDEC JESD84-B51, DEVICE_LIFE_TIME_EST), the upper bound.
    """

    device: str
    size_bytes: int
    written_per_day: float | None
    used_percent: int | None

    @property
    def life_years(self) -> float | None:
        """How long it lasts from new at this rate, estimated; None for what is no card."""
        if not self.written_per_day or not self.device.startswith("mmcblk"):
            return None
        return self.size_bytes * ERASE_CYCLES / AMPLIFICATION / self.written_per_day / 365


def card_under(folder: Path, sysfs: Path = SYSFS, proc: Path = PROC) -> Card | None:
    """The card under a folder; None when it lies in memory, on a network, or nobody tells."""
    try:
        number = folder.stat().st_dev
        place = (sysfs / f"dev/block/{os.major(number)}:{os.minor(number)}").resolve(strict=True)
        disk = place if (place / "queue").exists() else place.parent
        size_bytes = int((disk / "size").read_text()) * SECTOR_BYTES
        written = int((disk / "stat").read_text().split()[6]) * SECTOR_BYTES
        up_s = float((proc / "uptime").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
    per_day = written / up_s * DAY_S if up_s >= LEAST_UPTIME_S else None
    return Card(disk.name, size_bytes, per_day, _used_percent(disk / "device/life_time"))


def _used_percent(file: Path) -> int | None:
    """Two estimates in steps of 10 %, the worse one; 0x0b means that all of it is used."""
    try:
        steps = max(int(one, 16) for one in file.read_text().split())
    except (OSError, ValueError):
        return None
    return min(steps, 11) * 10 if steps else None
