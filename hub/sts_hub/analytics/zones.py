"""Heart-rate zones: shares of the highest heart rate, of the reserve above rest, or of the rate at the threshold.

A border belongs to the zone above it, as on the wall.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from sts_hub.analytics.formula import (
    HR_MAX,
    HR_MAX_ABOVE_REST,
    HR_REST,
    Case,
    Formula,
    Found,
    Input,
    NoNumber,
    Output,
    Parameter,
    Setting,
    Variant,
)
from sts_hub.analytics.holding import Floats, Ints

# Five bands of ten points (Edwards 1993; ACSM's Guidelines for Exercise Testing and Prescription speak of the same shares).
TENS_PERCENT: Final = (50.0, 60.0, 70.0, 80.0, 90.0)
# Friel, The Triathlete's Training Bible, running: below 85, 85 to 89, 90 to 94, 95 to 99, 100 to 102, 103 to 106, above.
FRIEL_PERCENT: Final = (0.0, 85.0, 90.0, 95.0, 100.0, 103.0, 107.0)

LOWER: Final = "lower_percent"
LTHR: Final = Parameter(
    "lthr", "/min", "Heart rate at the lactate threshold, told by the coach, never derived."
)


@dataclass(frozen=True, slots=True)
class Zones:
    """Zone k begins base + lower_percent[k - 1] % of span, /min; below the first is zone 0."""

    base: float
    span: float
    lower_percent: tuple[float, ...]

    def of(self, heart_rate: Floats) -> Ints:
        """The zone of each heart rate."""
        borders = np.array(self.lower_percent) * self.span
        return np.searchsorted(borders, (heart_rate - self.base) * 100, side="right").astype(np.int64)

    def now(self, heart_rate: float) -> int | None:
        """The zone of one heart rate, None of none: the live form."""
        return None if math.isnan(heart_rate) else int(self.of(np.array([heart_rate]))[0])

    @property
    def lower(self) -> tuple[float, ...]:
        """Where each zone begins, /min."""
        return tuple(self.base + self.span * percent / 100 for percent in self.lower_percent)


class Kind(NamedTuple):
    """One way to have zones: from which parameters, and where they begin unless it is set otherwise."""

    name: str
    sentence: str
    parameters: tuple[Parameter, ...]
    lower_percent: tuple[float, ...]


KINDS: Final = (
    Kind("percent_of_max", "Shares of the highest heart rate (ACSM).", (HR_MAX,), TENS_PERCENT),
    Kind(
        "percent_of_reserve",
        "Shares of the reserve between rest and highest, added to rest (Karvonen 1957).",
        (HR_REST, HR_MAX),
        TENS_PERCENT,
    ),
    Kind(
        "percent_of_threshold",
        "Shares of the heart rate at the lactate threshold (Friel, running).",
        (LTHR,),
        FRIEL_PERCENT,
    ),
)


def zones_of(case: Case) -> Zones:
    """The zones that a case asks for, by the parameters that its variant has."""
    lower_percent = tuple(case.settings[LOWER])
    if list(lower_percent) != sorted(set(lower_percent)) or not lower_percent:
        raise NoNumber("The borders of zones must rise.")
    if LTHR.name in case.parameters:
        return Zones(0.0, case.number(LTHR.name), lower_percent)
    hr_max = case.number(HR_MAX.name)
    hr_rest = case.number(HR_REST.name) if HR_REST.name in case.parameters else 0.0
    if hr_max <= hr_rest:
        raise NoNumber(HR_MAX_ABOVE_REST)
    return Zones(hr_rest, hr_max - hr_rest, lower_percent)


def variants(
    work: Callable[[Case], Found], inputs: tuple[Input, ...] = (), settings: tuple[Setting, ...] = ()
) -> tuple[Variant, ...]:
    """The ways to have zones, for a formula that works with them."""
    return tuple(
        Variant(
            kind.name,
            kind.sentence,
            work,
            inputs,
            kind.parameters,
            (Setting(LOWER, "%", kind.lower_percent, "Where zone 1 begins, zone 2, and so on."), *settings),
        )
        for kind in KINDS
    )


HEART_RATE_ZONES: Final = Formula(
    id="heart_rate_zones",
    version=1,
    title="Heart-rate zones",
    sentence="Each zone begins at a share of a heart rate that the athlete is known to have.",
    source="ACSM's Guidelines for Exercise Testing and Prescription; Karvonen, Kentala, Mustala 1957, Ann Med Exp Biol Fenn 35:307; "
    "Friel, The Triathlete's Training Bible",
    outputs=(Output("lower", "/min", "Where each zone begins; a border belongs to the zone above it."),),
    gaps="There can be none: nothing is measured over time.",
    null="A parameter is not known. No threshold is derived from a highest heart rate.",
    variants=variants(lambda case: Found({"lower": zones_of(case).lower})),
)
