"""Where the hub is and as whom to knock there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from sts_protocols.routing import HTTP_DOOR

from ..line import Peer
from ..tls import Time, Tls
from .line import Line

_PORTS = {"http": 80, "https": 443}


class Address(NamedTuple):
    """A hub's web address and the login for it; `tls` is None for a plain connection.

    path: what stands before each request's own. The secret is read at each connection: who mends it need not
    restart the agent.
    """

    host: str
    port: int
    path: str
    user: str
    secret: Callable[[], str]
    tls: Tls | None

    def line(self, peer: Peer, purpose: str) -> Line:
        """A connection to one of the hub's addresses, not begun."""
        return Line(self, peer, purpose)

    def __repr__(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}{self.path}"


def address(
    url: str, user: str, secret: Callable[[], str], time: Time, ca_file: Path | None = None
) -> Address:
    """Take a settings' url (`https://host:port`) apart. Raises OSError for an unreadable ca_file."""
    parts = urlsplit(url)
    tls = Tls(time, ca_file) if parts.scheme == "https" else None
    path = parts.path.rstrip("/") + HTTP_DOOR
    return Address(parts.hostname or "", parts.port or _PORTS[parts.scheme], path, user, secret, tls)
