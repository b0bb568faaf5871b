"""Where a webhook may go: to public addresses alone, or an admin of a club could have the hub speak to the machines
beside it (server-side request forgery). A name is resolved once for each try, all that it means must be public, and
that very address is connected to, so that no second answer of the DNS can be another one.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from typing import Final

import httpx

from sts_hub.kit.hosts import is_address

Resolve = Callable[[str, int], Awaitable[list[str]]]

# IETF protocol assignments, of which older versions of Python call some addresses global.
_PROTOCOLS: Final = ipaddress.IPv4Network("192.0.0.0/24")
# Unicast of the whole world (IANA). Left out are those that stand for an IPv4 address: 6to4 (RFC 3056) and, as Python's
# is_global has it, Teredo; NAT64 and mapped ones lie outside.
_PUBLIC_IPV6: Final = ipaddress.IPv6Network("2000::/3")
_6TO4: Final = ipaddress.IPv6Network("2002::/16")


class AddressError(Exception):
    """A webhook must not go there, or there is no such place; `str()` says why."""


def is_public(text: str) -> bool:
    """Whether an IP address is somebody's in the public internet."""
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address) and (address not in _PUBLIC_IPV6 or address in _6TO4):
        return False
    return address.is_global and not address.is_multicast and address not in _PROTOCOLS


def _is_loopback(text: str) -> bool:
    return ipaddress.ip_address(text).is_loopback


def checked(text: str, to_loopback: bool) -> httpx.URL:
    """The address of a webhook, as far as it can be judged without the DNS. Raises AddressError."""
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError):
        raise AddressError("This is no URL.") from None
    schemes = ("https", "http") if to_loopback else ("https",)
    if url.scheme not in schemes or not url.host or (url.port or 443) > 65535:
        raise AddressError("A webhook's URL begins with https:// and names a host, and perhaps a port.")
    if url.userinfo or url.fragment:
        raise AddressError("A webhook's URL has no user, password or fragment in it.")
    if is_address(url.host):
        _allowed([url.host], url.scheme, to_loopback)
    return url


async def resolve(host: str, port: int) -> list[str]:
    """What the DNS says of a name. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]).partition("%")[0] for one in found]


async def pinned(url: httpx.URL, to_loopback: bool, ask: Resolve = resolve) -> str:
    """The IP address to connect to. Raises AddressError."""
    if is_address(url.host):
        found = [url.host]
    else:
        try:
            found = await ask(url.host, url.port or 443)
        except (OSError, UnicodeError) as error:
            raise AddressError(f"The name {url.host} is not known ({error}).") from None
    _allowed(found, url.scheme, to_loopback)
    return found[0]


def _allowed(found: list[str], scheme: str, to_loopback: bool) -> None:
    if found and to_loopback and all(map(_is_loopback, found)):
        return
    if not found or not all(map(is_public, found)):
        raise AddressError("A webhook goes to public addresses only, and this is another one.")
    if scheme != "https":
        raise AddressError("A webhook's URL begins with https://.")
