"""Which wall time it is, how wrong that may be, and since when we know.

Inside an epoch time is boot time. An anchor ties it to wall time at one instant, with an error; from there
the error grows with age. The anchor in force is the one with the least error now. Of two anchors that cannot
both be right the one of the more trusted source wins, the one listed first in the settings. None that lies
before the last good time is believed: time does not run backwards, so whoever says so is wrong.

The clock chip is asked last and only while nobody else has spoken; whatever it said counts for nothing against the
others, and is no good time. A better anchor that is far from the one in force does not take its place here: the epoch
that carries the wrong one must end first (`on_left`), so that it is wrong as a whole and can be put right as a whole.

Not measured yet: the drift of real Raspberry Pi crystals in a cold bag.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from sts_protocols.record import UNKNOWN_CLOCK, Anchor, ClockReading, ClockSource

from .chip import ClockChip
from .ntp import Adjtimex, kernel_adjtimex, read_ntp
from .system import SystemTime, Ticks

# Crystals of small boards are specified to 50 ppm over temperature and age by some 5 ppm a year; twice that
# leaves room for a clock that is being slewed. An anchor one hour old has grown by 360 ms.
DRIFT_PPM = 100
# A clock chip that carries time over a suspend counts whole seconds.
SUSPEND_ERROR_US = 1_000_000
# A suspend shorter than this cannot be told from the time between two readings of two clocks.
SUSPEND_LEAST_US = 10_000
# A kernel that has a network is synchronised within a minute of its boot, and the hub answers sooner: until then the
# chip, which is seconds off, is not needed.
CHIP_AFTER_US = 60_000_000
# What is measured within a second of each other keeps its order, give or take a value; and a fault of a second is told
# in the error of each record. A step beyond is somebody's mistake.
FAR_US = 1_000_000
# Asking the kernel costs microseconds; in 16 s an anchor grows by 2 ms, well under the 10 ms it began with.
NTP_POLL_S = 16.0
# Agreed: persisted each minute. One small synced write a minute is 0.1 KB/s.
KEEP_LAST_GOOD_S = 60.0
# No anchor outside of these is believed: before this was written, or so late that a bit must have flipped.
EARLIEST_US = 1_767_225_600_000_000  # 2026-01-01
LATEST_US = 3_786_912_000_000_000  # 2090-01-01
# An anchor is worth a record of its own when wall time moved by more than ten ticks of arrival time.
TOLD_SHIFT_US = 10_000

_SOURCES = {
    "ntp": ClockSource.NTP,
    "gnss": ClockSource.GNSS,
    "hub": ClockSource.HUB,
    "rtc": ClockSource.RTC,
}


class LastGoodTime(Protocol):
    """Where the last good wall time outlives the process."""

    def load(self) -> int | None:
        """Return it in µs, or None."""

    def keep(self, wall_us: int) -> None:
        """Store it for good."""


class _Anchored(NamedTuple):
    anchor: Anchor
    asleep_us: int


class Clock:
    """Boot time, the anchor in force, the pin of this epoch, and the last good wall time.

    on_anchor: called with an anchor that is worth a record of its own: the first, another source, a shift.
    on_left: called once with a better anchor that is far off the one in force; no anchor is taken any more.
    pin: the first anchor of this epoch; it never changes.
    """

    def __init__(
        self,
        last_good: LastGoodTime,
        sources: Sequence[str] = ("ntp", "gnss", "hub"),
        ticks: Ticks | None = None,
        adjtimex: Adjtimex = kernel_adjtimex,
        chip: ClockChip | None = None,
    ) -> None:
        self._last_good = last_good
        self._trust = sorted((_SOURCES[name] for name in sources), key=lambda one: one == ClockSource.RTC)
        self._chip = chip if ClockSource.RTC in self._trust else None
        self._ticks = ticks or SystemTime()
        self._began_us = self._ticks.boot_us()
        self._adjtimex = adjtimex
        self._force: _Anchored | None = None
        self._told: Anchor | None = None
        self._refused: dict[int, str] = {}
        self._hub_offset_us: int | None = None
        self._floor_us = last_good.load()
        self._is_left = False
        self.pin: Anchor | None = None
        self.on_anchor: Callable[[Anchor], None] | None = None
        self.on_left: Callable[[Anchor], None] | None = None

    def boot_us(self) -> int:
        """Return boot time now, µs."""
        return self._ticks.boot_us()

    def reading(self, boot_us: int | None = None) -> ClockReading:
        """Return the tie in force, its error grown to `boot_us` (or to now); UNKNOWN_CLOCK without one."""
        if self._force is None:
            return UNKNOWN_CLOCK
        at_us = self.boot_us() if boot_us is None else boot_us
        anchor = self._force.anchor
        error_us = self._error_us(self._force, at_us)
        return ClockReading(anchor.wall_us - anchor.boot_us, error_us, anchor.source)

    def wall_us(self) -> int | None:
        """Return wall time now, µs; None when it is not known."""
        now_us = self.boot_us()
        return None if self._force is None else now_us + self.reading(now_us).offset_us

    def last_good_us(self) -> int | None:
        """Return the latest wall time that has certainly passed, µs: the floor for judging certificates."""
        now_us = self.boot_us()
        if self._force is None or self._is_by_chip():
            return self._floor_us
        reading = self.reading(now_us)
        return max(now_us + reading.offset_us - reading.error_us, self._floor_us or 0)

    def hub_wall_us(self) -> int | None:
        """Return the hub's wall time now by its last answer, believed or not, µs; None before the first."""
        return None if self._hub_offset_us is None else self.boot_us() + self._hub_offset_us

    def add_hub_answer(self, sent_us: int, received_us: int, hub_us: int) -> bool:
        """Take the hub's time from an answer; its question was sent and it was received at these boot times.

        The hub wrote its time somewhere in between, so half the round trip is the error.
        """
        half_us = (received_us - sent_us) // 2
        self._hub_offset_us = hub_us - sent_us - half_us
        return self.add_anchor(Anchor(sent_us + half_us, hub_us, half_us + 1, ClockSource.HUB))

    def add_anchor(self, anchor: Anchor) -> bool:
        """Consider an anchor; returns whether it was believed. `faults` says why one was not."""
        if anchor.source not in self._trust or anchor.error_us < 0 or self._is_left:
            return False
        refusal = self._refusal(anchor)
        if refusal:
            self._refused[anchor.source] = refusal
            return False
        self._refused.pop(anchor.source, None)
        fresh = _Anchored(anchor, self._ticks.asleep_us())
        if self._is_better(fresh):
            if self._is_far(anchor):
                self._leave(anchor)
                return False
            self._force = fresh
        self._pin_and_tell(anchor)
        return True

    def faults(self) -> list[str]:
        """Say which sources are not believed, and what to do."""
        return list(self._refused.values())

    def poll_ntp(self) -> bool:
        """Ask the synchronised kernel clock, if the settings trust it; returns whether it gave an anchor."""
        if ClockSource.NTP not in self._trust:
            return False
        anchor = read_ntp(self.boot_us, self._adjtimex)
        return anchor is not None and self.add_anchor(anchor)

    def poll_chip(self) -> bool:
        """Ask the clock chip, if nobody else has told the time for a while; returns whether it gave an anchor."""
        waited_us = self.boot_us() - self._began_us
        if self._chip is None or self._force is not None or waited_us < CHIP_AFTER_US:
            return False
        anchor = self._chip.anchor(self.boot_us)
        return anchor is not None and self.add_anchor(anchor)

    async def run(self) -> None:
        """Poll NTP and the chip, and persist the last good time, for ever; persists once more when cancelled."""
        keep_at_us = self.boot_us()
        try:
            while True:
                self.poll_ntp()
                self.poll_chip()
                if self.boot_us() >= keep_at_us:
                    keep_at_us = self.boot_us() + int(KEEP_LAST_GOOD_S * 1_000_000)
                    await asyncio.to_thread(self.keep_last_good)
                await asyncio.sleep(NTP_POLL_S)
        finally:
            self.keep_last_good()

    def keep_last_good(self) -> None:
        """Persist the last good time now. A full disk is no reason to stop: the next minute tries again."""
        if self._force is None or self._is_by_chip():
            return
        reading, now_us = self.reading(), self.boot_us()
        self._keep(now_us + reading.offset_us, reading.error_us)

    def _keep(self, wall_us: int, error_us: int) -> None:
        with contextlib.suppress(sqlite3.Error, OSError):
            self._last_good.keep(max(wall_us - error_us, self._floor_us or 0))
            if self._chip is not None:
                self._chip.compare(wall_us, error_us)

    def _leave(self, anchor: Anchor) -> None:
        """The next start finds this anchor's time as the last good one: who contradicted it is not believed again."""
        self._is_left = True
        self._keep(anchor.wall_us + self.boot_us() - anchor.boot_us, anchor.error_us)
        if self.on_left is not None:
            self.on_left(anchor)

    def _error_us(self, held: _Anchored, at_us: int) -> int:
        age_us = abs(at_us - held.anchor.boot_us)
        slept = self._ticks.asleep_us() - held.asleep_us >= SUSPEND_LEAST_US
        return held.anchor.error_us + age_us * DRIFT_PPM // 1_000_000 + (SUSPEND_ERROR_US if slept else 0)

    def _refusal(self, anchor: Anchor) -> str | None:
        source = ClockSource(anchor.source).name
        if not EARLIEST_US <= anchor.wall_us <= LATEST_US:
            return f"{source} tells a time that cannot be ({anchor.wall_us} us since 1970): set its clock."
        floor_us = self._floor_at(anchor.boot_us)
        if floor_us is not None and anchor.wall_us + anchor.error_us < floor_us:
            behind_s = (floor_us - anchor.wall_us) / 1_000_000
            return (
                f"{source} is {behind_s:.1f} s before the last good time of this gateway: set its clock; if "
                "the gateway is the one that is wrong, stop the agent and delete clock.db in its data folder."
            )
        if self._contradicts(anchor) and self._rank(anchor) > self._rank(self._force_anchor()):
            return f"{source} contradicts the more trusted {self._force_name()}: check both clocks."
        return None

    def _floor_at(self, at_us: int) -> int | None:
        """The wall time that had certainly been reached at boot time `at_us`."""
        if self._force is None or self._is_by_chip():
            return self._floor_us
        reading = self.reading(at_us)
        return at_us + reading.offset_us - reading.error_us

    def _contradicts(self, anchor: Anchor) -> bool:
        if self._force is None:
            return False
        return abs(self._shift_us(anchor)) > self.reading(anchor.boot_us).error_us + anchor.error_us

    def _shift_us(self, anchor: Anchor) -> int:
        """How far ahead of the anchor in force it is."""
        return anchor.wall_us - anchor.boot_us - self.reading(anchor.boot_us).offset_us

    def _is_far(self, anchor: Anchor) -> bool:
        """Whether the clock may not move there within an epoch: wrong until now, or times that would overlap."""
        if self._force is None:
            return False
        shift_us = self._shift_us(anchor)
        return shift_us < -FAR_US or (shift_us > FAR_US and self._contradicts(anchor))

    def _is_by_chip(self) -> bool:
        return self._force is not None and self._force.anchor.source == ClockSource.RTC

    def _is_better(self, fresh: _Anchored) -> bool:
        now_us = self.boot_us()
        if self._force is None or self._contradicts(fresh.anchor):
            return True
        return self._error_us(fresh, now_us) <= self._error_us(self._force, now_us)

    def _rank(self, anchor: Anchor) -> int:
        return self._trust.index(ClockSource(anchor.source))

    def _force_anchor(self) -> Anchor:
        assert self._force is not None, "asked for the anchor in force while there is none"
        return self._force.anchor

    def _force_name(self) -> str:
        return ClockSource(self._force_anchor().source).name

    def _pin_and_tell(self, anchor: Anchor) -> None:
        if self.pin is None:
            self.pin = anchor
        force = self._force_anchor()
        if self._told is None or _differ(self._told, force):
            self._told = force
            if self.on_anchor is not None:
                self.on_anchor(force)


def _differ(told: Anchor, force: Anchor) -> bool:
    shift_us = abs((force.wall_us - force.boot_us) - (told.wall_us - told.boot_us))
    return told.source != force.source or shift_us > TOLD_SHIFT_US
