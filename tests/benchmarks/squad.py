"""Thirty straps of the simulator, seen through the gateway's decoder: the data of all benchmarks."""

from __future__ import annotations

import functools
import math
import os
import random
import time
from collections.abc import Iterator, Sequence

from sts_protocols.gatt import heart_rate
from sts_protocols.metrics import ECG
from sts_protocols.record import (
    MAX_MESSAGE_BYTES,
    ClockReading,
    ClockSource,
    Kind,
    Record,
    Waveform,
    encode_samples,
    seal,
)
from sts_protocols.sample import Packet
from sts_sims import scenario as scenarios
from sts_sims.heart_strap import HeartStrap
from sts_sims.squad import make_sensor

SCENARIO = "squad"
SEED = 7
SECOND_US = 1_000_000
ARRIVAL_TICK_US = 1_000
# How much earlier or later than its turn a notification reaches the application over Bluetooth.
JITTER_MS = 15
# Not zero: times are not flattered by being small.
BOOT_US = 1_000 * SECOND_US
ECG_PER_S = 130


def training(seconds: int) -> list[list[Packet]]:
    """What thirty straps say, second after second, in the order of arrival."""
    plan = scenarios.load(SCENARIO)
    chance = random.Random(SEED)
    sensors = (make_sensor(plan, strap, SEED) for strap in plan.straps)
    straps = [sensor for sensor in sensors if isinstance(sensor, HeartStrap)]
    phases_ms = [chance.randrange(1000) for _ in straps]
    told = []
    for second in range(seconds):
        packets = []
        for strap, phase_ms in zip(straps, phases_ms, strict=True):
            said = strap.measure(plan.start_at_s + second + 1)
            at_ms = 1000 * second + phase_ms + chance.randint(-JITTER_MS, JITTER_MS)
            values = heart_rate.values(heart_rate.decode(said.frame))
            packets.append(Packet(strap.name, BOOT_US + at_ms * 1000, ARRIVAL_TICK_US, SECOND_US, values))
        told.append(sorted(packets, key=lambda packet: packet.boot_us))
    return told


@functools.cache
def ten_minutes() -> list[list[Packet]]:
    """600 seconds, made once."""
    return training(600)


def later(packets: Sequence[Packet], by_us: int) -> list[Packet]:
    """The same packets at another time."""
    return [packet._replace(boot_us=packet.boot_us + by_us) for packet in packets]


def seconds_on_end(count: int) -> Iterator[list[Packet]]:
    """As many seconds as wanted: the ten minutes again and again, each time later."""
    whole = ten_minutes()
    for number in range(count):
        again = number // len(whole)
        yield later(whole[number % len(whole)], again * len(whole) * SECOND_US)


def values_in(packets: Sequence[Packet]) -> int:
    """How many values these packets carry."""
    return sum(len(packet.values) for packet in packets)


class Pen:
    """Writes the records of one epoch."""

    def __init__(self, ended_s_ago: float, seconds: int) -> None:
        """Boot times from BOOT_US on become wall times that end so long ago."""
        self.epoch = os.urandom(16)
        self._segment = os.urandom(8)
        self._seq = 0
        began_us = time.time_ns() // 1000 - int((ended_s_ago + seconds) * SECOND_US)
        self.clock = ClockReading(began_us - BOOT_US, 1000, ClockSource.NTP)

    def samples(self, packets: Sequence[Packet]) -> Record:
        """The next record, of these packets."""
        return self.record(Kind.SAMPLES, encode_samples(packets), packets[0].boot_us, packets[-1].boot_us)

    def record(self, kind: Kind, body: bytes, first_us: int, last_us: int) -> Record:
        """The next record, whatever it says."""
        sealed = seal(kind, self._segment, self.epoch, self._seq, first_us, last_us, self.clock, body)
        self._seq += 1
        return sealed


def messages(records: Sequence[Record]) -> list[bytes]:
    """Whole records, as many to a message as fit."""
    packed, message = [], b""
    for record in records:
        if message and len(message) + len(record.raw) > MAX_MESSAGE_BYTES:
            packed.append(message)
            message = b""
        message += record.raw
    return [*packed, message] if message else packed


def ecg_second(straps: int = 30, noise_uv: float = 15.0) -> list[Waveform]:
    """A second of ECG from each strap: P, R, S and T waves as bells, and noise (µV)."""
    chance = random.Random(SEED)
    return [
        Waveform(
            f"hr-{number:02}",
            ECG.id,
            BOOT_US + number,
            round(1e9 / ECG_PER_S),
            _ecg(chance, number / straps, noise_uv),
            [0] * ECG_PER_S,
        )
        for number in range(1, straps + 1)
    ]


def _ecg(chance: random.Random, phase: float, noise_uv: float) -> list[float]:
    waves = ((100, 0.15, 0.04), (1000, 0.30, 0.02), (-200, 0.34, 0.015), (200, 0.60, 0.06))
    beats_per_s = chance.uniform(1.5, 3.0)
    phases = [(phase + sample / ECG_PER_S * beats_per_s) % 1 for sample in range(ECG_PER_S)]
    clean = [sum(h * math.exp(-(((at - p) / width) ** 2)) for h, p, width in waves) for at in phases]
    return [float(round(value + chance.gauss(0, noise_uv))) for value in clean]
