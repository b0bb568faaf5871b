"""Rules of alerts: whoever trains a team makes its rules, tries them on the past, and says what has been seen."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sts_hub.alerts import delivery, replay, repository, rules
from sts_hub.alerts.repository import AlertRow, RuleRow
from sts_hub.alerts.schemas import (
    Acknowledgement,
    Alert,
    Letters,
    Mute,
    NewMute,
    NewRule,
    PreviewAnswer,
    Rule,
    RuleChange,
    RulePreview,
    WouldHaveFired,
)
from sts_hub.athletes import service as athletes
from sts_hub.db.times import timestamp
from sts_hub.errors import Invalid
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.kit.pages import Cut
from sts_hub.kit.shapes import Page
from sts_hub.policy import Act, Caller, Kind, Thing, guard, guard_new, may, missing
from sts_hub.teams import service as teams

# A long training of a squad is half a million values, which a rule has looked through in two or three seconds, and in ten where it
# is about something that is worked out.
LONGEST_PREVIEW: Final = timedelta(hours=6)
MOST_SHOWN: Final = 500
LONGEST_MUTE: Final = timedelta(days=90)


async def listed(session: ReadSession, caller: Caller, cut: Cut, team_id: UUID | None) -> Page[Rule]:
    """The rules that the caller sees, in the order in which they were made."""
    rows = await repository.rules(session, team_id, cut.after(datetime, UUID), cut.limit)
    return cut.page(
        rows,
        key=lambda row: (row.made_at, row.id),
        item=shown,
        keep=lambda row: may(caller, Act.SEE, row.thing),
    )


async def rule(session: ReadSession, caller: Caller, rule_id: UUID, act: Act = Act.SEE) -> RuleRow:
    """A rule that the caller may see or change; raises NotFound or Forbidden."""
    row = await repository.rule_by_id(session, rule_id)
    if row is None:
        raise missing(Kind.ALERT)
    guard(caller, act, row.thing)
    return row


async def added(session: WriteSession, caller: Caller, new: NewRule) -> Rule:
    """Add a rule to a team of the caller."""
    guard_new(caller, Thing(Kind.ALERT, caller.club_id, new.team_id))
    rules.check(new)
    members = await _members(session, caller, new.team_id)
    _of_team(new.athlete_ids, members)
    fields = new.model_dump_json(exclude={"team_id"})
    row = await repository.add_rule(
        session, caller.club_id, new.team_id, rules.what(new), fields, caller.account_id
    )
    return shown(row)


async def changed(session: WriteSession, caller: Caller, rule_id: UUID, change: RuleChange) -> Rule:
    """Change a rule, or stop and start watching by it."""
    row = await rule(session, caller, rule_id, Act.CHANGE)
    fields = change.rule or row.fields
    rules.check(fields)
    _of_team(fields.athlete_ids, await _members(session, caller, row.team_id))
    enabled = row.enabled if change.enabled is None else change.enabled
    return shown(await repository.change_rule(session, row.id, rules.what(fields), fields, enabled))


async def removed(session: WriteSession, caller: Caller, rule_id: UUID) -> None:
    """Remove a rule with all that it said."""
    row = await rule(session, caller, rule_id, Act.CHANGE)
    await repository.remove_rule(session, row.id)


async def _members(session: ReadSession, caller: Caller, team_id: UUID) -> list[UUID]:
    """The team's athletes that the caller sees; raises NotFound for a team out of sight."""
    await teams.one(session, caller, team_id)
    return list(await repository.members(session, team_id))


def _of_team(wanted: list[UUID], members: list[UUID]) -> None:
    if not set(wanted) <= set(members):
        raise Invalid("A rule watches athletes of its own team.", way_out="Leave out those of other teams.")


async def previewed(session: ReadSession, caller: Caller, asked: RulePreview) -> PreviewAnswer:
    """How often the rule would have spoken up in that time, by the very engine that watches live."""
    guard_new(caller, Thing(Kind.ALERT, caller.club_id, asked.team_id))
    rules.check(asked.rule)
    if not asked.since < asked.until <= asked.since + LONGEST_PREVIEW:
        raise Invalid(
            f"`from` must lie before `to`, by {LONGEST_PREVIEW // timedelta(hours=1)} hours at most."
        )
    if rules.of_the_way(asked.rule):
        raise Invalid(
            "How gateways and the hub stood in the past is not kept.",
            way_out="Add the rule: it is watched from now on.",
        )
    members = await _members(session, caller, asked.team_id)
    _of_team(asked.rule.athlete_ids, members)
    for athlete_id in members:
        await athletes.one(session, caller, athlete_id, Act.SEE, Kind.HEALTH)
    past = await replay.past(session, asked.team_id, members, asked.since, asked.until)
    fired, unwatched = await replay.fired(session, UUID(int=0), asked.rule, past)
    return PreviewAnswer(
        count=len(fired),
        watched=len(asked.rule.athlete_ids or members) - len(unwatched),
        unwatched=unwatched,
        fired=[
            WouldHaveFired(
                athlete_id=one.subject if isinstance(one.subject, UUID) else None,
                at=timestamp(one.t_us),
                since=timestamp(one.since_us),
                value=one.value,
            )
            for one in fired[:MOST_SHOWN]
        ],
    )


