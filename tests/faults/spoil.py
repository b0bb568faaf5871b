"""The control of the proof: each kind of wrong is planted once, and the oracle must name it.

A check that cannot fail proves nothing. What is planted here is planted in copies of what the check reads,
after the system has stopped; the system itself is not touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from faults.oracle import Account, Row

STEP_US = 1000


class Planted(NamedTuple):
    """One wrong, and the counter that must notice it."""

    what: str
    counter: str
    plant: Callable[[Account, Counter[Row]], None]


def _victim(account: Account, rows: Counter[Row], place: int) -> Row:
    """A stored row of an accepted record, another one for each kind of wrong."""
    stored = [row for row in account.expected() if rows[row] == 1]
    return stored[len(stored) * place // 10]


def _remove_record(account: Account, rows: Counter[Row]) -> None:
    for row in account.rows_of(*account.some_accepted_record()):
        rows[row] = 0


def _double(account: Account, rows: Counter[Row]) -> None:
    rows[_victim(account, rows, 2)] += 1


def _invent(account: Account, rows: Counter[Row]) -> None:
    row = _victim(account, rows, 3)
    rows[replace(row, t_us=row.t_us + 3_600_000_000)] += 1


def _change(place: int, **changes: Callable[[Row], object]) -> Callable[[Account, Counter[Row]], None]:
    def plant(account: Account, rows: Counter[Row]) -> None:
        row = _victim(account, rows, place)
        rows[row] -= 1
        rows[replace(row, **{name: change(row) for name, change in changes.items()})] += 1

    return plant


def _undeclare(account: Account, rows: Counter[Row]) -> None:
    """A record is gone that the gateway had accepted, and no drop record says so."""
    epoch, seq = account.some_accepted_record(1)
    for row in account.rows_of(epoch, seq):
        rows[row] = 0
    account.declared.discard((epoch, seq))


PLANTED = (
    Planted("a record removed", "lost", _remove_record),
    Planted("a row doubled", "duplicated", _double),
    Planted("a row invented", "phantom", _invent),
    Planted("a value off by one step", "altered", _change(4, value=lambda row: row.value + 1)),
    Planted("a time off by 1 ms", "altered", _change(5, t_us=lambda row: row.t_us + STEP_US)),
    Planted("a quality flipped", "altered", _change(6, quality=lambda row: 1 - min(row.quality, 1))),
    Planted("a drop undeclared", "lost_records", _undeclare),
)
