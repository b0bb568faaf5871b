"""Rules of what is planned: templates of a team, and weeks planned again."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter

from sts_hub.errors import Conflict, Invalid
from sts_hub.kit import editions
from sts_hub.kit.database import ReadSession, WriteSession, conflicts
from sts_hub.kit.pages import Cut
from sts_hub.kit.shapes import Page
from sts_hub.policy import Act, Caller, Kind, Thing, guard, guard_new, may, missing
from sts_hub.sessions import repository
from sts_hub.sessions.repository import TemplateRow
from sts_hub.sessions.schemas import (
    NewTemplate,
    PlannedPhase,
    SessionEntry,
    Sessions,
    Template,
    TemplateChange,
    WeekCopy,
)
from sts_hub.teams import service as teams

_plans = TypeAdapter(list[PlannedPhase])


def of_json(plan: str) -> list[PlannedPhase]:
    """A plan as it is stored."""
    return _plans.validate_json(plan)


def as_json(plan: Sequence[PlannedPhase]) -> str:
    """A plan to store."""
    return _plans.dump_json(list(plan)).decode()


async def guard_new_of_team(session: ReadSession, caller: Caller, kind: Kind, team_id: UUID) -> None:
    """Let something new of a team pass; raises Forbidden, or NotFound for a team that the caller does not see."""
    guard_new(caller, Thing(kind, caller.club_id, team_id))
    await teams.one(session, caller, team_id)


async def copied(session: WriteSession, caller: Caller, week: WeekCopy) -> Sessions:
    """Plan the sessions of a week again, with plans and rosters, at the same times of day."""
    await guard_new_of_team(session, caller, Kind.SESSION, week.team_id)
    try:
        rows = await repository.copy_week(session, week.team_id, week.since, week.days_later, week.time_zone)
    except asyncpg.InvalidParameterValueError as error:
        raise Invalid(
            "There is no such time zone.", way_out="Give a name such as Europe/Lisbon, or UTC."
        ) from error
    return Sessions(items=[SessionEntry.model_validate(row) for row in rows])


async def templates(session: ReadSession, caller: Caller, cut: Cut, team_id: UUID | None) -> Page[Template]:
    """The templates that the caller sees, by name."""
    rows = await repository.templates(session, team_id, cut.after(str, UUID), cut.limit)
    return cut.page(
        rows,
        key=lambda row: (row.name, row.id),
        item=shown,
        keep=lambda row: may(caller, Act.SEE, row.thing),
    )


async def template(
    session: ReadSession, caller: Caller, template_id: UUID, act: Act = Act.SEE
) -> TemplateRow:
    """A template that the caller may see or change; raises NotFound or Forbidden."""
    row = await repository.template_by_id(session, template_id)
    if row is None:
        raise missing(Kind.TEMPLATE)
    guard(caller, act, row.thing)
    return row


async def template_added(session: WriteSession, caller: Caller, new: NewTemplate) -> Template:
    """Keep a template for a team of the caller."""
    await guard_new_of_team(session, caller, Kind.TEMPLATE, new.team_id)
    with conflicts(_REFUSED):
        row = await repository.add_template(
            session, caller.club_id, new.team_id, new.kind, new.name, as_json(new.plan)
        )
    return shown(row)


async def template_changed(
    session: WriteSession, caller: Caller, template_id: UUID, change: TemplateChange, if_match: str | None
) -> Template:
    """Change a template that is still as the caller knows it; raises EditedMeanwhile with what is there now."""
    row = await template(session, caller, template_id, Act.CHANGE)
    editions.check(if_match, shown(row))
    fields: dict[str, Any] = change.model_dump(exclude_none=True)
    plan = row.plan if change.plan is None else as_json(change.plan)
    with conflicts(_REFUSED):
        row = await repository.change_template(
            session, row.id, fields.get("kind", row.kind), fields.get("name", row.name), plan
        )
    return shown(row)


async def template_removed(session: WriteSession, caller: Caller, template_id: UUID) -> None:
    """Remove a template; what was planned from it stays."""
    row = await template(session, caller, template_id, Act.CHANGE)
    await repository.remove_template(session, row.id)


_REFUSED = {
    "session_template_name": Conflict(
        "The team already has a template of this name.", way_out="Change that one, or choose another name."
    ),
}


def shown(row: TemplateRow) -> Template:
    """The template as the API tells it."""
    return Template.model_validate({**asdict(row), "plan": of_json(row.plan)})
