"""The dialogue with a Polar sensor's control point, byte by byte."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_protocols.errors import DecodeError
from sts_protocols.gatt import polar_control as control
from sts_protocols.gatt.polar_control import Answer, Kind, Setting, Status


def test_features_are_the_bits_of_the_second_byte():
    assert control.features(bytes.fromhex("0f 05 00 00")) == {Kind.ECG, Kind.ACC}
    assert control.features(bytes.fromhex("0f 6f")) == {
        Kind.ECG,
        Kind.PPG,
        Kind.ACC,
        Kind.PPI,
        Kind.GYRO,
        Kind.MAG,
    }
    assert control.features(bytes.fromhex("0f 00")) == frozenset()


@pytest.mark.parametrize("frame", ["", "0f", "f0 05", "00 05"])
def test_what_is_no_list_of_features_is_refused(frame: str):
    with pytest.raises(DecodeError):
        control.features(bytes.fromhex(frame))


def test_commands_are_packed_as_specified():
    assert control.ask_settings(Kind.ACC) == bytes.fromhex("01 02")
    assert control.stop(Kind.ECG) == bytes.fromhex("03 00")
    assert control.start(Kind.PPI, {}) == bytes.fromhex("02 03")
    # 130 Hz = 0x0082, 14 bit = 0x000e
    chosen = {Setting.SAMPLE_RATE_HZ: 130, Setting.RESOLUTION_BITS: 14}
    assert control.start(Kind.ECG, chosen) == bytes.fromhex("02 00 00 01 82 00 01 01 0e 00")
    every = {Setting.RANGE_MILLI: 0x01020304, Setting.CHANNELS: 3}
    assert control.start(Kind.ACC, every) == bytes.fromhex("02 02 03 01 04 03 02 01 04 01 03")


def test_an_answer_is_read_with_its_settings():
    told = control.answer(
        bytes.fromhex("f0 01 02 00 00 00 02 19 00 32 00 01 01 10 00 02 03 02 00 04 00 08 00")
    )
    assert told is not None
    assert told[:4] == (control.Command.SETTINGS, Kind.ACC, Status.SUCCESS, False)
    assert control.settings(told.settings) == {
        Setting.SAMPLE_RATE_HZ: (25, 50),
        Setting.RESOLUTION_BITS: (16,),
        Setting.RANGE: (2, 4, 8),
    }


def test_the_smallest_answer_has_a_status_and_no_settings():
    assert control.answer(bytes.fromhex("f0 03 00 06")) == Answer(3, 0, Status.ALREADY_IN_STATE, False, b"")


@pytest.mark.parametrize("frame", ["f0", "f0 01", "f0 01 02"])
def test_an_answer_that_is_cut_is_refused(frame: str):
    with pytest.raises(DecodeError):
        control.answer(bytes.fromhex(frame))


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_words_for_a_person(status: Status):
    told = control.answer(bytes((0xF0, 2, 0, status)))
    assert told is not None
    assert told.words == status.name.lower().replace("_", " ")


def test_a_status_and_a_kind_of_tomorrow_are_read_as_numbers():
    told = control.answer(bytes.fromhex("f0 02 63 c8"))
    assert told is not None
    assert (told.kind, told.words) == (99, "status 200")


def test_an_answer_in_several_indications_is_joined():
    begun = control.answer(bytes.fromhex("f0 01 02 00 01 00 01 32"))
    assert begun is not None
    assert begun.more
    whole = control.join(control.join(begun, bytes.fromhex("01 00 01")), bytes.fromhex("00 01 10 00"))
    assert not whole.more
    assert control.settings(whole.settings) == {Setting.SAMPLE_RATE_HZ: (50,), Setting.RESOLUTION_BITS: (16,)}
    with pytest.raises(DecodeError):
        control.join(begun, b"")


def test_other_indications_are_no_answers():
    assert control.answer(b"") is None
    assert control.answer(bytes.fromhex("0f 05 00")) is None
    assert control.ended(bytes.fromhex("01 00 02")) == (Kind.ECG, Kind.ACC)
    assert control.ended(bytes.fromhex("f0 01 00 00")) == ()
    assert control.ended(b"") == ()


def test_the_factor_is_a_float():
    offered = control.settings(bytes((5, 1)) + struct.pack("<f", 0.000244140625))
    assert control.factor(offered) == 0.000244140625
    assert control.factor({}) is None


def test_a_list_ends_before_a_setting_whose_width_nobody_knows():
    listed = bytes.fromhex("00 01 34 00 4d 01 ff ff 01 01 10 00")
    assert control.settings(listed) == {Setting.SAMPLE_RATE_HZ: (52,)}


@pytest.mark.parametrize("listed", ["00", "00 01", "00 01 34", "00 02 34 00", "03 01 ff ff ff", "04 00"])
def test_a_setting_that_is_cut_or_has_no_value_is_refused(listed: str):
    with pytest.raises(DecodeError):
        control.settings(bytes.fromhex(listed))


@given(st.binary(max_size=40))
@settings(max_examples=500, deadline=None)
def test_random_bytes_give_a_reading_or_our_error(frame: bytes):
    for read in (control.features, control.answer, control.settings, control.ended):
        try:
            read(frame)
        except DecodeError:
            continue
