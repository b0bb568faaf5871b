"""The published vectors: two readers that share nothing find in the bytes what a person wrote beside them."""

import json
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard

from sts_protocols import columns
from sts_protocols.beat import Answer, Beat, decode_answer, decode_beat
from sts_protocols.columns import SampleColumns
from sts_protocols.record import (
    Damaged,
    Kind,
    Record,
    decode_anchor,
    decode_document_part,
    decode_drop,
    decode_impulses,
    decode_log,
    decode_raw,
    encode_samples,
    iter_samples,
    read,
    split,
)

GOLDEN = Path(__file__).parents[2] / "golden"
sys.path.insert(0, str(GOLDEN))
import read_record  # noqa: E402 -- it stands beside the vectors, as a third party would keep it

RECORDS = ["samples-two-straps", "samples-unknown-clock", "samples-float64-and-ticks", "samples-none"]
RECORDS += ["waveform", "document", "drop", "anchor", "log", "impulse", "raw"]


def message_of(name: str) -> bytes:
    return bytes.fromhex((GOLDEN / f"{name}.hex").read_text())


def told_of(name: str) -> list | dict:
    return json.loads((GOLDEN / f"{name}.json").read_text())


def rows_of(table: SampleColumns) -> list[list]:
    names = [table.sensors[index] for index in table.sensor]
    return [list(row) for row in zip(names, *(array.tolist() for array in table[2:]), strict=True)]


def content_of(record: Record) -> object:
    readers = {
        Kind.SAMPLES: lambda body: sorted(rows_of(columns.decode_samples(body))),
        Kind.WAVEFORM: lambda body: rows_of(columns.decode_waveform(body)),
        Kind.DOCUMENT: decode_document_part,
        Kind.DROP: decode_drop,
        Kind.ANCHOR: decode_anchor,
        Kind.LOG: decode_log,
        Kind.IMPULSE: lambda body: [plain(impulse) for impulse in decode_impulses(body)],
        Kind.RAW: lambda body: [
            [told.sensor, told.kind, one.boot_us, one.frame.hex()]
            for told in decode_raw(body)
            for one in told.frames
        ],
    }
    content = readers[Kind(record.header.kind)](record.body)
    return content if isinstance(content, list) else plain(content)


def plain(content: Any) -> dict[str, Any]:
    told = {name: getattr(content, name) for name in content.__struct_fields__}
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in told.items()}


@pytest.mark.parametrize("name", RECORDS)
def test_our_reader_finds_what_is_written(name):
    """Header and content of each kind of record."""
    (told,) = told_of(name)
    record = read(message_of(name))
    header = record.header._asdict()
    for key, value in told.items():
        if key == "content":
            assert json.loads(json.dumps(content_of(record))) == value
        else:
            found = header[key].hex() if isinstance(header[key], bytes) else header[key]
            assert found == (tuple(value) if key == "clock" else value)


@pytest.mark.parametrize("name", RECORDS)
def test_an_independent_reader_finds_the_same(name):
    """A reader that imports nothing of ours; samples as a multiset, for their order is not part of the
    format."""
    (told,) = told_of(name)
    message = message_of(name)
    (piece,) = read_record.pieces(message)
    content = read_record.content_of(message, piece)
    assert {**piece, "content": sorted(content) if name.startswith("samples") else content} == {
        "offset": 0,
        **told,
    }


def test_both_readers_find_the_same_damage():
    """Damage of every sort between good records: where it is, what it is, and where reading goes on."""
    told, message = told_of("message-with-damage"), message_of("message-with-damage")
    ours = list(split(message))
    theirs = read_record.pieces(message)
    assert [piece["offset"] for piece in theirs] == [piece["offset"] for piece in told]
    for expected, our, their in zip(told, ours, theirs, strict=True):
        assert their.get("damaged") == expected.get("damaged")
        assert len(our.raw) == their["length"] == expected.get("length", their["length"])
        header = our.header
        assert (header.seq if header else None) == their.get("seq") == expected.get("seq")
        if isinstance(our, Damaged):
            assert (our.offset, our.error.reason) == (expected["offset"], expected["damaged"])


@pytest.mark.parametrize("name", [name for name in RECORDS if name.startswith("samples")])
def test_the_layout_has_not_moved(name):
    """What we write today unpacks to the same bytes as when the vector was made (a zstd of another age may
    pack them differently)."""
    body = read(message_of(name)).body
    unpack = zstandard.ZstdDecompressor().decompress
    assert unpack(encode_samples(iter_samples(body))) == unpack(body)


@pytest.mark.parametrize(
    ("name", "kind", "decode"), [("beat", Beat, decode_beat), ("answer", Answer, decode_answer)]
)
def test_beat_and_answer_are_json_in_a_zstd_frame(name, kind, decode):
    """Any language can read them; ours reads the same."""
    plain = zstandard.ZstdDecompressor().decompress(message_of(name))
    assert json.loads(plain) == told_of(name)
    assert decode(message_of(name)) == msgspec.convert(told_of(name), kind)


def test_a_changed_vector_is_seen():
    """The control: the independent reader does not simply repeat what it is told."""
    message = bytearray(message_of("samples-two-straps"))
    message[-1] ^= 1
    assert [piece.get("damaged") for piece in read_record.pieces(bytes(message))] == ["crc"]


def test_the_worked_example_of_the_page_is_the_vector():
    """The page shows the bytes and rows of `samples-two-straps`, and they are true."""
    page = (GOLDEN.parents[1] / "protocols" / "README.md").read_text()
    digits = "".join((GOLDEN / "samples-two-straps.hex").read_text().split())
    assert digits in page.replace(" ", "").replace("\n", "")
    (told,) = told_of("samples-two-straps")
    offset_us = told["clock"][0]
    for sensor, metric, boot_us, value, quality in told["content"]:
        assert f"| {sensor} | {metric} | {boot_us} | {boot_us + offset_us} | {value:g} | {quality} |" in page
