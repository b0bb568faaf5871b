"""The header of a record: what is sealed is read, and nothing else is taken for a record."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protocol_strategies import clocks

from sts_protocols.errors import ProtocolError, RecordError
from sts_protocols.record import (
    HEADER_BYTES,
    MARKER,
    MAX_RECORD_BYTES,
    UNKNOWN_CLOCK,
    ClockReading,
    Kind,
    Record,
    find_marker,
    read,
    seal,
)

SEGMENT = bytes(range(8))
EPOCH = bytes(range(16, 32))
BODY = b"any bytes at all"


def sealed(body: bytes = BODY, **changed: object) -> Record:
    fields = {
        "kind": Kind.RAW,
        "segment_id": SEGMENT,
        "epoch": EPOCH,
        "seq": 7,
        "first_us": 10,
        "last_us": 20,
    }
    return seal(**{**fields, "clock": ClockReading(-5, 3, 1), **changed}, body=body)  # type: ignore[arg-type]


def with_crc(raw: bytes) -> bytes:
    return raw[:4] + struct.pack("<I", zlib.crc32(raw[8:])) + raw[8:]


def reason_of(buffer: bytes, offset: int = 0) -> str:
    with pytest.raises(RecordError) as caught:
        read(buffer, offset)
    assert caught.value.offset == offset
    return caught.value.reason


@given(
    kind=st.integers(0, 255),
    seq=st.integers(0, 2**63 - 2),
    times=st.tuples(st.integers(0, 2**62), st.integers(0, 2**62)).map(sorted),
    clock=clocks,
    body=st.binary(max_size=300),
    before=st.binary(max_size=9),
    after=st.binary(max_size=9),
)
def test_what_is_sealed_is_read(kind, seq, times, clock, body, before, after):
    """A record reads back the same wherever it lies in a buffer."""
    record = seal(kind, SEGMENT, EPOCH, seq, times[0], times[1], clock, body)
    again = read(before + record.raw + after, len(before))
    assert again == record
    assert again.body == body
    assert again.header[:8] == (HEADER_BYTES + len(body), 1, kind, SEGMENT, EPOCH, seq, *times)
    assert again.header.clock == clock


def test_every_cut_is_told_as_truncated():
    """A record that ends early is truncated, wherever it ends."""
    raw = sealed().raw
    assert {reason_of(raw[:end]) for end in range(len(raw))} == {"truncated"}
    assert read(raw).header.seq == 7


def test_every_flipped_bit_is_seen():
    """No single flipped bit goes unseen."""
    raw = sealed().raw
    for bit in range(len(raw) * 8):
        damaged = bytearray(raw)
        damaged[bit // 8] ^= 1 << bit % 8
        assert reason_of(bytes(damaged)) in {"marker", "size", "truncated", "crc"}


@pytest.mark.parametrize("length", [0, HEADER_BYTES - 1, HEADER_BYTES + MAX_RECORD_BYTES + 1, 2**32 - 1])
def test_a_length_no_record_has_is_refused_before_it_is_used(length):
    """A hostile length costs nothing: it is refused before the CRC is computed."""
    raw = sealed().raw
    assert reason_of(raw[:8] + struct.pack("<I", length) + raw[12:] + bytes(100_000)) == "size"


def test_a_record_of_a_later_version_is_told_as_such():
    """Another version is no damage: the CRC is right, the reader is old."""
    raw = sealed().raw
    assert reason_of(with_crc(raw[:12] + b"\x02" + raw[13:])) == "version"


@pytest.mark.parametrize(
    ("at", "field"),
    [
        (38, struct.pack("<Q", 2**63 - 1)),  # seq beyond a signed column of ranges
        (46, struct.pack("<QQ", 21, 20)),  # last before first
        (46, struct.pack("<QQ", 0, 2**63)),  # later than any clock
        (62, struct.pack("<q", -(2**63))),  # offset beyond sense
    ],
)
def test_fields_out_of_range_are_refused_though_the_crc_is_right(at, field):
    """A CRC proves that a record is unchanged, not that it makes sense."""
    raw = sealed().raw
    assert reason_of(with_crc(raw[:at] + field + raw[at + len(field) :])) == "header"


@pytest.mark.parametrize(
    "changed",
    [
        {"segment_id": b"short"},
        {"epoch": b"short"},
        {"kind": 256},
        {"seq": -1},
        {"first_us": 21},
        {"last_us": 2**62 + 1},
        {"clock": ClockReading(0, -1, 1)},
        {"clock": ClockReading(0, 0, 256)},
    ],
)
def test_nothing_is_sealed_that_would_not_be_read(changed):
    """What a reader would refuse is refused when it is made, with our own error."""
    with pytest.raises(ProtocolError):
        sealed(**changed)


def test_a_body_over_48_kb_is_not_sealed():
    """The largest body passes, one byte more does not."""
    assert read(sealed(bytes(MAX_RECORD_BYTES)).raw).body == bytes(MAX_RECORD_BYTES)
    with pytest.raises(RecordError):
        sealed(bytes(MAX_RECORD_BYTES + 1))


def test_a_clock_error_beyond_its_field_is_told_as_the_largest():
    """An offset 71 minutes or more uncertain is told as 71 minutes uncertain."""
    assert sealed(clock=ClockReading(1, 2**40, 2)).header.clock == ClockReading(1, 2**32 - 1, 2)
    assert sealed(clock=UNKNOWN_CLOCK).header.clock == UNKNOWN_CLOCK


def test_the_marker_is_in_no_text():
    """A log line or a document never looks like the beginning of a record."""
    with pytest.raises(UnicodeDecodeError):
        MARKER.decode()
    assert find_marker(b"text" + sealed().raw, 0) == 4
    assert find_marker(b"text", 0) == -1


@given(st.binary(max_size=200))
def test_random_bytes_give_only_our_error(noise):
    """Whatever the bytes, there is a record or a RecordError."""
    for buffer in (noise, MARKER + noise):
        with pytest.raises(RecordError):
            read(buffer)
