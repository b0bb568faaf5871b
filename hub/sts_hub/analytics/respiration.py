"""Breathing rate out of RR intervals: breathing speeds a heart at rest up and down, and that rhythm can be seen.

In hard work it fades, so there is a number only where the heart is slow, and only where one rhythm stands out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from sts_hub.analytics.formula import Case, Formula, Found, NoNumber, Output, Setting, Variant
from sts_hub.analytics.holding import Floats
from sts_hub.analytics.hrv import RR_INTERVAL, stretches

RATE_HZ: Final = 4.0
# Segments of 64 s tell rhythms apart that differ by 1/min, and half of one is new in the next (Welch 1967).
SEGMENT: Final = 256
BAND_HZ: Final = (0.1, 0.5)
# A Hann window spreads one rhythm over two bins to either side.
SPREAD: Final = 2
MS: Final = 1000.0
MINUTE_S: Final = 60.0

REST: Final = Setting(
    "highest_resting_rate", "/min", 100.0, "No number where the mean heart rate is higher: that is no rest."
)
CLEAR: Final = Setting(
    "clear_share_percent",
    "%",
    50.0,
    "No number where the strongest rhythm holds less of the band's power.",
    high=100.0,
)


def welch(signals: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Frequencies, Hz, and mean power of half-overlapping segments, each less its mean, under a Hann window.

    signals: evenly at RATE_HZ; those shorter than a segment have no part in it. No power without any segment.
    """
    window = np.hanning(SEGMENT + 1)[:-1]
    segments = [
        signal[begin : begin + SEGMENT]
        for signal in signals
        for begin in range(0, signal.size - SEGMENT + 1, SEGMENT // 2)
    ]
    frequency = np.asarray(np.fft.rfftfreq(SEGMENT, 1 / RATE_HZ), np.float64)
    if not segments:
        return frequency, np.empty(0)
    centred = np.array(segments) - np.mean(segments, axis=1, keepdims=True)
    return frequency, np.mean(np.abs(np.fft.rfft(centred * window)) ** 2, axis=0)


def resampled(rr_ms: Floats) -> Floats:
    """The intervals of an unbroken stretch, each at the beat that ends it, on straight lines between, RATE_HZ times a second."""
    beat_s = np.cumsum(rr_ms) / MS
    return np.interp(np.arange(beat_s[0], beat_s[-1], 1 / RATE_HZ), beat_s, rr_ms)


def _respiration(case: Case) -> Found:
    rr_ms = case.numbers(RR_INTERVAL.name)
    parts = stretches(rr_ms)
    if not parts:
        raise NoNumber("No interval is known.", 0.0)
    heart_rate = MINUTE_S * MS / float(np.concatenate(parts).mean())
    if heart_rate > case.number(REST.name):
        raise NoNumber(f"The heart beats {heart_rate:.0f} times a minute: that is no rest.")
    frequency, power = welch([resampled(part) for part in parts])
    if not power.size:
        raise NoNumber("Nowhere are there 64 s without a hole.")
    band = (frequency >= BAND_HZ[0]) & (frequency <= BAND_HZ[1])
    place = int(np.argmax(np.where(band, power, -1.0)))
    near = np.abs(np.arange(power.size) - place) <= SPREAD
    if not power[band].sum() or 100 * power[band & near].sum() / power[band].sum() < case.number(CLEAR.name):
        raise NoNumber("No rhythm of breathing stands out.")
    return Found(
        {"respiratory_rate": MINUTE_S * _peak_hz(frequency, power, place)},
        100 * float(np.mean(~np.isnan(rr_ms))),
    )


def _peak_hz(frequency: Floats, power: Floats, place: int) -> float:
    """Where the parabola through the logarithms of the highest three has its top."""
    left, top, right = np.log(np.maximum(power[place - 1 : place + 2], np.finfo(float).tiny))
    bend = left - 2 * top + right
    shift = 0.5 * (left - right) / bend if bend < 0 else 0.0
    return float(frequency[place] + np.clip(shift, -0.5, 0.5) * frequency[1])


RESPIRATORY_RATE: Final = Formula(
    id="respiratory_rate",
    version=1,
    title="Breathing rate at rest",
    sentence="The strongest rhythm between 0.1 and 0.5 Hz in the intervals between beats, times 60.",
    source="Welch 1967, IEEE Trans Audio Electroacoust 15:70; respiratory sinus arrhythmia as in Task Force 1996, Circulation 93:1043",
    outputs=(Output("respiratory_rate", "/min", "Breaths a minute."),),
    gaps="A hole parts two stretches, and only segments of 64 s without one count. Coverage is the share of intervals known.",
    null="No rest (mean heart rate above 100/min), less than 64 s without a hole, or no rhythm that stands out.",
    variants=(
        Variant(
            "welch",
            "Straight lines at 4 Hz, segments of 64 s under a Hann window, half overlapping; top of a parabola.",
            _respiration,
            (RR_INTERVAL,),
            (),
            (REST, CLEAR),
            estimate=True,
        ),
    ),
)
