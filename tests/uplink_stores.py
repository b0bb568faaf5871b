"""A store that writes down what it is told."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from typing import Any, NamedTuple

from sts_protocols.record import Anchor, ClockSource, Record

Range = tuple[int, int]


class Held(NamedTuple):
    """A record, as far as a lane judges it."""

    epoch: bytes
    seq: int
    kind: int
    clock_known: bool


class Holding(NamedTuple):
    """An epoch, as far as these tests care."""

    epoch: bytes
    boot_id: str = "boot"
    running: bool = True
    first: int = 0
    head: int = 99
    confirmed: Sequence[Range] = ()
    pin: Anchor | None = None


class NotingStore:
    """Keeps nothing but notes, and the records it is given."""

    def __init__(self, *holdings: Holding, records: Sequence[Record] = ()) -> None:
        self.epoch = b"e" * 16
        self.holdings = list(holdings)
        self.records = list(records)
        self.confirmed: list[tuple[bytes, int]] = []
        self.wanted: list[tuple[bytes, list[Range]]] = []
        self.declared: list[tuple[bytes, list[Range]]] = []
        self.forgotten: list[bytes] = []
        self.gone: list[Range] = []

    def confirm(self, epoch: bytes, seqs: Iterable[int]) -> None:
        self.confirmed += [(epoch, seq) for seq in seqs]

    def unconfirm(self, epoch: bytes, ranges: Iterable[Range]) -> list[Range]:
        self.wanted.append((epoch, list(ranges)))
        return self.gone

    def declare(self, epoch: bytes, ranges: Sequence[Range], reason: str) -> None:
        self.declared.append((epoch, list(ranges)))

    def oldest(
        self, limit_bytes: int, skip: Container[tuple[bytes, int]], sendable: Callable[[Any], bool]
    ) -> list[Record]:
        picked: list[Record] = []
        for record in self.records:
            header = record.header
            key = (header.epoch, header.seq)
            held = Held(*key, header.kind, header.clock.source != ClockSource.UNKNOWN)
            if key in skip or key in self.confirmed or not sendable(held):
                continue
            if picked and len(record.raw) > limit_bytes:
                break
            limit_bytes -= len(record.raw)
            picked.append(record)
        return picked

    def epochs(self) -> Sequence[Holding]:
        return self.holdings

    def forget(self, epoch: bytes) -> None:
        self.forgotten.append(epoch)
