"""A training plan as effort over time."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from sts_sims.athletes import Effort
from sts_sims.scenario import Phase

# Nobody changes effort in an instant: this long for the way from one step to the next.
RAMP_S = 8.0


def steps(plan: Sequence[Phase]) -> list[tuple[float, float]]:
    """Lay the plan out as (seconds, effort), repetitions and rests written out."""
    laid: list[tuple[float, float]] = []
    for phase in plan:
        for _ in range(phase.times):
            laid.append((phase.seconds, phase.effort))
            if phase.rest_seconds > 0:
                laid.append((phase.rest_seconds, phase.rest_effort))
    return laid


def effort(plan: Sequence[Phase], *, later_s: float = 0.0, pace: float = 1.0) -> Effort:
    """Answer effort for any time; the plan begins again when it is over."""
    laid = steps(plan)
    ends = list(accumulate(seconds for seconds, _ in laid))
    efforts = [share * pace for _, share in laid]

    def at(time_s: float) -> float:
        inside_s = (time_s - later_s) % ends[-1]
        here = bisect_right(ends, inside_s)
        began_s = ends[here - 1] if here else 0.0
        way = min((inside_s - began_s) / RAMP_S, 1.0)
        return efforts[here - 1] + (efforts[here] - efforts[here - 1]) * way

    return at
