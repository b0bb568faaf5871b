"""Rules of whole clubs: an archive holds all of one, what is brought in is there whole or not at all, and what was erased
meanwhile does not come back with it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

import asyncpg

from sts_hub import logs
from sts_hub.clubs import archive, repository
from sts_hub.clubs.archive import Contents, Part, Reading, Writing
from sts_hub.clubs.repository import Shifts
from sts_hub.db.belonging import Belonging, Table, belonging
from sts_hub.erasure import service as erasure
from sts_hub.errors import HubError
from sts_hub.kit.removals import ClubImported, Erased, Removal, Removals, Withdrawn

if TYPE_CHECKING:
    from sts_hub.db.pools import Connection

_log = logs.get("sts_hub.clubs")

STAYING: Final = frozenset(
    {
        # Ways in, and what is under way: none of them would work at another hub.
        "login", "access_token", "recovery", "invitation", "enrolment_code", "gateway_secret", "kept_answer", "export", "outgoing",
        # Second factors are encrypted with a key of the hub; passkeys and providers know it by its name.
        "authenticator", "backup_code", "challenge", "push_target", "passkey", "identity",
        # Worked out from the samples.
        "touched", "sample_1s",
    }
)  # fmt: skip
"""Tables whose rows belong to a club and stay behind when it leaves."""


class Arrived(NamedTuple):
    """What was brought in; `moved` says of which tables the numbers had to be others."""

    contents: Contents
    moved: Shifts


async def known(connection: Connection, name: str) -> UUID:
    """The club of this name. Raises HubError."""
    club_id = await repository.by_name(connection, name)
    if club_id is None:
        raise HubError(f"There is no club called {name}: write it as the hub does.")
    return club_id


async def exported(connection: Connection, name: str, path: Path) -> Contents:
    """Write all of a club, as it is at one moment, into a new archive. Raises HubError."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        club_id = await known(connection, name)
        of = await belonging(connection)
        with archive.writing(path) as out:
            parts = [
                await _part(connection, out, of, table, club_id)
                for table in of.in_order()
                if table.name not in STAYING
            ]
            contents = Contents(
                format="sts-club",
                version=1,
                schema=await repository.schema(connection),
                club=club_id,
                name=name,
                made_at=datetime.now(UTC),
                days=await repository.days(connection, of, club_id),
                parts=parts,
            )
            out.end(contents)
    _log.info("club exported", club=str(club_id), rows=sum(part.rows for part in parts))
    return contents


async def _part(connection: Connection, out: Writing, of: Belonging, table: Table, club_id: UUID) -> Part:
    digest = hashlib.sha256()
    with out.part(table.name) as member:

        async def keep(piece: bytes) -> None:
            digest.update(piece)
            member.write(piece)

        rows = await repository.copy_out(connection, of, table, club_id, keep)
    numbers = await repository.numbers(connection, of, table, club_id)
    return Part(table.name, list(table.columns), rows, digest.hexdigest(), numbers)


async def imported(connection: Connection, path: Path, removals: Removals) -> Arrived:
    """Bring the club of an archive in, whole or not at all. Raises HubError with what stands in the way."""
    with archive.reading(path) as found:
        of = await belonging(connection)
        await _check(connection, found.contents, of)
        for day in found.contents.days:
            await repository.open_day(connection, day)
        try:
            shifts = await _room(connection, found.contents, of)
            arrival = ClubImported(datetime.now(UTC), found.contents.club)
            async with removals.around(arrival), connection.transaction():
                await _load(connection, found, of, shifts)
                await _remove_again(connection, found.contents.club, removals)
        except (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError) as error:
            raise HubError(
                f"The hub cannot take the club in ({error}); nothing was stored. If it has an account or a gateway of the "
                "same name, that one must be called otherwise first."
            ) from None
    _log.info("club imported", club=str(found.contents.club))
    return Arrived(found.contents, {name: by for name, by in shifts.items() if by})


async def _check(connection: Connection, contents: Contents, of: Belonging) -> None:
    here = await repository.schema(connection)
    if contents.schema != here:
        raise HubError(
            f"The archive is of a database at migration {contents.schema}, this one is at {here}: bring both hubs to one "
            "version, and export again."
        )
    wanted = {name: list(table.columns) for name, table in of.tables.items() if name not in STAYING}
    if {part.table: part.columns for part in contents.parts} != wanted:
        raise HubError(
            "The archive has other tables than this hub: it was not written by `sts-hub club export`."
        )
    same = await repository.same(connection, contents.club, contents.name)
    if same is not None:
        raise HubError(f"The hub has the club {same} already: nothing was changed.")


async def _room(connection: Connection, contents: Contents, of: Belonging) -> Shifts:
    return {
        part.table: await repository.room(connection, of.tables[part.table], part.numbers)
        for part in contents.parts
        if part.numbers is not None
    }


async def _load(connection: Connection, found: Reading, of: Belonging, shifts: Shifts) -> None:
    """All rows as they were: triggers would make some of them a second time."""
    resting = await repository.rest(connection)
    parts = {part.table: part for part in found.contents.parts}
    for table in of.in_order():
        if table.name in parts:
            part = parts[table.name]
            await repository.copy_in(connection, of, table, _pieces(found, part), shifts)
    for name, part in parts.items():
        if await repository.count(connection, of, of.tables[name], found.contents.club) != part.rows:
            raise HubError(f"Some rows of {part.file} are of no club or of another one: nothing was stored.")
    await repository.touch(connection, of, found.contents.club)
    await repository.act_again(connection, resting)


async def _pieces(found: Reading, part: Part) -> AsyncIterator[bytes]:
    for piece in found.pieces(part):
        yield piece
        await asyncio.sleep(0)


async def _remove_again(connection: Connection, club_id: UUID, removals: Removals) -> None:
    """Who was erased, and which consent ended, since the archive was written."""
    athletes = await repository.athletes(connection, club_id)
    listed = removals.listed()
    erasure.refuse_pending(
        [one for one in listed.pending if _of(one, athletes)],
        "Nothing was stored: decide with `sts-hub erasure replay --pending do` or `--pending leave`, then import again.",
    )
    await erasure.replayed(connection, [one for one in listed.done if _of(one, athletes)])


def _of(removal: Removal, athletes: set[UUID]) -> bool:
    return isinstance(removal, Erased | Withdrawn) and removal.athlete in athletes
