"""The copy of the register: bounds of time as PostgreSQL has them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from asyncpg import Range

from sts_hub.ingest.register import MAX_AGE_S, Register, _periods

ALWAYS_US = 2**63 - 1


@pytest.mark.parametrize(
    ("period", "bounds"),
    [
        (
            Range(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC), datetime(1970, 1, 1, 0, 0, 2, tzinfo=UTC)),
            (1_000_000, 2_000_000),
        ),
        (Range(None, None), (-ALWAYS_US, ALWAYS_US)),
        (Range(datetime.min, datetime.max), (-ALWAYS_US, ALWAYS_US)),
        (Range(datetime.max, None), (ALWAYS_US, ALWAYS_US)),
    ],
)
def test_a_period_without_an_end_or_with_an_infinite_one_has_bounds(period, bounds):
    assert _periods([period]) == [bounds]


class Rows:
    """A connection that counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def fetch(self, query: str) -> list[object]:
        self.asked += 1
        return []


async def test_the_register_is_read_again_only_when_the_copy_is_old():
    now = [100.0]
    connection, register = Rows(), Register(lambda: now[0])
    for at, reads in ((100.0, 2), (100.0 + MAX_AGE_S - 0.1, 2), (100.0 + MAX_AGE_S, 4)):
        now[0] = at
        await register.refresh(connection)
        assert connection.asked == reads
