"""When a rule speaks up. Pure: values with their times go in, firings come out; no I/O, no clock.

A rule is asked for each of its subjects (athletes, or gateways by name) by this table. It *holds* when all of its
conditions do, at a time in which it counts; a condition is judged by the newest value of its metric, as long as that is no
older than STALE_US.

    stage     holds   and then                               stage then
    calm      yes                                            holding, since this value
    holding   yes     for `hold_us` at least                 raised: an occurrence
    holding   no                                             calm
    raised    no      `reset_us` after it was raised         calm
    any       any     anything else                          as before

Every `times`-th occurrence fires. With a scope of all or a share of the team it fires for the team, once so many of
those who are heard are raised, and again `reset_us` after that at the earliest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final, NamedTuple
from uuid import UUID

from sts_hub.analytics.holding import Window
from sts_protocols.sample import Quality

Subject = UUID | str
"""An athlete, or a gateway by its name."""

# The longest that watches and straps are silent while all is well; what is older says nothing of now.
STALE_US: Final = 10_000_000
_CREDIBLE: Final = frozenset({Quality.OK, Quality.TRUNCATED, Quality.CLOCK_UNSYNCED, Quality.ESTIMATED})


class Check(Enum):
    """What a condition asks of a metric."""

    ABOVE = "above"
    BELOW = "below"
    SILENT = "silent"
    NO_CONTACT = "no_contact"


class Condition(NamedTuple):
    """One metric, by number, and what is asked of it; the limit stands with the subject, whose own it is."""

    metric: int
    test: Check


@dataclass(frozen=True, slots=True)
class Rule:
    """What to watch for. `share`: None for each subject alone, else the part (0 to 1] of those heard."""

    id: UUID
    conditions: tuple[Condition, ...]
    hold_us: int
    reset_us: int
    times: int = 1
    share: float | None = None


class Firing(NamedTuple):
    """The rule speaks up: of whom (None: the team), when it was measured, since when it held, and the last value."""

    rule: UUID
    subject: Subject | None
    t_us: int
    since_us: int
    value: float | None


class _Stage(Enum):
    CALM = auto()
    HOLDING = auto()
    RAISED = auto()


class _Told(NamedTuple):
    t_us: int
    value: float
    credible: bool
    no_contact: bool


@dataclass(slots=True)
class _Subject:
    """One subject under one rule."""

    limits: tuple[float, ...]
    stage: _Stage = _Stage.CALM
    since_us: int = 0
    raised_us: int = 0
    occurrences: int = 0
    heard_us: int = 0
    calm_us: int = 0
    told: dict[int, _Told] = field(default_factory=dict)


class RuleWatch:
    """One rule and how each of its subjects stands."""

    def __init__(
        self,
        rule: Rule,
        limits: Mapping[Subject, tuple[float, ...]],
        counts: Mapping[Subject, Sequence[Window]] | None = None,
    ) -> None:
        """`limits`: for each subject one for each condition, in its own figures. `counts`: when the rule counts for each;
        None: always."""
        self.rule = rule
        self._counts = counts
        self._metrics = frozenset(one.metric for one in rule.conditions)
        self.hears_silence = any(one.test is Check.SILENT for one in rule.conditions)
        self._subjects = {subject: _Subject(of) for subject, of in limits.items()}
        self._team_raised_us: int | None = None
        self._team_calm_us: int | None = None

    @property
    def athletes(self) -> list[UUID]:
        """The subjects that are athletes."""
        return [one for one in self._subjects if isinstance(one, UUID)]

    def watches(self, metric: int) -> bool:
        """Whether a value of this metric can change anything."""
        return metric in self._metrics

    def calm_us(self, of: Subject | None) -> int | None:
        """When it was last found not to hold of a subject (None: of the team); None where it holds, or nobody knows: who is
        heard no more is not calm."""
        if of is None:
            return self._team_calm_us
        subject = self._subjects.get(of)
        return None if subject is None or subject.stage is not _Stage.CALM else subject.calm_us or None

    def go_on_from(self, before: RuleWatch) -> None:
        """Keep how subjects stood under the same rule before it was read again."""
        for one, subject in self._subjects.items():
            known = before._subjects.get(one)
            if known is not None:
                known.limits = subject.limits
                self._subjects[one] = known
        self._team_raised_us = before._team_raised_us
        self._team_calm_us = before._team_calm_us

    def take(self, of: Subject, t_us: int, metric: int, value: float, quality: int) -> list[Firing]:
        """A new value of a subject; what is older than the last one of its metric says nothing of now."""
        subject = self._subjects.get(of)
        known = None if subject is None else subject.told.get(metric)
        if subject is None or metric not in self._metrics or (known is not None and known.t_us >= t_us):
            return []
        subject.told[metric] = _Told(t_us, value, quality in _CREDIBLE, quality == Quality.NO_CONTACT)
        if known is None and subject.heard_us == 0 and self.hears_silence:
            subject.since_us = t_us
        subject.heard_us = max(subject.heard_us, t_us)
        return self._judge(of, subject, t_us)

    def tick(self, now_us: int) -> list[Firing]:
        """Time has gone by: what only silence shows."""
        if not self.hears_silence:
            return []
        return [
            one
            for of, subject in self._subjects.items()
            if subject.heard_us
            for one in self._judge(of, subject, now_us)
        ]

    def _judge(self, of: Subject, subject: _Subject, t_us: int) -> list[Firing]:
        holds = self._counts_for(of, t_us) and all(
            _fits(condition, limit, subject.told.get(condition.metric), t_us)
            for condition, limit in zip(self.rule.conditions, subject.limits, strict=True)
        )
        occurred = self._step(subject, holds, t_us)
        if subject.stage is _Stage.CALM:
            subject.calm_us = t_us
        if self.rule.share is not None:
            return self._of_team(t_us)
        if not occurred or subject.occurrences % self.rule.times:
            return []
        return [Firing(self.rule.id, of, t_us, subject.since_us, self._value(subject))]

    def _counts_for(self, of: Subject, t_us: int) -> bool:
        return self._counts is None or any(one.holds(t_us) for one in self._counts.get(of, ()))

    def _step(self, subject: _Subject, holds: bool, t_us: int) -> bool:
        """One row of the table; whether it was an occurrence."""
        match subject.stage, holds:
            case _Stage.CALM, True:
                subject.stage, subject.since_us = _Stage.HOLDING, self._began_us(subject, t_us)
            case _Stage.HOLDING, False:
                subject.stage = _Stage.CALM
            case _Stage.RAISED, False if t_us - subject.raised_us >= self.rule.reset_us:
                subject.stage = _Stage.CALM
        if subject.stage is _Stage.HOLDING and t_us - subject.since_us >= self.rule.hold_us:
            subject.stage, subject.raised_us = _Stage.RAISED, t_us
            subject.occurrences += 1
            return True
        return False

    def _began_us(self, subject: _Subject, t_us: int) -> int:
        """Silence began with the last word."""
        return subject.heard_us if self.hears_silence else t_us

    def _of_team(self, t_us: int) -> list[Firing]:
        heard = [
            one
            for of, one in self._subjects.items()
            if (t_us - one.heard_us <= STALE_US or self.hears_silence) and self._counts_for(of, t_us)
        ]
        raised = sum(one.stage is _Stage.RAISED for one in heard)
        enough = bool(heard) and raised >= (self.rule.share or 0) * len(heard)
        if self._team_raised_us is not None:
            if not enough and t_us - self._team_raised_us >= self.rule.reset_us:
                self._team_raised_us, self._team_calm_us = None, t_us
            return []
        if not enough:
            self._team_calm_us = t_us if heard else None
            return []
        self._team_raised_us, self._team_calm_us = t_us, None
        return [Firing(self.rule.id, None, t_us, t_us, float(raised))]

    def _value(self, subject: _Subject) -> float | None:
        first = subject.told.get(self.rule.conditions[0].metric)
        return None if first is None else first.value


def _fits(condition: Condition, limit: float, told: _Told | None, t_us: int) -> bool:
    if told is None:
        return False
    if condition.test is Check.SILENT:
        return t_us - told.t_us >= limit * 1e6
    if t_us - told.t_us > STALE_US:
        return False
    if condition.test is Check.NO_CONTACT:
        return told.no_contact
    return told.credible and (told.value > limit if condition.test is Check.ABOVE else told.value < limit)
