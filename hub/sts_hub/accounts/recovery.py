"""Recovery by mail: whoever reads the mailbox of an account gets a code that sets a new password, as an admin's does.

Whether there is such an account shows neither in the answer nor in its time; who asks for too many letters waits, whether
or not there is one.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from datetime import timedelta
from typing import Final

import msgspec

from sts_hub.accounts import repository
from sts_hub.accounts.service import RECOVERY_BYTES
from sts_hub.accounts.tries import SharedTries, Tried
from sts_hub.kit.database import Database
from sts_hub.kit.identity import token_hash
from sts_hub.outbox.mail import Mail

# The mailbox is at hand, or the letter is asked for again.
LASTS: Final = timedelta(minutes=30)
# One for the day on which nothing works, one more when the first was overlooked, and a mistake.
ACCOUNT_LETTERS: Final = 3
# A club's coaches may share one address.
ADDRESS_LETTERS: Final = 20
WINDOW_S: Final = 3600.0
# Keeping a code and queuing a letter takes some milliseconds, which nobody is to see from outside.
ANSWER_S: Final = 0.5

_TEXT: Final = """\
Somebody, we hope you, asked for a new password for your account at {origin}.

{origin}/recovery#{code}

This link is good once, for half an hour; it ends all logins of the account. The code alone: {code}

If it was not you, do nothing: nobody else sees this link, and your password stays.
"""


class RecoveryLetters:
    """Sends such letters; one for each process."""

    def __init__(self, database: Database, mail: Mail, public_origin: str) -> None:
        self._database = database
        self._mail = mail
        self._origin = public_origin
        self._tries = SharedTries(database, WINDOW_S)

    async def send(self, address: str, email: str) -> None:
        """Queue a letter if there is such an account. Raises Conflict where the hub sends none, TooMany, Away."""
        self._mail.needed("Ask an admin of your club for a one-time code, which sets a new password, too.")
        await self._tries.take(
            Tried(f"letters from {address}", ADDRESS_LETTERS), Tried(f"letters to {email}", ACCOUNT_LETTERS)
        )
        since_s = time.monotonic()
        code = secrets.token_hex(RECOVERY_BYTES)
        said = {"subject": "A new password", "text": _TEXT.format(origin=self._origin, code=code)}
        async with self._database.nobody() as session:
            await repository.ask_recovery(
                session, email, token_hash(code), LASTS, msgspec.json.encode(said).decode()
            )
        await asyncio.sleep(since_s + ANSWER_S - time.monotonic())
