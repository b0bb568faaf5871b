"""A private air for tests: a D-Bus of its own, simulated straps on it, and the real Bluetooth source."""

import asyncio
import contextlib
import os
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec

from demo.services.dbus import DBus
from sts_edge.config import BluetoothSettings, GatewaySettings, HubSettings, SensorSettings, Settings
from sts_edge.sources import Told
from sts_edge.sources.bluetooth import BluetoothSource, Limits
from sts_protocols.record import Waveform
from sts_protocols.sample import Packet
from sts_sims.heart_strap import HEART_RATE_MEASUREMENT
from sts_sims.orders import Order, carry_out
from sts_sims.scenario import Person, Phase, Radio, Scenario, Strap
from sts_sims.show import Show
from sts_sims.truth import Truth

# Generous: only a test that fails waits so long.
PATIENCE_S = 60.0

# All that was said has been heard; what comes twice comes with it.
BREATH_S = 0.2

# A strap that says nothing by itself after its first word: the next comes after a quarter of an hour.
MUTE_HZ = 1e-3

# Adverts of all straps together come this far apart: 200 a second, a tenth of what the simulated BlueZ tells.
ADVERTS_MS = 5.0

# Everything that a real radio needs seconds for, in fractions of one.
FAST = Limits(
    connect_s=5.0,
    silence_s=60.0,
    scan_start_s=5.0,
    disconnect_s=2.0,
    subscribe_s=2.0,
    read_s=2.0,
    abandon_s=0.2,
    scanner_silence_s=60.0,
    scanner_check_s=0.05,
    retry_first_s=0.02,
    retry_later_s=0.1,
    scan_retry_first_s=0.02,
    scan_retry_longest_s=0.05,
    bus_retry_s=0.05,
    echo_of_loss_s=0.03,
    compare_s=0.3,
    stale_look_s=60.0,
    power_cycle_pause_s=0.02,
    stream_silence_s=60.0,
    stream_retry_s=60.0,
)


def limits(**changed: float) -> Limits:
    """FAST with some of it changed."""
    return Limits(**{name: changed.get(name, getattr(FAST, name)) for name in FAST.__dataclass_fields__})


def strap_name(number: int) -> str:
    return f"hr-{number:02d}"


def strap_address(number: int) -> str:
    return f"A0:9E:1A:00:00:{number:02X}"


def scenario(
    count: int, rate_hz: float = 1.0, *, adapters: Sequence[str] = ("hci0",), **strap: Any
) -> Scenario:
    """`count` straps on athletes at a steady run, all in reach of each of the adapters."""
    straps = [
        Strap(strap_name(n), strap_address(n), Person(n, f"Athlete {n}", 190, 50), **strap)
        for n in range(1, count + 1)
    ]
    plan = [Phase("run", 0.7, 600.0)]
    radio = Radio(connect_ms=1.0, disconnect_ms=1.0, advert_ms=ADVERTS_MS * count, adapters=tuple(adapters))
    return Scenario("For tests.", plan, straps, start_at_s=60.0, rate_hz=rate_hz, radio=radio)


@dataclass
class Air:
    """Straps on the air, and the means to disturb them."""

    bus: DBus
    show: Show
    truth_path: Path

    def order(self, do: str, **fields: Any) -> None:
        """Carry out one order of the simulator."""
        carry_out(self.show.stage, Order(do, **fields))

    def say(self, frame: bytes, number: int = 1) -> str | None:
        """Let a strap send one frame; None when it was delivered, else why not."""
        return self.show.daemon.notify(strap_name(number), HEART_RATE_MEASUREMENT, frame)

    def connected(self, number: int = 1) -> bool:
        return self.show.daemon.device(strap_name(number)).connected

    def adapter_of(self, number: int = 1) -> str | None:
        """The adapter that a strap has a link to."""
        adapters = self.show.daemon.adapters.items()
        return next((name for name, one in adapters if one.devices[strap_name(number)].connected), None)

    def truth(self) -> list[Truth]:
        """All heart rates that the straps said so far."""
        lines = self.truth_path.read_bytes().splitlines()
        return [msgspec.json.decode(line, type=Truth) for line in lines if b'"hr"' in line]

    def delivered(self, number: int = 1) -> list[Truth]:
        """The heart rates of one strap that somebody was told."""
        said = (line for line in self.truth() if line.strap == strap_name(number))
        return [line for line in said if line.delivered and line.hr]


