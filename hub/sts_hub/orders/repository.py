"""Orders in the database."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.orders.schemas import Act, State

SQL = queries.load("sts_hub.orders")


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as stored."""

    id: int
    act: Act
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    words: str
    told_at: datetime | None
    state: State


async def page(
    session: ReadSession, gateway: str, after: tuple[datetime, int] | None, limit: int
) -> list[OrderRow]:
    """Up to `limit` + 1 orders of a gateway, the newest first, behind the one given."""
    asked_at, number = after or (None, None)
    return [OrderRow(**row) for row in await session.rows(SQL.page, gateway, asked_at, number, limit + 1)]


async def add(session: WriteSession, gateway: str, act: str, asked_by: str, lasts: timedelta) -> OrderRow:
    """Have an order wait for the gateway."""
    return OrderRow(**await session.one(SQL.add, gateway, act, asked_by, lasts))
