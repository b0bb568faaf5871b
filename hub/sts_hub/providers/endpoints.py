"""Routes of signing in through a provider, and of what there is to sign in with."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends
from starlette.responses import Response

from sts_hub.accounts.entrance import NEXT_STEP, Door, Entering, Visiting
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
from sts_hub.passkeys.relying_party import RelyingParty
from sts_hub.providers import service
from sts_hub.providers.openid import ProviderAway, ProviderRefused
from sts_hub.providers.schemas import (
    Identities,
    ProviderAddress,
    ProviderAnswer,
    SignOutAddress,
    WaysIn,
)
from sts_hub.providers.service import Providers, Stranger

router = Router(tags=["accounts"])

Known = Annotated[Providers, Depends(provided(Providers))]
GivenDatabase = Annotated[Database, Depends(provided(Database))]


@router.get("/session/ways", responses=described())
async def list_ways_in(
    settings: Annotated[Settings, Depends(provided(Settings))], providers: Known
) -> WaysIn:
    """How one can sign in here, beside e-mail and password."""
    return WaysIn(passkeys=RelyingParty.of(settings) is not None, providers=providers.buttons)


@router.post("/session/providers/{provider}", responses=described(NotFound, TooMany, ProviderAway, *UNSAFE))
async def begin_provider_sign_in(
    entrance: Entering,
    door: Door,
    visit: Visiting,
    providers: Known,
    database: GivenDatabase,
    provider: str,
) -> ProviderAddress:
    """Begin to sign in through a provider: where to send the browser."""
    client = providers.client(provider)
    await door.count_begun(visit)
    address, token = await service.begun(database, client)
    entrance.wait(token)
    return ProviderAddress(address=address)


@router.post(
    "/session/providers/{provider}/answer",
    response_model=Me,
    responses={
        **NEXT_STEP,
        **described(
            StepEnded,
            WrongCredentials,
            ProviderRefused,
            Stranger,
            NotFound,
            Conflict,
            TooMany,
            ProviderAway,
            *UNSAFE,
        ),
    },
)
async def sign_in_by_provider(
    entrance: Entering,
    door: Door,
    visit: Visiting,
    providers: Known,
    database: GivenDatabase,
    provider: str,
    given: ProviderAnswer,
) -> Me | Response:
    """Sign in with what the provider answered. With an authenticator app a code is asked for next."""
    client = providers.client(provider)
    async with door.counted(visit, f"provider from {visit.address}"):
        proof = await service.proved(database, client, visit.step, given, door.passwords)
    return entrance.answer(await door.enter(visit, proof))


@router.get("/me/sign-out", responses=described(NotSignedIn, Forbidden, ProviderAway))
async def get_sign_out_address(caller: InPerson, session: Reads, providers: Known) -> SignOutAddress:
    """Where to sign out at the provider that you came through, beside DELETE /api/v1/session."""
    return SignOutAddress(address=await providers.sign_out_address(await service.way_of(session, caller)))


@router.get("/me/identities", responses=described(NotSignedIn, Forbidden))
async def list_identities(_caller: InPerson, session: Reads, providers: Known) -> Identities:
    """Who of which provider signs in as you."""
    return await service.listed(session, providers)


@router.delete(
    "/me/identities/{identity_id}",
    status_code=204,
    responses=described(NotSignedIn, Forbidden, NotFound, *UNSAFE),
)
async def remove_identity(_caller: InPerson, session: Writes, identity_id: UUID) -> None:
    """Untie a person of a provider from your account; with the same verified e-mail the next sign-in ties it again."""
    await service.removed(session, identity_id)
