"""The database, in the name of whoever is asking.

A reading and a writing session are different types, so a route that reads cannot write by accident;
PostgreSQL holds the reading one to it. Each sets the three settings that row-level security asks for, in its
own transaction.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import asyncpg

from sts_hub.db import pools
from sts_hub.errors import Away, Conflict, Invalid, Refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping

    from asyncpg.pool import PoolConnectionProxy

    from sts_hub.policy import Caller

    Connection = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]

# A request waits this long for a free connection: longer, and the person has already pressed reload.
ACQUIRE_S: Final = 5.0
# The slowest query here, a chart over a month, takes well below this.
COMMAND_S: Final = 15.0

_AWAY: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # see pools.AWAY_ERRORS
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidAuthorizationSpecificationError,
)

_ASK: Final = """
    SELECT set_config('sts.account_id', $1, true), set_config('sts.club_id', $2, true),
           set_config('sts.role', $3, true)
"""


class ReadSession:
    """One transaction that reads, seen through the eyes of one account."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        # Athletes of whom a route shows values without their being named in its path: for the audit.
        self.athletes: set[UUID] = set()

    async def rows(self, query: str, *values: Any) -> list[asyncpg.Record]:
        """All rows."""
        found: list[asyncpg.Record] = await self._connection.fetch(query, *values)
        return found

    async def row(self, query: str, *values: Any) -> asyncpg.Record | None:
        """The first row, or None."""
        return await self._connection.fetchrow(query, *values)

    async def value(self, query: str, *values: Any, within_s: float | None = None) -> Any:
        """The first column of the first row, or None; within COMMAND_S, or another time for what is known to take long."""
        return await self._connection.fetchval(query, *values, timeout=within_s)


class WriteSession(ReadSession):
    """One transaction that may also write; committed before the answer is sent."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        # Ids of the rows written by `one`: for the audit.
        self.made: set[str] = set()
        # What is told once the transaction is committed, and never where it is not.
        self.committed: list[Callable[[], Awaitable[None]]] = []

    async def one(self, query: str, *values: Any) -> asyncpg.Record:
        """The one row of an INSERT or UPDATE ... RETURNING that must hit."""
        row = await self._connection.fetchrow(query, *values)
        if row is None:
            raise Conflict("What was to be changed was removed meanwhile.", way_out="Read the list again.")
        if isinstance(made := row.get("id"), UUID | int):
            self.made.add(str(made))
        return row

    async def do(self, query: str, *values: Any) -> None:
        """Run a statement."""
        await self._connection.execute(query, *values)

    async def tell_committed(self) -> None:
        """The transaction is committed: whoever made the session says so."""
        for tell in self.committed:
            await tell()

    async def become(self, caller: Caller) -> None:
        """Go on in the name of somebody who was nobody when the transaction began."""
        await _ask(self._connection, caller)


class Database:
    """The pool of the API's role; opened with the process, also while the server is away."""

    def __init__(self, dsn: str, *, max_size: int = 10) -> None:
        self._dsn = dsn
        self._max_size = max_size
        self._pool: asyncpg.Pool | None = None

    async def open(self) -> None:
        """Make the pool; it connects on first use."""
        self._pool = await pools.open_pool(
            self._dsn, "sts-hub api", max_size=self._max_size, command_s=COMMAND_S
        )

    async def close(self) -> None:
        """Close the pool; what is still running is cut off."""
        if self._pool is not None:
            self._pool.terminate()

    @contextlib.asynccontextmanager
    async def reading(self, caller: Caller) -> AsyncIterator[ReadSession]:
        """A transaction that can only read; raises Away when the database cannot be reached."""
        async with self._transaction(readonly=True) as connection:
            await _ask(connection, caller)
            yield ReadSession(connection)

    @contextlib.asynccontextmanager
    async def writing(self, caller: Caller) -> AsyncIterator[WriteSession]:
        """A transaction that is committed at the end; raises Away when the database cannot be reached."""
        async with self._transaction(readonly=False) as connection:
            await _ask(connection, caller)
            yield (session := WriteSession(connection))
        await session.tell_committed()

    @contextlib.asynccontextmanager
    async def rehearsing(self, caller: Caller) -> AsyncIterator[WriteSession]:
        """A transaction that writes to show what would come of it: nothing of it stays."""
        async with self._transaction(readonly=False) as connection:
            rehearsal = connection.transaction()
            await rehearsal.start()
            try:
                await _ask(connection, caller)
                yield WriteSession(connection)
            finally:
                await rehearsal.rollback()

    @contextlib.asynccontextmanager
    async def nobody(self) -> AsyncIterator[WriteSession]:
        """A transaction in nobody's name: all it can do is what the functions for signing in allow."""
        async with self._transaction(readonly=False) as connection:
            yield (session := WriteSession(connection))
        await session.tell_committed()

    @contextlib.asynccontextmanager
    async def _transaction(self, *, readonly: bool) -> AsyncIterator[Connection]:
        if self._pool is None:
            raise RuntimeError("The pool is used before it was opened.")
        with _told():
            async with (
                self._pool.acquire(timeout=ACQUIRE_S) as connection,
                connection.transaction(readonly=readonly),
            ):
                yield connection


async def _ask(connection: Connection, caller: Caller) -> None:
    await connection.execute(_ASK, str(caller.account_id), str(caller.club_id), str(caller.role))


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Turn what the database refuses or cannot do at the moment into answers."""
    try:
        yield
    except asyncpg.DataError as error:
        raise Invalid("A value is outside what the database can hold.") from error
    except _AWAY as error:
        raise Away("The database does not answer.", headers={"Retry-After": "5"}) from error


@contextlib.contextmanager
def conflicts(sentences: Mapping[str, Refusal]) -> Iterator[None]:
    """Turn a broken constraint, by its name, into the answer that explains it."""
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as error:
        known = sentences.get(error.constraint_name or "")
        if known is None:
            raise
        raise known from error
