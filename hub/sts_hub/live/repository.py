"""What the live wall reads from the database, in the name of an account."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession
from sts_hub.live.frames import FrameValue
from sts_hub.policy import Kind, Thing
from sts_protocols.metrics import HEART_RATE

_SQL = queries.load("sts_hub.live")


@dataclass(frozen=True, slots=True)
class Worn:
    """A sensor that an athlete wears now; `consents` says whether its values may be shown, `metrics` which ones (None:
    all)."""

    athlete: UUID
    sensor: int
    label: str
    kind: str
    since_us: int
    until_us: int | None
    consents: bool
    metrics: list[int] | None = None

    def shows(self, t_us: int, metric: int) -> bool:
        """Whether a value of that time is this athlete's, and of a metric that the caller may see."""
        if not self.consents or (self.metrics is not None and metric not in self.metrics):
            return False
        return self.since_us <= t_us and (self.until_us is None or t_us < self.until_us)


@dataclass(frozen=True, slots=True)
class Person:
    """An athlete on the wall: in sight, or given to the caller by a grant; then club and account are whose it is, and
    nothing but the name is told."""

    id: UUID
    club_id: UUID
    team_id: UUID | None
    account_id: UUID | None
    number: int | None
    name: str
    hr_max: int | None
    given: bool = False

    @property
    def thing(self) -> Thing:
        """What the policy decides on."""
        if self.given:
            kind = Kind.SHARED if self.account_id is None else Kind.ENTRUSTED
            return Thing(kind, self.club_id, owner=self.account_id)
        return Thing(Kind.HEALTH, self.club_id, self.team_id, self.account_id, self.id)


async def roster(session: ReadSession, team_id: UUID | None) -> tuple[list[Person], list[Worn]]:
    """The athletes that the caller sees, in the order of their numbers, behind them those given to the caller where no
    team is asked for, and what they wear."""
    rows = await session.rows(_SQL.roster, team_id)
    if team_id is None:
        rows += await session.rows(_SQL.given)
    people = {row["athlete"]: _person(row) for row in rows}
    worn = [Worn(*(row[name] for name in Worn.__slots__)) for row in rows if row["sensor"] is not None]
    return list(people.values()), worn


def _person(row: asyncpg.Record) -> Person:
    return Person(
        row["athlete"],
        row["club_id"],
        row["team_id"],
        row["account_id"],
        row["number"],
        row["name"],
        row["hr_max"],
        given=row["metrics"] is not None,
    )


async def past(session: ReadSession, since: datetime, newest_since: datetime) -> list[tuple[str, FrameValue]]:
    """Heart rates since `since` of what is worn now, and the newest one of each sensor since
    `newest_since`, of each sensor rising in time; with the gateway that heard each."""
    rows = await session.rows(_SQL.past, HEART_RATE.id, since, newest_since)
    return [
        (row["gateway"], FrameValue(row["sensor"], HEART_RATE.id, row["t_us"], row["value"], row["quality"]))
        for row in rows
    ]
