"""`sts-hub gateway`: gateways added by whoever runs the hub."""

import asyncio
import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Annotated, Final

import asyncpg
import typer

from sts_hub import config
from sts_hub.broker import users
from sts_hub.broker.management import Management, vhost_of
from sts_hub.config import Settings
from sts_hub.db import pools
from sts_hub.enrolment import commands as enrolment
from sts_hub.errors import HubError
from sts_hub.gateways.repository import SQL
from sts_protocols.routing import GATEWAY_NAME

PASSWORD_BYTES: Final = 32
# Read by the agent alone.
PASSWORD_FILE_MODE: Final = 0o600

app = typer.Typer()
gateway = typer.Typer(help="Add gateways and let them in.")
app.add_typer(gateway, name="gateway")


@gateway.callback()
def _group() -> None:
    """Add gateways and let them in."""


@gateway.command()
def add(
    name: Annotated[str, typer.Argument(help="3 to 40 of a-z, 0-9 and -; also its user at the broker.")],
    club: Annotated[str, typer.Option(help="The club it belongs to.")],
    site: Annotated[str, typer.Option(help="Where it stands.")],
    password_file: Annotated[Path, typer.Option(help="New file for its password, mode 0600.")],
) -> None:
    """Register a gateway and let it in, at the broker and over HTTPS; adding it again gives it a new password."""
    settings = config.load("db_owner_dsn", with_broker=("management_url", "amqp_url"))
    _check(name)
    with _new_secret(password_file) as password:
        asyncio.run(_add(settings, name, club, site, password))
    typer.echo(f"{name} is registered at {site}. Its password is in {password_file}: hand it to the gateway.")


@gateway.command()
def code(
    club: Annotated[str, typer.Option(help="The club it belongs to.")],
    site: Annotated[str, typer.Option(help="Where it stands.")],
    name: Annotated[
        str | None, typer.Option(help="Its name; a known one gets a new secret. Without: as it proposes.")
    ] = None,
) -> None:
    """Print a code that lets one gateway in, once, within 15 minutes: sts-edge enrol CODE --hub URL."""
    settings = config.load("db_owner_dsn")
    _check(name)
    typer.echo(asyncio.run(enrolment.new_code(settings, club, site, name)))
    typer.echo("Within 15 minutes, on the gateway: sudo sts-edge enrol CODE --hub https://THIS-HUB", err=True)


@gateway.command()
def sheet(
    file: Annotated[Path, typer.Argument(help="New file for the boot partition of each gateway, mode 0600.")],
    club: Annotated[str, typer.Option(help="The club they belong to.")],
    site: Annotated[str, typer.Option(help="Where they will stand.")],
    hub: Annotated[str, typer.Option(help="Where they reach this hub: https://...")],
    name: Annotated[str, typer.Option(help="The beginning of their names: pitch makes pitch-1, pitch-2.")],
    count: Annotated[int, typer.Option(min=1, max=200, help="How many gateways.")] = 1,
    days: Annotated[int, typer.Option(min=1, max=14, help="How long the codes last.")] = 14,
    ca_file: Annotated[
        Path | None, typer.Option(help="The authority of this hub's certificate, PEM.")
    ] = None,
    wifi: Annotated[str | None, typer.Option(help="The site's Wi-Fi network.")] = None,
    wifi_password_file: Annotated[Path | None, typer.Option(help="Its password: the first line.")] = None,
) -> None:
    """Make a site sheet: a code for each of some gateways, as a file, and printed with QR codes."""
    from sts_hub.enrolment.sheet import Sheet

    settings = config.load("db_owner_dsn")
    names = [f"{name}-{number}" for number in range(1, count + 1)]
    _check(names[-1])
    authority = None if ca_file is None else _read(ca_file)
    network = None if wifi is None else (wifi, _first_line(wifi_password_file))
    lasts = timedelta(days=days)
    with _new_file(file) as opened:
        codes = asyncio.run(enrolment.sheet_codes(settings, club, site, names, lasts))
        made = Sheet(hub, site, datetime.now(UTC) + lasts, codes, authority, network)
        opened.write(made.file())
    typer.echo(made.paper())


def _first_line(file: Path | None) -> str:
    if file is None:
        raise HubError("A Wi-Fi network needs its password: --wifi-password-file FILE.")
    return _read(file).partition("\n")[0]


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise HubError(f"{file} cannot be read ({error}): name another file.") from None


@gateway.command()
def revoke(name: Annotated[str, typer.Argument(help="The gateway.")]) -> None:
    """End a gateway: its login and its connections are gone within 5 s; what it sent stays."""
    settings = config.load("db_owner_dsn", with_broker=("management_url", "amqp_url"))
    _check(name)
    asyncio.run(enrolment.revoke(settings, name))
    typer.echo(
        f"{name} is revoked. To let it in again: sts-hub gateway code --club CLUB --site SITE --name {name}"
    )


def _check(name: str | None) -> None:
    if name is not None and GATEWAY_NAME.fullmatch(name) is None:
        raise HubError(f"{name} cannot be a gateway's name: use 3 to 40 of a-z, 0-9 and -.")


@contextlib.contextmanager
def _new_secret(path: Path) -> Iterator[str]:
    """A password in a new file that nobody else can read; the file is removed again when something fails."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    with _new_file(path) as file:
        file.write(password + "\n")
        file.flush()
        yield password


@contextlib.contextmanager
def _new_file(path: Path) -> Iterator[IO[str]]:
    """A new file that nobody else can read; it is removed again when something fails."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PASSWORD_FILE_MODE)
    except FileExistsError:
        raise HubError(f"{path} exists: move it away, or name another file.") from None
    except OSError as error:
        raise HubError(
            f"{path} cannot be written ({error.strerror}): name a file in another folder."
        ) from None
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise


async def _add(settings: Settings, name: str, club: str, site: str, password: str) -> None:
    with pools.told("STS_DB_OWNER_DSN"):
        await _register(settings.db_owner_dsn.get_secret_value(), name, club, site, password)
    if settings.without_broker:
        return
    vhost = vhost_of(settings.amqp_url.get_secret_value())
    async with Management(settings.management_url.get_secret_value(), vhost) as management:
        await users.add(management, name, password)


async def _register(dsn: str, name: str, club: str, site: str, password: str) -> None:
    connection = await pools.connect(dsn, "sts-hub gateway")
    try:
        club_id = await connection.fetchval(SQL.club_by_name, club)
        if club_id is None:
            raise HubError(f"There is no club {club}: create its first account with sts-hub account create.")
        if await connection.fetchval(SQL.add, name, club_id, site) is None:
            raise HubError(f"The name {name} belongs to a gateway of another club: choose another name.")
        await connection.execute(SQL.give_secret, name, hashlib.sha256(password.encode()).digest())
    except asyncpg.CheckViolationError:
        raise HubError("A site has a name of 1 to 120 characters: give one with --site.") from None
    finally:
        await connection.close()
