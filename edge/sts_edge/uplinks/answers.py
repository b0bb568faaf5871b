"""What the hub's answer to a beat means for the records held here.

- received: the hub has them stored; whatever became of their confirms, they need not be sent.
- wanted: the broker confirmed them once, but the hub lacks them; they are sent again, and what is no longer
  held is declared.
- pinned: the hub knows when the epoch's boot time was, so its records of unknown clock may go.
- closed: the hub is done with the epoch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sts_protocols.beat import Answer, Beat, EpochAnswer

from .store import Held, Holding, Range, Store

NO_LONGER_HELD = "no_longer_held"


class Answers:
    """Applies answers, and knows from them which records of unknown clock may be sent."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._placed: set[bytes] = set()

    def is_placed(self, epoch: bytes) -> bool:
        """Whether the hub can place records of unknown clock of this epoch, or knows that nobody can."""
        return epoch in self._placed

    def is_sendable(self, held: Held) -> bool:
        """Whether a record may be sent now: its clock is known, or the hub has been told what is."""
        return held.clock_known or self.is_placed(held.epoch)

    def apply(self, answer: Answer, beat: Beat) -> None:
        """Take the answer to that beat."""
        holdings = {holding.epoch: holding for holding in self._store.epochs()}
        told = {bytes.fromhex(report.epoch): report for report in beat.epochs}
        boot_id = next((report.boot_id for report in beat.epochs if report.epoch == beat.epoch), None)
        for said in answer.epochs:
            epoch = bytes.fromhex(said.epoch)
            self._records(said, epoch, holdings)
            report = told.get(epoch)
            if said.pinned or (report and report.pin is None and report.boot_id != boot_id):
                # Another boot has begun and brought that one no pin: none will come, a person must place it.
                self._placed.add(epoch)
            if said.closed:
                self._store.forget(epoch)

    def _records(self, said: EpochAnswer, epoch: bytes, holdings: Mapping[bytes, Holding]) -> None:
        holding = holdings.get(epoch)
        if holding is not None:
            new = without(within(said.received, holding.first, holding.head), holding.confirmed)
            self._store.confirm(epoch, (seq for low, high in new for seq in range(low, high + 1)))
        # A number above the head has not been used: whatever the hub says of it, it must not be declared
        # lost.
        wanted = list(within(said.wanted, 0, holding.head)) if holding is not None else said.wanted
        missing = self._store.unconfirm(epoch, wanted) if wanted else []
        if missing:
            self._store.declare(epoch, missing, NO_LONGER_HELD)


def within(ranges: Iterable[Range], first: int, last: int) -> Iterator[Range]:
    """The parts of the ranges from first to last."""
    for low, high in ranges:
        if max(low, first) <= min(high, last):
            yield max(low, first), min(high, last)


def without(ranges: Iterable[Range], known: Sequence[Range]) -> Iterator[Range]:
    """The parts of the ranges that are in none of the known ones, which ascend."""
    for low, high in ranges:
        for known_low, known_high in known:
            if known_high < low:
                continue
            if known_low > high:
                break
            if known_low > low:
                yield low, known_low - 1
            low = known_high + 1
        if low <= high:
            yield low, high
