"""The live lane, which shows the present."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from buffer_support import KNOWN_CLOCK
from sts_edge.uplinks.flight import Flight
from sts_edge.uplinks.live import LiveLane
from sts_protocols.record import Kind, Record, seal
from uplink_stores import NotingStore

SECOND_US = 1_000_000


def told(seq: int, last_s: int) -> Record:
    """A record of samples of which the last is of this second."""
    last_us = last_s * SECOND_US
    return seal(Kind.SAMPLES, b"SEGMENT!", b"e" * 16, seq, last_us, last_us, KNOWN_CLOCK, b"")


class Way:
    """A connection and its way for records, both free, and what was handed over."""

    connect_s = 0.01
    is_clear = True
    is_blocked = is_shut = False

    def __init__(self) -> None:
        self.handed: list[bytes] = []

    def publish(self, body: bytes, *_: Any) -> None:
        self.handed.append(body)


@pytest.mark.parametrize(
    ("offered", "first"),
    [([(1, 60), (2, 61)], 2), ([(1, 60), (2, 10)], 1)],
    ids=["a newer one", "a summary of what was"],
)
async def test_what_waits_for_a_connection_is_the_newest_not_what_was_closed_last(
    offered: list[tuple[int, int]], first: int
) -> None:
    lane, way = LiveLane(Flight(NotingStore()), lambda _: True), Way()
    records = {seq: told(seq, last_s) for seq, last_s in offered}
    for record in records.values():
        lane.offer(record)
    lane.use(way, way)  # type: ignore[arg-type]
    lane.pump()
    await asyncio.sleep(0)
    assert way.handed == [records[first].raw]
