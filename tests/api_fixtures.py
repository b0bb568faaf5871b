"""Fixtures of the API's tests: a database, the app, and a world of one's own."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI

from api_support import ApiDatabase, World, make_world, settings_of
from sts_hub.api.app import create_app
from sts_hub.db import migrate
from sts_hub.kit.database import Database

API_PASSWORD = "api-in-a-test"


@pytest.fixture(scope="session")
async def api_database(postgres: Any) -> AsyncIterator[ApiDatabase]:
    """A migrated database for all tests of the API; each makes clubs of its own in it."""
    dsn = postgres.make_database()
    name = dsn.partition("@/")[2].partition("?")[0]
    api_dsn = postgres.dsn_of(name, migrate.API, API_PASSWORD)
    await migrate.migrate(dsn, api_dsn=api_dsn)
    owner = await asyncpg.connect(dsn, server_settings={"timezone": "UTC"})
    yield ApiDatabase(owner, api_dsn, dsn)
    await owner.close()


@pytest.fixture(scope="session")
async def api_app(api_database: ApiDatabase) -> AsyncIterator[FastAPI]:
    """The API's app without its broker."""
    app = create_app(settings_of(api_database.api_dsn, without_broker=True))
    database: Database = app.state.parts[Database]
    await database.open()
    yield app
    await database.close()


@pytest.fixture
async def world(api_database: ApiDatabase, api_app: FastAPI) -> AsyncIterator[World]:
    """Two clubs nobody else's test knows of, and nobody has tried to sign in yet."""
    await api_database.owner.execute("DELETE FROM sts.tried")
    made = await make_world(api_database, api_app)
    yield made
    for client in made.clients:
        with contextlib.suppress(RuntimeError):
            await client.aclose()
