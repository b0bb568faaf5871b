"""Rules of guardians: for a minor only, by accounts made for it; whether one still is, is asked each time."""

from datetime import UTC, date, datetime
from uuid import UUID

from sts_hub.athletes import service as athletes
from sts_hub.athletes.age import of_age_at
from sts_hub.errors import Conflict, NotFound
from sts_hub.guardians import repository
from sts_hub.guardians.schemas import Guardian, Guardians
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.policy import Act, Caller, Kind, Role


async def listed(session: ReadSession, caller: Caller, athlete_id: UUID) -> Guardians:
    """The guardians of an athlete. Raises NotFound."""
    await athletes.one(session, caller, athlete_id, Act.SEE, Kind.GUARDIAN)
    rows = await repository.of_athlete(session, athlete_id)
    return Guardians(items=[Guardian.model_validate(row) for row in rows])


async def added(session: WriteSession, caller: Caller, athlete_id: UUID, account_id: UUID) -> None:
    """Have an account stand for a minor athlete. Raises NotFound, Forbidden, Conflict."""
    athlete = await athletes.one(session, caller, athlete_id, Act.CHANGE, Kind.GUARDIAN)
    minor(athlete.birth_date)
    role = await repository.role_of(session, account_id)
    if role is None:
        raise NotFound("There is no such account.")
    if role != Role.GUARDIAN:
        raise Conflict(
            f"This account is a {role}'s.", way_out="Add an account with the role guardian for the guardian."
        )
    await repository.add(session, account_id, athlete_id, athlete.club_id)


def minor(birth_date: date | None) -> None:
    """Let pass whom somebody may stand for. Raises Conflict."""
    if birth_date is None:
        raise Conflict(
            "The athlete's birth date is not known.",
            way_out="Enter birth_date first: it says when this ends.",
        )
    if of_age_at(birth_date) <= datetime.now(UTC):
        raise Conflict("The athlete is of age.", way_out="Nobody stands for an adult: ask the athlete.")


async def removed(session: WriteSession, caller: Caller, athlete_id: UUID, account_id: UUID) -> None:
    """Have an account stand for an athlete no more; one that never did is no fault. Raises NotFound, Forbidden."""
    await athletes.one(session, caller, athlete_id, Act.CHANGE, Kind.GUARDIAN)
    await repository.remove(session, athlete_id, account_id)
