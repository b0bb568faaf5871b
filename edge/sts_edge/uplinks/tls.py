"""Judging the broker's certificate on a machine that may not know what time it is.

A gateway without a clock chip starts in 1970, and every certificate is "not yet valid" then. Turning the
check off would accept what has expired. So while the system's clock is before the last good time, which it
cannot be, the dates are left out of OpenSSL's check and are judged here: by the wall time that our own
anchors give, or else by the last good time, at which nothing may have expired. Issuer and host name are
checked by OpenSSL always.

Then only the broker's own certificate is judged by its dates; an expired intermediate goes unnoticed until
the clock is set.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

# X509_V_FLAG_NO_CHECK_TIME (openssl/x509_vfy.h); Python's ssl has no name for it.
NO_CHECK_TIME = 0x200000
# Before any good time was known: this was not written earlier.
EARLIEST_US = 1_767_225_600_000_000  # 2026-01-01

# X509_V_ERR_... (openssl/x509_vfy.h).
NOT_YET_VALID, EXPIRED, WRONG_NAME, WRONG_ADDRESS = 9, 10, 62, 64
_UNKNOWN_AUTHORITY = (
    "its certificate is of an authority that this gateway does not trust: bring the hub's authority here and name it as "
    "hub.ca_file, with sts-edge config edit"
)
_OTHER_NAME = "its certificate is for another name: use the name in the certificate as host in hub.url, with sts-edge config edit"
_ADVICE = {
    NOT_YET_VALID: "its certificate begins later than now: is this gateway's clock right? sts-edge doctor --only clock",
    EXPIRED: "its certificate has expired: renew it on the hub. Is this gateway's clock right? sts-edge doctor --only "
    "clock",
    WRONG_NAME: _OTHER_NAME,
    WRONG_ADDRESS: _OTHER_NAME,
}
_NO_TLS = "it speaks no TLS there: is the port in hub.url right? sts-edge config edit"


class Time(Protocol):
    """What of the gateway's clock judges a certificate; µs since 1970, None where not known."""

    def wall_us(self) -> int | None: ...
    def last_good_us(self) -> int | None: ...


class Tls:
    """How to make an encrypted connection. Raises OSError when made with a ca_file that cannot be read."""

    def __init__(
        self, time: Time, ca_file: Path | None = None, system_us: Callable[[], int] | None = None
    ) -> None:
        self._time = time
        self._system_us = system_us or _system_us
        self._strict = ssl.create_default_context(cafile=ca_file)
        self._dateless = ssl.create_default_context(cafile=ca_file)
        self._dateless.verify_flags |= ssl.VerifyFlags(NO_CHECK_TIME)

    def context(self) -> ssl.SSLContext:
        """For the next connection."""
        return self._dateless if self._system_is_wrong() else self._strict

    def check(self, connection: ssl.SSLObject | ssl.SSLSocket) -> None:
        """Judge the dates that OpenSSL has left out. Raises ssl.SSLCertVerificationError."""
        if connection.context is self._strict:
            return
        certificate = connection.getpeercert() or {}
        ends_us = ssl.cert_time_to_seconds(str(certificate["notAfter"])) * 1_000_000
        begins_us = ssl.cert_time_to_seconds(str(certificate["notBefore"])) * 1_000_000
        wall_us = self._time.wall_us()
        if ends_us < (self._floor_us() if wall_us is None else wall_us):
            raise _refused(EXPIRED, "certificate has expired")
        if wall_us is not None and wall_us < begins_us:
            raise _refused(NOT_YET_VALID, "certificate is not yet valid")

    def _system_is_wrong(self) -> bool:
        return self._system_us() < self._floor_us()

    def _floor_us(self) -> int:
        return max(self._time.last_good_us() or 0, EARLIEST_US)


def explained(error: BaseException) -> str:
    """Why a try to connect failed; for TLS with who must act and how."""
    found = next((one for one in _chain(error) if isinstance(one, ssl.SSLError)), None)
    if isinstance(found, ssl.SSLCertVerificationError):
        return _ADVICE.get(found.verify_code, _UNKNOWN_AUTHORITY)
    if found is not None and found.reason == "WRONG_VERSION_NUMBER":
        return _NO_TLS
    return str(error) or type(error).__name__


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and what led to it, each once: one that several tasks throw at each other, as aiormq's do when a
    connection is cut, can lead to itself."""
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        found = found.__cause__ or found.__context__


def _refused(code: int, words: str) -> ssl.SSLCertVerificationError:
    """As OpenSSL itself would refuse it."""
    error = ssl.SSLCertVerificationError(words)
    error.verify_code, error.verify_message = code, words
    return error


def _system_us() -> int:
    """The system's clock: what OpenSSL will judge by."""
    return time.time_ns() // 1_000
