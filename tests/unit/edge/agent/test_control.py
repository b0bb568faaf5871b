"""The agent's socket, from both sides."""

from __future__ import annotations

import asyncio
import stat
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from sts_edge.control.client import AgentAbsent, AgentSilent, NotAllowed, ask, follow
from sts_edge.control.server import FOLLOWER_BACKLOG, ControlServer, Follower, SocketTaken
from uplink_support import PATIENCE_S, eventually

STATUS = {"schema": "sts.edge.status/1", "gateway": "pitch-1"}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ControlServer]:
    server = ControlServer(tmp_path / "agent.sock", lambda: STATUS)
    await server.open()
    yield server
    await server.close()


async def test_status_is_answered(server: ControlServer, tmp_path: Path) -> None:
    assert await asyncio.to_thread(ask, tmp_path / "agent.sock", {"do": "status"}, PATIENCE_S) == STATUS


@pytest.mark.parametrize("line", [b"\n", b"not json\n", b"[]\n", b'{"do": "reboot"}\n', b'{"do": 7}\n'])
async def test_what_is_no_question_is_answered_with_a_sentence(
    server: ControlServer, tmp_path: Path, line: bytes
) -> None:
    reader, writer = await asyncio.open_unix_connection(tmp_path / "agent.sock")
    writer.write(line + b'{"do": "status"}\n')
    assert b"error" in await asyncio.wait_for(reader.readline(), PATIENCE_S)
    assert b"pitch-1" in await asyncio.wait_for(reader.readline(), PATIENCE_S)
    writer.close()


async def test_a_line_without_end_costs_its_sender_the_conversation_and_nobody_else(
    server: ControlServer, tmp_path: Path
) -> None:
    reader, writer = await asyncio.open_unix_connection(tmp_path / "agent.sock")
    writer.write(b"x" * 200_000)
    assert await asyncio.wait_for(reader.read(), PATIENCE_S) == b""
    assert await asyncio.to_thread(ask, tmp_path / "agent.sock", {"do": "status"}, PATIENCE_S) == STATUS
    writer.close()


async def test_packets_are_told_to_those_who_follow_their_sensor(
    server: ControlServer, tmp_path: Path
) -> None:
    def first() -> dict[str, Any]:
        return next(follow(tmp_path / "agent.sock", {"do": "tail", "sensors": ["hr-02"]}, PATIENCE_S))

    following = asyncio.create_task(asyncio.to_thread(first))
    await eventually(lambda: server.is_followed)
    server.tell("hr-01", {"sensor": "hr-01"})
    server.tell("hr-02", {"sensor": "hr-02"})
    assert await asyncio.wait_for(following, PATIENCE_S) == {"sensor": "hr-02"}
    await eventually(lambda: not server.is_followed)


async def test_a_follower_that_does_not_read_loses_the_oldest_and_is_told_how_many() -> None:
    follower = Follower([])
    for number in range(FOLLOWER_BACKLOG + 3):
        follower.put("hr-01", {"number": number})
    assert await follower.get() == {"number": 3, "missed": 3}
    assert await follower.get() == {"number": 4}


async def test_the_socket_is_for_user_and_group_only(server: ControlServer, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "agent.sock").stat().st_mode) == 0o660


async def test_a_living_agent_keeps_its_socket_and_a_dead_ones_is_taken(
    server: ControlServer, tmp_path: Path
) -> None:
    other = ControlServer(tmp_path / "agent.sock", dict)
    with pytest.raises(SocketTaken):
        await other.open()
    dead = tmp_path / "dead.sock"
    held = await asyncio.start_unix_server(lambda r, w: None, dead)
    held.close()
    left = ControlServer(dead, lambda: STATUS)
    await left.open()
    assert await asyncio.to_thread(ask, dead, {"do": "status"}, PATIENCE_S) == STATUS
    await left.close()


async def test_a_closed_server_leaves_no_socket(tmp_path: Path) -> None:
    server = ControlServer(tmp_path / "agent.sock", dict)
    await server.open()
    await server.close()
    with pytest.raises(AgentAbsent, match="systemctl start"):
        ask(tmp_path / "agent.sock", {"do": "status"}, 1)


def test_without_permission_the_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("socket.socket.connect", refuse)
    with pytest.raises(NotAllowed, match="sudo"):
        ask(tmp_path / "agent.sock", {"do": "status"}, 1)


@pytest.fixture
def silent_agent(tmp_path: Path) -> Iterator[Path]:
    """Accepts, and never answers."""
    loop = asyncio.new_event_loop()
    path = tmp_path / "silent.sock"

    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def listen() -> None:
        await asyncio.start_unix_server(never, path)
        ready.set()

    ready = threading.Event()
    listening = loop.create_task(listen())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    ready.wait(5)
    yield path
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    assert listening.done()


def test_an_agent_that_does_not_answer_is_told_as_silent(silent_agent: Path) -> None:
    with pytest.raises(AgentSilent, match=r"within 0\.1 s"):
        ask(silent_agent, {"do": "status"}, 0.1)
