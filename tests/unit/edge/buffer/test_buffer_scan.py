"""What a start finds in one file of the log, whatever happened to it."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buffer_support import body_of
from sts_edge.buffer.scan import Placed, Rot, scan
from sts_protocols.record import HEADER_BYTES, MARKER, UNKNOWN_CLOCK, Kind, Record, seal

SEGMENT = bytes(range(8))
EPOCH = bytes(range(16))
# Offsets of the header's fields, from the published layout.
FIELDS = {
    "marker": range(4),
    "crc": range(4, 8),
    "length": range(8, 12),
    "version": range(12, 13),
    "kind": range(13, 14),
    "segment id": range(14, 22),
    "epoch": range(22, 38),
    "seq": range(38, 46),
    "first time": range(46, 54),
    "last time": range(54, 62),
    "clock offset": range(62, 70),
    "clock error": range(70, 74),
    "clock source": range(74, 75),
}


def record_of(seq: int, size: int = 60, segment: bytes = SEGMENT, body: bytes | None = None) -> Record:
    content = body_of(size, seq) if body is None else body
    return seal(Kind.SAMPLES, segment, EPOCH, seq, 10 * seq, 10 * seq + 5, UNKNOWN_CLOCK, content)


RECORDS = [record_of(seq) for seq in range(5)]
WHOLE = b"".join(record.raw for record in RECORDS)
STARTS = [sum(len(record.raw) for record in RECORDS[:at]) for at in range(6)]


def seqs(content: bytes, segment: bytes = SEGMENT) -> list[int]:
    return [found.record.header.seq for found in scan(content, segment) if isinstance(found, Placed)]


def rot(content: bytes) -> list[Rot]:
    return [found for found in scan(content, SEGMENT) if isinstance(found, Rot)]


def test_the_fields_above_are_the_whole_header() -> None:
    assert [offset for field in FIELDS.values() for offset in field] == list(range(HEADER_BYTES))


def test_a_whole_file_gives_every_record_where_it_lies() -> None:
    found = list(scan(WHOLE, SEGMENT))

    assert found == [Placed(start, record) for start, record in zip(STARTS, RECORDS, strict=False)]


@pytest.mark.parametrize("ahead", [0, 1, 4096])
def test_zeros_written_ahead_are_no_damage(ahead: int) -> None:
    assert seqs(WHOLE + bytes(ahead)) == [0, 1, 2, 3, 4]
    assert rot(WHOLE + bytes(ahead)) == []


def test_cut_at_any_byte_the_whole_records_before_the_cut_stand_and_nothing_else() -> None:
    for cut in range(len(WHOLE) + 1):
        whole = [at for at in range(5) if STARTS[at + 1] <= cut]
        assert seqs(WHOLE[:cut]) == whole, cut
        assert rot(WHOLE[:cut]) == [], "a torn tail is not rot"


def test_torn_at_any_byte_with_zeros_behind_the_whole_records_stand() -> None:
    """A file written ahead does not get shorter by a power cut: what was not written is zero."""
    for cut in range(STARTS[4], len(WHOLE)):
        torn = WHOLE[:cut] + bytes(len(WHOLE) - cut + 100)
        expected = [0, 1, 2, 3, 4] if WHOLE[cut:].strip(b"\0") == b"" else [0, 1, 2, 3]
        assert seqs(torn) == expected, cut


def flips() -> Iterator[tuple[str, int]]:
    for field, offsets in FIELDS.items():
        for offset in offsets:
            yield field, offset
    for offset in range(HEADER_BYTES, len(RECORDS[2].raw)):
        yield "body", offset


@pytest.mark.parametrize("bit", range(8))
def test_a_flipped_bit_anywhere_costs_that_record_and_no_other(bit: int) -> None:
    for field, offset in flips():
        content = bytearray(WHOLE)
        content[STARTS[2] + offset] ^= 1 << bit
        assert seqs(bytes(content)) == [0, 1, 3, 4], (field, offset)
        assert rot(bytes(content)) == [Rot(STARTS[2], bytes(content[STARTS[2] : STARTS[3]]))], (field, offset)


def test_without_the_check_sum_a_flipped_bit_would_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: the flips above are found by the CRC, not by luck."""
    content = bytearray(WHOLE)
    content[STARTS[2] + HEADER_BYTES + 5] ^= 1
    monkeypatch.setattr("zlib.crc32", lambda data, start=0: 0)
    forged = b"".join(record.raw[:4] + bytes(4) + record.raw[8:] for record in RECORDS)

    assert seqs(forged) == [0, 1, 2, 3, 4]


def test_a_flipped_bit_in_the_last_record_is_a_torn_tail() -> None:
    content = bytearray(WHOLE)
    content[STARTS[4] + 30] ^= 1

    assert seqs(bytes(content)) == [0, 1, 2, 3]
    assert rot(bytes(content)) == []


def test_records_of_another_segment_never_count() -> None:
    """Stale bytes of a file that lay here before, or a copied block."""
    stale = b"".join(record_of(seq, segment=b"stranger").raw for seq in range(5, 9))

    assert seqs(WHOLE + stale) == [0, 1, 2, 3, 4]
    assert seqs(WHOLE[: STARTS[2]] + stale + WHOLE[STARTS[2] :]) == [0, 1, 2, 3, 4]


def test_a_record_inside_a_body_is_not_taken_for_one() -> None:
    inner = record_of(7, size=20, segment=b"stranger").raw
    content = record_of(0).raw + record_of(1, body=MARKER + inner + MARKER).raw + record_of(2).raw

    assert seqs(content) == [0, 1, 2]
    damaged = bytearray(content)
    damaged[STARTS[1] + 10] ^= 4
    assert seqs(bytes(damaged)) == [0, 2]


def test_a_page_of_zeros_in_the_middle_costs_what_lay_there_and_is_nothing_to_set_aside() -> None:
    content = WHOLE[: STARTS[1]] + bytes(STARTS[3] - STARTS[1]) + WHOLE[STARTS[3] :]

    assert seqs(content) == [0, 3, 4]
    assert rot(content) == []


@given(st.binary(max_size=300), st.binary(max_size=300))
@settings(max_examples=200)
def test_any_bytes_around_a_record_do_not_hide_it(before: bytes, behind: bytes) -> None:
    assert 0 in seqs(before + RECORDS[0].raw + behind)


@given(st.binary(max_size=2_000))
@settings(max_examples=200)
def test_no_bytes_make_it_fail(content: bytes) -> None:
    assert list(scan(content, os.urandom(8))) == []
