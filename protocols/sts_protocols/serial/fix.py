"""A fix: where a receiver says it is, and how far that is to be believed.

A right checksum says that the line came as it was sent, not that it is true: a receiver may tell two places
for one second, or jump by kilometres. Such a position is kept and told as implausible.
"""

import math
from typing import NamedTuple

from sts_protocols.metrics import (
    ALTITUDE,
    COURSE,
    GROUND_SPEED,
    HORIZONTAL_ACCURACY,
    HORIZONTAL_DILUTION,
    LATITUDE,
    LONGITUDE,
    POSITION_DILUTION,
    SATELLITES,
    VERTICAL_ACCURACY,
    Metric,
)
from sts_protocols.sample import Quality, Value

EARTH_RADIUS_M = 6_371_000
# The fastest on skis is at 71 m/s; a receiver that moves on by more has jumped.
FASTEST_MPS = 75.0
# A receiver that stands may wander by this much between two fixes.
WANDER_M = 15.0
# Fixes in a row that agree with each other and not with the place believed so far: that place was wrong.
AGREEING_FIXES = 5


class Fix(NamedTuple):
    """One navigation epoch. None for what was not told. `fix`: it is a position; `estimated`: by dead
    reckoning; `contradicted`: the receiver's own sentences disagree about it. utc_us: µs since 1970."""

    utc_us: int | None
    utc_error_us: int
    fix: bool
    latitude: float | None = None
    longitude: float | None = None
    altitude_m: float | None = None
    ground_speed_mps: float | None = None
    course_deg: float | None = None
    horizontal_accuracy_m: float | None = None
    vertical_accuracy_m: float | None = None
    satellites: int | None = None
    horizontal_dilution: float | None = None
    position_dilution: float | None = None
    estimated: bool = False
    contradicted: bool = False


_PLACE = (LATITUDE.id, LONGITUDE.id)


def values(fix: Fix, jumped: bool = False) -> tuple[Value, ...]:
    """What is to be stored, each with its quality: the first that holds of no fix, implausible, estimated.

    `jumped`: the place cannot be reached from the one before (see `Track`).
    """
    doubtful = jumped or fix.contradicted or not _is_accurate(fix)
    told: tuple[tuple[Metric, float | None], ...] = (
        (LATITUDE, fix.latitude),
        (LONGITUDE, fix.longitude),
        (ALTITUDE, fix.altitude_m),
        (GROUND_SPEED, fix.ground_speed_mps),
        (COURSE, fix.course_deg),
        (HORIZONTAL_ACCURACY, fix.horizontal_accuracy_m),
        (VERTICAL_ACCURACY, fix.vertical_accuracy_m),
        (SATELLITES, fix.satellites),
        (HORIZONTAL_DILUTION, fix.horizontal_dilution),
        (POSITION_DILUTION, fix.position_dilution),
    )
    return tuple(
        Value(metric.id, exact(metric, value), _quality(fix, metric, value, doubtful))
        for metric, value in told
        if value is not None
    )


def exact(metric: Metric, value: float) -> float:
    """The nearest whole number of the metric's steps."""
    return metric.value(round(value * metric.denominator / metric.numerator))


def apart_m(one: Fix, other: Fix) -> float:
    """Great-circle distance of two positions."""
    assert one.latitude is not None, "asked how far from nowhere"
    assert other.latitude is not None, "asked how far from nowhere"
    lat, other_lat = math.radians(one.latitude), math.radians(other.latitude)
    lon = math.radians((one.longitude or 0.0) - (other.longitude or 0.0))
    chord = math.sin((lat - other_lat) / 2) ** 2
    chord += math.cos(lat) * math.cos(other_lat) * math.sin(lon / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, chord)))


def _is_accurate(fix: Fix) -> bool:
    return fix.horizontal_accuracy_m is None or HORIZONTAL_ACCURACY.plausible(fix.horizontal_accuracy_m)


def _quality(fix: Fix, metric: Metric, value: float, doubtful: bool) -> Quality:
    if not fix.fix:
        return Quality.NO_FIX
    if not metric.plausible(value) or (doubtful and metric.id in _PLACE):
        return Quality.IMPLAUSIBLE
    return Quality.ESTIMATED if fix.estimated else Quality.OK


class Track:
    """Judges each position by the one believed last."""

    def __init__(self) -> None:
        self._believed: tuple[Fix, int] | None = None
        self._others: list[tuple[Fix, int]] = []

    def jumps(self, fix: Fix, boot_us: int) -> bool:
        """Whether nobody can have come here; boot_us is when it was heard."""
        if not fix.fix or fix.latitude is None:
            return False
        here = (fix, boot_us)
        if self._believed is None or _reachable(self._believed, here):
            self._believe(here)
            return False
        if self._others and not _reachable(self._others[-1], here):
            self._others.clear()
        self._others.append(here)
        if len(self._others) < AGREEING_FIXES:
            return True
        self._believe(here)
        return False

    def _believe(self, here: tuple[Fix, int]) -> None:
        self._believed = here
        self._others.clear()


def _reachable(before: tuple[Fix, int], here: tuple[Fix, int]) -> bool:
    seconds = max(here[1] - before[1], 0) / 1_000_000
    return apart_m(before[0], here[0]) <= WANDER_M + FASTEST_MPS * seconds
