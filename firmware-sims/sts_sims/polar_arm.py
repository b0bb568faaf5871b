"""An optical sensor on an upper arm that streams the intervals between pulses, as a Verity Sense does. Packing only.

Layout: Polar Measurement Data Specification for 3rd parties, pulse-to-pulse intervals. Light does not show when a
heart beats, but when blood arrives; so its standard measurement has no intervals, and each that it streams has an
error beside it.
"""

import random
import struct
from typing import Any

from sts_sims.athletes import Heart
from sts_sims.heart_strap import RR_UNITS_PER_S, Measurement
from sts_sims.polar_sensor import PPI, PolarSensor, Stream
from sts_sims.sensor import Notice

# They come in small groups, without a time of their own.
FRAME_INTERVALS = 3
NO_TIME_NS = 0
CONTACT, CONTACT_SUPPORTED = 0x02, 0x04
LEAST_ERROR_MS, MOST_ERROR_MS = 4, 18


class PolarArm(PolarSensor):
    """A sensor on one athlete."""

    offered = {PPI: {}}  # noqa: RUF012 - never changed

    def __init__(self, name: str, address: str, heart: Heart, **more: Any) -> None:
        self._chance = random.Random(f"{address}:ppi")
        self._pulses: list[tuple[int, int]] = []
        super().__init__(name, address, heart, **more)

    def measure(self, time_s: float) -> Measurement:
        said = super().measure(time_s)
        self._pulses += [(said.heart_rate, ticks) for ticks in said.rr_1024]
        return said._replace(rr_1024=())

    def due(self, time_s: float) -> list[Notice]:
        if not self._streams:
            self._pulses.clear()
        return super().due(time_s)

    def full_frames(self, kind: int, stream: Stream, time_s: float) -> list[Notice]:
        notices = []
        while len(self._pulses) >= FRAME_INTERVALS:
            notices.append(self._frame(stream, time_s))
        return notices

    def _frame(self, stream: Stream, time_s: float) -> Notice:
        told, self._pulses = self._pulses[:FRAME_INTERVALS], self._pulses[FRAME_INTERVALS:]
        intervals_ms = [round(ticks * 1_000 / RR_UNITS_PER_S) for _, ticks in told]
        errors_ms = [self._chance.randint(LEAST_ERROR_MS, MOST_ERROR_MS) for _ in told]
        frame = struct.pack("<BQB", PPI, NO_TIME_NS, 0) + b"".join(
            struct.pack("<BHHB", rate, interval_ms, error_ms, CONTACT | CONTACT_SUPPORTED)
            for (rate, _), interval_ms, error_ms in zip(told, intervals_ms, errors_ms, strict=True)
        )
        said = {"pulse_interval": intervals_ms, "pulse_interval_error": errors_ms}
        return self.packed(PPI, stream, frame, time_s, said)
