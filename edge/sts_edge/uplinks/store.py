"""What an uplink needs of the buffer, the clock and the health board, and nothing more of them.

Uplinks and buffers do not import each other; the agent hands the one to the other.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from typing import Protocol

from sts_protocols.record import Anchor, Record

Key = tuple[bytes, int]
Range = tuple[int, int]


class Held(Protocol):
    """A stored, unconfirmed record, as far as a lane judges it."""

    @property
    def epoch(self) -> bytes: ...
    @property
    def seq(self) -> int: ...
    @property
    def kind(self) -> int: ...
    @property
    def clock_known(self) -> bool: ...


class Holding(Protocol):
    """What the store tells of one epoch."""

    @property
    def epoch(self) -> bytes: ...
    @property
    def boot_id(self) -> str: ...
    @property
    def running(self) -> bool: ...
    @property
    def first(self) -> int: ...
    @property
    def head(self) -> int: ...
    @property
    def confirmed(self) -> Sequence[Range]: ...
    @property
    def pin(self) -> Anchor | None: ...


class Store(Protocol):
    """The records of this gateway that the hub may not have yet."""

    epoch: bytes

    def confirm(self, epoch: bytes, seqs: Iterable[int]) -> None:
        """Say that the broker has these; unknown numbers and repeats are harmless."""

    def unconfirm(self, epoch: bytes, ranges: Iterable[Range]) -> list[Range]:
        """Put these back because the hub lacks them; returns those no longer held."""

    def declare(self, epoch: bytes, ranges: Sequence[Range], reason: str) -> None:
        """Say to the hub that these will never come, and why."""

    def oldest(
        self, limit_bytes: int, skip: Container[Key], sendable: Callable[[Held], bool]
    ) -> list[Record]:
        """The oldest unconfirmed records that are sendable and not in `skip`: at least one if there is."""

    def epochs(self) -> Sequence[Holding]:
        """Every epoch that the hub must hear of, oldest first."""

    def forget(self, epoch: bytes) -> None:
        """Note that the hub has answered this epoch as closed."""


class Time(Protocol):
    """The gateway's clock."""

    def boot_us(self) -> int:
        """Boot time now, in µs."""

    def add_hub_answer(self, sent_us: int, received_us: int, hub_us: int) -> bool:
        """Consider the hub's time, told between these boot times; whether it was believed."""


class Board(Protocol):
    """Where faults are told, each under a name of its own, in a sentence that says who must act."""

    def tell(self, name: str, sentence: str) -> None:
        """Tell a fault, or change its sentence."""

    def clear(self, name: str) -> None:
        """Take the fault back: it is over."""
