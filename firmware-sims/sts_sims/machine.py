"""What meters and machines have in common: a body at work, a battery, a name plate, and one frame a second.

The work follows the effort of the athlete: a trained amateur's power, cadence and speed, made to look right and
to be repeatable, not to be physiology.
"""

import math
from collections.abc import Iterator

from sts_sims.athletes import Effort
from sts_sims.heart_strap import (
    BATTERY_LEVEL,
    BATTERY_SERVICE,
    DEVICE_INFORMATION_SERVICE,
    FIRMWARE_REVISION,
    MANUFACTURER_NAME,
    MODEL_NUMBER,
)
from sts_sims.peripheral import NOTIFY, READ, Advert, Characteristic, Service
from sts_sims.sensor import Notice

EVERY_S = 1.0

# All out for some minutes: what an amateur of 75 kg reaches on a bike and on a rowing machine.
POWER_ALL_OUT_W = 400.0
CADENCE_AT_REST, CADENCE_ALL_OUT = 60.0, 110.0
STEPS_WALKING, STEPS_ALL_OUT = 110.0, 195.0
RUNNING_ALL_OUT_M_S = 6.0
# A bicycle on the flat: power grows with the third power of speed, 0.25 W for each (m/s)³.
DRAG_W_S3_PER_M3 = 0.25
# An ergometer's flywheel, so that pace and power agree: P = 2.8 v³.
ERGOMETER_W_S3_PER_M3 = 2.8
STROKES_AT_REST, STROKES_ALL_OUT = 18.0, 36.0


def between(at_rest: float, all_out: float, effort: float) -> float:
    """The way from rest to all out."""
    return at_rest + (all_out - at_rest) * min(max(effort, 0.0), 1.0)


def speed_of(power_w: float, watts_per_cube: float) -> float:
    """m/s at a power."""
    return math.cbrt(max(power_w, 0.0) / watts_per_cube)


class Machine:
    """A simulated sensor or machine that says something each second. Its makers say what: `frames(effort,
    time_s)`."""

    turn_s = 0.1

    def __init__(
        self,
        name: str,
        address: str,
        effort: Effort,
        *,
        model: str,
        service: Service,
        others: tuple[Service, ...] = (),
        battery: float = 100.0,
        rssi_dbm: int = -60,
        service_data: dict[str, bytes] | None = None,
    ) -> None:
        self.name = name
        self.address = address
        self.advert = Advert(uuids=[service.uuid], service_data=service_data or {}, rssi_dbm=rssi_dbm)
        self.worn = True
        self._effort = effort
        self._said_s = 0.0
        self._battery = Characteristic(BATTERY_LEVEL, (READ, NOTIFY), bytes([round(battery)]))
        self.services = [
            service,
            *others,
            Service(BATTERY_SERVICE, [self._battery]),
            Service(
                DEVICE_INFORMATION_SERVICE,
                [
                    Characteristic(MANUFACTURER_NAME, (READ,), b"Smart Training System"),
                    Characteristic(MODEL_NUMBER, (READ,), model.encode()),
                    Characteristic(FIRMWARE_REVISION, (READ,), b"1.0.0"),
                ],
            ),
        ]

    def switch_on(self, time_s: float) -> None:
        self._said_s = time_s

    def set_battery(self, percent: float) -> None:
        self._battery.value = bytes([round(min(max(percent, 0.0), 100.0))])

    def due(self, time_s: float) -> list[Notice]:
        """What is to be said of each second that has passed. Nobody works at a machine that is not `worn`."""
        notices: list[Notice] = []
        while self._said_s + EVERY_S <= time_s:
            self._said_s += EVERY_S
            effort = self._effort(self._said_s) if self.worn else 0.0
            notices += self.frames(min(max(effort, 0.0), 1.0), self._said_s)
        return notices

    def frames(self, effort: float, time_s: float) -> Iterator[Notice]:
        """The notifications of one second at an effort from 0 (rest) to 1 (all out)."""
        raise NotImplementedError


class Turns:
    """A wheel or a crank that a sensor counts: whole turns, and when the last one ended, on its own clock."""

    def __init__(self, ticks_per_s: int, count_bits: int) -> None:
        self._ticks_per_s = ticks_per_s
        self._count_bits = count_bits
        self._turned = 0.0
        self._last_s = 0.0

    def turn(self, per_s: float, time_s: float) -> None:
        """One second more at so many turns a second, up to `time_s`."""
        before = int(self._turned)
        self._turned += per_s * EVERY_S
        if int(self._turned) > before:
            self._last_s = time_s - (self._turned - int(self._turned)) / per_s

    @property
    def count(self) -> int:
        """Turns as a counter that wraps."""
        return int(self._turned) % (1 << self._count_bits)

    @property
    def ticks(self) -> int:
        """Time of the last turn's end on a clock of 16 bits."""
        return round(self._last_s * self._ticks_per_s) % 65_536