async def alerts(
    session: ReadSession, caller: Caller, cut: Cut, team_id: UUID | None, is_open: bool
) -> Page[Alert]:
    """The alerts that the caller sees, newest first."""
    rows = await repository.page(session, team_id, is_open, cut.after(datetime, UUID), cut.limit)
    return cut.page(
        rows,
        key=lambda row: (row.raised_at, row.id),
        item=alert_shown,
        keep=lambda row: may(caller, Act.SEE, row.thing),
    )


async def acknowledged(session: WriteSession, caller: Caller, alert_id: UUID, said: Acknowledgement) -> Alert:
    """Somebody has seen it; the first one counts."""
    row = await repository.by_id(session, alert_id)
    if row is None:
        raise missing(Kind.ALERT)
    guard(caller, Act.CHANGE, row.thing)
    after = await repository.acknowledge(session, alert_id, caller.account_id, said.note)
    if row.acknowledged_at is None:
        await delivery.acknowledged(session, after)
    return alert_shown(after)


async def letters(session: ReadSession, caller: Caller, rule_id: UUID) -> Letters:
    """Which letters the caller gets of a rule."""
    row = await rule(session, caller, rule_id)
    kept = await repository.letters(session, row.id, caller.account_id)
    if kept is None:
        return Letters(told="never")
    quiet = {
        name: None if (at := kept[name]) is None else f"{at:%H:%M}" for name in ("quiet_from", "quiet_to")
    }
    return Letters(told=kept["told"], resolved=kept["resolved"], time_zone=kept["time_zone"], **quiet)


async def letters_set(session: WriteSession, caller: Caller, rule_id: UUID, wanted: Letters) -> Letters:
    """Send the caller these letters of a rule, or none."""
    row = await rule(session, caller, rule_id)
    if (wanted.quiet_from is None) != (wanted.quiet_to is None):
        raise Invalid(
            "Quiet hours have a begin and an end.", way_out="Give `quiet_from` and `quiet_to`, or neither."
        )
    try:
        ZoneInfo(wanted.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid(
            f"There is no time zone {wanted.time_zone!r}.", way_out="Give its IANA name, as Europe/Lisbon."
        ) from error
    if wanted.told == "never":
        await repository.no_letters(session, row.id, caller.account_id)
    else:
        hours = [
            None if one is None else time.fromisoformat(one) for one in (wanted.quiet_from, wanted.quiet_to)
        ]
        await repository.set_letters(
            session, row.id, caller.account_id, wanted.told, *hours, wanted.time_zone, wanted.resolved
        )
    return await letters(session, caller, rule_id)


async def muted(session: WriteSession, caller: Caller, rule_id: UUID, new: NewMute) -> Mute:
    """Do not tell a rule for a while."""
    row = await rule(session, caller, rule_id, Act.CHANGE)
    now = datetime.now(UTC)
    if not now < new.until <= now + LONGEST_MUTE:
        raise Invalid(f"`until` must lie within {LONGEST_MUTE.days} days from now.")
    if new.athlete_id is not None:
        _of_team([new.athlete_id], await _members(session, caller, row.team_id))
    made = await repository.add_mute(session, row.id, new.athlete_id, new.until, caller.account_id)
    return Mute.model_validate(made)


async def told_again(session: WriteSession, caller: Caller, rule_id: UUID) -> None:
    """End every mute of a rule."""
    row = await rule(session, caller, rule_id, Act.CHANGE)
    await repository.remove_mutes(session, row.id)


def shown(row: RuleRow) -> Rule:
    """The rule as the API tells it."""
    return Rule(
        id=row.id,
        team_id=row.team_id,
        what=row.what,  # type: ignore[arg-type]  # one of them, by constraint
        enabled=row.enabled,
        rule=row.fields,
        made_at=row.made_at,
    )


def alert_shown(row: AlertRow) -> Alert:
    """The alert as the API tells it."""
    return Alert.model_validate(row, from_attributes=True)
