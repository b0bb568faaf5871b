"""A chest strap that also streams ECG and acceleration, as an H10 offers them. Packing only.

Layout: Polar Measurement Data Specification for 3rd parties.
"""

import math
import random
import struct
from typing import Any

from sts_sims.athletes import Heart
from sts_sims.electrocardiogram import Electrocardiogram
from sts_sims.polar_sensor import ACC, ECG, RANGE, RESOLUTION, SAMPLE_RATE, PolarSensor, Stream
from sts_sims.sensor import Notice

# What fits into one notification of a modern link, as an H10 fills it.
FRAME_SAMPLES = {ECG: 73, ACC: 36}
FRAME_TYPES = {ECG: 0, ACC: 1}

# A runner's trunk: one g down the strap, a bounce with each step at 165 steps a minute, some sway.
STEPS_PER_S = 2.75
BOUNCE_MG = 600.0
SWAY_MG = 150.0
GRAVITY_MG = 1_000.0


class Acceleration:
    """What the strap's sensor feels on a running athlete."""

    def __init__(self, seed: str) -> None:
        self._phase = random.Random(seed).uniform(0.0, 2.0 * math.pi)

    def sample(self, time_s: float) -> tuple[int, int, int]:
        """x, y, z in mg; x points down."""
        turn = 2.0 * math.pi * STEPS_PER_S * time_s + self._phase
        return (
            round(GRAVITY_MG + BOUNCE_MG * math.sin(turn)),
            round(SWAY_MG * math.sin(turn / 2.0)),
            round(SWAY_MG * math.cos(turn)),
        )


class PolarStrap(PolarSensor):
    """A strap on one athlete; `twin` beats like `heart`, for the electrode."""

    offered = {  # noqa: RUF012 - never changed
        ECG: {SAMPLE_RATE: (130,), RESOLUTION: (14,)},
        ACC: {SAMPLE_RATE: (25, 50, 100, 200), RESOLUTION: (16,), RANGE: (2, 4, 8)},
    }

    def __init__(self, name: str, address: str, heart: Heart, twin: Heart, **more: Any) -> None:
        self._ecg = Electrocardiogram(twin, f"{address}:ecg")
        self._acceleration = Acceleration(f"{address}:acc")
        super().__init__(name, address, heart, **more)

    def full_frames(self, kind: int, stream: Stream, time_s: float) -> list[Notice]:
        notices = []
        while _instant(kind, stream, FRAME_SAMPLES[kind] - 1) <= time_s:
            notices.append(self._frame(kind, stream))
        return notices

    def _frame(self, kind: int, stream: Stream) -> Notice:
        instants = [_instant(kind, stream, place) for place in range(FRAME_SAMPLES[kind])]
        samples: list[tuple[int, ...]] = [
            (self._ecg.sample(at_s),) if kind == ECG else self._acceleration.sample(at_s) for at_s in instants
        ]
        width = 3 if kind == ECG else 2
        body = b"".join(
            number.to_bytes(width, "little", signed=True) for sample in samples for number in sample
        )
        device_ns = self.device_ns(instants[-1])
        frame = struct.pack("<BQB", kind, device_ns, FRAME_TYPES[kind]) + body
        told = {"device_ns": device_ns, "samples": samples}
        return self.packed(kind, stream, frame, instants[-1], told)


def _instant(kind: int, stream: Stream, place: int) -> float:
    """When a sample of the next frame is taken."""
    number = stream.sent * FRAME_SAMPLES[kind] + place + 1
    return stream.since_s + number / stream.chosen[SAMPLE_RATE]
