"""Signing in and out.

What it withstands: guessing (tries are limited per address and per account, and are counted before the
password is checked, so a burst is counted too), finding out who has an account (same answer after the same
time), floods (bounded concurrency of hashing), a stolen database (only hashes of tokens and passwords in it),
a token planted beforehand (every sign-in makes a new one and ends the old).
"""

import ipaddress
import math
from typing import Final

from starlette.requests import Request

from sts_hub import logs
from sts_hub.accounts import repository
from sts_hub.accounts.passwords import Passwords, refuse_guessable
from sts_hub.accounts.schemas import PasswordChange, Recovery, SignIn
from sts_hub.accounts.tries import Tries
from sts_hub.errors import Refusal, TooMany, WrongCredentials
from sts_hub.kit.database import Database
from sts_hub.kit.identity import LASTS, caller_of, new_token, token_hash
from sts_hub.policy import Caller

# Somebody who has forgotten a password tries four or five. A club's coaches may share one address, so it gets
# more.
ACCOUNT_TRIES: Final = 10
ADDRESS_TRIES: Final = 40
WINDOW_S: Final = 15 * 60.0

_log = logs.get("sts_hub.accounts")


class WrongCode(Refusal):
    """The code sets no password. Whether it ever was one is not told."""

    status = 403
    type = "wrong-code"
    title = "This code sets no password"
    way_out = "Check it, or ask an admin of your club for a new one: each is good once, for an hour."


class Doorkeeper:
    """Lets people in and out; one for each process."""

    def __init__(self, database: Database, passwords: Passwords) -> None:
        self.passwords = passwords
        self._database = database
        self._by_address = Tries(ADDRESS_TRIES, WINDOW_S)
        self._by_account = Tries(ACCOUNT_TRIES, WINDOW_S)

    async def admit(
        self, address: str, given: SignIn, before: bytes | None, agent: str = ""
    ) -> tuple[str, Caller]:
        """The token of a new login and its account; a login held before is ended. `agent`: the browser's own name.

        Raises WrongCredentials, TooMany, Busy or Away.
        """
        email = given.email.strip().lower()
        self._count(address, email)
        password_hash = await self._checked(email, given.password.get_secret_value())
        token = new_token()
        async with self._database.nobody() as session:
            if before is not None:
                await session.do("SELECT sts.login_close($1)", before)
            await session.do("SELECT sts.login_sweep()")
            opened = await session.value(
                "SELECT sts.login_open($1, $2, $3, $4, $5)",
                token_hash(token),
                *password_hash,
                LASTS,
                printable(agent),
            )
        caller = await caller_of(self._database, token_hash(token)) if opened else None
        if caller is None:
            raise _wrong()
        self._by_account.forgive(email)
        _log.info("signed in", **{"user.id": str(caller.account_id)})
        return token, caller

    async def dismiss(self, hashed: bytes) -> None:
        """End a login."""
        async with self._database.nobody() as session:
            await session.do("SELECT sts.login_close($1)", hashed)

    async def change_password(self, address: str, caller: Caller, change: PasswordChange) -> None:
        """Set one's own password, which ends all of one's logins."""
        self._count(address, caller.email)
        await self._checked(caller.email, change.current.get_secret_value())
        new = change.new.get_secret_value()
        await refuse_guessable(new, caller.email, caller.name, caller.club_name)
        hashed = await self.passwords.hashed(new)
        async with self._database.writing(caller) as session:
            await repository.change_password(session, caller.account_id, hashed)
        self._by_account.forgive(caller.email)

    async def recover(self, address: str, given: Recovery) -> None:
        """Set a new password by a one-time code, which ends all logins. Raises WrongCode, TooMany, Invalid or Away."""
        self._count(address, f"recovery from {address}")
        hashed_code = token_hash(given.code.get_secret_value().strip().lower())
        async with self._database.nobody() as session:
            about = await session.row("SELECT * FROM sts.recovery_of($1)", hashed_code)
        if about is None:
            raise _wrong_code()
        new = given.password.get_secret_value()
        await refuse_guessable(new, *about)
        hashed = await self.passwords.hashed(new)
        async with self._database.nobody() as session:
            if not await session.value("SELECT sts.recovery_end($1, $2)", hashed_code, hashed):
                raise _wrong_code()
        _log.info("password recovered")

    async def _checked(self, email: str, password: str) -> tuple[object, str]:
        """Account id and hash of the password; raises WrongCredentials."""
        account_id, hashed = await self._account(email)
        if not await self.passwords.fits(hashed, password) or hashed is None:
            _log.warning("sign-in refused")
            raise _wrong()
        return account_id, hashed

    async def _account(self, email: str) -> tuple[object, str | None]:
        async with self._database.nobody() as session:
            row = await session.row("SELECT * FROM sts.account_signing_in($1)", email)
        return (row["account_id"], row["password_hash"]) if row else (None, None)

    def _count(self, address: str, email: str) -> None:
        wait_s = max(self._by_address.wait_s(address), self._by_account.wait_s(email))
        if wait_s > 0:
            raise TooMany(
                f"Wait {math.ceil(wait_s / 60)} min before the next try.",
                headers={"Retry-After": str(math.ceil(wait_s))},
            )
        self._by_address.count(address)
        self._by_account.count(email)


def address_of(request: Request) -> str:
    """Whom to count a try against: the client's address, of IPv6 the network (a household has 2^64
    addresses)."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def printable(text: str) -> str:
    """What a database can hold of a header."""
    return "".join(char for char in text if char.isprintable())[:200]


def _wrong() -> WrongCredentials:
    return WrongCredentials("This e-mail and password do not belong together.")


def _wrong_code() -> WrongCode:
    return WrongCode("This code is wrong, used up or too old.")
