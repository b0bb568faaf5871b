"""A pulse oximeter on a finger: it goes on while it is worn, and keeps a single measurement now and then.

Layout: Pulse Oximeter Service 1.0.1, tables 3.2, 3.5 and 3.6. Packing only.
"""

from collections.abc import Iterator
from typing import Any

from sts_sims.athletes import Effort
from sts_sims.instrument import SFLOAT_NONE, TIME_STAMP, Instrument, sfloat16
from sts_sims.machine import between
from sts_sims.peripheral import INDICATE, NOTIFY, Characteristic, Service, uuid16
from sts_sims.sensor import Notice

OXIMETER_SERVICE = uuid16(0x1822)
SPOT_CHECK = uuid16(0x2A5E)
CONTINUOUS = uuid16(0x2A5F)

SPOT_TIME, SPOT_SENSOR = 1 << 0, 1 << 2
CONTINUOUS_SENSOR, CONTINUOUS_AMPLITUDE = 1 << 3, 1 << 4
NOT_CONNECTED = 1 << 11

SATURATION_AT_REST, SATURATION_ALL_OUT = 98.5, 93.0
PULSE_AT_REST, PULSE_ALL_OUT = 58.0, 188.0
AMPLITUDE_PERCENT = 2.5


class Oximeter(Instrument):
    """One finger clip: a continuous measurement each second, a spot check each `every_s`."""

    def __init__(self, name: str, address: str, effort: Effort, **more: Any) -> None:
        service = Service(
            OXIMETER_SERVICE,
            [Characteristic(SPOT_CHECK, (INDICATE,)), Characteristic(CONTINUOUS, (NOTIFY,))],
        )
        super().__init__(name, address, effort, model="Simulated oximeter", service=service, **more)

    def frames(self, effort: float, time_s: float) -> Iterator[Notice]:
        numbers, told = self._numbers(effort)
        amplitude = sfloat16(round(AMPLITUDE_PERCENT * 10), -1) if self.worn else SFLOAT_NONE
        flags = CONTINUOUS_SENSOR | CONTINUOUS_AMPLITUDE
        frame = bytes([flags]) + numbers + self._sensor_status() + amplitude
        more = {"pulse_amplitude": AMPLITUDE_PERCENT} if self.worn else {}
        yield Notice(CONTINUOUS, frame, time_s, told | more)
        yield from super().frames(effort, time_s)

    def measurement(self, effort: float, time_s: float) -> Iterator[Notice]:
        numbers, told = self._numbers(effort)
        frame = bytes([SPOT_TIME | SPOT_SENSOR]) + numbers + TIME_STAMP + self._sensor_status()
        yield Notice(SPOT_CHECK, frame, time_s, told)

    def _numbers(self, effort: float) -> tuple[bytes, dict[str, float]]:
        """Saturation with a tenth and a whole pulse, as a frame has them and as the truth has them."""
        if not self.worn:
            return 2 * SFLOAT_NONE, {}
        tenths = round(between(SATURATION_AT_REST, SATURATION_ALL_OUT, effort) * 10)
        pulse = round(between(PULSE_AT_REST, PULSE_ALL_OUT, effort))
        told = {"oxygen_saturation": tenths / 10, "pulse_rate": pulse}
        return sfloat16(tenths, -1) + sfloat16(pulse, 0), told

    def _sensor_status(self) -> bytes:
        return (0 if self.worn else NOT_CONNECTED).to_bytes(3, "little")
