"""`sts-hub clock`: correct, resume, list, place."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from sts_hub import config
from sts_hub.corrections import clock
from sts_hub.db import pools, queries

if TYPE_CHECKING:
    from sts_hub.db.pools import Connection

SQL = queries.load("sts_hub.corrections")
# A step moves a quarter of an hour of a squad: seconds on a loaded server.
COMMAND_S = 300.0

app = typer.Typer(no_args_is_help=True)
commands = typer.Typer(no_args_is_help=True, help="Put an epoch of a gateway right in time.")
app.add_typer(commands, name="clock")

Epoch = Annotated[UUID, typer.Argument(help="The epoch, as `sts-edge status` and the hub's lists show it.")]


@app.callback()
def corrections() -> None:
    """Clocks."""


@commands.command()
def correct(
    epoch: Epoch,
    by_ms: Annotated[float, typer.Option(help="Added to every time of this epoch, ms; may be negative.")],
    reason: Annotated[str, typer.Option(help="Why: kept with the correction.")],
) -> None:
    """Move all samples of an epoch whose clock was wrong by more than 50 ms, those still to come included."""

    async def act(connection: Connection) -> None:
        await clock.begin(connection, epoch, round(by_ms * 1000), reason)
        await clock.finish(
            connection, epoch, lambda at: typer.echo(f"moved up to {at:%Y-%m-%d %H:%M:%S} UTC")
        )

    _run(act)
    typer.echo("The epoch is corrected. Roll-ups follow with the next sts-hub maintain.")


@commands.command()
def resume() -> None:
    """Finish corrections that were interrupted."""
    done: list[int] = []

    async def act(connection: Connection) -> None:
        done.append(await clock.finish_all(connection))

    _run(act)
    typer.echo(f"{done[0]} corrections finished." if done[0] else "No correction was left unfinished.")


@commands.command("list")
def list_corrections() -> None:
    """Every correction that was made, and whether it is finished."""

    async def act(connection: Connection) -> None:
        for row in await connection.fetch(SQL.listed):
            state = "finished" if row["done_at"] else "UNFINISHED: sts-hub clock resume"
            typer.echo(
                f"{row['started_at']:%Y-%m-%d %H:%M}  {row['gateway']}  {row['epoch'].hex}  "
                f"{row['delta_us'] / 1000:+.3f} ms  {state}  {row['reason']}"
            )

    _run(act)


@commands.command()
def place(
    epoch: Epoch,
    first_at: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%dT%H:%M:%S"], help="When its first record began, UTC.")
    ],
    error_s: Annotated[float, typer.Option(min=0, help="How far off that may be, s.")] = 60,
) -> None:
    """Say when an epoch without any clock was; its waiting records are then stored."""

    async def act(connection: Connection) -> None:
        gateway = await clock.place(
            connection, epoch, first_at.replace(tzinfo=UTC), timedelta(seconds=error_s)
        )
        typer.echo(f"The epoch of {gateway} has its place; the workers store its records now.")

    _run(act)


def _run(act: Callable[[Connection], Awaitable[None]]) -> None:
    dsn = config.load("db_owner_dsn").db_owner_dsn.get_secret_value()

    async def connected() -> None:
        async with pools.as_owner(dsn, "sts-hub clock", COMMAND_S) as connection:
            await act(connection)

    with pools.told("STS_DB_OWNER_DSN"):
        asyncio.run(connected())
