"""Puts records into the database, each exactly once.

One transaction: rows by binary COPY, then the ledger, epoch by epoch in order, each under the condition
that none of these records is known. If one is, everything is rolled back and tried again without it. The
row of an epoch is locked only from its entry to the commit. What rows need (epochs, series, days) is made
before, in transactions of its own: a number that could still roll back is never used.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

import asyncpg
import msgspec
from asyncpg import Pool

from sts_hub import logs
from sts_hub.db import pools, queries
from sts_hub.db.pools import Connection
from sts_hub.db.spans import multirange
from sts_hub.db.times import timestamp
from sts_hub.ingest import documents, plans
from sts_hub.ingest import rows as sample_rows
from sts_hub.ingest.counters import Counters
from sts_hub.ingest.documents import Spoilt
from sts_hub.ingest.footing import Footing
from sts_hub.ingest.intake import Entry, Unusable, unusable
from sts_hub.ingest.plans import EpochRow, ImpulseLine, LedgerLine, Plan
from sts_hub.ingest.register import Register
from sts_protocols.record import Anchor, Drop

Checkpoint = Callable[[str], Awaitable[None]]

CONFLICTS = 20
"""Each conflict leaves out what is known by then; with ten workers on one epoch a handful in a row was the
most."""

_QUERIES = queries.load("sts_hub.ingest")
_log = logs.get("sts.ingest.store")

_DATA_ERRORS = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)
_PASSING_ERRORS = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)


class DatabaseAwayError(Exception):
    """The database cannot be written to, for a reason that is not in the data."""


class RefusedError(Exception):
    """The database refuses a parked record still."""


class ReleasedElsewhereError(Exception):
    """Somebody else has taken the parked record meanwhile."""


class _ConflictError(Exception):
    """A record of this transaction is known by now, or its epoch was corrected meanwhile."""


class ParkedRow(NamedTuple):
    """A row of parked, and the record's identity where it has one."""

    id: int
    epoch: UUID | None
    seq: int | None


@dataclass
class Stored:
    """What became of the records."""

    rows: int = 0
    records: int = 0
    refused: int = 0
    withheld: int = 0
    parked: int = 0

    def add(self, other: Stored) -> None:
        """Sums up."""
        self.rows += other.rows
        self.records += other.records
        self.refused += other.refused
        self.withheld += other.withheld
        self.parked += other.parked


async def no_checkpoint(_: str) -> None:
    """Nobody looks at the steps of a transaction."""


