"""What stands where a host is named."""

from __future__ import annotations

import ipaddress


def is_address(host: str) -> bool:
    """Whether it is an IP address and not a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
