"""`sts-hub gateway order`: orders to a gateway by whoever runs the hub, as the database's owner."""

from __future__ import annotations

import asyncio
from typing import Annotated, get_args

import typer

from sts_hub import config
from sts_hub.config import Settings
from sts_hub.db import pools
from sts_hub.errors import HubError
from sts_hub.gateways import operator
from sts_hub.gateways.cli import gateway
from sts_hub.orders import repository, service
from sts_hub.orders.schemas import Act, NewOrder, Order

# What fits a screen.
SHOWN = 20


@gateway.command("order")
def order(
    name: Annotated[str, typer.Argument(help="The gateway.")],
    act: Annotated[
        str | None, typer.Argument(help="identify or diagnostics; without: show its orders.")
    ] = None,
) -> None:
    """Tell a gateway to blink or beep, or to send its diagnostics; or show what became of such orders."""
    if act is not None and act not in get_args(Act):
        raise HubError(f"There is no order {act}: choose one of {', '.join(get_args(Act))}.")
    loaded = config.load("db_owner_dsn")
    wanted = None if act is None else NewOrder.model_validate({"act": act})
    with pools.told("STS_DB_OWNER_DSN"):
        orders = asyncio.run(_done(loaded, name, wanted))
    for one in orders:
        typer.echo(f"{one.asked_at:%Y-%m-%d %H:%M:%S}  {one.act}  {one.state}  {one.words}".rstrip())
    if wanted is not None:
        typer.echo(
            f"It goes down with the next beat. What became of it: sts-hub gateway order {name}", err=True
        )


async def _done(loaded: Settings, name: str, wanted: NewOrder | None) -> list[Order]:
    async with operator.of_gateway(loaded, name) as (session, caller):
        if wanted is None:
            return [Order.model_validate(row) for row in await repository.page(session, name, None, SHOWN)]
        return [await service.given(session, caller, name, wanted)]
