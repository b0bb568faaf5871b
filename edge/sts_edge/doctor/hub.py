"""The way to the hub, step by step: name, connection, certificate, login, a message and its confirm.

The message is addressed to nobody (a topic that no queue is bound to) and comes back: the broker judges it,
returns it and confirms it, and the hub never sees it.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import h11
from aiormq.exceptions import AMQPError

from sts_edge.clock import StoredLastGoodTime
from sts_edge.config import Settings
from sts_edge.time_limit import time_limit
from sts_edge.uplinks import amqp, https
from sts_edge.uplinks.amqp.outlet import Outlet
from sts_edge.uplinks.line import LoginRefused, Outcome, Verdict
from sts_edge.uplinks.tls import EXPIRED, NOT_YET_VALID, WRONG_ADDRESS, WRONG_NAME
from sts_protocols import routing

from .patient import Passed, Patient, Result, Results, Skipped, found

# No queue of the hub's is bound to this topic of the two exchanges that a gateway cannot do without: theirs
# are live, backlog and beat. (Everything on sts.results is taken, so nothing is tried there.)
PROBE_TOPIC = "probe"
PROBED = (routing.TELEMETRY, routing.STATUS)

# OpenSSL's verify codes (openssl/x509_vfy.h).
_VERDICTS = {
    NOT_YET_VALID: "tls-not-yet-valid",
    EXPIRED: "tls-expired",
    WRONG_NAME: "tls-wrong-name",
    WRONG_ADDRESS: "tls-wrong-name",
}
Peer = tuple[Any, ...]
Address = amqp.Address | https.Address
Ask = Callable[[Patient, Address], Results]


class _KnownTime:
    """What of the time is known without the agent: the last good one, on disk."""

    def __init__(self, settings: Settings) -> None:
        self._stored = StoredLastGoodTime(settings.gateway.data_dir / "clock.db")

    def wall_us(self) -> int | None:
        return None

    def last_good_us(self) -> int | None:
        return self._stored.load()


def where(settings: Settings) -> Address:
    """The hub of the settings, by AMQP or HTTPS. Raises OSError for an unreadable ca_file."""
    hub = settings.hub
    given = (hub.url, settings.gateway.name, hub.read_password, _KnownTime(settings), hub.ca_file)
    return https.address(*given) if hub.over_https else amqp.address(*given)


def at_hub(check: str, ask: Ask) -> Callable[[Patient], Results]:
    """An examination that needs the broker's address; skipped where the settings do not give one."""

    def examine(patient: Patient) -> Results:
        if patient.settings is None:
            yield Skipped(check, "the settings say not where the hub is")
            return
        try:
            hub = where(patient.settings)
        except OSError as error:
            yield Skipped(check, f"hub.ca_file cannot be used: {error}")
            return
        yield from ask(patient, hub)

    return examine


def dns(patient: Patient, hub: Address) -> Results:
    """Is the name known?"""
    try:
        peers = _peers(hub)
    except OSError as error:
        yield found("dns", f"{hub.host}: {error.strerror or error}")
    else:
        numbers = ", ".join(dict.fromkeys(str(peer[4][0]) for peer in peers))
        yield Passed("dns", f"{hub.host} is {numbers}")


def tcp(patient: Patient, hub: Address) -> Results:
    """Does anybody listen there?"""
    began_s = time.monotonic()
    try:
        with socket.create_connection((hub.host, hub.port), patient.timeout_s):
            yield Passed("tcp", f"{hub.host}:{hub.port} answers in {_ms_since(began_s)} ms")
    except ConnectionRefusedError:
        yield found("tcp-refused", f"{hub.host}:{hub.port} refuses the connection")
    except OSError as error:
        why = error.strerror or "no answer"
        yield found("tcp-unreachable", f"{hub.host}:{hub.port}: {why}", port=hub.port)


