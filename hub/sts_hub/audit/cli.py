"""`sts-hub audit`."""

import asyncio

import typer

from sts_hub import config
from sts_hub.audit import repository, service
from sts_hub.db import pools
from sts_hub.errors import HubError

# A chain of years is read from its beginning.
COMMAND_S = 600.0

app = typer.Typer()
audit = typer.Typer(help="Check that nothing was taken out of the audit or changed in it.")
app.add_typer(audit, name="audit")


@audit.callback()
def _group() -> None:
    """Check that nothing was taken out of the audit or changed in it."""


@audit.command()
def verify() -> None:
    """Follow every club's chain; exit 1 when one is broken. Its end is told: note it down elsewhere, and compare."""
    settings = config.load("db_owner_dsn")
    with pools.told("STS_DB_OWNER_DSN"):
        faults = asyncio.run(_verify(settings.db_owner_dsn.get_secret_value()))
    if faults:
        raise HubError("\n".join(faults))


async def _verify(dsn: str) -> list[str]:
    faults = []
    async with pools.as_owner(dsn, "sts-hub audit", COMMAND_S) as connection:
        for chain in await repository.chains(connection):
            fault = await service.fault(connection, chain)
            if fault is None:
                typer.echo(
                    f"{chain.name}: {chain.head.number} rows, the last {chain.head.digest.hex()[:16]}."
                )
            else:
                faults.append(
                    f"{chain.name}: {fault}. Compare with a backup, and find out who could write there."
                )
    return faults
