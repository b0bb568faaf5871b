"""Parts of documents: what they say is checked where it is said and where it is read."""

import hashlib
import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from document_support import cut
from sts_protocols.errors import RecordError
from sts_protocols.record import (
    MAX_DOCUMENT_BYTES,
    MAX_RECORD_BYTES,
    DocumentPart,
    decode_document_part,
    encode_document_part,
)
from sts_protocols.record.compression import pack
from sts_protocols.record.document import joined

CONTENT = bytes(range(256)) * 600  # four parts
GOOD = DocumentPart(bytes(32), "heat 3.txt", "pool-pc", "result", 100, 40, b"x" * 60)


def changed(**places: object) -> DocumentPart:
    return msgspec.structs.replace(GOOD, **places)


def test_a_part_comes_back_as_it_was():
    for part in cut(CONTENT, "läufe/heat 3.txt"):
        assert decode_document_part(encode_document_part(part)) == part


def test_parts_tile_the_document_and_share_its_hash():
    parts = cut(CONTENT)
    assert b"".join(part.data for part in parts) == CONTENT
    assert {part.sha256 for part in parts} == {hashlib.sha256(CONTENT).digest()}
    assert [part.offset for part in parts] == [0, 48_000, 96_000, 144_000]


def test_what_cannot_be_compressed_fits_into_a_record_with_the_longest_name():
    noise = random.Random(4).randbytes(100_000)
    bodies = [encode_document_part(part) for part in cut(noise, "ü" * 127, "s" * 40, "f" * 40)]
    assert max(map(len, bodies)) <= MAX_RECORD_BYTES
    assert max(map(len, bodies)) > MAX_RECORD_BYTES * 0.95


@pytest.mark.parametrize(
    "wrong",
    [
        {"sha256": b"short"},
        {"name": ""},
        {"name": "x" * 256},
        {"name": "ü" * 128},
        {"name": "two\nlines"},
        {"name": "nul\0"},
        {"name": "\udc80"},
        {"source": "no name!"},
        {"form": "Result"},
        {"form": ""},
        {"size": 0},
        {"size": MAX_DOCUMENT_BYTES + 1},
        {"offset": -1},
        {"offset": 41},
        {"data": b""},
    ],
    ids=str,
)
def test_what_contradicts_itself_is_refused_by_writer_and_reader(wrong):
    with pytest.raises(RecordError, match="document"):
        encode_document_part(changed(**wrong))
    if wrong.get("name") != "\udc80":  # no msgpack can hold it
        with pytest.raises(RecordError, match="document"):
            decode_document_part(pack(msgspec.msgpack.encode(changed(**wrong))))


def test_the_largest_document_is_one():
    assert encode_document_part(changed(size=MAX_DOCUMENT_BYTES, offset=MAX_DOCUMENT_BYTES - 60))


def test_places_of_a_later_version_are_passed_over():
    plain = [*msgspec.structs.astuple(GOOD), "of tomorrow"]
    assert decode_document_part(pack(msgspec.msgpack.encode(plain))) == GOOD


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_fail_otherwise(noise):
    for body in (noise, pack(noise)):
        try:
            decode_document_part(body)
        except RecordError:
            continue


@given(st.binary(min_size=1, max_size=60), st.data())
def test_any_cut_in_any_number_of_copies_joins_to_the_same_bytes(content, data):
    starts = st.integers(0, len(content) - 1)
    extra = data.draw(st.lists(st.tuples(starts, st.integers(1, 20)), max_size=6))
    pieces = [(at, 7) for at in range(0, len(content), 7)] + extra
    parts = [
        changed(size=len(content), offset=at, data=content[at : at + length]) for at, length in sorted(pieces)
    ]
    position = data.draw(st.integers(0, len(content)))
    behind = [part for part in parts if part.offset + len(part.data) > position]
    assert b"".join(joined(behind, position)) == content[position:]


def test_joining_ends_before_a_gap():
    parts = cut(CONTENT)
    assert b"".join(joined([*parts[:2], parts[3]])) == CONTENT[:96_000]
