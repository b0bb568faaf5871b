"""Stands outside the system and notes what the gateway says it recorded, and what it has accepted.

The agent tells each record when it closes, before it writes or publishes it, and the record's number again
after its fdatasync. Both come as whole packets over a SOCK_SEQPACKET socket, so that a kill of the agent
leaves no half of one. Kept in a file: packets of `C` + record, or `A` + epoch (16 bytes) + number (u64,
little endian), each behind its length (u32, little endian).
"""

from __future__ import annotations

import selectors
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

# A record is below 64 KB; the kernel hands over whole packets.
LARGEST_PACKET_BYTES = 256 * 1024
LENGTH = struct.Struct("<I")


class Witness:
    """Listens at `address`, appends to `log`, until it is closed. `noted` is called with each packet, in a thread."""

    def __init__(
        self, address: Path, log: Path, noted: Callable[[bytes], None] = lambda packet: None
    ) -> None:
        self.address = address
        self.log = log
        self._noted = noted
        address.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._listener.bind(str(address))
        self._listener.listen(8)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._ending, self._waker = socket.socketpair()
        self._selector.register(self._ending, selectors.EVENT_READ)
        self._file = log.open("ab")
        self._thread = threading.Thread(target=self._listen, name="witness", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take in what has been sent, then end."""
        self._waker.send(b".")
        self._thread.join()
        self._file.close()
        self._listener.close()
        self.address.unlink(missing_ok=True)

    def _listen(self) -> None:
        ending = False
        while True:
            ready = [key.fileobj for key, _ in self._selector.select(0 if ending else None)]
            if ending and not ready:
                return
            for source in ready:
                if source is self._ending:
                    self._selector.unregister(self._ending)
                    ending = True
                elif source is self._listener:
                    self._selector.register(self._listener.accept()[0], selectors.EVENT_READ)
                else:
                    self._take(source)  # type: ignore[arg-type]

    def _take(self, agent: socket.socket) -> None:
        try:
            packet = agent.recv(LARGEST_PACKET_BYTES)
        except ConnectionError:
            packet = b""
        if packet:
            self._file.write(LENGTH.pack(len(packet)) + packet)
            self._file.flush()
            self._noted(packet)
        else:
            self._selector.unregister(agent)
            agent.close()


def packets(log: Path) -> Iterator[bytes]:
    """What the witness noted, in order."""
    content = log.read_bytes()
    at = 0
    while at < len(content):
        (length,) = LENGTH.unpack_from(content, at)
        yield content[at + LENGTH.size : at + LENGTH.size + length]
        at += LENGTH.size + length
