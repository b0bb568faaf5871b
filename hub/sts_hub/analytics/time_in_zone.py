"""How long a heart was in each zone; a hole is a bucket of its own, never time in the zone before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sts_hub.analytics.formula import HEART_RATE_GAP, HEART_RATE_INPUT, Case, Formula, Found, Output
from sts_hub.analytics.holding import SECOND_US, Held, Hold, Ints, Samples
from sts_hub.analytics.zones import Zones, variants, zones_of


@dataclass(frozen=True, slots=True)
class ZoneTimes:
    """zone_us: below zone 1, in zone 1, in zone 2 ...; missing_us: without a credible value."""

    zone_us: tuple[int, ...]
    missing_us: int


class TimeInZone:
    """The live form: takes heart rates as they come, and tells at any time what the batch would."""

    def __init__(self, zones: Zones, since_us: int, max_gap_us: int) -> None:
        self._zones, self._since_us, self._hold = zones, since_us, Hold(since_us, max_gap_us)
        self._us = self._sorted(self._hold.rest(since_us))

    def take(self, heart_rate: Samples) -> None:
        """The next heart rates, rising in time."""
        self._us += self._sorted(self._hold.take(heart_rate))

    def at(self, until_us: int) -> ZoneTimes:
        """The times up to then, which is not before the last heart rate."""
        us = self._us + self._sorted(self._hold.rest(until_us))
        return ZoneTimes(tuple(us.tolist()), until_us - self._since_us - int(us.sum()))

    def _sorted(self, heard: Held) -> Ints:
        us = np.zeros(len(self._zones.lower_percent) + 1, np.int64)
        np.add.at(us, self._zones.of(heard.value), heard.us)
        return us


def _time_in_zone(case: Case) -> Found:
    live = TimeInZone(zones_of(case), case.window.since_us, case.us(HEART_RATE_GAP.name))
    live.take(case.samples(HEART_RATE_INPUT.name))
    times = live.at(case.window.until_us)
    return Found(
        {"zone": tuple(us / SECOND_US for us in times.zone_us), "missing": times.missing_us / SECOND_US},
        case.coverage_percent(sum(times.zone_us)),
    )


TIME_IN_ZONE: Final = Formula(
    id="time_in_zone",
    version=1,
    title="Time in zone",
    sentence="Each heart rate counts for the zone that it lies in, until the next one comes.",
    source="The borders of `heart_rate_zones`; Edwards 1993, The Heart Rate Monitor Book, for the bands of ten points",
    outputs=(
        Output("zone", "s", "Time below zone 1, in zone 1, in zone 2, and so on."),
        Output("missing", "s", "Time without a credible heart rate."),
    ),
    gaps="What lies behind the longest time that a value may hold is missing, and in no zone.",
    null="A parameter is not known, or no credible heart rate lies in the time.",
    variants=variants(_time_in_zone, (HEART_RATE_INPUT,), (HEART_RATE_GAP,)),
)
