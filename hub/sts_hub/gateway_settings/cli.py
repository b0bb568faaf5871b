"""`sts-hub gateway settings`: a gateway's settings for whoever runs the hub, as the database's owner."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from sts_hub import config
from sts_hub.config import Settings
from sts_hub.db import pools
from sts_hub.errors import HubError, Refusal
from sts_hub.gateway_settings import service
from sts_hub.gateway_settings.schemas import GatewaySettings, SettingsWish
from sts_hub.gateways import operator
from sts_hub.gateways.cli import gateway


@gateway.command("settings")
def settings(
    name: Annotated[str, typer.Argument(help="The gateway.")],
    wish: Annotated[
        Path | None,
        typer.Option(
            "--set", help="JSON with based_on and tables: what it is to take up with its next beat."
        ),
    ] = None,
) -> None:
    """Print what of a gateway's settings is in force and what was asked for; or ask for other settings."""
    loaded = config.load("db_owner_dsn")
    asked = None if wish is None else _read(wish)
    with pools.told("STS_DB_OWNER_DSN"):
        told = asyncio.run(_done(loaded, name, asked))
    typer.echo(told.model_dump_json(indent=2))
    if told.change is not None and told.change.way_out:
        typer.echo(told.change.way_out, err=True)


def _read(file: Path) -> SettingsWish:
    try:
        return SettingsWish.model_validate_json(file.read_bytes())
    except OSError as error:
        raise HubError(f"{file} cannot be read ({error}): name another file.") from None
    except ValidationError as error:
        faults = "\n".join(f"  {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise HubError(
            f"{file} holds no settings; take what this command prints as in_force:\n{faults}"
        ) from None


async def _done(loaded: Settings, name: str, wish: SettingsWish | None) -> GatewaySettings:
    async with operator.of_gateway(loaded, name) as (session, caller):
        try:
            if wish is not None:
                return await service.changed(session, caller, name, wish)
            return await service.shown(session, caller, name)
        except Refusal as error:
            raise HubError(f"{error.detail} {error.way_out_now}") from None
