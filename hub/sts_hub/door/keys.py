"""Who is knocking: `Authorization: Bearer <gateway>.<secret>`, held against the hash of the gateway's secret.

Defended against: guessing (256 random bits, compared in constant time), floods of guesses that would keep the
database busy (a limit for each address and each name at an address), a stolen database (only hashes in it).
"""

from __future__ import annotations

import hashlib
import hmac
import math
import time
from typing import Final, NamedTuple

from starlette.requests import Request

from sts_hub import logs
from sts_hub.accounts.signing_in import address_of
from sts_hub.accounts.tries import Tries
from sts_hub.errors import Away, Refusal, TooMany
from sts_hub.kit.database import Database
from sts_protocols.routing import GATEWAY_NAME

# A gateway that is refused asks again after 30 s; a technician who mends it tries a few times a minute. A site's
# gateways share one address.
NAME_TRIES: Final = 10
ADDRESS_TRIES: Final = 100
WINDOW_S: Final = 60.0
# A secret that was changed stops working within this time.
FRESH_S: Final = 3.0
# Known gateways at once: those of a large hub. The oldest is asked for anew.
REMEMBERED: Final = 10_000

_BEARER: Final = "bearer "
_NOBODYS_HASH: Final = bytes(32)
_log = logs.get("sts_hub.door")


class NotEnrolled(Refusal):
    """The hub knows no gateway with this secret; whether it knows the name is not told."""

    status = 401
    type = "not-enrolled"
    title = "No gateway has this secret"
    way_out = "On the hub: sts-hub gateway code; then on the gateway: sts-edge enrol CODE --anew."


class _Known(NamedTuple):
    hashed: bytes | None
    read_s: float


class Keys:
    """Lets gateways in; one for each process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, _Known] = {}
        self._by_name = Tries(NAME_TRIES, WINDOW_S)
        self._by_address = Tries(ADDRESS_TRIES, WINDOW_S)

    async def gateway_of(self, request: Request) -> str:
        """The gateway that asks. Raises NotEnrolled, TooMany, or Away while nothing is known of it."""
        name, secret = _shown(request)
        address = address_of(request)
        known = self._known.get(name)
        shown = hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
        if known is None or not _fresh(known) or not _same(shown, known.hashed):
            self._wait(address, name)
            known = await self._read(name, known)
        if not _same(shown, known.hashed):
            self._by_name.count(f"{address} {name}")
            self._by_address.count(address)
            _log.warning("gateway refused", gateway=name)
            raise _not_enrolled()
        return name

    async def _read(self, name: str, known: _Known | None) -> _Known:
        """What the database says, or what it said last: while it is away nobody can change a secret either."""
        try:
            async with self._database.nobody() as session:
                hashed = await session.value("SELECT sts.gateway_secret_of($1)", name)
        except Away:
            if known is None:
                raise
            return known
        self._known.pop(name, None)
        if hashed is not None:
            self._known[name] = _Known(hashed, time.monotonic())
            if len(self._known) > REMEMBERED:
                self._known.pop(next(iter(self._known)))
        return _Known(hashed, time.monotonic())

    def _wait(self, address: str, name: str) -> None:
        wait_s = max(self._by_name.wait_s(f"{address} {name}"), self._by_address.wait_s(address))
        if wait_s > 0:
            seconds = math.ceil(wait_s)
            raise TooMany(f"Wait {seconds} s before the next try.", headers={"Retry-After": str(seconds)})


def _shown(request: Request) -> tuple[str, str]:
    given = request.headers.get("authorization", "")
    name, dot, secret = given[len(_BEARER) :].strip().partition(".")
    if given[: len(_BEARER)].lower() != _BEARER or not dot or GATEWAY_NAME.fullmatch(name) is None:
        raise _not_enrolled()
    return name, secret


def _fresh(known: _Known) -> bool:
    return time.monotonic() - known.read_s < FRESH_S


def _same(shown: bytes, hashed: bytes | None) -> bool:
    return hmac.compare_digest(shown, hashed or _NOBODYS_HASH)


def _not_enrolled() -> NotEnrolled:
    return NotEnrolled("The hub knows no gateway with this secret.", headers={"WWW-Authenticate": "Bearer"})
