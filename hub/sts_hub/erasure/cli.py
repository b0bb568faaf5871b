"""`sts-hub erasure`."""

import asyncio

import typer

from sts_hub import config
from sts_hub.db import pools
from sts_hub.erasure import service
from sts_hub.errors import HubError
from sts_hub.kit.removals import Removals

# A person's values of two seasons go in one statement.
COMMAND_S = 600.0

app = typer.Typer()
erasure = typer.Typer(help="Erase again what an older backup has brought back.")
app.add_typer(erasure, name="erasure")


@erasure.callback()
def _group() -> None:
    """Erase again what an older backup has brought back."""


@erasure.command()
def replay() -> None:
    """Do every erasure and withdrawal of STS_REMOVALS_FILE again: after a restore, before ingest and API are started."""
    settings = config.load("db_owner_dsn")
    if settings.removals_file is None:
        raise HubError("STS_REMOVALS_FILE is missing: set it to the list that the API keeps.")
    with pools.told("STS_DB_OWNER_DSN"):
        acts, values = asyncio.run(
            _replay(settings.db_owner_dsn.get_secret_value(), Removals(settings.removals_file))
        )
    typer.echo(f"{acts} erasures and withdrawals are done; {values} values were still there and went.")


async def _replay(dsn: str, removals: Removals) -> tuple[int, int]:
    async with pools.as_owner(dsn, "sts-hub erasure", COMMAND_S) as connection:
        return await service.replayed(connection, removals)
