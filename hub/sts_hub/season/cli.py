"""`sts-hub seed`: a demo season."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from sts_hub import config
from sts_hub.db import pools
from sts_hub.season import calendar, service
from sts_hub.season.people import SQUAD, TEAMS
from sts_hub.season.straps import BYTES_A_VALUE

app = typer.Typer()


@app.callback()
def season() -> None:
    """A demo season."""


@app.command()
def seed(
    club: Annotated[
        str, typer.Option(help="The club that gets the two squads; made if it is new.")
    ] = "Demo club",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    chance: Annotated[
        int, typer.Option("--seed", help="The same number makes the same people and outings.")
    ] = 7,
) -> None:
    """Load ten invented weeks of two squads: trainings, matches, what officials told of these, illness and gaps."""
    settings = config.load("db_owner_dsn")
    plan = calendar.outings(datetime.now(UTC))
    values = sum(outing.minutes * 60 * SQUAD for outing in plan)
    typer.echo(
        f"{len(TEAMS)} squads of {SQUAD}, {len(plan)} trainings and matches from {plan[0].start:%Y-%m-%d} to "
        f"{plan[-1].end:%Y-%m-%d}: {values / 1e6:.1f} million values, about {values * BYTES_A_VALUE / 1e6:.0f} MB "
        "in the database, in a minute or two."
    )
    if not yes and sys.stdin.isatty():
        typer.confirm(f"Load them into {club}?", abort=True)
    with pools.told("STS_DB_OWNER_DSN"):
        loaded = asyncio.run(_load(settings, club, chance, plan))
    typer.echo(f"Loaded: {loaded:,} values. The squads are called {' and '.join(TEAMS)}.")


async def _load(settings: config.Settings, club: str, chance: int, plan: list[calendar.Outing]) -> int:
    dsn = settings.db_owner_dsn.get_secret_value()
    async with pools.as_owner(dsn, "sts-hub seed", command_s=600.0) as connection:
        total = 0
        steps = service.load(connection, club, chance, plan)
        with typer.progressbar(length=len(plan), label="Loading") as bar:
            async for count in steps:
                total += count
                bar.update(1)
    return total
