"""What can happen to one record between the segment log and the hub's queues: the only place that says so.

The law of this file: every way a record's delivery can change stands in the one table below, and nothing
here knows whether the gateway or a test is asking. The caller keeps the state of each record (most are kept
as ranges of seq) and asks `next_state`; a pair that is not in the table is a mistake of ours and changes
nothing.

    QUEUED      on its way to disk; nobody else has it
    LIVE        handed to the live connection, once; it is not handed over there a second time
    BACKLOG     waits its turn, oldest first
    SENT        in flight on the backlog connection
    CONFIRMED   the broker has it in a quorum queue; kept until space is needed, because the hub may want it
    again DROPPED     given up by the buffer's policy, and declared by a record of its own

A confirm that comes after its deadline is good news, not a fault: the record was handed over, so the broker
may well have it, and the ledger refuses the copy that went after it. A confirm that never comes costs only
that copy.
"""

from enum import Enum, auto

from sts_protocols.errors import DeliveryError


class State(Enum):
    """Where a record is."""

    QUEUED = auto()
    LIVE = auto()
    BACKLOG = auto()
    SENT = auto()
    CONFIRMED = auto()
    DROPPED = auto()


class Event(Enum):
    """What happened to it."""

    HANDED_LIVE = auto()  # given to the live connection
    PASSED_OVER = auto()  # not for the live lane: link down, not a live kind, or a newer record was first
    HANDED = auto()  # given to the backlog connection
    ACKED = auto()  # the broker confirmed it
    NACKED = auto()  # the broker refused it (queue full)
    RETURNED = auto()  # no queue took it
    TIMED_OUT = auto()  # no confirm before the deadline
    LINK_LOST = auto()  # the connection it was handed to is gone
    WANTED = auto()  # the hub asks for it (again)
    DROPPED = auto()  # the buffer gave it up


TABLE: dict[tuple[State, Event], State] = {
    (State.QUEUED, Event.HANDED_LIVE): State.LIVE,
    (State.QUEUED, Event.PASSED_OVER): State.BACKLOG,
    #
    (State.LIVE, Event.ACKED): State.CONFIRMED,
    (State.LIVE, Event.NACKED): State.BACKLOG,
    (State.LIVE, Event.RETURNED): State.BACKLOG,
    (State.LIVE, Event.TIMED_OUT): State.BACKLOG,
    (State.LIVE, Event.LINK_LOST): State.BACKLOG,
    (State.LIVE, Event.DROPPED): State.DROPPED,
    #
    (State.BACKLOG, Event.HANDED): State.SENT,
    (State.BACKLOG, Event.ACKED): State.CONFIRMED,  # late: handed over before, deadline passed since
    (State.BACKLOG, Event.NACKED): State.BACKLOG,  # these four: of a copy handed over before
    (State.BACKLOG, Event.RETURNED): State.BACKLOG,
    (State.BACKLOG, Event.TIMED_OUT): State.BACKLOG,
    (State.BACKLOG, Event.LINK_LOST): State.BACKLOG,
    (State.BACKLOG, Event.WANTED): State.BACKLOG,
    (State.BACKLOG, Event.DROPPED): State.DROPPED,
    #
    (State.SENT, Event.ACKED): State.CONFIRMED,  # of this copy, or late of the live one: either is in a queue
    (State.SENT, Event.NACKED): State.BACKLOG,
    (State.SENT, Event.RETURNED): State.BACKLOG,
    (State.SENT, Event.TIMED_OUT): State.BACKLOG,
    (State.SENT, Event.LINK_LOST): State.BACKLOG,
    (State.SENT, Event.WANTED): State.SENT,
    (State.SENT, Event.DROPPED): State.DROPPED,
    #
    (State.CONFIRMED, Event.ACKED): State.CONFIRMED,  # the second of two copies
    (State.CONFIRMED, Event.NACKED): State.CONFIRMED,
    (State.CONFIRMED, Event.RETURNED): State.CONFIRMED,
    (State.CONFIRMED, Event.TIMED_OUT): State.CONFIRMED,
    (State.CONFIRMED, Event.LINK_LOST): State.CONFIRMED,
    (State.CONFIRMED, Event.WANTED): State.BACKLOG,  # the hub lost it: restored from an old backup
    #
    (State.DROPPED, Event.ACKED): State.CONFIRMED,  # late: received wins over declared
    (State.DROPPED, Event.NACKED): State.DROPPED,
    (State.DROPPED, Event.RETURNED): State.DROPPED,
    (State.DROPPED, Event.TIMED_OUT): State.DROPPED,
    (State.DROPPED, Event.LINK_LOST): State.DROPPED,
    (State.DROPPED, Event.WANTED): State.DROPPED,  # answered by the declaration
}


def next_state(state: State, event: Event) -> State:
    """The state after the event. Raises DeliveryError for a pair that cannot happen."""
    try:
        return TABLE[state, event]
    except KeyError:
        raise DeliveryError(
            f"A record that is {state.name} cannot be {event.name}: our own mistake"
        ) from None