class Store:
    """Writes records through a pool of connections. One `store` call at a time may share a Store with
    others."""

    def __init__(
        self,
        pool: Pool,
        register: Register,
        counters: Counters,
        now_us: Callable[[], int] = lambda: time.time_ns() // 1000,
        checkpoint: Checkpoint = no_checkpoint,
    ) -> None:
        """`checkpoint` is awaited inside each transaction when rows are "copied" and the ledger is
        "entered"."""
        self.register = register
        self._pool = pool
        self._counters = counters
        self._now_us = now_us
        self._checkpoint = checkpoint
        self._footing = Footing()

    async def store(
        self,
        entries: Sequence[Entry],
        broken: Sequence[Unusable],
        *,
        doubtful: bool = False,
        release: ParkedRow | None = None,
    ) -> Stored:
        """Store, park or refuse every one of them; on return it is committed.

        `doubtful`: some may be known (redelivered), so ask the ledger first. `release`: the parked row that
        these records come from, removed in the same transaction. Raises DatabaseAwayError; then nothing is
        known of the outcome, and the same call may be made again. With `release`, raises RefusedError and
        ReleasedElsewhereError, and the row stays.
        """
        try:
            return await self._whole(entries, broken, doubtful, release)
        except _DATA_ERRORS as error:
            self._footing.forget()
            return await self._halved(entries, broken, release, error)
        except pools.AWAY_ERRORS as error:
            self._footing.forget()
            raise DatabaseAwayError(f"{type(error).__name__}: {error}") from error

    async def foresee(self, entries: Sequence[Entry]) -> list[Unusable]:
        """Which of these records would be parked if they were stored now. Raises DatabaseAwayError."""
        try:
            async with self._pool.acquire() as connection:
                await self.register.refresh(connection)
                epochs = self._marked(
                    await self._footing.epochs(connection, entries, (), doubtful=True, released=True)
                )
        except pools.AWAY_ERRORS as error:
            raise DatabaseAwayError(f"{type(error).__name__}: {error}") from error
        return plans.decide(entries, (), epochs, self.register.withheld, self._now_us()).unusable

    async def probe(self, worker: str, filler: bytes) -> None:
        """Commit a row big enough to need new pages. Raises DatabaseAwayError."""
        try:
            async with self._pool.acquire() as connection:
                await connection.execute(_QUERIES.probe, worker, filler)
        except pools.AWAY_ERRORS as error:
            raise DatabaseAwayError(f"{type(error).__name__}: {error}") from error

    async def _halved(
        self,
        entries: Sequence[Entry],
        broken: Sequence[Unusable],
        release: ParkedRow | None,
        error: Exception,
    ) -> Stored:
        """The database refuses something in the data: find the record, park it alone, store the rest.

        The refusal may have been about something remembered wrongly, so a single record is tried once more
        as well.
        """
        if release is not None:
            raise RefusedError(_refusal(error)) from error
        if not entries:
            raise DatabaseAwayError(
                f"The database refuses data that should have been fit for it: {error}"
            ) from error
        if len(entries) > 1:
            middle = len(entries) // 2
            stored = await self.store(entries[:middle], broken, doubtful=True)
            stored.add(await self.store(entries[middle:], (), doubtful=True))
            return stored
        try:
            return await self._whole(entries, broken, True, None)
        except _DATA_ERRORS as again:
            return await self.store((), [*broken, unusable(entries[0], "refused", _refusal(again))])

    async def _whole(
        self, entries: Sequence[Entry], broken: Sequence[Unusable], doubtful: bool, release: ParkedRow | None
    ) -> Stored:
        began = time.perf_counter()
        async with self._pool.acquire() as connection:
            await self.register.refresh(connection)
            for attempt in range(CONFLICTS):
                try:
                    plan = await self._attempt(connection, entries, broken, doubtful or attempt > 0, release)
                except _ConflictError:
                    self._counters.transactions.labels("rolled_back").inc()
                except _PASSING_ERRORS:
                    self._counters.transactions.labels("rolled_back").inc()
                else:
                    return self._told(plan, attempt, time.perf_counter() - began)
        raise DatabaseAwayError(f"The ledger kept changing through {CONFLICTS} tries.")

    async def _attempt(
        self,
        connection: Connection,
        entries: Sequence[Entry],
        broken: Sequence[Unusable],
        doubtful: bool,
        release: ParkedRow | None,
    ) -> Plan:
        """One transaction. Raises _ConflictError when it was rolled back because the ledger had changed."""
        epochs = self._marked(
            await self._footing.epochs(connection, entries, broken, doubtful, release is not None)
        )
        plan = plans.decide(entries, broken, epochs, self.register.withheld, self._now_us())
        series = await self._footing.series(connection, plan)
        await self._footing.open_days(connection, plan.rows)
        async with connection.transaction():
            if release is not None:
                await _release(connection, release)
            if len(series):
                await connection.copy_to_table(
                    "sample",
                    schema_name="sts",
                    columns=sample_rows.COLUMNS,
                    # A buffer goes out as it is, which the type stubs do not know.
                    source=memoryview(sample_rows.copy_buffer(plan.rows, series)),  # type: ignore[arg-type]
                    format="binary",
                )
            await self._checkpoint("copied")
            await _write_impulses(connection, plan.impulses)
            await _write_logs(connection, plan)
            spoilt = await documents.take_in(connection, plan.parts)
            for line in plan.ledger:
                await _enter(connection, line)
            for document in spoilt:
                self._tell_spoilt(document, await documents.park(connection, document))
            await _park(connection, plan.unusable)
            await self._checkpoint("entered")
        await self._checkpoint("committed")
        return plan

    def _marked(self, epochs: dict[bytes, EpochRow]) -> dict[bytes, EpochRow]:
        """With those marked that come from a copied card and are sent in spite of the answers to its beats."""
        copies = self.register.copies & epochs.keys()
        return epochs | {epoch: epochs[epoch]._replace(is_copy=True) for epoch in copies}

    def _told(self, plan: Plan, conflicts: int, took_s: float) -> Stored:
        """Counts what was committed, and says it in one line."""
        stored = Stored(len(plan.rows.t_us), plan.records, plan.refused, plan.withheld, len(plan.unusable))
        counters = self._counters
        counters.transactions.labels("committed").inc()
        counters.rows.inc(stored.rows)
        counters.refused.inc(stored.refused)
        counters.withheld.inc(stored.withheld)
        self._tell_parked(plan.unusable)
        _log.info(
            "stored",
            rows=stored.rows,
            records=stored.records,
            refused=stored.refused,
            withheld=stored.withheld,
            parked=stored.parked,
            epochs=len(plan.ledger),
            conflicts=conflicts,
            **{"event.duration": round(took_s * 1e9)},
        )
        return stored

    def _tell_spoilt(self, document: Spoilt, records: int) -> None:
        self._counters.parked.labels("hash").inc(records)
        _log.warning("parked", gateway=document.gateway, reason="hash", pieces=records, first=document.detail)

    def _tell_parked(self, pieces: Sequence[Unusable]) -> None:
        """One line for each gateway and reason, with the first of them."""
        seen: dict[tuple[str, str], list[Unusable]] = {}
        for piece in pieces:
            self._counters.parked.labels(piece.reason).inc()
            seen.setdefault((piece.gateway, piece.reason), []).append(piece)
        for (gateway, reason), alike in seen.items():
            _log.warning("parked", gateway=gateway, reason=reason, pieces=len(alike), first=alike[0].detail)


