"""Rules of erasing: one act, listed outside the database before it is done, and done again after a restore."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from sts_hub import logs
from sts_hub.athletes import service as athletes
from sts_hub.documents import service as documents
from sts_hub.erasure import naming, repository
from sts_hub.erasure.schemas import Erasure
from sts_hub.errors import HubError
from sts_hub.kit.database import ReadSession
from sts_hub.kit.removals import ClubErased, ClubImported, Erased, Removal, Removals, Revoked, Withdrawn
from sts_hub.outbox import service as outbox
from sts_hub.policy import Act, Caller, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sts_hub.db.pools import Connection
    from sts_hub.kit.database import WriteSession

_log = logs.get("sts_hub.erasure")


async def erased(session: WriteSession, caller: Caller, removals: Removals, athlete_id: UUID) -> Erasure:
    """Erase an athlete for good. Raises NotFound, Forbidden."""
    await athletes.one(session, caller, athlete_id, Act.CHANGE, Kind.ERASURE)
    worn = await repository.worn(session, athlete_id)
    await removals.begin(session, Erased(datetime.now(UTC), athlete_id, worn))
    named = await _naming(session, athlete_id)
    await repository.erase_named(session, athlete_id, named.competitors, named.documents)
    values = await repository.erase(session, athlete_id)
    about = {"athlete_id": str(athlete_id)}
    await outbox.event(session, caller.club_id, "athlete.erased", datetime.now(UTC), about)
    _log.warning("athlete erased", athlete=str(athlete_id), values=values)
    return Erasure(values=values, files=len(named.documents), unread=named.unread)


class Naming(NamedTuple):
    """Where a person may be named: people in lists, documents, and documents of which nobody can tell."""

    competitors: list[int]
    documents: list[int]
    unread: list[int]


async def _naming(session: ReadSession, athlete_id: UUID) -> Naming:
    """Where the athlete may be named beside what is known to be his or hers."""
    found = Naming([], [], [])
    known = await repository.person(session, athlete_id)
    if known is None:
        return found
    club_id, one = known
    for competitor, name, birth in await repository.unmatched(session, club_id):
        if naming.may_be(one, name, birth):
            found.competitors.append(competitor)
    async for document, data in documents.of_club(session, club_id):
        match await asyncio.to_thread(naming.names, one, data):
            case True:
                found.documents.append(document)
            case None:
                found.unread.append(document)
    return found


async def club_erased(connection: Connection, removals: Removals, club_id: UUID) -> int:
    """Erase a whole club for good, by the database's owner; how many values went."""
    async with removals.around(ClubErased(datetime.now(UTC), club_id)), connection.transaction():
        values = await repository.erase_club(connection, club_id)
    _log.warning("club erased", club=str(club_id), values=values)
    return values


async def replayed(connection: Connection, removals: Iterable[Removal]) -> tuple[int, int]:
    """Do these acts again, each in a transaction of its own: how many there are, how many values went."""
    acts = values = 0
    for removal in _standing(list(removals)):
        async with connection.transaction():
            values += await _again(connection, removal)
        acts += 1
    return acts, values


def refuse_pending(pending: Sequence[Removal], way_out: str) -> None:
    """Raises HubError where something was begun of which the list does not say that it was done."""
    if pending:
        begun = "\n".join(f"  {one.at.isoformat()} {_told(one)}" for one in pending)
        raise HubError(f"Begun, and not listed as done:\n{begun}\n{way_out}")


def _told(removal: Removal) -> str:
    match removal:
        case Erased():
            return f"erase athlete {removal.athlete}"
        case Withdrawn():
            return f"end consent {removal.consent} of athlete {removal.athlete}"
        case Revoked():
            return f"end grant {removal.grant} of athlete {removal.athlete}"
        case ClubErased():
            return f"erase club {removal.club}"
        case ClubImported():
            return f"import club {removal.club}"


def _standing(removals: list[Removal]) -> list[Removal]:
    """Without what an import has made good: a club that was erased, and brought in again later."""
    back = {one.club: place for place, one in enumerate(removals) if isinstance(one, ClubImported)}
    return [
        one
        for place, one in enumerate(removals)
        if not isinstance(one, ClubImported)
        and not (isinstance(one, ClubErased) and place < back.get(one.club, 0))
    ]


async def _again(connection: Connection, removal: Removal) -> int:
    match removal:
        case Erased():
            named = await _naming(ReadSession(connection), removal.athlete)
            await repository.erase_named_again(
                connection, removal.athlete, named.competitors, named.documents
            )
            return await repository.erase_again(connection, removal)
        case Withdrawn():
            await repository.withdraw_again(connection, removal.athlete, removal.consent, removal.until)
        case Revoked():
            await repository.revoke_again(connection, removal.grant, removal.until)
        case ClubErased():
            return await repository.erase_club(connection, removal.club)
    return 0
