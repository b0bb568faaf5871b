"""The agent as a process: started, asked, killed, stopped."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from agent_support import agent, listens, settings
from sts_protocols.beat import AnchorReport, Answer, Beat
from sts_protocols.record import UNKNOWN_CLOCK, Record, read
from uplink_support import GATEWAY, PATIENCE_S, Broker, Hub, eventually

HOUR_US = 3_600_000_000


@pytest.fixture
async def hub(rabbitmq: Broker) -> AsyncIterator[Hub]:
    hub = Hub(rabbitmq)
    await hub.open()
    await hub.listen()
    yield hub
    await hub.close()


async def test_the_agent_beats_takes_the_hubs_time_and_ends_with_a_last_beat(
    hub: Hub, tmp_path: Path
) -> None:
    async with agent(settings(tmp_path, hub)) as edge:
        await eventually(lambda: len(hub.beats) >= 2)  # the second tells the pin
        assert hub.beats[1].epochs[-1].pin is not None
        await eventually(lambda: hub.arrivals)  # the anchor's record
        code, out = await edge.ask("status", "--json")
        status = json.loads(out)
        assert code == 0
        assert (status["hub"]["state"], status["clock"]["source"]) == ("connected", "hub")
        code, log = await edge.end()
        assert code == 0
    await eventually(lambda: not hub.beats[-1].epochs[-1].running)
    last = hub.beats[-1].epochs[-1]
    assert last.confirmed == [(0, last.head)]
    assert not (tmp_path / "run/agent.sock").exists()
    assert all(line["service"]["node"]["name"] == GATEWAY and line["@timestamp"] for line in log)


async def test_an_agent_whose_clock_was_wrong_begins_anew_and_says_what_to_correct(
    hub: Hub, tmp_path: Path
) -> None:
    def an_hour_slow_at_first(beat: Beat, answer: Answer) -> Answer:
        slow_us = HOUR_US if beat.epoch == hub.beats[0].epoch and beat.number == hub.beats[0].number else 0
        return msgspec.structs.replace(answer, hub_us=answer.hub_us - slow_us)

    hub.answer = an_hour_slow_at_first
    async with agent(settings(tmp_path, hub)) as edge:
        await eventually(lambda: hub.beats and hub.beats[-1].epoch != hub.beats[0].epoch)
        await eventually(lambda: hub.beats[-1].epochs[-1].pin is not None)
        wrong, right = hub.beats[0].epoch, hub.beats[-1].epoch
        await eventually(lambda: _offsets_of(hub, wrong))  # what it had recorded comes with the backlog
        _, out = await edge.ask("status", "--json")
    status = json.loads(out)
    step = status["clock"]["step"]
    assert (step["epoch"], step["source"]) == (wrong, "HUB")
    assert any(f"sts-hub clock correct {wrong} --by-ms" in sentence for sentence in status["faults"])
    pins = {one.epoch: one.pin for beat in hub.beats for one in beat.epochs if one.pin is not None}
    # An answer that was long on its way says so: each pin is right within its own error.
    apart_us, error_us = (
        _offset_us(pins[right]) - _offset_us(pins[wrong]),
        pins[right].error_us + pins[wrong].error_us,
    )
    assert abs(apart_us - HOUR_US) <= error_us < HOUR_US / 10
    assert abs(step["by_ms"] * 1_000 - HOUR_US) <= error_us + 1_000
    assert _offsets_of(hub, wrong) == {_offset_us(pins[wrong])}, "one clock for all of it"


def _offsets_of(hub: Hub, epoch: str) -> set[int]:
    """How the records of a start have told the time."""
    return {
        one.record.header.clock.offset_us
        for one in hub.arrivals
        if one.record.header.epoch.hex() == epoch and one.record.header.clock != UNKNOWN_CLOCK
    }


def _offset_us(pin: AnchorReport) -> int:
    return pin.wall_us - pin.boot_us


async def test_without_a_hub_the_agent_works_and_says_so(tmp_path: Path) -> None:
    config = settings(tmp_path, None)
    async with agent(config) as edge:
        await eventually(lambda: listens(config))
        code, out = await edge.ask("status")
        assert code == 4
        assert "unreachable" in out
        assert (await edge.end(signal.SIGINT))[0] == 0


async def test_a_second_agent_on_the_same_buffer_is_refused_with_a_sentence(tmp_path: Path) -> None:
    config = settings(tmp_path, None)
    async with agent(config):
        await eventually(lambda: listens(config))
        async with agent(config) as second:
            code, log = await second.end(signal.SIGCONT)
    assert code == 1
    assert "data_dir" in log[-1]["sts"]["reason"]
    assert "error" not in log[-1]


async def test_a_folder_that_may_not_be_written_ends_the_start_with_a_sentence(tmp_path: Path) -> None:
    config = settings(tmp_path, None)
    (tmp_path / "data").write_text("a file where the folder should be")
    async with agent(config) as edge:
        code, log = await edge.end(signal.SIGCONT)
    assert code == 1
    assert log[-1]["sts"]["reason"]


async def test_no_witness_no_start(tmp_path: Path) -> None:
    config = settings(tmp_path, None, f'[witness]\nsocket = "{tmp_path}/witness"')
    async with agent(config) as edge:
        code, log = await edge.end(signal.SIGCONT)
    assert code == 1
    assert "start the witness first" in log[-1]["sts"]["reason"]


async def test_the_witness_is_told_of_each_record_and_of_its_safety(hub: Hub, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(str(tmp_path / "witness"))
        listener.listen()
        listener.setblocking(False)
        loop = asyncio.get_running_loop()
        config = settings(tmp_path, hub, f'[witness]\nsocket = "{tmp_path}/witness"')
        async with agent(config) as edge:
            told, _ = await asyncio.wait_for(loop.sock_accept(listener), PATIENCE_S)
            with told:
                closed = await asyncio.wait_for(loop.sock_recv(told, 1 << 17), PATIENCE_S)
                safe = await asyncio.wait_for(loop.sock_recv(told, 1 << 17), PATIENCE_S)
                record: Record = read(closed[1:])
                assert closed[:1] == b"C"
                assert safe == b"A" + record.header.epoch + record.header.seq.to_bytes(8, "little")
                assert (await edge.end())[0] == 0


async def test_systemd_is_told_ready_alive_and_stopping(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.setblocking(False)
        told: list[str] = []

        def hear(words: str) -> bool:
            while True:
                try:
                    told.append(manager.recv(4096).decode())
                except BlockingIOError:
                    return any(words in one for one in told)

        variables = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "200000"}
        async with agent(settings(tmp_path, None), **variables) as edge:
            await eventually(lambda: hear("READY=1"))
            told.clear()
            await eventually(lambda: hear("WATCHDOG=1"))
            await edge.end()
            assert hear("STOPPING=1")


async def test_a_disk_that_fails_ends_the_agent_with_a_sentence(hub: Hub, tmp_path: Path) -> None:
    """The buffer's folder goes away under it: nothing more can be promised."""
    config = settings(tmp_path, hub)
    async with agent(config, PYTHONPATH=str(_breaking(tmp_path))) as edge:
        code, log = await edge.end(signal.SIGCONT)
    assert code == 1
    assert any("fdatasync" in str(line) or "disk" in str(line).lower() for line in log)
    assert "error" not in log[-1]


def _breaking(folder: Path) -> Path:
    """A sitecustomize that lets fdatasync fail with EIO, as a dying card does."""
    place = folder / "broken"
    place.mkdir()
    (place / "sitecustomize.py").write_text(
        "import os, errno\n"
        "def fail(fd):\n"
        "    raise OSError(errno.EIO, os.strerror(errno.EIO))\n"
        "os.fdatasync = fail\n"
    )
    return place
