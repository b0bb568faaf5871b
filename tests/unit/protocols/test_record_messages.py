"""Messages of whole records: one bad record costs no other."""

from hypothesis import given
from hypothesis import strategies as st
from test_record_header import sealed, with_crc

from sts_protocols.record import MARKER, Damaged, Record, split

RECORDS = [sealed(body=b"body %d" % seq, seq=seq) for seq in range(5)]
WHOLE = b"".join(record.raw for record in RECORDS)


def seqs(message: bytes) -> list[int]:
    return [part.header.seq for part in split(message) if isinstance(part, Record)]


def test_a_message_is_its_records_in_order():
    """Every record of a good message comes out, and nothing else."""
    assert list(split(WHOLE)) == RECORDS
    assert list(split(b"")) == []


@given(at=st.integers(0, len(WHOLE) - 1), new=st.binary(max_size=40))
def test_damage_costs_only_the_records_it_touches(at, new):
    """Bytes overwritten anywhere: every record that they do not touch comes out, and all bytes are accounted
    for."""
    damaged = (WHOLE[:at] + new + WHOLE[at + len(new) :])[: len(WHOLE)]
    parts = list(split(damaged))
    length = len(RECORDS[0].raw)
    untouched = [r for i, r in enumerate(RECORDS) if damaged[i * length : (i + 1) * length] == r.raw]
    assert [part for part in parts if isinstance(part, Record)] == untouched
    assert b"".join(part.raw for part in parts) == damaged


@given(
    st.lists(st.sampled_from([MARKER, MARKER[:2], WHOLE[:60], RECORDS[1].raw, b"\0", b"x" * 90]), max_size=12)
)
def test_all_bytes_are_told_once(pieces):
    """Records and damage together are the message, byte by byte, with right offsets."""
    message = b"".join(pieces)
    parts = list(split(message))
    assert b"".join(part.raw for part in parts) == message
    assert all(message[part.offset :].startswith(part.raw) for part in parts if isinstance(part, Damaged))


def test_a_record_of_a_later_version_is_set_aside_whole_with_its_identity():
    """So that it can be parked under its own (epoch, seq) and read after an upgrade."""
    raw = RECORDS[1].raw
    later = with_crc(raw[:12] + b"\x02" + raw[13:])
    first, damaged, last = split(RECORDS[0].raw + later + RECORDS[2].raw)
    assert (first, last) == (RECORDS[0], RECORDS[2])
    assert isinstance(damaged, Damaged)
    assert damaged.raw == later
    assert damaged.error.reason == "version"
    assert damaged.header is not None
    assert (damaged.header.epoch, damaged.header.seq) == (RECORDS[1].header.epoch, 1)


def test_a_record_that_fails_its_crc_has_no_identity():
    """Nothing read from it can be believed, not even who said it."""
    damaged = bytearray(RECORDS[0].raw)
    damaged[-1] ^= 1
    (part,) = split(bytes(damaged))
    assert isinstance(part, Damaged)
    assert (part.header, part.error.reason, part.raw) == (None, "crc", bytes(damaged))


def test_a_record_inside_the_length_of_a_damaged_one_is_found():
    """A rotted length does not swallow what follows: the search goes on at the next marker."""
    rotted = RECORDS[0].raw[:8] + (len(WHOLE) - 5).to_bytes(4, "little") + RECORDS[0].raw[12:]
    assert seqs(rotted + WHOLE) == [0, 1, 2, 3, 4]
