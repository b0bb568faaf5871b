"""Tries side by side, against brokers that are only scripts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from sts_edge.uplinks import dialling
from sts_edge.uplinks.dialling import Dialler, Resolver
from sts_edge.uplinks.line import LoginRefused
from sts_edge.uplinks.link import LinkEvent
from uplink_support import PATIENCE_S, Site, eventually


class ScriptedAddress:
    """Where the scripted lines lead."""

    host = "127.0.0.1"
    port = 1

    def line(self, peer: Any, purpose: str) -> Any:
        return ScriptedLine()


ADDRESS = ScriptedAddress()


class ScriptedLine:
    """A line whose fate the test chooses by its number."""

    made: ClassVar[list[ScriptedLine]] = []
    script: Callable[[ScriptedLine], Any]

    def __init__(self) -> None:
        self.number = len(self.made)
        self.heard_s: float | None = None
        self.is_cut = False
        self.made.append(self)

    async def stand(self) -> None:
        await type(self).script(self)

    def cut(self) -> None:
        self.is_cut = True


@pytest.fixture(autouse=True)
def _scripted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialling, "TRY_EVERY_S", 0.02)
    monkeypatch.setattr(dialling, "_LOOK_EVERY_S", 0.005)
    ScriptedLine.made.clear()


async def hang(line: ScriptedLine) -> None:
    await asyncio.Event().wait()


async def test_tries_do_not_wait_for_each_other_and_the_first_that_stands_ends_the_rest() -> None:
    async def fourth(line: ScriptedLine) -> None:
        if line.number != 3:
            await hang(line)

    ScriptedLine.script = fourth
    line = await asyncio.wait_for(Dialler(ADDRESS, "live").dial(), PATIENCE_S)
    assert line is ScriptedLine.made[3]
    assert [one.is_cut for one in ScriptedLine.made] == [True, True, True, False]


async def test_while_the_broker_speaks_on_one_try_no_other_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialling, "TALKING_S", PATIENCE_S)

    async def talk(line: ScriptedLine) -> None:
        for _ in range(10):
            line.heard_s = time.monotonic()
            await asyncio.sleep(0.02)

    ScriptedLine.script = talk
    await asyncio.wait_for(Dialler(ADDRESS, "live").dial(), PATIENCE_S)
    assert len(ScriptedLine.made) == 1


async def test_a_broker_that_falls_silent_half_way_does_not_stop_fresh_tries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dialling, "TALKING_S", 0.05)

    async def greet_and_hang(line: ScriptedLine) -> None:
        if line.number == 0:
            line.heard_s = time.monotonic()
            await hang(line)

    ScriptedLine.script = greet_and_hang
    assert await asyncio.wait_for(Dialler(ADDRESS, "live").dial(), PATIENCE_S) is ScriptedLine.made[1]


async def test_a_try_without_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialling, "TRY_FOR_S", 0.05)

    async def late(line: ScriptedLine) -> None:
        if line.number < 8:
            await hang(line)

    ScriptedLine.script = late
    dialler = Dialler(ADDRESS, "live")
    await asyncio.wait_for(dialler.dial(), PATIENCE_S)
    assert "no answer" in dialler.last_failure


async def test_a_refused_connection_is_tried_again_and_its_reason_kept() -> None:
    async def refuse(line: ScriptedLine) -> None:
        if line.number < 3:
            raise ConnectionRefusedError("nobody listens")

    ScriptedLine.script = refuse
    dialler = Dialler(ADDRESS, "live")
    await asyncio.wait_for(dialler.dial(), PATIENCE_S)
    assert len(ScriptedLine.made) == 4
    assert dialler.last_failure == "nobody listens"


async def test_a_refused_login_ends_the_dialling() -> None:
    async def refuse(line: ScriptedLine) -> None:
        raise LoginRefused("who are you?")

    ScriptedLine.script = refuse
    with pytest.raises(LoginRefused):
        await asyncio.wait_for(Dialler(ADDRESS, "live").dial(), PATIENCE_S)
    made = len(ScriptedLine.made)  # two, where this machine slept between the first and its answer
    await asyncio.sleep(10 * dialling.TRY_EVERY_S)
    assert len(ScriptedLine.made) == made


async def test_tries_beside_a_line_that_was_only_blocked_end_with_the_brokers_word() -> None:
    """A slow broker may say so only after a live record has missed its deadline."""
    ScriptedLine.script = hang
    uplink = Site("none", 1).uplink
    uplink._dialler = Dialler(ADDRESS, "live")
    uplink._link.happened(LinkEvent.STOOD)
    uplink._link.happened(LinkEvent.MISSED)
    dial = asyncio.create_task(uplink._dial())
    await eventually(lambda: ScriptedLine.made)
    uplink._link.happened(LinkEvent.BLOCKED)
    assert await asyncio.wait_for(dial, PATIENCE_S) is None
    assert all(line.is_cut for line in ScriptedLine.made)


async def test_dialling_again_at_once_keeps_the_distance_of_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker that lets us in and throws us out must not be met by a busy loop."""
    monkeypatch.setattr(dialling, "TRY_EVERY_S", 0.1)

    async def stand(line: ScriptedLine) -> None:
        return

    ScriptedLine.script = stand
    dialler = Dialler(ADDRESS, "live")
    began_s = time.monotonic()
    for _ in range(4):
        await dialler.dial()
    assert time.monotonic() - began_s >= 3 * 0.1 * (1 - dialling.TRY_SPREAD)


async def test_a_name_once_resolved_is_used_while_the_resolver_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver = Resolver("127.0.0.1", 5672)
    first = await resolver.peers()
    asked = 0

    async def hanging(*_: Any, **__: Any) -> Any:
        nonlocal asked
        asked += 1
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", hanging)
    for _ in range(5):
        assert await asyncio.wait_for(resolver.peers(), PATIENCE_S) == first
        await asyncio.sleep(0)
    assert asked == 1
