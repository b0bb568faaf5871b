"""One frame in, one packet out; and how a sensor is, judged by the age of what it said."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_edge.config import SensorSettings
from sts_edge.sources.bluetooth.limits import REPEAT_US
from sts_edge.sources.bluetooth.profiles import BATTERY, SECOND_US, Said, subscriptions
from sts_edge.sources.bluetooth.reception import Reception
from sts_protocols.metrics import LATE_INTERVALS, LOST_INTERVALS
from sts_protocols.sample import Packet, check_packet

LATE_US, LOST_US = LATE_INTERVALS * SECOND_US, LOST_INTERVALS * SECOND_US
STRAP = SensorSettings(name="hr-01", address="A0:9E:1A:00:00:01", kind="heart_rate")
(HEART_RATE,) = subscriptions(STRAP)
WORN_120 = bytes([0x06, 120])
OFF_SKIN = bytes([0x04, 0])
START_US = 5_000_000_123


class Ear:
    """A reception with a clock that a test can move."""

    def __init__(self, *, refuse: bool = False) -> None:
        self.now_us = START_US
        self.packets: list[Packet] = []
        self.reception = Reception(
            STRAP, self._refuse if refuse else self.packets.append, lambda: self.now_us
        )

    def _refuse(self, packet: Packet) -> None:
        raise RuntimeError(packet.sensor)

    def word(self, *, linked: bool = True) -> str:
        return self.reception.state(linked=linked, rssi=None, model=None, firmware=None).state


def test_a_packet_carries_its_arrival_cut_to_its_tick() -> None:
    ear = Ear()
    ear.reception.hear(HEART_RATE, WORN_120)
    packet = ear.packets[0]
    assert (packet.boot_us, packet.tick_us, packet.period_us) == (5_000_000_000, 1_000, 1_000_000)
    assert packet.values[0].value == 120.0


def test_the_clock_is_read_before_anything_else() -> None:
    """A slow decoder must not make a beat look late."""
    ear = Ear()

    def slow(frame: bytes, boot_us: int) -> Said:
        ear.now_us += 900_000
        return HEART_RATE.hear(frame, boot_us)

    ear.reception.hear(HEART_RATE._replace(hear=slow), WORN_120)
    assert ear.packets[0].boot_us == 5_000_000_000


@given(st.binary(max_size=40))
@settings(max_examples=200)
def test_no_frame_raises_and_every_packet_can_be_stored(frame: bytes) -> None:
    ear = Ear()
    ear.reception.hear(HEART_RATE, frame)
    ear.reception.hear(BATTERY, frame)
    count = ear.reception.count
    assert count.good + count.bad == 2
    for packet in ear.packets:
        check_packet(packet)


def test_a_frame_without_values_makes_no_packet() -> None:
    ear = Ear()
    ear.reception.hear(HEART_RATE, OFF_SKIN)
    assert ear.packets == []
    assert ear.reception.count.good == 1


def test_a_packet_that_is_refused_is_counted() -> None:
    ear = Ear(refuse=True)
    ear.reception.hear(HEART_RATE, WORN_120)
    assert ear.reception.count.refused == 1


@pytest.mark.parametrize(("apart_us", "repeated"), [(0, 1), (REPEAT_US - 1, 1), (REPEAT_US, 0)])
def test_equal_frames_in_one_breath_are_counted_and_both_kept(apart_us: int, repeated: int) -> None:
    ear = Ear()
    ear.reception.hear(HEART_RATE, WORN_120)
    ear.now_us += apart_us
    ear.reception.hear(HEART_RATE, WORN_120)
    assert ear.reception.count.repeated == repeated
    assert len(ear.packets) == 2


@pytest.mark.parametrize(
    ("age_us", "word"),
    [(0, "live"), (LATE_US - 1, "live"), (LATE_US, "late"), (LOST_US - 1, "late"), (LOST_US, "lost")],
)
def test_the_state_follows_the_age_of_the_last_value(age_us: int, word: str) -> None:
    ear = Ear()
    ear.reception.hear(HEART_RATE, WORN_120)
    ear.now_us += age_us
    assert ear.word() == word


def test_before_anything_was_heard_a_sensor_is_off_or_connecting() -> None:
    assert Ear().word(linked=False) == "off"
    assert Ear().word(linked=True) == "connecting"


def test_off_the_skin_is_told_as_long_as_the_strap_says_so() -> None:
    ear = Ear()
    ear.reception.hear(HEART_RATE, WORN_120)
    ear.now_us += LOST_US
    ear.reception.hear(HEART_RATE, OFF_SKIN)
    assert ear.word() == "not_worn"
    ear.now_us += LOST_US
    assert ear.word() == "lost"


def test_a_battery_level_is_kept_but_is_no_sign_of_life() -> None:
    ear = Ear()
    ear.reception.hear(BATTERY, bytes([64]))
    state = ear.reception.state(linked=True, rssi=-60, model=None, firmware=None)
    assert (state.battery, state.state, state.last_heard_us) == (64, "connecting", None)
    assert ear.packets[0].values[0].value == 64.0
