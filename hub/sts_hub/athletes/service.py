"""Rules of athletes and consents: one consent per purpose at a time; a withdrawal keeps the past."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sts_hub.athletes import repository
from sts_hub.athletes.age import of_age_at, years_old_on
from sts_hub.athletes.repository import AthleteRow, ConsentRow, VersionRow
from sts_hub.athletes.schemas import (
    Athlete,
    AthleteChange,
    Consent,
    ConsentChange,
    GivenBy,
    NewAthlete,
    NewConsent,
)
from sts_hub.errors import Conflict, Forbidden, Invalid, NotFound
from sts_hub.kit.database import ReadSession, WriteSession, conflicts
from sts_hub.kit.pages import Cut
from sts_hub.kit.removals import Removals, Withdrawn
from sts_hub.kit.shapes import Page
from sts_hub.policy import Act, Caller, Kind, Role, Thing, guard, guard_new, may, missing

# More than any team has; a roster of this size is one request.
LARGEST_TEAM = 2_000


async def listed(session: ReadSession, caller: Caller, cut: Cut, team_id: UUID | None) -> Page[Athlete]:
    """The athletes that the caller sees."""
    rows = await repository.page(session, team_id, cut.after(int, UUID), cut.limit)
    return cut.page(
        rows, key=lambda row: row.place, item=shown, keep=lambda row: may(caller, Act.SEE, row.thing())
    )


async def one(
    session: ReadSession, caller: Caller, athlete_id: UUID, act: Act = Act.SEE, kind: Kind = Kind.ATHLETE
) -> AthleteRow:
    """An athlete of whom the caller may see or change this kind of thing; raises NotFound or Forbidden."""
    row = await repository.by_id(session, athlete_id)
    if row is None:
        raise missing(Kind.ATHLETE)
    guard(caller, act, row.thing(kind))
    return row


async def several(
    session: ReadSession,
    caller: Caller,
    athlete_ids: Collection[UUID],
    act: Act = Act.SEE,
    kind: Kind = Kind.ATHLETE,
) -> list[AthleteRow]:
    """Athletes of each of whom the caller may see or change this kind of thing; raises NotFound or Forbidden."""
    rows = await repository.by_ids(session, list(athlete_ids))
    if {row.id for row in rows} != set(athlete_ids):
        raise missing(Kind.ATHLETE)
    for row in rows:
        guard(caller, act, row.thing(kind))
    return rows


async def of_team(
    session: ReadSession, caller: Caller, team_id: UUID, kind: Kind = Kind.ATHLETE
) -> list[Athlete]:
    """Everybody of a team of whom the caller may see this kind of thing."""
    rows = await repository.page(session, team_id, (None, None), LARGEST_TEAM)
    return [shown(row) for row in rows if may(caller, Act.SEE, row.thing(kind))]


async def visible(session: ReadSession, caller: Caller, athlete_ids: Collection[UUID]) -> set[UUID]:
    """Those of these athletes whom the caller may see."""
    rows = await repository.by_ids(session, list(athlete_ids)) if athlete_ids else []
    return {row.id for row in rows if may(caller, Act.SEE, row.thing())}


async def added(session: WriteSession, caller: Caller, new: NewAthlete) -> Athlete:
    """Add an athlete to a team of the caller."""
    guard_new(caller, Thing(Kind.ATHLETE, caller.club_id, new.team_id))
    with conflicts(_REFUSED):
        return shown(await repository.add(session, caller.club_id, new.model_dump()))


async def changed(session: WriteSession, caller: Caller, athlete_id: UUID, change: AthleteChange) -> Athlete:
    """Change an athlete; the new team must be the caller's too."""
    row = await one(session, caller, athlete_id, Act.CHANGE)
    fields = _named(change)
    guard_new(caller, Thing(Kind.ATHLETE, caller.club_id, fields.get("team_id", row.team_id)))
    with conflicts(_REFUSED):
        changed_row = await repository.change(session, row, fields)
    if changed_row.birth_date not in (None, row.birth_date):
        await repository.end_consents_of_a_minor(session, row.id, of_age_at(changed_row.birth_date))
    return shown(changed_row)


def _named(change: AthleteChange) -> dict[str, Any]:
    fields = change.model_dump(exclude_unset=True)
    for name in ("team_id", "name"):
        if name in fields and fields[name] is None:
            raise Invalid(f"An athlete always has a {name}.", way_out=f"Leave {name} out to keep it.")
    return fields


_REFUSED = {
    "athlete_team_id_club_id_fkey": NotFound("There is no such team."),
    "athlete_account_id_club_id_fkey": NotFound("There is no such account."),
    "athlete_account_id_key": Conflict(
        "This account already belongs to another athlete.",
        way_out="Give each athlete an account of their own.",
    ),
}


async def consents(session: ReadSession, caller: Caller, athlete_id: UUID, cut: Cut) -> Page[Consent]:
    """All consents of an athlete, in time."""
    await one(session, caller, athlete_id, Act.SEE, Kind.CONSENT)
    rows = await repository.consents(session, athlete_id, cut.after(datetime, UUID), cut.limit)
    return cut.page(rows, key=lambda row: (row.since, row.id), item=consent_shown)


