"""Routes of passkeys."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends
from starlette.responses import Response

from sts_hub.accounts.entrance import Door, Entering, Visiting
from sts_hub.accounts.schemas import Me
from sts_hub.accounts.signing_in import StepEnded
from sts_hub.config import Settings
from sts_hub.errors import Conflict, Forbidden, NotFound, NotSignedIn, TooMany, WrongCredentials
from sts_hub.kit.database import Database
from sts_hub.kit.identity import InPerson
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.provide import provided
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.passkeys import service
from sts_hub.passkeys.ceremonies import PasskeyRefused
from sts_hub.passkeys.relying_party import RelyingParty
from sts_hub.passkeys.schemas import (
    NewPasskey,
    Passkey,
    PasskeyChange,
    PasskeyOptions,
    Passkeys,
    PasskeySignIn,
)

router = Router(tags=["accounts"])

GivenSettings = Annotated[Settings, Depends(provided(Settings))]
_ONE = described(NotSignedIn, Forbidden, NotFound, *UNSAFE)


async def _party(settings: GivenSettings) -> RelyingParty:
    party = RelyingParty.of(settings)
    if party is None:
        raise Conflict(
            "This hub takes no passkeys.",
            way_out="Whoever runs the hub gives it a name and TLS, and sets STS_PUBLIC_ORIGIN to it.",
        )
    return party


Party = Annotated[RelyingParty, Depends(_party)]


@router.post("/session/passkey/options", responses=described(Conflict, TooMany, *UNSAFE))
async def begin_passkey_sign_in(
    entrance: Entering,
    door: Door,
    visit: Visiting,
    party: Party,
    database: Annotated[Database, Depends(provided(Database))],
) -> PasskeyOptions:
    """Begin to sign in by a passkey: what to ask the browser for."""
    await door.count_begun(visit)
    options, begun = await service.signing_begun(database, party)
    entrance.wait(begun.token)
    return PasskeyOptions(options=options, expires_at=begun.expires_at)


@router.post(
    "/session/passkey",
    response_model=Me,
    responses=described(StepEnded, WrongCredentials, PasskeyRefused, Conflict, TooMany, *UNSAFE),
)
async def sign_in_by_passkey(
    entrance: Entering,
    door: Door,
    visit: Visiting,
    party: Party,
    database: Annotated[Database, Depends(provided(Database))],
    given: PasskeySignIn,
) -> Me | Response:
    """Sign in by a passkey; it has verified its user, so no further step is asked for."""
    async with door.counted(visit, f"passkey from {visit.address}"):
        proof = await service.proved(database, party, visit.step, given.credential)
    return entrance.answer(await door.enter(visit, proof))


@router.get("/me/passkeys", responses=described(NotSignedIn, Forbidden))
async def list_passkeys(_caller: InPerson, session: Reads, settings: GivenSettings) -> Passkeys:
    """Your passkeys."""
    return await service.listed(session, RelyingParty.of(settings))


@router.post("/me/passkeys/options", responses=described(NotSignedIn, Forbidden, Conflict, *UNSAFE))
async def begin_passkey(
    caller: InPerson, party: Party, session: Writes, entrance: Entering
) -> PasskeyOptions:
    """Begin to make a passkey on this device: what to ask the browser for."""
    options, begun = await service.making_begun(session, caller, party)
    entrance.wait(begun.token)
    return PasskeyOptions(options=options, expires_at=begun.expires_at)


@router.post(
    "/me/passkeys",
    status_code=201,
    responses=described(NotSignedIn, StepEnded, Forbidden, PasskeyRefused, Conflict, *UNSAFE),
)
async def add_passkey(
    caller: InPerson, party: Party, session: Writes, visit: Visiting, new: NewPasskey
) -> Passkey:
    """Keep the passkey that the browser has made."""
    return await service.made(session, caller, party, visit.step, new)


@router.patch("/me/passkeys/{passkey_id}", responses=_ONE)
async def change_passkey(
    _caller: InPerson, session: Writes, passkey_id: UUID, change: PasskeyChange
) -> Passkey:
    """Give a passkey of yours another name."""
    return await service.renamed(session, passkey_id, change.name)


@router.delete("/me/passkeys/{passkey_id}", status_code=204, responses=_ONE)
async def remove_passkey(_caller: InPerson, session: Writes, passkey_id: UUID) -> None:
    """Remove a passkey of yours; it signs nobody in any more."""
    await service.removed(session, passkey_id)
