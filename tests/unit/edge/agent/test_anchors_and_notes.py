"""What the agent adds to the samples: ties to wall time, and warnings."""

from __future__ import annotations

import asyncio

import pytest

from sts_edge.agent import anchors as anchors_module
from sts_edge.agent.anchors import Anchors
from sts_edge.agent.notes import BURST, Notes
from sts_edge.buffer import MemoryBuffer
from sts_edge.clock import Clock
from sts_protocols.record import UNKNOWN_CLOCK, Anchor, ClockSource, Kind, decode_anchor, decode_log

WALL_US = 1_790_000_000_000_000


class NoMemory:
    """A clock that has never known the time."""

    def load(self) -> int | None:
        return None

    def keep(self, wall_us: int) -> None:
        return


class Still:
    """Time that the test moves."""

    now_us = 1_000_000_000

    def boot_us(self) -> int:
        return self.now_us

    def asleep_us(self) -> int:
        return 0


def tie(boot_us: int, shift_us: int = 0) -> Anchor:
    return Anchor(boot_us, WALL_US + boot_us + shift_us, 1_000, ClockSource.HUB)


def told(buffer: MemoryBuffer, kind: Kind) -> list[bytes]:
    records = buffer.oldest(1 << 20, (), lambda _: True)
    return [one.body for one in records if one.header.kind == kind]


@pytest.fixture
async def buffer() -> MemoryBuffer:
    buffer = MemoryBuffer()
    buffer.open()
    return buffer


async def test_the_first_anchor_pins_the_epoch_and_is_told_at_once(buffer: MemoryBuffer) -> None:
    clock, told_of = Clock(NoMemory(), ["hub"], Still()), []
    anchors = Anchors(clock, buffer, lambda: told_of.append("time"), lambda: told_of.append("pin"))
    clock.add_anchor(tie(Still.now_us))
    await asyncio.sleep(0.01)
    assert told_of == ["time", "pin"]
    assert buffer.epochs()[0].pin == tie(Still.now_us)
    assert [decode_anchor(body) for body in told(buffer, Kind.ANCHOR)] == [tie(Still.now_us)]
    anchors.stop()


async def test_a_pin_is_told_when_it_is_on_disk(
    buffer: MemoryBuffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anchors_module, "LOOK_S", 0.01)
    pin, told_of = buffer.pin, []
    monkeypatch.setattr(buffer, "pin", lambda anchor: None)
    clock = Clock(NoMemory(), ["hub"], Still())
    anchors = Anchors(clock, buffer, lambda: told_of.append("time"), lambda: told_of.append("pin"))
    clock.add_anchor(tie(Still.now_us))
    await asyncio.sleep(0.03)
    assert told_of == ["time"]
    pin(tie(Still.now_us))
    await asyncio.sleep(0.05)
    assert told_of == ["time", "pin"]
    anchors.stop()


async def test_a_clock_that_wavers_is_told_at_a_bounded_rate_and_last_of_all_as_it_is(
    buffer: MemoryBuffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anchors_module, "LEAST_APART_S", 0.1)
    clock, pinned = Clock(NoMemory(), ["hub"], Still()), []
    anchors = Anchors(clock, buffer, lambda: None, lambda: pinned.append(1))
    for step in range(20):
        anchors.take(tie(Still.now_us, step * 50_000))
    clock.add_anchor(tie(Still.now_us, 0))
    await asyncio.sleep(0.3)
    bodies = [decode_anchor(body) for body in told(buffer, Kind.ANCHOR)]
    assert len(bodies) == 2
    assert bodies[-1] == tie(Still.now_us, 0)
    assert pinned == [1]
    anchors.stop()


async def test_a_warning_becomes_a_record(buffer: MemoryBuffer) -> None:
    notes = Notes(buffer, lambda: 7, lambda _: UNKNOWN_CLOCK)
    notes.note("warning", "Sensor Lost!", {"sensor": "hr-01", "cause": ValueError("x"), "count": 3})
    await asyncio.sleep(0.01)
    (log,) = [decode_log(body) for body in told(buffer, Kind.LOG)]
    assert (log.boot_us, log.level, log.event) == (7, "warning", "sensor_lost")
    assert log.fields == {"sensor": "hr-01", "cause": "x", "count": 3}


async def test_a_part_that_warns_in_a_loop_does_not_fill_the_card(buffer: MemoryBuffer) -> None:
    notes = Notes(buffer, lambda: 7, lambda _: UNKNOWN_CLOCK)
    for _ in range(500):
        notes.note("error", "again", {})
    await asyncio.sleep(0.05)
    assert len(told(buffer, Kind.LOG)) == BURST


@pytest.mark.parametrize("event", ["", "123", "ÄÖÜ", "...", "x" * 300, "9 lives"])
async def test_whatever_an_event_is_called_it_is_kept(buffer: MemoryBuffer, event: str) -> None:
    notes = Notes(buffer, lambda: 7, lambda _: UNKNOWN_CLOCK)
    notes.note("warning", event, {"a": "\x00" * 500})
    await asyncio.sleep(0.01)
    assert len(told(buffer, Kind.LOG)) == 1