@contextlib.asynccontextmanager
async def on_air(folder: Path, plan: Scenario) -> AsyncIterator[Air]:
    """Start a bus and put a scenario on it; bleak in this process finds it as the system's bus."""
    bus = DBus(folder / "dbus")
    bus.start()
    truth_path = folder / "truth.jsonl"
    truth_path.touch()
    show = Show(plan, bus.address, truth_path=truth_path)
    with patch.dict(os.environ, {"DBUS_SYSTEM_BUS_ADDRESS": bus.address}):
        task = asyncio.ensure_future(show.run())
        try:
            await until(lambda: show.daemon.ready.is_set() or task.done())
            yield Air(bus, show, truth_path)
        finally:
            await stopped(task)
            bus.stop()


@dataclass
class Ear:
    """A running source and what it has emitted."""

    source: BluetoothSource
    packets: list[Packet] = field(default_factory=list)
    waveforms: list[Waveform] = field(default_factory=list)
    by_sensor: dict[str, list[Packet]] = field(default_factory=lambda: defaultdict(list))

    def take(self, packet: Told) -> None:
        if isinstance(packet, Waveform):
            self.waveforms.append(packet)
            return
        self.packets.append(packet)
        self.by_sensor[packet.sensor].append(packet)

    def heard(self, number: int = 1) -> list[Packet]:
        return self.by_sensor[strap_name(number)]

    def link(self, number: int = 1) -> Any:
        return self.source.links[strap_address(number)]

    def state(self, number: int = 1) -> Any:
        return next(s for s in self.source.states() if s.name == strap_name(number))


def settings(
    numbers: Sequence[int], *, kind: Any = "heart_rate", streams: tuple[Any, ...] = (), **bluetooth: Any
) -> Settings:
    """Settings that register these sensors."""
    return Settings(
        gateway=GatewaySettings(name="pitch-1"),
        hub=HubSettings(url="amqp://127.0.0.1/sts", password_file=Path("unused")),
        bluetooth=BluetoothSettings(**bluetooth),
        sensors=tuple(
            SensorSettings(name=strap_name(n), address=strap_address(n), kind=kind, streams=streams)
            for n in numbers
        ),
    )


@contextlib.asynccontextmanager
async def listening(
    numbers: Sequence[int] = (1,), *, within: Limits = FAST, refuse: bool = False, **bluetooth: Any
) -> AsyncIterator[Ear]:
    """Run the real source for these straps. `refuse`: every packet is refused by whoever takes it."""

    def take(packet: Told) -> None:
        ear.take(packet)
        if refuse:
            raise RuntimeError("refused by the test")

    ear = Ear(BluetoothSource(settings(numbers, **bluetooth), take, limits=within))
    task = asyncio.ensure_future(ear.source.run())
    try:
        yield ear
        assert not task.done(), f"the source ended by itself: {task!r}"
    finally:
        await stopped(task)


async def stopped(task: "asyncio.Future[Any]") -> None:
    """Cancel and wait; what the task raised instead is raised here."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def all_arrived(heard: Callable[[], int], said: Callable[[], int]) -> None:
    """Wait until as much has been heard as was said: how long the bus takes is nobody's promise."""
    await until(lambda: heard() >= said())
    await asyncio.sleep(BREATH_S)


async def until(true: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    """Wait until something is so; TimeoutError when it does not come."""
    async with asyncio.timeout(patience_s):
        while not true():  # noqa: ASYNC110 - anything can be waited for, so nothing can be told of it
            await asyncio.sleep(0.005)
