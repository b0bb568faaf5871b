"""A database that ends a connection in the moment in which it is used is a database that is away, and no fault of the process."""

from __future__ import annotations

import asyncpg
import pytest

from api_support import ApiDatabase
from sts_hub.db import pools
from sts_hub.errors import Away
from sts_hub.kit.database import Database

# How asyncpg tells it is the same whichever database stands behind it.
pytestmark = pytest.mark.one_generation

# PostgreSQL's protocol 3.0, ErrorResponse: what a server that is stopped says to each idle connection before it hangs up.
FIELDS = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"
ENDED = b"E" + (len(FIELDS) + 4).to_bytes(4, "big") + FIELDS


async def test_a_request_in_that_moment_hears_that_the_database_is_away(api_database: ApiDatabase) -> None:
    database = Database(api_database.api_dsn, max_size=1)
    await database.open()
    try:
        async with database.nobody() as session:
            protocol = session._connection._con._protocol
        protocol.data_received(ENDED)
        with pytest.raises(Away) as told:
            async with database.nobody():
                pass
        assert isinstance(told.value.__cause__, asyncpg.InternalClientError)
        assert isinstance(told.value.__cause__, pools.AWAY_ERRORS)
    finally:
        await database.close()
