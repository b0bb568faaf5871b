"""Ports on loopback: finding a free one and waiting until somebody listens."""

from __future__ import annotations

import random
import socket
import time
from collections import deque
from collections.abc import Callable

LOOPBACK = "127.0.0.1"
# Below the ranges from which the kernel (32768 up) takes ports for outgoing connections, so that a
# port found free here is not taken by somebody's client before its server has bound it.
FIRST_PORT, LAST_PORT = 20_000, 24_999
TRIES = 200
# A server binds its port seconds after the port was found; whoever else looks meanwhile must not find it too,
# or one system's start signs in at another's API. A claim is a name among Linux's abstract sockets: it ends
# with this process. More ports than this are never waiting for their servers at once.
CLAIMS: deque[socket.socket] = deque(maxlen=64)
# Not the generator of `random`: tests set its seed, and two of them would look at the same ports.
chance = random.SystemRandom()


def free_port() -> int:
    """A TCP port on loopback that nobody listens on now, and that no other process was given lately."""
    for _ in range(TRIES):
        port = chance.randint(FIRST_PORT, LAST_PORT)
        claim = socket.socket(socket.AF_UNIX)
        with socket.socket() as probe:
            try:
                claim.bind(f"\0sts-port-{port}")
                probe.bind((LOOPBACK, port))
            except OSError:
                claim.close()
                continue
        CLAIMS.append(claim)
        return port
    raise RuntimeError(
        f"no free port on {LOOPBACK} between {FIRST_PORT} and {LAST_PORT}: end what holds them"
    )


def listens(port: int) -> bool:
    """Whether a TCP connect to this port on loopback succeeds now."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def wait_until(ready: Callable[[], bool], deadline_s: float, every_s: float = 0.1) -> bool:
    """Ask `ready` until it says yes; False when the deadline passes first."""
    end = time.monotonic() + deadline_s
    while time.monotonic() < end:
        if ready():
            return True
        time.sleep(every_s)
    return ready()
