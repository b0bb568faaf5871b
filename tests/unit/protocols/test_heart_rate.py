"""Heart Rate Measurement, 0x2A37: every flag, every cut, and agreement with an independent reader."""

import struct

import pytest
from bluetooth_sig.gatt.characteristics.heart_rate_measurement import HeartRateMeasurementCharacteristic
from hypothesis import given
from hypothesis import strategies as st

from sts_protocols.errors import DecodeError
from sts_protocols.gatt.heart_rate import HeartRate, decode, values
from sts_protocols.metrics import ENERGY_EXPENDED, HEART_RATE, RR_INTERVAL
from sts_protocols.sample import Quality, Value

FLAGS = st.integers(0, 255)
UINT16 = st.integers(0, 65_535)


def frame_of(flags: int, rate: int, energy: int, intervals: list[int]) -> bytes:
    """A whole frame, made here and nowhere else: flags as they are, fields as the flags say."""
    frame = bytes([flags]) + (struct.pack("<H", rate) if flags & 1 else bytes([rate & 255]))
    frame += struct.pack("<H", energy) if flags & 8 else b""
    return frame + (struct.pack(f"<{len(intervals)}H", *intervals) if flags & 16 else b"")


frames = st.builds(frame_of, FLAGS, UINT16, UINT16, st.lists(UINT16, max_size=9))


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        ("00 3c", HeartRate(60, None, None, (), False)),  # the smallest
        ("01 2c 01", HeartRate(300, None, None, (), False)),  # two bytes
        ("06 3c", HeartRate(60, True, None, (), False)),  # contact
        ("04 3c", HeartRate(60, False, None, (), False)),  # supported, not there
        ("02 3c", HeartRate(60, None, None, (), False)),  # detected but not supported says nothing
        ("08 3c 01 02", HeartRate(60, None, 513, (), False)),  # energy
        ("10 3c 00 04 00 02", HeartRate(60, None, None, (1000.0, 500.0), False)),  # RR, oldest first
        ("10 3c", HeartRate(60, None, None, (), False)),  # RR flagged, none there
        ("1f 3c 00 05 00 00 04", HeartRate(60, True, 5, (1000.0,), False)),  # all of it
        ("00 00", HeartRate(None, None, None, (), False)),  # 0 means none
        ("e0 3c", HeartRate(60, None, None, (), False)),  # reserved bits are not ours to judge
        ("00", HeartRate(None, None, None, (), True)),
        ("01 3c", HeartRate(None, None, None, (), True)),
        ("08 3c 01", HeartRate(60, None, None, (), True)),
        ("18 3c 01 00 00", HeartRate(60, None, 1, (), True)),
        ("10 3c 00 04 00", HeartRate(60, None, None, (1000.0,), True)),
    ],
)
def test_a_frame_means_what_the_standard_says(frame, expected):
    """Each optional field alone, all together, and cut."""
    assert decode(bytes.fromhex(frame)) == expected


@pytest.mark.parametrize("frame", ["", "00 3c 00", "01 3c 00 00", "08 3c 01 00 00"])
def test_bytes_that_no_flag_announces_are_refused_with_the_frame(frame):
    """An over-long frame is some other layout: no value of it can be trusted."""
    with pytest.raises(DecodeError) as caught:
        decode(bytes.fromhex(frame))
    assert caught.value.frame == bytes.fromhex(frame)


@given(frames, st.data())
def test_a_cut_frame_keeps_its_whole_fields(frame, data):
    """What is told of a cut frame is a beginning of what is told of the whole one, and says that it was
    cut."""
    whole = decode(frame)
    cut = decode(frame[: data.draw(st.integers(1, len(frame)))])
    assert whole.rr_ms[: len(cut.rr_ms)] == cut.rr_ms
    assert cut.heart_rate in (whole.heart_rate, None)
    assert cut.energy_kj in (whole.energy_kj, None)
    lost = whole._replace(truncated=True) != cut._replace(truncated=True)
    told_all_but_rr = whole._replace(rr_ms=()) == cut._replace(rr_ms=())
    assert cut.truncated or not lost or told_all_but_rr


@given(st.binary(max_size=40))
def test_random_bytes_give_a_reading_or_our_error(frame):
    """Nothing else ever leaves the decoder."""
    try:
        values(decode(frame))
    except DecodeError as error:
        assert error.frame == frame  # noqa: PT017 -- both outcomes are right


@given(frames)
def test_an_independent_reader_agrees(frame):
    """bluetooth-sig 0.6.0 reads whole frames of this characteristic rightly: flags, energy, RR, contact."""
    theirs = HeartRateMeasurementCharacteristic().parse_value(frame)
    ours = decode(frame)
    contact = {"detected": True, "not_detected": False, "not_supported": None}
    assert ours == HeartRate(
        theirs.heart_rate or None,
        contact[str(theirs.sensor_contact)],
        theirs.energy_expended,
        tuple(seconds * 1000 for seconds in theirs.rr_intervals),
        False,
    )


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        ("10 3c 00 04", [(HEART_RATE, 60, Quality.OK), (RR_INTERVAL, 1000, Quality.OK)]),
        ("14 3c 00 04", [(HEART_RATE, 60, Quality.NO_CONTACT), (RR_INTERVAL, 1000, Quality.NO_CONTACT)]),
        ("10 f8 00 04", [(HEART_RATE, 248, Quality.IMPLAUSIBLE), (RR_INTERVAL, 1000, Quality.OK)]),
        ("10 3c 01 00", [(HEART_RATE, 60, Quality.OK), (RR_INTERVAL, 1000 / 1024, Quality.IMPLAUSIBLE)]),
        ("10 3c 00 04 00", [(HEART_RATE, 60, Quality.TRUNCATED), (RR_INTERVAL, 1000, Quality.TRUNCATED)]),
        ("18 3c 05 00", [(HEART_RATE, 60, Quality.OK), (ENERGY_EXPENDED, 5, Quality.OK)]),
        ("08 3c ff ff", [(HEART_RATE, 60, Quality.OK), (ENERGY_EXPENDED, 65535, Quality.IMPLAUSIBLE)]),
        ("00 00", []),
        ("04 00", []),
        ("00", []),
    ],
)
def test_every_value_is_stored_with_its_quality(frame, expected):
    """No heart rate of 0, no value without a word on how far to trust it, none left out because it is odd."""
    told = [Value(metric.id, value, quality) for metric, value, quality in expected]
    assert list(values(decode(bytes.fromhex(frame)))) == told
