"""What somebody uses now and then and that speaks by itself when it has measured: thermometer, oximeter, scale.

They wait for an acknowledgement (indications), so their characteristics indicate. Numbers of medical devices are
decimal floats (IEEE 11073-20601): a mantissa and an exponent of ten, both in two's complement.
"""

from collections.abc import Iterator
from typing import Any

from sts_sims.athletes import Effort
from sts_sims.machine import Machine
from sts_sims.peripheral import Service
from sts_sims.sensor import Notice

FLOAT_NONE = (0x007FFFFF).to_bytes(4, "little")
SFLOAT_NONE = (0x07FF).to_bytes(2, "little")
# A time stamp of 2026-05-01 10:00:00, which no reader here believes: year, month, day, hour, minute, second.
TIME_STAMP = bytes([0xEA, 0x07, 5, 1, 10, 0, 0])


def float32(mantissa: int, exponent: int) -> bytes:
    """A FLOAT: 24 bits of mantissa below 8 bits of exponent."""
    return mantissa.to_bytes(3, "little", signed=True) + exponent.to_bytes(1, "little", signed=True)


def sfloat16(mantissa: int, exponent: int) -> bytes:
    """An SFLOAT: 12 bits of mantissa below 4 bits of exponent."""
    return ((exponent & 0xF) << 12 | mantissa & 0xFFF).to_bytes(2, "little")


class Instrument(Machine):
    """One instrument. every_s: how far apart somebody uses it. Its makers say what: `measurement(effort, time_s)`."""

    def __init__(
        self,
        name: str,
        address: str,
        effort: Effort,
        *,
        model: str,
        service: Service,
        every_s: float = 10.0,
        **more: Any,
    ) -> None:
        super().__init__(name, address, effort, model=model, service=service, **more)
        self._every_s = every_s
        self._next_s = 0.0

    def frames(self, effort: float, time_s: float) -> Iterator[Notice]:
        if time_s >= self._next_s:
            self._next_s = time_s + self._every_s
            yield from self.measurement(effort, time_s)

    def measurement(self, effort: float, time_s: float) -> Iterator[Notice]:
        """What it says of one use."""
        raise NotImplementedError
