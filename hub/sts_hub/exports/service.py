"""Rules of exports: whoever sees athletes may take away what is known of them, and an export tells how far it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sts_hub.athletes import service as athletes
from sts_hub.errors import Conflict, Invalid
from sts_hub.exports import making, repository
from sts_hub.exports.desk import KEPT_S, SILENT_S, ExportDesk
from sts_hub.exports.repository import EVERYTHING, ExportRow
from sts_hub.exports.schemas import Export, NewExport
from sts_hub.kit.database import Database, ReadSession, WriteSession
from sts_hub.kit.pages import Cut
from sts_hub.kit.shapes import Page
from sts_hub.policy import Act, Caller, Kind, guard, may, missing
from sts_hub.sessions import service as sessions
from sts_hub.teams import service as teams
from sts_protocols.metrics import by_name

LONGEST: Final = timedelta(days=400)
# What is answered at once is read in about a second.
LONGEST_AT_ONCE: Final = timedelta(days=7)


async def workout(
    database: Database, caller: Caller, athlete_id: UUID, form: str, since: datetime, until: datetime
) -> bytes:
    """One athlete's workout as a file; raises NotFound for an athlete unseen, Conflict for a time without any value."""
    if not since < until <= since + LONGEST_AT_ONCE:
        raise Invalid(
            f"`from` must lie before `to`, by {LONGEST_AT_ONCE.days} days at most.",
            way_out="Ask for a shorter time, or for an export, which may cover a year.",
        )
    async with database.reading(caller) as session:
        await athletes.one(session, caller, athlete_id, Act.SEE, Kind.HEALTH)
        found = await making.recorded(session, athlete_id, since, until, None)
    if not found:
        raise Conflict("Nothing was measured in that time.", way_out="Ask for another time.")
    if len(found) > 1:
        raise Invalid(
            f"There are {len(found)} workouts in that time.",
            way_out="Ask for the time of one of them, or for an export, which holds them all.",
        )
    return making.WRITERS[form](found[0])


class Wanted(NamedTuple):
    """Whose values of which time."""

    athlete_ids: list[UUID]
    since: datetime
    until: datetime


async def asked(session: WriteSession, caller: Caller, desk: ExportDesk, new: NewExport) -> Export:
    """Note what is asked for; the route has the desk begin once that is committed."""
    unknown = [name for name in new.metrics if by_name(name) is None]
    if unknown:
        raise Invalid(f"There is no metric {unknown[0][:40]!r}.", way_out="GET /api/v1/metrics lists them.")
    wanted = await _wanted(session, caller, new)
    return await _noted(session, caller, desk, new.form, wanted, new.metrics)


async def copy_asked(session: WriteSession, caller: Caller, desk: ExportDesk, athlete_id: UUID) -> Export:
    """Note that everything of an athlete is asked for. Raises NotFound, Forbidden, Conflict."""
    await athletes.one(session, caller, athlete_id, Act.CHANGE, Kind.COPY)
    now = datetime.now(UTC)
    since = await repository.measured_since(session, athlete_id)
    first = now - timedelta(days=1) if since is None or since > now else since
    return await _noted(session, caller, desk, EVERYTHING, Wanted([athlete_id], first, now), [])


async def _noted(
    session: WriteSession, caller: Caller, desk: ExportDesk, form: str, wanted: Wanted, metrics: list[str]
) -> Export:
    if desk.folder is None:
        raise Conflict(
            "This hub keeps no exports.", way_out="Whoever runs it sets STS_EXPORT_DIR to a folder."
        )
    row = await repository.add(
        session,
        caller.club_id,
        caller.account_id,
        form,
        wanted.since,
        wanted.until,
        wanted.athlete_ids,
        metrics,
        datetime.now(UTC) + timedelta(seconds=KEPT_S),
    )
    return shown(row)


