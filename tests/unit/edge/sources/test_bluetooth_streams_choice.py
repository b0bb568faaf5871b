"""What is asked of a sensor that offers several settings of a stream."""

from sts_edge.sources.bluetooth.limits import (
    ANSWER_S,
    DISCONNECT_S,
    STOP_STREAM_S,
    STREAM_RETRY_S,
    STREAM_SILENCE_S,
)
from sts_edge.sources.bluetooth.streams import KINDS, choice
from sts_protocols.gatt.polar_control import Kind, Setting

# An optical sensor has its first pulse interval after 25 s (polarofficial/polar-ble-sdk).
FIRST_INTERVAL_S = 25.0


def test_the_only_values_of_an_ecg_are_taken() -> None:
    offered = {Setting.SAMPLE_RATE_HZ: (130,), Setting.RESOLUTION_BITS: (14,)}
    assert choice(Kind.ECG, offered) == {Setting.SAMPLE_RATE_HZ: 130, Setting.RESOLUTION_BITS: 14}


def test_of_acceleration_the_widest_range_and_a_rate_near_fifty_are_taken() -> None:
    offered = {Setting.SAMPLE_RATE_HZ: (25, 50, 100, 200), Setting.RANGE: (2, 4, 8), Setting.CHANNELS: (3,)}
    assert choice(Kind.ACC, offered) == {Setting.SAMPLE_RATE_HZ: 50, Setting.RANGE: 8, Setting.CHANNELS: 3}
    assert choice(Kind.ACC, {Setting.SAMPLE_RATE_HZ: (52,)}) == {Setting.SAMPLE_RATE_HZ: 52}
    assert choice(Kind.ACC, {Setting.SAMPLE_RATE_HZ: (26, 416)}) == {Setting.SAMPLE_RATE_HZ: 26}


def test_the_factor_is_told_by_the_sensor_and_never_asked_for() -> None:
    assert choice(Kind.ACC, {Setting.SAMPLE_RATE_HZ: (52,), Setting.FACTOR: (7,)}) == {
        Setting.SAMPLE_RATE_HZ: 52
    }


def test_the_limits_of_streams_agree_with_each_other() -> None:
    assert len(KINDS) * STOP_STREAM_S < DISCONNECT_S
    assert STOP_STREAM_S < ANSWER_S < STREAM_RETRY_S
    assert STREAM_SILENCE_S > FIRST_INTERVAL_S
