"""Whom a passkey is made for: a name under TLS, or loopback; nothing that a browser would refuse."""

from __future__ import annotations

import pytest

from sts_hub.config import load
from sts_hub.passkeys.relying_party import RelyingParty


@pytest.mark.parametrize(
    ("environ", "party"),
    [
        ({"STS_PUBLIC_ORIGIN": "https://sts.club.example"}, ("sts.club.example", "https://sts.club.example")),
        (
            {"STS_PUBLIC_ORIGIN": "https://sts.club.example:8443"},
            ("sts.club.example", "https://sts.club.example:8443"),
        ),
        ({"STS_PUBLIC_ORIGIN": "http://localhost:8080"}, ("localhost", "http://localhost:8080")),
        (
            {"STS_INSECURE_LOOPBACK_COOKIE": "1", "STS_LISTEN": "127.0.0.1:9000"},
            ("localhost", "http://localhost:9000"),
        ),
        ({"STS_PUBLIC_ORIGIN": "http://sts.club.example"}, None),
        ({"STS_PUBLIC_ORIGIN": "https://192.0.2.7"}, None),
        ({"STS_PUBLIC_ORIGIN": "https://[2001:db8::7]"}, None),
        ({}, None),
    ],
)
def test_the_settings_say_whom(environ: dict[str, str], party: tuple[str, str] | None) -> None:
    found = RelyingParty.of(load(environ=environ))
    assert (found and (found.id, found.origin)) == party
