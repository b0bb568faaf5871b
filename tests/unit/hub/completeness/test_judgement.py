"""Each word of completeness, from ledgers written by hand; seconds for the eye, microseconds for the code."""

from __future__ import annotations

import pytest

from sts_hub.completeness.judgement import Declared, Epoch, Span, Wearing, Word, judge, judge_wearing

S = 1_000_000


def epoch(name: str = "a", **changes) -> Epoch:
    """A running epoch of 100 records, one a second from 0 to 100 s, all here, last beat at 100 s."""
    facts = {
        "name": name,
        "running": True,
        "head": 99,
        "received": [(0, 99)],
        "parked": [],
        "declared": [],
        "spans": [Span(0, 99, 0, 100 * S)],
        "told_us": (0, 100 * S),
    } | changes
    return Epoch(**facts)


def words(
    epochs: list[Epoch], start_s: int = 0, end_s: int = 100, expired_s: int = -1
) -> list[tuple[str, int, int]]:
    verdict = judge(epochs, start_s * S, end_s * S, expired_s * S)
    return [(str(p.word), p.start_us // S, p.end_us // S) for p in verdict.periods]


HOLE = {"received": [(0, 39), (50, 99)], "spans": [Span(0, 39, 0, 40 * S), Span(50, 99, 50 * S, 100 * S)]}


def test_all_records_received_and_every_instant_covered_is_complete():
    assert judge([epoch()], 10 * S, 90 * S, -1).complete


def test_numbers_that_never_came_are_missing_between_their_neighbours():
    assert words([epoch(**HOLE)]) == [("missing", 40, 50)]


def test_records_behind_the_last_one_received_are_missing_up_to_the_last_beat():
    tail = epoch(received=[(0, 89)], spans=[Span(0, 89, 0, 90 * S)])
    assert words([tail]) == [("missing", 90, 100)]


def test_a_declared_drop_is_lost_with_its_reason():
    verdict = judge([epoch(**HOLE, declared=[Declared((40, 49), "buffer full")])], 0, 100 * S, -1)
    assert [(p.word, p.records, p.reason) for p in verdict.periods] == [(Word.LOST, 10, "buffer full")]


def test_received_wins_over_declared():
    assert words([epoch(declared=[Declared((40, 49), "buffer full")])]) == []


def test_a_parked_record_is_parked_and_not_missing():
    assert words([epoch(**HOLE, parked=[(40, 49)])]) == [("parked", 40, 50)]


def test_after_the_last_beat_nothing_is_known():
    assert words([epoch()], 0, 130) == [("unknown", 100, 130)]


def test_between_two_epochs_nothing_ran_and_nothing_is_known():
    later = epoch("b", spans=[Span(0, 99, 120 * S, 220 * S)], told_us=(120 * S, 220 * S))
    assert words([epoch(running=False), later], 0, 220) == [("unknown", 100, 120)]


def test_a_gateway_never_heard_of_is_unknown_all_along():
    assert words([]) == [("unknown", 0, 100)]


def test_the_last_records_of_a_dead_card_are_never_complete():
    dead = epoch(received=[(0, 89)], spans=[Span(0, 89, 0, 90 * S)], told_us=(0, 95 * S))
    assert words([dead], 0, 200) == [("missing", 90, 95), ("unknown", 95, 200)]


def test_an_ended_epoch_with_a_missing_tail_counts_until_the_next_one_begins():
    ended = epoch(running=False, received=[(0, 89)], spans=[Span(0, 89, 0, 90 * S)], told_us=(0, 80 * S))
    later = epoch("b", spans=[Span(0, 99, 120 * S, 220 * S)], told_us=(120 * S, 220 * S))
    assert words([ended, later], 0, 220) == [("missing", 90, 120)]


def test_what_is_older_than_retention_is_expired_not_missing():
    assert words([epoch(**HOLE)], expired_s=60) == [("expired", 0, 60)]


def test_an_epoch_without_a_place_in_time_covers_nothing():
    assert words([epoch(placed=False)]) == [("unknown", 0, 100)]


@pytest.mark.parametrize("head", [98, 99])
def test_the_head_decides_what_is_expected(head):
    short = epoch(head=head, received=[(0, 98)], spans=[Span(0, 98, 0, 99 * S)])
    assert words([short]) == ([] if head == 98 else [("missing", 99, 100)])


def worn(heard: list[tuple[int, int]], **changes) -> list[tuple[str, int, int]]:
    facts = {
        "start_us": 0,
        "end_us": 100 * S,
        "consented": [(0, 100 * S)],
        "heard": [(a * S, b * S) for a, b in heard],
        "lost_after_us": 10 * S,
    } | changes
    periods = judge_wearing(Wearing(**facts), judge([epoch(**HOLE)], 0, 100 * S, -1))
    return [(str(p.word), p.start_us // S, p.end_us // S) for p in periods]


def test_a_strap_never_heard_is_silent_wherever_the_gateway_listened():
    assert worn([]) == [("silent", 0, 40), ("missing", 40, 50), ("silent", 50, 100)]


def test_a_strap_taken_off_is_silent_from_its_last_word():
    assert worn([(0, 40), (50, 70)]) == [("missing", 40, 50), ("silent", 70, 100)]


def test_a_pause_within_the_allowed_interval_is_no_silence():
    assert worn([(0, 40), (50, 95)]) == [("missing", 40, 50)]


def test_time_without_consent_is_withheld_and_nothing_else():
    assert worn([(60, 100)], consented=[(60 * S, 100 * S)]) == [("withheld", 0, 60)]


def test_a_sensor_without_rhythm_is_not_judged_for_silence():
    assert worn([], rhythmic=False) == [("missing", 40, 50)]


def test_a_time_in_which_an_epoch_without_a_place_may_belong_is_unknown_with_that_reason():
    waiting = epoch("b", placed=False, spans=[], received=[], told_us=None, bounds=(120 * S, 160 * S))
    verdict = judge([epoch(), waiting], 0, 200 * S, -1)
    told = [(str(p.word), p.start_us // S, p.end_us // S, p.reason) for p in verdict.periods]
    assert told == [
        ("unknown", 100, 120, ""),
        ("unknown", 120, 160, "unplaced"),
        ("unknown", 160, 200, ""),
    ]


def test_an_epoch_whose_bounds_nobody_told_may_belong_anywhere():
    waiting = epoch("b", placed=False, spans=[], received=[], told_us=None, bounds=(None, None))
    verdict = judge([epoch(), waiting], 0, 200 * S, -1)
    assert [(p.start_us // S, p.reason) for p in verdict.periods] == [(100, "unplaced")]


def test_what_another_gateway_heard_is_not_missed():
    assert worn([(0, 100)], elsewhere=[(42 * S, 55 * S)]) == [("missing", 40, 42)]


def test_what_is_too_old_to_be_kept_is_expired_whoever_heard_it():
    wearing = Wearing(0, 100 * S, [(0, 100 * S)], [(0, 100 * S)], 10 * S, elsewhere=[(0, 100 * S)])
    periods = judge_wearing(wearing, judge([epoch()], 0, 100 * S, 30 * S))
    assert [(p.word, p.start_us, p.end_us) for p in periods] == [(Word.EXPIRED, 0, 30 * S)]


def test_the_time_of_what_was_summed_up_does_not_end_where_its_later_summary_begins():
    """Records 0 to 49 were given up; their summary came as record 100, and says 0 to 50 s."""
    spans = [Span(50, 99, 50 * S, 100 * S), Span(100, 100, 0, 50 * S)]
    declared = [Declared((0, 49), "summarised", (0, 50 * S))]
    summed_up = epoch(head=100, received=[(50, 100)], spans=spans, declared=declared)
    assert words([summed_up]) == [("lost", 0, 50)]
