"""Being found among others: this machine's LED blinks, and a command of the settings makes a sound."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from sts_edge.time_limit import time_limit

from .orders import OrderFailed

# Long enough to walk along a rack of gateways.
BLINK_S = 10.0
HALF_A_BLINK_S = 0.25
COMMAND_S = 30.0
LEDS = Path("/sys/class/leds")
# The green one of a Raspberry Pi, by its name in newer and in older kernels.
KNOWN = ("ACT", "led0")


class Identify:
    """Blinks and beeps. command: of the settings, empty without one; leds: the kernel's folder of LEDs."""

    def __init__(self, command: Sequence[str], leds: Path = LEDS) -> None:
        self._command = list(command)
        self._leds = leds

    async def __call__(self, _: object) -> str:
        """Be seen and heard; what was done. Raises OrderFailed when there is no way."""
        led = self._led()
        if led is None and not self._command:
            raise OrderFailed(
                "this gateway has no LED that the agent may switch, and no gateway.identify_command in its settings: "
                "sts-edge config edit"
            )
        done = []
        if led is not None:
            await self._blink(led)
            done.append(f"blinked {led.name} for {BLINK_S:.0f} s")
        if self._command:
            await self._run()
            done.append(f"ran {self._command[0]}")
        return ", ".join(done)

    def _led(self) -> Path | None:
        """The first LED that this user may switch."""
        for led in (self._leds / name for name in KNOWN):
            with contextlib.suppress(OSError):
                (led / "trigger").open("r+").close()
                (led / "brightness").open("r+").close()
                return led
        return None

    async def _blink(self, led: Path) -> None:
        with _by_hand(led):
            for step in range(round(BLINK_S / HALF_A_BLINK_S)):
                (led / "brightness").write_text(str((step + 1) % 2))
                await asyncio.sleep(HALF_A_BLINK_S)

    async def _run(self) -> None:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except OSError as error:
            raise OrderFailed(
                f"gateway.identify_command cannot be run ({error.strerror}): sts-edge config edit"
            ) from None
        try:
            async with time_limit(COMMAND_S):
                code = await process.wait()
        except BaseException as error:
            process.kill()
            await process.wait()
            if isinstance(error, TimeoutError):
                raise OrderFailed(f"gateway.identify_command did not end within {COMMAND_S:.0f} s") from None
            raise
        if code:
            raise OrderFailed(f"gateway.identify_command ended with code {code}: try it on the gateway")


@contextlib.contextmanager
def _by_hand(led: Path) -> Iterator[None]:
    """Take the LED from the kernel, and give it back as it was: its trigger is the word in brackets."""
    told = (led / "trigger").read_text()
    before = told.partition("[")[2].partition("]")[0] or "none"
    (led / "trigger").write_text("none")
    try:
        yield
    finally:
        (led / "trigger").write_text(before)
