"""Lines of an ALGE timer as a gateway tells them, stored and asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from api_support import World
from ingest_support import Gateway, message
from sts_hub.db import pools
from sts_hub.ingest.counters import Counters
from sts_hub.ingest.intake import read_message
from sts_hub.ingest.register import Register
from sts_hub.ingest.store import Store
from sts_protocols.record import Impulse, Kind, Record, encode_impulses

API = "/api/v1"
START = (" 0007 C0  10:00:12.4567 00", "C0", "7", ())
FINISH = ("?0000 C1  10:01:12.4567 00", "C1", None, ("unassigned",))
BY_HAND = (" 0008 C0M 10:02:12.4500 00", "C0", "8", ("manual",))
TAKEN_BACK = ("c0008 C0M 10:02:12.4500 00", "C0", "8", ("deleted", "manual"))
TICKS = {"10:00:12.4567": 360_124_567, "10:01:12.4567": 360_724_567, "10:02:12.4500": 361_324_500}


def impulse(gateway: Gateway, told: tuple[str, str, str | None, tuple[str, ...]], place: int = 0) -> Impulse:
    """The impulse of a line that came with the next record."""
    line, channel, bib, marks = told
    boot_us = gateway.boot_us(gateway.seq) + place
    return Impulse(
        "timy-1", boot_us, TICKS[line[10:23]], channel, bib, marks, line.encode(), boot_us - 9, 50_000
    )


def record(gateway: Gateway, *told: tuple, **how: Any) -> Record:
    body = encode_impulses(*(impulse(gateway, one, place) for place, one in enumerate(told)))
    return gateway.record(Kind.IMPULSE, body, **how)


@asynccontextmanager
async def keeping(world: World) -> AsyncIterator[Callable[..., Awaitable[None]]]:
    """Stores records of a gateway of the world."""
    pool = await pools.open_pool(world.database.owner_dsn, "test")
    store = Store(pool, Register(), Counters())

    async def kept(gateway: Gateway, *records: Record) -> None:
        said = read_message(gateway.name, "live", message(*records))
        await store.store(said.entries, said.unusable)

    yield kept
    await pool.close()


async def told(world: World, who: str = "coach", **params: Any) -> dict[str, Any]:
    answer = await world.as_(who).get(f"{API}/gateways/{world['pitch']}/impulses", params=params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())
