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
from numpy.typing import NDArray

from sts_hub.samples.receptions import in_time
from sts_hub.samples.values import Values
from sts_protocols.sample import Quality

# Watches that save memory leave out records while nothing changes, for up to so long.
LONGEST_PAUSE_US: Final = 10_000_000
# Of the time that a file covers, so much must be told already for the file to stand back.
ENOUGH: Final = 0.5


class Part(NamedTuple):
    """What one source tells of one metric, rising in time: a sensor by its number, or an activity's file."""

    source: int | UUID
    values: Values


def told_once(heard: Sequence[Part], recordings: Sequence[Part]) -> list[Part]:
    """The parts that are told: of sensors what was heard, of files what is not told already. None is empty."""
    told = list(heard)
    for one in sorted(recordings, key=lambda one: covered_us(one.values), reverse=True):
        first_us, last_us = one.values.t_us[0], one.values.t_us[-1]
        inside = [part.values.only(_between(part.values, first_us, last_us)) for part in told]
        if covered_us(in_time(inside)) >= ENOUGH * covered_us(one.values):
            continue
        told = [
            Part(part.source, part.values.only(~_between(part.values, first_us, last_us))) for part in told
        ]
        told.append(one)
    return [part for part in told if part.values.t_us.size]


def _between(values: Values, first_us: int, last_us: int) -> NDArray[np.bool_]:
    return (values.t_us >= first_us) & (values.t_us <= last_us)


def activities(parts: Sequence[Part]) -> list[UUID]:
    """Whose files tell part of this."""
    return [part.source for part in parts if isinstance(part.source, UUID)]


def covered_us(values: Values) -> int:
    """For how long values of quality ok tell something; each holds until the next, or is alone after a long pause."""
    pauses = np.diff(values.t_us[values.quality == Quality.OK])
    return int(pauses[pauses <= LONGEST_PAUSE_US].sum())
