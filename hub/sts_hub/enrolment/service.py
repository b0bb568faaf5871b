"""Rules of enrolment: who may let a gateway in, and what has to be true before its secret works.

Defended against: guessing (65 bits for 15 minutes, a limit for each address and for all of them together),
learning from refusals (one sentence after one time, whatever was wrong), a code that is read on its way (it is used
once), half an enrolment (database and broker agree, or both are as before).
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import math
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from sts_hub import logs
from sts_hub.accounts.tries import Tries
from sts_hub.broker import users
from sts_hub.broker.management import BrokerError, Management, vhost_of
from sts_hub.config import Settings
from sts_hub.enrolment import repository
from sts_hub.enrolment.codes import HAND_LENGTH, code_hash
from sts_hub.enrolment.codes import new_code as draw
from sts_hub.enrolment.repository import Tried
from sts_hub.enrolment.schemas import Asked, Code, Enrolled, NewCode
from sts_hub.errors import Conflict, Refusal, SettingsError, TooMany
from sts_hub.kit.database import Database, WriteSession
from sts_hub.policy import Act, Caller, Kind, Thing, guard, guard_new, missing

HAND_LASTS: Final = timedelta(minutes=15)
# Somebody types a code wrong a few times; behind one address a whole site enrols.
ADDRESS_TRIES: Final = 10
# All gateways of a large club on one morning; and 300 guesses a minute find one of 2^65 never.
ALL_TRIES: Final = 300
WINDOW_S: Final = 60.0
# Right or wrong, a code is answered after this time: database and broker take less.
ANSWER_S: Final = 0.5

_EVERYBODY: Final = ""
_log = logs.get("sts_hub.enrolment")


class WrongCode(Refusal):
    """The code lets nobody in. Whether it was ever one is not told."""

    status = 403
    type = "wrong-code"
    title = "This code lets no gateway in"
    way_out = "Check it, or have a new one made on the hub: sts-hub gateway code."


class BrokerRefuses(Refusal):
    """The broker does not do its part; nothing has changed."""

    status = 503
    type = "broker-away"
    title = "The hub's broker cannot do it now"
    way_out = "Try again with the same code; whoever runs the hub sees the reason in its log."


class Enrolment:
    """Lets gateways in for the first time, and for the last; one for each process."""

    def __init__(self, database: Database, settings: Settings) -> None:
        """Raises SettingsError for a certificate authority that cannot be read."""
        self._database = database
        self._settings = settings
        self._ca = _certificates(settings.gateway_ca_file)
        self._by_address = Tries(ADDRESS_TRIES, WINDOW_S)
        self._by_all = Tries(ALL_TRIES, WINDOW_S)

    async def enrol(self, address: str, asked: Asked) -> Enrolled:
        """Register the gateway. Raises WrongCode, Conflict, TooMany, BrokerRefuses or Away."""
        self._count(address)
        began_s = time.monotonic()
        tried = await self._try(asked)
        await asyncio.sleep(max(0.0, began_s + ANSWER_S - time.monotonic()))
        if tried.verdict in ("unknown", "used", "expired"):
            _log.warning("enrolment refused", reason=tried.verdict, address=address, wanted=asked.name)
            raise WrongCode("This code lets no gateway in: it is wrong, used up or too old.")
        if tried.verdict == "taken":
            raise Conflict(
                f"Another gateway is called {tried.name}.",
                way_out="Choose another name; or have a code made for this one: sts-hub gateway code --name.",
            )
        self._by_address.forgive(address)
        _log.info("gateway enrolled", gateway=tried.name, site=tried.site, address=address)
        return Enrolled(
            gateway=tried.name, site=tried.site or "", url=self._settings.gateway_url or None, ca=self._ca
        )

    async def revoke(self, session: WriteSession, caller: Caller, name: str) -> None:
        """End the gateway: first the broker, then the door. Raises NotFound, Forbidden or BrokerRefuses."""
        club_id = await repository.club_of(session, name)
        if club_id is None:
            raise missing(Kind.GATEWAY)
        guard(caller, Act.CHANGE, Thing(Kind.GATEWAY, club_id))
        await repository.revoke(session, name)
        async with broker_told(), management(self._settings) as broker:
            if broker is not None:
                await users.remove(broker, name)
        _log.warning("gateway revoked", gateway=name, **{"user.id": str(caller.account_id)})

    async def _try(self, asked: Asked) -> Tried:
        """The broker's user is made before the database commits, and is as before when either fails."""
        secret = asked.secret.get_secret_value()
        hashed = hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
        async with contextlib.AsyncExitStack() as undo:
            await undo.enter_async_context(broker_told())
            broker = await undo.enter_async_context(management(self._settings))
            async with self._database.nobody() as session:
                tried = await repository.enrol(session, code_hash(asked.code), asked.name, hashed)
                if broker is not None and tried.verdict in ("enrolled", "again"):
                    await undo.enter_async_context(users.added(broker, tried.name, secret))
        return tried

    def _count(self, address: str) -> None:
        wait_s = max(self._by_address.wait_s(address), self._by_all.wait_s(_EVERYBODY))
        if wait_s > 0:
            seconds = math.ceil(wait_s)
            raise TooMany(f"Wait {seconds} s before the next try.", headers={"Retry-After": str(seconds)})
        self._by_address.count(address)
        self._by_all.count(_EVERYBODY)


async def new_code(session: WriteSession, caller: Caller, wanted: NewCode) -> Code:
    """A code for a gateway of the caller's club. Raises Forbidden."""
    guard_new(caller, Thing(Kind.GATEWAY, caller.club_id))
    code = draw(HAND_LENGTH)
    ends = await repository.add_code(
        session, code_hash(code), caller.club_id, wanted.site, wanted.gateway, HAND_LASTS
    )
    _log.info("enrolment code made", site=wanted.site, **{"user.id": str(caller.account_id)})
    return Code(code=code, site=wanted.site, gateway=wanted.gateway, expires_at=ends)


@contextlib.asynccontextmanager
async def management(settings: Settings) -> AsyncIterator[Management | None]:
    """The broker's management API; None for a hub without a broker. Raises BrokerError."""
    if settings.without_broker:
        yield None
        return
    url = settings.management_url.get_secret_value()
    if not url:
        raise BrokerError("STS_MANAGEMENT_URL is missing: without it the API cannot let gateways in.")
    async with Management(url, vhost_of(settings.amqp_url.get_secret_value())) as broker:
        yield broker


@contextlib.asynccontextmanager
async def broker_told() -> AsyncIterator[None]:
    """What the broker refuses is for the hub's log; the answer says what the person can do."""
    try:
        yield
    except BrokerError as error:
        _log.error("broker refuses", reason=str(error))
        raise BrokerRefuses("The hub's broker does not do its part; nothing has changed.") from error


def _certificates(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        text = file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"STS_GATEWAY_CA_FILE names {file}, which cannot be read: {error}."]) from None
    if "-----BEGIN CERTIFICATE-----" not in text:
        raise SettingsError([f"STS_GATEWAY_CA_FILE names {file}, which holds no certificate in PEM."])
    if "PRIVATE KEY" in text:
        raise SettingsError(
            [f"STS_GATEWAY_CA_FILE names {file}, which holds a private key: name another file."]
        )
    return text
