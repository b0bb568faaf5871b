"""`sts-hub erasure`."""

import asyncio
from enum import StrEnum
from typing import Annotated

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


class Decision(StrEnum):
    """What becomes of acts that were begun and are not listed as done."""

    DO = "do"
    LEAVE = "leave"


@erasure.command()
def replay(
    pending: Annotated[
        Decision | None,
        typer.Option(help="What to do with acts that were begun and are not listed as done."),
    ] = None,
) -> None:
    """Do every erasure and withdrawal of STS_REMOVALS_FILE again: after a restore, before ingest and API are started."""
    settings = config.load("db_owner_dsn")
    if settings.removals_file is None:
        raise HubError("STS_REMOVALS_FILE is missing: set it to the list that the API keeps.")
    with pools.told("STS_DB_OWNER_DSN"):
        acts, values = asyncio.run(
            _replay(settings.db_owner_dsn.get_secret_value(), Removals(settings.removals_file), pending)
        )
    typer.echo(f"{acts} erasures and withdrawals are done; {values} values were still there and went.")


async def _replay(dsn: str, removals: Removals, decision: Decision | None) -> tuple[int, int]:
    done, pending = removals.listed()
    standing = done if decision is not Decision.DO else sorted([*done, *pending], key=lambda one: one.at)
    async with pools.as_owner(dsn, "sts-hub erasure", COMMAND_S) as connection:
        acts, values = await service.replayed(connection, standing)
    if decision is None:
        service.refuse_pending(pending, f"What was done is done again ({acts}). {_DECIDE}")
    else:
        await removals.decide(pending, decision is Decision.DO)
    return acts, values


_DECIDE = "Ask whoever began it, then repeat the command with --pending do, or with --pending leave where it was not to be."
