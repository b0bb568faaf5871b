"""Heart rate that straps tell everybody, without a connection."""

import pytest
from frames import told_by
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_protocols.adverts import heart_rate_broadcast
from sts_protocols.adverts.heart_rate_broadcast import Broadcast, Repeats
from sts_protocols.errors import DecodeError
from sts_protocols.metrics import HEART_RATE
from sts_protocols.sample import Quality, Value

# An arm sensor's data as Polar's SDK quotes it in a comment, without the company's number: a part of the other
# kind (72, 6 bytes more), then state 33 (battery low, contact, counter 4, broadcast) and 60 /min.
ARM_SENSOR = bytes.fromhex("72 06 7f 44 37 00 00 00 33 00 3c")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (ARM_SENSOR, Broadcast(60, True, None, True)),
        (bytes([0x22, 0x00, 150, 148]), Broadcast(148, True, 0, False)),
        (bytes([0x3E, 0x00, 150, 150]), Broadcast(150, True, 7, False)),
        (bytes([0x3E, 0x00, 150]), Broadcast(150, True, None, False)),
        (bytes([0x20, 0x00, 150, 148]), Broadcast(148, False, 0, False)),
        (bytes([0x22, 0x00, 0, 0]), Broadcast(None, True, 0, False)),
    ],
)
def test_the_heart_rate_is_found_behind_parts_of_another_kind(data, told):
    """Newer sensors tell two means; the slow one is what their displays show. 0 is none."""
    assert heart_rate_broadcast.decode(data) == told


@pytest.mark.parametrize(
    "data", [b"", b"\x72\x06\x7f", b"\x72", b"\x22\x00", ARM_SENSOR[:8], ARM_SENSOR[:10]]
)
def test_an_advertisement_without_a_whole_heart_rate_is_refused(data):
    """Cut, or one of another kind."""
    with pytest.raises(DecodeError):
        heart_rate_broadcast.decode(data)


@pytest.mark.parametrize(
    ("broadcast", "quality"),
    [
        (Broadcast(60, True, 0, False), Quality.OK),
        (Broadcast(250, True, 0, False), Quality.IMPLAUSIBLE),
        (Broadcast(60, False, 0, False), Quality.NO_CONTACT),
        (Broadcast(250, False, 0, False), Quality.NO_CONTACT),
    ],
)
def test_a_value_goes_with_its_quality(broadcast, quality):
    """No contact before implausible, as with connected straps."""
    assert heart_rate_broadcast.values(broadcast) == (Value(HEART_RATE.id, broadcast.heart_rate, quality),)
    assert heart_rate_broadcast.values(broadcast._replace(heart_rate=None)) == ()


def test_what_is_told_several_times_a_second_is_one_measurement():
    """A strap that counts: each number of its counter once, also when two measurements are alike but for it."""
    repeats = Repeats()
    heard = [(0, 60), (0, 60), (1, 60), (1, 60), (2, 61), (2, 61)]
    new = [
        repeats.is_new(Broadcast(rate, True, counter, False), n * 300_000)
        for n, (counter, rate) in enumerate(heard)
    ]
    assert new == [True, False, True, False, True, False]


def test_a_strap_that_counts_and_stops_is_not_heard_again_however_often_it_is_repeated():
    """The radio repeats what it knows for a minute: one measurement."""
    repeats = Repeats()
    new = [repeats.is_new(Broadcast(60, True, 3, False), n * 500_000) for n in range(120)]
    assert sum(new) == 1


def test_a_strap_that_does_not_count_is_heard_once_a_second_and_its_echo_is_not():
    """Every 100 ms for a minute the same number: five or six measurements, then nothing until it changes."""
    repeats = Repeats()
    heard = [n * 100_000 for n in range(600) if repeats.is_new(Broadcast(60, True, None, False), n * 100_000)]
    assert len(heard) in (5, 6)
    assert heard[-1] < 5_000_000
    assert repeats.is_new(Broadcast(61, True, None, False), 60_000_000)


@settings(max_examples=500)
@given(st.binary(max_size=30))
def test_any_bytes_give_a_broadcast_or_our_error(data):
    """Lengths that point beyond the end among them."""
    told = told_by(heart_rate_broadcast.decode, data)
    assert told is None or isinstance(heart_rate_broadcast.values(told), tuple)
