"""Enrolment: this gateway makes a key of its own, shows a code once, and learns who it is and where its hub is.

The key never leaves this machine but to the hub, and is on disk before the code is sent: an answer that was lost
on the way can be asked for again.
"""

from __future__ import annotations

import http.client
import json
import re
import secrets
import socket
import ssl
from pathlib import Path
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

import msgspec

from sts_edge.config.placing import store
from sts_edge.uplinks.tls import Tls
from sts_protocols.routing import GATEWAY_NAME, HTTP_DOOR

SECRET_BYTES = 32
SECRET_MODE = 0o600
NEW_SUFFIX = ".new"
# The hub makes a user at its broker meanwhile, with a handful of calls.
ANSWER_S = 30.0
MAX_ANSWER_BYTES = 256 * 1024

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class EnrolmentError(Exception):
    """The gateway is not enrolled; the sentence says who must act."""


class UnreachableError(EnrolmentError):
    """No hub answers there."""


class RefusedError(EnrolmentError):
    """The hub answers, and does not let this gateway in. `kind` is the problem's type."""

    def __init__(self, sentence: str, kind: str, retry_after_s: float | None) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.retry_after_s = retry_after_s


class Enrolled(msgspec.Struct, frozen=True):
    """What the hub says. url: where to bring data, None for the address asked; ca: PEM, None for a public one."""

    gateway: str
    site: str
    url: str | None = None
    ca: str | None = None


class SheetEntry(msgspec.Struct, frozen=True):
    """One gateway of a site sheet."""

    name: str
    code: str


class Sheet(msgspec.Struct, frozen=True):
    """A site sheet, as the hub made it; its Wi-Fi is for whoever sets the network up."""

    hub: str
    gateways: tuple[SheetEntry, ...]
    ca: str | None = None


class Asking(NamedTuple):
    """What is shown to the hub."""

    code: str
    secret: str
    name: str


class _NoTime:
    """Before enrolment this machine knows no time that could be trusted."""

    def wall_us(self) -> int | None:
        return None

    def last_good_us(self) -> int | None:
        return None


class Hub:
    """The hub's door, at one address: `with Hub(url, ca_file) as hub: hub.enrol(...)`.

    Raises UnreachableError: nobody answers, or somebody whose certificate is not good.
    """

    def __init__(self, url: str, ca_file: Path | None = None) -> None:
        parts = _checked(url)
        self._path = parts.path.rstrip("/") + HTTP_DOOR + "enrol"
        self._where = f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
        self._tls: Tls | None = None
        host = parts.hostname or ""
        if parts.scheme == "https":
            self._tls = _tls(ca_file)
            self._line: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, parts.port, timeout=ANSWER_S, context=self._tls.context()
            )
        else:
            self._line = http.client.HTTPConnection(host, parts.port, timeout=ANSWER_S)

    def __enter__(self) -> Hub:
        try:
            self._line.connect()
            if self._tls is not None and isinstance(self._line.sock, ssl.SSLSocket):
                self._tls.check(self._line.sock)
        except (OSError, ValueError) as error:
            raise UnreachableError(self._sentence(error)) from error
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()

    @property
    def certificate_ends(self) -> str | None:
        """The last day of the hub's certificate, 2027-02-14; None without TLS."""
        if not isinstance(self._line.sock, ssl.SSLSocket):
            return None
        ends_s = ssl.cert_time_to_seconds(str((self._line.sock.getpeercert() or {})["notAfter"]))
        return _day(ends_s)

    def enrol(self, asking: Asking) -> Enrolled:
        """Show the code. Raises RefusedError or UnreachableError."""
        try:
            body = json.dumps(asking._asdict()).encode()
            self._line.request("POST", self._path, body, {"Content-Type": "application/json"})
            answer = self._line.getresponse()
            said = answer.read(MAX_ANSWER_BYTES)
        except (OSError, http.client.HTTPException) as error:
            raise UnreachableError(self._sentence(error)) from error
        if answer.status != http.client.OK:
            raise _refused(said, answer)
        try:
            return _understood(msgspec.json.decode(said, type=Enrolled))
        except msgspec.MsgspecError as error:
            raise UnreachableError(f"What answers at {self._where} is no hub: check the address.") from error

    def _sentence(self, error: Exception) -> str:
        if isinstance(error, ssl.SSLCertVerificationError):
            return (
                f"The certificate of {self._where} is not good ({error.verify_message or error}). If the hub has an "
                "authority of its own, bring its certificate here: --ca FILE"
            )
        if isinstance(error, TimeoutError):
            return f"The hub at {self._where} did not answer in time. Check this machine's network."
        return f"The hub at {self._where} cannot be reached ({getattr(error, 'strerror', None) or error})."


def read_sheet(file: Path) -> Sheet:
    """The site sheet in a file. Raises EnrolmentError, OSError."""
    try:
        return msgspec.toml.decode(file.read_bytes(), type=Sheet)
    except (msgspec.MsgspecError, ValueError) as error:
        raise EnrolmentError(
            f"{file} is no site sheet ({error}): have one made by sts-hub gateway sheet."
        ) from None


def kept_secret(password_file: Path) -> tuple[Path, str]:
    """A new key beside the password file, or the one that an enrolment before left there. Raises OSError."""
    file = password_file.with_name(password_file.name + NEW_SUFFIX)
    try:
        kept = file.read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        kept = ""
    if kept:
        return file, kept
    secret = secrets.token_urlsafe(SECRET_BYTES)
    store(file, secret + "\n", SECRET_MODE)
    return file, secret


def own_name() -> str | None:
    """What this machine would be called as a gateway: its host name, if that can be one."""
    name = re.sub(r"[^a-z0-9-]+", "-", socket.gethostname().partition(".")[0].lower()).strip("-")
    return name if GATEWAY_NAME.fullmatch(name) else None


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known or parts.username is not None:
        raise EnrolmentError("The hub's address is not https://host, for example https://hub.example.org.")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise EnrolmentError(f"{url} would send the key in clear: use https://.")
    return parts


def _tls(ca_file: Path | None) -> Tls:
    try:
        return Tls(_NoTime(), ca_file)
    except (OSError, ssl.SSLError) as error:
        raise EnrolmentError(f"{ca_file} cannot be used as a certificate authority: {error}.") from None


def _understood(told: Enrolled) -> Enrolled:
    """What is written into the settings has to be what it seems."""
    if GATEWAY_NAME.fullmatch(told.gateway) is None:
        raise msgspec.ValidationError("no gateway's name")
    return told


def _refused(said: bytes, answer: http.client.HTTPResponse) -> EnrolmentError:
    try:
        problem = json.loads(said)
        sentence = f"{problem['detail']} {problem['way_out']}"
        kind = str(problem["type"]).rpartition(":")[2]
    except (ValueError, KeyError, TypeError):
        return UnreachableError(
            f"What answers there is no hub of this kind (status {answer.status}): check the address."
        )
    wait = answer.getheader("Retry-After", "")
    return RefusedError(sentence, kind, float(wait) if wait.isdecimal() else None)


def _day(moment_s: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(moment_s, UTC).date().isoformat()
