"""RuuviTag, data format 5: the four vectors of its specification, and what they do not show."""

import pytest
from frames import told_by
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_protocols.adverts import ruuvi
from sts_protocols.adverts.ruuvi import Climate
from sts_protocols.errors import DecodeError
from sts_protocols.metrics import by_id
from sts_protocols.sample import Quality

ADDRESS = "CB:B8:33:4C:88:4F"
VALID = bytes.fromhex("0512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F")
MAXIMUM = bytes.fromhex("057FFFFFFEFFFE7FFF7FFF7FFFFFDEFEFFFECBB8334C884F")
MINIMUM = bytes.fromhex("058001000000008001800180010000000000CBB8334C884F")
INVALID = bytes.fromhex("058000FFFFFFFF800080008000FFFFFFFFFFFFFFFFFFFFFF")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (VALID, Climate(24.3, 53.49, 100_044, (4, -4, 1036), 2977, 66, 205, ADDRESS)),
        (MAXIMUM, Climate(163.835, 163.835, 115_534, (32_767,) * 3, 3646, 254, 65_534, ADDRESS)),
        (MINIMUM, Climate(-163.835, 0.0, 50_000, (-32_767,) * 3, 1600, 0, 0, ADDRESS)),
        (INVALID, Climate(None, None, None, (None,) * 3, None, None, None, None)),
    ],
)
def test_the_vectors_of_the_specification_are_read_right(data, told):
    """Valid, maximum, minimum, invalid."""
    assert ruuvi.decode(data) == told


def test_values_stand_in_the_catalogue_with_their_quality():
    """Beyond what the air of a site can be is kept and told as implausible; nothing is made of what is invalid."""
    told = {
        by_id(value.metric).name: (value.value, value.quality) for value in ruuvi.values(ruuvi.decode(VALID))
    }
    assert told == {
        "air_temperature": (24.3, Quality.OK),
        "air_humidity": (53.49, Quality.OK),
        "air_pressure": (100_044.0, Quality.OK),
        "acceleration_x": (4.0, Quality.OK),
        "acceleration_y": (-4.0, Quality.OK),
        "acceleration_z": (1036.0, Quality.OK),
        "battery_voltage": (2977.0, Quality.OK),
        "movements": (66.0, Quality.OK),
    }
    assert ruuvi.values(ruuvi.decode(INVALID)) == ()
    assert ruuvi.values(ruuvi.decode(MAXIMUM))[0].quality == Quality.IMPLAUSIBLE


@pytest.mark.parametrize("data", [b"", b"\x03" + VALID[1:], VALID[:-1], VALID + b"\0", b"\x05"])
def test_another_format_or_length_is_refused(data):
    """A part of a measurement is none: the format has no flags that say what is there."""
    with pytest.raises(DecodeError):
        ruuvi.decode(data)


@settings(max_examples=500)
@given(st.binary(max_size=26).map(lambda data: b"\x05" + data))
def test_any_bytes_give_a_climate_or_our_error(data):
    """Whatever it tells can be stored."""
    climate = told_by(ruuvi.decode, data)
    assert climate is None or len(ruuvi.values(climate)) <= 8
