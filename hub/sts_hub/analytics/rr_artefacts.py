"""Beats that a strap missed, made up or misplaced, found in RR intervals and put right.

After J. A. Lipponen and M. P. Tarvainen, A robust algorithm for heart rate variability time series artefact correction using
novel beat classification, J Med Eng Technol 2019, 43:173. Two series are looked at, each in units of a threshold that
follows the athlete (5.2 quartile deviations of 91 beats): the differences of successive intervals (dRR), and the deviations
from the median of 11 beats (mRR). A beat is judged only where dRR leaves its threshold, by the pattern of its neighbours.

Where the paper leaves a choice, this is taken: the windows are cut off at the ends; a quartile deviation is never less than
one tick of a strap's clock, so that a steady heart has no artefacts; the short interval before an ectopic pause is part of the
same beat; the beat after an extra one is not judged again; and there is one pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import numpy as np

from sts_hub.analytics.holding import Floats

# 99.95 % of normally distributed values lie within 5.2 quartile deviations.
QUARTILE_DEVIATIONS: Final = 5.2
THRESHOLD_BEATS: Final = 91
MEDIAN_BEATS: Final = 11
# The border of ectopic beats in the plane of a difference and its neighbours: slope and offset.
SLOPE: Final = 0.13
OFFSET: Final = 0.17
# Of mRR, beyond which a beat is long or short whatever its neighbours are.
FAR: Final = 3.0
TICK_MS: Final = 1000 / 1024
# Quartiles of fewer intervals tell nothing of the athlete.
FEWEST: Final = 30


class Beat(Enum):
    """What is wrong with the beat that ends an interval."""

    MISSED = "missed"
    EXTRA = "extra"
    ECTOPIC = "ectopic"
    LONG_SHORT = "long_short"


@dataclass(frozen=True, slots=True)
class _Judged:
    """Intervals, ms, with what they are judged by; d and m in units of their thresholds, d with two zeros behind it."""

    rr: Floats
    median: Floats
    m_threshold: Floats
    d: Floats
    m: Floats


def find(rr_ms: Floats) -> dict[int, Beat]:
    """The artefacts in an unbroken stretch of intervals, by the place of the interval that the beat ends."""
    judged = _judge(rr_ms)
    found: dict[int, Beat] = {}
    place = 0
    while place < rr_ms.size:
        if abs(judged.d[place]) <= 1:
            place += 1
        elif _ectopic(judged, place):
            before = found.get(place - 1) is Beat.LONG_SHORT
            found[place - 1 if before else place] = Beat.ECTOPIC
            place += 1
        else:
            place = _long_or_short(judged, place, found)
    return found


def correct(rr_ms: Floats, found: dict[int, Beat]) -> Floats:
    """The intervals with these beats added, taken out, or put midway between their neighbours.

    A misplaced beat at the very end has no neighbour behind it: its interval is left out.
    """
    corrected: list[float] = []
    intervals = rr_ms.tolist()
    place = 0
    while place < len(intervals):
        beat, both = found.get(place), intervals[place : place + 2]
        if beat is None:
            corrected.append(intervals[place])
        elif beat is Beat.MISSED:
            corrected += [intervals[place] / 2] * 2
        elif len(both) == 2:
            corrected += [sum(both)] if beat is Beat.EXTRA else [sum(both) / 2] * 2
        place += 1 if beat in (None, Beat.MISSED) else 2
    return np.array(corrected, np.float64)


def _judge(rr: Floats) -> _Judged:
    differences = np.diff(rr, prepend=rr[:1])
    median = _rolling(rr, MEDIAN_BEATS, np.median)
    deviations = rr - median
    # A premature beat shortens by less than a missed one lengthens.
    deviations = np.where(deviations < 0, 2 * deviations, deviations)
    m_threshold = _threshold(deviations)
    d = np.append(differences / _threshold(differences), [0.0, 0.0])
    return _Judged(rr, median, m_threshold, d, deviations / m_threshold)


def _threshold(values: Floats) -> Floats:
    low, high = (
        _rolling(np.abs(values), THRESHOLD_BEATS, lambda rows, axis, q=q: np.quantile(rows, q, axis=axis))
        for q in (0.25, 0.75)
    )
    return QUARTILE_DEVIATIONS * np.maximum((high - low) / 2, TICK_MS)


def _rolling(values: Floats, width: int, statistic: Callable[..., Any]) -> Floats:
    """A statistic of the values around each, of those that are there."""
    half = width // 2
    whole = values.size >= width
    inner = statistic(np.lib.stride_tricks.sliding_window_view(values, width), axis=1) if whole else []
    begin, end = (half, values.size - half) if whole else (values.size, values.size)
    before = [statistic(values[max(at - half, 0) : at + half + 1], axis=0) for at in range(begin)]
    after = [statistic(values[at - half : at + half + 1], axis=0) for at in range(end, values.size)]
    return np.array([*before, *inner, *after], np.float64)


def _ectopic(judged: _Judged, place: int) -> bool:
    """A difference between two of the other sign: early and paused, or late and hurried."""
    d = judged.d
    before = d[place - 1] if place else 0.0
    if d[place] > 0:
        return bool(max(before, d[place + 1]) < -SLOPE * d[place] - OFFSET)
    return bool(min(before, d[place + 1]) > -SLOPE * d[place] + OFFSET)


def _long_or_short(judged: _Judged, place: int, found: dict[int, Beat]) -> int:
    """Judge a beat, and the next where the difference grows behind it; returns where to go on."""
    d = judged.d
    both = place + 1 < judged.rr.size and abs(d[place + 1]) < abs(d[place + 2])
    for at in (place, place + 1) if both else (place,):
        beat = _judged_alone(judged, at)
        if beat is not None:
            found[at] = beat
        if beat is Beat.EXTRA:
            return at + 2
    return place + 2 if both else place + 1


def _judged_alone(judged: _Judged, at: int) -> Beat | None:
    d, rr = judged.d, judged.rr
    is_long = d[at] > 1 and min(d[at + 1], d[at + 2]) < -1
    is_short = d[at] < -1 and max(d[at + 1], d[at + 2]) > 1
    if not (is_long or is_short or abs(judged.m[at]) > FAR):
        return None
    threshold, median = judged.m_threshold[at], judged.median[at]
    if is_short and at + 1 < rr.size and abs(rr[at] + rr[at + 1] - median) < threshold:
        return Beat.EXTRA
    if is_long and abs(rr[at] / 2 - median) < threshold:
        return Beat.MISSED
    return Beat.LONG_SHORT
