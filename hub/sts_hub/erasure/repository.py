"""Erasing in the database: in an admin's name, or again by the owner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sts_hub.db import queries
from sts_hub.db.belonging import belonging, quoted
from sts_hub.erasure.naming import Named
from sts_hub.erasure.parked import Worn, may_hold
from sts_hub.kit.removals import Erased, WornTime

if TYPE_CHECKING:
    from datetime import datetime

    from sts_hub.db.pools import Connection
    from sts_hub.kit.database import ReadSession, WriteSession

_SQL = queries.load("sts_hub.erasure")

# A minute is promised for millions of values; a machine that is slower finishes all the same. Other commands are cut off after
# a quarter of a minute, and an erasure would be undone with it.
ERASE_S: Final = 300.0


async def worn(session: WriteSession, athlete_id: UUID) -> list[WornTime]:
    """What the athlete has worn until now."""
    rows = await session.rows(_SQL.worn, athlete_id)
    return [WornTime(row["club_id"], row["address"], row["since"], row["until"]) for row in rows]


async def person(session: ReadSession, athlete_id: UUID) -> tuple[UUID, Named] | None:
    """The athlete's club, and how lists may tell the athlete; None where there is no such athlete."""
    row = await session.row(_SQL.person, athlete_id)
    if row is None:
        return None
    year = "" if row["birth_year"] is None else str(row["birth_year"])
    return row["club_id"], Named(row["name"], year, row["licences"])


async def unmatched(session: ReadSession, club_id: UUID) -> list[tuple[int, str, str]]:
    """People in the club's result lists who are nobody of the club as far as is known: id, name, birth."""
    return [tuple(row) for row in await session.rows(_SQL.unmatched, club_id)]


async def erase_named(
    session: WriteSession, athlete_id: UUID, competitors: Sequence[int], documents: Sequence[int]
) -> None:
    """Take these for the athlete, and forget these documents."""
    await session.do(_SQL.erase_named, athlete_id, competitors, documents)


async def erase_named_again(
    connection: Connection, athlete_id: UUID, competitors: Sequence[int], documents: Sequence[int]
) -> None:
    """The same by the owner."""
    await connection.execute(_SQL.erase_named_again, athlete_id, competitors, documents)


async def erase(session: WriteSession, athlete_id: UUID) -> int:
    """Erase an athlete; how many values went."""
    parked = _theirs(await session.rows(_SQL.parked, athlete_id))
    return int(await session.value(_SQL.erase, athlete_id, parked, within_s=ERASE_S))


def _theirs(rows: Iterable[Any]) -> list[int]:
    return [row["id"] for row in rows if may_hold(row["raw"], _worn(row), row["pin_us"], row["delta_us"])]


def _worn(row: Any) -> Sequence[Worn]:
    return [Worn(*one) for one in zip(row["names"], row["sinces"], row["untils"], strict=True)]


async def erase_again(connection: Connection, erased: Erased) -> int:
    """Erase an athlete who has come back with an older database, and what was worn; how many values went."""
    parked = _theirs(await connection.fetch(_SQL.parked_again, erased.athlete))
    gone = int(await connection.fetchval(_SQL.erase_again, erased.athlete, parked))
    for one in erased.worn:
        gone += int(
            await connection.fetchval(_SQL.erase_worn_again, one.club, one.address, one.since, one.until)
        )
    return gone


async def withdraw_again(connection: Connection, athlete_id: UUID, consent_id: UUID, until: datetime) -> None:
    """End a consent that holds again with an older database, and delete what was measured without it."""
    await connection.execute(_SQL.withdraw_again, consent_id, until)
    await connection.execute(_SQL.delete_withheld, athlete_id)


async def revoke_again(connection: Connection, grant_id: UUID, until: datetime) -> None:
    """End a grant that holds again with an older database."""
    await connection.execute(_SQL.revoke_again, grant_id, until)


async def erase_club(connection: Connection, club_id: UUID) -> int:
    """Delete every row of a club, in the caller's transaction; how many measured values went. Of none there is nothing."""
    of = await belonging(connection)
    values = await connection.fetchval(_SQL.club_values.format(mine=of.of_club("series")), club_id)
    for table in reversed(of.in_order()):
        if table.name in _VALUES:
            continue
        name, held = quoted(table.name), table.name in _ONLY_ADDED_TO
        if held:
            await connection.execute(_SQL.let_go.format(table=name))
        await connection.execute(_SQL.erase_rows.format(table=name, mine=of.of_club(table.name)), club_id)
        if held:
            await connection.execute(_SQL.hold_again.format(table=name))
    return int(values)


_VALUES = frozenset({"sample", "sample_1s", "sample_1m", "sample_1h"})
_ONLY_ADDED_TO = frozenset({"audit"})
