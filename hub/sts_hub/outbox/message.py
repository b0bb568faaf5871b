"""A message on its way out of the hub."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that is due, lent to one carrier. `secrets`: of its webhook, the newest first; sealed, or open where they are
    of before there were seals."""

    id: UUID
    club_id: UUID
    what: str
    address: str | None
    body: str
    queued_at: datetime
    tries: int
    webhook_id: UUID | None = None
    url: str | None = None
    secrets: tuple[bytes, ...] = ()
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of it; one that waits is tried again after `pause`."""

    state: Literal["waiting", "sent", "failed"]
    reason: str | None = None
    pause: timedelta = timedelta()
