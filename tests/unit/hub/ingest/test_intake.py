"""Reading a message: the unit of failure is the record."""

from __future__ import annotations

import random
import zlib

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest_support import Gateway, message
from sts_hub.ingest import intake
from sts_hub.ingest.intake import read_message
from sts_protocols.columns import SampleColumns, Share, decode_samples
from sts_protocols.record import Kind, Record

NAME = "pitch-1"
SEQ_AT = 38  # protocols/README.md, the header


def read(*pieces: bytes) -> intake.Message:
    return read_message(NAME, "live", b"".join(pieces))


def flipped(record: Record, place: int = 60) -> bytes:
    """The record with one bit wrong."""
    raw = bytearray(record.raw)
    raw[place] ^= 1
    return bytes(raw)


def test_every_record_of_a_message_is_read_in_order():
    gateway = Gateway()
    said = read(message(*gateway.many(3)))
    assert [entry.identity for entry in said.entries] == [(gateway.epoch, seq) for seq in range(3)]
    assert said.unusable == []
    assert isinstance(said.entries[0].content, Share)


def test_one_damaged_record_costs_no_other():
    first, second, third = Gateway().many(3)
    said = read(first.raw, flipped(second), third.raw)
    assert [entry.header.seq for entry in said.entries] == [0, 2]
    assert [(piece.reason, piece.identity) for piece in said.unusable] == [("crc", None)]
    assert said.unusable[0].raw == flipped(second)


def test_a_record_without_the_flipped_bit_is_read():
    first, second, third = Gateway().many(3)
    assert read(first.raw, second.raw, third.raw).unusable == []


def test_an_unknown_kind_keeps_its_bytes_and_its_identity():
    gateway = Gateway()
    record = gateway.record(200, b"whatever")
    said = read(record.raw)
    assert [tuple(piece) for piece in said.unusable] == [
        (NAME, (gateway.epoch, 0), "kind", "Records of kind 200 are not known to this version.", record.raw)
    ]


def test_a_good_header_around_a_bad_body_keeps_its_identity():
    gateway = Gateway()
    said = read(gateway.record(Kind.SAMPLES, b"no body").raw)
    assert [(piece.reason, piece.identity) for piece in said.unusable] == [("body", (gateway.epoch, 0))]


def test_a_number_too_large_for_the_ledger_has_no_identity():
    raw = bytearray(Gateway().samples().raw)
    raw[SEQ_AT : SEQ_AT + 8] = (2**63 - 1).to_bytes(8, "little")
    raw[4:8] = zlib.crc32(raw[8:]).to_bytes(4, "little")
    said = read(bytes(raw))
    assert [(piece.reason, piece.identity) for piece in said.unusable] == [("header", None)]


def test_a_reader_that_fails_costs_one_record(monkeypatch):
    """Not only bytes can be wrong: so can the reader, for all at once and for one of them."""
    gateway = Gateway()
    first, second = gateway.many(2)

    def fail_for_all(bodies: list[bytes]) -> None:
        raise RuntimeError("ours")

    def fail_for_one(body: bytes) -> SampleColumns:
        if body == second.body:
            raise RuntimeError("ours")
        return decode_samples(body)

    monkeypatch.setattr(intake, "decode_all_samples", fail_for_all)
    assert len(read(first.raw, second.raw).entries) == 2
    monkeypatch.setattr(intake, "decode_samples", fail_for_one)
    said = read(first.raw, second.raw)
    assert [entry.header.seq for entry in said.entries] == [0]
    assert [(piece.reason, piece.identity) for piece in said.unusable] == [("body", (gateway.epoch, 1))]


def test_a_bad_body_costs_no_other_samples_of_the_message():
    gateway = Gateway()
    said = read(gateway.samples().raw, gateway.record(Kind.SAMPLES, b"no body").raw, gateway.samples().raw)
    assert [entry.header.seq for entry in said.entries] == [0, 2]
    assert [(piece.reason, piece.identity) for piece in said.unusable] == [("body", (gateway.epoch, 1))]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2000))
def test_no_bytes_make_it_raise(body):
    read(body)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_a_mangled_message_loses_only_records_that_were_touched(seed):
    dice = random.Random(seed)
    records = Gateway().many(4)
    raw = bytearray(message(*records))
    place = dice.randrange(len(raw))
    raw[place] ^= 1 << dice.randrange(8)
    ends = [len(message(*records[: count + 1])) for count in range(4)]
    touched = next(number for number, end in enumerate(ends) if place < end)
    read_numbers = {entry.header.seq for entry in read(bytes(raw)).entries}
    assert read_numbers >= {0, 1, 2, 3} - {touched}
