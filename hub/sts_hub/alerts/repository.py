"""Alerts and their rules in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from sts_hub.alerts.schemas import RuleFields
from sts_hub.alerts.states import State, state
from sts_hub.alerts.way import Probe
from sts_hub.db import queries
from sts_hub.db.times import timestamp
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.policy import Caller, Kind, Role, Thing

_SQL = queries.load("sts_hub.alerts")


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as stored."""

    id: UUID
    club_id: UUID
    team_id: UUID
    what: str
    rule: str
    enabled: bool
    made_at: datetime

    @property
    def thing(self) -> Thing:
        """What the policy decides on."""
        return Thing(Kind.ALERT, self.club_id, self.team_id)

    @property
    def fields(self) -> RuleFields:
        """What it watches for."""
        return RuleFields.model_validate_json(self.rule)


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert as stored."""

    id: UUID
    club_id: UUID
    team_id: UUID
    rule_id: UUID
    athlete_id: UUID | None
    gateway: str | None
    what: str
    colour: str
    text: str
    at: datetime
    since: datetime
    raised_at: datetime
    late: bool
    muted: bool
    escalated_at: datetime | None
    acknowledged_by: UUID | None
    acknowledged_at: datetime | None
    note: str | None
    over_at: datetime | None
    resolved_at: datetime | None

    @property
    def state(self) -> State:
        """How it stands."""
        return state(self.escalated_at, self.acknowledged_at, self.resolved_at)

    @property
    def thing(self) -> Thing:
        """What the policy decides on."""
        return Thing(Kind.ALERT, self.club_id, self.team_id)


@dataclass(frozen=True, slots=True)
class MuteRow:
    """A rule that is not told."""

    id: UUID
    rule_id: UUID
    athlete_id: UUID | None
    until: datetime


@dataclass(frozen=True, slots=True)
class Wearing:
    """Who wears a sensor now, with consent."""

    athlete: UUID
    team_id: UUID
    name: str
    sensor: int
    since_us: int
    until_us: int | None


@dataclass(frozen=True, slots=True)
class Member:
    """An athlete of a team."""

    team_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class LateRow:
    """A time in which something of an athlete came late; of which others may have come in time."""

    id: int
    judged: bool
    athlete_id: UUID
    team_id: UUID
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class RecipientRow:
    """Who gets letters of a rule."""

    account_id: UUID
    club_id: UUID
    role: str
    teams: list[UUID]
    email: str
    quiet_from: time | None
    quiet_to: time | None
    time_zone: str

    @property
    def caller(self) -> Caller:
        """In whose name the policy is asked what may be told."""
        return Caller(self.account_id, self.club_id, Role(self.role), frozenset(self.teams))


@dataclass(frozen=True, slots=True)
class NewAlert:
    """An alert to write, and within which time the same is not told again."""

    id: UUID
    rule: RuleRow
    athlete_id: UUID | None
    gateway: str | None
    colour: str
    text: str
    at: datetime
    since: datetime
    late: bool
    muted: bool
    reset: timedelta
    escalates: timedelta | None

    @property
    def club_id(self) -> UUID:
        """Of which club."""
        return self.rule.club_id

    @property
    def team_id(self) -> UUID:
        """Of which team."""
        return self.rule.team_id

    @property
    def rule_id(self) -> UUID:
        """By which rule."""
        return self.rule.id

    @property
    def thing(self) -> Thing:
        """What the policy decides on."""
        return self.rule.thing

    @property
    def what(self) -> str:
        """body or quality."""
        return self.rule.what


async def rules(
    session: ReadSession, team_id: UUID | None, after: tuple[Any, ...], limit: int
) -> list[RuleRow]:
    """Up to `limit` + 1 rules behind the (made_at, id) given."""
    return [RuleRow(**row) for row in await session.rows(_SQL.rules, team_id, *after, limit + 1)]


async def rule_by_id(session: ReadSession, rule_id: UUID) -> RuleRow | None:
    """The rule, or None."""
    row = await session.row(_SQL.rule_by_id, rule_id)
    return RuleRow(**row) if row else None


async def add_rule(session: WriteSession, *fields: Any) -> RuleRow:
    """Add a rule: club, team, what, rule, who makes it."""
    return RuleRow(**await session.one(_SQL.add_rule, *fields))


async def change_rule(
    session: WriteSession, rule_id: UUID, what: str, fields: RuleFields, enabled: bool
) -> RuleRow:
    """Change a rule."""
    return RuleRow(**await session.one(_SQL.change_rule, rule_id, what, fields.model_dump_json(), enabled))


async def remove_rule(session: WriteSession, rule_id: UUID) -> None:
    """Remove a rule with what it said."""
    await session.do(_SQL.remove_rule, rule_id)


async def watched_clubs(session: ReadSession) -> list[UUID]:
    """Clubs that have a rule to watch."""
    return [row["club_id"] for row in await session.rows(_SQL.watched_clubs)]


async def watched_rules(session: ReadSession) -> list[RuleRow]:
    """The rules that the caller's club watches by."""
    return [RuleRow(**row) for row in await session.rows(_SQL.watched_rules)]


