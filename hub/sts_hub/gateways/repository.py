"""Gateways in the database."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.policy import Kind, Thing

SQL = queries.load("sts_hub.gateways")


@dataclass(frozen=True, slots=True)
class GatewayRow:
    """A gateway as stored, with its last beat as JSON."""

    name: str
    club_id: UUID
    site: str
    beat: str | None
    beat_at: datetime | None

    @property
    def thing(self) -> Thing:
        """What the policy decides on."""
        return Thing(Kind.GATEWAY, self.club_id)


async def page(session: ReadSession, after: str | None, limit: int) -> list[GatewayRow]:
    """Up to `limit` + 1 gateways behind the name given."""
    return [GatewayRow(**row) for row in await session.rows(SQL.page, after, limit + 1)]


async def by_name(session: ReadSession, name: str) -> GatewayRow | None:
    """The gateway, or None."""
    row = await session.row(SQL.by_name, name)
    return GatewayRow(**row) if row else None


async def change_site(session: WriteSession, name: str, site: str) -> None:
    """Move a gateway to another site."""
    await session.one(SQL.change_site, name, site)
