"""Mean and highest heart rate of a time."""

from __future__ import annotations

from typing import Final

from sts_hub.analytics.formula import (
    HEART_RATE_GAP,
    HEART_RATE_INPUT,
    Case,
    Formula,
    Found,
    Output,
    Variant,
)
from sts_hub.analytics.holding import Held, sum_on


def mean(heard: Held) -> float:
    """The mean of what is held, each value weighted by how long it counts; there must be one."""
    return sum_on(0.0, heard.value * heard.us) / heard.total_us


def _mean_and_highest(case: Case) -> Found:
    heard = case.held(HEART_RATE_INPUT.name)
    coverage_percent = case.coverage_percent(heard.total_us)
    return Found({"mean": mean(heard), "highest": float(heard.value.max())}, coverage_percent)


HEART_RATE_MEAN: Final = Formula(
    id="heart_rate",
    version=1,
    title="Mean and highest heart rate",
    sentence="The mean over time, not over values: a value counts as long as it holds.",
    source="Arithmetic mean weighted by time",
    outputs=(
        Output("mean", "/min", "Mean over the time with values."),
        Output("highest", "/min", "The highest credible value."),
    ),
    gaps="A hole has no part in the mean.",
    null="No credible heart rate lies in the time.",
    variants=(
        Variant(
            "time_weighted",
            "Each value holds until the next.",
            _mean_and_highest,
            (HEART_RATE_INPUT,),
            (),
            (HEART_RATE_GAP,),
        ),
    ),
)
