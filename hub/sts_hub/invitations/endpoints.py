"""Routes of invitations: who invites, and who is invited."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends
from starlette.requests import Request

from sts_hub.accounts.entrance import Door, Visiting
from sts_hub.accounts.signing_in import Visit
from sts_hub.config import Settings
from sts_hub.errors import Conflict, Forbidden, NotFound, NotSignedIn, TooMany
from sts_hub.invitations import service
from sts_hub.invitations.schemas import (
    Invitation,
    InvitationCode,
    Invited,
    MadeInvitation,
    Newcomer,
    NewInvitation,
    OwnAcceptance,
)
from sts_hub.invitations.service import InvitationEnded, Way
from sts_hub.kit import notes
from sts_hub.kit.database import Database
from sts_hub.kit.identity import Asking, InPerson
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.provide import provided
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.kit.shapes import Page
from sts_hub.outbox.mail import Mail

router = Router(tags=["accounts"])

Given = Annotated[Settings, Depends(provided(Settings))]
Hub = Annotated[Database, Depends(provided(Database))]


@router.get("/invitations", responses=described(NotSignedIn))
async def list_invitations(caller: Asking, session: Reads, part: Part) -> Page[Invitation]:
    """Invitations that you see, newest first."""
    return await service.listed(session, caller, part)


@router.post(
    "/invitations", status_code=201, responses=described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE)
)
async def add_invitation(
    request: Request,
    caller: InPerson,
    session: Writes,
    settings: Given,
    mail: Annotated[Mail, Depends(provided(Mail))],
    new: NewInvitation,
) -> MadeInvitation:
    """Invite somebody by a letter, or by a link that is shown this once."""
    origin = settings.public_origin or str(request.base_url).rstrip("/")
    return await service.added(session, caller, new, Way(mail, origin))


@router.get("/invitations/{invitation_id}", responses=described(NotSignedIn, NotFound))
async def get_invitation(caller: Asking, session: Reads, invitation_id: UUID) -> Invitation:
    """One invitation."""
    return service.shown(await service.one(session, caller, invitation_id))


@router.delete(
    "/invitations/{invitation_id}",
    status_code=204,
    responses=described(NotSignedIn, NotFound, Forbidden, *UNSAFE),
)
async def remove_invitation(caller: InPerson, session: Writes, invitation_id: UUID) -> None:
    """Revoke an invitation at once."""
    await service.removed(session, caller, invitation_id)


@router.post("/session/invitation/look", responses=described(NotFound, InvitationEnded, TooMany, *UNSAFE))
async def look_at_invitation(door: Door, visit: Visiting, database: Hub, given: InvitationCode) -> Invited:
    """What the holder of a code is invited to."""
    async with door.counted(visit, _tries(visit)), database.nobody() as session:
        return await service.looked_at(session, given.code.get_secret_value())


@router.post(
    "/session/invitation",
    status_code=204,
    responses=described(NotFound, InvitationEnded, Forbidden, Conflict, TooMany, *UNSAFE),
)
async def join_by_invitation(
    request: Request, door: Door, visit: Visiting, database: Hub, settings: Given, given: Newcomer
) -> None:
    """Accept an invitation with a new account; sign in with it then."""
    async with door.counted(visit, _tries(visit)), database.nobody() as session:
        await service.joined(session, given, door.passwords, settings.digital_consent_age)
        await notes.changed(session, request)


@router.post(
    "/me/invitations",
    status_code=204,
    responses=described(NotSignedIn, NotFound, InvitationEnded, Forbidden, Conflict, *UNSAFE),
)
async def accept_invitation(caller: InPerson, session: Writes, settings: Given, given: OwnAcceptance) -> None:
    """Accept an invitation with the account that you are signed in with; or, where it is of another club or role, by a second
    one of yours."""
    await service.accepted(session, caller, given, settings.digital_consent_age)


def _tries(visit: Visit) -> str:
    return f"invitation from {visit.address}"
