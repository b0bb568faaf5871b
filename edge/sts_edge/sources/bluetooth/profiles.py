"""What to listen to on each kind of sensor, and how its frames become values."""

from collections.abc import Callable
from typing import NamedTuple

from sts_protocols.gatt import battery, core_temperature, heart_rate
from sts_protocols.sample import Value

SECOND_US = 1_000_000


class Said(NamedTuple):
    """One decoded frame. worn: whether the sensor touches skin, None when it cannot tell."""

    values: tuple[Value, ...]
    worn: bool | None = None


class Subscription(NamedTuple):
    """A characteristic that notifies; `decode` raises DecodeError, `period_us` lies between frames."""

    uuid: str
    decode: Callable[[bytes], Said]
    period_us: int


def _heart_rate(frame: bytes) -> Said:
    measurement = heart_rate.decode(frame)
    return Said(heart_rate.values(measurement), measurement.contact)


def _core_temperature(frame: bytes) -> Said:
    return Said(core_temperature.values(core_temperature.decode(frame)))


def _battery(frame: bytes) -> Said:
    return Said(battery.values(battery.decode(frame)))


BATTERY = Subscription(battery.LEVEL, _battery, 0)

# By the kind of the sensor in the settings: what it must offer. A sensor without it is not what the
# settings say.
HEART_RATE = Subscription(heart_rate.MEASUREMENT, _heart_rate, SECOND_US)
PROFILES: dict[str, tuple[Subscription, ...]] = {
    "heart_rate": (HEART_RATE,),
    "polar": (HEART_RATE,),
    "core_temperature": (Subscription(core_temperature.MEASUREMENT, _core_temperature, SECOND_US),),
}
