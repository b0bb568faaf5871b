"""A local name belongs to one device for ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from sts_edge.names import NameBook


@pytest.fixture
def book(tmp_path: Path) -> NameBook:
    return NameBook(tmp_path / "names.db")


def test_a_name_is_noted_once_and_stays_its_devices(book: NameBook) -> None:
    assert book.claim({"hr-01": "AA", "hr-02": "BB"}) == {}
    assert book.claim({"hr-01": "CC", "hr-02": "BB"}) == {"hr-01": "AA"}
    assert book.known() == {"hr-01": "AA", "hr-02": "BB"}


def test_a_device_may_have_a_second_name(book: NameBook) -> None:
    book.claim({"hr-01": "AA"})
    assert book.claim({"hr-31": "AA"}) == {}


def test_the_list_outlives_whoever_made_it(book: NameBook, tmp_path: Path) -> None:
    book.claim({"hr-01": "AA"})
    assert NameBook(tmp_path / "names.db").known() == {"hr-01": "AA"}


def test_without_a_file_no_name_was_ever_used_and_none_is_made(book: NameBook, tmp_path: Path) -> None:
    assert book.known() == {}
    assert list(tmp_path.iterdir()) == []
