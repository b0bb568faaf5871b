"""The one scanner of an adapter, and the ladder it climbs when it hears nothing or will not start.

habluetooth's numbers and order: restart the scan; force the old one to stop; reset the adapter; scan
passively.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Literal, Protocol
from uuid import UUID

import structlog
import tenacity
from bleak import BleakScanner
from bleak.args.bluez import OrPattern, OrPatternLike
from bleak.assigned_numbers import AdvertisementDataType
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakError
from bleak_retry_connector.bluez import stop_discovery

from sts_edge.sources.bluetooth.adapter import BUS_ERRORS, AdapterWatch, Radio
from sts_edge.sources.bluetooth.deadline import within
from sts_edge.sources.bluetooth.limits import SCAN_STOP_S, Limits
from sts_edge.time_limit import time_limit
from sts_protocols.gatt import core_temperature

log = structlog.get_logger(__name__)

SCAN_ERRORS = (BleakError, *BUS_ERRORS)

# Passive scanning needs patterns: the service lists of adverts that name the heart rate service, 0x180D, or
# that of core temperature pods.
HEART_RATE_SERVICE = b"\x0d\x18"
CORE_SERVICE = UUID(core_temperature.SERVICE).bytes[::-1]
PATTERNS: list[OrPatternLike] = [
    OrPattern(0, AdvertisementDataType.COMPLETE_LIST_SERVICE_UUID16, HEART_RATE_SERVICE),
    OrPattern(0, AdvertisementDataType.INCOMPLETE_LIST_SERVICE_UUID16, HEART_RATE_SERVICE),
    OrPattern(0, AdvertisementDataType.COMPLETE_LIST_SERVICE_UUID128, CORE_SERVICE),
    OrPattern(0, AdvertisementDataType.INCOMPLETE_LIST_SERVICE_UUID128, CORE_SERVICE),
]

See = Callable[[BLEDevice, AdvertisementData], None]


class Rung(Enum):
    """What is done before an attempt to scan."""

    START = auto()
    STOP_FIRST = auto()
    RESET = auto()
    PASSIVE = auto()


# By attempt since something was last heard; after the last it begins again at STOP_FIRST.
LADDER = (Rung.START, Rung.STOP_FIRST, Rung.RESET, Rung.STOP_FIRST, Rung.PASSIVE)


def rung(attempt: int) -> Rung:
    """The rung of an attempt, counted from 1."""
    if attempt <= len(LADDER):
        return LADDER[attempt - 1]
    return LADDER[1 + (attempt - 1 - len(LADDER)) % (len(LADDER) - 1)]


class ScanStalledError(Exception):
    """The scanner runs and hears nothing."""


class Need(Protocol):
    """What the scanner asks and tells about the sensors of its adapter."""

    def scan_began(self) -> None: ...

    def anyone_due(self) -> bool:
        """True when a sensor that was heard lately has no link: the silence is not a quiet site."""
        ...

    def anyone_linked(self) -> bool:
        """True when a link of this adapter would be lost by a reset."""
        ...


@dataclass(slots=True)
class ScanCount:
    """What happened to this scanner, for diagnosis."""

    starts: int = 0
    failures: int = 0
    resets: int = 0


class Scanner:
    """Scans while the radio is on. `see` is called for each advert."""

    def __init__(self, watch: AdapterWatch, limits: Limits, see: See, need: Need) -> None:
        self.count = ScanCount()
        self.trouble: str | None = None
        self._watch = watch
        self._limits = limits
        self._see = see
        self._need = need
        self._radio_changed = asyncio.Event()
        self._heard_s = 0.0
        self._heard_any = False

    def radio_changed(self) -> None:
        """The adapter watch found something new."""
        self._radio_changed.set()

    async def run(self) -> None:
        """Scan until cancelled."""
        while True:
            await self._until_on()
            await self._scan_with_remedies()

    async def _until_on(self) -> None:
        while self._watch.radio is not Radio.ON:
            self._radio_changed.clear()
            await self._radio_changed.wait()

    async def _scan_with_remedies(self) -> None:
        """Scan until the radio goes or a scan that heard something ends; then the first rung is next."""
        limits = self._limits
        attempts = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception_type((*SCAN_ERRORS, ScanStalledError)),
            wait=tenacity.wait_exponential(limits.scan_retry_first_s, limits.scan_retry_longest_s),
            before_sleep=self._tell_trouble,
        )
        async for attempt in attempts:
            with attempt:
                await self._remedy(rung(attempt.retry_state.attempt_number))

    def _tell_trouble(self, state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        self.count.failures += 1
        self.trouble = f"Scanning on {self._watch.name} fails ({error}): see journalctl -u bluetooth."
        log.warning("scan_failed", adapter=self._watch.name, attempt=state.attempt_number, error=str(error))

    async def _remedy(self, step: Rung) -> None:
        if self._watch.radio is not Radio.ON:
            return
        if step is Rung.STOP_FIRST:
            await self._force_stop()
        elif step is Rung.RESET:
            await self._reset()
        await self._scan("passive" if step is Rung.PASSIVE else "active")

    async def _force_stop(self) -> None:
        """End a discovery that BlueZ believes in and nobody owns (bluez/bluez#807)."""
        await self._in_time(stop_discovery(self._watch.name), SCAN_STOP_S, "forcing discovery to stop")

    async def _reset(self) -> None:
        """Power the adapter off and on, unless the site is quiet or others still speak through it."""
        if not self._need.anyone_due() or self._need.anyone_linked():
            return
        self.count.resets += 1
        log.warning("adapter_reset", adapter=self._watch.name)
        await self._watch.power_cycle(self._limits.power_cycle_pause_s)

    async def _scan(self, mode: Literal["active", "passive"]) -> None:
        scanner = self._make(mode)
        self._heard_any = False
        self._heard_s = time.monotonic()
        try:
            await self._in_time(scanner.start(), self._limits.scan_start_s, "starting a scan")
            self.count.starts += 1
            self._need.scan_began()
            await self._listen()
        finally:
            await self._stop(scanner)

    def _make(self, mode: Literal["active", "passive"]) -> BleakScanner:
        return BleakScanner(
            self._hear,
            scanning_mode=mode,
            bluez={"adapter": self._watch.name, "or_patterns": PATTERNS if mode == "passive" else []},
        )

    def _hear(self, device: BLEDevice, advert: AdvertisementData) -> None:
        self._heard_s = time.monotonic()
        self._heard_any = True
        self.trouble = None
        self._see(device, advert)

    async def _listen(self) -> None:
        while self._watch.radio is Radio.ON:
            self._radio_changed.clear()
            try:
                async with time_limit(self._limits.scanner_check_s):
                    await self._radio_changed.wait()
            except TimeoutError:
                if self._stalled():
                    self._end_stalled()
                    break

    def _stalled(self) -> bool:
        return time.monotonic() - self._heard_s > self._limits.scanner_silence_s

    def _end_stalled(self) -> None:
        """Scan anew from the first rung, or climb when nothing was heard although somebody is due."""
        if self._need.anyone_due() and not self._heard_any:
            raise ScanStalledError(f"nothing heard for {self._limits.scanner_silence_s:g} s")
        log.info("scan_restarted", adapter=self._watch.name)

    async def _stop(self, scanner: BleakScanner) -> None:
        try:
            await self._in_time(scanner.stop(), SCAN_STOP_S, "stopping a scan")
        except SCAN_ERRORS as error:
            log.debug("scan_stop_failed", adapter=self._watch.name, error=str(error))

    async def _in_time(self, work: Any, limit_s: float, what: str) -> None:
        await within(limit_s, work, what, self._limits.abandon_s)
