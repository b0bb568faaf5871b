"""Messages of RFID readers: whole, cut at every place, of any size; and what they are as impulses."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decoder_vectors import page
from oracles import ask
from sts_protocols.errors import DecodeError
from sts_protocols.kinds import by_name
from sts_protocols.network import llrp
from sts_protocols.record import Impulse, encode_impulses
from sts_sims.llrp_reader import ACTIVE, TagReader

UTC_US = 1_795_856_400_123_456  # 2026-11-28 09:00:00.123456
EPC = bytes.fromhex("300833b2ddd9014000000001")


def report(*parts: bytes, epc: bytes = b"\x8d" + EPC) -> bytes:
    """A report of one tag."""
    content = epc + b"".join(parts)
    body = struct.pack(">HH", 240, 4 + len(content)) + content
    return struct.pack(">HII", 1 << 10 | 61, 10 + len(body), 1) + body


ANTENNA, RSSI = b"\x81\x00\x03", b"\x86\xc6"
FIRST_UTC, FIRST_UPTIME = b"\x82" + UTC_US.to_bytes(8), b"\x83" + (12_345_678).to_bytes(8)


def seen(frame: bytes) -> llrp.TagSeen:
    (tag,) = llrp.decode(frame).tags
    return tag


def test_a_tag_is_an_impulse_on_the_channel_of_its_antenna_at_the_time_at_which_it_was_first_seen() -> None:
    frame = report(ANTENNA, RSSI, FIRST_UTC)
    told = llrp.impulse(seen(frame))
    assert (told.channel, told.bib, told.marks) == ("3", EPC.hex().upper(), ("first_seen", "tag"))
    assert told.ticks == 9 * 3600 * 10_000 + 1_234
    assert told.line == frame[10:].hex().encode()
    assert seen(frame).rssi_dbm == -58


def test_a_reader_without_a_clock_counts_since_its_start() -> None:
    told = llrp.impulse(seen(report(ANTENNA, FIRST_UPTIME)))
    assert (told.ticks, told.marks) == (123_456, ("first_seen", "since-start", "tag"))


def test_a_report_that_says_only_which_tag_it_was_is_one_without_a_time() -> None:
    told = llrp.impulse(seen(report()))
    assert (told.ticks, told.channel, told.marks) == (None, "0", ("tag",))


@pytest.mark.parametrize(("size", "is_bib"), [(0, False), (1, True), (20, True), (21, False), (62, False)])
def test_a_number_that_is_too_long_for_a_bib_stays_in_the_line(size: int, is_bib: bool) -> None:
    epc = bytes(range(size))
    parameter = struct.pack(">HHH", 241, 6 + size, 8 * size) + epc
    told = llrp.impulse(seen(report(ANTENNA, epc=parameter)))
    assert told.bib == (epc.hex().upper() if is_bib else None)
    assert ("unassigned" in told.marks) is not is_bib
    assert epc.hex().encode() in told.line
    assert encode_impulses(Impulse("finish", 1, *told))


def test_a_report_longer_than_a_line_is_an_error() -> None:
    custom = struct.pack(">HH", 1023, 4 + 240) + bytes(240)
    with pytest.raises(DecodeError, match="has 261 bytes"):
        llrp.impulse(seen(report(custom)))


@pytest.mark.parametrize("piece", [vector["pieces"][-1] for vector in page(by_name("llrp"))["vectors"]])  # type: ignore[arg-type]
def test_cut_at_any_place_and_of_any_stated_size_a_message_is_refused_with_one_error(piece: str) -> None:
    frame = bytes.fromhex(piece)
    for cut in range(len(frame)):
        with pytest.raises(DecodeError):
            llrp.decode(frame[:cut])
        if cut >= llrp.HEADER_BYTES:  # the length agrees, and what is inside does not, or is a shorter whole
            try:
                llrp.decode(frame[:2] + cut.to_bytes(4) + frame[6:cut])
            except DecodeError:
                continue


@pytest.mark.parametrize("length", [0, 9, llrp.MAX_MESSAGE_BYTES + 1, 2**32 - 1])
def test_a_hostile_size_is_refused_before_anything_is_read(length: int) -> None:
    with pytest.raises(DecodeError, match=f"has {length} bytes"):
        llrp.size(struct.pack(">HII", 1 << 10 | 61, length, 1))


@given(st.binary(max_size=300))
def test_any_body_gives_tags_or_our_error(body: bytes) -> None:
    frame = struct.pack(">HII", 1 << 10 | 61, 10 + len(body), 1) + body
    try:
        for tag in llrp.decode(frame).tags:
            llrp.impulse(tag)
    except DecodeError:
        pass


def strong(rssi_dbm: int, at_us: int, antenna: int = 1) -> llrp.TagSeen:
    return llrp.TagSeen("AA", antenna, rssi_dbm, at_us, None, None, None, 1, b"")


def test_of_a_pass_the_first_sighting_and_each_that_is_stronger_are_told() -> None:
    passes = llrp.Passes()
    sightings = [(-70, 0), (-60, 1), (-65, 2), (-60, 3), (-55, 4), (-70, 5)]
    told = [dbm for dbm, tenths in sightings if passes.is_new(strong(dbm, tenths * 100_000))]
    assert told == [-70, -60, -55]
    assert passes.is_new(strong(-80, 400_000, antenna=2)), "another antenna is another place"
    assert passes.is_new(strong(-80, 1_600_001)), "away for more than a second: another pass"
    assert passes.is_new(strong(-80, 0)), "a clock that was set back is another pass"


def test_what_is_remembered_of_passes_has_an_end() -> None:
    passes = llrp.Passes()
    for number in range(3 * llrp.MOST_PASSES):
        assert passes.is_new(strong(-60, number)._replace(epc=f"{number:X}"))
    assert len(passes._passes) == llrp.MOST_PASSES


def test_another_library_reads_the_same_in_reports_and_writes_the_same_rospec() -> None:
    """sllurp: 200 reports of the simulated reader, and the ROSpec that the gateway adds."""
    reader = TagReader(5)
    reader.rospecs[1] = ACTIVE
    reader.pass_by(40)
    *told, rospec = ask(
        "llrp",
        [*(("report", one) for one in reader.held), ("add_rospec", struct.pack(">II", 7, 0x5354))],
    )
    ours = [
        [
            [tag.epc.lower(), tag.antenna, tag.rssi_dbm, tag.first_utc_us, tag.last_utc_us, tag.times_seen]
            for tag in llrp.decode(one).tags
        ]
        for one in reader.held
    ]
    assert told == ours
    assert len(told) == 200
    assert bytes.fromhex(rospec) == llrp.request(llrp.ADD_ROSPEC, 7, llrp.rospec(0x5354))
