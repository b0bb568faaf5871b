"""`sts-hub gateway update`: versions of a club's gateways for whoever runs the hub, as the database's owner."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from pydantic import ValidationError

from sts_hub import config
from sts_hub.config import Settings
from sts_hub.db import pools
from sts_hub.errors import HubError
from sts_hub.gateways import operator
from sts_hub.gateways.cli import gateway
from sts_hub.versions import service
from sts_hub.versions.schemas import FleetVersions, VersionWish


@gateway.command("update")
def update(
    club: Annotated[str, typer.Option(help="Whose gateways.")],
    version: Annotated[str | None, typer.Argument(help="Which version; without: show what runs.")] = None,
    percent: Annotated[int, typer.Option(min=0, max=100, help="How many of the fleet for now.")] = 10,
) -> None:
    """Have a part of a club's gateways take up a version, or show what they run."""
    loaded = config.load("db_owner_dsn")
    try:
        wish = None if version is None else VersionWish(version=version, percent=percent)
    except ValidationError:
        raise HubError(f"{version} is no version such as 0.2.0.") from None
    with pools.told("STS_DB_OWNER_DSN"):
        told = asyncio.run(_done(loaded, club, wish))
    for name, count in told.running.items():
        typer.echo(f"{name}  {count} gateways")
    if told.wanted is not None:
        typer.echo(f"wanted: {told.wanted.version} for {told.wanted.percent} % of the gateways")


async def _done(loaded: Settings, club: str, wish: VersionWish | None) -> FleetVersions:
    async with operator.of_club(loaded, club) as (session, caller):
        return await (
            service.shown(session, caller) if wish is None else service.wished(session, caller, wish)
        )
