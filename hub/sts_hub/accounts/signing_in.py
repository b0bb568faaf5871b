"""Signing in and out.

What it withstands: guessing (tries are limited per address and per account, and are counted before the
password is checked, so a burst is counted too), finding out who has an account (same answer after the same
time), floods (bounded concurrency of hashing), a stolen database (only hashes of tokens and passwords in it),
a token planted beforehand (every sign-in makes a new one and ends the old).

Each way of signing in ends in a `Proof` of whose account it is; where the account has an authenticator app, and the
proof is not of two factors already, a code of it is the next step.
"""

import contextlib
import ipaddress
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from pydantic import SecretStr
from starlette.requests import Request

from sts_hub import logs
from sts_hub.accounts import repository
from sts_hub.accounts.passwords import Passwords, refuse_guessable
from sts_hub.accounts.schemas import PasswordChange, Recovery, SignIn
from sts_hub.accounts.tries import SharedTries, Tried
from sts_hub.errors import Refusal, WrongCredentials
from sts_hub.kit import challenges
from sts_hub.kit.challenges import Step
from sts_hub.kit.database import Database, WriteSession
from sts_hub.kit.identity import LASTS, caller_of, new_token, token_hash
from sts_hub.policy import Caller

# Somebody who has forgotten a password tries four or five. A club's coaches may share one address, so it gets
# more.
ACCOUNT_TRIES: Final = 10
ADDRESS_TRIES: Final = 40
WINDOW_S: Final = 15 * 60.0
# Whoever begins leaves a row in the database for minutes: a club's people who all sign in before training, and no flood.
ADDRESS_BEGINS: Final = 200

_log = logs.get("sts_hub.accounts")


class WrongCode(Refusal):
    """The code sets no password. Whether it ever was one is not told."""

    status = 403
    type = "wrong-code"
    title = "This code sets no password"
    way_out = "Check it, or ask an admin of your club for a new one: each is good once, for an hour."


class StepEnded(Refusal):
    """What was begun of a sign-in has ended, was finished, or was begun in another browser."""

    status = 401
    type = "step-ended"
    title = "This sign-in has ended"
    way_out = "Begin the sign-in again; a step of it waits ten minutes."


class WrongFactor(Refusal):
    """The code is none of the authenticator's, or was used before. Which of them is not told."""

    status = 403
    type = "wrong-factor"
    title = "This code does not fit"
    way_out = "Wait for the next code of your app and check that the phone's clock is set by itself; or use a backup code."


class SecondFactors(Protocol):
    """What accounts may have beside their passwords."""

    async def asked_for(self, session: WriteSession, account_id: UUID) -> bool:
        """Whether this account signs in with a code."""

    async def check(self, session: WriteSession, account_id: UUID, code: str) -> None:
        """Use a code up. Raises WrongFactor."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Who knocks: the address that tries are counted against, the hashes of the login held before and of the step that
    waits, and what the browser calls itself."""

    address: str
    before: bytes | None = None
    step: bytes | None = None
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """Whose account it is, and how that was proved; by a password, with the hash that it was checked against."""

    account_id: UUID
    way: str = "password"
    password_hash: str | None = None
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """A login: its token and its account."""

    token: str
    caller: Caller


@dataclass(frozen=True, slots=True)
class Waiting:
    """A step that is still to be taken, the token to take it with, and until when."""

    step: Step
    token: str
    expires_at: datetime


