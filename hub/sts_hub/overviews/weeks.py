"""What single athletes did and said, as means of groups by weeks: pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sts_hub.overviews.repository import Away
from sts_hub.overviews.schemas import AbsentNow, GroupMean

# Of a smaller group a mean tells too much of each in it, above all to those who are in it themselves.
FEWEST: Final = 5

# An athlete, the day, and what is told of it; None: there was something, and it is not known.
Told = tuple[UUID, date, float | None]


def monday(day: date) -> date:
    """The first day of the week."""
    return day - timedelta(days=day.weekday())


def mondays(first: date, last: date) -> list[date]:
    """The weeks that these days lie in."""
    begin = monday(first)
    return [begin + timedelta(days=days) for days in range(0, (last - begin).days + 1, 7)]


def sums(told: Iterable[Told], athlete_ids: Sequence[UUID], week: date) -> GroupMean:
    """The mean of the athletes' sums: who has nothing in the week has 0, and of whom something is not known, nothing is."""
    loads: dict[UUID, list[float | None]] = {one: [] for one in athlete_ids}
    for athlete_id, day, value in told:
        if monday(day) == week:
            loads[athlete_id].append(value)
    return group_mean(None if None in values else sum(filter(None, values)) for values in loads.values())


def means(told: Iterable[Told], week: date) -> GroupMean:
    """The mean of the athletes' means, over those of whom something is known."""
    values: dict[UUID, list[float]] = defaultdict(list)
    for athlete_id, day, value in told:
        if value is not None and monday(day) == week:
            values[athlete_id].append(value)
    return group_mean(sum(known) / len(known) for known in values.values())


def group_mean(values: Iterable[float | None]) -> GroupMean:
    """The mean of what is known, where that are enough athletes."""
    known = [value for value in values if value is not None]
    mean = round(sum(known) / len(known), 2) if len(known) >= FEWEST else None
    return GroupMean(mean=mean, of=len(known))


def absent(away: Iterable[Away], week: date) -> int:
    """How many athletes are away on a day of the week."""
    last = week + timedelta(days=6)
    return len({one.athlete_id for one in away if one.first_day <= last and _until(one) >= week})


def absent_on(away: Iterable[Away], day: date) -> AbsentNow:
    """How many athletes are away on a day, by reason; one with several reasons counts for each."""
    why: Mapping[str, set[UUID]] = {"injury": set(), "illness": set(), "other": set()}
    for one in away:
        if one.first_day <= day <= _until(one):
            why[one.reason].add(one.athlete_id)
    return AbsentNow(**{reason: len(who) for reason, who in why.items()})


def _until(one: Away) -> date:
    return one.last_day or date.max
