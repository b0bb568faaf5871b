"""Rules of grants: given by the athlete or who stands for the athlete; whoever is given something sees that and nothing
else of the athlete."""

from datetime import UTC, datetime
from uuid import UUID

from sts_hub.athletes import service as athletes
from sts_hub.errors import Conflict, Invalid, NotFound
from sts_hub.grants import repository
from sts_hub.grants.repository import GrantRow
from sts_hub.grants.schemas import Grant, GrantChange, NewGrant, Shared
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.kit.pages import Cut
from sts_hub.kit.removals import Removals, Revoked
from sts_hub.kit.shapes import Page
from sts_hub.policy import Act, Caller, Kind, Role, may, missing
from sts_hub.samples import service as samples
from sts_hub.samples.schemas import Chart
from sts_hub.samples.service import Wanted
from sts_protocols.metrics import by_id, by_name


async def listed(session: ReadSession, caller: Caller, athlete_id: UUID, cut: Cut) -> Page[Grant]:
    """The grants of an athlete, the newest first. Raises NotFound."""
    await athletes.one(session, caller, athlete_id, Act.SEE, Kind.GRANT)
    rows = await repository.page(session, athlete_id, cut.after(datetime, UUID), cut.limit)
    return cut.page(rows, key=lambda row: (row.given_at, row.id), item=_grant)


async def added(
    session: WriteSession, caller: Caller, athlete_id: UUID, new: NewGrant, digital_consent_age: int
) -> Grant:
    """Let a club or a trainer read. Raises NotFound, Forbidden (also for an athlete too young), Conflict, Invalid."""
    athlete = await athletes.one(session, caller, athlete_id, Act.CHANGE, Kind.GRANT)
    if caller.role is Role.ATHLETE:
        athletes.old_enough(athlete, digital_consent_age)
    during = _during(new)
    to = await _grantee(session, new)
    if to == (athlete.club_id, None):
        raise Conflict("Your own club sees this without it.", way_out="Name another club, or a trainer.")
    given_by = "guardian" if caller.role is Role.GUARDIAN else "athlete"
    made = await repository.add(session, athlete_id, to, _numbers(new.metrics), during, new.ends_at, given_by)
    return _grant(await _of_athlete(session, athlete_id, made))


def _during(new: NewGrant) -> tuple[datetime, datetime | None]:
    since = new.since or datetime.now(UTC)
    if new.until is not None and new.until <= since:
        raise Invalid("What is given would end before it begins.", way_out="Give a `to` after `from`.")
    return since, new.until


async def _grantee(session: ReadSession, new: NewGrant) -> tuple[UUID, UUID | None]:
    if (new.club_id is None) == (new.account_id is None):
        raise Invalid("Name a club, or a trainer.", way_out="Send either `club_id` or `account_id`.")
    to = await repository.grantee(session, new.club_id, new.account_id)
    if to is None:
        raise NotFound(
            "There is no such club or trainer.",
            way_out="Ask for the id again: a coach or trainer finds it under GET /api/v1/me.",
        )
    return to


def _numbers(names: list[str]) -> list[int]:
    known = {name: by_name(name) for name in names}
    unknown = [name for name, metric in known.items() if metric is None]
    if unknown:
        raise Invalid(f"There is no metric {unknown[0]!r}.", way_out="GET /api/v1/metrics lists them.")
    return [metric.id for metric in known.values() if metric is not None]


async def ended(
    session: WriteSession,
    caller: Caller,
    removals: Removals,
    athlete_id: UUID,
    grant_id: UUID,
    change: GrantChange,
) -> Grant:
    """Revoke a grant, now or from a time on; listed outside the database first, for the day an older backup is
    restored. Raises NotFound, Forbidden, Conflict."""
    await athletes.one(session, caller, athlete_id, Act.CHANGE, Kind.GRANT)
    row = await _of_athlete(session, athlete_id, grant_id)
    at = change.ends_at or datetime.now(UTC)
    if row.ends_at is not None and at > row.ends_at:
        raise Conflict(
            f"The grant already ends at {row.ends_at.isoformat()}; it cannot be made longer.",
            way_out="Give a new one for the time after it.",
        )
    await removals.begin(session, Revoked(datetime.now(UTC), athlete_id, row.id, at))
    await repository.end(session, row.id, at)
    return _grant(await _of_athlete(session, athlete_id, row.id))


async def _of_athlete(session: ReadSession, athlete_id: UUID, grant_id: UUID) -> GrantRow:
    row = await repository.of_athlete(session, athlete_id, grant_id)
    if row is None:
        raise missing(Kind.GRANT)
    return row


async def shared(session: ReadSession, caller: Caller, cut: Cut) -> Page[Shared]:
    """What the caller is given of athletes, by their names."""
    rows = await repository.given_to(session, caller.club_id, cut.after(str, UUID), cut.limit)
    part = cut.page(
        rows,
        key=lambda row: (row.athlete or "", row.id),
        item=_shared,
        keep=lambda row: may(caller, Act.SEE, row.thing),
    )
    session.athletes.update(one.athlete_id for one in part.items)
    return part


async def chart(session: ReadSession, caller: Caller, grant_id: UUID, wanted: Wanted) -> Chart:
    """The chart of what a grant gives, cut to its time. Raises NotFound, Invalid."""
    row = await repository.given(session, caller.club_id, grant_id)
    if row is None or _is_over(row) or not may(caller, Act.SEE, row.thing):
        raise missing(Kind.GRANT)
    session.athletes.add(row.athlete_id)
    given = _names(row)
    others = [name for name in wanted.metrics if name not in given]
    if others:
        raise Invalid(f"The grant does not give {others[0][:40]!r}.", way_out=f"It gives {', '.join(given)}.")
    cut = wanted.within(row.since, row.until)
    if cut is None:
        raise Invalid("The grant gives nothing of that time.", way_out="Ask for a time that it covers.")
    return await samples.given_chart(session, row.athlete_id, cut)


def _is_over(row: GrantRow) -> bool:
    return row.ends_at is not None and row.ends_at <= datetime.now(UTC)


def _names(row: GrantRow) -> list[str]:
    return [metric.name for number in row.metrics if (metric := by_id(number)) is not None]


def _grant(row: GrantRow) -> Grant:
    return Grant(
        id=row.id,
        athlete_id=row.athlete_id,
        metrics=_names(row),
        since=row.since,
        until=row.until,
        ends_at=row.ends_at,
        club_id=row.to_club_id,
        club=row.to_club or "",
        account_id=row.to_account_id,
        trainer=row.to_name,
        given_by=row.given_by,
        given_at=row.given_at,
    )


def _shared(row: GrantRow) -> Shared:
    return Shared(
        id=row.id,
        athlete_id=row.athlete_id,
        metrics=_names(row),
        since=row.since,
        until=row.until,
        ends_at=row.ends_at,
        athlete=row.athlete or "",
        club=row.from_club or "",
    )
