"""What is told of one athlete while it is measured: zone, shares of the highest heart rate and of the reserve, load so far,
time in zone, W' balance, shares of the own match day.

Each is the live form of a formula of the catalogue with that formula's own settings, so at any time it is what the batch
would be up to then. What is of the moment is told with every value. What adds up needs a begin, and is told at every whole
PACE_US of the time of measurement, so that the same moments are judged live and in hindsight.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np

from sts_hub.analytics.formula import (
    HEART_RATE_GAP,
    HR_MAX,
    HR_REST,
    Case,
    Formula,
    NoNumber,
    Parameter,
)
from sts_hub.analytics.formulas import chosen
from sts_hub.analytics.holding import Samples, Window
from sts_hub.analytics.match_day import BEST_MIN, MATCH_DEMANDS, Demands, weighed
from sts_hub.analytics.power import POWER_GAP
from sts_hub.analytics.time_in_zone import TIME_IN_ZONE, TimeInZone
from sts_hub.analytics.trimp import SEX, TRIMP, VT1, VT2, Load, Weigh, banister_of, edwards_of, lucia_of
from sts_hub.analytics.w_prime import CRITICAL_POWER, W_PRIME, W_PRIME_BALANCE, Balance
from sts_hub.analytics.zones import HEART_RATE_ZONES, TENS_PERCENT, zones_of
from sts_protocols.metrics import HEART_RATE, POWER, Metric

# Nobody acts on what a load, a time in zone or W' changes by within five seconds, and told with every value they would cost
# five times as much.
PACE_US: Final = 5_000_000
_EVER_US: Final = -(2**61)

MATCH_DAY_VOLUME: Final = "match_day_volume"
# In the order of `match_demands`: each quantity, and what is known of a match day by the same name.
MATCH_DAY: Final = {
    MATCH_DAY_VOLUME: "training impulse so far (Edwards)",
    "match_day_intensity": "training impulse a minute",
    **{f"match_day_best_{minutes}_min": f"the hardest {minutes} min" for minutes in BEST_MIN},
}
_HARD: Final = tuple(MATCH_DAY)[1:]

Known = Mapping[str, float | str]
"""What is known of the athlete, by the names of the catalogue."""


class Quantity(NamedTuple):
    """Something that is told. id: below 0, where no metric has its number."""

    id: int
    name: str
    unit: str
    sentence: str


class Told(NamedTuple):
    """A quantity by number, with the time that it is of, µs."""

    quantity: int
    t_us: int
    value: float


@dataclass(frozen=True, slots=True)
class Moment:
    """A quantity of the moment. begin: from what is known of the athlete, what each value of the metric makes."""

    quantity: Quantity
    metric: Metric
    parameters: tuple[Parameter, ...]
    begin: Callable[[Known], Callable[[float], float]]

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """What it tells."""
        return (self.quantity,)


@dataclass(frozen=True, slots=True)
class Sum:
    """Quantities that add up from a begin, told by one live form. begin: makes the form, of what is known and from when;
    read: what it tells of the time up to a moment."""

    quantities: tuple[Quantity, ...]
    metric: Metric
    parameters: tuple[Parameter, ...]
    begin: Callable[[Known, int], Any]
    read: Callable[[Any, int], tuple[float, ...]]


def _case(formula: Formula, variant: str, known: Known) -> Case:
    """The formula as it stands when nothing is set otherwise. Raises KeyError for a parameter that is not known."""
    found = chosen(formula.id, variant).variant
    return Case(
        {},
        {one.name: known[one.name] for one in found.parameters},
        {one.name: one.default for one in found.settings},
        Window(0, 0),
    )


def _zone(known: Known) -> Callable[[float], float]:
    zones = zones_of(_case(HEART_RATE_ZONES, "percent_of_max", known))
    return lambda heart_rate: float(zones.of(np.array([heart_rate]))[0])


def _share(variant: str) -> Callable[[Known], Callable[[float], float]]:
    def begin(known: Known) -> Callable[[float], float]:
        zones = zones_of(_case(HEART_RATE_ZONES, variant, known))
        return lambda heart_rate: 100 * (heart_rate - zones.base) / zones.span

    return begin


def _time_in_zone(known: Known, since_us: int) -> TimeInZone:
    case = _case(TIME_IN_ZONE, "percent_of_max", known)
    return TimeInZone(zones_of(case), since_us, case.us(HEART_RATE_GAP.name))


def _load(variant: str, weigh_of: Callable[[Case], Weigh]) -> Callable[[Known, int], Load]:
    def begin(known: Known, since_us: int) -> Load:
        case = _case(TRIMP, variant, known)
        return Load(weigh_of(case), since_us, case.us(HEART_RATE_GAP.name))

    return begin


def _balance(known: Known, since_us: int) -> Balance:
    case = _case(W_PRIME_BALANCE, "differential", known)
    return Balance(
        case.number(CRITICAL_POWER.name), case.number(W_PRIME.name), since_us, case.us(POWER_GAP.name)
    )


class _MatchDay:
    """The demands so far beside those of a match day, which are known by the quantities' names; NaN where one is not."""

    def __init__(self, known: Known, since_us: int) -> None:
        case = _case(MATCH_DEMANDS, "edwards", known)
        self._weigh = edwards_of(case)
        self._demands = Demands(since_us, case.us(HEART_RATE_GAP.name))
        self._whole = [float(known[MATCH_DAY_VOLUME]), *(float(known.get(name, math.nan)) for name in _HARD)]
        if not self._whole[0] > 0:
            raise NoNumber("On a match day nothing is done.")

    def take(self, heart_rate: Samples) -> None:
        self._demands.take(weighed(heart_rate, self._weigh))

    def at(self, until_us: int) -> tuple[float, ...]:
        so_far = self._demands.at(until_us)
        done = (so_far.volume, so_far.per_minute if so_far.known else math.nan, *so_far.best)
        return tuple(
            math.nan if part is None else 100 * part / whole
            for part, whole in zip(done, self._whole, strict=True)
        )


