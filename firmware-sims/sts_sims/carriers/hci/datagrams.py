"""A chip as the adapter of a kernel elsewhere: each datagram is one HCI packet, both ways."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from sts_sims.carriers.hci.chip import Chip

LOOPBACK = "127.0.0.1"

# The first byte of what Linux's hci_vhci says to whoever opens it (drivers/bluetooth/hci_vhci.c): no HCI packet.
VENDOR = 0xFF


class Datagrams(asyncio.DatagramProtocol):
    """The host's end of a chip. Answers go to where the last packet came from."""

    def __init__(self, chip: Chip) -> None:
        self._chip = chip
        self._transport: asyncio.DatagramTransport | None = None
        self._kernel: tuple[str, int] | None = None
        self.opened = asyncio.Event()

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        """The socket is there."""
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """A packet of the kernel."""
        self._kernel = addr
        self.opened.set()
        if data[0] != VENDOR:
            self._chip.on_packet(data)

    def on_packet(self, packet: bytes) -> None:
        """A packet of the chip."""
        if self._transport is not None and self._kernel is not None:
            self._transport.sendto(packet, self._kernel)


@contextlib.asynccontextmanager
async def adapter_at(port: int, chip: Chip) -> AsyncIterator[Datagrams]:
    """Offer a chip on a UDP port of loopback."""
    loop = asyncio.get_running_loop()
    transport, joined = await loop.create_datagram_endpoint(
        lambda: Datagrams(chip), local_addr=(LOOPBACK, port)
    )
    chip.host = joined
    try:
        yield joined
    finally:
        chip.host = None
        transport.close()
