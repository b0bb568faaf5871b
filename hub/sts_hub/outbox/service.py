"""Rules of the outbox: what is queued stands or falls with the change that causes it, and is carried at least once.

Whoever has something to tell says so in the transaction of the change:

    await outbox.letter(session, club_id, Letter("alert", address, "Heart rate", "..."))
    await outbox.event(session, club_id, "session.ended", ended_at, {"session_id": str(id)})
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from sts_hub.errors import NotFound
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.kit.pages import Cut
from sts_hub.kit.shapes import Page
from sts_hub.outbox import repository
from sts_hub.outbox.events import EventName
from sts_hub.outbox.schemas import Delivery, SentLetter
from sts_hub.policy import Act, Caller, may


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to one address. `what`: one word that says what it is about, shown to admins and written to the log;
    subject (one line) and text are kept until it has ended, a day at most."""

    what: str
    address: str
    subject: str
    text: str


async def letter(session: WriteSession, club_id: UUID, new: Letter) -> None:
    """Queue a letter in the caller's transaction, for the caller's own club; sent within seconds of its end.

    A hub without STS_SMTP_URL takes it, too, and lists it as failed with that reason: where a person waits for it, ask
    `Mail.sends` first and offer another way.
    """
    body = msgspec.json.encode({"subject": new.subject, "text": new.text}).decode()
    await repository.add_letter(session, club_id, new.what, new.address, body)


async def event(
    session: WriteSession, club_id: UUID, name: EventName, at: datetime, data: Mapping[str, str | None]
) -> int:
    """Queue an event in the caller's transaction for each of the club's webhooks that wants it; how many do.

    `at`: when it happened (UTC). `data`: ids and times as text, never a name or a measured value. The body is that of
    the Standard Webhooks specification: type, timestamp, data.
    """
    told = {"type": name, "timestamp": at.astimezone(UTC), "data": dict(data)}
    return await repository.add_event(session, club_id, name, msgspec.json.encode(told).decode())


async def letters(session: ReadSession, caller: Caller, cut: Cut) -> Page[SentLetter]:
    """The club's letters and what became of them, newest first."""
    rows = await repository.letters(session, cut.after(datetime, UUID), cut.limit)
    return cut.page(
        rows,
        key=lambda row: (row.queued_at, row.id),
        item=SentLetter.model_validate,
        keep=lambda row: may(caller, Act.SEE, row.thing),
    )


async def deliveries(session: ReadSession, webhook_id: UUID, cut: Cut) -> Page[Delivery]:
    """The events of a webhook that the caller was let see, newest first."""
    rows = await repository.deliveries(session, webhook_id, cut.after(datetime, UUID), cut.limit)
    return cut.page(rows, key=lambda row: (row.queued_at, row.id), item=Delivery.model_validate)


async def sent_again(session: WriteSession, webhook_id: UUID, delivery_id: UUID) -> None:
    """Have an event be carried once more, now. Raises NotFound, also for one that is under way at this moment."""
    if not await repository.again(session, webhook_id, delivery_id):
        raise NotFound("There is no such delivery that could be sent again.")
