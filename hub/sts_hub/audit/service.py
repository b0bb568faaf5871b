"""Rules of the audit: an athlete sees who looked, and the chain is whole."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sts_hub.athletes import service as athletes
from sts_hub.audit import chain, repository
from sts_hub.audit.chain import Head
from sts_hub.audit.repository import Chain, Wanted
from sts_hub.audit.schemas import ClubEntry, Entry
from sts_hub.policy import Act, Caller, Kind, Thing, may

if TYPE_CHECKING:
    from sts_hub.db.pools import Connection
    from sts_hub.kit.database import ReadSession
    from sts_hub.kit.pages import Cut
    from sts_hub.kit.shapes import Page


async def of_athlete(session: ReadSession, caller: Caller, athlete_id: UUID, cut: Cut) -> Page[Entry]:
    """Who read or changed an athlete, the newest first. Raises NotFound."""
    await athletes.one(session, caller, athlete_id, Act.SEE, Kind.AUDIT)
    rows = await repository.page(session, athlete_id, cut.after(datetime, int), cut.limit)
    return cut.page(rows, key=lambda row: (row.at, row.number), item=Entry.model_validate)


async def of_club(session: ReadSession, caller: Caller, wanted: Wanted, cut: Cut) -> Page[ClubEntry]:
    """What the club's people read and changed, the newest first, as far as the caller may see it: of a club all or nothing."""
    rows = await repository.of_club(session, wanted, cut.after(int)[0], cut.limit)
    return cut.page(
        rows,
        key=lambda row: (row.number,),
        item=ClubEntry.model_validate,
        keep=lambda _row: may(caller, Act.SEE, Thing(Kind.AUDIT, caller.club_id)),
    )


async def fault(connection: Connection, told: Chain) -> str | None:
    """The first fault of a chain, as a sentence; None when it is whole."""
    head = Head()
    async for links in repository.links(connection, told.club_id):
        head, wrong = chain.follow(links, head)
        if wrong is not None:
            return wrong
    return chain.ends(head, told.head)
