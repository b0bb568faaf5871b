"""`sts-hub account`: accounts made by whoever runs the hub, the first admin above all."""

import asyncio
import sys
from typing import Annotated

import asyncpg
import typer
from pydantic import SecretStr, ValidationError

from sts_hub import config
from sts_hub.accounts import repository
from sts_hub.accounts.passwords import Passwords, refuse_guessable
from sts_hub.accounts.schemas import NewAccount
from sts_hub.db import pools
from sts_hub.errors import HubError, Refusal
from sts_hub.kit.database import WriteSession
from sts_hub.policy import Role

app = typer.Typer()
account = typer.Typer(help="Create accounts of people.")
app.add_typer(account, name="account")


class _ThereError(HubError):
    """Somebody has this e-mail already."""


@account.callback()
def _group() -> None:
    """Create accounts of people."""


@account.command()
def create(
    email: Annotated[str, typer.Option(help="What the person signs in with.")],
    name: Annotated[str, typer.Option(help="The person's name.")],
    club: Annotated[str, typer.Option(help="The person's club; made if it is new.")],
    role: Annotated[Role, typer.Option(help="What the person is in the club.")] = Role.ADMIN,
    password_stdin: Annotated[bool, typer.Option(help="Read the password from standard input.")] = False,
    if_missing: Annotated[
        bool, typer.Option("--if-missing", help="Leave an account that is there as it is, and end with 0.")
    ] = False,
) -> None:
    """Create an account; asks for the password, there is no default."""
    settings = config.load("db_owner_dsn")
    password = _password(password_stdin)
    try:
        new = NewAccount(email=email, name=name, role=role, password=SecretStr(password))
        with pools.told("STS_DB_OWNER_DSN"):
            asyncio.run(_create(settings.db_owner_dsn.get_secret_value(), new, club))
    except ValidationError as error:
        faults = [f"{fault['loc'][0]}: {fault['msg']}." for fault in error.errors(include_input=False)]
        raise HubError("\n".join(faults)) from None
    except Refusal as refusal:
        raise HubError(f"{refusal.detail} {refusal.way_out_now}") from None
    except _ThereError:
        if not if_missing:
            raise
        typer.echo(f"{new.email} has an account already; it stays as it is.")
        return
    typer.echo(f"{new.email} can sign in as {new.role} of {club}.")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise HubError("There is no terminal to ask for the password: use --password-stdin.")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


async def _create(dsn: str, new: NewAccount, club: str) -> None:
    password = new.password.get_secret_value()
    await refuse_guessable(password, new.email, new.name, club)
    hashed = await Passwords().hashed(password)
    connection = await pools.connect(dsn, "sts-hub account")
    try:
        async with connection.transaction():
            session = WriteSession(connection)
            club_id = await repository.club(session, club)
            await repository.add(session, club_id, new.email, new.name, new.role, hashed)
    except asyncpg.UniqueViolationError:
        raise _ThereError(f"There is already an account with the e-mail {new.email}.") from None
    finally:
        await connection.close()
