"""What a match day asks of each athlete: of the own matches where there are enough of them, else of the team's."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import numpy as np

from sts_hub.analytics.formula import NoNumber
from sts_hub.analytics.holding import Floats
from sts_hub.analytics.match_day import FEWEST_MATCHES, MATCH_DEMANDS, match_day
from sts_hub.analytics.so_far import MATCH_DAY
from sts_hub.kit.database import ReadSession
from sts_hub.summaries import repository


async def match_days(
    session: ReadSession, team_id: UUID, athletes: Iterable[UUID], before: datetime
) -> dict[UUID, dict[str, float]]:
    """By athlete and by the names of `MATCH_DAY`: the means of matches that had ended by then, in the units of
    `match_demands`. A number that nobody has enough matches for is left out. No position is kept of athletes, so none counts.
    """
    told = await repository.matches(session, team_id, before, MATCH_DEMANDS.id, "edwards")
    return {one: _of(one, told) for one in athletes}


def _of(athlete: UUID, told: Sequence[tuple[UUID, dict[str, float | None]]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name in MATCH_DAY:
        output = name.removeprefix("match_day_")
        of_all = [(who, values[output]) for who, values in told]
        by_basis = {
            "athlete": _numbers(value for who, value in of_all if who == athlete),
            "position": _numbers(()),
            "team": _numbers(value for _, value in of_all),
        }
        with contextlib.suppress(NoNumber):
            _, found[name] = match_day(by_basis.__getitem__, FEWEST_MATCHES)
    return found


def _numbers(values: Iterable[float | None]) -> Floats:
    return np.array([np.nan if one is None else one for one in values], np.float64)
