"""What a hub holds of one gateway ($1), asked of its database: the other half of what the oracle compares."""

from __future__ import annotations

from collections.abc import Iterable

from faults.oracle import RecordId

# The columns of oracle.Row.
ROWS = (
    "SELECT encode(uuid_send(s.epoch), 'hex') AS epoch, s.name, s.metric, "
    "(extract(epoch FROM v.t) * 1000000)::int8 AS t_us, v.value, v.quality "
    "FROM sts.sample v JOIN sts.series s ON s.id = v.series JOIN sts.epoch e ON e.epoch = s.epoch "
    "WHERE e.gateway = $1"
)
# Ranges of record numbers that the ledger holds as received or parked: epoch, first, the one behind the last.
RECEIVED = (
    "SELECT encode(uuid_send(epoch), 'hex') AS epoch, lower(p) AS first, upper(p) AS behind "
    "FROM sts.epoch, LATERAL unnest(received + parked) AS p WHERE gateway = $1"
)
# How many records are still expected.
EXPECTED = (
    "SELECT coalesce(sum(upper(p) - lower(p)), 0)::int8 AS n FROM sts.epoch, LATERAL unnest("
    "int8multirange(int8range(0, head, '[]')) - received - parked - declared) AS p "
    "WHERE head >= 0 AND gateway = $1"
)


def records(ranges: Iterable[tuple[str, int, int]]) -> list[RecordId]:
    """Each record of the ranges that RECEIVED tells."""
    return [(epoch, seq) for epoch, first, behind in ranges for seq in range(int(first), int(behind))]
