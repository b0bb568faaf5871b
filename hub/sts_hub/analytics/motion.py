"""Motion on a pitch: distance, speed, sprints, accelerations and what they cost.

Speed is the receiver's own (Doppler), never a difference of positions: at ten positions a second an error of 0.1 m is one of
1 m/s. Thresholds differ between makers, so they are settings and stored with each number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sts_hub.analytics.formula import (
    Case,
    Formula,
    Found,
    Input,
    Output,
    Setting,
    Variant,
    max_gap,
)
from sts_hub.analytics.heart_rate import mean
from sts_hub.analytics.holding import SECOND_US, Floats, Held, Ints, Samples
from sts_protocols.metrics import GROUND_SPEED, LATITUDE, LONGITUDE

# Of the sphere with the volume of the Earth (IUGG mean radius).
EARTH_RADIUS_M: Final = 6_371_008.8
GRAVITY_M_S2: Final = 9.80665

SPEED: Final = Input("ground_speed", "m/s", "Speed as the receiver tells it (Doppler).", metric=GROUND_SPEED)
# A runner changes speed by 3 m/s in a second: a value that is not followed after one and a half says nothing any more.
SPEED_GAP: Final = max_gap(1.5, "a runner's speed is another one a second later")
LATITUDES: Final = Input("latitude", "deg", "Latitude, WGS 84.", metric=LATITUDE)
LONGITUDES: Final = Input("longitude", "deg", "Longitude, WGS 84, at the same times.", metric=LONGITUDE)
# Between two fixes further apart, a runner may have turned.
POSITION_GAP: Final = max_gap(3.0, "two positions further apart are no step")


# distance and speed


def great_circle_m(latitude: Floats, longitude: Floats) -> Floats:
    """The way from each position to the next on a sphere, m (haversine); positions in degrees."""
    phi, lam = np.radians(latitude), np.radians(longitude)
    half = np.sin(np.diff(phi) / 2) ** 2 + np.cos(phi[:-1]) * np.cos(phi[1:]) * np.sin(np.diff(lam) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(half, 1.0))), np.float64)


def _great_circle(case: Case) -> Found:
    latitude, longitude = case.samples(LATITUDES.name), case.samples(LONGITUDES.name)
    t_us, one, other = np.intersect1d(latitude.t_us, longitude.t_us, return_indices=True)
    credible = ~np.isnan(latitude.value[one] + longitude.value[other])
    t_us, one, other = t_us[credible], one[credible], other[credible]
    steps = Steps(t_us, case)
    ways_m = great_circle_m(latitude.value[one], longitude.value[other])
    return Found({"distance": float(ways_m[steps.whole].sum())}, case.coverage_percent(steps.held_us))


def _doppler_distance(case: Case) -> Found:
    heard = case.held(SPEED.name)
    coverage_percent = case.coverage_percent(heard.total_us)
    return Found({"distance": mean(heard) * heard.total_us / SECOND_US}, coverage_percent)


def _speed(case: Case) -> Found:
    heard = case.held(SPEED.name)
    coverage_percent = case.coverage_percent(heard.total_us)
    return Found({"mean": mean(heard), "highest": float(heard.value.max())}, coverage_percent)


class Steps:
    """The steps between successive times of a window: which are whole (no hole in them), and how long."""

    def __init__(self, t_us: Ints, case: Case) -> None:
        self.us = np.diff(t_us)
        inside = (t_us[:-1] >= case.window.since_us) & (t_us[1:] <= case.window.until_us)
        self.whole = inside & (self.us > 0) & (self.us <= case.us("max_gap_s"))

    @property
    def held_us(self) -> int:
        """How long the whole steps last together."""
        return int(self.us[self.whole].sum())


# runs above a threshold


class Runs(NamedTuple):
    """Unbroken runs: the first and the place behind the last of each, and how long it lasts."""

    first: Ints
    behind: Ints
    us: Ints


def runs(above: NDArray[np.bool_], begin_us: Ints, us: Ints, dwell_us: int) -> Runs:
    """The runs in which all lie above, each piece beginning where the one before ends, of at least so long."""
    joined = np.append(False, begin_us[1:] == begin_us[:-1] + us[:-1]) if us.size else np.empty(0, np.bool_)
    starts = above & ~(joined & np.append(False, above[:-1])[: above.size])
    first = np.flatnonzero(starts)
    number = np.cumsum(starts) - 1
    lasting = np.bincount(number[above], us[above], first.size).astype(np.int64)
    behind = first + np.bincount(number[above], minlength=first.size)
    long_enough = lasting >= dwell_us
    return Runs(first[long_enough], behind[long_enough], lasting[long_enough])


SPRINT_SPEED: Final = Setting("threshold_m_s", "m/s", 7.0, "Faster than this is a sprint.")
SPRINT_DWELL: Final = Setting("dwell_s", "s", 1.0, "For at least so long.")


def _sprints(case: Case) -> Found:
    heard = case.held(SPEED.name)
    coverage_percent = case.coverage_percent(heard.total_us)
    found = runs(
        heard.value > case.number(SPRINT_SPEED.name), heard.begin_us, heard.us, case.us(SPRINT_DWELL.name)
    )
    ways_m = [_way_m(heard, first, behind) for first, behind in zip(found.first, found.behind, strict=True)]
    fastest = [
        float(heard.value[first:behind].max())
        for first, behind in zip(found.first, found.behind, strict=True)
    ]
    return Found(
        {
            "count": len(ways_m),
            "distance": sum(ways_m),
            "time": float(found.us.sum()) / SECOND_US,
            "fastest": tuple(fastest),
            "begin": tuple(
                (float(begin_us) - case.window.since_us) / SECOND_US
                for begin_us in heard.begin_us[found.first]
            ),
        },
        coverage_percent,
    )


def _way_m(heard: Held, first: int, behind: int) -> float:
    return float((heard.value[first:behind] * heard.us[first:behind]).sum()) / SECOND_US


# changes of speed


FILTER: Final = Setting(
    "filter_s", "s", 0.5, "Speed is first averaged over the values within half of this to either side."
)
ACCELERATION: Final = Setting("threshold_m_s2", "m/s2", 3.0, "Faster changes count, in both directions.")
ACCELERATION_DWELL: Final = Setting("dwell_s", "s", 0.5, "For at least so long.")


@dataclass(frozen=True, slots=True)
class Changes:
    """Pieces between successive speeds, without holes in them: when each begins, how long it is, m/s and m/s²."""

    begin_us: Ints
    us: Ints
    speed: Floats
    acceleration: Floats


def smoothed(samples: Samples, filter_us: int, max_gap_us: int) -> Floats:
    """Each value averaged with those within half the filter to either side, none of them behind a hole."""
    value = samples.value
    broken = (np.diff(samples.t_us) > max_gap_us) | np.isnan(value[1:]) | np.isnan(value[:-1])
    stretch = np.append(0, np.cumsum(broken)) if value.size else np.empty(0, np.int64)
    sums = np.append(0.0, np.cumsum(np.where(np.isnan(value), 0.0, value)))
    first = np.searchsorted(samples.t_us, samples.t_us - filter_us // 2, side="left")
    behind = np.searchsorted(samples.t_us, samples.t_us + filter_us // 2, side="right")
    first = np.maximum(first, np.searchsorted(stretch, stretch, side="left"))
    behind = np.minimum(behind, np.searchsorted(stretch, stretch, side="right"))
    return np.where(np.isnan(value), np.nan, (sums[behind] - sums[first]) / np.maximum(behind - first, 1))


def changes(case: Case) -> Changes:
    """The changes of speed in a window, after the filter."""
    samples = case.samples(SPEED.name)
    speed = smoothed(samples, case.us(FILTER.name), case.us(SPEED_GAP.name))
    steps = Steps(samples.t_us, case)
    whole = steps.whole & ~np.isnan(speed[1:] + speed[:-1])
    us = steps.us[whole]
    return Changes(
        samples.t_us[:-1][whole],
        us,
        ((speed[1:] + speed[:-1]) / 2)[whole],
        np.diff(speed)[whole] / (us / SECOND_US),
    )


def _accelerations(case: Case) -> Found:
    found = changes(case)
    coverage_percent = case.coverage_percent(int(found.us.sum()))
    threshold, dwell_us = case.number(ACCELERATION.name), case.us(ACCELERATION_DWELL.name)
    up = runs(found.acceleration > threshold, found.begin_us, found.us, dwell_us)
    down = runs(found.acceleration < -threshold, found.begin_us, found.us, dwell_us)
    values = {
        "accelerations": up.us.size,
        "decelerations": down.us.size,
        "highest": float(found.acceleration.max()),
        "lowest": float(found.acceleration.min()),
    }
    return Found(values, coverage_percent)


GROUND: Final = Setting(
    "ground_factor", "1", 1.29, "What the ground costs more than a treadmill; 1.29 on grass."
)
HIGH_POWER: Final = Setting("high_power_w_kg", "W/kg", 20.0, "Time above this power is told.")
# Minetti et al. 2002: energy cost of running uphill by the slope, J/kg/m, highest power first.
COST_J_KG_M: Final = (155.4, -30.4, -43.3, 46.3, 19.5, 3.6)


def metabolic_power_w_kg(speed: Floats, acceleration: Floats, ground_factor: float) -> Floats:
    """di Prampero: to speed up on the flat costs what running uphill costs, on a slope of a/g with the mass √(1 + (a/g)²).

    Where the polynomial falls below 0, beyond the slopes that were measured, nothing is spent and nothing comes back.
    """
    slope = acceleration / GRAVITY_M_S2
    cost = np.polyval(COST_J_KG_M, slope) * np.sqrt(1 + slope**2) * ground_factor
    return np.asarray(np.maximum(cost, 0.0) * speed, np.float64)


def _metabolic_power(case: Case) -> Found:
    found = changes(case)
    coverage_percent = case.coverage_percent(int(found.us.sum()))
    power = metabolic_power_w_kg(found.speed, found.acceleration, case.number(GROUND.name))
    seconds = found.us / SECOND_US
    energy = float((power * seconds).sum())
    high = power > case.number(HIGH_POWER.name)
    values = {
        "mean_power": energy / float(seconds.sum()),
        "energy": energy,
        "high_power_time": float(seconds[high].sum()),
    }
    return Found(values, coverage_percent)


_HOLDS: Final = "Each speed counts until the next, for 1.5 s at most; a hole ends what goes on."
_STEPS: Final = "No step is taken over a hole, nor over what is not credible; a hole ends what goes on."
_NONE: Final = "No credible value lies in the time."


def _by_speed(sentence: str, work: Callable[[Case], Found], *settings: Setting) -> tuple[Variant, ...]:
    return (Variant("doppler", sentence, work, (SPEED,), (), (*settings, SPEED_GAP)),)


DISTANCE: Final = Formula(
    id="distance",
    version=1,
    title="Distance",
    sentence="The way that was covered, from positions or from speed.",
    source="Haversine formula on the sphere of IUGG's mean radius; sum of speed times time",
    outputs=(Output("distance", "m", "The way."),),
    gaps="No way is counted in a hole: the distance is too short by what was run in it, and the coverage says for how long.",
    null=_NONE,
    variants=(
        Variant(
            "great_circle",
            "From fix to fix on a sphere. Errors of positions add to it: a receiver that lies still wanders.",
            _great_circle,
            (LATITUDES, LONGITUDES),
            (),
            (POSITION_GAP,),
        ),
        *_by_speed("Speed times the time that it holds.", _doppler_distance),
    ),
)

MEAN_SPEED: Final = Formula(
    id="speed",
    version=1,
    title="Mean and highest speed",
    sentence="The mean over time of the speed that the receiver tells, and its highest value.",
    source="Arithmetic mean weighted by time",
    outputs=(
        Output("mean", "m/s", "Mean over the time with values."),
        Output("highest", "m/s", "The highest credible value."),
    ),
    gaps=_HOLDS,
    null=_NONE,
    variants=_by_speed("Never from differences of positions.", _speed),
)

SPRINTS: Final = Formula(
    id="sprints",
    version=1,
    title="Sprints",
    sentence="Times in which the speed stays above a threshold for at least the dwell.",
    source="Threshold and dwell, which differ between makers and are stored with the result",
    outputs=(
        Output("count", "1", "How many."),
        Output("distance", "m", "The way in all of them."),
        Output("time", "s", "How long they lasted together."),
        Output("fastest", "m/s", "The highest speed of each."),
        Output("begin", "s", "When each began, from the beginning of the window."),
    ),
    gaps=f"{_HOLDS} A sprint with a hole in it is two.",
    null=_NONE,
    variants=_by_speed("Of the speed as it is, without a filter.", _sprints, SPRINT_SPEED, SPRINT_DWELL),
)

ACCELERATIONS: Final = Formula(
    id="accelerations",
    version=1,
    title="Accelerations and decelerations",
    sentence="Times in which the speed changes faster than a threshold for at least the dwell.",
    source="Threshold, dwell and filter, which differ between makers and are stored with the result",
    outputs=(
        Output("accelerations", "1", "How many times faster."),
        Output("decelerations", "1", "How many times slower."),
        Output("highest", "m/s2", "The highest acceleration between two values."),
        Output("lowest", "m/s2", "The strongest deceleration between two values."),
    ),
    gaps=_STEPS,
    null=_NONE,
    variants=_by_speed(
        "Differences of successive speeds after a moving mean. It takes several values a second: at 1 Hz a dwell of 0.5 s says nothing.",
        _accelerations,
        ACCELERATION,
        ACCELERATION_DWELL,
        FILTER,
    ),
)

METABOLIC_POWER: Final = Formula(
    id="metabolic_power",
    version=1,
    title="Metabolic power of running",
    sentence="What running with changes of speed costs, as if it were running uphill.",
    source="di Prampero et al. 2005, J Exp Biol 208:2809; Osgnach et al. 2010, Med Sci Sports Exerc 42:170; cost of slopes from Minetti et al. "
    "2002, J Appl Physiol 93:1039",
    outputs=(
        Output("mean_power", "W/kg", "Mean over the time with values."),
        Output("energy", "J/kg", "What was spent in that time."),
        Output("high_power_time", "s", "Time above the high power."),
    ),
    gaps=_STEPS,
    null=_NONE,
    variants=(
        Variant(
            "osgnach_2010",
            "EC = (155.4 ES⁵ - 30.4 ES⁴ - 43.3 ES³ + 46.3 ES² + 19.5 ES + 3.6) · EM · ground, times speed. Walking counts as running.",
            _metabolic_power,
            (SPEED,),
            (),
            (GROUND, HIGH_POWER, FILTER, SPEED_GAP),
            estimate=True,
        ),
    ),
)
