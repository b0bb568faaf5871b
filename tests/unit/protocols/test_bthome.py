"""BTHome, version 2: open and sealed advertisements."""

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from frames import told_by
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_protocols.adverts import bthome
from sts_protocols.errors import DecodeError
from sts_protocols.metrics import by_id
from sts_protocols.sample import Quality

OPEN = b"\x40"
# The worked example of bthome.io, "Encryption": key, address, nonce and what was sealed.
KEY = bytes.fromhex("231d39c1d7cc1ab1aee224cd096db932")
ADDRESS = "54:48:E6:8F:80:A5"
SEALED = bytes.fromhex("41a47266c95f730011223378237214")
NONCE = bytes.fromhex("5448e68f80a5d2fc4100112233")
INSIDE = bytes.fromhex("02ca0903bf13")


def told(reading: bthome.Reading) -> dict[str, float]:
    """Its values by name."""
    return {by_id(value.metric).name: value.value for value in reading.values}


@pytest.mark.parametrize(
    ("objects", "values"),
    [
        ("02ca09", {"air_temperature": 25.06}),
        ("0203ff", {"air_temperature": -2.53}),
        ("03bf13", {"air_humidity": 50.55}),
        ("04138a01", {"air_pressure": 100_883.0}),
        ("05138a14", {"illuminance": 13_460.67}),
        ("065e1f", {"body_mass": 80.3}),
        ("073e1d", {"body_mass": 33.956}),  # 74.86 lb = 33.95592 kg
        ("08ca06", {"dew_point": 17.38}),
        ("0c020c", {"battery_voltage": 3074.0}),
        ("0d120c", {"fine_dust": 3090.0}),
        ("0e021c", {"coarse_dust": 7170.0}),
        ("12e204", {"carbon_dioxide": 1250.0}),
        ("133301", {"volatile_organics": 307.0}),
        ("2e23", {"air_humidity": 35.0}),
        ("444e34", {"wind_speed": 133.9}),
        ("451101", {"air_temperature": 27.3}),
        ("4632", {"uv_index": 5.0}),
        ("4a020c", {"battery_voltage": 307_400.0}),
        ("57ea", {"air_temperature": -22.0}),
        ("58ea", {"air_temperature": -7.7}),
        ("0161", {"battery_level": 97.0}),
    ],
)
def test_each_object_of_the_format_is_read_to_the_value_of_its_table(objects, values):
    """The examples of the tables of bthome.io, "Format"."""
    assert told(bthome.decode(OPEN + bytes.fromhex(objects))) == values


def test_objects_follow_each_other_and_what_has_no_place_here_is_passed_over():
    """A packet id, a button, a text with its length, a count of four bytes, between temperature and humidity."""
    objects = bytes.fromhex("0009 02ca09 3a01 530348692e 3e2a2c0960 03bf13")
    reading = bthome.decode(OPEN + objects)
    assert told(reading) == {"air_temperature": 25.06, "air_humidity": 50.55}
    assert reading.packet_id == 9
    assert reading.unknown is None


def test_reading_ends_at_an_object_of_unknown_length_and_keeps_what_came_before():
    """0xEE is in no table; the humidity behind it is not guessed at."""
    reading = bthome.decode(OPEN + bytes.fromhex("02ca09 ee 03bf13"))
    assert told(reading) == {"air_temperature": 25.06}
    assert reading.unknown == 0xEE


def test_the_published_example_is_opened_with_its_key():
    """Nonce and content as the page works them out; AES-CCM by an independent library."""
    found = bthome.sealed(SEALED, ADDRESS)
    assert found.nonce == NONCE
    assert found.counter == 0x33221100
    inside = AESCCM(KEY, tag_length=4).decrypt(found.nonce, found.sealed, None)
    assert inside == INSIDE
    assert told(bthome.decode_objects(inside)) == {"air_temperature": 25.06, "air_humidity": 50.55}


def test_another_key_or_a_changed_byte_opens_nothing():
    """The seal sees to it; the control is the test above."""
    found = bthome.sealed(SEALED, ADDRESS)
    with pytest.raises(InvalidTag):
        AESCCM(KEY[::-1], tag_length=4).decrypt(found.nonce, found.sealed, None)
    changed = bthome.sealed(SEALED[:2] + b"\xff" + SEALED[3:], ADDRESS)
    with pytest.raises(InvalidTag):
        AESCCM(KEY, tag_length=4).decrypt(changed.nonce, changed.sealed, None)


def test_a_device_that_tells_its_address_is_known_by_that():
    """Low byte first, before the objects; sealed ones take it into the nonce."""
    address = bytes.fromhex(ADDRESS.replace(":", ""))[::-1]
    assert told(bthome.decode(b"\x42" + address + bytes.fromhex("02ca09"))) == {"air_temperature": 25.06}
    found = bthome.sealed(b"\x43" + address + SEALED[1:], "00:00:00:00:00:00")
    assert found.nonce == NONCE[:8] + b"\x43" + NONCE[9:]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"\x20\x02\xca\x09", "version 1"),
        (b"\x60\x02\xca\x09", "version 3"),
        (SEALED, "needs a key"),
        (OPEN + b"\x02\xca", "0x02 of a BTHome advertisement is cut"),
        (OPEN + b"\x53", "0x53 of a BTHome advertisement is cut"),
        (OPEN + b"\x53\x05ab", "0x53 of a BTHome advertisement is cut"),
        (b"\x42\xa5\x80", "within its address"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(data, why):
    """Never a reading made of ciphertext."""
    with pytest.raises(DecodeError, match=why):
        bthome.decode(data)


@pytest.mark.parametrize("data", [OPEN + b"\x02\xca\x09", SEALED[:8], b"\x43\x01"])
def test_what_is_not_sealed_or_is_cut_cannot_be_opened(data):
    """Told by our error."""
    with pytest.raises(DecodeError):
        bthome.sealed(data, ADDRESS)


def test_an_implausible_value_is_kept_as_such():
    """A wind of 133.9 m/s is the table's example and no weather."""
    (value,) = bthome.decode(OPEN + bytes.fromhex("444e34")).values
    assert value.quality == Quality.IMPLAUSIBLE


@settings(max_examples=500)
@given(st.binary(max_size=30))
def test_any_bytes_give_a_reading_or_our_error(data):
    """Open or sealed."""
    for first in (b"", OPEN, b"\x41"):
        reading = told_by(bthome.decode, first + data)
        assert reading is None or isinstance(told(reading), dict)
        told_by(lambda frame: bthome.sealed(frame, ADDRESS), first + data)
