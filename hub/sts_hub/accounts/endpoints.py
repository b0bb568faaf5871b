"""Routes of signing in and of accounts."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from sts_hub.accounts import service, signing_in
from sts_hub.accounts.entrance import NEXT_STEP, Door, Entering, GivenCookie, Visiting
from sts_hub.accounts.recovery import RecoveryLetters
from sts_hub.accounts.schemas import (
    Account,
    AccountChange,
    Me,
    NewAccount,
    PasswordChange,
    Recovery,
    RecoveryCode,
    RecoveryLetter,
    SignIn,
    StepCode,
)
from sts_hub.errors import Conflict, Forbidden, NotFound, NotSignedIn, TooMany, WrongCredentials
from sts_hub.kit.identity import Asking, InPerson
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.provide import provided
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.kit.shapes import Page

router = Router(tags=["accounts"])
Letters = Annotated[RecoveryLetters, Depends(provided(RecoveryLetters))]


@router.post(
    "/session", response_model=Me, responses={**NEXT_STEP, **described(WrongCredentials, TooMany, *UNSAFE)}
)
async def sign_in(entrance: Entering, door: Door, visit: Visiting, credentials: SignIn) -> Me | Response:
    """Sign in; the answer sets the cookie that every other request needs. With an authenticator app a code is asked for
    next."""
    return entrance.answer(await door.admit(visit, credentials))


@router.post(
    "/session/code",
    response_model=Me,
    responses=described(signing_in.StepEnded, signing_in.WrongFactor, Conflict, TooMany, *UNSAFE),
)
async def sign_in_by_code(entrance: Entering, door: Door, visit: Visiting, given: StepCode) -> Me | Response:
    """Finish a sign-in by a code of the authenticator app, or a backup code."""
    return entrance.answer(await door.take_step(visit, given.code.get_secret_value()))


@router.post(
    "/session/recovery", status_code=204, responses=described(signing_in.WrongCode, TooMany, *UNSAFE)
)
async def recover_account(request: Request, door: Door, given: Recovery) -> None:
    """Set a new password by a one-time code from an admin or a letter; ends all logins of the account, so sign in."""
    await door.recover(signing_in.address_of(request), given)


@router.post("/session/recovery-letter", status_code=202, responses=described(Conflict, TooMany, *UNSAFE))
async def send_recovery_letter(
    request: Request,
    letters: Letters,
    about: RecoveryLetter,
) -> None:
    """Have a letter sent with a link that sets a new password, good once for half an hour. The answer is the same whether
    or not there is such an account."""
    await letters.send(signing_in.address_of(request), about.email.strip().lower())


@router.delete("/session", status_code=204, responses=described(*UNSAFE))
async def sign_out(request: Request, response: Response, door: Door, cookie: GivenCookie) -> None:
    """Sign out; ends this login and its live streams at once. Also answers 204 when nobody was signed in."""
    hashed = cookie.hash_of(request)
    if hashed is not None:
        await door.dismiss(hashed)
    cookie.take(response)


@router.get("/me", responses=described(NotSignedIn))
async def get_me(caller: Asking) -> Me:
    """Who is signed in."""
    return service.me(caller)


@router.put(
    "/me/password",
    status_code=204,
    responses=described(NotSignedIn, WrongCredentials, Forbidden, TooMany, *UNSAFE),
)
async def change_password(
    response: Response,
    caller: InPerson,
    door: Door,
    visit: Visiting,
    cookie: GivenCookie,
    change: PasswordChange,
) -> None:
    """Change your own password; ends all your logins, so sign in again."""
    await door.change_password(visit, caller, change)
    cookie.take(response)


@router.get("/accounts", responses=described(NotSignedIn))
async def list_accounts(caller: Asking, session: Reads, part: Part) -> Page[Account]:
    """The accounts that you see, by e-mail."""
    return await service.listed(session, caller, part)


@router.post(
    "/accounts", status_code=201, responses=described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE)
)
async def add_account(caller: Asking, session: Writes, door: Door, new: NewAccount) -> Account:
    """Add an account to your club."""
    return await service.added(session, caller, new, door.passwords)


@router.get("/accounts/{account_id}", responses=described(NotSignedIn, NotFound))
async def get_account(caller: Asking, session: Reads, account_id: UUID) -> Account:
    """One account."""
    return service.shown(await service.one(session, caller, account_id))


@router.patch(
    "/accounts/{account_id}", responses=described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE)
)
async def change_account(
    caller: Asking, session: Writes, door: Door, account_id: UUID, change: AccountChange
) -> Account:
    """Change an account; a new role or password and disabling end its logins at once."""
    return await service.changed(session, caller, account_id, change, door.passwords)


@router.post(
    "/accounts/{account_id}/recovery",
    status_code=201,
    responses=described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE),
)
async def begin_recovery(caller: InPerson, session: Writes, account_id: UUID) -> RecoveryCode:
    """Make a one-time code with which somebody who cannot sign in sets a new password, within an hour."""
    return await service.recovery_begun(session, caller, account_id)
