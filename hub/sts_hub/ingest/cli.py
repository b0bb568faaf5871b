"""`sts-hub ingest` and `sts-hub parked`."""

from __future__ import annotations

import asyncio
import gc
import json
import signal
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import asyncpg
import typer
import uvloop
from prometheus_client import start_http_server
from rich.console import Console
from rich.table import Table

from sts_hub import config, logs
from sts_hub.db import pools
from sts_hub.errors import HubError
from sts_hub.ingest import parking
from sts_hub.ingest.counters import Counters
from sts_hub.ingest.register import Register
from sts_hub.ingest.store import DatabaseAwayError, Store
from sts_hub.ingest.worker import Worker, WorkerSettings

app = typer.Typer(no_args_is_help=True)
parked = typer.Typer(
    no_args_is_help=True, help="Look at records that could not be stored; retry or discard them."
)
app.add_typer(parked, name="parked")

Result = TypeVar("Result")
Numbers = Annotated[list[int] | None, typer.Argument(help="Numbers from `parked list`.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@app.command()
def ingest(
    metrics: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Serve this worker's Prometheus metrics there.")
    ] = "",
) -> None:
    """Store what the gateways send, and answer their beats. Start as many as you like."""
    settings = config.load("db_ingest_dsn", "amqp_url")
    logs.configure("sts-hub ingest", settings.log_level)
    counters = Counters()
    if metrics:
        host, _, port = metrics.rpartition(":")
        _serve_metrics(counters, host or "127.0.0.1", port)
    worker = Worker(
        WorkerSettings(
            settings.db_ingest_dsn.get_secret_value(),
            settings.amqp_url.get_secret_value(),
            settings.management_url.get_secret_value(),
        ),
        counters,
    )
    # What is there now stays for good. A full collection that looks at it all the same takes 10 ms each time, and
    # the lists of a backlog's numbers call for one every few messages: a tenth of the CPU of storing them.
    gc.collect()
    gc.freeze()
    # A seventh less CPU for a live message than with the loop of asyncio.
    uvloop.run(_until_told(worker.run()))


def _serve_metrics(counters: Counters, host: str, port: str) -> None:
    try:
        start_http_server(int(port), host, registry=counters.registry)
    except (ValueError, OSError) as error:
        raise HubError(
            f"Metrics cannot be served at {host}:{port} ({error}): give a free HOST:PORT."
        ) from None


async def _until_told(work: Coroutine[Any, Any, None]) -> None:
    """Run until SIGTERM or SIGINT; what is in hand then goes back to the queues."""
    task = asyncio.create_task(work)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return


@parked.command("list")
def list_parked(
    gateway: Annotated[str | None, typer.Option(help="Only of this gateway.")] = None,
    reason: Annotated[str | None, typer.Option(help="Only for this reason.")] = None,
    as_json: AsJson = False,
) -> None:
    """What is parked, oldest first, and why."""
    rows = _with_pool(lambda pool: parking.listing(pool, gateway, reason))
    if as_json:
        for row in rows:
            typer.echo(json.dumps(dict(row), default=str))
        return
    table = Table("number", "gateway", "epoch", "record", "reason", "detail", "bytes", "parked at")
    for row in rows:
        table.add_row(*(str("" if row[name] is None else row[name]) for name in _SHOWN))
    Console().print(table if rows else "Nothing is parked.")


_SHOWN = ("id", "gateway", "epoch", "seq", "reason", "detail", "bytes", "parked_at")


@parked.command()
def show(
    number: Annotated[int, typer.Argument(help="A number from `parked list`.")],
    save: Annotated[Path | None, typer.Option(help="Write its bytes to this file.")] = None,
) -> None:
    """One parked piece, with its bytes."""
    row = _with_pool(lambda pool: parking.one(pool, number))
    if row is None:
        raise HubError(f"Nothing is parked under {number}: see sts-hub parked list.")
    for name in (*_SHOWN[:6], "parked_at", "tried_at"):
        typer.echo(f"{name:>10}: {'' if row[name] is None else row[name]}")
    if save is not None:
        save.write_bytes(row["raw"])
    else:
        typer.echo(f"{'bytes':>10}: {row['raw'].hex()}")


@parked.command()
def retry(numbers: Numbers = None) -> None:
    """Store what can be stored by now: these, or all. What cannot stays parked."""

    async def work(pool: asyncpg.Pool) -> parking.Tried:
        store = Store(pool, Register(), Counters())
        return await parking.retry(pool, store, ids=numbers or None)

    tried = _with_pool(work)
    typer.echo(f"{tried.stored} stored, {tried.still} still parked.")


@parked.command()
def discard(
    numbers: Annotated[list[int], typer.Argument(help="Numbers from `parked list`.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Give these up for good: their records are told as lost, reason "discarded"."""
    if not yes:
        typer.confirm(f"Give up {len(numbers)} parked records for good?", abort=True)
    typer.echo(f"{_with_pool(lambda pool: parking.discard(pool, numbers))} discarded.")


def _with_pool(work: Callable[[asyncpg.Pool], Awaitable[Result]]) -> Result:
    """Run something on the database as the ingest role."""
    settings = config.load("db_ingest_dsn")
    logs.configure("sts-hub parked", "error")

    async def run() -> Result:
        async with await pools.open_pool(settings.db_ingest_dsn.get_secret_value(), "sts-hub parked") as pool:
            return await work(pool)

    with pools.told("STS_DB_INGEST_DSN", DatabaseAwayError):
        return asyncio.run(run())
