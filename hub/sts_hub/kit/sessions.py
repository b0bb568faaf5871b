"""What a route declares to reach the database: `Reads` or `Writes`, always in the name of `Asking`."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends

from sts_hub.kit.database import Database, ReadSession, WriteSession
from sts_hub.kit.identity import Asking
from sts_hub.kit.provide import provided

_Database = Annotated[Database, Depends(provided(Database))]


async def _reading(caller: Asking, database: _Database) -> AsyncIterator[ReadSession]:
    async with database.reading(caller) as session:
        yield session


async def _writing(caller: Asking, database: _Database) -> AsyncIterator[WriteSession]:
    async with database.writing(caller) as session:
        yield session


# scope="function": the transaction ends before the answer is sent, so whoever reads next sees what was
# written.
Reads = Annotated[ReadSession, Depends(_reading, scope="function")]
Writes = Annotated[WriteSession, Depends(_writing, scope="function")]
