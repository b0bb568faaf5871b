"""How bytes come from a serial port. Everything else here knows this interface only.

pyserial opens a port in a few milliseconds, or, with a sick driver, in seconds: so it is opened in a thread of
its own, and no callback waits for it.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import serial  # type: ignore[import-untyped]
import serial_asyncio_fast

# udev names each USB adapter by its maker, model and serial number there: that name stays when the plug moves.
BY_ID = Path("/dev/serial/by-id")
# A beat carries so much of an address. Names end with the serial number, so their end is kept.
LONGEST_ADDRESS = 80


class Open(Protocol):
    """An open port."""

    def close(self) -> None:
        """Let go of it; nothing more is heard from it."""


class OpenPort(Protocol):
    """Opens a port for this program alone."""

    async def __call__(
        self, device: Path, baud: int, heard: Callable[[bytes], None], lost: Callable[[str], None]
    ) -> Open:
        """`heard` is called with bytes as they come, `lost` once with the reason when the port is gone.

        Raises OSError: FileNotFoundError, PermissionError, or with errno EAGAIN or EBUSY if it is taken.
        """


def path_of(device: str) -> Path:
    """The device file: a path, or what udev calls the adapter."""
    return Path(device) if device.startswith("/") else BY_ID / device


def address_of(device: str, gateway: str) -> str:
    """What tells the device from all others of the club, in capitals as addresses are. An adapter's name has
    its serial number in it; a path says where something is plugged in, at this gateway."""
    known = f"{gateway}:{device}" if device.startswith("/") else device
    return known.upper()[-LONGEST_ADDRESS:]


async def open_port(
    device: Path, baud: int, heard: Callable[[bytes], None], lost: Callable[[str], None]
) -> Open:
    """Open it with pyserial: 8 data bits, no parity, 1 stop bit, no flow control."""
    opening = asyncio.get_running_loop().run_in_executor(None, _opened, device, baud)
    try:
        port = await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(_close_unwanted)
        raise
    return _Line(port, heard, lost)


def _opened(device: Path, baud: int) -> serial.Serial:
    try:
        return serial.Serial(str(device), baud, exclusive=True, timeout=0, write_timeout=0)
    except serial.SerialException as error:  # an OSError, whose own text names the number only
        cause = error.__context__
        raise (cause if isinstance(cause, OSError) and cause.errno else error) from None


def _close_unwanted(opening: "asyncio.Future[serial.Serial]") -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()


class _Line(asyncio.Protocol):
    def __init__(
        self, port: serial.Serial, heard: Callable[[bytes], None], lost: Callable[[str], None]
    ) -> None:
        self._heard = heard
        self._lost = lost
        self._closed = False
        loop = asyncio.get_running_loop()
        self._transport = serial_asyncio_fast.SerialTransport(loop, self, port)

    def data_received(self, data: bytes) -> None:
        if not self._closed:
            self._heard(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._closed:
            self._closed = True
            self._lost(str(exc or "it was closed"))

    def close(self) -> None:
        if not self._closed:  # a transport that was lost is closed already, and cannot be twice
            self._closed = True
            self._transport.abort()
