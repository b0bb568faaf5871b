"""Mail servers of a test: real ones on this machine, which keep what they are given and say what they are told to say."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from demo.ports import LOOPBACK, free_port

USER, PASSWORD = "hub@club.example", "a secret between two machines"


@dataclass
class MailServer:
    """One server. `says`: what it answers to a recipient and to a whole letter, None for yes. `tls`: how each letter came."""

    port: int
    says_to_recipient: str | None = None
    says_to_letter: str | None = None
    letters: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    tls: list[bool] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - the library's names
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self.says_to_recipient:
            return self.says_to_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        if self.says_to_letter:
            return self.says_to_letter
        self.tls.append(server.transport.get_extra_info("ssl_object") is not None)
        self.envelopes.append(envelope)
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


def _knows(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
    fits = isinstance(given, LoginPassword) and (given.login, given.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=fits, handled=False)


@contextlib.asynccontextmanager
async def mail_server(
    certificate: Path | None = None, *, from_the_first_byte: bool = False
) -> AsyncIterator[MailServer]:
    """A server that runs; with a certificate it wants TLS, by STARTTLS or from the first byte, and a password."""
    server = MailServer(free_port())
    how: dict[str, Any] = {}
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        how = {"auth_required": True, "authenticator": _knows}
        if from_the_first_byte:
            how |= {"ssl_context": context, "auth_require_tls": False}
        else:
            how |= {"tls_context": context, "require_starttls": True}
    controller = Controller(server, hostname=LOOPBACK, port=server.port, **how)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
