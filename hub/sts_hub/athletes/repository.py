"""Athletes and consents in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sts_hub.athletes.schemas import GivenBy
from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.policy import Kind, Thing

_SQL = queries.load("sts_hub.athletes")

# Behind every number a jersey can have: where those without one sort.
NO_NUMBER = 10_000


@dataclass(frozen=True, slots=True)
class AthleteRow:
    """An athlete as stored."""

    id: UUID
    club_id: UUID
    team_id: UUID
    number: int | None
    name: str
    hr_max: int | None
    account_id: UUID | None
    birth_date: date | None
    contact: str | None

    def thing(self, kind: Kind = Kind.ATHLETE) -> Thing:
        """What the policy decides on: the athlete, or the consents or values of this athlete."""
        return Thing(kind, self.club_id, self.team_id, self.account_id, self.id)

    @property
    def place(self) -> tuple[int, UUID]:
        """Where the athlete stands in lists."""
        return (NO_NUMBER if self.number is None else self.number, self.id)


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """A consent as stored."""

    id: UUID
    athlete_id: UUID
    purpose: str
    version: str
    since: datetime
    until: datetime | None
    given_by: GivenBy


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of a purpose's text: whether the club has any texts of it, this one, and when consents to it end."""

    asked: bool
    known: bool
    ends_at: datetime | None


async def page(
    session: ReadSession, team_id: UUID | None, after: tuple[Any, ...], limit: int
) -> list[AthleteRow]:
    """Up to `limit` + 1 athletes behind the place given, of one team or of all."""
    return [AthleteRow(**row) for row in await session.rows(_SQL.page, team_id, *after, limit + 1)]


async def by_id(session: ReadSession, athlete_id: UUID) -> AthleteRow | None:
    """The athlete, or None."""
    row = await session.row(_SQL.by_id, athlete_id)
    return AthleteRow(**row) if row else None


async def by_ids(session: ReadSession, athlete_ids: Sequence[UUID]) -> list[AthleteRow]:
    """Those of these athletes that there are."""
    return [AthleteRow(**row) for row in await session.rows(_SQL.by_ids, athlete_ids)]


async def add(session: WriteSession, club_id: UUID, fields: dict[str, Any]) -> AthleteRow:
    """Add an athlete."""
    return AthleteRow(**await session.one(_SQL.add, club_id, *_ordered(fields)))


async def change(session: WriteSession, row: AthleteRow, fields: dict[str, Any]) -> AthleteRow:
    """Change what is named in `fields`."""
    before = {name: getattr(row, name) for name in _FIELDS}
    return AthleteRow(**await session.one(_SQL.change, row.id, *_ordered(before | fields)))


_FIELDS = ("team_id", "number", "name", "account_id", "birth_date", "contact")


def _ordered(fields: dict[str, Any]) -> list[Any]:
    return [fields[name] for name in _FIELDS]


async def consents(
    session: ReadSession, athlete_id: UUID, after: tuple[Any, ...], limit: int
) -> list[ConsentRow]:
    """Up to `limit` + 1 consents behind the (since, id) given."""
    return [ConsentRow(**row) for row in await session.rows(_SQL.consents, athlete_id, *after, limit + 1)]


async def consent_by_id(session: ReadSession, athlete_id: UUID, consent_id: UUID) -> ConsentRow | None:
    """The consent of this athlete, or None."""
    row = await session.row(_SQL.consent_by_id, athlete_id, consent_id)
    return ConsentRow(**row) if row else None


async def add_consent(
    session: WriteSession,
    athlete_id: UUID,
    purpose: str,
    version: str,
    during: tuple[datetime, datetime | None],
    given_by: GivenBy,
    entered_by: UUID,
) -> ConsentRow:
    """Record a consent."""
    return ConsentRow(
        **await session.one(_SQL.add_consent, athlete_id, purpose, version, *during, given_by, entered_by)
    )


async def consent_version(session: ReadSession, club_id: UUID, purpose: str, version: str) -> VersionRow:
    """What the club's texts say of a version."""
    (row,) = await session.rows(_SQL.consent_version, club_id, purpose, version)
    return VersionRow(**row)


async def end_replaced(
    session: WriteSession, athlete_id: UUID, purpose: str, version: str, at: datetime
) -> None:
    """Have a consent to another version end there."""
    await session.do(_SQL.end_replaced, athlete_id, purpose, version, at)


async def end_consents_of_a_minor(session: WriteSession, athlete_id: UUID, of_age_at: datetime) -> None:
    """Have what others gave for a minor end on that day, where it would hold longer."""
    await session.do(_SQL.end_consents_of_a_minor, athlete_id, of_age_at)


async def end_consent(session: WriteSession, consent_id: UUID, until: datetime) -> ConsentRow:
    """Set when a consent ends."""
    return ConsentRow(**await session.one(_SQL.end_consent, consent_id, until))
