"""Cursors and the limits of fields."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from sts_hub.errors import Invalid
from sts_hub.kit.pages import Cut
from sts_hub.kit.shapes import Moment, Title

KEYS = st.tuples(st.text(max_size=40), st.uuids())


@given(st.lists(KEYS, unique=True, max_size=30), st.integers(1, 10))
@settings(max_examples=60, deadline=None)
def test_page_after_page_gives_everything_once_and_in_order(keys: list[tuple[str, UUID]], limit: int) -> None:
    keys = sorted(keys)
    seen: list[tuple[str, UUID]] = []
    cursor = None
    for _ in range(len(keys) + 1):
        cut = Cut(limit, cursor)
        after = cut.after(str, UUID)
        rows = [key for key in keys if after == (None, None) or key > after][: limit + 1]
        page = cut.page(rows, key=lambda row: row, item=lambda row: row)
        seen += page.items
        cursor = page.next
        if cursor is None:
            break
    assert seen == keys


def test_what_may_not_be_shown_is_left_out_without_losing_what_follows() -> None:
    page = Cut(2).page([1, 2, 3], key=lambda row: (row,), item=str, keep=lambda row: row != 2)
    assert page.items == ["1"]
    assert Cut(2, page.next).after(int) == (2,)


@given(st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_a_cursor_that_was_not_given_out_is_one_kind_of_error(cursor: str) -> None:
    with pytest.raises(Invalid):
        Cut(10, cursor).after(datetime, UUID)


def test_a_cursor_of_another_list_is_refused() -> None:
    other = Cut(1).page([("a", uuid4()), ("b", uuid4())], key=lambda row: row, item=lambda row: row)
    with pytest.raises(Invalid):
        Cut(1, other.next).after(int, UUID)


moment = TypeAdapter(Moment)
title = TypeAdapter(Title)


def test_a_time_is_taken_in_any_zone_and_told_in_utc() -> None:
    assert moment.validate_python("2026-05-01T10:00:00+02:00") == datetime(2026, 5, 1, 8, tzinfo=UTC)
    assert moment.dump_json(datetime(2026, 5, 1, tzinfo=UTC)) == b'"2026-05-01T00:00:00Z"'


@pytest.mark.parametrize(
    "text",
    ["2026-05-01T10:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-05-01", "now"],
)
def test_a_time_without_a_zone_or_beyond_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        moment.validate_python(text)


@pytest.mark.parametrize("text", ["", " ", " a", "a ", "a\x00b", "a\nb", "\ud800", "x" * 121])
def test_a_name_that_no_database_or_eye_can_hold_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        title.validate_python(text)


@pytest.mark.parametrize("text", ["Ana", "José Ñúñez", "李娜", "Team A/1"])
def test_names_of_the_world_are_taken(text: str) -> None:
    assert title.validate_python(text) == text
