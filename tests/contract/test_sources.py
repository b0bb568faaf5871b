"""One suite of promises for every kind of source; the stand-in that other tests use must keep them too."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bluetooth_air import FAST, PATIENCE_S, on_air, scenario, settings, stopped, until
from scripted_source import ScriptedSource
from sts_edge.clock import boot_us
from sts_edge.config import Settings
from sts_edge.sources import Emit, Source
from sts_edge.sources.bluetooth import BluetoothSource
from sts_protocols.sample import Packet, check_packet

REGISTERED = {"hr-01", "hr-02"}


@dataclass
class Kind:
    """How to make one kind of source, with two registered sensors and a third that is not."""

    make: Callable[[Settings, Emit], Source]

    def source(self, emit: Emit) -> Source:
        return self.make(settings([1, 2]), emit)


@contextlib.asynccontextmanager
async def bluetooth(folder: Path) -> AsyncIterator[Kind]:
    async with on_air(folder, scenario(3, rate_hz=20.0)):
        yield Kind(lambda given, emit: BluetoothSource(given, emit, limits=FAST))


@contextlib.asynccontextmanager
async def scripted(folder: Path) -> AsyncIterator[Kind]:
    yield Kind(lambda given, emit: ScriptedSource(given, emit, every_s=0.01))


@pytest.fixture(params=[bluetooth, scripted], ids=["bluetooth", "scripted"])
async def kind(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Kind]:
    async with request.param(tmp_path) as made:
        yield made


async def heard(source: Source, packets: list[Packet], count: int = 10) -> None:
    """Run a source until each registered sensor has spoken, and stop it."""
    task = asyncio.ensure_future(source.run())
    try:
        await until(lambda: len(packets) >= count and {p.sensor for p in packets} == REGISTERED)
        assert not task.done()
    finally:
        await stopped(task)


async def test_packets_come_from_registered_sensors_only(kind: Kind) -> None:
    packets: list[Packet] = []
    await heard(kind.source(packets.append), packets, 30)
    assert {packet.sensor for packet in packets} == REGISTERED


async def test_every_packet_can_be_stored_and_is_stamped_in_order_with_boot_time(kind: Kind) -> None:
    packets: list[Packet] = []
    before_us = boot_us()
    await heard(kind.source(packets.append), packets)
    after_us = boot_us()
    for packet in packets:
        check_packet(packet)
        assert before_us - packet.tick_us < packet.boot_us <= after_us
        assert packet.values
    for sensor in REGISTERED:
        times = [packet.boot_us for packet in packets if packet.sensor == sensor]
        assert times == sorted(times)


async def test_after_run_has_ended_nothing_is_emitted_and_no_task_is_left(kind: Kind) -> None:
    packets: list[Packet] = []
    before = asyncio.all_tasks()
    await heard(kind.source(packets.append), packets)
    count = len(packets)
    await asyncio.sleep(0.1)
    assert len(packets) == count
    # bleak keeps one task per event loop that watches its D-Bus; it belongs to bleak, and to no source.
    left = {task for task in asyncio.all_tasks() - before if "_monitor_bus_disconnect" not in repr(task)}
    assert left == set()


async def test_a_source_can_run_again(kind: Kind) -> None:
    packets: list[Packet] = []
    source = kind.source(packets.append)
    await heard(source, packets)
    packets.clear()
    await heard(source, packets)


async def test_an_emit_that_raises_costs_that_packet_only(kind: Kind) -> None:
    offered: list[Packet] = []

    def refuse(packet: Packet) -> None:
        offered.append(packet)
        raise RuntimeError("refused by the test")

    await heard(kind.source(refuse), offered)


async def test_states_name_every_registered_sensor_before_while_and_after_it_runs(kind: Kind) -> None:
    packets: list[Packet] = []
    source = kind.source(packets.append)

    def names() -> list[str]:
        return sorted(state.name for state in source.states())

    assert names() == sorted(REGISTERED)
    assert {state.state for state in source.states()} == {"off"}
    task = asyncio.ensure_future(source.run())
    await until(lambda: {state.state for state in source.states()} == {"live"})
    assert names() == sorted(REGISTERED)
    assert source.faults() == []
    await stopped(task)
    assert names() == sorted(REGISTERED)


async def test_a_source_ends_when_it_is_cancelled(kind: Kind) -> None:
    packets: list[Packet] = []
    source = kind.source(packets.append)
    task = asyncio.ensure_future(source.run())
    await until(lambda: bool(packets))
    async with asyncio.timeout(PATIENCE_S):
        await stopped(task)
