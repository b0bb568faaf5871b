"""Connections to PostgreSQL, alike everywhere: named in pg_stat_activity, in UTC, with a deadline on each
call."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import TypeAlias

import asyncpg
from asyncpg import Pool
from asyncpg.pool import PoolConnectionProxy

from sts_hub.errors import HubError

Connection: TypeAlias = "asyncpg.Connection | PoolConnectionProxy"
"""A connection of one's own, or one lent by a pool."""

CONNECT_S = 10.0
"""A server that is restarting refuses at once; one that hangs is given the time of a slow fork."""

COMMAND_S = 30.0
"""Longer than the longest transaction of ingest (a COPY of 50,000 rows takes below 1 s), shorter than the
broker's patience with a consumer that does not acknowledge (30 minutes)."""

_SETTINGS = {"timezone": "UTC", "jit": "off"}
# jit: compiling takes longer than any query here takes to run


async def connect(dsn: str, application: str, command_s: float | None = COMMAND_S) -> asyncpg.Connection:
    """One connection; raises OSError or asyncpg.PostgresError when the server is not there or refuses."""
    return await asyncpg.connect(
        dsn,
        timeout=CONNECT_S,
        command_timeout=command_s,
        server_settings={**_SETTINGS, "application_name": application},
    )


@contextlib.asynccontextmanager
async def as_owner(
    dsn: str, application: str, command_s: float | None = COMMAND_S
) -> AsyncIterator[asyncpg.Connection]:
    """One connection that acts as sts_owner, whoever logged in; closed at the end. Raises as `connect` does."""
    connection = await connect(dsn, application, command_s)
    try:
        await connection.execute("SET ROLE sts_owner")
        yield connection
    finally:
        await connection.close()


AWAY_ERRORS: tuple[type[Exception], ...] = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""What a database raises that refuses, does not answer in time (TimeoutError is an OSError) or goes away. The last is asyncpg's own
word on a connection that the server has just ended and that is used in that moment."""


@contextlib.contextmanager
def told(setting: str, *also: type[Exception]) -> Iterator[None]:
    """For commands: a database that refuses or is away, and `also` these errors, become one sentence (HubError)
    that names the setting to check."""
    try:
        yield
    except (*AWAY_ERRORS, *also) as error:
        raise HubError(f"The database refuses or is away ({error}): check {setting}.") from None


async def open_pool(
    dsn: str,
    application: str,
    *,
    min_size: int = 0,
    max_size: int = 10,
    command_s: float = COMMAND_S,
    resets: bool = True,
) -> Pool:
    """A pool of such connections; with min_size 0 it opens even while the server is away.

    `resets` clears the session when a connection is given back: a round trip that who leaves nothing in a
    session can save.
    """
    return await asyncpg.create_pool(
        dsn,
        min_size=min_size,
        max_size=max_size,
        timeout=CONNECT_S,
        command_timeout=command_s,
        server_settings={**_SETTINGS, "application_name": application},
        reset=None if resets else _keep,
    )


async def _keep(_: Connection) -> None:
    """Give the connection back as it is."""
