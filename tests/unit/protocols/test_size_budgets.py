"""Size budgets: what a second of a squad costs on the wire and on the card, names and header included."""

import json
import math
import random

import pytest

from sts_protocols.metrics import ECG, HEART_RATE, RR_INTERVAL
from sts_protocols.record import ClockReading, Kind, Waveform, encode_samples, encode_waveform, seal
from sts_protocols.sample import Packet, Quality, Value

STRAPS = 30
BUDGET_SQUAD_SECOND_BYTES = 550
BUDGET_WAVEFORM_BYTES_PER_VALUE = 1.5
BUDGET_BACKLOG_BYTES_PER_VALUE = 5.5
START_US = 86_400_000_000  # a day after boot: times are not flattered by being small
CLOCK = ClockReading(1_750_000_000_123_456, 2_345, 1)


def strap(chance: random.Random, number: int, seconds: int) -> list[Packet]:
    """Notifications of one strap: a heart rate that drifts, RR intervals that agree with it, arrival
    jitter."""
    rate = chance.uniform(110, 180)
    phase_ms, left_ms, packets = chance.randrange(1000), chance.uniform(0, 400), []
    for second in range(seconds):
        rate += chance.uniform(-1, 1)
        left_ms += 1000
        told = [Value(HEART_RATE.id, float(round(rate)), Quality.OK)]
        while left_ms > 60_000 / rate:
            interval_ms = 60_000 / rate + chance.uniform(-20, 20)
            left_ms -= interval_ms
            told.append(Value(RR_INTERVAL.id, RR_INTERVAL.value(round(interval_ms * 1.024)), Quality.OK))
        boot_us = START_US + (1000 * second + phase_ms + chance.randint(-15, 15)) * 1000
        packets.append(Packet(f"hr-{number:02}", boot_us, 1000, 1_000_000, tuple(told)))
    return packets


def squad(seed: int, seconds: int) -> list[Packet]:
    chance = random.Random(seed)
    packets = [packet for number in range(1, STRAPS + 1) for packet in strap(chance, number, seconds)]
    return sorted(packets, key=lambda packet: packet.boot_us)


def size_of(kind: Kind, body: bytes) -> int:
    return len(
        seal(kind, b"SEGMENT!", bytes(range(16)), 123_456, START_US, START_US + 10**6, CLOCK, body).raw
    )


@pytest.mark.parametrize("seed", range(20))
def test_a_second_of_thirty_straps_fits_its_budget(seed):
    """About a hundred values with names and header: at most 550 bytes."""
    packets = squad(seed, 1)
    assert sum(len(packet.values) for packet in packets) >= 90
    assert size_of(Kind.SAMPLES, encode_samples(packets)) <= BUDGET_SQUAD_SECOND_BYTES


def test_the_budget_is_a_real_one():
    """The control: the same second as JSON objects is over ten times larger."""
    rows = [
        {
            "sensor": packet.sensor,
            "metric": value.metric,
            "t": packet.boot_us,
            "value": value.value,
            "quality": "ok",
        }
        for packet in squad(0, 1)
        for value in packet.values
    ]
    assert len(json.dumps(rows)) > 10 * BUDGET_SQUAD_SECOND_BYTES


def test_straps_backlog_fits_its_budget():
    """Records of one second, as they are closed while the link is down: at most 5.5 bytes per value."""
    packets = squad(1, 1)
    values = sum(len(packet.values) for packet in packets)
    assert size_of(Kind.SAMPLES, encode_samples(packets)) <= BUDGET_BACKLOG_BYTES_PER_VALUE * values


def ecg(seed: int, count: int, noise_uv: float) -> list[float]:
    """A heart at 144/min, 130 values a second, with noise: P, R, S and T waves as bells."""
    chance = random.Random(seed)
    waves = ((100, 0.15, 0.04), (1000, 0.30, 0.02), (-200, 0.34, 0.015), (200, 0.60, 0.06))
    phases = [(seed / 7 + i / 130 * 2.4) % 1 for i in range(count)]
    clean = [sum(h * math.exp(-(((phase - at) / width) ** 2)) for h, at, width in waves) for phase in phases]
    return [float(round(value + chance.gauss(0, noise_uv))) for value in clean]


@pytest.mark.parametrize("noise_uv", [3, 8, 15, 30])
@pytest.mark.parametrize(("channels", "count"), [(STRAPS, 130), (1, 650)])
def test_waveforms_fit_their_budget(channels, count, noise_uv):
    """A second of thirty straps in one record, or five seconds of one, as gateways close them: at most 1.5 bytes per
    value, header included."""
    waves = [
        Waveform(f"hr-{n:02}", ECG.id, START_US + n, 7_692_308, ecg(n, count, noise_uv), [0] * count)
        for n in range(channels)
    ]
    size = size_of(Kind.WAVEFORM, encode_waveform(*waves))
    assert size <= BUDGET_WAVEFORM_BYTES_PER_VALUE * channels * count
