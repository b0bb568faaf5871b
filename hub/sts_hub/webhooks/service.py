"""Rules of webhooks: an admin's, to public addresses, with a secret that is told once and kept sealed."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sts_hub.errors import Conflict, Invalid
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.kit.pages import Cut
from sts_hub.kit.sealing import Sealing
from sts_hub.kit.shapes import Page
from sts_hub.outbox import service as outbox
from sts_hub.outbox.schemas import Delivery
from sts_hub.policy import Act, Caller, Kind, Thing, guard, guard_new, may, missing
from sts_hub.webhooks import addresses, repository, signature
from sts_hub.webhooks.repository import WebhookRow
from sts_hub.webhooks.schemas import MadeWebhook, NewSecret, NewWebhook, Webhook, WebhookChange

# Long enough to put the new secret where it is checked on a working day.
OVERLAP: Final = timedelta(hours=24)
# More than a club has programs; each event is carried to each of them.
MOST: Final = 20


async def listed(session: ReadSession, caller: Caller, cut: Cut) -> Page[Webhook]:
    """The webhooks that the caller sees, in the order in which they were made."""
    rows = await repository.page(session, cut.after(datetime, UUID), cut.limit)
    return cut.page(
        rows,
        key=lambda row: (row.made_at, row.id),
        item=shown,
        keep=lambda row: may(caller, Act.SEE, row.thing),
    )


async def one(session: ReadSession, caller: Caller, webhook_id: UUID, act: Act = Act.SEE) -> WebhookRow:
    """A webhook that the caller may see or change; raises NotFound or Forbidden."""
    row = await repository.by_id(session, webhook_id)
    if row is None:
        raise missing(Kind.WEBHOOK)
    guard(caller, act, row.thing)
    return row


async def added(
    session: WriteSession, caller: Caller, sealing: Sealing, new: NewWebhook, to_loopback: bool
) -> MadeWebhook:
    """Add a webhook. Raises Forbidden, Invalid for an address that is not allowed, Conflict where there are too many or
    the hub has no key to seal secrets with."""
    guard_new(caller, Thing(Kind.WEBHOOK, caller.club_id))
    url = _address(new.url, to_loopback)
    if len(await repository.page(session, (None, None), MOST)) >= MOST:
        raise Conflict(f"The club has {MOST} webhooks.", way_out="Remove those that are not used any more.")
    webhook_id, secret = uuid4(), secrets.token_bytes(signature.SECRET_BYTES)
    sealed = sealing.seal(secret, about(webhook_id))
    row = await repository.add(session, webhook_id, caller.club_id, new.name, url, new.events, sealed)
    return MadeWebhook(**shown(row).model_dump(), secret=signature.serialized(secret))


async def changed(
    session: WriteSession, caller: Caller, webhook_id: UUID, change: WebhookChange, to_loopback: bool
) -> Webhook:
    """Change a webhook, or stop and go on telling it."""
    row = await one(session, caller, webhook_id, Act.CHANGE)
    url = row.url if change.url is None else _address(change.url, to_loopback)
    enabled = row.disabled_at is None if change.enabled is None else change.enabled
    return shown(
        await repository.change(
            session, row.id, change.name or row.name, url, change.events or row.events, enabled
        )
    )


async def rotated(session: WriteSession, caller: Caller, sealing: Sealing, webhook_id: UUID) -> NewSecret:
    """A new secret; the one before signs along for a day. Raises NotFound, Forbidden, Conflict without a key."""
    row = await one(session, caller, webhook_id, Act.CHANGE)
    secret = secrets.token_bytes(signature.SECRET_BYTES)
    sealed = sealing.seal(secret, about(row.id))
    await sealed_all(session, sealing)
    until = await repository.rotate(session, row.id, sealed, OVERLAP)
    return NewSecret(secret=signature.serialized(secret), old_until=until)


async def sealed_all(session: WriteSession, sealing: Sealing) -> int:
    """Seal the secrets of every club that still lie open; how many did. Raises Conflict without a key, if any does."""
    lying_open = await repository.lying_open(session)
    for webhook_id, secret, old in lying_open:
        sealed_old = None if old is None else sealing.seal(old, about(webhook_id))
        await repository.seal(session, webhook_id, sealing.seal(secret, about(webhook_id)), sealed_old)
    return len(lying_open)


def about(webhook_id: UUID) -> str:
    """What a sealed secret is about: it opens for this webhook alone."""
    return f"webhook {webhook_id}"


async def removed(session: WriteSession, caller: Caller, webhook_id: UUID) -> None:
    """Remove a webhook with its deliveries."""
    row = await one(session, caller, webhook_id, Act.CHANGE)
    await repository.remove(session, row.id)


async def deliveries(session: ReadSession, caller: Caller, webhook_id: UUID, cut: Cut) -> Page[Delivery]:
    """What a webhook was told, newest first."""
    row = await one(session, caller, webhook_id)
    return await outbox.deliveries(session, row.id, cut)


async def replayed(session: WriteSession, caller: Caller, webhook_id: UUID, delivery_id: UUID) -> None:
    """Tell a webhook once more, under the same webhook-id. Raises NotFound, Conflict."""
    row = await one(session, caller, webhook_id, Act.CHANGE)
    if row.disabled_at is not None:
        raise Conflict("This webhook is disabled.", way_out="Enable it first (PATCH with enabled: true).")
    await outbox.sent_again(session, row.id, delivery_id)


def _address(url: str, to_loopback: bool) -> str:
    try:
        return str(addresses.checked(url, to_loopback))
    except addresses.AddressError as error:
        raise Invalid(
            str(error), way_out="Give an https address that the whole internet can reach."
        ) from None


def shown(row: WebhookRow) -> Webhook:
    """The webhook as the API tells it."""
    return Webhook.model_validate(row)
