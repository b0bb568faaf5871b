"""`sts-hub second-factor`: by whoever runs the hub, for the one admin of a club who has lost phone and backup codes."""

import asyncio
from typing import Annotated

import typer

from sts_hub import config
from sts_hub.config import Settings
from sts_hub.db import pools, queries
from sts_hub.errors import HubError
from sts_hub.kit.operator import acting
from sts_hub.second_factors import repository

app = typer.Typer()
group = typer.Typer(help="Reset second factors.")
app.add_typer(group, name="second-factor")

_SQL = queries.load("sts_hub.second_factors")


@group.callback()
def _group() -> None:
    """Reset second factors."""


@group.command()
def reset(email: Annotated[str, typer.Argument(help="What the person signs in with.")]) -> None:
    """Take somebody's authenticator app and passkeys away, and end all their logins; the password stays."""
    settings = config.load("db_owner_dsn")
    with pools.told("STS_DB_OWNER_DSN"):
        asyncio.run(_reset(settings, email))
    typer.echo(f"{email} signs in with the password alone now, and can set up a new second factor.")


async def _reset(settings: Settings, email: str) -> None:
    missing = f"There is no account with the e-mail {email}: write it as the person signs in."
    async with acting(settings, "sts-hub second-factor", _SQL.club_of, email, missing) as (session, _caller):
        account_id = await session.value(_SQL.account_of, email)
        if not await repository.reset(session, account_id):
            raise HubError(missing)
