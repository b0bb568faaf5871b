"""Codes and enrolled gateways in the database."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession

SQL = queries.load("sts_hub.enrolment")

Verdict = Literal["enrolled", "again", "unknown", "used", "expired", "taken"]


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a try: the verdict, and as whom and where the gateway is registered."""

    verdict: Verdict
    name: str
    site: str | None


async def add_code(
    session: WriteSession, hashed: bytes, club_id: UUID, site: str, gateway: str | None, lasts: timedelta
) -> datetime:
    """Store a code; until when it can be used."""
    row = await session.one(SQL.add, hashed, club_id, site, gateway, lasts)
    ends: datetime = row["expires_at"]
    return ends


async def enrol(session: WriteSession, code: bytes, wanted: str, secret: bytes) -> Tried:
    """Register the gateway that shows this code, or say why not; nothing is kept unless the session commits."""
    return Tried(**await session.one(SQL.enrol, code, wanted, secret))


async def club_of(session: ReadSession, gateway: str) -> UUID | None:
    """The club of a gateway that the caller's club knows."""
    found: UUID | None = await session.value(SQL.club_of_gateway, gateway)
    return found


async def revoke(session: WriteSession, gateway: str) -> None:
    """Take the gateway's secret and its unused codes away."""
    await session.do(SQL.revoke, gateway)
