"""A running scenario: every sensor measures at its own instants, the carrier takes it out."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from sts_sims.athletes import Effort, Heart
from sts_sims.bicycle import PowerMeter, SpeedCadence
from sts_sims.climate_tag import BthomeTag, ClimateTag, RuuviTag
from sts_sims.core_pod import CorePod
from sts_sims.fitness_machine import Bike, CrossTrainer, Rower, Treadmill
from sts_sims.foot_pod import FootPod
from sts_sims.heart_strap import BATTERY_LEVEL, HEART_RATE_MEASUREMENT, HeartStrap
from sts_sims.oximeter import Oximeter
from sts_sims.polar_arm import PolarArm
from sts_sims.polar_strap import PolarStrap
from sts_sims.rowing_monitor import RowingMonitor
from sts_sims.scale import BodyScale, Scale
from sts_sims.scenario import Scenario, Strap
from sts_sims.sensor import Notice, Sensor
from sts_sims.thermometer import Thermometer
from sts_sims.truth import TruthLog
from sts_sims.workout import effort


class Air(Protocol):
    """What a carrier must offer: send a notification or the sensor's advert, or say why nobody got it."""

    def notify(self, name: str, uuid: str, value: bytes) -> str | None: ...

    def broadcast(self, name: str) -> str | None: ...


