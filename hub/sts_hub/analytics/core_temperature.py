"""An estimate of core temperature from heart rate. It is off unless somebody says that they may use it.

The method is covered by patent US 10702165, so nothing here works it out by default, and whoever runs the hub must ask
before switching it on. Its result is never a measured temperature: 95 % of the estimates lie within 0.63 °C (Buller 2013).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sts_hub.analytics.formula import (
    HEART_RATE_GAP,
    HEART_RATE_INPUT,
    NO_TIME,
    Case,
    Formula,
    Found,
    NoNumber,
    Output,
    Setting,
    Variant,
)
from sts_hub.analytics.holding import MINUTE_US, Floats
from sts_hub.analytics.seconds import means

PATENT: Final = "US 10702165"
# Heart rate by core temperature: -7887.1 + 384.4286 T - 4.5714 T².
LEVEL: Final = -7887.1
LINEAR: Final = 384.4286
SQUARE: Final = -4.5714
# Standard deviations: of the temperature from minute to minute, °C, and of the heart rate about its curve, /min.
WANDER: Final = 0.022
SCATTER: Final = 18.88

LICENSED: Final = Setting(
    "licensed", "1", False, f"Whether you may use what patent {PATENT} covers. Ask first."
)
START: Final = Setting(
    "start_temperature",
    "Cel",
    37.1,
    "Core temperature at the beginning, if it was measured.",
    low=35.0,
    high=41.0,
)


def estimates(heart_rate: Floats, start: float) -> Floats:
    """The temperature after each minute, °C: an extended Kalman filter; a minute without a value (NaN) changes nothing."""
    temperature, variance = start, 0.0
    told = np.empty(heart_rate.size)
    for minute, rate in enumerate(heart_rate.tolist()):
        variance += WANDER**2
        if not np.isnan(rate):
            slope = LINEAR + 2 * SQUARE * temperature
            gain = variance * slope / (slope**2 * variance + SCATTER**2)
            expected = LEVEL + LINEAR * temperature + SQUARE * temperature**2
            temperature += gain * (rate - expected)
            variance *= 1 - gain * slope
        told[minute] = temperature
    return told


def _core_temperature(case: Case) -> Found:
    if not case.settings[LICENSED.name]:
        raise NoNumber(f"Off: patent {PATENT} covers this estimate. Set {LICENSED.name} once you may use it.")
    heard = case.held(HEART_RATE_INPUT.name)
    minutes = means(heard, case.window.since_us, case.window.us // MINUTE_US, MINUTE_US)
    if not minutes.size:
        raise NoNumber(f"{NO_TIME} This takes whole minutes.")
    if np.isnan(minutes).all():
        raise NoNumber("No minute has a credible heart rate for half of its time.", 0.0)
    told = estimates(minutes, case.number(START.name))
    values = {"core_temperature": float(told[-1]), "highest": float(told.max())}
    return Found(values, 100 * float(np.mean(~np.isnan(minutes))))


CORE_TEMPERATURE: Final = Formula(
    id="core_temperature_estimate",
    version=1,
    title="Core temperature, estimated from heart rate",
    sentence=f"What core temperature fits the heart rate so far. Off by default: patent {PATENT} covers it.",
    source="Buller et al. 2013, Physiol Meas 34:781 (bias -0.03 °C, 95 % within 0.63 °C)",
    outputs=(
        Output("core_temperature", "Cel", "The estimate after the last whole minute."),
        Output("highest", "Cel", "The highest estimate."),
    ),
    gaps="Means of whole minutes, of those with values for at least half of it; in others the estimate stays as it is.",
    null="It is not switched on, or no minute has a heart rate.",
    variants=(
        Variant(
            "buller_2013",
            "Extended Kalman filter, begun at 37.1 °C with no doubt.",
            _core_temperature,
            (HEART_RATE_INPUT,),
            (),
            (LICENSED, START, HEART_RATE_GAP),
            estimate=True,
        ),
    ),
)
