"""`sts-hub migrate`."""

from __future__ import annotations

import asyncio

import typer

from sts_hub import config
from sts_hub.db import migrate as migrations
from sts_hub.db import pools

app = typer.Typer(no_args_is_help=True)


@app.callback()
def database() -> None:
    """The database."""


@app.command()
def migrate() -> None:
    """Bring the database to the state that this version needs; a second run changes nothing."""
    settings = config.load("db_owner_dsn")
    outcome = asyncio.run(_migrate(settings))
    for name in outcome.applied:
        typer.echo(f"applied {name}")
    typer.echo(f"The database is at version {outcome.version} ({outcome.edition}).")


async def _migrate(settings: config.Settings) -> migrations.Outcome:
    with pools.told("STS_DB_OWNER_DSN"):
        return await migrations.migrate(
            settings.db_owner_dsn.get_secret_value(),
            ingest_dsn=settings.db_ingest_dsn.get_secret_value() or None,
            api_dsn=settings.db_api_dsn.get_secret_value() or None,
        )
