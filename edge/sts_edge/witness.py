"""An outside witness of what this gateway accepted, for proof runs.

A proof that nothing was lost needs to know what there was, from a place that the agent's death cannot
reach. So the witness, another process, is told of each record when it closes, before it is written or
published, and again when it is safe on disk; what it has not been told has not been accepted. One datagram
each:

    b"C" + the whole record                        it is closed
    b"A" + epoch (16 bytes) + seq (u64, LE)        it is accepted

Sending blocks the agent: a witness that cannot keep up slows the proof down instead of falsifying it.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterable
from pathlib import Path

CLOSED = b"C"
ACCEPTED = b"A"
_NUMBER = struct.Struct("<16sQ")
# A witness that is started anew listens again within a second or two.
RECONNECT_S = 10.0
_PAUSE_S = 0.05


class WitnessMissing(Exception):  # noqa: N818 - what is wrong, in one word
    """Nobody listens at the witness's socket: start it first, or take [witness] out of the settings."""


class Witness:
    """Tells the witness at a SOCK_SEQPACKET socket."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket: socket.socket | None = None

    def connect(self) -> None:
        """Raises WitnessMissing when nobody listens."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            connection.connect(str(self._path))
        except OSError as error:
            connection.close()
            raise WitnessMissing(
                f"Nobody listens at the witness's socket {self._path} ({error.strerror}): start the witness "
                "first, or take [witness] out of the settings."
            ) from error
        self._socket = connection

    def closed(self, raw: bytes) -> None:
        """Tell that this record exists. Raises WitnessMissing when the witness stays away."""
        self._send(CLOSED + raw)

    def accepted(self, epoch: bytes, seqs: Iterable[int]) -> None:
        """Tell that these are safe on disk. Raises WitnessMissing when the witness stays away."""
        for seq in seqs:
            self._send(ACCEPTED + _NUMBER.pack(epoch, seq))

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, datagram: bytes) -> None:
        give_up_s = time.monotonic() + RECONNECT_S
        while True:
            try:
                if self._socket is None:
                    self.connect()
                assert self._socket is not None, "connect sets it or raises"
                self._socket.send(datagram)
                return
            except (OSError, WitnessMissing):
                self.close()
                if time.monotonic() > give_up_s:
                    raise WitnessMissing(
                        f"The witness at {self._path} hung up and did not come back."
                    ) from None
                time.sleep(_PAUSE_S)
