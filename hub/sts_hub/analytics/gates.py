"""Sprint gates: the times between one and the next."""

from __future__ import annotations

from typing import Final

import numpy as np

from sts_hub.analytics.formula import Case, Formula, Found, Input, NoNumber, Output, Shape, Variant

GATE_TIME: Final = Input(
    "gate_time", "s", "When each gate was passed, in their order; null for one that missed it.", Shape.LIST
)


def _splits(case: Case) -> Found:
    times = case.numbers(GATE_TIME.name)
    known = times[~np.isnan(times)]
    if known.size < 2:
        raise NoNumber("Fewer than two gates have a time.")
    if (np.diff(known) < 0).any():
        raise NoNumber("A gate has a time before that of an earlier gate.")
    splits = tuple(None if np.isnan(split) else split for split in np.diff(times).tolist())
    missed = times.size - known.size
    total = float(times[-1] - times[0])
    return Found(
        {"split": splits, "total": None if np.isnan(total) else total},
        100 * known.size / times.size,
        f"{missed} of {times.size} gates missed it: the splits beside are not known." if missed else None,
    )


GATE_SPLITS: Final = Formula(
    id="gate_splits",
    version=1,
    title="Sprint gates",
    sentence="The time from each gate to the next, and from the first to the last.",
    source="Difference of two times",
    outputs=(
        Output("split", "s", "From each gate to the next."),
        Output("total", "s", "From the first gate to the last."),
    ),
    gaps="A gate that missed the athlete makes both splits beside it null: what lies between is not guessed.",
    null="Fewer than two gates have a time, or the times do not rise.",
    variants=(Variant("difference", "Of the times as they were told.", _splits, (GATE_TIME,)),),
)
