"""Worn sensors in the database, as the functions for technicians tell of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.policy import Kind, Thing

_SQL = queries.load("sts_hub.wearing")


@dataclass(frozen=True, slots=True)
class WearerRow:
    """Who wears a sensor now."""

    sensor_id: int
    athlete_id: UUID
    number: int | None
    name: str
    since: datetime
    club_id: UUID
    team_id: UUID
    account_id: UUID | None

    @property
    def thing(self) -> Thing:
        """What the policy decides on."""
        return Thing(Kind.ASSIGNMENT, self.club_id, self.team_id, self.account_id, self.athlete_id)


@dataclass(frozen=True, slots=True)
class HeardRow:
    """What a gateway told of a metric, by the metric's number."""

    gateway: str
    metric: int
    heard: int
    good: int
    last_at: datetime
    value: float | None


async def wearers(session: ReadSession) -> list[WearerRow]:
    """Who wears which sensor, of those whom the caller is told of."""
    return [WearerRow(**row) for row in await session.rows(_SQL.wearers)]


async def heard(
    session: ReadSession, sensor_id: int, since: datetime, own_metrics: Sequence[int]
) -> list[HeardRow]:
    """What was stored of a sensor since then; values of `own_metrics` are always told."""
    return [HeardRow(**row) for row in await session.rows(_SQL.heard, sensor_id, since, own_metrics)]


async def replace(session: WriteSession, sensor_id: int, by: int, at: datetime) -> UUID | None:
    """Put one sensor in the place of another; whose it is, or None: nobody wears it then."""
    athlete_id: UUID | None = await session.value(_SQL.replace, sensor_id, by, at)
    return athlete_id
