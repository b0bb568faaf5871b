"""Passwords: hashed with argon2id away from the event loop, a few at a time; guessable ones are refused."""

import asyncio
import functools
import re
import secrets
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from sts_hub.errors import Invalid, Refusal

# OWASP's parameters for argon2id with the least memory: 2 passes over 19 MiB, one lane. About 0.5 s on a busy
# core of 2026.
PASSES: Final = 2
MEMORY_KIB: Final = 19 * 1024
LANES: Final = 1

# Two at once use up the two cores of a small server; more would only take memory (19 MiB each) and slow the
# live wall.
AT_ONCE: Final = 2
# At half a second each, who is sixteenth in line waits 4 s; beyond that it is a flood.
WAITING: Final = 16

# zxcvbn's scale of 0 to 4; 3 is 100 million guesses and more, far beyond what the limit on tries allows.
MIN_SCORE: Final = 3
# Of longer passwords the beginning is judged: the time to judge grows with the square of the length.
JUDGED_CHARACTERS: Final = 72
# What must be left of a password when the person's own words are taken out.
MIN_OTHER_CHARACTERS: Final = 6

T = TypeVar("T")


class Busy(Refusal):
    """Too many people sign in at this moment."""

    status = 503
    type = "busy"
    title = "Too many people sign in at this moment"
    way_out = "Try again in a few seconds."


class Passwords:
    """Hashes and checks passwords, with a bound on how many at once."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._inside = 0

    async def hashed(self, password: str) -> str:
        """The hash to store."""
        return await self._run(lambda: self._hasher.hash(password))

    async def fits(self, hashed: str | None, password: str) -> bool:
        """Whether the password belongs to the hash; for an account that does not exist (None) False, after
        the same time."""
        fitting = await self._run(lambda: self._verified(hashed or _hash_of_nobody(), password))
        return fitting and hashed is not None

    def _verified(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        if self._inside >= AT_ONCE + WAITING:
            raise Busy("The hub is checking as many passwords as it can.", headers={"Retry-After": "5"})
        self._inside += 1
        try:
            async with self._slots:
                return await asyncio.to_thread(work)
        finally:
            self._inside -= 1


@functools.cache
def _hash_of_nobody() -> str:
    """What a password is checked against when there is no account: as dear as a real one."""
    return PasswordHasher(PASSES, MEMORY_KIB, LANES).hash(secrets.token_urlsafe())


async def refuse_guessable(password: str, *about: str) -> None:
    """Raises Invalid for a password that is common or made of words about the person."""
    if await asyncio.to_thread(score, password, about) < MIN_SCORE:
        raise Invalid(
            "This password can be guessed.",
            way_out="Choose a longer one, for example four words that have nothing to do with each other.",
        )


def score(password: str, about: Sequence[str] = ()) -> int:
    """How hard the password is to guess, 0 to 4; 0 when hardly more than words about the person is in it."""
    from zxcvbn import zxcvbn  # type: ignore[import-untyped]  # and here: its word lists load slowly

    known = [*OWN_WORDS, *(word for text in about for word in _WORD.findall(text.lower()))]
    if len(_without(password.lower(), known)) < MIN_OTHER_CHARACTERS:
        return 0
    return int(zxcvbn(password[:JUDGED_CHARACTERS], user_inputs=known)["score"])


def _without(password: str, words: Sequence[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        password = password.replace(word, "")
    return password


# Words of three letters and more: shorter ones are in every sentence.
_WORD: Final = re.compile(r"\w{3,}")
OWN_WORDS: Final = ("smart", "training", "system", "sts")
