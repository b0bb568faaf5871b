"""Power with its peaks weighted: what steady power would have cost as much, how hard that is, and the load of it.

The quantities are known under names that are trademarks in places (NP, IF, TSS); here they have neutral ones.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sts_hub.analytics.formula import (
    Case,
    Formula,
    Found,
    Input,
    NoNumber,
    Output,
    Parameter,
    Variant,
    max_gap,
)
from sts_hub.analytics.holding import Floats
from sts_hub.analytics.seconds import per_second
from sts_protocols.metrics import POWER as POWER_METRIC

POWER: Final = Input("power", "W", "Power at the crank, wheel or oar; 0 while coasting.", metric=POWER_METRIC)
# A power meter speaks once a second, and an athlete changes power within one: two missed values may be a radio's
# doing, and the third is late (agreement 3).
POWER_GAP: Final = max_gap(3.0, "after three missed values a sensor is late")
FTP: Final = Parameter("ftp", "W", "Functional threshold power: what can be held for about an hour.")

WINDOW_S: Final = 30
SECONDS_IN_HOUR: Final = 3600


def powers(case: Case) -> Floats:
    """The power of each whole second, NaN where there is none; raises NoNumber if there is not one."""
    power = per_second(case.samples(POWER.name), case.window, case.us(POWER_GAP.name))
    if not power.size:
        raise NoNumber("What was given lasts less than a second.")
    if np.isnan(power).all():
        raise NoNumber("No credible power lies in this time.", 0.0)
    return power


def coverage_percent(power: Floats) -> float:
    """The share of the seconds that have a value."""
    return 100 * float(np.mean(~np.isnan(power)))


def weighted(power: Floats) -> float | None:
    """The fourth root of the mean fourth power of 30 s means, of those without a hole; None if there is none."""
    if power.size < WINDOW_S:
        return None
    means = np.lib.stride_tricks.sliding_window_view(power, WINDOW_S).mean(axis=1)
    whole = means[~np.isnan(means)]
    return float(np.mean(whole**4) ** 0.25) if whole.size else None


def _weighted(case: Case) -> tuple[float, float, int]:
    """Weighted power, coverage, seconds with a value."""
    power = powers(case)
    found = weighted(power)
    if found is None:
        raise NoNumber("Nowhere are there 30 s without a hole.", coverage_percent(power))
    return found, coverage_percent(power), int(np.sum(~np.isnan(power)))


def _weighted_power(case: Case) -> Found:
    found, coverage, _ = _weighted(case)
    return Found({"weighted_power": found}, coverage)


def _intensity(case: Case) -> Found:
    found, coverage, _ = _weighted(case)
    return Found({"intensity": found / case.number(FTP.name)}, coverage)


def _load(case: Case) -> Found:
    found, coverage, seconds = _weighted(case)
    intensity = found / case.number(FTP.name)
    return Found({"load": seconds / SECONDS_IN_HOUR * intensity**2 * 100}, coverage)


_SOURCE: Final = "Coggan, in Allen, Coggan, Training and Racing with a Power Meter"
_GAPS: Final = (
    "One value a second: the mean of what is held in it, none where less than half of it is. A 30 s mean with a hole in it "
    "is left out, and the first is that of the first 30 s."
)
_THIRTY: Final = "No 30 s without a hole"

WEIGHTED_POWER: Final = Formula(
    id="weighted_power",
    version=1,
    title="Weighted power (known as NP)",
    sentence="The steady power that would have cost as much: 30 s means, to the fourth power, averaged, fourth root.",
    source=_SOURCE,
    outputs=(Output("weighted_power", "W", "The power that counts."),),
    gaps=_GAPS,
    null=f"{_THIRTY}.",
    variants=(Variant("coggan", "Moving mean of 30 s.", _weighted_power, (POWER,), settings=(POWER_GAP,)),),
)

POWER_INTENSITY: Final = Formula(
    id="power_intensity",
    version=1,
    title="Relative intensity of power (known as IF)",
    sentence="Weighted power as a share of what the athlete can hold for about an hour.",
    source=_SOURCE,
    outputs=(Output("intensity", "1", "Weighted power divided by threshold power."),),
    gaps=_GAPS,
    null=f"{_THIRTY}, or the threshold power is not known.",
    variants=(Variant("coggan", "Of the weighted power.", _intensity, (POWER,), (FTP,), (POWER_GAP,)),),
)

POWER_LOAD: Final = Formula(
    id="power_load",
    version=1,
    title="Load of power (known as TSS)",
    sentence="Hours times the square of the relative intensity, times 100: an hour at threshold is 100.",
    source=_SOURCE,
    outputs=(Output("load", "{AU}", "The load; only seconds with a value count as time."),),
    gaps=_GAPS,
    null=f"{_THIRTY}, or the threshold power is not known.",
    variants=(Variant("coggan", "Of the weighted power.", _load, (POWER,), (FTP,), (POWER_GAP,)),),
)
