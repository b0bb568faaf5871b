"""Whom a passkey is made for: the name and the origin of the hub, by its settings (WebAuthn Level 3, 5.1.2 and 13.4.9)."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from sts_hub.config import Settings
from sts_hub.kit.hosts import is_address

NAME: Final = "Smart Training System"


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The host that browsers tie passkeys to, and the only origin that may use them."""

    id: str
    origin: str

    @classmethod
    def of(cls, settings: Settings) -> "RelyingParty | None":
        """By where browsers find the hub; None where browsers would make no passkey: without TLS, or
        at an address instead of a name."""
        origin = settings.own_origin
        parts = urlsplit(origin)
        host = parts.hostname or ""
        fits = host == "localhost" or (parts.scheme == "https" and "." in host and not is_address(host))
        return cls(host, origin) if fits else None
