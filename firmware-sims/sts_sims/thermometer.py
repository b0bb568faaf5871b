"""A clinical thermometer in an ear. Packing only.

Layout: GATT Specification Supplement, temperature_measurement; Health Thermometer Service 1.0, 3.1.
"""

from collections.abc import Iterator
from typing import Any

from sts_sims.athletes import Effort
from sts_sims.instrument import FLOAT_NONE, TIME_STAMP, Instrument, float32
from sts_sims.machine import between
from sts_sims.peripheral import INDICATE, Characteristic, Service, uuid16
from sts_sims.sensor import Notice

THERMOMETER_SERVICE = uuid16(0x1809)
TEMPERATURE_MEASUREMENT = uuid16(0x2A1C)

WITH_TIME, WITH_PLACE = 1 << 1, 1 << 2
EAR = bytes([3])
AT_REST_C, ALL_OUT_C = 36.6, 38.9


class Thermometer(Instrument):
    """Degrees Celsius with a tenth, a time stamp and the place; no number while it is in nobody's ear."""

    def __init__(self, name: str, address: str, effort: Effort, **more: Any) -> None:
        service = Service(THERMOMETER_SERVICE, [Characteristic(TEMPERATURE_MEASUREMENT, (INDICATE,))])
        super().__init__(name, address, effort, model="Simulated thermometer", service=service, **more)

    def measurement(self, effort: float, time_s: float) -> Iterator[Notice]:
        tenths = round(between(AT_REST_C, ALL_OUT_C, effort) * 10)
        number = float32(tenths, -1) if self.worn else FLOAT_NONE
        frame = bytes([WITH_TIME | WITH_PLACE]) + number + TIME_STAMP + EAR
        told = {"body_temperature": tenths / 10} if self.worn else {}
        yield Notice(TEMPERATURE_MEASUREMENT, frame, time_s, told)
