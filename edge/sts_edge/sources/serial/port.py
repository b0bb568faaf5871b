"""One serial port: opened, read, and opened again whenever it is gone."""

import asyncio
import errno
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from sts_edge.config import PortSettings
from sts_edge.sources import Emit, Keep, SensorState, SensorWord, Told
from sts_edge.sources.serial.garbage import Garbage
from sts_edge.sources.serial.kinds import KINDS, SECOND_US, SILENT_US
from sts_edge.sources.serial.transport import Open, OpenPort, path_of
from sts_edge.sources.serial.utc import ReceiverTime
from sts_protocols.metrics import LATE_INTERVALS, LOST_INTERVALS
from sts_protocols.record import Impulse
from sts_protocols.sample import Packet
from sts_protocols.serial.alge import DURATIONS
from sts_protocols.serial.heard import Heard, TimerLine
from sts_protocols.serial.timer_clock import TimerClock

# An adapter that was pulled out is found within this, and five of them fit in the 5 s that a technician waits.
REOPEN_S = 1.0
TICK_US = 1_000
# Lines that are not told when it happens say nothing about where the timer's clock lies.
AFTERWARDS = frozenset({"deleted", "disqualified", "inserted", "memory", "penalty", "since_zero"})
TAKEN = frozenset({errno.EAGAIN, errno.EBUSY, errno.EWOULDBLOCK})

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class PortCount:
    """What happened at one port since the start."""

    opened: int = 0
    lost: int = 0
    frames: int = 0
    impulses: int = 0
    refused: int = 0


class Port:
    """Reads one port until cancelled."""

    def __init__(
        self,
        settings: PortSettings,
        address: str,
        emit: Emit,
        utc: ReceiverTime,
        open_port: OpenPort,
        now_us: Callable[[], int],
        keep: Keep,
    ) -> None:
        kind = KINDS[settings.kind]
        self.name = settings.name
        self.count = PortCount()
        self.stream = kind.stream(settings)
        self._settings = settings
        self._address = address
        self._kind = kind
        self._baud = settings.baud or kind.baud
        self._device = path_of(settings.device)
        self._emit = emit
        self._utc = utc
        self._open_port = open_port
        self._now_us = now_us
        self._keep = keep
        self._clock = TimerClock()
        self._garbage = Garbage(self.stream)
        self._open: Open | None = None
        self._opened_us = 0
        self._fault: str | None = None
        self._heard_us: int | None = None
        self._refusing = False

    async def run(self) -> None:
        """Read until cancelled; whatever the port does, it is opened again."""
        while True:
            try:
                await self._while_open()
            except OSError as error:
                self._fault = self._sentence(error)
            await asyncio.sleep(REOPEN_S)

    def state(self) -> SensorState:
        """How the device is now."""
        return SensorState(
            name=self.name,
            address=self._address,
            kind=self._settings.kind,
            state=self._word(),
            last_heard_us=self._heard_us,
        )

    def faults(self) -> list[str]:
        """What a technician should know now."""
        if self._fault is not None:
            return [self._fault]
        if self._open is None:
            return []
        self._garbage.look(self._now_us())
        if self._garbage.is_much:
            return [
                f"{self.name} at {self._device} says mostly garbage ({self._garbage.share:.0%}) at {self._baud} "
                f"baud: set ports.baud to the device's rate, and ports.kind to what it is."
            ]
        if self._kind.period_us and self._silent_us() > SILENT_US:
            return [
                f"{self.name} at {self._device} is silent: see that it is switched on, sends at {self._baud} "
                "baud, and that the cable is no null-modem cable."
            ]
        return []

    async def _while_open(self) -> None:
        """Open the port, and wait until it is gone. Raises OSError."""
        gone: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._open = await self._open_port(
            self._device, self._baud, self._hear, lambda why: None if gone.done() else gone.set_result(why)
        )
        self._fault = None
        self._opened_us = self._now_us()
        self.count.opened += 1
        try:
            why = await gone
        finally:
            self._open.close()
            self._open = None
        self.count.lost += 1
        self._fault = (
            f"{self.name} at {self._device} was unplugged: plug it in again, nothing else is needed."
        )
        _log.warning("port_lost", port=self.name, device=str(self._device), reason=why)

    def _sentence(self, error: OSError) -> str:
        if isinstance(error, FileNotFoundError):
            return f"{self.name}: there is no {self._device}: plug it in; ls /dev/serial/by-id shows what is there."
        if isinstance(error, PermissionError):
            return (
                f"{self.name}: the agent may not open {self._device}: put its user into the group dialout "
                "(sudo usermod -aG dialout USER) and restart it."
            )
        if error.errno in TAKEN:
            return (
                f"{self.name}: another program holds {self._device}: stop it (sudo fuser {self._device} names it; "
                "often it is ModemManager)."
            )
        return f"{self.name}: {self._device} cannot be opened ({error}): see that it is a serial port."

    # --- what comes

    def _hear(self, data: bytes) -> None:
        """Take bytes. Nothing that is in them can raise."""
        came_us = self._now_us()
        for heard in self.stream.hear(data, came_us):
            if heard.frame:
                self._keep(self.name, self._settings.kind, heard.boot_us, heard.frame)
            if heard.fault is None:
                self._heard_us = came_us
                self.count.frames += 1
                self._tell(heard)
        self._garbage.look(came_us)

    def _tell(self, heard: Heard) -> None:
        if heard.utc is not None:
            self._utc.hear(heard.utc, heard.boot_us)
        if heard.values:
            stamp_us = heard.boot_us - heard.boot_us % TICK_US
            self._hand_on(Packet(self.name, stamp_us, TICK_US, self._kind.period_us, heard.values))
        if heard.impulse is not None:
            self.count.impulses += 1
            self._hand_on(self._impulse(heard.impulse, heard.boot_us))

    def _impulse(self, line: TimerLine, boot_us: int) -> Impulse:
        moment = None
        if line.ticks is not None and line.channel not in DURATIONS and not AFTERWARDS & set(line.marks):
            moment = self._clock.place(line.ticks, boot_us)
        return Impulse(
            self.name,
            boot_us,
            line.ticks,
            line.channel,
            line.bib,
            line.marks,
            line.line,
            None if moment is None else max(moment.boot_us, 0),
            None if moment is None else moment.error_us,
        )

    def _hand_on(self, told: Told) -> None:
        try:
            self._emit(told)
        except Exception:
            self.count.refused += 1
            if not self._refusing:  # once for a row of refusals: the reason is the same each time
                _log.exception("refused", port=self.name)
            self._refusing = True
        else:
            self._refusing = False

    # --- how it is

    def _silent_us(self) -> int:
        return self._now_us() - max(self._heard_us or 0, self._opened_us)

    def _word(self) -> SensorWord:
        if self._open is None:
            return "off" if self._heard_us is None else "lost"
        if self._heard_us is None:
            return "connecting"
        intervals = (self._now_us() - self._heard_us) / SECOND_US if self._kind.period_us else 0
        if intervals >= LOST_INTERVALS:
            return "lost"
        return "late" if intervals >= LATE_INTERVALS else "live"
