"""Where the broker is and as whom to knock there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from ..line import Peer
from ..tls import Time, Tls
from .line import Line

_PORTS = {"amqp": 5672, "amqps": 5671}


class Address(NamedTuple):
    """A broker's virtual host and the login for it; `tls` is None for a plain connection.

    The password is read at each login: who mends it need not restart the agent.
    """

    host: str
    port: int
    vhost: str
    user: str
    password: Callable[[], str]
    tls: Tls | None

    def line(self, peer: Peer, purpose: str) -> Line:
        """A connection to one of the broker's addresses, not begun."""
        return Line(self, peer, purpose)

    def __repr__(self) -> str:
        return f"{'amqps' if self.tls else 'amqp'}://{self.user}@{self.host}:{self.port}/{self.vhost}"


def address(
    url: str, user: str, password: Callable[[], str], time: Time, ca_file: Path | None = None
) -> Address:
    """Take a settings' url (`amqps://host:port/vhost`) apart. Raises OSError for an unreadable ca_file."""
    parts = urlsplit(url)
    tls = Tls(time, ca_file) if parts.scheme == "amqps" else None
    vhost = unquote(parts.path[1:]) or "/"
    return Address(parts.hostname or "", parts.port or _PORTS[parts.scheme], vhost, user, password, tls)
