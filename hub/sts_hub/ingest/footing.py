"""What samples stand on: epochs, series and days, made and committed before any row uses them.

A number that could still roll back is never used, and nobody waits for another's transaction because it
makes a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from sts_hub.db import queries
from sts_hub.db.pools import Connection
from sts_hub.db.spans import inclusive, multirange_text
from sts_hub.ingest import plans
from sts_hub.ingest import rows as sample_rows
from sts_hub.ingest.intake import Entry, Unusable
from sts_hub.ingest.plans import EpochRow, Plan
from sts_hub.ingest.rows import Rows
from sts_protocols.record import ClockSource

SERIES_REMEMBERED = 200_000
"""Two thousand starts of a squad's gateway; forgetting them all costs one query per transaction for a
while."""

_QUERIES = queries.load("sts_hub.ingest")
_FIRST_DAY = date(1970, 1, 1)


class Footing:
    """Makes what is missing, and remembers what was there."""

    def __init__(self) -> None:
        self._epochs: dict[bytes, EpochRow] = {}
        self._series: dict[tuple[bytes, str, int], int] = {}
        self._days: set[int] = set()

    def forget(self) -> None:
        """What was remembered may not be so any more (a day dropped, a database restored)."""
        self._epochs.clear()
        self._series.clear()
        self._days.clear()

    async def epochs(
        self,
        connection: Connection,
        entries: Sequence[Entry],
        broken: Sequence[Unusable],
        doubtful: bool,
        released: bool = False,
    ) -> dict[bytes, EpochRow]:
        """The ledger's rows of every epoch in hand; those that are new are made, and committed."""
        wanted = plans.named(entries, broken)
        if not wanted:
            return {}
        if not (doubtful or released) and self._remembers(wanted, entries):
            return {epoch: self._epochs[epoch] for epoch in wanted}
        known = plans.numbers_by_epoch(entries, broken) if doubtful or released else None
        found = await _read_epochs(connection, list(wanted), known, released)
        missing = [epoch for epoch in wanted if epoch not in found]
        if missing:
            gateways = [wanted[epoch] for epoch in missing]
            await connection.execute(_QUERIES.add_epochs, [UUID(bytes=epoch) for epoch in missing], gateways)
            found |= await _read_epochs(connection, missing, None, released)
        self._forget_retired_series(found)
        self._epochs |= {epoch: row._replace(known=[]) for epoch, row in found.items()}
        return found

    def _remembers(self, wanted: Iterable[bytes], entries: Iterable[Entry]) -> bool:
        """Whether nothing needs to be asked: the ledger refuses what was planned with a correction of
        before, but a pin that has come since must be looked for."""
        if any(epoch not in self._epochs for epoch in wanted):
            return False
        return all(
            entry.header.clock.source != ClockSource.UNKNOWN
            or self._epochs[entry.header.epoch].pin_offset_us is not None
            for entry in entries
        )

    def _forget_retired_series(self, epochs: dict[bytes, EpochRow]) -> None:
        """A correction gives an epoch new series: those from before it must not be written to."""
        changed = {
            e
            for e, row in epochs.items()
            if e in self._epochs and self._epochs[e].corrections != row.corrections
        }
        if changed:
            self._series = {key: number for key, number in self._series.items() if key[0] not in changed}

    async def series(self, connection: Connection, plan: Plan) -> NDArray[np.int32]:
        """The series of each row; those that are new are made, and committed."""
        keys = plan.series.keys(plan.sensors)
        missing = [key for key in keys if key not in self._series]
        if missing:
            if len(self._series) > SERIES_REMEMBERED:
                self.forget()
                missing = keys
            columns = (
                [UUID(bytes=key[0]) for key in missing],
                [key[1] for key in missing],
                [key[2] for key in missing],
            )
            await self._read_series(connection, columns)
            if any(key not in self._series for key in missing):
                await connection.execute(_QUERIES.add_series, *columns)
                await self._read_series(connection, columns)
        numbers = np.array([self._series[key] for key in keys], np.int32)
        return numbers[plan.series.inverse] if len(keys) else numbers

    async def _read_series(
        self, connection: Connection, columns: tuple[list[UUID], list[str], list[int]]
    ) -> None:
        for row in await connection.fetch(_QUERIES.series, *columns):
            self._series[row["epoch"].bytes, row["name"], row["metric"]] = row["id"]

    async def open_days(self, connection: Connection, rows: Rows) -> None:
        missing = [day for day in sample_rows.days(rows.t_us) if day not in self._days]
        if missing:
            await connection.execute(_QUERIES.open_days, [_FIRST_DAY + timedelta(day) for day in missing])
            self._days.update(missing)


async def _read_epochs(
    connection: Connection,
    wanted: list[bytes],
    in_hand: dict[bytes, list[tuple[int, int]]] | None,
    released: bool,
) -> dict[bytes, EpochRow]:
    """Rows of the ledger; with the records in hand, also which of them it knows."""
    ids = [UUID(bytes=epoch) for epoch in wanted]
    if in_hand is None:
        found = await connection.fetch(_QUERIES.epochs, ids)
    else:
        numbers = [multirange_text(in_hand.get(epoch, ())) for epoch in wanted]
        found = await connection.fetch(_QUERIES.epochs_with_known, ids, numbers, released)
    return {
        row["epoch"].bytes: EpochRow(
            row["gateway"], row["pin_offset_us"], row["delta_us"], inclusive(row["known"]), row["corrections"]
        )
        for row in found
    }
