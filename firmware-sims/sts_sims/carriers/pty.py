"""Serial ports as pseudo terminals, each under a name in a folder, with the pace of a real line.

A pty has no baud rate of its own: what is written is there at once. So bytes are written one small piece after
another, as fast as the line would carry them. While nobody has the port open, what is said is lost, as on a
real cable.
"""

import asyncio
import contextlib
import os
import random
import time
import tty
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from sts_sims.cable import Device, Mishap, Utterance

# A start bit, eight data bits and a stop bit.
BITS_PER_BYTE = 10
# A USB adapter hands on what has come each 16 ms; a piece is what comes in that time, or one byte.
PIECE_S = 0.016


class PortTruth(Protocol):
    """Where a carrier notes what truly left a device."""

    def note(self, at_us: int, name: str, said: Utterance, lost: str | None) -> None:
        """`lost`: why nobody can have heard it."""


class Cable:
    """One device at the end of a pty. `path` is what the agent opens, also after it was plugged in again."""

    def __init__(
        self, name: str, device: Device, path: Path, baud: int, mishaps: Sequence[Mishap] = (), seed: int = 1
    ) -> None:
        self.name = name
        self.path = path
        self._device = device
        self._baud = baud
        self._mishaps = mishaps
        self._chance = random.Random(f"{seed}:{name}:cable")
        self._ends: tuple[int, int] | None = None
        self._half = False

    @property
    def plugged(self) -> bool:
        """Whether the port is there."""
        return self._ends is not None

    def plug(self) -> None:
        """Make the port."""
        if self._ends is not None:
            return
        outer, inner = os.openpty()
        tty.setraw(inner)
        os.set_blocking(outer, False)
        self._ends = outer, inner
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(inner))

    def unplug(self) -> None:
        """The port is gone: whoever has it open is told so."""
        ends, self._ends = self._ends, None
        if ends is not None:
            self.path.unlink(missing_ok=True)
            for end in ends:
                os.close(end)

    async def run(self, truth: PortTruth, now_us: Callable[[], int]) -> None:
        """Speak until the device has said all, or until cancelled; mishaps come at their times."""
        self.plug()
        began_s = time.monotonic()
        try:
            async with asyncio.TaskGroup() as group:
                for mishap in self._mishaps:
                    group.create_task(self._suffer(mishap, began_s))
                group.create_task(self._speak(truth, now_us, began_s))
        finally:
            self.unplug()

    async def _speak(self, truth: PortTruth, now_us: Callable[[], int], began_s: float) -> None:
        for said in self._device.utterances():
            await asyncio.sleep(max(began_s + said.at_s - time.monotonic(), 0.0))
            half, self._half = self._half, False
            at_us = now_us()
            whole = await self.send(said.data[: len(said.data) // 2] if half else said.data)
            truth.note(at_us, self.name, said, "half" if half else None if whole else "unplugged")

    async def _suffer(self, mishap: Mishap, began_s: float) -> None:
        await asyncio.sleep(max(began_s + mishap.at_s - time.monotonic(), 0.0))
        if mishap.do == "unplug":
            self.unplug()
            await asyncio.sleep(mishap.for_s)
            self.plug()
        elif mishap.do == "garbage":
            await self.send(self._chance.randbytes(mishap.bytes))
        else:
            self._half = True

    async def send(self, data: bytes) -> bool:
        """Say something now, at the line's pace; returns whether all of it could leave."""
        step = max(1, int(self._baud * PIECE_S / BITS_PER_BYTE))
        for at in range(0, len(data), step):
            if not self._write(data[at : at + step]):
                return False
            await asyncio.sleep(len(data[at : at + step]) * BITS_PER_BYTE / self._baud)
        return True

    def _write(self, piece: bytes) -> bool:
        if self._ends is None:
            return False
        with contextlib.suppress(BlockingIOError):  # nobody reads: it is lost, as on a cable
            os.write(self._ends[0], piece)
        return True
