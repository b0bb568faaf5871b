"""What was handed on and not acknowledged is known after a kill, and only what the buffer holds of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from sts_edge.sources.mqtt.unacknowledged import Handed, Unacknowledged, digest

FIRST, SECOND = b"first start", b"second start"
STORED: Mapping[bytes, Mapping[str, int]] = {FIRST: {"bag": 2_000}, SECOND: {"hall": 5_000}}
HANDED = [
    Handed(digest("a", b"1"), FIRST, "bag", 1_000),
    Handed(digest("a", b"1"), FIRST, "bag", 2_000),
    Handed(digest("a", b"2"), FIRST, "bag", 3_000),
    Handed(digest("b", b"3"), SECOND, "bag", 1_000),
    Handed(digest("b", b"4"), SECOND, "hall", 5_000),
]


def note(file: Path) -> Unacknowledged:
    def last_stored(epoch: bytes, since_us: int) -> Mapping[str, int]:
        assert since_us == min(one.boot_us for one in HANDED if one.epoch == epoch)
        return STORED[epoch]

    return Unacknowledged(file, last_stored)


def test_of_each_start_what_the_buffer_holds_is_known_after_a_kill(tmp_path: Path) -> None:
    note(tmp_path / "note").note(HANDED)
    stored = note(tmp_path / "note").stored_before()
    assert sorted(stored, key=HANDED.index) == [HANDED[0], HANDED[1], HANDED[4]]


def test_a_newer_note_replaces_the_older_one(tmp_path: Path) -> None:
    kept = note(tmp_path / "note")
    kept.note(HANDED)
    kept.note([])
    assert kept.stored_before() == []


@pytest.mark.parametrize("content", [None, b"", b"rot", b"\x91\x01"])
def test_a_note_that_cannot_be_read_is_none(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "note").write_bytes(content)
    assert note(tmp_path / "note").stored_before() == []


def test_a_note_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    note(tmp_path / "no such folder" / "note").note(HANDED)


def test_topic_and_payload_are_not_run_together() -> None:
    assert digest("ab", b"c") != digest("a", b"bc")
