"""Sensors in the database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.policy import Kind, Thing

_SQL = queries.load("sts_hub.sensors")


@dataclass(frozen=True, slots=True)
class SensorRow:
    """A sensor as stored."""

    id: int
    club_id: UUID
    address: str
    kind: str
    label: str
    added_at: datetime
    retired_at: datetime | None

    @property
    def thing(self) -> Thing:
        """What the policy decides on."""
        return Thing(Kind.SENSOR, self.club_id)


async def page(session: ReadSession, after: tuple[Any, ...], limit: int) -> list[SensorRow]:
    """Up to `limit` + 1 sensors behind the (label, id) given."""
    return [SensorRow(**row) for row in await session.rows(_SQL.page, *after, limit + 1)]


async def in_use(session: ReadSession) -> list[SensorRow]:
    """All sensors that are not retired, by label."""
    return [SensorRow(**row) for row in await session.rows(_SQL.in_use)]


async def by_id(session: ReadSession, sensor_id: int) -> SensorRow | None:
    """The sensor, or None."""
    row = await session.row(_SQL.by_id, sensor_id)
    return SensorRow(**row) if row else None


async def add(session: WriteSession, club_id: UUID, address: str, kind: str, label: str) -> SensorRow:
    """Register a sensor."""
    return SensorRow(**await session.one(_SQL.add, club_id, address, kind, label))


async def change(session: WriteSession, sensor_id: int, kind: str, label: str, retired: bool) -> SensorRow:
    """Change a sensor."""
    return SensorRow(**await session.one(_SQL.change, sensor_id, kind, label, retired))
