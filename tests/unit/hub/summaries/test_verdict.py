"""How complete a wearing is, from what several gateways tell: the words are worked out by hand."""

from __future__ import annotations

from sts_hub.completeness.judgement import Period, Word
from sts_hub.summaries.verdict import complete, of_several

WORN = (0, 100)


def told(word: Word, start: int, end: int) -> Period:
    return Period(word, start, end)


def test_of_a_sensor_that_no_gateway_knows_nothing_is_known() -> None:
    assert of_several(WORN, []) == [told(Word.UNKNOWN, 0, 100)]


def test_a_gateway_that_misses_nothing_is_enough() -> None:
    """The other one lay in a bag."""
    assert of_several(WORN, [[], [told(Word.UNKNOWN, 0, 100)]]) == []


def test_unknown_is_what_all_of_them_do_not_know() -> None:
    one, other = [told(Word.UNKNOWN, 0, 60)], [told(Word.UNKNOWN, 40, 100)]
    assert of_several(WORN, [one, other]) == [told(Word.UNKNOWN, 40, 60)]


def test_what_one_gateway_has_not_sent_yet_is_missing_whatever_the_other_says() -> None:
    one, other = [told(Word.MISSING, 20, 40)], [told(Word.SILENT, 10, 50)]
    assert of_several(WORN, [one, other]) == [
        told(Word.SILENT, 10, 20),
        told(Word.MISSING, 20, 40),
        told(Word.SILENT, 40, 50),
    ]


def test_what_two_gateways_withheld_is_told_once() -> None:
    same = [told(Word.WITHHELD, 20, 40)]
    assert of_several(WORN, [same, same]) == same


def test_silence_and_what_nobody_agreed_to_do_not_keep_a_session_from_being_complete() -> None:
    assert complete([told(Word.SILENT, 0, 1), told(Word.WITHHELD, 1, 2)])
    for word in (Word.MISSING, Word.LOST, Word.PARKED, Word.UNKNOWN, Word.EXPIRED):
        assert not complete([told(word, 0, 1)])
