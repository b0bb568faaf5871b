"""Rules of erasing: one act, listed outside the database before it is done, and done again after a restore."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sts_hub import logs
from sts_hub.athletes import service as athletes
from sts_hub.erasure import repository
from sts_hub.erasure.schemas import Erasure
from sts_hub.kit.removals import Erased, Removal, Removals
from sts_hub.outbox import service as outbox
from sts_hub.policy import Act, Caller, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sts_hub.db.pools import Connection
    from sts_hub.kit.database import WriteSession

_log = logs.get("sts_hub.erasure")


async def erased(session: WriteSession, caller: Caller, removals: Removals, athlete_id: UUID) -> Erasure:
    """Erase an athlete for good. Raises NotFound, Forbidden."""
    await athletes.one(session, caller, athlete_id, Act.CHANGE, Kind.ERASURE)
    worn = await repository.worn(session, athlete_id)
    await removals.add(Erased(datetime.now(UTC), athlete_id, worn))
    values = await repository.erase(session, athlete_id)
    about = {"athlete_id": str(athlete_id)}
    await outbox.event(session, caller.club_id, "athlete.erased", datetime.now(UTC), about)
    _log.warning("athlete erased", athlete=str(athlete_id), values=values)
    return Erasure(values=values)


async def replayed(connection: Connection, removals: Iterable[Removal]) -> tuple[int, int]:
    """Do every act of the list again, each in a transaction of its own: how many there are, how many values went."""
    acts = values = 0
    for removal in removals:
        async with connection.transaction():
            if isinstance(removal, Erased):
                values += await repository.erase_again(connection, removal)
            else:
                await repository.withdraw_again(connection, removal.athlete, removal.consent, removal.until)
        acts += 1
    return acts, values
