"""The usual ways to store the same rows: a bare COPY as the floor, then what tutorials do."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import msgspec
import numpy as np

from benchmarks import squad
from benchmarks.encoding import Row, to_json
from benchmarks.figures import Figure
from faults import meters
from sts_hub.ingest import rows as sample_rows
from sts_hub.ingest.rows import Rows
from sts_protocols import metrics
from sts_protocols.columns import decode_all_samples
from sts_protocols.record import Record
from sts_protocols.sample import Quality

# From here on a row of a heap costs much the same in any transaction.
TRANSACTION_ROWS = 10_000
# Slow ways get fewer values: 40 s of thirty straps to a message.
SMALL_MESSAGE_S = 40
SMALL_MESSAGES = 6

# The columns and types of sts.sample, without its index and partitions.
_HEAP = """DROP TABLE IF EXISTS bench_heap;
CREATE TABLE bench_heap (
    t timestamptz NOT NULL, series int4 NOT NULL, quality int2 NOT NULL, value float8 NOT NULL)"""
_UNIQUE = """DROP TABLE IF EXISTS bench_rows;
CREATE TABLE bench_rows (
    sensor text NOT NULL, metric int2 NOT NULL, t timestamptz NOT NULL, value float8 NOT NULL,
    quality int2 NOT NULL, UNIQUE (sensor, metric, t))"""
_INSERT = "INSERT INTO bench_rows VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"
_EPOCH_1970 = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Cost:
    """CPU of who stores and of the whole database server, s (or µs for each)."""

    client: float
    database: float

    def per(self, count: int) -> Cost:
        """µs for each of so many."""
        return Cost(self.client * 1e6 / count, self.database * 1e6 / count)


def rows_of(records: Sequence[Record]) -> Rows:
    """The rows of these records, as the worker makes them."""
    columns = decode_all_samples([record.body for record in records])
    offset_us = records[0].header.clock.offset_us
    epoch = records[0].header.epoch
    return sample_rows.gather([(epoch, one, offset_us) for one in columns])[0]


async def copied(connection: asyncpg.Connection, database: int, rows: Rows, to_a_transaction: int) -> Cost:
    """The floor: binary COPY of ready-made buffers into a heap without an index."""
    await connection.execute(_HEAP)
    series = sample_rows.series_of(rows).inverse.astype(np.int32)
    buffers = []
    for start in range(0, len(rows.t_us), to_a_transaction):
        part = np.zeros(len(rows.t_us), np.bool_)
        part[start : start + to_a_transaction] = True
        buffers.append(sample_rows.copy_buffer(rows.only(part), series[part]))

    async def copy() -> None:
        for buffer in buffers:
            await connection.copy_to_table(
                "bench_heap", columns=sample_rows.COLUMNS, source=_once(buffer), format="binary"
            )

    return await _cost(database, copy)


async def figures(connection: asyncpg.Connection, database: int) -> AsyncIterator[Figure]:
    """JSON + executemany ON CONFLICT, and msgpack rows + COPY of tuples; decoding included, no broker."""
    part = "the usual ways with the same values, without a broker"
    seconds = list(squad.seconds_on_end(SMALL_MESSAGE_S * SMALL_MESSAGES))
    told = [
        [packet for second in seconds[start : start + SMALL_MESSAGE_S] for packet in second]
        for start in range(0, len(seconds), SMALL_MESSAGE_S)
    ]
    values = sum(map(squad.values_in, seconds))
    as_json = [to_json(packets) for packets in told]
    as_rows = [
        msgspec.msgpack.encode(
            [
                Row(p.sensor, v.metric, p.boot_us + k, v.value, v.quality)
                for p in packets
                for k, v in enumerate(p.values)
            ]
        )
        for packets in told
    ]

    async def executemany() -> None:
        for message in as_json:
            await connection.executemany(_INSERT, [_from_json(row) for row in json.loads(message)])

    async def copy_tuples() -> None:
        decode = msgspec.msgpack.Decoder(list[Row]).decode
        for message in as_rows:
            rows = [(*row[:2], _time(row.t_us), *row[3:]) for row in decode(message)]
            await connection.copy_records_to_table("bench_rows", records=rows)

    ways = (
        ("JSON objects, executemany ON CONFLICT, unique index", executemany),
        ("msgpack rows, COPY of tuples, unique index", copy_tuples),
    )
    for name, way in ways:
        await connection.execute(_UNIQUE)
        cost = (await _cost(database, way)).per(values)
        note = f"database {cost.database:.1f} µs"
        yield Figure(part, name, cost.client, "µs CPU/sample", note=note)


async def _cost(database: int, work: Callable[[], Awaitable[None]]) -> Cost:
    client_s, database_s = time.process_time(), meters.family_cpu_s(database)
    await work()
    return Cost(time.process_time() - client_s, meters.family_cpu_s(database) - database_s)


async def _once(buffer: bytes) -> AsyncIterator[bytes]:
    yield buffer


def _from_json(row: dict[str, Any]) -> tuple[str, int, datetime, float, int]:
    metric, quality = metrics.by_name(row["metric"]), Quality[row["quality"].upper()]
    return row["sensor"], metric.id, _time(row["t"]), row["value"], int(quality)


def _time(t_us: int) -> datetime:
    return _EPOCH_1970 + timedelta(microseconds=t_us)
