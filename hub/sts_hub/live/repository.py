"""What the live wall reads from the database, in the name of an account."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession
from sts_hub.live.frames import FrameValue
from sts_hub.policy import Kind, Thing
from sts_protocols.metrics import HEART_RATE

_SQL = queries.load("sts_hub.live")


@dataclass(frozen=True, slots=True)
class Worn:
    """A sensor that an athlete wears now; `consents` says whether its values may be shown."""

    athlete: UUID
    sensor: int
    label: str
    kind: str
    since_us: int
    until_us: int | None
    consents: bool

    def shows(self, t_us: int) -> bool:
        """Whether a value of that time is this athlete's."""
        return self.consents and self.since_us <= t_us and (self.until_us is None or t_us < self.until_us)


@dataclass(frozen=True, slots=True)
class Person:
    """An athlete on the wall."""

    id: UUID
    club_id: UUID
    team_id: UUID
    account_id: UUID | None
    number: int | None
    name: str
    hr_max: int | None

    @property
    def thing(self) -> Thing:
        """What the policy decides on."""
        return Thing(Kind.HEALTH, self.club_id, self.team_id, self.account_id, self.id)


async def roster(session: ReadSession, team_id: UUID | None) -> tuple[list[Person], list[Worn]]:
    """The athletes that the caller sees, in the order of their numbers, and what they wear."""
    rows = await session.rows(_SQL.roster, team_id)
    people = {
        row["athlete"]: Person(
            row["athlete"],
            row["club_id"],
            row["team_id"],
            row["account_id"],
            row["number"],
            row["name"],
            row["hr_max"],
        )
        for row in rows
    }
    worn = [Worn(*(row[name] for name in Worn.__slots__)) for row in rows if row["sensor"] is not None]
    return list(people.values()), worn


async def past(session: ReadSession, since: datetime, newest_since: datetime) -> list[tuple[str, FrameValue]]:
    """Heart rates since `since` of what is worn now, and the newest one of each sensor since
    `newest_since`, of each sensor rising in time; with the gateway that heard each."""
    rows = await session.rows(_SQL.past, HEART_RATE.id, since, newest_since)
    return [
        (row["gateway"], FrameValue(row["sensor"], HEART_RATE.id, row["t_us"], row["value"], row["quality"]))
        for row in rows
    ]
