"""Brings a database from any earlier state to the newest: `sts-hub migrate`.

Migrations are the files ``migrations/NNNN_name.sql``, applied in order, each in a transaction of its own
together with its line in ``sts.migration``. They run as the role sts_owner, so that nothing in the schema
belongs to a superuser; the roles sts_ingest and sts_api are what the worker and the API log in as.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import asyncpg

from sts_hub.db import pools, queries
from sts_hub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sts_hub.db.pools import Connection

OWNER, INGEST, API = "sts_owner", "sts_ingest", "sts_api"
ROLES = (OWNER, INGEST, API)

_FILE = re.compile(r"^(\d{4})_([a-z0-9_]+)\.sql$")
_QUERIES = queries.load(__package__, "migrate.sql")


class MigrationError(HubError):
    """The database cannot be brought to this version as things are."""


@dataclass(frozen=True)
class Migration:
    """One step, from one SQL file."""

    number: int
    name: str
    sql: str

    @property
    def digest(self) -> str:
        """What tells that the file is still the one that was applied."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


@dataclass(frozen=True)
class Outcome:
    """What a run did, and what it found: the edition is plain, apache or community."""

    applied: tuple[str, ...]
    version: int
    edition: str


def shipped() -> tuple[Migration, ...]:
    """The migrations of this version, in order."""
    folder = files(__package__).joinpath("migrations")
    return in_order((entry.name, entry.read_text("utf-8")) for entry in folder.iterdir())


def in_order(texts: Iterable[tuple[str, str]]) -> tuple[Migration, ...]:
    """Migrations from (file name, SQL), sorted; numbers must be 1, 2, 3... without a gap."""
    steps = sorted(
        (Migration(int(match[1]), match[2], sql) for name, sql in texts if (match := _FILE.match(name))),
        key=lambda step: step.number,
    )
    if [step.number for step in steps] != list(range(1, len(steps) + 1)):
        raise MigrationError(f"Migrations must be numbered 1, 2, 3 and so on: {[s.number for s in steps]}.")
    return tuple(steps)


async def migrate(
    owner_dsn: str,
    *,
    ingest_dsn: str | None = None,
    api_dsn: str | None = None,
    steps: tuple[Migration, ...] | None = None,
) -> Outcome:
    """Create the roles, apply what is missing, and set the passwords that the two other DSNs carry.

    Raises MigrationError with what to do, OSError or asyncpg.PostgresError when the server is away or
    refuses.
    """
    connection = await pools.connect(owner_dsn, "sts-hub migrate", command_s=None)
    try:
        await _prepare(connection, {INGEST: password_of(ingest_dsn, INGEST), API: password_of(api_dsn, API)})
        return await _apply(connection, shipped() if steps is None else steps)
    finally:
        await connection.close()


def password_of(dsn: str | None, role: str) -> str | None:
    """The password that a libpq URL carries for this role, if it does."""
    if dsn is None:
        return None
    url = urlsplit(dsn)
    return unquote(url.password) if url.password and url.username == role else None


async def _prepare(connection: Connection, passwords: dict[str, str | None]) -> None:
    """Roles, the extension and the schema: what sts_owner cannot make for itself."""
    for role in ROLES:
        await _ensure_role(connection, role)
    for role, password in passwords.items():
        if password is not None:
            await _change_role(connection, await connection.fetchval(_QUERIES.set_password, role, password))
    async with connection.transaction():
        await connection.execute(_QUERIES.one_at_a_time)
        if await connection.fetchval("SELECT current_user <> 'sts_owner'"):
            await _run(connection, _QUERIES.prepare_database, "let sts_owner create in this database")


async def _ensure_role(connection: Connection, role: str) -> None:
    if await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role):
        return
    try:
        await _change_role(connection, f"CREATE ROLE {role} LOGIN")
    except asyncpg.InsufficientPrivilegeError:
        raise MigrationError(
            f"The role {role} is missing and this user may not create it. "
            f"Run as a superuser: CREATE ROLE {role} LOGIN; GRANT {OWNER} TO <the user of STS_DB_OWNER_DSN>;"
        ) from None


async def _change_role(connection: Connection, statement: str) -> None:
    """Roles belong to the whole server: another database's migration may be making the same one right now."""
    for _ in range(20):
        try:
            await connection.execute(statement)
            return
        except (asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
            return
        except asyncpg.InternalServerError as error:
            if "concurrently" not in str(error):
                raise
            await connection.execute("SELECT pg_sleep(0.1)")
    raise MigrationError("The server's roles kept changing while this ran. Run sts-hub migrate again.")


async def _run(connection: Connection, statement: str, purpose: str) -> None:
    try:
        await connection.execute(statement)
    except asyncpg.InsufficientPrivilegeError as error:
        raise MigrationError(
            f"This user may not {purpose} ({error}). Run as a superuser: {statement}"
        ) from None


async def _apply(connection: Connection, steps: tuple[Migration, ...]) -> Outcome:
    await connection.execute("SET ROLE sts_owner")
    async with connection.transaction():
        await connection.execute(_QUERIES.one_at_a_time)
        await connection.execute(_QUERIES.create_register)
    applied = [step for step in steps if await _apply_one(connection, step)]
    newest = await connection.fetchval("SELECT max(number) FROM sts.migration")
    if newest is not None and newest > len(steps):
        raise MigrationError(
            f"The database is at version {newest}, this program knows {len(steps)}: install the newer one."
        )
    edition = await connection.fetchval(_QUERIES.edition)
    return Outcome(tuple(f"{step.number:04d}_{step.name}" for step in applied), len(steps), edition)


async def _apply_one(connection: Connection, step: Migration) -> bool:
    """Apply one migration if it is missing; true if it was."""
    async with connection.transaction():
        await connection.execute(_QUERIES.one_at_a_time)
        digest = await connection.fetchval("SELECT digest FROM sts.migration WHERE number = $1", step.number)
        if digest == step.digest:
            return False
        if digest is not None:
            raise MigrationError(
                f"Migration {step.number:04d}_{step.name} was changed after this database had applied it. "
                "Put the file back as it was and say the change in a new one."
            )
        await connection.execute(step.sql)
        await connection.execute(_QUERIES.register, step.number, step.name, step.digest)
        return True


async def found(connection: Connection) -> Outcome:
    """What a program that starts finds: version and edition. Raises MigrationError when the database is too
    old for it.

    A newer database is none of its business: programs are replaced one after the other.
    """
    try:
        version = await connection.fetchval("SELECT max(number) FROM sts.migration") or 0
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        version = 0
    if version < len(shipped()):
        raise MigrationError(
            f"The database is at version {version}, this program needs {len(shipped())}: run sts-hub migrate."
        )
    return Outcome((), version, await connection.fetchval(_QUERIES.edition))
