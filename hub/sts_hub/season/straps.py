"""Puts what the straps of a season told into the database, as if a gateway had sent it record by record."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

import numpy as np

from sts_hub.db import queries
from sts_hub.db.times import microseconds
from sts_hub.ingest import rows as sample_rows
from sts_protocols.metrics import HEART_RATE
from sts_protocols.sample import Quality

if TYPE_CHECKING:
    from sts_hub.db.pools import Connection
    from sts_hub.season.calendar import Outing
    from sts_hub.season.hearts import Floats

SQL: Final = queries.load("sts_hub.season")

# What a value costs with its index and its second in the roll-up, as pg_total_relation_size tells it for a whole season.
BYTES_A_VALUE: Final = 190
# The gateway is switched on before the athletes come, and off when they have gone.
EARLY: Final = timedelta(minutes=5)


async def store(connection: Connection, gateway: str, outing: Outing, labels: list[str], told: Floats) -> int:
    """Store an outing's heart rates (a row per second, a column per label; NaN: nothing told). Returns how many."""
    epoch, last = uuid4(), len(told) - 1
    times = outing.start, outing.start + timedelta(seconds=last)
    await connection.execute(SQL.epoch, epoch, gateway, last, times[0] - EARLY, times[1] + EARLY)
    await connection.execute(SQL.span, epoch, last, *times)
    made = await connection.fetch(SQL.series, epoch, labels, HEART_RATE.id)
    count = await _copy(connection, [row["id"] for row in made], microseconds(outing.start), told)
    await connection.execute(SQL.touch, epoch, *times)
    return count


async def open_days(connection: Connection, plan: list[Outing]) -> None:
    """Make the days of all outings ready, each in a transaction of its own (see sts.open_day)."""
    for day in sorted({moment.date() for outing in plan for moment in (outing.start, outing.end)}):
        await connection.execute(SQL.open_day, day)


async def _copy(connection: Connection, series: list[int], start_us: int, told: Floats) -> int:
    second, person = np.nonzero(~np.isnan(told))
    values = sample_rows.Rows(
        record=second.astype(np.int32),
        sensor=person.astype(np.int32),
        metric=np.full(len(second), HEART_RATE.id, np.int16),
        # Straps are not in step: each has its own place in the second.
        t_us=start_us + second * 1_000_000 + person * 41_000 % 1_000_000,
        value=told[second, person],
        quality=np.full(len(second), Quality.OK, np.uint8),
    )
    buffer = sample_rows.copy_buffer(values, np.array(series, np.int32)[person])

    async def source() -> AsyncIterator[bytes]:
        yield bytes(buffer)

    await connection.copy_to_table(
        "sample", schema_name="sts", columns=sample_rows.COLUMNS, source=source(), format="binary"
    )
    return len(second)


def name_of(club_id: UUID, team: int) -> str:
    """A gateway's name, of which there is one in the whole hub."""
    return f"season-{club_id.hex[:8]}-{'ab'[team]}"
