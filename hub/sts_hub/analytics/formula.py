"""What a formula is: its name and version, its variants, what it needs, what it answers, and what null means.

A result says by which formula, version and variant it was found and from what, and how much of its time had values;
where it has no number it says why. Null is never zero. What was given (`Given`) is all that a result depends on: kept
beside the number it is its receipt, and gives the same digits again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, NamedTuple, TypeAlias

from sts_hub.analytics.holding import SECOND_US, Floats, Held, Samples, Window, held
from sts_protocols.metrics import HEART_RATE, Metric

Number: TypeAlias = float | int
Answer: TypeAlias = Number | str | tuple[Any, ...] | None
"""One number of a result, or a row of them; None where there is none."""


class Shape(Enum):
    """How an input is given."""

    SERIES = "series"
    """Values with their times."""
    LIST = "list"
    """Values in their order; null is one that is missing."""
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Input:
    """What is measured. Values of a series beyond what its metric calls plausible count as missing."""

    name: str
    unit: str
    sentence: str
    shape: Shape = Shape.SERIES
    metric: Metric | None = None
    low: float = float("-inf")
    high: float = float("inf")


@dataclass(frozen=True, slots=True)
class Parameter:
    """What must be known of the athlete on that day: a number above 0, or one of some words."""

    name: str
    unit: str
    sentence: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """What is chosen and not measured; it is stored with each result."""

    name: str
    unit: str
    default: float | bool | tuple[float, ...]
    sentence: str
    low: float = 0.0
    high: float = float("inf")


@dataclass(frozen=True, slots=True)
class Output:
    """One number, or row of numbers, of a result."""

    name: str
    unit: str
    sentence: str


class Found(NamedTuple):
    """What a formula found: values by the names of its outputs; a reason where one of them is None."""

    values: Mapping[str, Answer]
    coverage_percent: float | None = None
    reason: str | None = None


class GivenError(ValueError):
    """What was given cannot be worked with; `str()` says what to give instead."""


class NoNumber(Exception):  # noqa: N818 - an answer, not a fault
    """There is no number; `str()` says why."""

    def __init__(self, reason: str, coverage_percent: float | None = None) -> None:
        super().__init__(reason)
        self.coverage_percent = coverage_percent


@dataclass(frozen=True, slots=True)
class Case:
    """What a formula works on: all that it declares, checked, with its defaults."""

    inputs: Mapping[str, Any]
    parameters: Mapping[str, Any]
    settings: Mapping[str, Any]
    window: Window

    def samples(self, name: str) -> Samples:
        """A series."""
        found: Samples = self.inputs[name]
        return found

    def numbers(self, name: str) -> Floats:
        """A list; NaN is one that is missing."""
        found: Floats = self.inputs[name]
        return found

    def number(self, name: str) -> float:
        """A number that was given, a parameter or a setting."""
        for place in (self.inputs, self.parameters, self.settings):
            if name in place:
                return float(place[name])
        raise KeyError(name)

    def us(self, name: str) -> int:
        """A time that was given in seconds."""
        return round(self.number(name) * SECOND_US)

    def held(self, name: str) -> Held:
        """The credible values of a series within the window, each with how long it counts."""
        return held(self.samples(name), self.window, self.us(MAX_GAP))

    def coverage_percent(self, held_us: int) -> float:
        """The share of the window in which values counted; raises NoNumber if that is nothing."""
        if self.window.us <= 0:
            raise NoNumber(NO_TIME)
        if not held_us:
            raise NoNumber(UNHEARD, 0.0)
        return 100 * held_us / self.window.us


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to work a formula out. outputs: what it tells beside those of the formula. estimate: its result is no
    measurement, whatever it is worked out from."""

    name: str
    sentence: str
    work: Callable[[Case], Found]
    inputs: tuple[Input, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    settings: tuple[Setting, ...] = ()
    outputs: tuple[Output, ...] = ()
    estimate: bool = False


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of the catalogue. version rises whenever the same input would give other digits.

    gaps: what a hole does. null: when there is no number.
    """

    id: str
    version: int
    title: str
    sentence: str
    source: str
    outputs: tuple[Output, ...]
    gaps: str
    null: str
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """All that a result depends on. Series as Samples, lists as arrays, the rest as numbers and words.

    since_us, until_us: the window; None for the first and the last time that is given. version: the one that is wanted;
    None for the one there is.
    """

    formula: str
    variant: str | None
    inputs: Mapping[str, Samples | Floats | float]
    parameters: Mapping[str, float | str]
    settings: Mapping[str, float | bool | tuple[float, ...]]
    since_us: int | None = None
    until_us: int | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """A number with where it comes from. inputs: how many values of each were there, or the number itself."""

    formula: str
    version: int
    variant: str
    values: Mapping[str, Answer]
    units: Mapping[str, str]
    coverage_percent: float | None
    reason: str | None
    estimate: bool
    inputs: Mapping[str, Any]
    parameters: Mapping[str, float | str]
    settings: Mapping[str, float | bool | tuple[float, ...]]
    window: Window


MAX_GAP: Final = "max_gap_s"


def max_gap(seconds: float, why: str) -> Setting:
    """The setting of how long a value may hold."""
    return Setting(MAX_GAP, "s", seconds, f"A value counts until the next, for so long at most: {why}.")


# What more than one formula needs.

HEART_RATE_INPUT: Final = Input("heart_rate", "/min", "Heart rate.", metric=HEART_RATE)
# Ten values missed are a lost sensor (agreement 3); a heart takes about as long to change its rate by a zone.
HEART_RATE_GAP: Final = max_gap(10.0, "after ten missed values the sensor is lost")
HR_MAX: Final = Parameter("hr_max", "/min", "Highest heart rate.")
HR_REST: Final = Parameter("hr_rest", "/min", "Heart rate at rest.")
HR_MAX_ABOVE_REST: Final = "The highest heart rate does not lie above the one at rest: one of them is wrong."
NO_TIME: Final = "What was given lasts no time: one sample needs a window to hold in."
UNHEARD: Final = "No credible value lies in this time."
