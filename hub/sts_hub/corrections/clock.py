"""A wrong clock put right: every sample of an epoch moved by one difference, in steps that survive a kill.

The act is one row. It is begun in one transaction: the epoch's correction is raised, so that whatever a
worker had planned with the old one is planned anew; the epoch's series are retired, so that what comes later,
already at the right time, is never mixed with what still has to be moved. Then each bounded transaction moves
some rows together with the row's cursor. It goes against the direction of the move, so that nothing moved is
met again. Killed half way, it goes on from its cursor: in the next `sts-hub maintain`, or by `sts-hub clock
resume`.

This is the only rewriting of samples that there is.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sts_hub.db import queries
from sts_hub.errors import HubError
from sts_protocols.errors import RecordError
from sts_protocols.record import read

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from sts_hub.db.pools import Connection

SQL: Final = queries.load("sts_hub.corrections")

# A squad's quarter of an hour is 90,000 rows: below a second, and locks are short.
STEP: Final = timedelta(minutes=15)
# Below this the anchors' own errors are larger than what would be corrected.
SMALLEST_US: Final = 50_000
LARGEST_US: Final = 200 * 365 * 86_400 * 1_000_000
_US: Final = timedelta(microseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class CorrectionError(HubError):
    """The clock cannot be put right this way; the sentence says why and what to do."""


async def begin(connection: Connection, epoch: UUID, delta_us: int, reason: str) -> None:
    """Begin the act. Raises CorrectionError when it is none or another one is under way."""
    if not SMALLEST_US < abs(delta_us) < LARGEST_US:
        raise CorrectionError(f"A correction must be above 50 ms and below 200 years, not {delta_us} µs.")
    async with connection.transaction():
        row = await _locked(connection, epoch)
        if await connection.fetchrow(SQL.next_step, epoch) is not None:
            raise CorrectionError(
                "An earlier correction of this epoch is not finished: run sts-hub clock resume."
            )
        number, delta = row["corrections"] + 1, delta_us * _US
        await connection.execute(SQL.begin, epoch, number, delta_us, reason)
        await connection.execute(SQL.retire_series, epoch, number)
        await connection.execute(SQL.correct_epoch, epoch, delta_us)
        for query in (SQL.move_spans, SQL.move_drops, SQL.move_logs):
            await connection.execute(query, epoch, delta)


async def finish(
    connection: Connection, epoch: UUID, moved: Callable[[datetime], None] = lambda _cursor: None
) -> None:
    """Move all that is left to move; `moved` hears of each committed step."""
    while (cursor := await _step(connection, epoch)) is not None:
        moved(cursor)


async def finish_all(connection: Connection) -> int:
    """Finish every correction that was begun; returns how many there were."""
    begun = await connection.fetch(SQL.unfinished)
    for row in begun:
        await finish(connection, row["epoch"])
    return len(begun)


async def place(connection: Connection, epoch: UUID, first_at: datetime, error: timedelta) -> str:
    """Give an epoch without any clock its place: when its first waiting record began. Returns its gateway.

    Its parked records are retried by the workers as soon as the pin is there. Raises CorrectionError.
    """
    async with connection.transaction():
        await _locked(connection, epoch)
        raw = await connection.fetchval(SQL.first_waiting, epoch)
        if raw is None:
            raise CorrectionError("No record of this epoch waits for a place: see sts-hub parked list.")
        offset_us = offset_of(raw, first_at)
        gateway: str | None = await connection.fetchval(SQL.place, epoch, offset_us, error // _US)
        if gateway is None:
            raise CorrectionError("This epoch has a clock: put it right with sts-hub clock correct.")
        await connection.execute(SQL.note_place, epoch, f"placed at {first_at:%Y-%m-%d %H:%M:%S} UTC")
        return gateway


def offset_of(raw: bytes, first_at: datetime) -> int:
    """Wall time minus boot time, µs, if this record began then. Raises CorrectionError."""
    try:
        return (first_at - _EPOCH) // _US - read(raw).header.first_us
    except RecordError as error:
        raise CorrectionError(f"The waiting record cannot be read ({error}): discard it first.") from None


async def _locked(connection: Connection, epoch: UUID) -> Any:
    row = await connection.fetchrow(SQL.epoch_for_update, epoch)
    if row is None:
        raise CorrectionError("There is no such epoch: sts-hub parked list and the gateway's status name it.")
    return row


async def _step(connection: Connection, epoch: UUID) -> datetime | None:
    """One bounded transaction; the new cursor, or None when the correction is done."""
    window = await _window(connection, epoch)
    if window is not None:
        delta, since, until = window
        for day in _days(since + delta, until + delta):
            await connection.execute(SQL.open_day, day)
    async with connection.transaction():
        row = await connection.fetchrow(SQL.next_step, epoch)
        if row is None:
            return None
        if window is None:
            await connection.execute(SQL.done, epoch)
            return None
        cursor = until if delta < timedelta() else since
        if row["cursor"] is not None and not _ahead(row["cursor"], cursor, delta):
            return cursor  # somebody else has moved this window meanwhile
        series = await connection.fetchval(SQL.retired_series, epoch)
        await connection.execute(SQL.move, series, since, until, delta)
        await connection.execute(SQL.touch, epoch, since, until)
        await connection.execute(SQL.touch, epoch, since + delta, until + delta)
        await connection.execute(SQL.moved_up_to, epoch, cursor)
        return cursor


async def _window(connection: Connection, epoch: UUID) -> tuple[timedelta, datetime, datetime] | None:
    """The next stretch to move: ascending when samples move back in time, else descending."""
    row = await connection.fetchrow(SQL.next_step, epoch)
    if row is None:
        return None
    series, delta = await connection.fetchval(SQL.retired_series, epoch), row["delta_us"] * _US
    if delta < timedelta():
        first = await connection.fetchval(SQL.first_behind, series, row["cursor"])
        return None if first is None else (delta, first, first + STEP)
    last = await connection.fetchval(SQL.last_before, series, row["cursor"])
    return None if last is None else (delta, last + _US - STEP, last + _US)


def _ahead(cursor: datetime, reached: datetime, delta: timedelta) -> bool:
    """Whether `reached` is further on than `cursor` in the direction of this correction."""
    return reached > cursor if delta < timedelta() else reached < cursor


def _days(since: datetime, until: datetime) -> list[Any]:
    count = (until.date() - since.date()).days
    return [since.date() + timedelta(days=ahead) for ahead in range(count + 1)]
