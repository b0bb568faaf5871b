"""Simulated devices on ptys in the loop of a test, and settings that name them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import msgspec

from sts_edge.clock import boot_us
from sts_edge.config import PortSettings, Settings
from sts_sims.cable import Device, Mishap, Utterance
from sts_sims.carriers.pty import Cable

BAUD = 115_200


class Remembered:
    """What left the devices, in order: (when, port, utterance, why it was lost)."""

    def __init__(self) -> None:
        self.said: list[tuple[int, str, Utterance, str | None]] = []

    def note(self, at_us: int, name: str, said: Utterance, lost: str | None) -> None:
        self.said.append((at_us, name, said, lost))

    def data(self, name: str) -> list[bytes]:
        """What a port said and nobody lost."""
        return [said.data for _, port, said, lost in self.said if port == name and lost is None]


class Spoken(Device):
    """Says these things, at these seconds."""

    def __init__(self, *told: tuple[float, bytes]) -> None:
        self._told = told

    def utterances(self):
        for at_s, data in self._told:
            yield Utterance(at_s, data, {})


def with_ports(given: Settings, *ports: PortSettings) -> Settings:
    """The same settings with these ports."""
    return msgspec.structs.replace(given, sensors=(), ports=ports)


@contextlib.asynccontextmanager
async def cables(
    folder: Path, devices: dict[str, Device], mishaps: Sequence[Mishap] = (), baud: int = BAUD
) -> AsyncIterator[tuple[dict[str, Cable], Remembered]]:
    """Each device at folder/NAME, speaking until the end of the context."""
    truth = Remembered()
    made = {name: Cable(name, device, folder / name, baud, mishaps) for name, device in devices.items()}
    tasks = [asyncio.create_task(cable.run(truth, boot_us)) for cable in made.values()]
    await asyncio.sleep(0)
    try:
        yield made, truth
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
