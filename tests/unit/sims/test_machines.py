"""Simulated meters and machines follow the effort of their athlete, and count as sensors count."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import pytest

from sts_sims.bicycle import PowerMeter, SpeedCadence
from sts_sims.fitness_machine import Bike, CrossTrainer, Rower, Treadmill
from sts_sims.foot_pod import FootPod
from sts_sims.machine import Machine, Turns
from sts_sims.rowing_monitor import RowingMonitor

ALL = [PowerMeter, SpeedCadence, FootPod, Bike, Treadmill, Rower, CrossTrainer, RowingMonitor]
# The smallest packet carries 20 bytes; older machines send nothing longer.
PAYLOAD_BYTES = 20


def machine(make: Callable[..., Machine], effort: float) -> Machine:
    return make("m-01", "A0:9E:1A:00:00:01", lambda _s: effort)


def last(sensor: Machine, seconds: float) -> dict[str, Any]:
    """The truth of the last second of so many."""
    notices = sensor.due(seconds)
    newest_s = notices[-1].at_s
    return {name: value for one in notices if one.at_s == newest_s for name, value in one.told.items()}


@pytest.mark.parametrize("make", ALL)
def test_each_second_is_said_once_and_fits_the_smallest_packet(make: Callable[..., Machine]) -> None:
    """However often it is asked."""
    sensor = machine(make, 0.6)
    notices = [one for tenth in range(100) for one in sensor.due(tenth / 10)]
    assert sorted({one.at_s for one in notices}) == [float(second) for second in range(1, 10)]
    assert max(len(one.frame) for one in notices) <= PAYLOAD_BYTES
    assert {one.uuid for one in notices} <= {c.uuid for s in sensor.services for c in s.characteristics}


@pytest.mark.parametrize("make", ALL)
def test_more_effort_is_more_of_everything_that_goes_with_it(make: Callable[..., Machine]) -> None:
    """Power, speed, cadence, stroke rate and distance rise; pace falls."""
    easy, hard = last(machine(make, 0.3), 20.0), last(machine(make, 0.9), 20.0)
    rising = {"power", "speed", "cadence", "wheel_rate", "stroke_rate", "distance"} & easy.keys()
    assert rising
    assert all(hard[name] > easy[name] for name in rising)
    assert hard.get("pace", 0) <= easy.get("pace", 0)


@pytest.mark.parametrize("make", ALL)
def test_nobody_at_the_machine_is_rest(make: Callable[..., Machine]) -> None:
    """Taken off (`worn`), nothing turns, and a pace is not told."""
    sensor = machine(make, 0.6)
    sensor.worn = False
    told = last(sensor, 5.0)
    assert told.get("power", 0) == told.get("speed", 0) == told.get("cadence", 0) == 0
    assert "pace" not in told


def test_turns_wrap_and_their_time_does_too() -> None:
    """A crank of 16 bits and a clock of 64 s."""
    crank = Turns(1024, 16)
    for second in range(1, 70_001):
        crank.turn(1.5, float(second))
    assert crank.count == 105_000 % 65_536
    assert crank.ticks == 70_000 * 1024 % 65_536


def test_the_brake_of_a_trainer_shows_more_than_its_meter() -> None:
    """So that whoever adds, averages or confuses the two is found."""
    notices = machine(Bike, 0.6).due(1.0)
    assert struct.unpack("<Hh", notices[0].frame)[1] == 240
    assert struct.unpack("<HHhh", notices[1].frame)[3] == 247
