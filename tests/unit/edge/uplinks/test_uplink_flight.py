"""Records in motion."""

from __future__ import annotations

from sts_edge.uplinks.flight import Flight
from sts_protocols.delivery import Event
from uplink_stores import NotingStore

A, B = (b"e" * 16, 1), (b"e" * 16, 2)


def test_a_record_in_motion_is_not_handed_over_again_until_it_is_given_back() -> None:
    flight = Flight(NotingStore())
    flight.hand_live(A)
    assert A in flight
    flight.happened(Event.TIMED_OUT, [A])
    assert A not in flight


def test_only_a_confirm_reaches_the_store() -> None:
    store = NotingStore()
    flight = Flight(store)
    for event in (Event.NACKED, Event.RETURNED, Event.TIMED_OUT, Event.LINK_LOST):
        flight.hand([A])
        flight.happened(event, [A])
    assert store.confirmed == []
    flight.hand([A, B])
    flight.happened(Event.ACKED, [A, B])
    assert store.confirmed == [A, B]


def test_a_late_confirm_is_as_good_as_one_in_time() -> None:
    store = NotingStore()
    flight = Flight(store)
    flight.hand_live(A)
    flight.happened(Event.TIMED_OUT, [A])
    flight.happened(Event.ACKED, [A])
    assert store.confirmed == [A]


def test_a_late_confirm_ends_the_wait_for_the_copy_that_went_after_it() -> None:
    store = NotingStore()
    flight = Flight(store)
    flight.hand_live(A)
    flight.happened(Event.TIMED_OUT, [A])
    flight.hand([A])
    flight.happened(Event.ACKED, [A])
    flight.happened(Event.TIMED_OUT, [A])
    flight.happened(Event.LINK_LOST, [A])
    assert (A in flight, store.confirmed) == (False, [A])


def test_a_record_set_aside_stays_out_until_it_is_taken_back() -> None:
    flight = Flight(NotingStore())
    flight.set_aside(A)
    assert A in flight
    assert flight.aside == 1
    flight.take_back([A])
    assert A not in flight