def _load_of(number: int, variant: str, weigh_of: Callable[[Case], Weigh], *needs: Parameter) -> Sum:
    quantity = Quantity(
        number, f"load_{variant}", "{AU}", f"TRIMP of the session so far, variant `{variant}`."
    )
    return Sum((quantity,), HEART_RATE, needs, _load(variant, weigh_of), lambda form, us: (form.at(us).load,))


MOMENTS: Final = (
    Moment(
        Quantity(-1, "heart_rate_zone", "1", "Zone of the heart rate, by % of the highest; 0: below zone 1."),
        HEART_RATE,
        (HR_MAX,),
        _zone,
    ),
    Moment(
        Quantity(-2, "heart_rate_of_max", "%", "Heart rate as a share of the highest."),
        HEART_RATE,
        (HR_MAX,),
        _share("percent_of_max"),
    ),
    Moment(
        Quantity(
            -3, "heart_rate_of_reserve", "%", "Heart rate as a share of the reserve above rest (Karvonen)."
        ),
        HEART_RATE,
        (HR_REST, HR_MAX),
        _share("percent_of_reserve"),
    ),
)
SUMS: Final = (
    Sum(
        tuple(
            Quantity(-10 - zone, f"time_in_zone_{zone}", "s", f"Time of the session so far in zone {zone}.")
            for zone in range(1, len(TENS_PERCENT) + 1)
        ),
        HEART_RATE,
        (HR_MAX,),
        _time_in_zone,
        lambda form, us: tuple(zone_us / 1e6 for zone_us in form.at(us).zone_us[1:]),
    ),
    _load_of(-20, "banister", banister_of, HR_REST, HR_MAX, SEX),
    _load_of(-21, "edwards", edwards_of, HR_MAX),
    _load_of(-22, "lucia", lucia_of, VT1, VT2),
    Sum(
        (
            Quantity(
                -30, "w_prime_balance", "J", "What is left of the work above critical power (Skiba 2015)."
            ),
        ),
        POWER,
        (CRITICAL_POWER, W_PRIME),
        _balance,
        lambda form, us: (form.at(us),),
    ),
    Sum(
        tuple(
            Quantity(-40 - place, name, "%", f"Of the athlete's own match day, or the team's: {what}.")
            for place, (name, what) in enumerate(MATCH_DAY.items())
        ),
        HEART_RATE,
        (
            HR_MAX,
            Parameter(MATCH_DAY_VOLUME, "{AU}", "The mean of at least three matches, from their summaries."),
        ),
        _MatchDay,
        lambda form, us: form.at(us),
    ),
)
# By the number of each quantity.
OF: Final[dict[int, Moment | Sum]] = {
    quantity.id: one for one in (*MOMENTS, *SUMS) for quantity in one.quantities
}
SOURCES: Final = frozenset(one.metric.id for one in OF.values())
QUANTITIES: Final = {quantity.name: quantity for one in OF.values() for quantity in one.quantities}


