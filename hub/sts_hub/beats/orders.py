"""Orders: outcomes come up with a beat, and what waits goes down with its answer."""

from __future__ import annotations

from datetime import datetime

from sts_hub import logs
from sts_hub.db import queries
from sts_hub.db.pools import Connection
from sts_hub.db.times import microseconds
from sts_protocols.beat import Order, OrderOutcome

_QUERIES = queries.load("sts_hub.beats")
_log = logs.get("sts.beats")


async def orders(
    connection: Connection, gateway: str, told: list[OrderOutcome] | None, at: datetime
) -> list[Order]:
    """Keep what became of orders; those that wait. A gateway that tells nothing is too old for any."""
    if told is None:
        return []
    if told:
        columns = [one.id for one in told], [one.state for one in told], [one.words for one in told]
        for row in await connection.fetch(_QUERIES.orders_told, gateway, *columns, at):
            _log.info("order ended", gateway=gateway, order=row["id"], act=row["act"], outcome=row["state"])
    rows = await connection.fetch(_QUERIES.orders_waiting, gateway, at)
    return [Order(row["id"], row["act"], microseconds(row["expires_at"])) for row in rows]
