"""What a file of a watch or head unit says, whatever its format: one neutral form, in columns. Pure, no I/O.

Times are µs since 1970 UTC. A device that never learnt the date counts from its power-on instead: then
`since_power_on` is set, and a person must say when it was before anything can be stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sts_hub.errors import HubError

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Of what a device says and what its own records give, less than this is rounding and smoothing, not a contradiction.
SAME_DISTANCE: Final = 0.02
SAME_DISTANCE_M: Final = 20.0
SAME_HEART_RATE: Final = 3.0


class UnreadableError(HubError):
    """The file is no activity, or nothing can be read of it; `str()` says why and what to do."""


@dataclass(frozen=True, slots=True)
class Device:
    """What recorded the activity, as far as the file says."""

    maker: str | None = None
    product: str | None = None
    serial: int | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One quantity of every record; NaN where it has none. `unit` is a UCUM code, or the file's own word."""

    unit: str
    value: Floats


@dataclass(frozen=True, slots=True)
class Section:
    """A session or a lap as the device sums it up; None: it does not say.

    elapsed_s counts pauses, timer_s does not.
    """

    since_us: int | None = None
    elapsed_s: float | None = None
    timer_s: float | None = None
    sport: str | None = None
    distance_m: float | None = None
    heart_rate_mean: float | None = None
    heart_rate_max: float | None = None
    energy_kcal: float | None = None


@dataclass(frozen=True, slots=True)
class Beats:
    """RR intervals, ms, each with the time of the record that it was told with."""

    t_us: Ints
    ms: Floats


@dataclass(slots=True)
class Activity:
    """One file. `told`: how many records it has; those with a time are in the columns. `whole`: nothing is cut off
    or damaged. `warnings`: sentences for a person."""

    form: str
    t_us: Ints
    columns: dict[str, Column]
    sessions: list[Section]
    laps: list[Section]
    told: int
    device: Device = field(default_factory=Device)
    created_us: int | None = None
    pauses_us: list[tuple[int, int]] = field(default_factory=list)
    beats: Beats = field(default_factory=lambda: Beats(np.array([], np.int64), np.array([], np.float64)))
    utc_offset_s: int | None = None
    since_power_on: bool = False
    whole: bool = True
    warnings: list[str] = field(default_factory=list)

    @property
    def span_us(self) -> tuple[int, int] | None:
        """From the first to the last moment that it says anything of; None when it has no time at all."""
        moments = self.t_us.tolist()[:1] + self.t_us.tolist()[-1:]
        for one in self.sessions:
            if one.since_us is not None:
                moments += [one.since_us, one.since_us + int((one.elapsed_s or 0) * 1e6)]
        return (min(moments), max(moments)) if moments else None

    def values(self, name: str) -> tuple[Ints, Floats]:
        """Times and values of a column where it has any."""
        column = self.columns.get(name)
        if column is None:
            return np.array([], np.int64), np.array([], np.float64)
        there = ~np.isnan(column.value)
        return self.t_us[there], column.value[there]


def in_order(activity: Activity) -> Activity:
    """The same with records rising in time, columns without any value left out, and contradictions told."""
    rising = np.argsort(activity.t_us, kind="stable")
    if (np.diff(activity.t_us) < 0).any():
        activity.warnings.append("Some records go back in time: they were put in order.")
    activity.t_us = activity.t_us[rising]
    activity.columns = {
        name: Column(one.unit, one.value[rising])
        for name, one in activity.columns.items()
        if not np.isnan(one.value).all()
    }
    _drop_idle_distance(activity)
    activity.warnings += _contradictions(activity)
    return activity


def _drop_idle_distance(activity: Activity) -> None:
    """Indoors many devices count 0 m all along: that is no measured distance."""
    distance = activity.columns.get("distance")
    if distance is not None and np.nanmax(distance.value) == 0:
        del activity.columns["distance"]
        activity.warnings.append("The distance is 0 from beginning to end: it was not measured.")


def _contradictions(activity: Activity) -> list[str]:
    """Where the device's own sums are not what its records give."""
    found: list[str] = []
    for place, one in enumerate(activity.sessions, 1):
        inside = _within(activity, one)
        found += _other_distance(activity, one, inside, place) + _other_heart_rate(
            activity, one, inside, place
        )
    return found


def _within(activity: Activity, one: Section) -> NDArray[np.bool_]:
    if len(activity.sessions) == 1 or one.since_us is None or one.elapsed_s is None:
        return np.ones(activity.t_us.size, bool)
    until_us = one.since_us + int(one.elapsed_s * 1e6)
    return (activity.t_us >= one.since_us) & (activity.t_us <= until_us)


def _other_distance(activity: Activity, one: Section, inside: NDArray[np.bool_], place: int) -> list[str]:
    column = activity.columns.get("distance")
    if column is None or one.distance_m is None:
        return []
    metres = column.value[inside]
    metres = metres[~np.isnan(metres)]
    if metres.size < 2:
        return []
    recorded_m = float(metres.max() - (metres.min() if len(activity.sessions) > 1 else 0))
    if abs(recorded_m - one.distance_m) <= max(SAME_DISTANCE_M, SAME_DISTANCE * one.distance_m):
        return []
    return [
        f"Session {place} says {one.distance_m:.0f} m, its records give {recorded_m:.0f} m: both are kept."
    ]


def _other_heart_rate(activity: Activity, one: Section, inside: NDArray[np.bool_], place: int) -> list[str]:
    column = activity.columns.get("heart_rate")
    if column is None or one.heart_rate_mean is None or np.isnan(column.value[inside]).all():
        return []
    recorded = float(np.nanmean(column.value[inside]))
    if abs(recorded - one.heart_rate_mean) <= SAME_HEART_RATE:
        return []
    return [
        f"Session {place} says a mean heart rate of {one.heart_rate_mean:.0f}/min, its records give "
        f"{recorded:.0f}/min: both are kept."
    ]
