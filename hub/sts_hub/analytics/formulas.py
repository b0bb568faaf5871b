"""The catalogue of all formulas, and the one way to work one out.

`compute` checks what is given against what the variant declares. What the caller got wrong (a name that is not known, a
time that falls, a border that is no number) raises `GivenError` with a sentence; what is not known of the athlete, or
not in the data, is a result without a number, with its reason.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from sts_hub.analytics.acwr import ACWR
from sts_hub.analytics.core_temperature import CORE_TEMPERATURE
from sts_hub.analytics.fitness import FITNESS
from sts_hub.analytics.formula import (
    Answer,
    Case,
    Formula,
    Found,
    Given,
    GivenError,
    Input,
    NoNumber,
    Parameter,
    Result,
    Setting,
    Shape,
    Variant,
)
from sts_hub.analytics.gates import GATE_SPLITS
from sts_hub.analytics.heart_rate import HEART_RATE_MEAN
from sts_hub.analytics.holding import Floats, Samples, Window
from sts_hub.analytics.hrv import HRV
from sts_hub.analytics.jumps import JUMP_FLIGHT_TIME, JUMP_IMPULSE
from sts_hub.analytics.match_day import MATCH_DAY_SHARE, MATCH_DEMANDS
from sts_hub.analytics.motion import ACCELERATIONS, DISTANCE, MEAN_SPEED, METABOLIC_POWER, SPRINTS
from sts_hub.analytics.power import POWER_INTENSITY, POWER_LOAD, WEIGHTED_POWER
from sts_hub.analytics.recovery import HEART_RATE_RECOVERY
from sts_hub.analytics.respiration import RESPIRATORY_RATE
from sts_hub.analytics.session_rpe import MONOTONY, SESSION_RPE
from sts_hub.analytics.time_in_zone import TIME_IN_ZONE
from sts_hub.analytics.trimp import TRIMP
from sts_hub.analytics.w_prime import W_PRIME_BALANCE
from sts_hub.analytics.wbgt import WBGT
from sts_hub.analytics.zones import HEART_RATE_ZONES

CATALOGUE: Final[tuple[Formula, ...]] = (
    HEART_RATE_ZONES,
    TIME_IN_ZONE,
    HEART_RATE_MEAN,
    TRIMP,
    SESSION_RPE,
    MONOTONY,
    ACWR,
    FITNESS,
    WEIGHTED_POWER,
    POWER_INTENSITY,
    POWER_LOAD,
    W_PRIME_BALANCE,
    HRV,
    HEART_RATE_RECOVERY,
    RESPIRATORY_RATE,
    DISTANCE,
    MEAN_SPEED,
    SPRINTS,
    ACCELERATIONS,
    METABOLIC_POWER,
    MATCH_DEMANDS,
    MATCH_DAY_SHARE,
    JUMP_FLIGHT_TIME,
    JUMP_IMPULSE,
    GATE_SPLITS,
    WBGT,
    CORE_TEMPERATURE,
)

PARAMETERS: Final = {
    parameter.name: parameter
    for formula in CATALOGUE
    for variant in formula.variants
    for parameter in variant.parameters
}
"""All that some formula wants to know of an athlete. More may be given than a formula needs: it is left alone."""

TOO_LARGE: Final = "The numbers given are too large or too small for this formula."


class Chosen(NamedTuple):
    """A formula with one of its variants."""

    formula: Formula
    variant: Variant


def by_name(name: str) -> Formula:
    """The formula of this name. Raises GivenError."""
    found: Formula = _one({one.id: one for one in CATALOGUE}, name, "formula")
    return found


def chosen(formula: str, variant: str | None = None) -> Chosen:
    """The formula and variant of these names; the variant may be left out where there is only one. Raises GivenError."""
    found = by_name(formula)
    variants = {one.name: one for one in found.variants}
    if variant is None and len(variants) > 1:
        raise GivenError(
            f"{formula} has variants, and numbers of two differ: name one of {', '.join(variants)}."
        )
    return Chosen(found, _one(variants, next(iter(variants)) if variant is None else variant, "variant"))


def compute(given: Given) -> Result:
    """Work a formula out. Raises GivenError, with a sentence for whoever gave the input."""
    formula, variant = chosen(given.formula, given.variant)
    if given.version not in (None, formula.version):
        raise GivenError(
            f"This is version {formula.version} of {formula.id}; version {given.version} is not kept."
        )
    case = _case(given, variant)
    found = _found(variant, case)
    outputs = (*formula.outputs, *variant.outputs)
    return Result(
        formula=formula.id,
        version=formula.version,
        variant=variant.name,
        values={output.name: found.values.get(output.name) for output in outputs},
        units={output.name: output.unit for output in outputs},
        coverage_percent=found.coverage_percent,
        reason=found.reason,
        estimate=variant.estimate,
        inputs={name: _counted(value) for name, value in case.inputs.items()},
        parameters=case.parameters,
        settings=case.settings,
        window=case.window,
    )


def _one(known: Mapping[str, Any], name: str, what: str) -> Any:
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f" Did you mean {near[0]}?" if near else f" Known: {', '.join(known)}."
        raise GivenError(f"No {what} is called {name}.{hint}")
    return known[name]


def _found(variant: Variant, case: Case) -> Found:
    unknown = [one.name for one in variant.parameters if one.name not in case.parameters]
    if unknown:
        return Found({}, None, f"Not known of the athlete: {', '.join(unknown)}.")
    try:
        with np.errstate(all="ignore"):
            found = variant.work(case)
    except NoNumber as why:
        return Found({}, why.coverage_percent, str(why))
    except (OverflowError, ZeroDivisionError):
        return Found({}, None, TOO_LARGE)
    if not all(map(_finite, found.values.values())):
        return Found({}, found.coverage_percent, TOO_LARGE)
    return found


def _finite(value: Answer) -> bool:
    if isinstance(value, tuple):
        return all(map(_finite, value))
    return value is None or isinstance(value, str) or math.isfinite(value)


def _counted(value: Any) -> Any:
    """What a result says of an input: the number itself, or how many values there were and were missing."""
    if isinstance(value, float):
        return value
    numbers = value.value if isinstance(value, Samples) else value
    return {"values": int(numbers.size), "missing": int(np.isnan(numbers).sum())}


# what is given, checked against what is declared


def _case(given: Given, variant: Variant) -> Case:
    inputs = {one.name: _input(one, given.inputs) for one in variant.inputs}
    _nothing_else(given.inputs, inputs, "input")
    series = [one for one in inputs.values() if isinstance(one, Samples)]
    window = _window(given, series)
    parameters = {
        one.name: _parameter(one, given.parameters[one.name])
        for one in variant.parameters
        if given.parameters.get(one.name) is not None
    }
    settings = {
        one.name: _setting(one, given.settings.get(one.name, one.default)) for one in variant.settings
    }
    _nothing_else(given.settings, settings, "setting")
    cut = {
        name: one.up_to(window.until_us) if isinstance(one, Samples) else one for name, one in inputs.items()
    }
    return Case(cut, parameters, settings, window)


def _window(given: Given, series: list[Samples]) -> Window:
    """What is not told is the first or the last time that is given; a window without times has no length."""
    times = [int(t_us) for one in series for t_us in (*one.t_us[:1], *one.t_us[-1:])]
    since_us = min(times, default=0) if given.since_us is None else given.since_us
    until_us = max(times, default=since_us) if given.until_us is None else given.until_us
    if until_us < since_us and times:
        raise GivenError("The window ends before it begins.")
    return Window(since_us, max(since_us, until_us))


def _input(declared: Input, given: Mapping[str, Any]) -> Samples | Floats | float:
    """One input, what is beyond its limits being missing."""
    value = given.get(declared.name)
    if value is None:
        raise GivenError(f"The input {declared.name} ({declared.shape.value}, {declared.unit}) is missing.")
    if isinstance(value, Samples) and declared.shape is Shape.SERIES:
        if value.t_us.shape != value.value.shape or np.any(np.diff(value.t_us) < 0):
            raise GivenError(
                f"Of {declared.name} there must be one time for each value, none before the last."
            )
        return Samples(value.t_us, _credible(declared, value.value))
    if isinstance(value, np.ndarray) and declared.shape is Shape.LIST:
        return _credible(declared, value)
    if not isinstance(value, int | float) or declared.shape is not Shape.NUMBER:
        raise GivenError(f"{declared.name} must be a {declared.shape.value}.")
    if not declared.low <= value <= declared.high or not math.isfinite(value):
        raise GivenError(
            f"{declared.name} must lie between {declared.low:g} and {declared.high:g} {declared.unit}."
        )
    return float(value)


def _credible(declared: Input, value: Floats) -> Floats:
    metric = declared.metric
    low, high = (declared.low, declared.high) if metric is None else (metric.low, metric.high)
    return np.where((value >= low) & (value <= high) & np.isfinite(value), value, np.nan)


def _parameter(declared: Parameter, value: Any) -> float | str:
    if declared.words:
        if value not in declared.words:
            raise GivenError(f"{declared.name} must be one of {', '.join(declared.words)}.")
        return str(value)
    return _number(declared.name, declared.unit, value, low=0.0, high=math.inf, above_low=True)


def _setting(declared: Setting, value: Any) -> float | bool | tuple[float, ...]:
    if isinstance(declared.default, bool):
        if not isinstance(value, bool):
            raise GivenError(f"{declared.name} must be true or false.")
        return value
    if isinstance(declared.default, tuple):
        if not isinstance(value, list | tuple):
            raise GivenError(f"{declared.name} must be a row of numbers.")
        return tuple(_number(declared.name, declared.unit, one, declared.low, declared.high) for one in value)
    return _number(declared.name, declared.unit, value, declared.low, declared.high)


def _number(name: str, unit: str, value: Any, low: float, high: float, above_low: bool = False) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise GivenError(f"{name} must be a number ({unit}).")
    if not low <= value <= high or (above_low and value == low):
        raise GivenError(f"{name} is {value:g} {unit}, which is beyond its limits.")
    return float(value)


def _nothing_else(given: Iterable[str], declared: Iterable[str], what: str) -> None:
    for name in given:
        _one(dict.fromkeys(declared), name, what)