async def worn(session: ReadSession) -> list[Wearing]:
    """Who wears what now."""
    return [Wearing(**row) for row in await session.rows(_SQL.worn)]


async def members(session: ReadSession, team_id: UUID | None) -> dict[UUID, Member]:
    """Athletes of a team or the club."""
    rows = await session.rows(_SQL.members, team_id)
    return {row["id"]: Member(row["team_id"], row["name"]) for row in rows}


async def mutes(session: ReadSession) -> list[MuteRow]:
    """What is not told at the moment."""
    return [MuteRow(**row) for row in await session.rows(_SQL.mutes)]


async def add_mute(session: WriteSession, *fields: Any) -> MuteRow:
    """Do not tell a rule: rule, athlete, until, who says so."""
    return MuteRow(**await session.one(_SQL.add_mute, *fields))


async def remove_mutes(session: WriteSession, rule_id: UUID) -> None:
    """Tell a rule again."""
    await session.do(_SQL.remove_mutes, rule_id)


async def add(session: WriteSession, new: NewAlert) -> bool:
    """Write an alert once; whether this call did."""
    rule = new.rule
    row = await session.row(
        _SQL.add_alert, new.id, rule.club_id, rule.team_id, rule.id, new.athlete_id, rule.what, new.colour,
        new.text, new.at, new.since, new.late, new.muted, new.reset, new.escalates, new.gateway,
    )  # fmt: skip
    return row is not None


async def is_told(session: ReadSession, alert_id: UUID) -> bool:
    """Whether the alert is there."""
    return bool(await session.value(_SQL.is_told, alert_id))


async def page(
    session: ReadSession, team_id: UUID | None, is_open: bool, after: tuple[Any, ...], limit: int
) -> list[AlertRow]:
    """Up to `limit` + 1 alerts behind the (raised_at, id) given, newest first."""
    return [AlertRow(**row) for row in await session.rows(_SQL.page, team_id, is_open, *after, limit + 1)]


async def by_id(session: ReadSession, alert_id: UUID) -> AlertRow | None:
    """The alert, or None."""
    row = await session.row(_SQL.by_id, alert_id)
    return AlertRow(**row) if row else None


async def acknowledge(session: WriteSession, alert_id: UUID, by: UUID, note: str | None) -> AlertRow:
    """Somebody has seen it."""
    return AlertRow(**await session.one(_SQL.acknowledge, alert_id, by, note))


async def escalate(session: WriteSession) -> list[AlertRow]:
    """Note of alerts that nobody has acknowledged in time, once each, that they are told again."""
    return [AlertRow(**row) for row in await session.rows(_SQL.escalate)]


async def unresolved(session: ReadSession) -> list[AlertRow]:
    """Alerts of the caller's club, raised within a day, that are not known to be over."""
    return [AlertRow(**row) for row in await session.rows(_SQL.unresolved)]


async def resolve(session: WriteSession, alert_id: UUID, over_at: datetime) -> AlertRow | None:
    """Note that it is over; None where that is noted already."""
    row = await session.row(_SQL.resolve, alert_id, over_at)
    return AlertRow(**row) if row else None


async def recipients(session: ReadSession, rule_id: UUID, told: str) -> list[RecipientRow]:
    """Who has asked for letters of a rule, of accounts that can sign in."""
    return [RecipientRow(**row) for row in await session.rows(_SQL.recipients, rule_id, told)]


async def letters(session: ReadSession, rule_id: UUID, account_id: UUID) -> asyncpg.Record | None:
    """told, quiet_from, quiet_to, time_zone and resolved of somebody who gets letters of a rule."""
    return await session.row(_SQL.letters, rule_id, account_id)


async def set_letters(session: WriteSession, rule_id: UUID, account_id: UUID, *fields: Any) -> None:
    """Send letters of a rule: told, quiet_from, quiet_to, time_zone, resolved."""
    await session.do(_SQL.set_letters, rule_id, account_id, *fields)


async def no_letters(session: WriteSession, rule_id: UUID, account_id: UUID) -> None:
    """Send none."""
    await session.do(_SQL.no_letters, rule_id, account_id)


async def news(session: ReadSession, since: datetime) -> list[AlertRow]:
    """Alerts that were raised, told again or resolved since then, those that are muted left out."""
    return [AlertRow(**row) for row in await session.rows(_SQL.news, since)]


async def stored(session: ReadSession, probes: Sequence[Probe]) -> list[Probe]:
    """Those of these values that are in the database."""
    columns = (
        [one.sensor for one in probes],
        [one.metric for one in probes],
        [timestamp(one.t_us) for one in probes],
    )
    return [probes[row["place"] - 1] for row in await session.rows(_SQL.stored, *columns)]


async def late_windows(session: ReadSession) -> list[LateRow]:
    """Where something came late in the last minutes, or has not been judged."""
    return [LateRow(**row) for row in await session.rows(_SQL.late_windows)]


async def take_turn(session: WriteSession) -> bool:
    """Whether this transaction is the one that judges what came late."""
    return bool(await session.value(_SQL.take_turn))


async def late_judged(session: WriteSession, ids: Sequence[int]) -> None:
    """These windows have been judged."""
    await session.do(_SQL.late_judged, ids)
