"""Routes of webhooks; a token makes none, and sees no secret."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from sts_hub.config import Settings
from sts_hub.errors import Conflict, Forbidden, NotFound, NotSignedIn
from sts_hub.kit.identity import Asking, InPerson
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.provide import provided
from sts_hub.kit.routes import Router
from sts_hub.kit.sealing import Sealing
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.kit.shapes import Page
from sts_hub.outbox.schemas import Delivery
from sts_hub.webhooks import service
from sts_hub.webhooks.schemas import MadeWebhook, NewSecret, NewWebhook, Webhook, WebhookChange

router = Router(prefix="/webhooks", tags=["webhooks"])

Given = Annotated[Settings, Depends(provided(Settings))]
Seals = Annotated[Sealing, Depends(provided(Sealing))]
_READ = described(NotSignedIn, NotFound)
_WRITE = described(NotSignedIn, NotFound, Forbidden, *UNSAFE)


@router.get("", responses=described(NotSignedIn))
async def list_webhooks(caller: Asking, session: Reads, part: Part) -> Page[Webhook]:
    """The club's webhooks."""
    return await service.listed(session, caller, part)


@router.post("", status_code=201, responses=described(NotSignedIn, Forbidden, Conflict, *UNSAFE))
async def add_webhook(
    caller: InPerson, session: Writes, sealing: Seals, settings: Given, new: NewWebhook
) -> MadeWebhook:
    """Have a program be told of events; its secret is shown this once."""
    return await service.added(session, caller, sealing, new, settings.webhooks_to_loopback)


@router.get("/{webhook_id}", responses=_READ)
async def get_webhook(caller: Asking, session: Reads, webhook_id: UUID) -> Webhook:
    """One webhook."""
    return service.shown(await service.one(session, caller, webhook_id))


@router.patch("/{webhook_id}", responses=_WRITE)
async def change_webhook(
    caller: InPerson, session: Writes, settings: Given, webhook_id: UUID, change: WebhookChange
) -> Webhook:
    """Change a webhook, or stop and go on telling it."""
    return await service.changed(session, caller, webhook_id, change, settings.webhooks_to_loopback)


@router.delete("/{webhook_id}", status_code=204, responses=_WRITE)
async def remove_webhook(caller: InPerson, session: Writes, webhook_id: UUID) -> None:
    """Remove a webhook with its deliveries."""
    await service.removed(session, caller, webhook_id)


@router.post(
    "/{webhook_id}/secret",
    status_code=201,
    responses=described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE),
)
async def rotate_webhook_secret(
    caller: InPerson, session: Writes, sealing: Seals, webhook_id: UUID
) -> NewSecret:
    """Make a new secret, shown this once; the one before signs along for a day."""
    return await service.rotated(session, caller, sealing, webhook_id)


@router.get("/{webhook_id}/deliveries", responses=_READ)
async def list_deliveries(caller: Asking, session: Reads, webhook_id: UUID, part: Part) -> Page[Delivery]:
    """What a webhook was told and what became of it, newest first; kept for 30 days."""
    return await service.deliveries(session, caller, webhook_id, part)


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/replay",
    status_code=202,
    responses=described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE),
)
async def replay_delivery(caller: InPerson, session: Writes, webhook_id: UUID, delivery_id: UUID) -> None:
    """Tell a webhook once more, now, under the same `webhook-id`."""
    await service.replayed(session, caller, webhook_id, delivery_id)