def _refusal(error: Exception) -> str:
    """What the database said, fit for its own text column."""
    return f"The database refuses it: {error}".replace("\0", "")


async def _release(connection: Connection, parked: ParkedRow) -> None:
    """Takes a parked row out, so that its record can be entered."""
    if parked.epoch is not None and parked.seq is not None:
        await connection.execute(_QUERIES.unpark, parked.epoch, multirange([(parked.seq, parked.seq)]))
    if await connection.fetchval(_QUERIES.release, parked.id) is None:
        raise ReleasedElsewhereError


async def _enter(connection: Connection, line: LedgerLine) -> None:
    epoch = UUID(bytes=line.epoch)
    if line.enters and not await connection.fetchval(_QUERIES.enter, epoch, *_entry(line)):
        raise _ConflictError
    for drop, offset_us in line.drops:
        await _declare(connection, epoch, drop, offset_us)
    for anchor in line.anchors:
        await _anchor(connection, epoch, anchor)


def _entry(line: LedgerLine) -> tuple[object, ...]:
    return (
        line.corrections,
        multirange((run.first, run.last) for run in line.runs),
        multirange((run.first, run.last) for run in line.parked),
        line.backlog_head,
        [run.first for run in line.runs],
        [run.last for run in line.runs],
        [None if run.first_us is None else timestamp(run.first_us) for run in line.runs],
        [None if run.last_us is None else timestamp(run.last_us) for run in line.runs],
        *((None, None) if line.touched is None else map(timestamp, line.touched)),
    )


async def _declare(connection: Connection, epoch: UUID, drop: Drop, offset_us: int | None) -> None:
    ranges = multirange((first, last) for first, last in drop.ranges)
    times = [None if offset_us is None else timestamp(us + offset_us) for us in (drop.first_us, drop.last_us)]
    await connection.execute(_QUERIES.declare, epoch, ranges)
    await connection.execute(
        _QUERIES.add_drop, epoch, ranges, drop.reason, *times, drop.first_us, drop.last_us
    )


async def _anchor(connection: Connection, epoch: UUID, anchor: Anchor) -> None:
    offset_us = anchor.wall_us - anchor.boot_us
    await connection.execute(_QUERIES.pin, epoch, offset_us, anchor.error_us, anchor.source)
    await connection.execute(
        _QUERIES.add_anchor, epoch, anchor.boot_us, offset_us, anchor.error_us, anchor.source
    )


async def _write_impulses(connection: Connection, lines: Sequence[ImpulseLine]) -> None:
    if lines:
        await connection.executemany(_QUERIES.add_impulse, [_impulse(line) for line in lines])


def _impulse(line: ImpulseLine) -> tuple[object, ...]:
    told = line.impulse
    return (
        UUID(bytes=line.epoch),
        line.seq,
        line.place,
        line.gateway,
        told.timer,
        timestamp(told.boot_us + line.offset_us),
        line.clock_error_us,
        told.ticks,
        told.channel,
        told.bib,
        list(told.marks),
        told.line,
        None if told.moment_us is None else timestamp(told.moment_us + line.offset_us),
        told.error_us,
    )


async def _write_logs(connection: Connection, plan: Plan) -> None:
    for gateway, epoch, t_us, log in plan.logs:
        fields = msgspec.json.encode(log.fields).decode()
        await connection.execute(
            _QUERIES.add_log, gateway, UUID(bytes=epoch), timestamp(t_us), log.level, log.event, fields
        )


async def _park(connection: Connection, pieces: Sequence[Unusable]) -> None:
    """In one order for all workers: two that park the same bytes must not wait for each other in a ring."""
    for piece in sorted(pieces, key=lambda piece: (piece.identity or (b"", 0), piece.raw)):
        epoch, seq = (UUID(bytes=piece.identity[0]), piece.identity[1]) if piece.identity else (None, None)
        await connection.execute(
            _QUERIES.park, piece.gateway, epoch, seq, piece.reason, piece.detail[:1000], piece.raw
        )
