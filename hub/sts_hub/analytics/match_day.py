"""A training against the athlete's own match day: how much, how hard, and the hardest one, three and five minutes.

`match_demands` says that of one time, whatever it is; `match_day_share` lays it beside the same number of matches: the
athlete's own where there are enough of them, else those of the position, else the team's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from sts_hub.analytics.formula import (
    HEART_RATE_GAP,
    HEART_RATE_INPUT,
    HR_MAX,
    Case,
    Formula,
    Found,
    Input,
    NoNumber,
    Output,
    Setting,
    Shape,
    Variant,
)
from sts_hub.analytics.holding import Floats, Ints, Samples
from sts_hub.analytics.motion import SPEED, SPEED_GAP
from sts_hub.analytics.seconds import Seconds
from sts_hub.analytics.trimp import Weigh, edwards

MINUTE_S: Final = 60
BEST_MIN: Final = (1, 3, 5)
_LONGEST_S: Final = BEST_MIN[-1] * MINUTE_S


class Demand(NamedTuple):
    """volume: the sum over the seconds with a value, of which there are `known` among `all`; best: the highest per minute
    over so many minutes without a hole, None where there were none."""

    volume: float
    known: int
    all: int
    best: tuple[float | None, ...]

    @property
    def per_minute(self) -> float:
        """The volume of a minute with values."""
        return self.volume / self.known * MINUTE_S


class Demands:
    """The live form: takes what is done a second, as it comes, and tells at any time what the batch would."""

    def __init__(self, since_us: int, max_gap_us: int) -> None:
        self._seconds = Seconds(since_us, max_gap_us)
        self._demand = Demand(0.0, 0, 0, (None,) * len(BEST_MIN))
        # Of the last five minutes: the sum up to the end of each second, and how many had no value.
        self._sums, self._holes = np.zeros(1), np.zeros(1, np.int64)

    def take(self, rate: Samples) -> None:
        """The next values, rising in time."""
        self._demand, self._sums, self._holes = self._with(self._seconds.take(rate))

    def at(self, until_us: int) -> Demand:
        """The demand up to the last whole second before then, which is not before the last value."""
        return self._with(self._seconds.rest(until_us))[0]

    def _with(self, rate: Floats) -> tuple[Demand, Floats, Ints]:
        missing = np.isnan(rate)
        last = self._sums[-1:]
        sums = np.append(self._sums, np.add.accumulate(np.append(last, np.where(missing, 0.0, rate)))[1:])
        holes = np.append(self._holes, self._holes[-1] + np.cumsum(missing))
        demand = Demand(
            float(sums[-1]),
            self._demand.known + int((~missing).sum()),
            self._demand.all + rate.size,
            tuple(
                _better(best, _best(sums, holes, minutes))
                for best, minutes in zip(self._demand.best, BEST_MIN, strict=True)
            ),
        )
        return demand, sums[-_LONGEST_S - 1 :], holes[-_LONGEST_S - 1 :]


def _best(sums: Floats, holes: Ints, minutes: int) -> float | None:
    seconds = minutes * MINUTE_S
    if sums.size <= seconds:
        return None
    whole = holes[seconds:] == holes[:-seconds]
    done = (sums[seconds:] - sums[:-seconds])[whole]
    return float(done.max()) / minutes if done.size else None


def _better(one: float | None, other: float | None) -> float | None:
    return max((best for best in (one, other) if best is not None), default=None)


def weighed(samples: Samples, weigh: Weigh) -> Samples:
    """What each heart rate counts a minute, as what it counts a second."""
    return Samples(samples.t_us, np.where(np.isnan(samples.value), np.nan, weigh(samples.value) / MINUTE_S))


def _distance(case: Case) -> Found:
    return _demands(case, case.samples(SPEED.name))


def _heart_rate(case: Case) -> Found:
    return _demands(case, weighed(case.samples(HEART_RATE_INPUT.name), edwards(case.number(HR_MAX.name))))


def _demands(case: Case, rate: Samples) -> Found:
    live = Demands(case.window.since_us, case.us("max_gap_s"))
    live.take(rate)
    demand = live.at(case.window.until_us)
    if not demand.known:
        raise NoNumber("There is no whole second with a credible value.", 0.0 if demand.all else None)
    best = {f"best_{minutes}_min": value for minutes, value in zip(BEST_MIN, demand.best, strict=True)}
    short = [f"{minutes} min" for minutes, value in zip(BEST_MIN, demand.best, strict=True) if value is None]
    return Found(
        {"volume": demand.volume, "intensity": demand.per_minute, **best},
        100 * demand.known / demand.all,
        f"There are nowhere {', '.join(short)} without a hole." if short else None,
    )


def _outputs(unit: str, rate: str) -> tuple[Output, ...]:
    return (
        Output("volume", unit, "How much, in all seconds with a value."),
        Output("intensity", rate, "How much in a minute, of the time with values."),
        *(
            Output(f"best_{minutes}_min", rate, f"The hardest {minutes} min, a minute of them.")
            for minutes in BEST_MIN
        ),
    )


MATCH_DEMANDS: Final = Formula(
    id="match_demands",
    version=1,
    title="Volume, intensity and hardest minutes",
    sentence="How much was done, how much in a minute, and in the hardest one, three and five minutes.",
    source="Highest moving means over 1, 3 and 5 min",
    outputs=(),
    gaps="One value a second, as for weighted power. A minute with a hole in it is not among the hardest.",
    null="There is no second with a value; for the hardest minutes, there are nowhere so many without a hole.",
    variants=(
        Variant("distance", "Of the way run.", _distance, (SPEED,), (), (SPEED_GAP,), _outputs("m", "m/min")),
        Variant(
            "edwards",
            "Of the training impulse by Edwards.",
            _heart_rate,
            (HEART_RATE_INPUT,),
            (HR_MAX,),
            (HEART_RATE_GAP,),
            _outputs("{AU}", "{AU}/min"),
        ),
    ),
)

SO_FAR: Final = Input(
    "so_far", "{same}", "The number of today, such as the volume of `match_demands`.", Shape.NUMBER, low=0.0
)
FEWEST_MATCHES: Final = 3.0
FEWEST: Final = Setting(
    "fewest_matches", "1", FEWEST_MATCHES, "Fewer matches than these are no match day.", low=1.0
)
TARGET: Final = Setting("target_percent", "%", 100.0, "How much of a match day the training is meant to be.")


def _matches(name: str, whose: str) -> Input:
    sentence = f"The same number of matches {whose}; an empty list for none, null where it is not known."
    return Input(name, "{same}", sentence, Shape.LIST, low=0.0)


# In the order in which they count.
BASES: Final = {
    "athlete": _matches("athlete_matches", "of the athlete"),
    "position": _matches("position_matches", "of athletes in the same position"),
    "team": _matches("team_matches", "of the team's athletes"),
}


def match_day(matches: Callable[[str], Floats], fewest: float) -> tuple[str, float]:
    """Whose matches count, and their mean. Raises NoNumber where there are nowhere enough of them."""
    for basis in BASES:
        known = matches(basis)[~np.isnan(matches(basis))]
        if known.size >= fewest:
            return basis, float(known.mean())
    raise NoNumber(f"Neither athlete nor position nor team have {fewest:g} matches.")


def _share(case: Case) -> Found:
    basis, reference = match_day(lambda name: case.numbers(BASES[name].name), case.number(FEWEST.name))
    if reference == 0:
        raise NoNumber("On a match day this number is 0.")
    so_far, target = case.number(SO_FAR.name), reference * case.number(TARGET.name) / 100
    return Found(
        {
            "share": 100 * so_far / reference,
            "match_day": reference,
            "basis": basis,
            "to_target": max(target - so_far, 0.0),
        }
    )


MATCH_DAY_SHARE: Final = Formula(
    id="match_day_share",
    version=1,
    title="Share of a match day",
    sentence="A number of today as a share of its mean in matches.",
    source="Mean of the athlete's own matches; where there are too few, of the position's, then of the team's",
    outputs=(
        Output("share", "%", "Of the match day."),
        Output("match_day", "{same}", "The mean that it is a share of."),
        Output("basis", "1", "Whose matches these are: athlete, position or team."),
        Output("to_target", "{same}", "What is left until the target is reached; 0 beyond it."),
    ),
    gaps="A match whose number is not known does not count.",
    null="Neither the athlete nor the position nor the team have enough matches.",
    variants=(
        Variant(
            "mean_of_matches",
            "Each match counts alike.",
            _share,
            (SO_FAR, *BASES.values()),
            (),
            (FEWEST, TARGET),
        ),
    ),
)
