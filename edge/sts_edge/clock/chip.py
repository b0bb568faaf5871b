"""The machine's battery-backed clock chip (RTC): what time it is where nobody else says it.

It counts whole seconds, it drifts, and nobody knows who set it when. But whenever another source tells the time the chip
is compared with it, so at the next start it is wrong by no more than it was then, and what it may have drifted since.
That also holds if somebody has set it right meanwhile. One that was never compared, or long ago, is not believed.
"""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sts_protocols.record import Anchor, ClockSource

from .database import opened

CHIPS = Path("/sys/class/rtc")
# It says the second that it is in: the middle, give or take half.
HALF_SECOND_US = 500_000
# Its crystal is cut to 20 ppm at 25 °C, goes slow by 0.034 ppm for each squared kelvin off that (69 ppm at -20 °C),
# and ages by some 5 ppm a year. A week in a cold bag is one minute.
DRIFT_PPM = 100
# What is worse than that says little more than the bounds that the beats tell, and a person places it better.
MOST_ERROR_US = 60_000_000

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS chip "
    "(one INTEGER PRIMARY KEY CHECK (one = 1), wall_us INTEGER NOT NULL, off_us INTEGER NOT NULL)"
)
_KEEP = "INSERT OR REPLACE INTO chip VALUES (1, ?, ?)"


def read_s(folder: Path = CHIPS) -> int | None:
    """Seconds since 1970 by the chip that the kernel starts from; None without one that has a valid time."""
    for chip in sorted(folder.glob("rtc*"), key=lambda one: (not _sets_the_kernel(one), one.name)):
        with suppress(OSError, ValueError):
            return int((chip / "since_epoch").read_text())
    return None


def _sets_the_kernel(chip: Path) -> bool:
    with suppress(OSError):
        return (chip / "hctosys").read_text().strip() == "1"
    return False


class ClockChip:
    """The chip, and how far off it was at most when it was last compared, kept in `file`."""

    def __init__(self, file: Path, read: Callable[[], int | None] = read_s) -> None:
        self._file = file
        self._read = read

    def compare(self, wall_us: int, error_us: int) -> None:
        """Note how it stands against a wall time that is right within this error. Raises sqlite3.Error, OSError."""
        if (chip_s := self._read()) is None:
            return
        off_us = abs(chip_s * 1_000_000 + HALF_SECOND_US - wall_us) + HALF_SECOND_US + error_us
        with opened(self._file, _SCHEMA) as database:
            database.execute(_KEEP, (wall_us, off_us))

    def anchor(self, boot_us: Callable[[], int]) -> Anchor | None:
        """What it says now; None where there is no chip, or none that can be relied on."""
        chip_s, compared = self._read(), self._compared()
        if chip_s is None or compared is None:
            return None
        wall_us, (then_us, off_us) = chip_s * 1_000_000 + HALF_SECOND_US, compared
        error_us = off_us + HALF_SECOND_US + max(0, wall_us - then_us) * DRIFT_PPM // 1_000_000
        return Anchor(boot_us(), wall_us, error_us, ClockSource.RTC) if error_us <= MOST_ERROR_US else None

    def _compared(self) -> tuple[int, int] | None:
        try:
            with opened(self._file, _SCHEMA) as database:
                row = database.execute("SELECT wall_us, off_us FROM chip").fetchone()
        except (sqlite3.Error, OSError):
            return None
        return None if row is None else (int(row[0]), int(row[1]))
