"""Heart rate recovery: by how much a heart has slowed down a minute, and two, after the effort ended."""

from __future__ import annotations

from typing import Final

import numpy as np

from sts_hub.analytics.formula import (
    HEART_RATE_GAP,
    HEART_RATE_INPUT,
    Case,
    Formula,
    Found,
    Input,
    NoNumber,
    Output,
    Shape,
    Variant,
)
from sts_hub.analytics.holding import SECOND_US, Samples

AFTER_S: Final = (60, 120)
END: Final = Input(
    "end_s", "s", "When the effort ended, on the clock of the series.", Shape.NUMBER, low=-1e10, high=1e10
)


def at(samples: Samples, t_us: int, max_gap_us: int) -> float | None:
    """What holds at a time; None in a hole."""
    place = int(np.searchsorted(samples.t_us, t_us, side="right")) - 1
    if place < 0 or t_us - int(samples.t_us[place]) >= max_gap_us or np.isnan(samples.value[place]):
        return None
    return float(samples.value[place])


def _recovery(case: Case) -> Found:
    heart_rate, end_us, gap_us = (
        case.samples(HEART_RATE_INPUT.name),
        case.us(END.name),
        case.us(HEART_RATE_GAP.name),
    )
    if not heart_rate.t_us.size:
        raise NoNumber("No heart rate is given.")
    end = at(heart_rate, end_us, gap_us)
    if end is None:
        raise NoNumber("No credible heart rate holds at the end of the effort.")
    later = {after_s: at(heart_rate, end_us + after_s * SECOND_US, gap_us) for after_s in AFTER_S}
    missing = [f"{after_s} s" for after_s, rate in later.items() if rate is None]
    return Found(
        {f"hrr_{after_s}": None if rate is None else end - rate for after_s, rate in later.items()},
        reason=f"No credible heart rate holds {' and '.join(missing)} after the end." if missing else None,
    )


HEART_RATE_RECOVERY: Final = Formula(
    id="heart_rate_recovery",
    version=1,
    title="Heart rate recovery",
    sentence="Heart rate at the end of the effort less that a minute, and two, later.",
    source="Cole et al. 1999, N Engl J Med 341:1351",
    outputs=(
        Output("hrr_60", "/min", "By how much the heart was slower after 60 s."),
        Output("hrr_120", "/min", "By how much the heart was slower after 120 s."),
    ),
    gaps="At each of the three moments the last value counts, if it has not held for longer than it may.",
    null="The strap said nothing credible at the end, or at the later moment.",
    variants=(
        Variant(
            "single_values",
            "The value that holds at each moment, not a mean around it.",
            _recovery,
            (HEART_RATE_INPUT, END),
            (),
            (HEART_RATE_GAP,),
        ),
    ),
)
