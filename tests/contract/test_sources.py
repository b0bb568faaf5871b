"""One suite of promises for every kind of source; the stand-in that other tests use must keep them too."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bluetooth_air import FAST, PATIENCE_S, on_air, scenario, settings, stopped, until
from demo.services.rabbitmq import RabbitMQ
from scripted_source import ScriptedSource
from serial_cables import cables, with_ports
from sts_edge.clock import boot_us
from sts_edge.config import (
    FolderSettings,
    MqttSettings,
    PortSettings,
    ReaderSettings,
    Settings,
    TopicSettings,
)
from sts_edge.sources import Emit, Source, Told
from sts_edge.sources.bluetooth import BluetoothSource
from sts_edge.sources.folder import FolderSource
from sts_edge.sources.mqtt import MqttSource, Unacknowledged
from sts_edge.sources.readers import ReaderSource
from sts_edge.sources.serial import SerialSource
from sts_protocols.record import (
    DocumentPart,
    Impulse,
    Waveform,
    check_waveform,
    encode_document_part,
    encode_impulses,
)
from sts_protocols.sample import Packet, check_packet
from sts_sims.mqtt_pods import Pod, Publisher
from sts_sims.pod import HeartPod
from sts_sims.race_result_box import Box, BoxServer
from uplink_support import running

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
async def polar(folder: Path) -> AsyncIterator[Kind]:
    """Straps that stream beside their heart rate."""
    streaming = settings([1, 2], kind="polar", streams=("ecg", "acc"))
    async with on_air(folder, scenario(3, rate_hz=20.0, kind="polar")):
        yield Kind(lambda _, emit: BluetoothSource(streaming, emit, limits=FAST))


@contextlib.asynccontextmanager
async def serial(folder: Path) -> AsyncIterator[Kind]:
    devices = {name: HeartPod(rate_hz=20.0) for name in ("hr-01", "hr-02", "hr-03")}
    async with cables(folder, devices):
        ports = [
            PortSettings(name=name, device=str(folder / name), kind="pod") for name in sorted(REGISTERED)
        ]
        yield Kind(lambda given, emit: SerialSource(with_ports(given, *ports), emit))


@contextlib.asynccontextmanager
async def scripted(folder: Path) -> AsyncIterator[Kind]:
    yield Kind(lambda given, emit: ScriptedSource(given, emit, every_s=0.01))


async def leave_files(folder: Path) -> None:
    """What somebody else's programs do: a new file in each of three folders, again and again."""
    for number in range(10_000):
        for name in (*REGISTERED, "hr-03"):
            (folder / name).mkdir(exist_ok=True)
            (folder / name / f"heat {number}.txt").write_text(f"{number};0:57.13")
        await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def folder(place: Path) -> AsyncIterator[Kind]:
    watched = [FolderSettings(name=name, path=place / name, settle_s=0.2) for name in sorted(REGISTERED)]

    async def accepted() -> bool:
        await asyncio.sleep(0)
        return True

    async with running(leave_files(place)):
        yield Kind(
            lambda given, emit: FolderSource(watched, place, emit, accepted, look_every_s=0.05, retry_s=0.0)
        )


@contextlib.asynccontextmanager
async def readers(place: Path) -> AsyncIterator[Kind]:
    """Two timers that are registered, at boxes past which somebody runs all the time."""

    async def accepted() -> bool:
        await asyncio.sleep(0)
        return True

    async def race(*boxes: Box) -> None:
        while True:
            for box in boxes:
                box.pass_by(1)
            await asyncio.sleep(0.02)

    async with BoxServer(Box(1)) as first, BoxServer(Box(2)) as second:
        told = [
            ReaderSettings(name=name, kind="race_result", host="127.0.0.1", port=server.port)
            for name, server in zip(sorted(REGISTERED), (first, second), strict=True)
        ]
        async with running(race(first.box, second.box)):
            yield Kind(
                lambda given, emit: ReaderSource(
                    told, place, emit, accepted, lambda _timer: (), fetch_every_s=0.02
                )
            )


@contextlib.asynccontextmanager
async def mqtt(place: Path, broker: RabbitMQ) -> AsyncIterator[Kind]:
    """Two topics of three that are mapped."""

    async def accepted() -> bool:
        await asyncio.sleep(0)
        return True

    secret, note = place / "mqtt-password", Unacknowledged(place / "note", lambda _epoch, _us: {})
    secret.write_text(broker.admin_password)
    told = MqttSettings(url=f"mqtt://127.0.0.1:{broker.mqtt_port}", user="admin", password_file=secret)
    topics = [
        TopicSettings(topic=f"contract/{name}", sensor=name, metric="body_temperature")
        for name in sorted(REGISTERED)
    ]
    pods = [Pod(f"contract/{name}", as_json=False, seed=1) for name in (*sorted(REGISTERED), "hr-03")]
    assert broker.mqtt_port is not None
    with Publisher("127.0.0.1", broker.mqtt_port, "admin", broker.admin_password, pods) as publisher:
        async with running(publisher.run(rounds=10_000, every_s=0.02)):
            yield Kind(
                lambda given, emit: MqttSource(
                    f"contract-{place.name[-20:]}", told, topics, emit, accepted, note, b"epoch"
                )
            )


