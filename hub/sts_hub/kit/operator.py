"""Whoever runs the hub, on its command line: as the database's owner they may do what an admin of a club may."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any, Final, NamedTuple
from uuid import UUID

from sts_hub.config import Settings
from sts_hub.db import pools, queries
from sts_hub.db.pools import Connection
from sts_hub.errors import HubError
from sts_hub.kit.database import WriteSession
from sts_hub.policy import Caller, Role

NAME: Final = "sts-hub"
"""What stands where an account's e-mail would."""

_SQL: Final = queries.load("sts_hub.kit")


class Acting(NamedTuple):
    """One transaction, and who acts in it."""

    session: WriteSession
    caller: Caller


@contextlib.asynccontextmanager
async def acting(
    settings: Settings, program: str, find_club: str, what: Any, missing: str
) -> AsyncIterator[Acting]:
    """Act for the club that the query finds by `what`. Raises HubError with `missing` when there is none."""
    dsn = settings.db_owner_dsn.get_secret_value()
    async with pools.as_owner(dsn, program) as owner:
        session = WriteSession(owner)
        async with owner.transaction():
            club_id = await owner.fetchval(find_club, what)
            if club_id is None:
                raise HubError(missing)
            await ask_as_admin(owner, club_id)
            yield Acting(session, admin_of(club_id))
        await session.tell_committed()


def admin_of(club_id: UUID) -> Caller:
    """Whoever runs the hub, as the policy sees them in this club."""
    return Caller(UUID(int=0), club_id, Role.ADMIN, frozenset(), email=NAME)


async def ask_as_admin(owner: Connection, club_id: UUID) -> None:
    """From now to the end of the transaction, functions that ask who is asking are told: an admin of this club."""
    await owner.execute(_SQL.ask_as_admin, club_id)
