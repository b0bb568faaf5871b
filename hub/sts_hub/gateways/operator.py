"""Whoever runs the hub acts for the club of a gateway, or for a club by its name."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Final

from sts_hub.config import Settings
from sts_hub.gateways.repository import SQL
from sts_hub.kit.operator import Acting, acting

_PROGRAM: Final = "sts-hub gateway"


def of_gateway(settings: Settings, name: str) -> AbstractAsyncContextManager[Acting]:
    """Act for the club of this gateway. Raises HubError when there is none."""
    return acting(settings, _PROGRAM, SQL.club_of_gateway, name, f"There is no gateway {name}.")


def of_club(settings: Settings, name: str) -> AbstractAsyncContextManager[Acting]:
    """Act for this club. Raises HubError when there is none."""
    return acting(settings, _PROGRAM, SQL.club_by_name, name, f"There is no club {name}.")
