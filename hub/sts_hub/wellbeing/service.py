"""Rules of what athletes say of themselves: it is health data, so it is kept of those only who agreed to be monitored at
that time; they say it themselves, or those who train them for them."""

from datetime import UTC, date, datetime, time
from uuid import UUID

from sts_hub.athletes import service as athletes
from sts_hub.errors import Conflict, Invalid, NotFound
from sts_hub.kit import editions
from sts_hub.kit.database import ReadSession, WriteSession, conflicts
from sts_hub.kit.pages import Cut
from sts_hub.kit.shapes import Page
from sts_hub.policy import Act, Caller, Kind, guard, may
from sts_hub.sessions import service as sessions
from sts_hub.wellbeing import repository
from sts_hub.wellbeing.repository import AbsenceRow, Wanted
from sts_hub.wellbeing.schemas import (
    Absence,
    AbsenceChange,
    NewAbsence,
    NewRating,
    NewWellness,
    Rating,
    Wellness,
)


async def ratings(session: ReadSession, session_id: UUID) -> dict[UUID, float]:
    """How hard a session was, by athlete, of those whom the caller was found to see."""
    return await repository.session_ratings(session, session_id)


async def ratings_of(session: ReadSession, caller: Caller, athlete_id: UUID, cut: Cut) -> Page[Rating]:
    """The ratings of an athlete, newest first."""
    await athletes.one(session, caller, athlete_id, Act.SEE, Kind.WELLBEING)
    rows = await repository.ratings(session, athlete_id, cut.after(datetime, UUID), cut.limit)
    return cut.page(
        rows, key=lambda row: (row["rated_at"], row["session_id"]), item=lambda row: Rating(**row)
    )


async def rated(session: WriteSession, caller: Caller, athlete_id: UUID, new: NewRating) -> Rating:
    """Note how hard a session was. Raises NotFound for a session whose roster the athlete is not on."""
    await athletes.one(session, caller, athlete_id, Act.CHANGE, Kind.WELLBEING)
    row = await sessions.one(session, caller, new.session_id)
    await _agreed(session, athlete_id, row.begins)
    stranger = NotFound("The athlete is not on the roster of such a session.")
    with conflicts({"session_rating_session_id_athlete_id_fkey": stranger}):
        return Rating(**await repository.rate(session, row.id, athlete_id, new.rating, caller.account_id))


async def wellness(session: ReadSession, caller: Caller, athlete_id: UUID, cut: Cut) -> Page[Wellness]:
    """The forms of an athlete, newest first."""
    await athletes.one(session, caller, athlete_id, Act.SEE, Kind.WELLBEING)
    rows = await repository.wellness(session, athlete_id, cut.after(date)[0], cut.limit)
    return cut.page(rows, key=lambda row: (row["day"],), item=lambda row: Wellness(**row))


async def said(session: WriteSession, caller: Caller, athlete_id: UUID, new: NewWellness) -> Wellness:
    """Keep the form of a day, in place of an earlier one."""
    await athletes.one(session, caller, athlete_id, Act.CHANGE, Kind.WELLBEING)
    await _agreed(session, athlete_id, _noon(new.day))
    row = await repository.say(session, athlete_id, new.day, new.model_dump(), caller.account_id)
    return Wellness(**row)


async def _agreed(session: ReadSession, athlete_id: UUID, at: datetime) -> None:
    if not await repository.consents(session, athlete_id, at):
        raise Conflict(
            "The athlete did not agree to be monitored at that time, so nothing of it may be kept.",
            way_out="Record the consent first (POST .../consents), if there is one.",
        )


def _noon(day: date) -> datetime:
    """A day stands for its middle: consent is a matter of moments, a form is not."""
    return datetime.combine(day, time(12), UTC)


async def absences(session: ReadSession, caller: Caller, cut: Cut, wanted: Wanted) -> Page[Absence]:
    """The absences that the caller sees, newest first."""
    rows = await repository.absences(session, wanted, cut.after(date, UUID), cut.limit)
    part = cut.page(
        rows,
        key=lambda row: (row.first_day, row.id),
        item=shown,
        keep=lambda row: may(caller, Act.SEE, row.thing),
    )
    session.athletes.update(one.athlete_id for one in part.items)
    return part


async def absences_of(session: ReadSession, caller: Caller, athlete_id: UUID, cut: Cut) -> Page[Absence]:
    """The absences of one athlete."""
    await athletes.one(session, caller, athlete_id, Act.SEE, Kind.WELLBEING)
    return await absences(session, caller, cut, Wanted(athlete_id, None, None))


async def one(
    session: ReadSession, caller: Caller, athlete_id: UUID, absence_id: UUID, act: Act = Act.SEE
) -> AbsenceRow:
    """An absence that the caller may see or change; raises NotFound or Forbidden."""
    row = await repository.absence_by_id(session, athlete_id, absence_id)
    if row is None:
        raise NotFound("There is no such absence.")
    guard(caller, act, row.thing)
    return row


async def absence_added(session: WriteSession, caller: Caller, athlete_id: UUID, new: NewAbsence) -> Absence:
    """Note an absence."""
    await athletes.one(session, caller, athlete_id, Act.CHANGE, Kind.WELLBEING)
    await _agreed(session, athlete_id, _noon(new.first_day))
    _in_order(new.first_day, new.last_day)
    added = await repository.add_absence(session, athlete_id, new.model_dump(), caller.account_id)
    return shown(await one(session, caller, athlete_id, added))


async def absence_changed(
    session: WriteSession,
    caller: Caller,
    athlete_id: UUID,
    absence_id: UUID,
    change: AbsenceChange,
    if_match: str | None,
) -> Absence:
    """Change an absence that is still as the caller knows it; raises EditedMeanwhile with what is there now."""
    row = await one(session, caller, athlete_id, absence_id, Act.CHANGE)
    editions.check(if_match, shown(row))
    fields = change.model_dump(exclude_unset=True)
    for name in ("first_day", "reason", "training", "notes"):
        if name in fields and fields[name] is None:
            raise Invalid(f"An absence always has {name}.", way_out=f"Leave {name} out to keep it.")
    _in_order(fields.get("first_day", row.first_day), fields.get("last_day", row.last_day))
    await repository.change_absence(session, row, fields)
    return shown(await one(session, caller, athlete_id, absence_id))


async def absence_removed(session: WriteSession, caller: Caller, athlete_id: UUID, absence_id: UUID) -> None:
    """Remove an absence that never was."""
    row = await one(session, caller, athlete_id, absence_id, Act.CHANGE)
    await repository.remove_absence(session, row.id)


def _in_order(first: date, last: date | None) -> None:
    if last is not None and last < first:
        raise Invalid("The absence would end before it begins.", way_out="Give last_day after first_day.")


def shown(row: AbsenceRow) -> Absence:
    """The absence as the API tells it."""
    return Absence.model_validate(row)
