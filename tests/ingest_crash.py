"""A worker that kills itself with SIGKILL at a step of its first transaction, for the tests."""

from __future__ import annotations

import os
import signal
import sys

import uvloop

from sts_hub.ingest.worker import Worker, WorkerSettings


def die_at(step: str):
    """A checkpoint that ends the process without another instruction."""

    async def checkpoint(reached: str) -> None:
        if reached == step:
            os.kill(os.getpid(), signal.SIGKILL)

    return checkpoint


if __name__ == "__main__":
    dsn, amqp_url, step = sys.argv[1:]
    uvloop.run(Worker(WorkerSettings(dsn, amqp_url), checkpoint=die_at(step)).run())