class Doorkeeper:
    """Lets people in and out; one for each process."""

    def __init__(self, database: Database, passwords: Passwords, factors: SecondFactors) -> None:
        self.passwords = passwords
        self.factors = factors
        self._database = database
        self._tries = SharedTries(database, WINDOW_S)

    async def admit(self, visit: Visit, given: SignIn) -> Entered | Waiting:
        """Sign in by e-mail and password. Raises WrongCredentials, TooMany, Busy or Away."""
        email = given.email.strip().lower()
        async with self.counted(visit, email):
            proof = await self._checked(email, given.password)
        return await self.enter(visit, proof)

    async def enter(self, visit: Visit, proof: Proof) -> Entered | Waiting:
        """Let in whoever has proved this, or ask for the next step. Raises WrongCredentials when the account was
        disabled or its password changed meanwhile."""
        async with self._database.nobody() as session:
            if not proof.strong and await self.factors.asked_for(session, proof.account_id):
                noted = {"way": proof.way, "password_hash": proof.password_hash}
                begun = await challenges.begin(session, Step.CODE, noted, proof.account_id)
                return Waiting(Step.CODE, begun.token, begun.expires_at)
            token = await self._opened(session, visit, proof)
        return await self._welcomed(token)

    async def take_step(self, visit: Visit, code: str) -> Entered:
        """Sign in by a code after what was proved before. Raises StepEnded, WrongFactor, TooMany or Away."""
        async with self._database.nobody() as session:
            waiting = await challenges.known(session, visit.step, Step.CODE)
        if waiting is None or waiting.account_id is None:
            raise StepEnded("No sign-in waits for a code here.")
        async with (
            self.counted(visit, f"code of {waiting.account_id}"),
            self._database.nobody() as session,
        ):
            await self.factors.check(session, waiting.account_id, code)
            await challenges.taken(session, visit.step, Step.CODE)
            proof = Proof(waiting.account_id, strong=True, **waiting.content)
            token = await self._opened(session, visit, proof)
        return await self._welcomed(token)

    async def _opened(self, session: WriteSession, visit: Visit, proof: Proof) -> str:
        token = new_token()
        if visit.before is not None:
            await session.do("SELECT sts.login_close($1)", visit.before)
        await session.do("SELECT sts.login_sweep()")
        opened = await session.value(
            "SELECT sts.login_open($1, $2, $3, $4, $5, $6, $7)",
            token_hash(token),
            proof.account_id,
            proof.password_hash,
            LASTS,
            printable(visit.agent),
            proof.way,
            proof.strong,
        )
        if not opened:
            raise _wrong()
        return token

    async def _welcomed(self, token: str) -> Entered:
        caller = await caller_of(self._database, token_hash(token))
        if caller is None:
            raise _wrong()
        _log.info("signed in", **{"user.id": str(caller.account_id)})
        return Entered(token, caller)

    async def dismiss(self, hashed: bytes) -> None:
        """End a login."""
        async with self._database.nobody() as session:
            await session.do("SELECT sts.login_close($1)", hashed)

    async def change_password(self, visit: Visit, caller: Caller, change: PasswordChange) -> None:
        """Set one's own password, which ends all of one's logins."""
        await self.check_password(visit, caller, change.current)
        new = change.new.get_secret_value()
        await refuse_guessable(new, caller.email, caller.name, caller.club_name)
        hashed = await self.passwords.hashed(new)
        async with self._database.writing(caller) as session:
            await repository.change_password(session, caller.account_id, hashed)

    async def check_password(self, visit: Visit, caller: Caller, password: SecretStr) -> None:
        """Ask the caller's password once more. Raises WrongCredentials, TooMany or Busy."""
        async with self.counted(visit, caller.email):
            await self._checked(caller.email, password)

    async def recover(self, address: str, given: Recovery) -> None:
        """Set a new password by a one-time code, which ends all logins. Raises WrongCode, TooMany, Invalid or Away."""
        await self._count(address, f"recovery from {address}")
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

    async def _checked(self, email: str, password: SecretStr) -> Proof:
        async with self._database.nobody() as session:
            row = await session.row("SELECT * FROM sts.account_signing_in($1)", email)
        hashed = row["password_hash"] if row else None
        if not await self.passwords.fits(hashed, password.get_secret_value()) or row is None:
            _log.warning("sign-in refused")
            raise _wrong()
        return Proof(row["account_id"], password_hash=hashed)

    @contextlib.asynccontextmanager
    async def counted(self, visit: Visit, what: str) -> AsyncIterator[None]:
        """One try at this, forgiven when it succeeds. Raises TooMany before anything is tried."""
        await self._count(visit.address, what)
        yield
        await self._tries.forgive(what)

    async def count_begun(self, visit: Visit) -> None:
        """One sign-in more is begun that waits for its answer. Raises TooMany."""
        await self._tries.take(Tried(f"begun from {visit.address}", ADDRESS_BEGINS))

    async def _count(self, address: str, what: str) -> None:
        await self._tries.take(Tried(f"from {address}", ADDRESS_TRIES), Tried(what, ACCOUNT_TRIES))


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
