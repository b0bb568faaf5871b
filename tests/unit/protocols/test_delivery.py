"""Delivery: two ends joined by a link that drops, repeats and reorders still agree on what was delivered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sts_protocols.delivery import TABLE, Event, State, next_state
from sts_protocols.errors import DeliveryError

MOVES = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 50)), max_size=120)
IN_FLIGHT = (State.LIVE, State.SENT)


class Ends:
    """A gateway, a hub, and what is on the way between them. Each move is something that happens in the
    field."""

    def __init__(self) -> None:
        self.records: dict[int, State] = {}
        self.to_hub: list[int] = []
        self.to_gateway: list[tuple[Event, int]] = []
        self.taken: set[int] = set()  # every record a queue has ever confirmed to hold
        self.stored: dict[int, int] = {}  # how often each record was stored

    def move(self, number: int, which: int) -> None:
        moves = [
            self.close_record,
            self.hand_over,
            self.hand_over,
            self.arrive,
            self.arrive_twice,
            self.get_lost,
            self.be_refused,
            self.hear,
            self.miss_deadline,
            self.lose_link,
            self.restore_old_backup,
            self.give_up,
        ]
        moves[number](which)

    def tell(self, seq: int, event: Event) -> None:
        self.records[seq] = next_state(self.records[seq], event)

    def close_record(self, which: int) -> None:
        seq = len(self.records)
        self.records[seq] = State.QUEUED
        live = which % 2
        self.tell(seq, Event.HANDED_LIVE if live else Event.PASSED_OVER)
        self.to_hub += [seq] * live

    def hand_over(self, which: int) -> None:
        for seq in self.pick(which, State.BACKLOG):
            self.tell(seq, Event.HANDED)
            self.to_hub.append(seq)

    def arrive(self, which: int) -> None:
        for seq in self.take(self.to_hub, which):
            self.taken.add(seq)
            self.stored.setdefault(seq, 0)
            self.stored[seq] = 1  # the ledger refuses the second
            self.to_gateway.append((Event.ACKED, seq))

    def arrive_twice(self, which: int) -> None:
        if self.to_hub:
            self.to_hub.append(self.to_hub[which % len(self.to_hub)])
            self.arrive(which)

    def get_lost(self, which: int) -> None:
        self.take(self.to_hub, which) if which % 2 else self.take(self.to_gateway, which)

    def be_refused(self, which: int) -> None:
        for seq in self.take(self.to_hub, which):
            self.to_gateway.append((Event.NACKED if which % 2 else Event.RETURNED, seq))

    def hear(self, which: int) -> None:
        for event, seq in self.take(self.to_gateway, which):
            self.tell(seq, event)

    def miss_deadline(self, which: int) -> None:
        for seq in self.pick(which, *IN_FLIGHT):
            self.tell(seq, Event.TIMED_OUT)

    def lose_link(self, _which: int) -> None:
        for seq, state in self.records.items():
            if state in IN_FLIGHT:
                self.tell(seq, Event.LINK_LOST)

    def restore_old_backup(self, which: int) -> None:
        for seq in self.pick(which, State.CONFIRMED):
            self.stored.pop(seq, None)
            self.tell(seq, Event.WANTED)

    def give_up(self, which: int) -> None:
        for seq in self.pick(which, State.BACKLOG, State.SENT, State.LIVE):
            self.tell(seq, Event.DROPPED)

    def pick(self, which: int, *states: State) -> list[int]:
        found = [seq for seq, state in self.records.items() if state in states]
        return [found[which % len(found)]] if found else []

    @staticmethod
    def take(way: list, which: int) -> list:
        return [way.pop(which % len(way))] if way else []

    def settle(self) -> None:
        """A link that works at last: all that waits is handed over, arrives, and is heard of."""
        self.lose_link(0)
        self.to_hub.clear()
        self.to_gateway.clear()
        for seq, state in self.records.items():
            if state is State.CONFIRMED and seq not in self.stored:
                self.tell(seq, Event.WANTED)
        while State.BACKLOG in self.records.values():
            self.hand_over(0)
            self.arrive(0)
            self.hear(0)


@given(MOVES)
def test_nothing_is_lost_and_nothing_is_stored_twice(moves):
    """Whatever the link did, in the end every record not given up is stored exactly once."""
    ends = Ends()
    for number, which in moves:
        ends.move(number, which)
    ends.settle()
    assert set(ends.records.values()) <= {State.CONFIRMED, State.DROPPED}
    kept = {seq for seq, state in ends.records.items() if state is State.CONFIRMED}
    assert kept <= ends.stored.keys()
    assert set(ends.stored.values()) <= {1}


@given(MOVES)
def test_a_record_is_confirmed_only_if_a_queue_has_it(moves):
    """The gateway never believes more than what happened."""
    ends = Ends()
    for number, which in moves:
        ends.move(number, which)
        assert {seq for seq, state in ends.records.items() if state is State.CONFIRMED} <= ends.taken


def test_a_late_confirm_is_good_news():
    """After its deadline a record waits as backlog; the confirm that comes then spares the second copy."""
    state = next_state(State.LIVE, Event.TIMED_OUT)
    assert state is State.BACKLOG
    assert next_state(state, Event.ACKED) is State.CONFIRMED


def test_no_record_is_handed_to_the_live_connection_twice():
    """Live data is never retried as live data."""
    for state in set(State) - {State.QUEUED}:
        with pytest.raises(DeliveryError):
            next_state(state, Event.HANDED_LIVE)


def test_only_the_broker_confirms():
    """No event but a confirm leads to CONFIRMED."""
    ways = {event for (state, event), after in TABLE.items() if after is State.CONFIRMED is not state}
    assert ways == {Event.ACKED}


def test_every_state_is_reached_and_every_event_is_used():
    """The table has no dead rows."""
    reached = {State.QUEUED}
    for _ in State:
        reached |= {after for (state, _), after in TABLE.items() if state in reached}
    assert reached == set(State)
    assert {event for _, event in TABLE} == set(Event)


@pytest.mark.parametrize(
    ("state", "event"),
    [(State.QUEUED, Event.ACKED), (State.CONFIRMED, Event.HANDED), (State.DROPPED, Event.HANDED)],
)
def test_what_cannot_happen_is_our_own_mistake(state, event):
    """An event that is not in the table raises and changes nothing."""
    with pytest.raises(DeliveryError):
        next_state(state, event)
