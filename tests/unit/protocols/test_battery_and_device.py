"""Battery level and device information: what a sensor says about itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sts_protocols.errors import DecodeError
from sts_protocols.gatt import battery, device_information
from sts_protocols.gatt.device_information import PnpId
from sts_protocols.metrics import BATTERY_LEVEL
from sts_protocols.sample import Quality, Value


@pytest.mark.parametrize(
    ("level", "quality"),
    [(0, Quality.OK), (100, Quality.OK), (101, Quality.IMPLAUSIBLE), (255, Quality.IMPLAUSIBLE)],
)
def test_a_battery_above_100_is_kept_and_told_as_implausible(level, quality):
    """0 to 100 is all the standard allows; what a sensor sends is not hidden."""
    assert battery.values(battery.decode(bytes([level]))) == (Value(BATTERY_LEVEL.id, level, quality),)


@pytest.mark.parametrize("frame", [b"", b"\x32\x00"])
def test_a_battery_level_is_one_byte(frame):
    """Neither none nor two."""
    with pytest.raises(DecodeError):
        battery.decode(frame)


@pytest.mark.parametrize(
    ("frame", "told"), [(b"Polar H10\0\0", "Polar H10"), ("Überband ".encode(), "Überband"), (b"", "")]
)
def test_padding_is_taken_off_a_name(frame, told):
    """Some sensors pad their strings with NULs or blanks."""
    assert device_information.text(frame) == told


@pytest.mark.parametrize("frame", [b"\xff\xfe", b"a\x1b[2Jb", b"a" * 513])
def test_a_name_that_is_no_text_is_refused(frame):
    """It would end on a technician's terminal."""
    with pytest.raises(DecodeError):
        device_information.text(frame)


def test_a_pnp_id_is_four_numbers():
    """Vendor source, vendor, product, version: little endian."""
    assert device_information.pnp_id(bytes.fromhex("01 6b 00 02 01 03 00")) == PnpId(1, 0x6B, 0x102, 3)


@given(st.binary(max_size=20))
def test_random_bytes_give_a_reading_or_our_error(frame):
    """Nothing else ever leaves a decoder."""
    for decoder in (battery.decode, device_information.text, device_information.pnp_id):
        try:
            decoder(frame)
        except DecodeError as error:
            assert error.frame == frame  # noqa: PT017 -- both outcomes are right
