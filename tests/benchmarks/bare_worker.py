"""A worker without any work of ours: what receiving, passing on and committing cost with the same libraries.

It takes live messages, publishes as many bytes to the wall for each, and every two seconds commits one COPY of as
many ready rows and one update, then acknowledges. It decodes nothing, judges nothing and knows nobody.
Run by the benchmark of live messages: `python -m benchmarks.bare_worker AMQP_URL QUEUE DSN FRAME_BYTES ROWS`.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime

import aio_pika
import asyncpg
import uvloop

from sts_protocols import routing

GATHER_S = 2.0
TABLES = """DROP TABLE IF EXISTS bench_bare, bench_bare_ledger;
CREATE TABLE bench_bare (t timestamptz NOT NULL, series int4 NOT NULL, quality int2 NOT NULL, value float8 NOT NULL);
CREATE TABLE bench_bare_ledger (epoch int PRIMARY KEY, received int8 NOT NULL);
INSERT INTO bench_bare_ledger VALUES (1, 0)"""
COUNT = "UPDATE bench_bare_ledger SET received = received + $1 WHERE epoch = 1"
READY = "bare worker takes"


async def main(amqp_url: str, queue_name: str, dsn: str, frame_bytes: int, rows: int) -> None:
    """Work until killed; says when it takes."""
    database = await asyncpg.connect(dsn)
    await database.execute(TABLES)
    row = (datetime.now(UTC), 1, 0, 60.0)
    frame = aio_pika.Message(bytes(frame_bytes))
    connection = await aio_pika.connect(amqp_url)
    taking, telling = await connection.channel(), await connection.channel(publisher_confirms=False)
    await taking.set_qos(prefetch_count=2000)
    live = await telling.get_exchange(routing.LIVE, ensure=False)
    held: list[aio_pika.abc.AbstractIncomingMessage] = []

    async def show(message: aio_pika.abc.AbstractIncomingMessage) -> None:
        held.append(message)
        await live.publish(frame, "frame.bench-bare")

    await (await taking.get_queue(queue_name, ensure=False)).consume(show)
    print(READY, flush=True)
    while True:
        await asyncio.sleep(GATHER_S)
        if not held:
            continue
        taken, held[:] = list(held), []
        async with database.transaction():
            await database.copy_records_to_table("bench_bare", records=[row] * (rows * len(taken)))
            await database.execute(COUNT, len(taken))
        await taken[-1].ack(multiple=True)


if __name__ == "__main__":
    url, queue, database_dsn, size, count = sys.argv[1:]
    uvloop.run(main(url, queue, database_dsn, int(size), int(count)))
