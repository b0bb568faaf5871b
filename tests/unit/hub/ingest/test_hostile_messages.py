"""Messages of chance: whatever comes from the broker is read or set aside, and nothing else happens.

The vectors are the seeds: changed as bytes, changed as bytes with a CRC that is right again, and changed inside
the body, so that every reader behind the CRC gets its share.
"""

from __future__ import annotations

import random
import time
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from sts_hub.ingest import intake
from sts_hub.ingest.intake import Entry, read_message
from sts_protocols.errors import RecordError
from sts_protocols.record import HEADER_BYTES, MAX_RECORD_BYTES, MAX_UNPACKED_BYTES, Drop, Kind, decode_drop

GOLDEN = Path(__file__).parents[3] / "golden"
SEED = 9
MANY = 1_000_000
SOME = 6_000
# Bytes that mean something to msgpack, or stand at the edge of a number.
INTERESTING = (0, 1, 0x7F, 0x80, 0x90, 0xC0, 0xC1, 0xCF, 0xD3, 0xDF, 0xFF)

_unpack = zstandard.ZstdDecompressor().decompress
_pack = zstandard.ZstdCompressor(level=1).compress


def valid_records() -> list[Entry]:
    """All records of the published vectors that this version reads."""
    messages = [bytes.fromhex(file.read_text()) for file in sorted(GOLDEN.glob("*.hex"))]
    return [entry for message in messages for entry in read_message("pitch-1", "live", message).entries]


def changed(chance: random.Random, data: bytes) -> bytes:
    """The bytes with one to four of them changed, cut, with a piece doubled, or with a piece of chance."""
    at, way = chance.randrange(len(data) or 1), chance.randrange(6)
    if way == 0:
        return data[:at]
    if way == 1:
        return data[:at] + data[at // 2 :]
    if way == 2:
        return data[:at] + chance.randbytes(chance.randint(1, 9)) + data[at:]
    piece = bytearray(data)
    for _ in range(chance.randint(1, 4) if piece else 0):
        piece[chance.randrange(len(piece))] = chance.choice((*INTERESTING, chance.randrange(256)))
    return bytes(piece)


def with_right_crc(raw: bytes) -> bytes:
    """The record as a sender with this very fault would have sealed it: marker, CRC, length, and the rest."""
    rest = len(raw).to_bytes(4, "little") + raw[12:]
    return raw[:4] + zlib.crc32(rest).to_bytes(4, "little") + rest


def hostile(chance: random.Random, record: Entry) -> bytes:
    """A record as it is, or with one of the three faults."""
    way = chance.randrange(7)
    if way == 0:
        return record.raw
    if way == 1:
        return changed(chance, record.raw)
    if way == 2:
        return with_right_crc(changed(chance, record.raw))
    inside = changed(chance, _unpack(record.raw[HEADER_BYTES:], max_output_size=MAX_UNPACKED_BYTES))
    return with_right_crc(record.raw[:HEADER_BYTES] + _pack(inside)[:MAX_RECORD_BYTES])


def read_many(count: int, read: Callable[..., intake.Message] = read_message) -> Counter[str]:
    """Read so many records in messages of one to three; how many pieces were read, and why others were not."""
    chance, records, ends = random.Random(SEED), valid_records(), Counter[str]()
    while count > 0:
        together = chance.randint(1, 3)
        count -= together
        body = b"".join(hostile(chance, chance.choice(records)) for _ in range(together))
        said = read("pitch-1", "live", body)
        pieces = [*said.entries, *said.unusable]
        assert sum(len(piece.raw) for piece in pieces) == len(body), "bytes that nobody tells of"
        faults = [piece.detail for piece in said.unusable if "reader failed" in piece.detail]
        assert not faults, faults
        ends.update("read" if isinstance(piece, Entry) else piece.reason for piece in pieces)
    return ends


def test_a_message_of_chance_is_read_or_set_aside() -> None:
    assert set(read_many(SOME)) >= {"read", "marker", "size", "truncated", "crc", "version", "kind", "body"}


@pytest.mark.long
@pytest.mark.timeout(1_200)
def test_a_million_records_of_chance_are_read_or_set_aside(
    tell: Callable[[str], None], fuzzed: Callable[[int], None]
) -> None:
    began_s = time.process_time()
    ends = read_many(MANY)
    fuzzed(MANY)

    counts = ", ".join(f"{count:,} {why}" for why, count in ends.most_common())
    tell(f"{MANY:,} records, 0 crashes, {time.process_time() - began_s:.0f} CPU-s; pieces: {counts}")
    assert ends["read"] > 100_000, "a loop that sets all aside shows nothing"
    assert ends["body"] > 100_000, "the readers behind the CRC were not reached"


def test_a_reader_that_fails_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: one reader that raises what it likes for what it cannot read ends the loop."""

    def careless(body: bytes) -> Drop:
        try:
            return decode_drop(body)
        except RecordError:
            raise IndexError(len(body)) from None

    monkeypatch.setitem(intake._READERS, Kind.DROP, careless)
    with pytest.raises(AssertionError, match="reader failed"):
        read_many(SOME)


def test_a_piece_that_is_not_told_is_noticed() -> None:
    """Control: an intake that swallows a piece ends the loop."""

    def forgetful(*said: object) -> intake.Message:
        return read_message(*said)._replace(unusable=[])  # type: ignore[arg-type]

    with pytest.raises(AssertionError, match="nobody tells"):
        read_many(SOME, forgetful)
