"""What is known of each epoch besides its records."""

from collections.abc import Iterator

from .interface import Range
from .ranges import RangeSet
from .state import Progress, State, StoredEpoch


class Entry:
    """One epoch: where it stands, what was confirmed, what was dropped."""

    def __init__(self, stored: StoredEpoch) -> None:
        self.epoch = stored.epoch
        self.boot_id = stored.boot_id
        self.started_boot_us = stored.started_boot_us
        self.started_us = stored.started_us
        self.head = stored.head
        self.closed = stored.closed
        self.pin = stored.pin
        self.confirmed = RangeSet()
        self.dropped = RangeSet()
        self.changed = False

    def progress(self) -> Progress:
        """Return what changes, as it is stored."""
        return Progress(self.head, self.closed, list(self.confirmed), list(self.dropped))

    def unaccounted(self, held: RangeSet) -> list[Range]:
        """Return the numbers up to the head that are neither held, confirmed nor dropped."""
        known = RangeSet(held)
        for settled in (self.confirmed, self.dropped):
            for first, last in settled:
                known.add(first, last)
        return list(known.missing(0, self.head))


class EpochBook:
    """The epochs in the order of their beginning."""

    def __init__(self) -> None:
        self._entries: dict[bytes, Entry] = {}

    def load(self, state: State) -> None:
        """Read what the state file knows."""
        for stored in state.epochs():
            entry = self.add(stored)
            entry.confirmed = RangeSet(state.ranges(stored.epoch, "confirmed"))
            entry.dropped = RangeSet(state.ranges(stored.epoch, "dropped"))

    def add(self, stored: StoredEpoch) -> Entry:
        """Take in an epoch."""
        entry = self._entries[stored.epoch] = Entry(stored)
        return entry

    def get(self, epoch: bytes) -> Entry | None:
        """Return an epoch, if it is known."""
        return self._entries.get(epoch)

    def remove(self, epoch: bytes) -> None:
        """Forget an epoch."""
        del self._entries[epoch]

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries.values()))

    def to_pin(self, boot_id: str) -> list[Entry]:
        """Return the epochs of this boot that have no pin: boot time runs on, so one anchor ties them all."""
        return [one for one in self._entries.values() if one.boot_id == boot_id and one.pin is None]

    def ended_us(self, entry: Entry) -> int | None:
        """Return the wall time by which an epoch had ended: when the next one with a pin began."""
        later = False
        for one in self._entries.values():
            if later and one.pin is not None:
                return one.pin.wall_us - (one.pin.boot_us - one.started_boot_us) + one.pin.error_us
            later = later or one is entry
        return None
