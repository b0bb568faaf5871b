"""What a rule says of the past, by the very engine that watches live: for previews, and for data that came late."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sts_hub.alerts import rules
from sts_hub.alerts.courses import Courses, Ground, Heard
from sts_hub.alerts.engine import Firing, RuleWatch
from sts_hub.alerts.schemas import RuleFields
from sts_hub.analytics.so_far import MATCH_DAY, Course, Known
from sts_hub.db.times import microseconds, timestamp
from sts_hub.kit.database import ReadSession
from sts_hub.parameters import service as parameters
from sts_hub.samples import service as samples
from sts_hub.samples.values import Values
from sts_hub.sessions.presence import Presence, present
from sts_hub.summaries.match_days import match_days
from sts_hub.summaries.service import credible
from sts_protocols.metrics import by_id

_SECOND_US: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Past:
    """A team in a time of the past: its athletes, what was known of them at its begin, where they were, and what was known at
    the begins of their sessions."""

    team_id: UUID
    athletes: Sequence[UUID]
    known: Mapping[UUID, Known]
    presences: Sequence[Presence]
    then: Mapping[tuple[UUID, UUID], Known]
    since: datetime
    until: datetime


async def past(
    session: ReadSession, team_id: UUID, athletes: Sequence[UUID], since: datetime, until: datetime
) -> Past:
    """All that a rule of the team must know of that time but what was measured."""
    presences = await present(session, since, until, team_id)
    then = await in_force_then(session, presences)
    known = with_match_days(await in_force(session, athletes, since), then)
    return Past(team_id, athletes, known, presences, then, since, until)


def with_match_days(
    known: Mapping[UUID, Known], then: Mapping[tuple[UUID, UUID], Known]
) -> dict[UUID, Known]:
    """What is known of athletes, and of those in a session what a match day asks of them."""
    found = dict(known)
    for (_, athlete), at_begin in then.items():
        match = {name: at_begin[name] for name in MATCH_DAY if name in at_begin}
        found[athlete] = {**found.get(athlete, {}), **match}
    return found


async def in_force(
    session: ReadSession, athlete_ids: Sequence[UUID], at: datetime
) -> dict[UUID, dict[str, float | str]]:
    """Parameters of athletes by name, as formulas use them at that time."""
    found = await parameters.in_force(session, athlete_ids, at)
    return {athlete: {str(one.name): one.value for one in rows} for athlete, rows in found.items()}


async def in_force_then(
    session: ReadSession, presences: Sequence[Presence]
) -> dict[tuple[UUID, UUID], Known]:
    """The same of each athlete in a session, at its begin, and what a match day asked of him or her by then."""
    begins = {(one.session_id, one.team_id): one.during.since_us for one in presences}
    found: dict[tuple[UUID, UUID], Known] = {}
    for (session_id, team_id), since_us in begins.items():
        there = [one.athlete_id for one in presences if one.session_id == session_id]
        known = await in_force(session, there, timestamp(since_us))
        match = await match_days(session, team_id, there, timestamp(since_us))
        found |= {(session_id, athlete): {**known.get(athlete, {}), **match[athlete]} for athlete in there}
    return found


async def fired(
    session: ReadSession, rule_id: UUID, fields: RuleFields, past: Past
) -> tuple[list[Firing], list[UUID]]:
    """What the rule says of that time, and the athletes whom it cannot watch."""
    watch, unwatched = rules.watched(rule_id, fields, past.athletes, past.known, past.presences)
    wanted = dict.fromkeys(watch.athletes, rules.derived(fields))
    courses = Courses(Ground(wanted, past.known, past.presences, past.then))
    for place, course in courses.new:
        await fill(session, place.athlete, course, past.since)
    told = [
        (athlete, metric.id, await samples.told(session, athlete, metric, past.since, past.until))
        for athlete in watch.athletes
        for metric in rules.metrics(fields)
    ]
    until_us = microseconds(past.until)
    return await asyncio.to_thread(lambda: list(looked_through(watch, courses, told, until_us))), unwatched


async def fill(session: ReadSession, athlete_id: UUID, course: Course, until: datetime) -> None:
    """Let a course know what was measured between its begin and that time."""
    if course.since_us is None or course.since_us >= microseconds(until):
        return
    for metric in map(by_id, course.adds_up):
        if metric is not None:
            values = await samples.told(session, athlete_id, metric, timestamp(course.since_us), until)
            await asyncio.to_thread(course.fill, metric.id, credible(values))


def looked_through(
    watch: RuleWatch, courses: Courses, told: Sequence[tuple[UUID, int, Values]], until_us: int
) -> Iterator[Firing]:
    """Yield what the rule says of values of the past, which it gets in the order of their times; every second it is told
    that time goes by."""
    second: int | None = None
    for t_us, athlete, metric, value, quality in heapq.merge(*(_rows(*one) for one in told)):
        yield from _gone_by(watch, second, t_us // _SECOND_US)
        second = t_us // _SECOND_US
        heard = Heard(t_us, metric, value, quality)
        for one in (heard, *courses.heard(athlete, heard)):
            yield from watch.take(athlete, *one)
    yield from _gone_by(watch, second, until_us // _SECOND_US)


def _gone_by(watch: RuleWatch, since: int | None, until: int) -> Iterator[Firing]:
    if since is not None and watch.hears_silence:
        for second in range(since + 1, until + 1):
            yield from watch.tick(second * _SECOND_US)


def _rows(athlete: UUID, metric: int, values: Values) -> Iterator[tuple[int, UUID, int, float, int]]:
    columns = (values.t_us.tolist(), values.value.tolist(), values.quality.tolist())
    for t_us, value, quality in zip(*columns, strict=True):
        yield t_us, athlete, metric, value, quality
