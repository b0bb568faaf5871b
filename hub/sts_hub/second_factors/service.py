"""Rules of second factors: a code counts once, backup codes are shown once, and who takes one away has shown it."""

import time
from datetime import datetime
from uuid import UUID

from sts_hub.accounts import service as accounts
from sts_hub.accounts.signing_in import WrongFactor
from sts_hub.errors import Conflict, Forbidden
from sts_hub.kit import paper
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.kit.identity import token_hash
from sts_hub.kit.sealing import Sealing
from sts_hub.policy import Act, Caller, Kind, Role, Thing, guard
from sts_hub.second_factors import codes, repository
from sts_hub.second_factors.repository import AuthenticatorRow
from sts_hub.second_factors.schemas import (
    BackupCodes,
    NewAuthenticator,
    SecondFactor,
    SecondFactorRule,
)


class Authenticators:
    """What the doorkeeper asks of second factors."""

    def __init__(self, sealing: Sealing) -> None:
        self._sealing = sealing

    async def asked_for(self, session: ReadSession, account_id: UUID) -> bool:
        """Whether this account signs in with a code."""
        row = await repository.of(session, account_id)
        return row is not None and row.confirmed_at is not None

    async def check(self, session: WriteSession, account_id: UUID, code: str) -> None:
        """Use a code of the app or a backup code up. Raises WrongFactor; Conflict when the secret cannot be opened."""
        await _check(session, self._sealing, account_id, code)


async def shown(session: ReadSession, caller: Caller, sealing: Sealing) -> SecondFactor:
    """What the caller has set up."""
    row = await repository.of(session, caller.account_id)
    return SecondFactor(
        possible=sealing.possible,
        confirmed_at=_since(row),
        backup_codes=row.backup_codes if row else 0,
        required=caller.role in await repository.strong_roles(session, caller.club_id),
    )


async def begun(session: WriteSession, caller: Caller, sealing: Sealing) -> NewAuthenticator:
    """A new authenticator to be confirmed. Raises Conflict where there is one, or no key to seal with."""
    secret = codes.new_secret()
    if not await repository.begin(session, sealing.seal(secret.encode(), _about(caller.account_id))):
        raise Conflict(
            "You have an authenticator.", way_out="Take it away first, with your password and a code of it."
        )
    address = codes.address(secret, caller.email)
    return NewAuthenticator(secret=secret, address=address, qr_svg=paper.picture(address))


async def confirmed(session: WriteSession, caller: Caller, sealing: Sealing, code: str) -> BackupCodes:
    """Have the authenticator count from now on. Raises WrongFactor, Conflict where none waits for it."""
    row = await repository.of(session, caller.account_id)
    if row is None or row.confirmed_at is not None:
        raise Conflict(
            "No authenticator waits to be confirmed.", way_out="Begin with POST /api/v1/me/second-factor."
        )
    await _use(session, sealing, caller.account_id, row, codes.plain(code))
    await repository.confirm(session)
    await repository.strengthen(session, caller.token_hash)
    return await _new_codes(session)


async def codes_renewed(session: WriteSession, caller: Caller, sealing: Sealing, code: str) -> BackupCodes:
    """New backup codes in place of all before. Raises WrongFactor."""
    await _check(session, sealing, caller.account_id, code)
    return await _new_codes(session)


async def ended(session: WriteSession, caller: Caller, sealing: Sealing, code: str) -> None:
    """Take the caller's authenticator away. Raises WrongFactor."""
    await _check(session, sealing, caller.account_id, code)
    await repository.end(session)


async def reset(session: WriteSession, caller: Caller, account_id: UUID) -> None:
    """Take away what somebody of the club has lost, which ends all of their logins. Raises NotFound, Forbidden, Conflict."""
    row = await accounts.one(session, caller, account_id, Act.CHANGE)
    if caller.role is not Role.ADMIN:
        raise Forbidden(
            "An admin resets second factors; your own you take away at /api/v1/me/second-factor/removal."
        )
    if not await repository.reset(session, row.id):
        raise Conflict(
            "Your own second factor is not reset this way.",
            way_out="Take it away at /api/v1/me/second-factor/removal, or ask another admin.",
        )


async def rule(session: ReadSession, caller: Caller) -> SecondFactorRule:
    """Of which roles the caller's club asks for a second factor."""
    guard(caller, Act.SEE, _club(caller))
    return SecondFactorRule(required_of=await repository.strong_roles(session, caller.club_id))


async def rule_changed(
    session: WriteSession, caller: Caller, sealing: Sealing, roles: list[Role]
) -> SecondFactorRule:
    """Ask these roles of the caller's club. Raises Forbidden, Conflict where nobody could set one up."""
    guard(caller, Act.CHANGE, _club(caller))
    if roles and not sealing.possible:
        raise Conflict(
            "This hub can keep no authenticators.", way_out="Whoever runs the hub sets STS_SEALING_KEY_FILE."
        )
    await repository.set_strong_roles(session, caller.club_id, roles)
    return await rule(session, caller)


async def _check(session: WriteSession, sealing: Sealing, account_id: UUID, code: str) -> None:
    row = await repository.of(session, account_id)
    plain = codes.plain(code)
    if row is None or row.confirmed_at is None:
        raise _wrong()
    if not await repository.use_backup_code(session, account_id, token_hash(plain)):
        await _use(session, sealing, account_id, row, plain)


async def _use(
    session: WriteSession, sealing: Sealing, account_id: UUID, row: AuthenticatorRow, code: str
) -> None:
    secret = sealing.opened(row.secret, _about(account_id)).decode()
    step = codes.step_of(secret, code, time.time(), row.last_step)
    if step is None or not await repository.use_step(session, account_id, step):
        raise _wrong()


async def _new_codes(session: WriteSession) -> BackupCodes:
    made = codes.backup_codes()
    await repository.set_backup_codes(session, [token_hash(codes.plain(one)) for one in made])
    return BackupCodes(codes=made)


def _since(row: AuthenticatorRow | None) -> datetime | None:
    return row.confirmed_at if row else None


def _about(account_id: UUID) -> str:
    return f"authenticator {account_id}"


def _club(caller: Caller) -> Thing:
    return Thing(Kind.CLUB, caller.club_id)


def _wrong() -> WrongFactor:
    return WrongFactor("This code is wrong or was used before.")
