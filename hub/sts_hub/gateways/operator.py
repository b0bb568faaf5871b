"""Whoever runs the hub, on its command line: as the database's owner they may do what an admin of the club may."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Final, NamedTuple
from uuid import UUID

from sts_hub.config import Settings
from sts_hub.db import pools
from sts_hub.errors import HubError
from sts_hub.gateways.repository import SQL
from sts_hub.kit.database import WriteSession
from sts_hub.policy import Caller, Role

NAME: Final = "sts-hub"
"""What stands where an account's e-mail would."""


class Acting(NamedTuple):
    """One transaction, and who acts in it."""

    session: WriteSession
    caller: Caller


def of_gateway(settings: Settings, name: str) -> contextlib.AbstractAsyncContextManager[Acting]:
    """Act for the club of this gateway. Raises HubError when there is none."""
    return _acting(settings, SQL.club_of_gateway, name, f"There is no gateway {name}.")


def of_club(settings: Settings, name: str) -> contextlib.AbstractAsyncContextManager[Acting]:
    """Act for this club. Raises HubError when there is none."""
    return _acting(settings, SQL.club_by_name, name, f"There is no club {name}.")


@contextlib.asynccontextmanager
async def _acting(settings: Settings, find_club: str, name: str, missing: str) -> AsyncIterator[Acting]:
    dsn = settings.db_owner_dsn.get_secret_value()
    async with pools.as_owner(dsn, "sts-hub gateway") as owner, owner.transaction():
        club_id = await owner.fetchval(find_club, name)
        if club_id is None:
            raise HubError(missing)
        caller = Caller(UUID(int=0), club_id, Role.ADMIN, frozenset(), email=NAME)
        yield Acting(WriteSession(owner), caller)
