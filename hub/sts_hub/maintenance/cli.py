"""`sts-hub maintain` and `sts-hub verify`."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from sts_hub import config, logs
from sts_hub.corrections import clock
from sts_hub.db import pools, queries
from sts_hub.errors import HubError
from sts_hub.maintenance import retention, rollups, verification
from sts_hub.summaries import keeping

if TYPE_CHECKING:
    from sts_hub.db.pools import Connection

SQL = queries.load("sts_hub.maintenance")

# Two seasons: last year's same week stays comparable value by value.
KEEP_DAYS = 730
# A long statement here (the roll-up of a day's backlog) is not a fault.
COMMAND_S = 600.0


class Kept(NamedTuple):
    """How long what is kept, in days."""

    samples_days: int = KEEP_DAYS
    names_days: int = retention.NAMES_KEPT_DAYS


app = typer.Typer(no_args_is_help=True)
_log = logs.get("sts_hub.maintenance")


@app.callback()
def maintenance() -> None:
    """Keep the database in shape."""


@app.command()
def maintain(
    every: Annotated[float, typer.Option(min=0, help="Go on, once in so many seconds; 0: once and end.")] = 0,
    keep_days: Annotated[int, typer.Option(min=1, help="Samples older than this are removed.")] = KEEP_DAYS,
    keep_names_days: Annotated[
        int, typer.Option(min=1, help="Names of other clubs' people in result lists go after this.")
    ] = retention.NAMES_KEPT_DAYS,
    again: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Roll this day (UTC) up anew.")
    ] = None,
    round_file: Annotated[
        Path | None,
        typer.Option(help="Touched after each finished round, for whoever watches that there are some."),
    ] = None,
) -> None:
    """Make partitions ahead, fill roll-ups, work out sessions, remove what is past its time."""
    settings = config.load("db_owner_dsn")
    logs.configure("sts-hub maintain", settings.log_level)
    with pools.told("STS_DB_OWNER_DSN"):
        kept = Kept(keep_days, keep_names_days)
        asyncio.run(_keep(settings.db_owner_dsn.get_secret_value(), every, kept, again, round_file))


@app.command()
def verify() -> None:
    """Check ledger, samples and roll-ups against each other; exit 1 when they disagree."""
    settings = config.load("db_owner_dsn")
    with pools.told("STS_DB_OWNER_DSN"):
        verdict = asyncio.run(_verify(settings.db_owner_dsn.get_secret_value()))
    for gateway, records in verdict.outstanding.items():
        typer.echo(f"{gateway}: {records} records are still expected.")
    if verdict.faults:
        raise HubError("\n".join(verdict.faults))
    typer.echo("Ledger, samples and roll-ups agree.")


async def once(connection: Connection, kept: Kept) -> dict[str, int]:
    """One round of everything; returns what was done, in numbers."""
    await retention.open_days(connection)
    corrections = await clock.finish_all(connection)
    lines = 0
    while done := await rollups.fill(connection):
        lines += done
    now = datetime.now(UTC)
    return {
        "corrections_finished": corrections,
        "windows_filled": lines,
        "sessions_worked_out": await keeping.work_out(connection),
        "days_removed": await retention.expire(connection, kept.samples_days, now),
        "unworn_values_forgotten": await retention.forget_unworn(connection, now),
        "days_laid_in_columns": await retention.to_columns(connection),
        "outgoing_forgotten": await retention.forget_outgoing(connection),
        "answers_forgotten": await retention.forget_answers(connection),
        "names_forgotten": await retention.forget_names(connection, kept.names_days, now),
    }


async def _keep(
    dsn: str, every_s: float, kept: Kept, again: datetime | None, round_file: Path | None
) -> None:
    while True:
        try:
            if await _round(dsn, kept, again):
                again = None  # asked for once
            _tell_finished(round_file)
        except pools.AWAY_ERRORS as error:
            if not every_s:
                raise
            _log.warning("database away", error=str(error))
        if not every_s:
            return
        await asyncio.sleep(every_s)


def _tell_finished(round_file: Path | None) -> None:
    if round_file is not None:
        round_file.touch()


async def _round(dsn: str, kept: Kept, again: datetime | None) -> bool:
    """Everything once; false when another keeper has its turn."""
    async with pools.as_owner(dsn, "sts-hub maintain", COMMAND_S) as connection:
        if not await connection.fetchval(SQL.one_at_a_time):
            return False
        if again is not None:
            await rollups.ask_again(connection, again.replace(tzinfo=UTC))
        _log.info("maintained", **await once(connection, kept))
        return True


async def _verify(dsn: str) -> verification.Verdict:
    async with pools.as_owner(dsn, "sts-hub verify", COMMAND_S) as connection:
        return await verification.verify(connection)
