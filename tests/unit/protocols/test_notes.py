"""Drops, anchors and log entries: what they say is checked where it is said and where it is read."""

import msgspec
import pytest
import zstandard

from sts_protocols.errors import RecordError
from sts_protocols.record import (
    Anchor,
    Drop,
    Log,
    decode_anchor,
    decode_drop,
    decode_log,
    encode_anchor,
    encode_drop,
    encode_log,
)

EPOCH = bytes(range(16))
DROP = Drop(EPOCH, [(0, 0), (5, 9)], "full", 1_000, 2_000)
ANCHOR = Anchor(5_000_000, 1_750_000_000_000_000, 2_500, 3)
LOG = Log(
    5_000_000, "warning", "strap_silent", {"sensor": "hr-07", "age_ms": 3100, "rssi": None, "ok": False}
)


def body_of(content: object) -> bytes:
    return zstandard.ZstdCompressor().compress(msgspec.msgpack.encode(content))


def test_what_is_told_is_read():
    """Each comes back as it was."""
    assert decode_drop(encode_drop(DROP)) == DROP
    assert decode_anchor(encode_anchor(ANCHOR)) == ANCHOR
    assert decode_log(encode_log(LOG)) == LOG


def test_places_added_by_a_later_gateway_are_passed_over():
    """So that a hub need not be upgraded first."""
    assert decode_anchor(body_of([*msgspec.structs.astuple(ANCHOR), "new"])) == ANCHOR


@pytest.mark.parametrize(
    "changed",
    [
        {"epoch": b"short"},
        {"ranges": []},
        {"ranges": [(3, 2)]},
        {"ranges": [(0, 5), (5, 6)]},
        {"ranges": [(5, 6), (0, 1)]},
        {"ranges": [(-1, 2)]},
        {"ranges": [(0, 2**63)]},
        {"reason": ""},
        {"reason": "two words"},
        {"first_us": 3_000},
        {"last_us": 2**63},
    ],
)
def test_a_drop_that_contradicts_itself_is_no_drop(changed):
    """It would declare lost what is not."""
    bad = msgspec.structs.replace(DROP, **changed)
    with pytest.raises(RecordError):
        encode_drop(bad)
    with pytest.raises(RecordError):
        decode_drop(body_of(bad))


@pytest.mark.parametrize(
    "changed", [{"boot_us": -1}, {"wall_us": -1}, {"wall_us": 2**63}, {"error_us": -1}, {"source": 0}]
)
def test_an_anchor_that_ties_nothing_is_no_anchor(changed):
    """It would move a whole epoch."""
    bad = msgspec.structs.replace(ANCHOR, **changed)
    with pytest.raises(RecordError):
        encode_anchor(bad)
    with pytest.raises(RecordError):
        decode_anchor(body_of(bad))


@pytest.mark.parametrize("changed", [{"level": "loud"}, {"event": "two words"}, {"boot_us": -1}])
def test_a_log_entry_has_a_level_a_word_and_a_time(changed):
    """Else nobody can search for it."""
    bad = msgspec.structs.replace(LOG, **changed)
    with pytest.raises(RecordError):
        encode_log(bad)
    with pytest.raises(RecordError):
        decode_log(body_of(bad))


@pytest.mark.parametrize("fields", [{"a": {"b": 1}}, {"a": [1]}, {1: 2}, []])
def test_log_fields_are_plain(fields):
    """Names with text, numbers, truth or nothing: no nests."""
    with pytest.raises(RecordError):
        decode_log(body_of([1, "info", "event", fields]))
