"""Routes of second factors; a token for scripts opens none of them."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import Depends

from sts_hub.accounts.entrance import Door, Visiting
from sts_hub.accounts.signing_in import WrongFactor
from sts_hub.errors import Conflict, Forbidden, NotFound, NotSignedIn, TooMany, WrongCredentials
from sts_hub.kit.identity import Asking, InPerson
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.provide import provided
from sts_hub.kit.routes import Router
from sts_hub.kit.sealing import Sealing
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.second_factors import service
from sts_hub.second_factors.schemas import (
    BackupCodes,
    Confirmation,
    NewAuthenticator,
    Proof,
    SecondFactor,
    SecondFactorRule,
    SecondFactorRuleChange,
)

router = Router(tags=["accounts"])

Seals = Annotated[Sealing, Depends(provided(Sealing))]


async def _proved(caller: InPerson, door: Door, visit: Visiting, proof: Proof) -> str:
    """The code of a proof whose password is right: checked before the transaction begins, since that takes long."""
    await door.check_password(visit, caller, proof.password)
    return proof.code.get_secret_value()


async def _counted(caller: InPerson, door: Door, visit: Visiting) -> AsyncIterator[None]:
    """One try at a code, counted before the route's transaction begins and forgiven after it has ended well."""
    async with door.counted(visit, f"code of {caller.account_id}"):
        yield


ProvedCode = Annotated[str, Depends(_proved)]
Counted = Annotated[None, Depends(_counted, scope="function")]
_PROVED = described(NotSignedIn, WrongCredentials, Forbidden, WrongFactor, Conflict, TooMany, *UNSAFE)


@router.get("/me/second-factor", responses=described(NotSignedIn, Forbidden))
async def get_second_factor(caller: InPerson, session: Reads, sealing: Seals) -> SecondFactor:
    """What you have beside your password."""
    return await service.shown(session, caller, sealing)


@router.post(
    "/me/second-factor", status_code=201, responses=described(NotSignedIn, Forbidden, Conflict, *UNSAFE)
)
async def begin_second_factor(caller: InPerson, session: Writes, sealing: Seals) -> NewAuthenticator:
    """Begin to set up an authenticator app, in place of any that was not confirmed."""
    return await service.begun(session, caller, sealing)


@router.post("/me/second-factor/confirmation", responses=_PROVED)
async def confirm_second_factor(
    caller: InPerson, _tried: Counted, session: Writes, sealing: Seals, given: Confirmation
) -> BackupCodes:
    """Confirm the app by a code of it; from now on a code is asked for at each sign-in. Shows your backup codes, once."""
    return await service.confirmed(session, caller, sealing, given.code.get_secret_value())


@router.post("/me/second-factor/backup-codes", responses=_PROVED)
async def renew_backup_codes(
    caller: InPerson, code: ProvedCode, _tried: Counted, session: Writes, sealing: Seals
) -> BackupCodes:
    """Make new backup codes in place of all before."""
    return await service.codes_renewed(session, caller, sealing, code)


@router.post("/me/second-factor/removal", status_code=204, responses=_PROVED)
async def remove_second_factor(
    caller: InPerson, code: ProvedCode, _tried: Counted, session: Writes, sealing: Seals
) -> None:
    """Take your authenticator away, with its backup codes."""
    await service.ended(session, caller, sealing, code)


@router.delete(
    "/accounts/{account_id}/second-factor",
    status_code=204,
    responses=described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE),
)
async def reset_second_factor(caller: InPerson, session: Writes, account_id: UUID) -> None:
    """Reset the second factor of somebody who has lost it; ends all of their logins."""
    await service.reset(session, caller, account_id)


@router.get("/club/second-factor", responses=described(NotSignedIn, NotFound))
async def get_second_factor_rule(caller: Asking, session: Reads) -> SecondFactorRule:
    """Of which roles your club asks for a second factor."""
    return await service.rule(session, caller)


@router.put("/club/second-factor", responses=described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE))
async def change_second_factor_rule(
    caller: InPerson, session: Writes, sealing: Seals, change: SecondFactorRuleChange
) -> SecondFactorRule:
    """Say which roles of your club must have a second factor; a login without one can then only set it up."""
    return await service.rule_changed(session, caller, sealing, change.required_of)