KINDS = {
    "bluetooth": bluetooth,
    "polar": polar,
    "serial": serial,
    "scripted": scripted,
    "folder": folder,
    "readers": readers,
    "mqtt": mqtt,
}


def sensor_of(told: Told) -> str:
    """Whose it is."""
    match told:
        case DocumentPart():
            return told.source
        case Impulse():
            return told.timer
        case _:
            return told.sensor


@pytest.fixture(params=KINDS.values(), ids=KINDS.keys())
async def kind(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Kind]:
    parts = [request.getfixturevalue("mqtt_broker")] if request.param is mqtt else []
    async with request.param(tmp_path, *parts) as made:
        yield made


def end_us(waveform: Waveform) -> int:
    return waveform.start_us + (len(waveform.values) - 1) * waveform.period_ns // 1_000


@pytest.fixture
async def streaming(tmp_path: Path) -> AsyncIterator[Kind]:
    """Those kinds that can emit waveforms."""
    async with polar(tmp_path) as made:
        yield made


async def heard(source: Source, packets: list[Told], count: int = 10) -> None:
    """Run a source until each registered sensor has spoken, and stop it."""
    task = asyncio.ensure_future(source.run())
    try:
        await until(lambda: len(packets) >= count and {sensor_of(told) for told in packets} == REGISTERED)
        assert not task.done()
    finally:
        await stopped(task)


async def test_packets_come_from_registered_sensors_only(kind: Kind) -> None:
    packets: list[Told] = []
    await heard(kind.source(packets.append), packets, 30)
    assert {sensor_of(told) for told in packets} == REGISTERED


async def test_every_packet_can_be_stored_and_is_stamped_in_order_with_boot_time(kind: Kind) -> None:
    emitted: list[Told] = []
    before_us = boot_us()
    await heard(kind.source(emitted.append), emitted)
    after_us = boot_us()
    for part in (told for told in emitted if isinstance(told, DocumentPart)):
        assert encode_document_part(part)
    for impulse in (told for told in emitted if isinstance(told, Impulse)):
        assert encode_impulses(impulse)
        assert before_us <= impulse.boot_us <= after_us
    packets = [told for told in emitted if isinstance(told, Packet)]
    for packet in packets:
        check_packet(packet)
        assert before_us - packet.tick_us < packet.boot_us <= after_us
        assert packet.values
    for sensor in REGISTERED:
        times = [packet.boot_us for packet in packets if packet.sensor == sensor]
        assert times == sorted(times)


async def test_every_waveform_can_be_stored_and_each_channel_is_in_order(streaming: Kind) -> None:
    emitted: list[Told] = []
    before_us = boot_us()
    await heard(streaming.source(emitted.append), emitted, 200)
    after_us = boot_us()
    channels: dict[tuple[str, int], list[Waveform]] = defaultdict(list)
    for told in emitted:
        if isinstance(told, Waveform):
            check_waveform(told)
            channels[told.sensor, told.metric].append(told)
    assert {sensor for sensor, _ in channels} == REGISTERED
    for waveforms in channels.values():
        edges = [edge for one in waveforms for edge in (one.start_us, end_us(one))]
        assert edges == sorted(edges)
        assert before_us < edges[0] <= edges[-1] <= after_us


async def test_after_run_has_ended_nothing_is_emitted_and_no_task_is_left(kind: Kind) -> None:
    packets: list[Told] = []
    before = asyncio.all_tasks()
    await heard(kind.source(packets.append), packets)
    count = len(packets)
    await asyncio.sleep(0.1)
    assert len(packets) == count
    # bleak keeps one task per event loop that watches its D-Bus; it belongs to bleak, and to no source.
    left = {task for task in asyncio.all_tasks() - before if "_monitor_bus_disconnect" not in repr(task)}
    assert left == set()


async def test_a_source_can_run_again(kind: Kind) -> None:
    packets: list[Told] = []
    source = kind.source(packets.append)
    await heard(source, packets)
    packets.clear()
    await heard(source, packets)


async def test_an_emit_that_raises_costs_that_packet_only(kind: Kind) -> None:
    offered: list[Told] = []

    def refuse(packet: Told) -> None:
        offered.append(packet)
        raise RuntimeError("refused by the test")

    await heard(kind.source(refuse), offered)


async def test_states_name_every_registered_sensor_before_while_and_after_it_runs(kind: Kind) -> None:
    packets: list[Told] = []
    source = kind.source(packets.append)

    def names() -> list[str]:
        return sorted(state.name for state in source.states())

    assert names() == sorted(REGISTERED)
    assert {state.state for state in source.states()} == {"off"}
    task = asyncio.ensure_future(source.run())
    await until(lambda: {state.state for state in source.states()} == {"live"} and not source.faults())
    assert names() == sorted(REGISTERED)
    await stopped(task)
    assert names() == sorted(REGISTERED)


async def test_a_source_ends_when_it_is_cancelled(kind: Kind) -> None:
    packets: list[Told] = []
    source = kind.source(packets.append)
    task = asyncio.ensure_future(source.run())
    await until(lambda: bool(packets))
    async with asyncio.timeout(PATIENCE_S):
        await stopped(task)
