"""What a revision says it changed."""

from __future__ import annotations

from sts_hub.summaries.revisions import Change, changes, reasons


def test_a_number_says_by_how_many_percent() -> None:
    assert changes({"load": 50.0}, {"load": 51.0}) == [Change("load", 50.0, 51.0, 2.0)]
    assert changes({"load": 50.0}, {"load": 50.0}) == []


def test_what_was_nothing_or_no_number_has_no_percent() -> None:
    assert changes({"load": None}, {"load": 51.0}) == [Change("load", None, 51.0, None)]
    assert changes({"load": 0}, {"load": 5}) == [Change("load", 0, 5, None)]
    assert changes({"zone": [1.0]}, {"zone": [2.0]}) == [Change("zone", [1.0], [2.0], None)]


def test_the_reasons_are_what_is_another_than_before() -> None:
    before = {"since": 1, "until": 2, "phases": [], "parameters": {}, "rating": None, "marks": "a"}
    assert reasons(before, before) == []
    assert reasons(before, before | {"since": 0, "until": 3}) == ["borders"]
    assert reasons(before, before | {"phases": [["warm-up", 1, 2]]}) == ["borders"]
    assert reasons(before, before | {"since": 0, "marks": "b"}) == ["borders"]
    assert reasons(before, before | {"marks": "b", "rating": 4.0}) == ["rating", "data"]
