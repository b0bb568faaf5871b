"""A gateway with two adapters, on the stand-in and on real BlueZ: no slot is taken twice, and none that is free is left."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import msgspec
import pytest

from bluetooth_air import Ear, settings, stopped, until
from demo.services import bluez_appliance, bluez_guest
from missing_parts import missing
from radio_carriers import ADAPTERS, ADDRESSES, NAMES, Machine, WithBluetoothd, machine, on_bluez, on_fake
from sts_edge.config import SensorSettings
from sts_edge.sources.bluetooth import BluetoothSource, adapter

# An emulated kernel takes seconds for what a Pi does in tenths, and a busy machine several times that.
PATIENCE_S = 120.0
WORD = b"\x06\x3c"
# So who links where is no matter of who was heard first.
SLOTS = 1


@pytest.fixture(scope="module")
async def real_pair(services_folder: Path) -> AsyncIterator[Machine]:
    """Real BlueZ on a machine of its own with two adapters: a second one in the air of the others' tests would be heard
    there, too."""
    if reason := bluez_appliance.why_not():
        missing("real BlueZ in QEMU", reason)
    async with machine(bluez_guest.BUILT, services_folder / "bluez-pair", len(ADAPTERS)) as booted:
        yield booted


@pytest.fixture(params=["fake", pytest.param("bluez", marks=pytest.mark.bluez)])
def made(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AbstractAsyncContextManager[WithBluetoothd]:
    """A carrier that is not on the air yet; at the stand-in the source looks and asks often."""
    if request.param == "bluez":
        return on_bluez(request.getfixturevalue("real_pair"))
    monkeypatch.setattr(adapter, "LOOK_S", 0.1)
    monkeypatch.setattr(adapter, "QUESTION_S", 0.2)
    return on_fake(tmp_path, ADAPTERS)


@pytest.fixture
async def carrier(made: AbstractAsyncContextManager[WithBluetoothd]) -> AsyncIterator[WithBluetoothd]:
    async with made as carrier:
        await carrier.power(True, ADAPTERS[1])
        yield carrier


@pytest.fixture
async def ear(carrier: WithBluetoothd) -> AsyncIterator[Ear]:
    """The source as it ships, over both adapters, for both straps."""
    straps = tuple(SensorSettings(name=one, address=ADDRESSES[one], kind="heart_rate") for one in NAMES)
    told = settings([], adapters=ADAPTERS, max_links=SLOTS)
    told = msgspec.structs.replace(told, sensors=straps)
    ear = Ear(BluetoothSource(told, lambda packet: ear.take(packet)))
    task = asyncio.ensure_future(ear.source.run())
    yield ear
    assert not task.done(), f"the source ended by itself: {task!r}"
    await stopped(task)


async def all_heard(carrier: WithBluetoothd, ear: Ear, *names: str, links: list[int]) -> None:
    """Have these straps speak until each has been heard from now on, and each adapter holds so many links."""
    ear.by_sensor.clear()
    async with asyncio.timeout(PATIENCE_S):
        while not all(ear.by_sensor[name] for name in names):
            for name in names:
                carrier.say(name, WORD)
            await asyncio.sleep(0.1)
    # A link that is gone is taken leave of first; until then its slot counts as taken.
    await until(lambda: [SLOTS - room.slots_left for room in ear.source.rooms] == links, PATIENCE_S)


async def test_each_adapter_takes_a_strap_and_when_one_goes_its_strap_waits_for_a_free_slot(
    carrier: WithBluetoothd, ear: Ear
) -> None:
    await all_heard(carrier, ear, *NAMES, links=[1, 1])

    await carrier.power(False, ADAPTERS[1])
    await until(lambda: any(ADAPTERS[1] in fault for fault in ear.source.faults()), PATIENCE_S)
    await until(lambda: sum(carrier.say(name, WORD) is None for name in NAMES) == 1, PATIENCE_S)
    (stayed,) = [name for name in NAMES if carrier.say(name, WORD) is None]
    (waits,) = set(NAMES) - {stayed}
    await all_heard(carrier, ear, stayed, links=[1, 0])

    await carrier.power(True, ADAPTERS[1])
    await all_heard(carrier, ear, *NAMES, links=[1, 1])
    await until(lambda: ear.source.faults() == [], PATIENCE_S)

    await carrier.power(False, ADAPTERS[1])
    await until(lambda: carrier.say(waits, WORD) is not None, PATIENCE_S)
    carrier.drop(stayed)
    await carrier.fall_silent(stayed)
    await all_heard(carrier, ear, waits, links=[1, 0])
