"""What a route declares to reach the database: `Reads`, `Writes` or `Keeps`, always in the name of `Asking`."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Header
from starlette.requests import Request

from sts_hub.kit import notes, repeats
from sts_hub.kit.database import Database, ReadSession, WriteSession
from sts_hub.kit.identity import Asking
from sts_hub.kit.provide import provided

_Database = Annotated[Database, Depends(provided(Database))]


async def _reading(request: Request, caller: Asking, database: _Database) -> AsyncIterator[ReadSession]:
    async with database.reading(caller) as session:
        yield session
    await notes.read(database, caller, session, request)


_Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{8,64}$",
        description="A name drawn for this change: sent again under it within 24 h, it is made once and answered "
        "alike.",
    ),
]


async def _writing(
    request: Request, caller: Asking, database: _Database, key: _Key = None
) -> AsyncIterator[WriteSession]:
    async with database.writing(caller) as session:
        if key is not None:
            await repeats.claim(session, caller, key, request)
        yield session
        await notes.changed(session, request)
        if key is not None:
            await repeats.keep(session, caller, key, request)


async def _keeping(request: Request, caller: Asking, database: _Database) -> AsyncIterator[WriteSession]:
    async with database.writing(caller) as session:
        yield session
    await notes.read(database, caller, session, request)


# scope="function": the transaction ends before the answer is sent, so whoever reads next sees what was
# written.
Reads = Annotated[ReadSession, Depends(_reading, scope="function")]
Writes = Annotated[WriteSession, Depends(_writing, scope="function")]
# For a route that reads, and keeps what it has worked out; to ask twice changes nothing.
Keeps = Annotated[WriteSession, Depends(_keeping, scope="function")]
