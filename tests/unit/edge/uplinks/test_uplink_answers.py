"""What the hub's answer does to the records held here."""

from __future__ import annotations

import pytest

from sts_edge.uplinks.answers import Answers, within, without
from sts_protocols.beat import AnchorReport, Answer, Beat, EpochAnswer, EpochReport
from sts_protocols.record import Anchor
from uplink_stores import Holding, NotingStore

EPOCH = b"e" * 16
OTHER = b"o" * 16
PIN = Anchor(1, 2, 3, 1)


def beat(*holdings: Holding) -> Beat:
    """The beat that told of these."""
    reports = [
        EpochReport(
            epoch=one.epoch.hex(),
            boot_id=one.boot_id,
            running=one.running,
            first=one.first,
            head=one.head,
            confirmed=list(one.confirmed),
            pin=AnchorReport(one.pin.boot_us, one.pin.wall_us, one.pin.error_us, one.pin.source)
            if one.pin
            else None,
        )
        for one in holdings
    ]
    return Beat(gateway="pitch-1", epoch=EPOCH.hex(), number=1, boot_us=0, epochs=reports)


def said(*epochs: EpochAnswer) -> Answer:
    return Answer(number=1, hub_us=0, epochs=list(epochs))


def test_what_the_hub_has_stored_is_confirmed_and_only_what_is_new() -> None:
    store = NotingStore(Holding(EPOCH, first=3, head=9, confirmed=[(0, 4)]))
    Answers(store).apply(said(EpochAnswer(epoch=EPOCH.hex(), received=[(0, 6), (8, 20)])), beat())
    assert [seq for _, seq in store.confirmed] == [5, 6, 8, 9]


def test_what_the_hub_wants_goes_back_into_the_backlog() -> None:
    store = NotingStore(Holding(EPOCH))
    Answers(store).apply(said(EpochAnswer(epoch=EPOCH.hex(), wanted=[(1, 3)])), beat())
    assert store.wanted == [(EPOCH, [(1, 3)])]
    assert store.declared == []


def test_what_is_no_longer_held_is_declared() -> None:
    store = NotingStore(Holding(EPOCH))
    store.gone = [(1, 2)]
    Answers(store).apply(said(EpochAnswer(epoch=EPOCH.hex(), wanted=[(1, 3)])), beat())
    assert store.declared == [(EPOCH, [(1, 2)])]


def test_a_number_that_has_not_been_used_is_never_declared_lost() -> None:
    store = NotingStore(Holding(EPOCH, head=9))
    Answers(store).apply(said(EpochAnswer(epoch=EPOCH.hex(), wanted=[(5, 50), (70, 80)])), beat())
    assert store.wanted == [(EPOCH, [(5, 9)])]


def test_a_closed_epoch_is_forgotten() -> None:
    store = NotingStore(Holding(EPOCH), Holding(OTHER))
    Answers(store).apply(said(EpochAnswer(epoch=OTHER.hex(), closed=True)), beat())
    assert store.forgotten == [OTHER]


def test_records_of_unknown_clock_wait_for_the_answer_to_the_beat_that_told_their_pin() -> None:
    holding = Holding(EPOCH, pin=PIN)
    answers = Answers(NotingStore(holding))
    answers.apply(said(EpochAnswer(epoch=EPOCH.hex())), beat(Holding(EPOCH)))
    assert not answers.is_placed(EPOCH)
    answers.apply(said(EpochAnswer(epoch=EPOCH.hex(), pinned=True)), beat(holding))
    assert answers.is_placed(EPOCH)


@pytest.mark.parametrize(("boot_id", "placed"), [("an earlier boot", True), ("boot", False)])
def test_an_epoch_that_no_pin_can_reach_any_more_goes_unplaced(boot_id: str, placed: bool) -> None:
    """Within the running boot a pin may still come; after it none can."""
    old = Holding(OTHER, boot_id=boot_id, running=False)
    answers = Answers(NotingStore(Holding(EPOCH), old))
    answers.apply(said(EpochAnswer(epoch=OTHER.hex())), beat(Holding(EPOCH), old))
    assert answers.is_placed(OTHER) is placed


def test_ranges_are_cut_to_what_is_held_and_freed_of_what_is_known() -> None:
    assert list(within([(0, 5), (8, 9), (20, 30)], 2, 8)) == [(2, 5), (8, 8)]
    assert list(without([(0, 10)], [(2, 3), (5, 5), (10, 12)])) == [(0, 1), (4, 4), (6, 9)]
    assert list(without([(4, 6)], [(0, 9)])) == []
