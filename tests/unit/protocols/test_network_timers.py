"""Timers on the network: their answers, one field at a time, and nothing else than DecodeError for what is none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sts_protocols.errors import DecodeError
from sts_protocols.network import alpenhunde, race_result

LINE = b"17;1042;2026-11-22;10:04:55.651;1234;9;-61;;1;3;2;1;10007;2.9;21;04;Finish;3;2;D-5001"
FIELDS = LINE.split(b";")


def with_field(place: int, value: bytes) -> bytes:
    return b";".join([*FIELDS[:place], value, *FIELDS[place + 1 :]])


def test_a_passing_is_read_field_by_field():
    assert race_result.decode(LINE) == race_result.Passing(
        number=17,
        transponder="1042",
        date="2026-11-22",
        ticks=362_956_510,
        hits=9,
        rssi_dbm=-61,
        active=True,
        channel=3,
        loop=2,
        stored=True,
        file=3,
        line=LINE,
    )


@pytest.mark.parametrize("fields", range(7, 21))
def test_a_passing_of_an_older_version_lacks_fields_at_its_end(fields):
    line = b";".join(FIELDS[:fields])
    passing = race_result.decode(line)
    assert passing.number == 17
    assert (passing.channel is None) == (fields <= 9)
    assert (passing.file is None) == (fields <= 17)
    assert race_result.impulse(passing).line == line


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, b""),
        (0, b"-1"),
        (0, b"x"),
        (1, b""),
        (1, b"4 2"),
        (2, b"22.11.2026"),
        (3, b"10:04"),
        (5, b"many"),
        (6, b"6.5"),
        (9, b"-1"),
        (17, b"three"),
        (18, b"\xff"),
    ],
)
def test_a_field_that_is_none_makes_the_line_none(place, value):
    with pytest.raises(DecodeError):
        race_result.decode(with_field(place, value))


@pytest.mark.parametrize("cut", range(len(b";".join(FIELDS[:7]))))
def test_a_line_cut_within_its_first_seven_fields_is_refused_or_shorter_in_its_last(cut):
    try:
        passing = race_result.decode(LINE[:cut])
    except DecodeError:
        return
    assert passing.rssi_dbm in (None, -6)


def test_the_answers_before_passings():
    assert race_result.protocol(b"GETPROTOCOL;1.2;1.0;2.0") == ((1, 2), (1, 0), (2, 0))
    assert race_result.count(b"PASSINGS;17;3") == (17, 3)
    assert race_result.count(b"PASSINGS;0") == (0, None)
    assert race_result.is_timing(b"GETSTATUS;2026-11-22;10:00:00.000;1;00000000;1;3;1")
    assert not race_result.is_timing(b"GETSTATUS;2026-11-22;10:00:00.000;1;00000000;0;3;1")


@pytest.mark.parametrize(
    "line", [b"", b"PASSINGS", b"PASSINGS;", b"PASSINGS;x", b"PASSINGS;1;x", b"ERROR;1", b"GETTIME;1"]
)
def test_what_is_no_answer_is_refused(line):
    for read in (race_result.protocol, race_result.count, race_result.is_timing):
        with pytest.raises(DecodeError):
            read(line)


@given(st.binary(max_size=200))
def test_no_bytes_make_a_reader_fail_otherwise(noise):
    readers = (
        race_result.decode,
        race_result.protocol,
        race_result.count,
        race_result.is_timing,
        alpenhunde.decode,
        alpenhunde.decode_all,
    )
    for read in readers:
        try:
            read(noise)
        except DecodeError:
            continue


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("icntmd"), inner, max_size=6),
    max_leaves=8,
)


@given(JSON)
def test_no_json_makes_a_reader_fail_otherwise(data):
    for told in ({"type": "timestamp", "data": data}, {"events": [data]}, data):
        for read in (alpenhunde.decode, alpenhunde.decode_all):
            try:
                read(json.dumps(told).encode())
            except DecodeError:
                continue


def test_all_events_come_in_the_order_of_their_indexes():
    events = [
        {"i": 3, "c": 128, "n": None, "t": "10:13:04"},
        {"i": 2, "c": 1, "n": 7, "t": "10:12:30.1234", "later": "field"},
    ]
    told = alpenhunde.decode_all(json.dumps({"events": events}).encode())
    assert [(event.number, event.bib, event.module) for event in told] == [(2, "7", 1), (3, None, 128)]
    assert json.loads(alpenhunde.impulse(told[0]).line) == events[1]


@pytest.mark.parametrize("bib", [True, 1.5, "x" * 41, "läufer", "a\nb", ["1"]])
def test_who_must_be_plain_text(bib):
    with pytest.raises(DecodeError):
        alpenhunde.decode(
            json.dumps({"type": "timestamp", "data": {"i": 1, "c": 1, "n": bib, "t": "10:00:00"}}).encode()
        )
