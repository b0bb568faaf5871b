"""What to listen to on each kind of sensor, and how its frames become values.

Decoders with a memory (counters, records in parts) are made anew for each link: nothing may be computed across
a time in which nobody listened.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from sts_edge.config import SensorSettings
from sts_edge.sources.bluetooth.precedence import BEST, Precedence
from sts_protocols.gatt import (
    battery,
    core_temperature,
    cycling_power,
    cycling_speed_cadence,
    fitness_machine,
    heart_rate,
    pulse_oximeter,
    rowing_monitor,
    running_speed_cadence,
    scales,
    thermometer,
)
from sts_protocols.sample import Value

SECOND_US = 1_000_000


class Said(NamedTuple):
    """One decoded frame. worn: whether the sensor touches skin, None when it cannot tell."""

    values: tuple[Value, ...]
    worn: bool | None = None


Hear = Callable[[bytes, int], Said]
"""Takes a frame and the boot time, µs, at which it came. Raises DecodeError."""


class Subscription(NamedTuple):
    """A characteristic that notifies; `period_us` lies between frames. A sensor without one that is required
    is not what the settings say."""

    uuid: str
    hear: Hear
    period_us: int
    required: bool = True


def _heart_rate(frame: bytes, _boot_us: int) -> Said:
    measurement = heart_rate.decode(frame)
    return Said(heart_rate.values(measurement), measurement.contact)


def _core_temperature(frame: bytes, _boot_us: int) -> Said:
    return Said(core_temperature.values(core_temperature.decode(frame)))


def _temperature(frame: bytes, _boot_us: int) -> Said:
    return Said(thermometer.values(thermometer.decode(frame)))


def _oximetry(decode: Callable[[bytes], pulse_oximeter.Oximetry]) -> Hear:
    def hear(frame: bytes, _boot_us: int) -> Said:
        oximetry = decode(frame)
        return Said(pulse_oximeter.values(oximetry), oximetry.worn)

    return hear


def _weighing(decode: Callable[[bytes], scales.Weighing]) -> Hear:
    return lambda frame, _boot_us: Said(scales.values(decode(frame)))


def _battery(frame: bytes, _boot_us: int) -> Said:
    return Said(battery.values(battery.decode(frame)))


BATTERY = Subscription(battery.LEVEL, _battery, 0)
HEART_RATE = Subscription(heart_rate.MEASUREMENT, _heart_rate, SECOND_US)

# By the kind of the sensor in the settings: sensors whose frames need nothing of those before.
PROFILES: dict[str, tuple[Subscription, ...]] = {
    "heart_rate": (HEART_RATE,),
    "polar": (HEART_RATE,),
    "core_temperature": (Subscription(core_temperature.MEASUREMENT, _core_temperature, SECOND_US),),
    "thermometer": (Subscription(thermometer.MEASUREMENT, _temperature, 0),),
    # An oximeter tells single measurements, or goes on while it is worn, or both.
    "oximeter": (
        Subscription(
            pulse_oximeter.CONTINUOUS, _oximetry(pulse_oximeter.decode_continuous), SECOND_US, required=False
        ),
        Subscription(
            pulse_oximeter.SPOT_CHECK, _oximetry(pulse_oximeter.decode_spot_check), 0, required=False
        ),
    ),
    "weight_scale": (Subscription(scales.WEIGHT, _weighing(scales.decode_weight), 0),),
    "body_composition": (
        Subscription(scales.BODY_COMPOSITION, _weighing(scales.decode_body_composition), 0),
    ),
}

# How far apart what they measure comes, of sensors that tell no heart rate: tags every 1.3 to 10 s, BTHome
# devices up to a minute; a scale or a thermometer when somebody uses it.
RHYTHMS_US: dict[str, int | None] = {
    "ruuvi": 10 * SECOND_US,
    "bthome": 60 * SECOND_US,
    "thermometer": None,
    "oximeter": None,
    "weight_scale": None,
    "body_composition": None,
}


# Machines: each way of telling is a maker of what hears it on one link.


class Way(NamedTuple):
    """A characteristic that a machine may tell by."""

    uuid: str
    listener: Callable[[SensorSettings], Hear]
    period_us: int = SECOND_US


def _power_meter(sensor: SensorSettings) -> Hear:
    meter = cycling_power.PowerMeter(_wheel_m(sensor))
    return lambda frame, boot_us: Said(meter.hear(frame, boot_us).values)


def _speed_cadence(sensor: SensorSettings) -> Hear:
    wheels = cycling_speed_cadence.SpeedCadenceSensor(_wheel_m(sensor))
    return lambda frame, boot_us: Said(wheels.hear(frame, boot_us).values)


def _running(_sensor: SensorSettings) -> Hear:
    return lambda frame, _us: Said(running_speed_cadence.values(running_speed_cadence.decode(frame)))


def _machine(layout: fitness_machine.Layout, _sensor: SensorSettings) -> Hear:
    machine = fitness_machine.Machine(layout)
    return lambda frame, boot_us: Said(machine.hear(frame, boot_us).values)


def _rowing(characteristic: int, _sensor: SensorSettings) -> Hear:
    return lambda frame, _us: Said(rowing_monitor.values(rowing_monitor.decode(characteristic, frame)))


def _wheel_m(sensor: SensorSettings) -> float | None:
    return None if sensor.wheel_mm is None else sensor.wheel_mm / 1000


def _monitor_way(characteristic: int, period_us: int = 0) -> Way:
    return Way(rowing_monitor.BASE_UUID.format(characteristic), partial(_rowing, characteristic), period_us)


POWER = Way(cycling_power.MEASUREMENT, _power_meter)
SPEED_CADENCE = Way(cycling_speed_cadence.MEASUREMENT, _speed_cadence)
RUNNING = Way(running_speed_cadence.MEASUREMENT, _running)
BIKE = Way(fitness_machine.INDOOR_BIKE_DATA, partial(_machine, fitness_machine.INDOOR_BIKE))
TREADMILL = Way(fitness_machine.TREADMILL_DATA, partial(_machine, fitness_machine.TREADMILL))
ROWER = Way(fitness_machine.ROWER_DATA, partial(_machine, fitness_machine.ROWER))
CROSS_TRAINER = Way(fitness_machine.CROSS_TRAINER_DATA, partial(_machine, fitness_machine.CROSS_TRAINER))

# A PM5 tells its status twice a second, and of each stroke once.
HALF_A_SECOND_US = 500_000
MONITOR = (
    _monitor_way(rowing_monitor.GENERAL_STATUS, HALF_A_SECOND_US),
    _monitor_way(rowing_monitor.ADDITIONAL_STATUS_1, HALF_A_SECOND_US),
    _monitor_way(rowing_monitor.ADDITIONAL_STATUS_2, HALF_A_SECOND_US),
    _monitor_way(rowing_monitor.STROKE_DATA),
    _monitor_way(rowing_monitor.ADDITIONAL_STROKE_DATA),
)


class Machine(NamedTuple):
    """A kind of machine: by which ways it tells, and which it must offer. rivals: they tell the same things,
    and the first counts."""

    ways: tuple[Way, ...]
    required: tuple[Way, ...]
    rivals: bool = True


# By the kind in the settings. What a meter measures goes before what a machine shows; a belt knows its speed
# better than a foot does.
MACHINES: dict[str, Machine] = {
    "cycling_power": Machine((POWER, SPEED_CADENCE), (POWER,)),
    "speed_cadence": Machine((SPEED_CADENCE,), (SPEED_CADENCE,)),
    "running": Machine((RUNNING,), (RUNNING,)),
    "bike": Machine((POWER, BIKE, SPEED_CADENCE), (BIKE,)),
    "treadmill": Machine((TREADMILL, RUNNING), (TREADMILL,)),
    "rower": Machine((ROWER,), (ROWER,)),
    "cross_trainer": Machine((CROSS_TRAINER,), (CROSS_TRAINER,)),
    "rowing_monitor": Machine(MONITOR, MONITOR[:2], rivals=False),
}


def subscriptions(sensor: SensorSettings) -> tuple[Subscription, ...]:
    """What to subscribe to on a new link with this sensor."""
    if sensor.kind in PROFILES:
        return PROFILES[sensor.kind]
    machine = MACHINES[sensor.kind]
    precedence = Precedence()
    return tuple(
        Subscription(
            way.uuid,
            _ranked(way.listener(sensor), rank if machine.rivals else BEST, precedence),
            way.period_us,
            way in machine.required,
        )
        for rank, way in enumerate(machine.ways)
    )


def _ranked(hear: Hear, rank: int, precedence: Precedence) -> Hear:
    """The same, without what a better source tells."""
    return lambda frame, boot_us: Said(precedence.admit(rank, hear(frame, boot_us).values, boot_us))
