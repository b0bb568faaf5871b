"""A certificate judged on a machine that may not know the time."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sts_edge.uplinks.tls import EARLIEST_US, Tls, explained

YEAR_US = 365 * 86_400_000_000
NOW_US = EARLIEST_US + YEAR_US


@dataclass
class Known:
    """What the gateway knows of the time."""

    wall: int | None = None
    last_good: int | None = None

    def wall_us(self) -> int | None:
        return self.wall

    def last_good_us(self) -> int | None:
        return self.last_good


def make_certificate(folder: Path, begins_us: int, ends_us: int) -> Path:
    """A self-signed certificate for localhost, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    start = datetime(1970, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start + timedelta(microseconds=begins_us))
        .not_valid_after(start + timedelta(microseconds=ends_us))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "broker.pem"
    file.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    return file


@contextlib.asynccontextmanager
async def broker(certificate: Path) -> AsyncIterator[int]:
    """Somebody who speaks TLS; the port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def accepts(tls: Tls, port: int, host: str = "localhost") -> bool:
    """Whether this certificate is taken."""
    loop = asyncio.get_running_loop()
    try:
        transport, _ = await loop.create_connection(
            asyncio.Protocol, "127.0.0.1", port, ssl=tls.context(), server_hostname=host
        )
        tls.check(transport.get_extra_info("ssl_object"))
    except ssl.SSLError:
        return False
    transport.abort()
    return True


@pytest.mark.parametrize(
    ("known", "begins_us", "ends_us", "taken"),
    [
        (Known(), NOW_US, NOW_US + YEAR_US, True),
        (Known(last_good=NOW_US), NOW_US - YEAR_US, NOW_US + 1_000_000, True),
        (Known(last_good=NOW_US), NOW_US - YEAR_US, NOW_US - 1_000_000, False),
        (Known(), EARLIEST_US - 2 * YEAR_US, EARLIEST_US - YEAR_US, False),
        (Known(wall=NOW_US), NOW_US - YEAR_US, NOW_US + 1_000_000, True),
        (Known(wall=NOW_US), NOW_US + 1_000_000_000, NOW_US + YEAR_US, False),
        (Known(wall=NOW_US), NOW_US - YEAR_US, NOW_US - 1_000_000, False),
    ],
)
async def test_in_1970_a_certificate_is_judged_by_what_is_known_of_the_time(
    tmp_path: Path, known: Known, begins_us: int, ends_us: int, taken: bool
) -> None:
    certificate = make_certificate(tmp_path, begins_us, ends_us)
    async with broker(certificate) as port:
        tls = Tls(known, certificate, system_us=lambda: 0)
        assert await accepts(tls, port) is taken


async def test_with_a_good_system_clock_openssl_judges_the_dates(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path, EARLIEST_US - 2 * YEAR_US, EARLIEST_US - YEAR_US)
    async with broker(certificate) as port:
        assert not await accepts(Tls(Known(), certificate), port)


async def test_in_1970_a_stranger_and_a_wrong_name_are_refused_all_the_same(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path, NOW_US, NOW_US + YEAR_US)
    async with broker(certificate) as port:
        assert not await accepts(Tls(Known(), None, system_us=lambda: 0), port)
        assert not await accepts(Tls(Known(), certificate, system_us=lambda: 0), port, "somewhere.else")


def in_a_ring(*errors: BaseException) -> BaseException:
    """Errors each of which led to the one before it, and the first of them to the last."""
    for error, cause in zip(errors, (*errors[1:], errors[0]), strict=True):
        error.__cause__ = cause
    return errors[0]


@pytest.mark.timeout(20)
def test_an_error_that_leads_to_itself_is_explained_all_the_same() -> None:
    """As aiormq throws it when a connection ends while it is being made: an agent that followed it round for ever heard
    no strap any more."""
    assert explained(in_a_ring(ConnectionError("the broker is gone"), OSError("cut"))) == "the broker is gone"
    untrusted = ssl.SSLCertVerificationError("self-signed certificate")
    untrusted.verify_code = 18
    assert "of an authority that this gateway does not trust" in explained(
        in_a_ring(ConnectionError("lost"), OSError("cut"), untrusted)
    )