def known_enough(quantity: int, known: Known) -> bool:
    """Whether enough is known of an athlete, and fits together, for this quantity to be told."""
    one = OF[quantity]
    try:
        one.begin(known) if isinstance(one, Moment) else one.begin(known, 0)
    except (KeyError, NoNumber):
        return False
    return True


@dataclass(slots=True)
class _Heard:
    """One metric of one athlete, and what is worked out from it."""

    moments: list[tuple[int, Callable[[float], float]]] = field(default_factory=list)
    sums: list[tuple[Sum, Any]] = field(default_factory=list)
    last_us: int = _EVER_US
    paced_us: int = _EVER_US
    waiting: list[tuple[int, float]] = field(default_factory=list)

    def take(self, t_us: int, value: float) -> list[Told]:
        told: list[Told] = []
        if self.sums:
            pace_us = t_us - t_us % PACE_US
            if pace_us > self.paced_us:
                told += self._paced(pace_us)
            self.waiting.append((t_us, value))
        if not math.isnan(value):
            told += [Told(number, t_us, of(value)) for number, of in self.moments]
        self.last_us = t_us
        return told

    def fill(self, samples: Samples) -> None:
        for _, form in self.sums:
            form.take(samples)
        if samples.t_us.size:
            self.last_us = int(samples.t_us[-1])
            self.paced_us = self.last_us - self.last_us % PACE_US

    def _paced(self, pace_us: int) -> list[Told]:
        heard = self.last_us > _EVER_US
        if self.waiting:
            t_us, value = zip(*self.waiting, strict=True)
            samples = Samples(np.array(t_us, np.int64), np.array(value, np.float64))
            for _, form in self.sums:
                form.take(samples)
            self.waiting.clear()
        self.paced_us = pace_us
        if not heard:
            return []
        return [
            Told(quantity.id, pace_us, value)
            for one, form in self.sums
            for quantity, value in zip(one.quantities, one.read(form, pace_us), strict=True)
            if not math.isnan(value)
        ]


class Course:
    """One athlete: takes values as they come, tells the quantities that are wanted."""

    def __init__(self, wanted: Collection[int], known: Known, since_us: int | None) -> None:
        """wanted: quantities by number; those for which not enough is known are never told. since_us: where the session
        began; None for none, and then nothing adds up."""
        self.since_us = since_us
        self._heard: dict[int, _Heard] = defaultdict(_Heard)
        for one in dict.fromkeys(OF[number] for number in wanted):
            if not known_enough(one.quantities[0].id, known):
                continue
            heard = self._heard[one.metric.id]
            if isinstance(one, Moment):
                heard.moments.append((one.quantity.id, one.begin(known)))
            elif since_us is not None:
                heard.sums.append((one, one.begin(known, since_us)))

    @property
    def metrics(self) -> Collection[int]:
        """The metrics that it works with."""
        return self._heard.keys()

    @property
    def adds_up(self) -> Collection[int]:
        """Those of them of which it must have every value since the begin."""
        return [metric for metric, heard in self._heard.items() if heard.sums]

    def fill(self, metric: int, samples: Samples) -> None:
        """Take what was measured since the begin, before the first value of `take`: nothing is told of it."""
        self._heard[metric].fill(samples)

    def take(self, metric: int, t_us: int, value: float) -> list[Told]:
        """The next value, NaN where nothing credible was told; one that is not newer than the last tells nothing."""
        heard = self._heard.get(metric)
        if heard is None or t_us <= heard.last_us:
            return []
        return heard.take(t_us, value)
