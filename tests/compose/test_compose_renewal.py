"""A certificate by Certbot from Pebble, through Nginx as it stands: issued, renewed under load, and kept when a renewal fails."""

from __future__ import annotations

import ssl
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from cryptography import x509

from compose_stack import HOST, PROOFS, ComposeError, Stack, eventually

pytestmark = [pytest.mark.compose, pytest.mark.timeout(1800)]

# The authority asks inside the stack, where Nginx has this name.
CERTIFIED = "hub.test"
RENEWALS = 2


def served(stack: Stack) -> x509.Certificate:
    """The certificate that browsers get."""
    pem = ssl.get_server_certificate((HOST, stack.ports["https"]))
    return x509.load_pem_x509_certificate(pem.encode())


def asked(stack: Stack) -> bool:
    """Whether the authority gives a certificate now, or has given one."""
    try:
        stack.inside("certbot", "ask")
    except ComposeError:
        return False
    return True


def test_a_certificate_is_issued_renewed_under_load_and_kept_when_a_renewal_fails(stack: Stack) -> None:
    own = served(stack)
    assert own.issuer == own.subject  # signed by itself, so far
    stack.environment["STS_HOST"] = CERTIFIED
    stack.files.append(PROOFS / "authority.yml")
    stack.compose("up", "--detach", "--no-deps", "pebble", "nginx", "certbot")
    eventually(lambda: asked(stack), "Pebble up and a certificate of it")
    eventually(lambda: "Pebble" in served(stack).issuer.rfc4514_string(), "that certificate served")
    names = served(stack).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [CERTIFIED]

    statuses, ended = Counter[int](), threading.Event()

    def ask() -> None:
        # Not trusted: Pebble makes its authority anew at each start. Each time a connection of its own.
        while not ended.is_set():
            statuses[httpx.get(f"{stack.origin}/", verify=False, timeout=60).status_code] += 1

    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(ask)
        try:
            for _ in range(RENEWALS):
                before = served(stack).serial_number
                stack.inside("certbot", "ask", "--force-renewal")
                eventually(lambda before=before: served(stack).serial_number != before, "the renewed one")
        finally:
            ended.set()
        asking.result()
    assert statuses[200] > RENEWALS
    assert set(statuses) == {200}

    stack.compose("stop", "pebble")
    kept = served(stack).serial_number
    with pytest.raises(ComposeError):
        stack.inside("certbot", "ask", "--force-renewal")
    assert served(stack).serial_number == kept
    assert httpx.get(f"{stack.origin}/", verify=False, timeout=60).status_code == 200
