"""`sts-hub club`: whole clubs, by whoever runs the hub."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from sts_hub import config
from sts_hub.accounts import cli as accounts
from sts_hub.clubs import repository, service
from sts_hub.clubs.archive import Contents
from sts_hub.config import Settings
from sts_hub.db import pools
from sts_hub.enrolment import commands as enrolment
from sts_hub.erasure import service as erasure
from sts_hub.errors import HubError
from sts_hub.kit.removals import Removals
from sts_hub.policy import Role

if TYPE_CHECKING:
    from sts_hub.db.pools import Connection

app = typer.Typer()
club = typer.Typer(help="Make, move and erase whole clubs.")
app.add_typer(club, name="club")

Name = Annotated[str, typer.Argument(help="The club, as the hub calls it.")]
Told = TypeVar("Told")


@club.callback()
def _group() -> None:
    """Make, move and erase whole clubs."""


@club.command()
def create(
    name: Annotated[str, typer.Argument(help="What the club is called.")],
    email: Annotated[str, typer.Option(help="What its first admin signs in with.")],
    admin: Annotated[str, typer.Option(help="The admin's name.")],
    password_stdin: Annotated[bool, typer.Option(help="Read the password from standard input.")] = False,
) -> None:
    """Make a club with its first admin; asks for the password, there is no default."""
    if _asked(config.load("db_owner_dsn"), lambda one: repository.by_name(one, name)) is not None:
        raise HubError(f"There is a club called {name} already: sts-hub account create adds people to it.")
    accounts.create(email, admin, name, Role.ADMIN, password_stdin)


@club.command()
def export(name: Name, file: Annotated[Path, typer.Argument(help="The new archive, mode 0600.")]) -> None:
    """Write all of a club into one archive, as it is at one moment: docs/clubs.md."""
    contents = _asked(config.load("db_owner_dsn"), lambda one: service.exported(one, name, file))
    typer.echo(f"{file} holds {_told(contents)}. It is health data: keep it where nobody else reads it.")


@club.command("import")
def bring(file: Annotated[Path, typer.Argument(help="An archive of `sts-hub club export`.")]) -> None:
    """Bring the club of an archive into this hub, whole or not at all."""
    settings = config.load("db_owner_dsn")
    removals = Removals(settings.removals_file)
    arrived = _asked(settings, lambda one: service.imported(one, file, removals))
    typer.echo(
        f"Here is {_told(arrived.contents)}. Its gateways must be enrolled anew: sts-hub gateway code."
    )
    if arrived.moved:
        moved = ", ".join(f"{name} + {by}" for name, by in sorted(arrived.moved.items()))
        typer.echo(f"Numbers that others have here were moved: {moved}.")


@club.command()
def erase(
    name: Name,
    confirm: Annotated[str, typer.Option(help="The club's name once more, where nobody can be asked.")] = "",
) -> None:
    """Erase a club for good: people, values, results, gateways, audit. Only a backup has it then, until that expires."""
    settings = config.load("db_owner_dsn", with_broker=("management_url", "amqp_url"))
    club_id = _asked(settings, lambda one: service.known(one, name))
    if not confirm and sys.stdin.isatty():
        confirm = typer.prompt(f"Everything of {name} will be gone. Type its name to erase it")
    if confirm != name:
        raise HubError(f"Nothing was erased: to confirm it, the name must be given as it is: {name}")
    for gateway in _asked(settings, lambda one: repository.gateways(one, club_id)):
        asyncio.run(enrolment.revoke(settings, gateway))
    removals = Removals(settings.removals_file)
    values = _asked(settings, lambda one: erasure.club_erased(one, removals, club_id))
    typer.echo(
        f"{name} is erased, with {values:,} values. Backups keep it until they expire: docs/access.md."
    )


def _asked(settings: Settings, ask: Callable[[Connection], Awaitable[Told]]) -> Told:
    """What the database's owner is told. A whole club takes its time: there is no deadline."""

    async def asking() -> Told:
        dsn = settings.db_owner_dsn.get_secret_value()
        async with pools.as_owner(dsn, "sts-hub club", command_s=None) as connection:
            return await ask(connection)

    with pools.told("STS_DB_OWNER_DSN"):
        return asyncio.run(asking())


def _told(contents: Contents) -> str:
    rows = sum(part.rows for part in contents.parts)
    return f"{contents.name} with {rows:,} rows in {len(contents.parts)} tables"
