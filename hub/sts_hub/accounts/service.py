"""Rules of accounts: an e-mail is used once, and a club always keeps an admin who can sign in."""

import secrets
from collections.abc import Collection
from datetime import timedelta
from typing import Final
from uuid import UUID

from sts_hub.accounts import repository
from sts_hub.accounts.passwords import Passwords, refuse_guessable
from sts_hub.accounts.repository import AccountRow
from sts_hub.accounts.schemas import Account, AccountChange, Club, Me, NewAccount, RecoveryCode
from sts_hub.errors import Conflict, Forbidden, NotFound
from sts_hub.kit.database import ReadSession, WriteSession, conflicts
from sts_hub.kit.identity import token_hash
from sts_hub.kit.pages import Cut
from sts_hub.kit.shapes import Page
from sts_hub.policy import Act, Caller, Kind, Role, Thing, guard, guard_new, may, missing

# Typed by hand within an hour, at 40 tries in a quarter of one.
RECOVERY_BYTES: Final = 8
RECOVERY_LASTS: Final = timedelta(hours=1)


async def listed(session: ReadSession, caller: Caller, cut: Cut) -> Page[Account]:
    """The accounts that the caller sees."""
    rows = await repository.page(session, cut.after(str, UUID), cut.limit)
    return cut.page(
        rows,
        key=lambda row: (row.email, row.id),
        item=shown,
        keep=lambda row: may(caller, Act.SEE, row.thing),
    )


async def one(session: ReadSession, caller: Caller, account_id: UUID, act: Act = Act.SEE) -> AccountRow:
    """An account that the caller may see or change; raises NotFound or Forbidden."""
    row = await repository.by_id(session, account_id)
    if row is None:
        raise missing(Kind.ACCOUNT)
    guard(caller, act, row.thing)
    return row


async def added(session: WriteSession, caller: Caller, new: NewAccount, passwords: Passwords) -> Account:
    """Add an account to the caller's club."""
    guard_new(caller, Thing(Kind.ACCOUNT, caller.club_id))
    password = new.password.get_secret_value()
    await refuse_guessable(password, new.email, new.name, caller.club_name)
    taken = Conflict("There is already an account with this e-mail.", way_out="Use another e-mail.")
    with conflicts({"account_email_key": taken}):
        added_id = await repository.add(
            session, caller.club_id, new.email, new.name, new.role, await passwords.hashed(password)
        )
    await _give_teams(session, caller, added_id, new.teams)
    return shown(await one(session, caller, added_id))


async def changed(
    session: WriteSession, caller: Caller, account_id: UUID, change: AccountChange, passwords: Passwords
) -> Account:
    """Change an account; whoever is no admin can change only the own name here."""
    row = await one(session, caller, account_id, Act.CHANGE)
    if caller.role is not Role.ADMIN and change.model_fields_set - {"name"}:
        raise Forbidden(
            "Of your own account you can change the name here, and the password at /api/v1/me/password."
        )
    if _ends_admin(row, change) and await repository.other_admins(session, row.id) == 0:
        raise Conflict("The club would have no admin left.", way_out="Make somebody else an admin first.")
    await _write(session, row, change, passwords)
    if change.teams is not None:
        await _give_teams(session, caller, row.id, change.teams)
    return shown(await one(session, caller, row.id))


async def recovery_begun(session: WriteSession, caller: Caller, account_id: UUID) -> RecoveryCode:
    """Make a one-time code for an account of the club, in place of any before. Raises NotFound, Forbidden, Conflict."""
    row = await one(session, caller, account_id, Act.CHANGE)
    if caller.role is not Role.ADMIN:
        raise Forbidden("An admin makes such codes; your own password you change at /api/v1/me/password.")
    code = secrets.token_hex(RECOVERY_BYTES)
    ends = await repository.begin_recovery(session, row.id, token_hash(code), RECOVERY_LASTS)
    if ends is None:
        raise Conflict("This account is disabled.", way_out="Enable it first (PATCH with disabled: false).")
    return RecoveryCode(code=code, expires_at=ends)


async def _write(session: WriteSession, row: AccountRow, change: AccountChange, passwords: Passwords) -> None:
    if change.name is not None:
        await repository.rename(session, row.id, change.name)
    if change.role is not None:
        await repository.change_role(session, row.id, change.role)
    if change.disabled is not None:
        await repository.change_disabled(session, row.id, change.disabled)
    if change.password is not None:
        password = change.password.get_secret_value()
        await refuse_guessable(password, row.email, row.name)
        await repository.change_password(session, row.id, await passwords.hashed(password))


def _ends_admin(row: AccountRow, change: AccountChange) -> bool:
    acting = row.role == Role.ADMIN and row.disabled_at is None
    return acting and (change.disabled is True or change.role not in (None, Role.ADMIN))


async def _give_teams(
    session: WriteSession, caller: Caller, account_id: UUID, teams: Collection[UUID]
) -> None:
    unknown = NotFound("One of these teams does not exist.")
    with conflicts({"account_team_team_id_club_id_fkey": unknown}):
        await repository.set_teams(session, account_id, caller.club_id, teams)


def me(caller: Caller) -> Me:
    """Who is signed in, as the API tells it."""
    return Me(
        id=caller.account_id,
        email=caller.email,
        name=caller.name,
        role=caller.role,
        club=Club(id=caller.club_id, name=caller.club_name),
        teams=sorted(caller.teams),
        owes_factor=caller.owes_factor,
    )


def shown(row: AccountRow) -> Account:
    """The account as the API tells it."""
    return Account.model_validate(row)
