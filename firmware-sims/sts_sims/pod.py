"""A self-made pod: a light gate that tells impulses and its battery, by the frame of protocols/PODS.md.

Packing only, written from that page.
"""

import random
import struct
from binascii import crc_hqx
from collections.abc import Iterator
from itertools import count

from sts_sims.cable import Utterance

TICKS_PER_S = 10_000
VALUES, IMPULSE = 1, 2
BATTERY_LEVEL = 3  # numbers of the catalogue
HEART_RATE = 1


def frame(content: bytes) -> bytes:
    """COBS of content and CRC, and the zero that ends it."""
    plain = content + crc_hqx(content, 0xFFFF).to_bytes(2, "big")
    return b"".join(bytes([len(run) + 1]) + run for run in plain.split(b"\0")) + b"\0"


def values(sequence: int, ticks: int, *told: tuple[int, int]) -> bytes:
    """A frame of (metric, steps)."""
    head = struct.pack("<BHI", VALUES, sequence & 0xFFFF, ticks & 0xFFFFFFFF)
    return frame(head + b"".join(struct.pack("<Hi", *one) for one in told))


def impulse(sequence: int, ticks: int, channel: int) -> bytes:
    """A frame of an impulse."""
    head = struct.pack("<BHI", IMPULSE, sequence & 0xFFFF, ticks & 0xFFFFFFFF)
    return frame(head + bytes((channel, 0)))


class GatePod:
    """`gates` light gates on one pod: a runner each `every_s` passes them one after another."""

    def __init__(self, seed: int, *, gates: int = 3, every_s: float = 12.0) -> None:
        self._chance = random.Random(f"{seed}:pod")
        self._gates = gates
        self._every_s = every_s

    def utterances(self) -> Iterator[Utterance]:
        """The battery, then run after run."""
        sequence = count()
        for run in count():
            at_s = run * self._every_s
            data = values(next(sequence), int(at_s * TICKS_PER_S), (BATTERY_LEVEL, max(100 - run // 100, 0)))
            yield Utterance(at_s, data, {})
            for gate in range(self._gates):
                at_s += self._chance.uniform(1.2, 1.8)
                ticks = int(at_s * TICKS_PER_S)
                yield Utterance(
                    at_s, impulse(next(sequence), ticks, gate), {"channel": f"C{gate}", "ticks": ticks}
                )


class HeartPod:
    """A pod that tells a heart rate `rate_hz` times a second: 60, 61 and so on to 180, and again."""

    def __init__(self, *, rate_hz: float = 1.0) -> None:
        self._step_s = 1.0 / rate_hz

    def utterances(self) -> Iterator[Utterance]:
        """Frame after frame."""
        for number in count():
            at_s = number * self._step_s
            rate = 60 + number % 121
            yield Utterance(at_s, values(number, int(at_s * TICKS_PER_S), (HEART_RATE, rate)), {"rate": rate})