async def _wanted(session: ReadSession, caller: Caller, new: NewExport) -> Wanted:
    given = [one for one in (new.athlete_ids, new.team_id, new.session_id) if one is not None]
    if len(given) != 1:
        raise Invalid(
            "Name athletes, or a team, or a session.",
            way_out="Send one of `athlete_ids`, `team_id` and `session_id`.",
        )
    if new.session_id is not None:
        return await _of_session(session, caller, new.session_id, (new.since, new.until))
    if new.since is None or new.until is None or not new.since < new.until <= new.since + LONGEST:
        raise Invalid(f"`from` must lie before `to`, by {LONGEST.days} days at most.")
    return Wanted(await _athletes(session, caller, new), new.since, new.until)


async def _of_session(
    session: ReadSession, caller: Caller, session_id: UUID, given: tuple[datetime | None, datetime | None]
) -> Wanted:
    """Everybody of its roster whose values the caller sees, from its start to its end."""
    row = await sessions.one(session, caller, session_id)
    if any(given):
        raise Invalid("A session says itself when it was.", way_out="Leave `from` and `to` out.")
    if row.started_at is None or row.ended_at is None:
        raise Conflict("The session has not ended.", way_out="End it first: POST .../end.")
    roster = await sessions.seen_roster(session, caller, session_id, Kind.HEALTH)
    if not roster:
        raise Invalid("Nobody whom you see was in that session.", way_out="Name athletes.")
    return Wanted([one.athlete_id for one in roster], row.started_at, row.ended_at)


async def _athletes(session: ReadSession, caller: Caller, new: NewExport) -> list[UUID]:
    if new.team_id is not None:
        await teams.one(session, caller, new.team_id)
        members = await athletes.of_team(session, caller, new.team_id)
        if not members:
            raise Invalid("Nobody whom you see is in that team.", way_out="Name athletes.")
        return [one.id for one in members]
    wanted = list(dict.fromkeys(new.athlete_ids or []))
    for athlete_id in wanted:
        await athletes.one(session, caller, athlete_id, Act.SEE, Kind.HEALTH)
    return wanted


async def listed(session: ReadSession, caller: Caller, cut: Cut) -> Page[Export]:
    """The exports that the caller sees, newest first."""
    rows = await repository.page(session, cut.after(datetime, UUID), cut.limit)
    return cut.page(
        rows,
        key=lambda row: (row.asked_at, row.id),
        item=shown,
        keep=lambda row: may(caller, Act.SEE, row.thing),
    )


async def one(session: ReadSession, caller: Caller, export_id: UUID, act: Act = Act.SEE) -> ExportRow:
    """An export that the caller may see or change; raises NotFound or Forbidden."""
    row = await repository.by_id(session, export_id)
    if row is None:
        raise missing(Kind.EXPORT)
    guard(caller, act, row.thing)
    return row


async def removed(session: WriteSession, caller: Caller, desk: ExportDesk, export_id: UUID) -> None:
    """Remove an export with its file."""
    row = await one(session, caller, export_id, Act.CHANGE)
    await repository.remove(session, row.id)
    path = desk.file(row.id)
    if path is not None:
        path.unlink(missing_ok=True)


def shown(row: ExportRow) -> Export:
    """The export as the API tells it."""
    return Export(
        id=row.id,
        form=row.form,  # type: ignore[arg-type]  # one of them, by constraint
        since=row.since,
        until=row.until,
        athlete_ids=row.athlete_ids,
        state=_state(row, datetime.now(UTC)),  # type: ignore[arg-type]
        done=row.done,
        total=row.total,
        size=row.size,
        error=row.error,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
    )


def _state(row: ExportRow, now: datetime) -> str:
    """What became of it also where nobody could note that any more."""
    if row.state == "done" and now >= row.expires_at:
        return "expired"
    if row.state in ("waiting", "running") and now - row.seen_at > timedelta(seconds=SILENT_S):
        return "interrupted"
    return row.state
