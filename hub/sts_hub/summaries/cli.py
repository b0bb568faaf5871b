"""`sts-hub receipt`: what a stored number was worked out from."""

from __future__ import annotations

import asyncio
from typing import Annotated
from uuid import UUID

import typer

from sts_hub import config
from sts_hub.summaries import receipts

app = typer.Typer(no_args_is_help=True)


@app.callback()
def summaries() -> None:
    """Numbers of sessions."""


@app.command()
def receipt(
    number: Annotated[UUID, typer.Argument(help="Its id, as a session's summary tells it.")],
) -> None:
    """Write what a stored number was worked out from, so that `sts-hub compute` gives the same digits."""
    typer.echo(asyncio.run(receipts.receipt(config.load("db_owner_dsn"), number)).decode())
