"""What sensors told and what files of watches tell of the same workout: each moment is told once. Pure, on numpy arrays.

For each metric, a file stands back where what is told already covers at least half of the time that the file covers;
else it takes its place, whole. So a strap that was heard through is never mixed with the watch that listened to the
same strap on a clock of its own, and a watch that was out alone counts in full.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple
from uuid import UUID

import numpy as np

from sts_hub.samples.receptions import in_time
from sts_hub.samples.values import Values
from sts_protocols.sample import Quality

# Watches that save memory leave out records while nothing changes, for up to so long.
LONGEST_PAUSE_US: Final = 10_000_000
# Of the time that a file covers, so much must be told already for the file to stand back.
ENOUGH: Final = 0.5


class Recording(NamedTuple):
    """One metric of an activity's file, rising in time; never empty."""

    activity: UUID
    values: Values


def told_once(heard: Values, recordings: Sequence[Recording]) -> tuple[Values, list[UUID]]:
    """What is told, rising in time, and which activities tell part of it; the one that covers more comes first."""
    told, telling = heard, []
    for one in sorted(recordings, key=lambda one: covered_us(one.values), reverse=True):
        begin, end = np.searchsorted(told.t_us, [one.values.t_us[0], one.values.t_us[-1] + 1])
        within = told.only(np.arange(begin, end))
        if covered_us(within) >= ENOUGH * covered_us(one.values):
            continue
        outside = np.ones(told.t_us.size, bool)
        outside[begin:end] = False
        told = in_time([told.only(outside), one.values])
        telling.append(one.activity)
    return told, telling


def covered_us(values: Values) -> int:
    """For how long values of quality ok tell something; each holds until the next, or is alone after a long pause."""
    pauses = np.diff(values.t_us[values.quality == Quality.OK])
    return int(pauses[pauses <= LONGEST_PAUSE_US].sum())
