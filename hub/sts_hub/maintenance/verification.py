"""`sts-hub verify`: the ledger against itself, the roll-ups against the samples, what is still expected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sts_hub.db import queries

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sts_hub.db.pools import Connection

SQL: Final = queries.load("sts_hub.maintenance")

_CONTRADICTIONS: Final = {
    "both": "counts records as received and as parked",
    "spans": "has spans that are not what it received",
    "parked": "counts other records as parked than are kept",
}


@dataclass(frozen=True)
class Verdict:
    """``faults``: sentences, each with the way out; ``outstanding``: records still expected, by gateway."""

    faults: list[str]
    outstanding: dict[str, int]


async def verify(connection: Connection) -> Verdict:
    """Check everything that the database says twice; changes nothing."""
    faults = [fault async for fault in _ledger_faults(connection)]
    faults += [fault async for fault in _rollup_faults(connection)]
    rows = await connection.fetch(SQL.outstanding)
    return Verdict(faults, {row["gateway"]: int(row["records"]) for row in rows})


async def _ledger_faults(connection: Connection) -> AsyncIterator[str]:
    for row in await connection.fetch(SQL.wrong_ledgers):
        for column, sentence in _CONTRADICTIONS.items():
            if row[column]:
                yield (
                    f"The ledger of {row['gateway']}, epoch {row['epoch'].hex}, {sentence}: "
                    "restore it from the last backup; the gateways send again what it lacks."
                )


async def _rollup_faults(connection: Connection) -> AsyncIterator[str]:
    for row in await connection.fetch(SQL.days_with_samples):
        day = row["day"]
        wrong = await connection.fetchval(SQL.wrong_rollups, day, day + timedelta(days=1))
        if wrong:
            yield (
                f"{wrong} seconds of {day:%Y-%m-%d} are rolled up wrongly: "
                f"run sts-hub maintain --again {day:%Y-%m-%d}."
            )