def boot_us() -> int:
    """Now on CLOCK_BOOTTIME, µs."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000


def make_sensor(scenario: Scenario, told: Strap, seed: int) -> Sensor:
    """A sensor as its scenario describes it."""
    made = MAKERS[told.kind](scenario, told, seed)
    made.switch_on(scenario.start_at_s)
    return made


def _effort(scenario: Scenario, told: Strap) -> Effort:
    return effort(scenario.plan, later_s=told.later_s, pace=told.pace)


def _heart(scenario: Scenario, told: Strap, seed: int) -> Heart:
    return Heart(told.athlete.athlete, _effort(scenario, told), f"{seed}:{told.name}")


def _heart_strap(scenario: Scenario, told: Strap, seed: int) -> Sensor:
    heart = _heart(scenario, told, seed)
    return HeartStrap(
        told.name,
        told.address,
        heart,
        battery=told.battery,
        energy=told.energy,
        rssi_dbm=told.rssi_dbm,
        broadcast=told.broadcast,
    )


def _polar_strap(scenario: Scenario, told: Strap, seed: int) -> Sensor:
    heart, twin = _heart(scenario, told, seed), _heart(scenario, told, seed)
    return PolarStrap(told.name, told.address, heart, twin, battery=told.battery, rssi_dbm=told.rssi_dbm)


def _polar_arm(scenario: Scenario, told: Strap, seed: int) -> Sensor:
    heart = _heart(scenario, told, seed)
    return PolarArm(told.name, told.address, heart, battery=told.battery, rssi_dbm=told.rssi_dbm)


def _core_pod(scenario: Scenario, told: Strap, seed: int) -> Sensor:
    plan = _effort(scenario, told)
    return CorePod(told.name, told.address, plan, battery=told.battery, rssi_dbm=told.rssi_dbm)


def _machine(make: Callable[..., Sensor]) -> Callable[[Scenario, Strap, int], Sensor]:
    """What makes a machine of that kind."""

    def made(scenario: Scenario, told: Strap, _seed: int) -> Sensor:
        plan = _effort(scenario, told)
        return make(told.name, told.address, plan, battery=told.battery, rssi_dbm=told.rssi_dbm)

    return made


def _instrument(make: Callable[..., Sensor]) -> Callable[[Scenario, Strap, int], Sensor]:
    """What makes an instrument of that kind."""

    def made(scenario: Scenario, told: Strap, _seed: int) -> Sensor:
        plan = _effort(scenario, told)
        rest = {"battery": told.battery, "rssi_dbm": told.rssi_dbm, "every_s": told.every_s}
        return make(told.name, told.address, plan, **rest)

    return made


def _ruuvi(_scenario: Scenario, told: Strap, _seed: int) -> Sensor:
    return RuuviTag(told.name, told.address, battery=told.battery, rssi_dbm=told.rssi_dbm)


def _bthome(_scenario: Scenario, told: Strap, _seed: int) -> Sensor:
    return BthomeTag(
        told.name,
        told.address,
        every_s=told.every_s,
        bind_key=bytes.fromhex(told.bind_key) or None,
        battery=told.battery,
        rssi_dbm=told.rssi_dbm,
    )


# By the kind of the sensor in the scenario.
MAKERS: dict[str, Callable[[Scenario, Strap, int], Sensor]] = {
    "heart_rate": _heart_strap,
    "polar": _polar_strap,
    "polar_arm": _polar_arm,
    "core_temperature": _core_pod,
    "cycling_power": _machine(PowerMeter),
    "speed_cadence": _machine(SpeedCadence),
    "running": _machine(FootPod),
    "bike": _machine(Bike),
    "treadmill": _machine(Treadmill),
    "rower": _machine(Rower),
    "cross_trainer": _machine(CrossTrainer),
    "rowing_monitor": _machine(RowingMonitor),
    "thermometer": _instrument(Thermometer),
    "oximeter": _instrument(Oximeter),
    "weight_scale": _instrument(Scale),
    "body_composition": _instrument(BodyScale),
    "ruuvi": _ruuvi,
    "bthome": _bthome,
}


class Squad:
    """All sensors of a scenario. `seed` replaces the one of the scenario."""

    def __init__(self, scenario: Scenario, seed: int | None = None) -> None:
        self._scenario = scenario
        chosen = scenario.seed if seed is None else seed
        self.sensors = {told.name: make_sensor(scenario, told, chosen) for told in scenario.everything}

    async def train(self, air: Air, truth: TruthLog, now_us: Callable[[], int] = boot_us) -> None:
        """Measure and notify until cancelled."""
        interval_s = 1.0 / self._scenario.rate_hz
        began_s = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for place, sensor in enumerate(self.sensors.values()):
                lag_s = interval_s * place / len(self.sensors)
                if isinstance(sensor, HeartStrap):
                    group.create_task(self._wear(sensor, air, truth, now_us, began_s + lag_s, interval_s))
                if sensor.turn_s is not None:
                    group.create_task(self._speak(sensor, air, truth, now_us, began_s, sensor.turn_s))

    async def _wear(
        self,
        strap: HeartStrap,
        air: Air,
        truth: TruthLog,
        now_us: Callable[[], int],
        first_s: float,
        interval_s: float,
    ) -> None:
        count = 0
        while True:
            due_s = first_s + count * interval_s
            await asyncio.sleep(max(due_s - time.monotonic(), 0.0))
            said = strap.measure(self._scenario.start_at_s + (count + 1) * interval_s)
            count += 1
            frame = said.frame
            emitted_us = now_us()
            why = air.notify(strap.name, HEART_RATE_MEASUREMENT, frame)
            truth.note(emitted_us, strap.name, strap.address, said, frame, why)
            if strap.battery_changed():
                air.notify(strap.name, BATTERY_LEVEL, strap.battery_value)

    async def _speak(
        self,
        sensor: Sensor,
        air: Air,
        truth: TruthLog,
        now_us: Callable[[], int],
        began_s: float,
        turn_s: float,
    ) -> None:
        """Send what is due, turn by turn."""
        began_us = now_us() - round((time.monotonic() - began_s) * 1e6)
        while True:
            for said in sensor.due(self._scenario.start_at_s + time.monotonic() - began_s):
                measured_us = began_us + round((said.at_s - self._scenario.start_at_s) * 1e6)
                emitted_us = now_us()
                why = "lost" if said.told.get("lost") else _send(air, sensor, said)
                truth.note_notice(emitted_us, sensor.name, sensor.address, said, measured_us, why)
            await asyncio.sleep(turn_s)


def _send(air: Air, sensor: Sensor, said: Notice) -> str | None:
    """Over a link, or to everybody who listens."""
    if not isinstance(sensor, ClimateTag):
        return air.notify(sensor.name, said.uuid, said.frame)
    sensor.advertise(said.frame)
    return air.broadcast(sensor.name)
