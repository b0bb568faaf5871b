"""Heart rate variability in the time domain, of intervals whose artefacts were put right, and how many those were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from sts_hub.analytics import rr_artefacts
from sts_hub.analytics.formula import Case, Formula, Found, Input, NoNumber, Output, Setting, Shape, Variant
from sts_hub.analytics.holding import Floats

RR_INTERVAL: Final = Input(
    "rr_interval",
    "ms",
    "Intervals between beats in their order; null where beats are lost: no difference is taken across it.",
    Shape.LIST,
    low=1.0,
    high=60_000.0,
)
# Beyond it, what is left of the rhythm is more of the correction's making than of the heart's.
LIMIT: Final = Setting(
    "corrected_limit_percent",
    "%",
    5.0,
    "No number where more beats than these had to be corrected.",
    high=100.0,
)
# pNN50 counts differences of more than 50 ms (Task Force 1996).
LARGE_MS: Final = 50.0


class TimeDomain(NamedTuple):
    """rmssd, sdnn, mean_rr: ms; pnn50: %."""

    rmssd: float
    sdnn: float
    pnn50: float
    mean_rr: float


def stretches(rr_ms: Floats) -> list[Floats]:
    """The unbroken stretches between holes (NaN)."""
    known = ~np.isnan(rr_ms)
    borders = np.flatnonzero(np.diff(known)) + 1
    return [part for part in np.split(rr_ms, borders) if part.size and not np.isnan(part[0])]


def time_domain(parts: Sequence[Floats]) -> TimeDomain:
    """The measures of unbroken stretches; raises NoNumber without two intervals that follow each other."""
    intervals = np.concatenate([np.empty(0), *parts])
    differences = np.concatenate([np.empty(0), *(np.diff(part) for part in parts)])
    if not differences.size:
        raise NoNumber("No two intervals follow each other.", 0.0 if not intervals.size else None)
    return TimeDomain(
        rmssd=float(np.sqrt(np.mean(differences**2))),
        sdnn=float(np.std(intervals, ddof=1)),
        pnn50=100 * float(np.mean(np.abs(differences) > LARGE_MS)),
        mean_rr=float(intervals.mean()),
    )


def _uncorrected(case: Case) -> Found:
    rr_ms = case.numbers(RR_INTERVAL.name)
    return Found(time_domain(stretches(rr_ms))._asdict(), 100 * float(np.mean(~np.isnan(rr_ms))))


def _corrected(case: Case) -> Found:
    rr_ms = case.numbers(RR_INTERVAL.name)
    parts = stretches(rr_ms)
    judged = [part for part in parts if part.size >= rr_artefacts.FEWEST]
    if not judged:
        raise NoNumber(f"There are nowhere {rr_artefacts.FEWEST} intervals without a hole.", 0.0)
    artefacts = [rr_artefacts.find(part) for part in judged]
    count = sum(part.size for part in judged)
    kinds = Counter(beat.value for found in artefacts for beat in found.values())
    percent = 100 * kinds.total() / count
    counted = {"corrected": percent, **{kind: kinds[kind] for kind in _KINDS}}
    coverage_percent = 100 * count / rr_ms.size
    if percent > case.number(LIMIT.name):
        reason = f"{percent:.1f} % of the beats had to be corrected, more than {case.number(LIMIT.name):g} %."
        return Found({**dict.fromkeys(TimeDomain._fields), **counted}, coverage_percent, reason)
    right = [rr_artefacts.correct(part, found) for part, found in zip(judged, artefacts, strict=True)]
    return Found({**time_domain(right)._asdict(), **counted}, coverage_percent)


_KINDS: Final = tuple(beat.value for beat in rr_artefacts.Beat)

HRV: Final = Formula(
    id="hrv",
    version=1,
    title="Heart rate variability, time domain",
    sentence="How much the intervals between beats change, from one to the next (RMSSD, pNN50) and altogether (SDNN).",
    source="Task Force of the European Society of Cardiology 1996, Circulation 93:1043; Lipponen, Tarvainen 2019, J Med Eng Technol 43:173",
    outputs=(
        Output("rmssd", "ms", "Root of the mean squared difference of successive intervals."),
        Output("sdnn", "ms", "Standard deviation of the intervals, with n - 1."),
        Output("pnn50", "%", "Share of the differences (n - 1 of n intervals) that are larger than 50 ms."),
        Output("mean_rr", "ms", "Mean interval."),
    ),
    gaps="A hole parts two stretches: no difference is taken across it. Stretches of fewer than 30 intervals are left out "
    "where artefacts are corrected, and lower the coverage, which is the share of the places that have a usable interval.",
    null="Too few intervals, or more than 5 % of the beats had to be corrected.",
    variants=(
        Variant(
            "corrected",
            "Artefacts found and put right after Lipponen and Tarvainen, one pass. Implementations differ: see how many.",
            _corrected,
            (RR_INTERVAL,),
            (),
            (LIMIT,),
            (
                Output("corrected", "%", "Share of the beats that had to be corrected."),
                Output("missed", "1", "Beats that the strap missed: an interval was halved."),
                Output("extra", "1", "Beats that were none: two intervals became one."),
                Output("ectopic", "1", "Early or late beats between two others: put midway."),
                Output("long_short", "1", "Beats too early or too late, of no other kind: put midway."),
            ),
        ),
        Variant(
            "uncorrected",
            "Every interval as it is: one missed beat is enough to make it wrong.",
            _uncorrected,
            (RR_INTERVAL,),
        ),
    ),
)
