"""From what is told of an athlete to the neutral activity that files are written from. Pure, on numpy arrays.

Files of workouts tell one row a second: of each metric the last value of quality ok in it. What lies further apart than
an hour is another workout.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from sts_hub.activities.activity import Activity, Beats, Column, Floats, Ints, Section
from sts_hub.activities.reading.markup import UNITS
from sts_hub.samples.values import Values
from sts_protocols.sample import Quality

# What files of workouts have fields for.
METRICS: Final = (*UNITS, "respiratory_rate", "body_temperature")
_UNITS: Final = {**UNITS, "respiratory_rate": "/min", "body_temperature": "Cel"}
BEATS: Final = "rr_interval"
_SECOND_US: Final = 1_000_000
APART_S: Final = 3600


def workouts(told: Mapping[str, Values], sport: str | None = None) -> Iterator[Activity]:
    """Yield an activity for each stretch of time in which any metric is told."""
    good = {name: values.only(values.quality == Quality.OK) for name, values in told.items()}
    seconds = np.unique(np.concatenate([_seconds(good[name]) for name in METRICS if name in good] or [_NONE]))
    for some in np.split(seconds, np.flatnonzero(np.diff(seconds) > APART_S) + 1):
        if some.size:
            yield _workout(some, good, sport)


_NONE: Final[Ints] = np.array([], np.int64)


def _seconds(values: Values) -> Ints:
    return values.t_us // _SECOND_US


def _workout(seconds: Ints, good: Mapping[str, Values], sport: str | None) -> Activity:
    columns = {
        name: Column(_UNITS[name], column)
        for name in METRICS
        if name in good and not np.isnan(column := _by_second(good[name], seconds)).all()
    }
    return Activity(
        form="fit",
        t_us=seconds * _SECOND_US,
        columns=columns,
        sessions=[_session(seconds, columns, sport)],
        laps=[_session(seconds, columns, sport)],
        told=int(seconds.size),
        beats=_beats(good.get(BEATS), seconds),
    )


def _by_second(values: Values, seconds: Ints) -> Floats:
    """The last value within each second; NaN where there is none."""
    column = np.full(seconds.size, np.nan)
    place = np.searchsorted(seconds, _seconds(values))
    inside = (place < seconds.size) & (seconds[np.minimum(place, seconds.size - 1)] == _seconds(values))
    column[place[inside]] = values.value[inside]
    return column


def _beats(values: Values | None, seconds: Ints) -> Beats:
    if values is None:
        return Beats(_NONE, np.array([], np.float64))
    inside = values.only(np.isin(_seconds(values), seconds))
    return Beats(inside.t_us, inside.value)


def _session(seconds: Ints, columns: Mapping[str, Column], sport: str | None) -> Section:
    """Summed up from the rows; both times are from the first to the last, as nobody says where the timer stood."""
    elapsed_s = float(seconds[-1] - seconds[0])
    rates = columns["heart_rate"].value if "heart_rate" in columns else None
    metres = columns["distance"].value if "distance" in columns else None
    return Section(
        since_us=int(seconds[0]) * _SECOND_US,
        elapsed_s=elapsed_s,
        timer_s=elapsed_s,
        sport=sport,
        distance_m=None if metres is None else float(np.nanmax(metres) - np.nanmin(metres)),
        heart_rate_mean=None if rates is None else float(np.nanmean(rates)),
        heart_rate_max=None if rates is None else float(np.nanmax(rates)),
    )
