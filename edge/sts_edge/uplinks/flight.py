"""The records that are on the wire, and what each outcome makes of them.

Only records in motion are kept here; all others are in the store, which knows them as waiting or confirmed.
The rules are those of `sts_protocols.delivery`, and stand only there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from sts_protocols.delivery import Event, State, next_state
from sts_protocols.record import Record

from .store import Key, Store


class Flight:
    """Which records may not be handed over now because they already are; a container of (epoch, seq)."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._states: dict[Key, State] = {}
        self._set_aside: set[Key] = set()

    def __contains__(self, key: object) -> bool:
        return key in self._states or key in self._set_aside

    def __len__(self) -> int:
        return len(self._states)

    def hand_live(self, key: Key) -> None:
        """The record goes to the live connection, for the first and only time."""
        self._states[key] = next_state(State.QUEUED, Event.HANDED_LIVE)

    def hand(self, keys: Iterable[Key]) -> None:
        """The records go to the backlog connection."""
        for key in keys:
            self._states[key] = next_state(State.BACKLOG, Event.HANDED)

    def happened(self, event: Event, keys: Sequence[Key]) -> None:
        """Apply an outcome; what the broker has now is told to the store, the rest waits its turn there.

        A record that is in motion no more was given back before, so a late outcome meets it as backlog: a
        late confirm is as good as one in time, anything else late changes nothing.
        """
        confirmed = []
        for key in keys:
            if key not in self._states and event is not Event.ACKED:
                continue
            if next_state(self._states.pop(key, State.BACKLOG), event) is State.CONFIRMED:
                confirmed.append(key)
        for epoch, group in groupby(confirmed, key=lambda key: key[0]):
            self._store.confirm(epoch, [seq for _, seq in group])

    def set_aside(self, key: Key) -> None:
        """Do not send this record again in this run: the broker closes the channel for it alone."""
        self._set_aside.add(key)

    def take_back(self, keys: Iterable[Key]) -> None:
        """Send these again after all."""
        self._set_aside.difference_update(keys)

    @property
    def aside(self) -> int:
        """How many records are set aside."""
        return len(self._set_aside)


def keys_of(records: Iterable[Record]) -> Iterator[Key]:
    """The identity of each record."""
    return ((record.header.epoch, record.header.seq) for record in records)
