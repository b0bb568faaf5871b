"""What the lanes need of a connection to the hub, whichever protocol it speaks.

A publish ends in one of five words, never in an exception that one record's fate would throw at another's.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, NamedTuple, Protocol

from sts_protocols.routing import Lane

Peer = tuple[Any, ...]


class LoginRefused(Exception):  # noqa: N818 - what happened, in the hub's words
    """The hub knows no such login, or not for what is asked: enrol the gateway (again)."""


class Outcome(Enum):
    """What became of a publish."""

    ACKED = "confirmed"
    NACKED = "not taken now: the queue is full"
    RETURNED = "returned: no queue takes it"
    REFUSED = "refused for what it is"
    LOST = "lost with its connection"


class Verdict(NamedTuple):
    """An outcome, with the hub's own words where it gave any, and for how many seconds it asked to be left."""

    outcome: Outcome
    words: str = ""
    wait_s: float = 0.0


class Outlet(Protocol):
    """Where records are handed over; a refused publish may shut it, and nothing else."""

    @property
    def is_shut(self) -> bool:
        """Whether it is closed: open another one."""

    async def shut(self) -> None:
        """Wait until it is closed."""

    def publish(self, body: bytes, lane: Lane, on_verdict: Callable[[Verdict], None]) -> None:
        """Hand a message to the socket and return; the verdict comes by callback, once, however late."""


class BeatOutlet(Protocol):
    """Where beats are told."""

    @property
    def is_shut(self) -> bool:
        """Whether it is closed: open another one."""

    async def settled(self, timeout: float) -> None:
        """Wait, this long at most, until the socket has taken all beats."""

    def beat(self, body: bytes, number: int) -> None:
        """Hand a beat to the socket and return; its answer goes to whoever opened this outlet."""


class Line(Protocol):
    """One connection, from the first SYN to its end. `stand` it, `cut` it; it is not used twice.

    connect_s: how long its TCP handshake took. heard_s: when the hub was last heard (monotonic), None before
    its first byte. in_turn: one message at a time, the next when the last was answered. is_clear: whatever is
    handed over now waits for nothing here. is_blocked: the hub said that it takes no records now.
    """

    @property
    def connect_s(self) -> float: ...
    @property
    def heard_s(self) -> float | None: ...
    @property
    def in_turn(self) -> bool: ...
    @property
    def is_lost(self) -> bool: ...
    @property
    def is_clear(self) -> bool: ...
    @property
    def is_blocked(self) -> bool: ...

    async def stand(self) -> None:
        """Connect and log in. Raises LoginRefused, or OSError and its kind for a try that failed."""

    async def outlet(self) -> Outlet:
        """Open a way for records."""

    async def beat_outlet(self, on_answer: Callable[[bytes], None]) -> BeatOutlet:
        """Open a way for beats; `on_answer` gets the bytes of each answer."""

    def on_lost(self, callback: Callable[[], None]) -> None:
        """Call back once when the connection has ended, from whichever side."""

    def cut(self) -> None:
        """End the connection now; every outcome that is still open becomes `LOST`."""

    async def close(self, timeout: float) -> None:
        """Say goodbye as the protocol would have it, or cut when that takes too long."""


class Address(Protocol):
    """Where the hub is and as whom to knock there; its text shows no secret."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...

    def line(self, peer: Peer, purpose: str) -> Line:
        """A connection to one of the host's addresses, not begun."""