def tls(patient: Patient, hub: Address) -> Results:
    """Is it the hub, by its certificate?"""
    if hub.tls is None:
        yield Skipped("tls", "hub.url is not encrypted")
        return
    try:
        plain = socket.create_connection((hub.host, hub.port), patient.timeout_s)
        with closing(plain), hub.tls.context().wrap_socket(plain, server_hostname=hub.host) as connection:
            hub.tls.check(connection)
            certificate = connection.getpeercert() or {}
            yield Passed("tls", f"certificate valid until {certificate.get('notAfter', 'an unknown time')}")
    except ssl.SSLCertVerificationError as error:
        yield found(_VERDICTS.get(error.verify_code, "tls-untrusted"), f"{hub.host}: {error.verify_message}")
    except OSError as error:
        yield found("tls-no-tls", f"{hub.host}:{hub.port}: {getattr(error, 'reason', None) or error}")


def login(patient: Patient, hub: Address) -> Results:
    """Does the broker let us in?"""
    yield asyncio.run(_login(patient, hub))


async def _login(patient: Patient, hub: Address) -> Result:
    began_s = time.monotonic()
    line = hub.line(_peers(hub)[0], "doctor")
    try:
        async with time_limit(patient.timeout_s):
            await line.stand()
        return Passed("login", f"{hub.user} is in after {_ms_since(began_s)} ms")
    except LoginRefused as error:
        return _refusal(patient, hub, str(error))
    except (OSError, AMQPError, h11.RemoteProtocolError) as error:
        return found("broker-silent", f"{hub!r}: {error or type(error).__name__}")
    finally:
        line.cut()


def _refusal(patient: Patient, hub: Address, words: str) -> Result:
    if "not found" in words:
        return found("vhost-missing", words)
    if "vhost" in words:
        return found("vhost-not-allowed", words, gateway=hub.user)
    assert patient.settings is not None, "a login needs settings"
    return found("login-refused", words, gateway=hub.user, file=patient.settings.hub.password_file)


def publish(patient: Patient, hub: Address) -> Results:
    """Does the broker take a message of ours, and confirm it?"""
    if isinstance(hub, amqp.Address):
        yield asyncio.run(_publish(patient, hub))
    else:
        yield Skipped("publish", "over HTTPS there is no broker to ask; the login has shown the way")


async def _publish(patient: Patient, hub: amqp.Address) -> Result:
    line = hub.line(_peers(hub)[0], "doctor")
    took_ms = 0
    try:
        async with time_limit(patient.timeout_s):
            await line.stand()
            for exchange in PROBED:
                began_s = time.monotonic()
                verdict = await _probe(await line.outlet(), exchange, hub.user)
                took_ms = _ms_since(began_s)
                if verdict.outcome not in (Outcome.RETURNED, Outcome.ACKED):
                    return _objection(exchange, verdict, hub.user)
    except TimeoutError:
        return found("publish-unconfirmed", f"no confirm within {patient.timeout_s:g} s")
    except (OSError, AMQPError, LoginRefused) as error:
        return Skipped("publish", f"the connection ended ({error})")
    finally:
        line.cut()
    return Passed("publish", f"written and confirmed in {took_ms} ms")


async def _probe(outlet: Outlet, exchange: str, gateway: str) -> Verdict:
    told: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
    key = f"{exchange.partition('.')[2]}.{gateway}.{PROBE_TOPIC}"
    outlet.send(b"", exchange, key, "text/plain", told.set_result, user=gateway)
    return await told


def _objection(exchange: str, verdict: Verdict, gateway: str) -> Result:
    words = f"{exchange}: {verdict.words or verdict.outcome.value}"
    if "no exchange" in verdict.words:
        return found("exchange-missing", words)
    if verdict.outcome is Outcome.REFUSED:
        return found("permission-missing", words, gateway=gateway)
    return found("publish-unconfirmed", words)


def _ms_since(began_s: float) -> int:
    return round((time.monotonic() - began_s) * 1_000)


def _peers(hub: Address) -> list[Peer]:
    return list(socket.getaddrinfo(hub.host, hub.port, type=socket.SOCK_STREAM))
