"""What other people's libraries make of the same RR intervals; each runs in an environment of its own."""

from __future__ import annotations

import numpy as np
import pytest

from oracles import ask
from sts_hub.analytics import respiration, rr_artefacts
from sts_hub.analytics.hrv import time_domain

# Where it has not been done yet, the environments are installed first.
pytestmark = [pytest.mark.long, pytest.mark.timeout(1500)]

Floats = np.ndarray
# Places of artefacts: beyond each other's window of 91 beats, and beyond those that the ends cut off.
PLACES = (120, 260, 400, 540)


def heart(seed: int, count: int = 660) -> Floats:
    """Breathing, slow waves and chance, as of somebody who rests; multiples of 4 ms, so that no difference is 50 ms and
    a rounding error decides nothing."""
    chance = np.random.default_rng(seed)
    beat = np.arange(count)
    rr = chance.uniform(700, 1100) + 35 * np.sin(beat * chance.uniform(1.0, 1.9)) + 25 * np.sin(beat / 11)
    return 4 * np.rint((rr + chance.normal(0, 18, count)) / 4)


def harmed(seed: int) -> tuple[Floats, list[int]]:
    """A heart with a missed beat, one too many, an early and a late one, and the places of their intervals."""
    rr = heart(seed).tolist()
    one, two, three, four = PLACES
    rr[four : four + 2] = [rr[four] + 250, rr[four + 1] - 250]
    rr[three : three + 2] = [rr[three] - 250, rr[three + 1] + 250]
    third = round(rr[two] * 0.4)
    rr[two : two + 1] = [third, rr[two] - third]
    rr[one : one + 2] = [rr[one] + rr[one + 1]]
    return np.array(rr), [one, two - 1, three, four]


def told(what: str, values: Floats) -> tuple[str, bytes]:
    return what, values.astype("<f8").tobytes()


def test_two_libraries_agree_on_the_time_domain_save_for_one_divisor() -> None:
    hearts = [heart(seed) for seed in range(20)]
    ours = [time_domain([rr]) for rr in hearts]
    theirs = ask("hrv_analysis", [told("hrv", rr) for rr in hearts])
    for mine, other in zip(ours, theirs, strict=True):
        expected = (other["rmssd"], other["sdnn"], other["pnni_50"], other["mean_nni"])
        assert tuple(mine) == pytest.approx(expected, rel=1e-4)
    for mine, other, rr in zip(
        ours, ask("neurokit", [told("hrv", rr) for rr in hearts]), hearts, strict=True
    ):
        per_difference = other["pNN50"] * rr.size / (rr.size - 1)
        expected = (other["RMSSD"], other["SDNN"], per_difference, other["MeanNN"])
        assert tuple(mine) == pytest.approx(expected, rel=1e-4)


def test_another_reading_of_the_paper_finds_the_same_beats() -> None:
    """An early or late beat makes a short and a long interval; there one of both is named, here the first."""
    for seed, theirs in enumerate(
        ask("neurokit", [told("artefacts", harmed(seed)[0]) for seed in range(30)])
    ):
        rr, (missed, extra, early, late) = harmed(seed)
        ours = rr_artefacts.find(rr)
        for kind, name in ((rr_artefacts.Beat.MISSED, "missed"), (rr_artefacts.Beat.EXTRA, "extra")):
            mine = [place for place, beat in ours.items() if beat is kind]
            assert mine == [place - 1 for place in theirs[name]] == [missed if name == "missed" else extra]
        for place in (early, late):
            assert place in ours
            assert {place + 1, place + 2} & {*theirs["ectopic"], *theirs["longshort"]}


def test_a_spectrum_is_that_of_scipy() -> None:
    signals = [respiration.resampled(heart(seed)) for seed in range(10)]
    theirs = ask("neurokit", [told("welch", signal) for signal in signals])
    for signal, other in zip(signals, theirs, strict=True):
        # Without the two ends, which a one-sided spectrum does not double.
        power, expected = respiration.welch([signal])[1][1:-1], np.array(other)[1:-1]
        assert power / power.sum() == pytest.approx(expected / expected.sum(), rel=1e-6, abs=1e-9)
