"""The gateway's own Bluetooth source on the stand-in and on real BlueZ: losses, power and silence, by the same tests."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import msgspec
import pytest

from bluetooth_air import Ear, settings, stopped, until
from integration.test_bluetooth import heart_rates
from radio_carriers import ADDRESSES, Carrier, WithBluetoothd, on_bluez, on_fake
from radio_situations import BEATS, FIRST, ROUNDS, beat_frames
from sts_edge.config import SensorSettings
from sts_edge.sources.bluetooth import BluetoothSource, adapter

# An emulated kernel takes seconds for what a Pi does in tenths.
PATIENCE_S = 120.0
WORD = b"\x06\x3c"


@pytest.fixture(params=["fake", pytest.param("bluez", marks=pytest.mark.bluez)])
def made(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AbstractAsyncContextManager[WithBluetoothd]:
    """A carrier that is not on the air yet; at the stand-in the source looks and asks often."""
    if request.param == "bluez":
        return on_bluez(request.getfixturevalue("real_bluez"))
    monkeypatch.setattr(adapter, "LOOK_S", 0.1)
    monkeypatch.setattr(adapter, "QUESTION_S", 0.2)
    return on_fake(tmp_path)


@pytest.fixture
async def carrier(made: AbstractAsyncContextManager[WithBluetoothd]) -> AsyncIterator[WithBluetoothd]:
    async with made as carrier:
        yield carrier


@contextlib.asynccontextmanager
async def listening() -> AsyncIterator[Ear]:
    """The source as it ships, with its own limits, for the first strap."""
    strap = SensorSettings(name=FIRST, address=ADDRESSES[FIRST], kind="heart_rate")
    told = msgspec.structs.replace(settings([]), sensors=(strap,))
    ear = Ear(BluetoothSource(told, lambda packet: ear.take(packet)))
    task = asyncio.ensure_future(ear.source.run())
    try:
        yield ear
        assert not task.done(), f"the source ended by itself: {task!r}"
    finally:
        await stopped(task)


async def heard_again(carrier: Carrier) -> float:
    """Wait until the strap is listened to; how long it took, s."""
    began_s = time.monotonic()
    await until(lambda: carrier.say(FIRST, WORD) is None, PATIENCE_S)
    return time.monotonic() - began_s


def beats(ear: Ear) -> int:
    """How many beats were heard; what the strap says to find out whether it is heard is lower than those."""
    return sum(rate >= 100 for rate in heart_rates(ear.packets))


async def speaks(carrier: Carrier, ear: Ear) -> None:
    """Let the strap say something until the source hears it."""
    ear.packets.clear()
    async with asyncio.timeout(PATIENCE_S):
        while not heart_rates(ear.packets):
            carrier.say(FIRST, WORD)
            await asyncio.sleep(0.1)


async def test_after_each_loss_a_strap_is_regained_and_no_beat_comes_twice(
    carrier: Carrier, tell: Callable[[str], None]
) -> None:
    counts, took_s = [], []
    async with listening() as ear:
        await heard_again(carrier)
        link = ear.source.links[ADDRESSES[FIRST]]
        await until(lambda: link.count.opened == 1, PATIENCE_S)
        for _ in range(ROUNDS):
            carrier.drop(FIRST)
            took_s.append(await heard_again(carrier))
            await until(lambda: bool(heart_rates(ear.packets)), PATIENCE_S)
            ear.packets.clear()
            for frame in beat_frames(BEATS):
                assert carrier.say(FIRST, frame) is None
            await until(lambda: beats(ear) >= BEATS, PATIENCE_S)
            await asyncio.sleep(0.3)
            counts.append(beats(ear))
            ear.packets.clear()
    tell(f"regained after {', '.join(f'{one:.2f}' for one in took_s)} s (≤ 3.5 s aimed at)")
    assert counts == [BEATS] * ROUNDS
    assert link.count.lost == ROUNDS


async def test_without_power_the_technician_is_told_and_with_power_the_strap_is_back(
    carrier: Carrier,
) -> None:
    async with listening() as ear:
        await heard_again(carrier)
        await carrier.power(False)
        await until(lambda: any("switched off" in fault for fault in ear.source.faults()), PATIENCE_S)
        await carrier.power(True)
        await heard_again(carrier)
        await until(lambda: ear.source.faults() == [], PATIENCE_S)


async def test_a_bluetoothd_that_hangs_is_told_and_once_it_answers_the_strap_is_heard(
    carrier: WithBluetoothd,
) -> None:
    async with listening() as ear:
        await heard_again(carrier)
        await carrier.freeze()
        await until(lambda: any("does not answer" in fault for fault in ear.source.faults()), PATIENCE_S)
        await carrier.thaw()
        await speaks(carrier, ear)
        await until(lambda: ear.source.faults() == [], PATIENCE_S)