async def consent_added(
    session: WriteSession, caller: Caller, athlete_id: UUID, new: NewConsent, digital_consent_age: int
) -> Consent:
    """Record a consent from now on, or from a time given: an athlete's or guardian's own, or, by staff, one on paper.

    Raises NotFound, Forbidden for an athlete younger than `digital_consent_age`, Conflict, Invalid for a version that the
    club has no text of.
    """
    athlete = await one(session, caller, athlete_id, Act.CHANGE, Kind.CONSENT)
    since = new.since or datetime.now(UTC)
    given_by = _giver(caller)
    if given_by == "athlete":
        old_enough(athlete, digital_consent_age)
    text = await _text(session, athlete, new, since)
    ends = [text.ends_at]
    if given_by != "athlete":
        ends.append(_end_of_minority(athlete, since))
    until = min((end for end in ends if end is not None), default=None)
    if text.known:
        await repository.end_replaced(session, athlete_id, new.purpose, new.version, since)
    overlap = Conflict(
        f"A consent for {new.purpose} already holds in that time.",
        way_out="Withdraw that one first (PATCH with `to`), or begin where it ends.",
    )
    with conflicts({"consent_once": overlap}):
        return consent_shown(
            await repository.add_consent(
                session, athlete_id, new.purpose, new.version, (since, until), given_by, caller.account_id
            )
        )


async def _text(session: ReadSession, athlete: AthleteRow, new: NewConsent, since: datetime) -> VersionRow:
    """What the club's texts say of the version agreed to. Where it has none of the purpose, any version will do."""
    text = await repository.consent_version(session, athlete.club_id, new.purpose, new.version)
    if text.asked and not text.known:
        raise Invalid(
            f"There is no version {new.version!r} of the text for {new.purpose}.",
            way_out="GET /api/v1/consent-texts lists them; the newest is asked for.",
        )
    if text.ends_at is not None and text.ends_at <= since:
        raise Conflict(
            f"Version {new.version!r} is agreed to no more since {text.ends_at.isoformat()}.",
            way_out="Ask for the newest version: GET /api/v1/consent-texts.",
        )
    return text


def _giver(caller: Caller) -> GivenBy:
    match caller.role:
        case Role.ATHLETE:
            return "athlete"
        case Role.GUARDIAN:
            return "guardian"
        case _:
            return "paper"


def old_enough(athlete: AthleteRow, years: int) -> None:
    """Raise Forbidden for an athlete who is younger than may consent alone. One whose birth date is not known is taken
    for old enough: the club asks those who are not."""
    if athlete.birth_date is None:
        return
    since = years_old_on(athlete.birth_date, years)
    if datetime.now(UTC).date() < since:
        raise Forbidden(
            f"Until {since.isoformat()}, when you are {years}, somebody else consents for you.",
            way_out="Ask a guardian to do it here, or to sign on paper for the club to record.",
        )


def _end_of_minority(athlete: AthleteRow, since: datetime) -> datetime | None:
    """When a consent that others gave ends by itself: the athlete is asked again on coming of age."""
    if athlete.birth_date is None:
        return None
    at = of_age_at(athlete.birth_date)
    return at if since < at else None


async def consent_ended(
    session: WriteSession,
    caller: Caller,
    removals: Removals,
    athlete_id: UUID,
    consent_id: UUID,
    change: ConsentChange,
) -> Consent:
    """Withdraw a consent; it is listed outside the database first, for the day an older backup is restored."""
    await one(session, caller, athlete_id, Act.CHANGE, Kind.CONSENT)
    row = await repository.consent_by_id(session, athlete_id, consent_id)
    if row is None:
        raise missing(Kind.CONSENT)
    return consent_shown(await consent_ends(session, removals, athlete_id, row.id, _end(row, change)))


async def consent_ends(
    session: WriteSession, removals: Removals, athlete_id: UUID, consent_id: UUID, until: datetime
) -> ConsentRow:
    """Have a consent end; it is listed outside the database first."""
    await removals.begin(session, Withdrawn(datetime.now(UTC), athlete_id, consent_id, until))
    return await repository.end_consent(session, consent_id, until)


def _end(row: ConsentRow, change: ConsentChange) -> datetime:
    until = change.until or datetime.now(UTC)
    if until <= row.since:
        raise Invalid(f"The consent began at {row.since.isoformat()}.", way_out="End it after its beginning.")
    if row.until is not None and until > row.until:
        raise Conflict(
            f"The consent already ended at {row.until.isoformat()}; it cannot be made longer.",
            way_out="Record a new consent for the time after it.",
        )
    return until


def shown(row: AthleteRow) -> Athlete:
    """The athlete as the API tells it."""
    return Athlete.model_validate(row, from_attributes=True)


def consent_shown(row: ConsentRow) -> Consent:
    """The consent as the API tells it."""
    return Consent.model_validate(row, from_attributes=True)
