"""Several adapters at one gateway: each sensor by the better of them, slots kept, and nobody lost when one goes."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bluetooth_air import Air, Ear, all_arrived, limits, listening, on_air, scenario, strap_name, until
from integration.test_bluetooth import heart_rates

BOTH = ("hci0", "hci1")
NEAR_DBM, FAR_DBM = -50, -80
# A strap waits until both adapters have heard it, however long that takes.
PATIENT = limits(compare_s=1e6)


@contextlib.asynccontextmanager
async def two_adapters(folder: Path, straps: int, **bluetooth: int) -> AsyncIterator[tuple[Air, Ear]]:
    """Straps that both adapters hear alike, and a source that uses both."""
    plan = scenario(straps, rate_hz=20.0, adapters=BOTH)
    numbers = range(1, straps + 1)
    async with on_air(folder, plan) as air, listening(numbers, adapters=BOTH, **bluetooth) as ear:
        yield air, ear


def place(air: Air, number: int, **dbm: int) -> None:
    """Say how strong each adapter hears a strap."""
    for adapter, value in dbm.items():
        air.order("signal", strap=strap_name(number), adapter=adapter, value=value)


async def all_heard(air: Air, ear: Ear, straps: int) -> list[str | None]:
    """Wait until every strap has a link and says something over it; which adapter each is at."""
    ear.by_sensor.clear()
    numbers = range(1, straps + 1)
    await until(lambda: all(air.adapter_of(n) and ear.heard(n) for n in numbers))
    return [air.adapter_of(number) for number in numbers]


@pytest.mark.parametrize(("near", "far"), [BOTH, BOTH[::-1]])
async def test_a_strap_is_connected_over_the_adapter_that_hears_it_better(
    tmp_path: Path, near: str, far: str
) -> None:
    async with on_air(tmp_path, scenario(1, rate_hz=20.0, adapters=BOTH)) as air:
        place(air, 1, **{near: NEAR_DBM, far: FAR_DBM})
        async with listening(adapters=BOTH, within=PATIENT) as ear:
            for link in range(1, 4):
                assert await all_heard(air, ear, 1) == [near]
                air.order("drop", strap=strap_name(1))
                await until(lambda link=link: ear.link().count.lost == link)


async def test_a_better_adapter_without_a_free_slot_leaves_the_strap_to_the_other(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(3, rate_hz=20.0, adapters=BOTH)) as air:
        for number in (1, 2, 3):
            place(air, number, hci0=NEAR_DBM, hci1=FAR_DBM)
        async with listening([1, 2, 3], adapters=BOTH, within=PATIENT, max_links=2) as ear:
            assert sorted(map(str, await all_heard(air, ear, 3))) == ["hci0", "hci0", "hci1"]
            assert [room.slots_left for room in ear.source.rooms] == [0, 1]


async def test_straps_that_both_hear_alike_are_shared_and_no_adapter_has_more_links_than_it_may(
    tmp_path: Path,
) -> None:
    async with two_adapters(tmp_path, 5, max_links=2) as (air, ear):
        await until(lambda: any("No link is left" in fault for fault in ear.source.faults()))
        await until(lambda: sum(air.adapter_of(n) is not None for n in range(1, 6)) == 4)
        links = [adapter.links for adapter in air.show.daemon.adapters.values()]
        assert links == [2, 2]
        air.order("walk_away", strap=next(strap_name(n) for n in range(1, 6) if air.adapter_of(n)))
        await until(lambda: ear.source.faults() == [])


@pytest.mark.parametrize(("gone", "back"), [("power_off", "power_on"), ("unplug", "plug")])
async def test_when_an_adapter_goes_its_straps_move_to_the_other_and_new_ones_come_back(
    tmp_path: Path, gone: str, back: str
) -> None:
    async with two_adapters(tmp_path, 4) as (air, ear):
        assert set(await all_heard(air, ear, 4)) == set(BOTH)
        stayed = [number for number in range(1, 5) if air.adapter_of(number) == "hci0"]
        air.order(gone, adapter="hci1")
        await until(lambda: {air.adapter_of(n) for n in range(1, 5)} == {"hci0"})
        assert await all_heard(air, ear, 4) == ["hci0"] * 4
        assert all(ear.link(number).count.lost == 0 for number in stayed), "the other links noticed nothing"
        assert any("hci1" in fault for fault in ear.source.faults())
        air.order(back, adapter="hci1")
        await until(lambda: ear.source.faults() == [])
        place(air, 1, hci0=FAR_DBM, hci1=NEAR_DBM)
        air.order("drop", strap=strap_name(1))
        await until(lambda: air.adapter_of(1) == "hci1")


async def test_over_losses_and_moves_every_beat_comes_once(tmp_path: Path) -> None:
    async with two_adapters(tmp_path, 1) as (air, ear):
        for adapter in (*BOTH, *BOTH):
            air.order("power_off", adapter=next(one for one in BOTH if one != adapter))
            await until(lambda adapter=adapter: air.adapter_of(1) == adapter)
            heard = len(ear.heard(1))
            await until(lambda heard=heard: len(ear.heard(1)) > heard + 3)
            air.order("power_on", adapter=next(one for one in BOTH if one != adapter))
        air.order("mute", strap=strap_name(1))
        await all_arrived(lambda: len(heart_rates(ear.heard(1))), lambda: len(air.delivered()))
    assert len(heart_rates(ear.heard(1))) == len(air.delivered())


async def test_a_strap_waits_only_for_adapters_that_could_take_it(tmp_path: Path) -> None:
    """With a wait that never ends: alone, beside one without power, and beside one that has heard it, too."""
    async with on_air(tmp_path, scenario(1, rate_hz=20.0, adapters=BOTH)) as air:
        async with listening(adapters=BOTH, within=PATIENT) as ear:
            await all_heard(air, ear, 1)
        async with listening(adapters=BOTH[:1], within=PATIENT) as ear:
            await all_heard(air, ear, 1)
        air.order("power_off", adapter="hci1")
        async with listening(adapters=BOTH, within=PATIENT) as ear:
            await all_heard(air, ear, 1)


async def test_an_adapter_out_of_reach_holds_a_strap_up_for_a_moment_only(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(1, rate_hz=20.0, adapters=BOTH)) as air:
        air.order("walk_away", strap=strap_name(1), adapter="hci1")
        async with listening(adapters=BOTH) as ear:
            assert await all_heard(air, ear, 1) == ["hci0"]
