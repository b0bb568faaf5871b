"""Certificates made for a test."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

YEAR_S = 365 * 86_400


@dataclass
class Authority:
    """One that signs certificates of hubs, as a club makes it for itself: its own is in `file`, without the key."""

    file: Path
    name: x509.Name
    key: ec.EllipticCurvePrivateKey

    def signs(
        self, file: Path, host: str, begins_s: float | None = None, ends_s: float | None = None
    ) -> Path:
        """A certificate for a host name, from a year ago to a year from now unless told otherwise, its key in the same
        file."""
        now_s = time.time()
        key = ec.generate_private_key(ec.SECP256R1())
        begins_s = now_s - YEAR_S if begins_s is None else begins_s
        ends_s = now_s + YEAR_S if ends_s is None else ends_s
        made = _builder(_named(host), self.name, key, begins_s, ends_s)
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        file.write_bytes(_key_pem(key) + made.sign(self.key, hashes.SHA256()).public_bytes(_PEM))
        return file


def authority(file: Path, name: str = "an authority of a test") -> Authority:
    """A new one."""
    key, now_s = ec.generate_private_key(ec.SECP256R1()), time.time()
    made = _builder(_named(name), _named(name), key, now_s - 10 * YEAR_S, now_s + 10 * YEAR_S)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    file.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(_PEM))
    return Authority(file, _named(name), key)


def certificate(file: Path, name: str, begins_s: float, ends_s: float) -> Path:
    """A self-signed certificate for a host name, valid between two times since 1970, its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    made = _builder(_named(name), _named(name), key, begins_s, ends_s)
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    file.write_bytes(_key_pem(key) + made.sign(key, hashes.SHA256()).public_bytes(_PEM))
    return file


_PEM = serialization.Encoding.PEM


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, begins_s: float, ends_s: float
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.fromtimestamp(begins_s, UTC))
        .not_valid_after(datetime.fromtimestamp(ends_s, UTC))
    )


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
