"""What a broker sends again is told from what never arrived, as far as MQTT lets one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from sts_edge.sources.mqtt.redelivery import Redelivery
from sts_edge.sources.mqtt.unacknowledged import Handed


@dataclass
class Break:
    """A connection that ended: of `sent` the first `taken` had come here and `acknowledged` of these were answered;
    `arrived` of the answers reached the broker, and of `proven` ones this end knows."""

    sent: list[int]
    taken: int
    acknowledged: int
    arrived: int
    proven: int

    @property
    def again(self) -> list[int]:
        return self.sent[self.arrived :]


@st.composite
def breaks(draw: st.DrawFn, contents: int) -> Break:
    sent = draw(st.lists(st.integers(0, contents - 1), max_size=12))
    taken = draw(st.integers(0, len(sent)))
    acknowledged = draw(st.integers(0, taken))
    arrived = draw(st.integers(0, acknowledged))
    return Break(sent, taken, acknowledged, arrived, draw(st.integers(0, arrived)))


def of(content: int) -> Handed:
    return Handed(bytes([content]), b"epoch", "bag", 0)


def told(one: Break) -> list[bool]:
    """Of what comes again over the next connection, whether each was taken before."""
    redelivery = Redelivery()
    for content in one.sent[: one.taken]:
        redelivery.take(of(content))
    redelivery.arrived(one.proven)
    redelivery.reconnected()
    return [redelivery.again(bytes([content])) is not None for content in one.again]


def truth(one: Break) -> list[bool]:
    return [place < one.taken for place in range(one.arrived, len(one.sent))]


@given(breaks(contents=2))
def test_what_was_taken_before_is_always_known_so_nothing_is_doubled(one: Break) -> None:
    assert all(said for said, true in zip(told(one), truth(one), strict=True) if true)


@given(breaks(contents=2))
def test_of_equal_messages_no_more_are_lost_than_answers_are_in_doubt(one: Break) -> None:
    mistaken = sum(said and not true for said, true in zip(told(one), truth(one), strict=True))
    assert mistaken <= one.arrived - one.proven


@given(breaks(contents=2))
def test_where_every_answer_that_arrived_is_known_nothing_is_mistaken(one: Break) -> None:
    one.proven = one.arrived
    assert told(one) == truth(one)


@given(breaks(contents=2))
def test_messages_that_differ_are_told_apart_whatever_is_known_of_the_answers(one: Break) -> None:
    one.sent = list(range(len(one.sent)))
    assert told(one) == truth(one)


def test_without_a_bound_equal_messages_that_never_came_would_be_taken_for_others() -> None:
    """Control: what the bound is for. Five were taken and answered, three more of the same were on their way."""
    one = Break([7] * 8, 5, 5, 5, 0)
    assert told(one) == [True, True, True]
    one.proven = 5
    assert told(one) == [False, False, False]


def test_once_the_broker_sends_what_is_new_nothing_comes_again() -> None:
    redelivery = _reconnected([of(1), of(2)])
    redelivery.is_through()
    assert redelivery.again(b"\1") is None


def test_what_found_no_room_is_taken_when_it_comes_again() -> None:
    first, *others = of(1), of(2), of(3)
    redelivery = Redelivery([first, *others])
    redelivery.take_back(others)
    redelivery.reconnected()
    assert _known(redelivery, b"\1\2\3") == [True, False, False]


def test_a_connection_that_ends_while_things_come_again_forgets_none_of_them() -> None:
    redelivery = _reconnected([of(1), of(2), of(3)])
    redelivery.take(redelivery.again(b"\1") or of(0))
    assert Counter(redelivery) == Counter([of(1), of(2), of(3)])
    redelivery.reconnected()
    assert _known(redelivery, b"\2\3") == [True, True]


def _reconnected(taken: Iterable[Handed]) -> Redelivery:
    redelivery = Redelivery(taken)
    redelivery.reconnected()
    return redelivery


def _known(redelivery: Redelivery, digests: bytes) -> list[bool]:
    return [redelivery.again(bytes([one])) is not None for one in digests]
