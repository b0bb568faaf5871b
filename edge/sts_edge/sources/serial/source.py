"""The serial source: one port after another in the settings, each read by itself."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict

from sts_edge.clock import boot_us
from sts_edge.config import Settings
from sts_edge.sources import Emit, Keep, SensorState, Told, keep_nothing
from sts_edge.sources.serial.port import Port
from sts_edge.sources.serial.transport import OpenPort, address_of, open_port
from sts_edge.sources.serial.utc import ReceiverTime
from sts_protocols.record import Anchor


class SerialSource:
    """Reads every port of the settings.

    on_time: takes the time of GNSS receivers, as ties of boot time to wall time. open_port replaces pyserial,
    for tests.
    """

    def __init__(
        self,
        settings: Settings,
        emit: Emit,
        on_time: Callable[[Anchor], object] = lambda anchor: None,
        *,
        now_us: Callable[[], int] = boot_us,
        open_port: OpenPort = open_port,
        keep: Keep = keep_nothing,
    ) -> None:
        self._emit = emit
        self._running = False
        self.ports = [
            Port(
                port,
                address_of(port.device, settings.gateway.name),
                self._pass_on,
                ReceiverTime(on_time),
                open_port,
                now_us,
                keep,
            )
            for port in settings.ports
        ]

    async def run(self) -> None:
        """Read until cancelled."""
        self._running = True
        try:
            async with asyncio.TaskGroup() as group:
                for port in self.ports:
                    group.create_task(port.run(), name=f"port {port.name}")
        finally:
            self._running = False

    def states(self) -> list[SensorState]:
        """How each device is now."""
        return [port.state() for port in self.ports]

    def faults(self) -> list[str]:
        """What a technician should know now."""
        return [sentence for port in self.ports for sentence in port.faults()]

    def counts(self) -> dict[str, int]:
        """Ports, frames and garbage since the start, over all ports."""
        counted: Counter[str] = Counter()
        for port in self.ports:
            counted.update({f"ports_{what}": number for what, number in asdict(port.count).items()})
            counted.update(
                bytes_heard=port.stream.heard_bytes,
                bytes_garbage=port.stream.garbage_bytes,
                frames_bad=port.stream.bad_frames,
                frames_lost=port.stream.lost_frames,
            )
        return dict(counted)

    def _pass_on(self, told: Told) -> None:
        if self._running:
            self._emit(told)
