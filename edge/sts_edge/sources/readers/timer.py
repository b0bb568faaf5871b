"""What a kind of timer can do; how it does it is in the file of its name."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from sts_protocols.serial.heard import TimerLine

from .place import Place


class Fetched(NamedTuple):
    """What was new, and where to go on when it is safe. bad: lines that are none, as they came. more: there is
    more to be had at once. raw: what was heard of passings, good or bad, as `sts-edge decode` takes it."""

    impulses: list[TimerLine]
    bad: list[bytes]
    place: Place
    more: bool
    raw: Sequence[bytes] = ()


class Timer(Protocol):
    """A connection to a timer. Each call raises OSError, EOFError, TimeoutError or DecodeError when there is none."""

    async def open(self) -> None:
        """Connect, and see that it is what the settings say."""

    async def fetch(self, place: Place) -> Fetched:
        """What it has from that place on."""

    def close(self) -> None:
        """Let go of it."""


class TimerNotReady(Exception):  # noqa: N818 - it says what is so
    """The timer is there and cannot do its work; the text says who must act."""
