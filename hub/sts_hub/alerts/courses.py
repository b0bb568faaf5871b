"""The quantities worked out from what athletes' sensors tell, each athlete in his or her session: one course for each, so
that what adds up begins with the session. Pure: values go in, live and of the past alike.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sts_hub.analytics.so_far import Course, Known
from sts_hub.sessions.presence import Presence
from sts_protocols.sample import Quality


class Heard(NamedTuple):
    """A value of a metric, or of a quantity worked out from one."""

    t_us: int
    metric: int
    value: float
    quality: int

    @property
    def credible(self) -> float:
        """The value for formulas: NaN where the quality is another than ok."""
        return self.value if self.quality == Quality.OK else math.nan


class Place(NamedTuple):
    """What a course depends on: of whom, in which session (None: in none), from when on, what is wanted and known."""

    athlete: UUID
    session: UUID | None
    since_us: int | None
    wanted: frozenset[int]
    known: frozenset[tuple[str, float | str]]


@dataclass(frozen=True, slots=True)
class Ground:
    """Where courses are run. wanted: quantities by athlete; known: of each athlete now, and in each session what was in force
    at its begin, as its summary has it."""

    wanted: Mapping[UUID, Collection[int]]
    now: Mapping[UUID, Known]
    presences: Iterable[Presence]
    then: Mapping[tuple[UUID, UUID], Known]

    def places(self) -> Iterator[tuple[Place, Presence | None]]:
        """Every course there is to run: out of all sessions, and in each."""
        for athlete, wanted in self.wanted.items():
            if wanted:
                known = frozenset(self.now.get(athlete, {}).items())
                yield Place(athlete, None, None, frozenset(wanted), known), None
        for one in self.presences:
            if wanted := self.wanted.get(one.athlete_id, ()):
                known = frozenset(self.then[one.session_id, one.athlete_id].items())
                since_us = one.during.since_us
                yield Place(one.athlete_id, one.session_id, since_us, frozenset(wanted), known), one


class Courses:
    """The courses of athletes."""

    def __init__(self, ground: Ground, before: Courses | None = None) -> None:
        """before: courses that go on where nothing has changed that they depend on."""
        self._courses: dict[Place, Course] = {}
        self._of: dict[UUID, list[tuple[Presence | None, Course]]] = defaultdict(list)
        self.new: list[tuple[Place, Course]] = []
        for place, presence in ground.places():
            course = None if before is None else before._courses.get(place)
            if course is None:
                course = Course(place.wanted, dict(place.known), place.since_us)
                self.new.append((place, course))
            self._courses[place] = course
            self._of[place.athlete].append((presence, course))
        self._metrics = frozenset(metric for course in self._courses.values() for metric in course.metrics)

    def forget(self, athletes: Collection[UUID]) -> None:
        """Begin the sessions' courses of these athletes anew at the next turn: what they were told is not all there is."""
        for place in [one for one in self._courses if one.session is not None and one.athlete in athletes]:
            del self._courses[place]

    @property
    def metrics(self) -> frozenset[int]:
        """The metrics that any of them works with."""
        return self._metrics

    def heard(self, athlete: UUID, value: Heard) -> Iterator[Heard]:
        """What a value makes of the quantities."""
        course = self._at(athlete, value.t_us)
        if course is not None:
            for told in course.take(value.metric, value.t_us, value.credible):
                yield Heard(told.t_us, told.quantity, told.value, Quality.OK)

    def _at(self, athlete: UUID, t_us: int) -> Course | None:
        """That of the session which began last, or the one out of all sessions."""
        found = None
        for presence, course in self._of.get(athlete, ()):
            if presence is None or presence.during.holds(t_us):
                found = course
        return found
