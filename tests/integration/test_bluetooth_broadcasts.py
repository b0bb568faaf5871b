"""Straps that tell everybody their heart rate are heard without a link; the few links go to who needs them."""

import asyncio
import itertools
from pathlib import Path

import msgspec

from bluetooth_air import (
    ADVERTS_MS,
    FAST,
    Air,
    all_arrived,
    on_air,
    scenario,
    settings,
    stopped,
    strap_name,
    until,
)
from sts_edge.config import Settings
from sts_edge.sources.bluetooth import BluetoothSource
from sts_edge.sources.bluetooth.limits import SIGNAL_EVERY_US
from sts_edge.sources.bluetooth.reception import TICK_US
from sts_protocols.metrics import HEART_RATE, RR_INTERVAL, SIGNAL_STRENGTH
from sts_protocols.sample import Packet, Quality
from sts_sims.carriers.bluez.adapter import RSSI_SPREAD_DB
from sts_sims.heart_strap import BROADCAST_COMPANY

MANY = 34


def with_links(links: dict[int, str], **bluetooth: int) -> Settings:
    """Settings of these straps, each heard as it says."""
    plain = settings(list(links), **bluetooth)
    sensors = [
        msgspec.structs.replace(sensor, link=link)
        for sensor, link in zip(plain.sensors, links.values(), strict=True)
    ]
    return msgspec.structs.replace(plain, sensors=tuple(sensors))


class Listening:
    """The real source with these settings, running."""

    def __init__(self, given: Settings) -> None:
        self.packets: list[Packet] = []
        self.source = BluetoothSource(given, self.packets.append, limits=FAST)

    async def __aenter__(self) -> "Listening":
        self._task = asyncio.ensure_future(self.source.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert not self._task.done()
        await stopped(self._task)

    def rates(self, number: int) -> list[float]:
        """Heart rates of one strap, in the order in which they came."""
        return [
            value.value
            for packet in self.packets
            for value in packet.values
            if packet.sensor == strap_name(number) and value.metric == HEART_RATE.id
        ]

    def linked(self, air: Air) -> set[int]:
        """Which straps have a link now."""
        return {n for n in range(1, len(self.source.links) + 1) if air.connected(n)}


async def test_thirty_four_straps_are_heard_without_a_single_link(tmp_path: Path) -> None:
    plan = scenario(MANY, broadcast=True)
    async with (
        on_air(tmp_path, plan) as air,
        Listening(with_links(dict.fromkeys(range(1, MANY + 1), "never"))) as ear,
    ):
        await until(lambda: all(len(ear.rates(n)) >= 3 for n in range(1, MANY + 1)))
        assert ear.linked(air) == set()
        await until(lambda: {state.state for state in ear.source.states()} == {"live"})
        metrics = {value.metric for packet in ear.packets for value in packet.values}
        assert RR_INTERVAL.id not in metrics


async def test_how_strong_a_broadcast_is_heard_is_told_with_it_and_that_of_a_link_is_not(
    tmp_path: Path,
) -> None:
    async with (
        on_air(tmp_path, scenario(2, broadcast=True, rssi_dbm=-81)) as air,
        Listening(with_links({1: "never", 2: "always"})) as ear,
    ):
        await until(lambda: all(len(ear.rates(n)) >= 3 for n in (1, 2)))
        assert ear.linked(air) == {2}
        told = [
            (packet, value.value)
            for packet in ear.packets
            for value in packet.values
            if value.metric == SIGNAL_STRENGTH.id
        ]
        assert {packet.sensor for packet, _ in told} == {strap_name(1)}
        assert all(abs(dbm + 81) <= RSSI_SPREAD_DB for _, dbm in told)
        times_us = [packet.boot_us for packet, _ in told]
        assert all(later - one > SIGNAL_EVERY_US - TICK_US for one, later in itertools.pairwise(times_us))


async def test_each_measurement_is_told_once_however_often_it_is_advertised(tmp_path: Path) -> None:
    async with (
        on_air(tmp_path, scenario(1, broadcast=True)) as air,
        Listening(with_links({1: "never"})) as ear,
    ):
        await until(lambda: len(ear.rates(1)) >= 4)
        said = len(air.truth())
        assert 3 <= len(ear.rates(1)) <= said + 1
        assert 1000.0 / ADVERTS_MS > 100, "the control: a hundred adverts for each measurement"


async def test_a_strap_that_falls_silent_becomes_late_although_its_last_advert_is_repeated(
    tmp_path: Path,
) -> None:
    plan = scenario(1, rate_hz=20.0, broadcast=True)
    async with on_air(tmp_path, plan) as air, Listening(with_links({1: "never"})) as ear:
        await until(lambda: len(ear.rates(1)) >= 5)
        strap = air.show.stage.sensors["hr-01"]
        strap._broadcast = lambda _said: last
        last = strap.advert.manufacturer_data[BROADCAST_COMPANY]
        await until(lambda: ear.source.states()[0].state == "late")
        heard = len(ear.rates(1))
        await asyncio.sleep(0.2)
        assert len(ear.rates(1)) == heard, "many adverts, and no measurement"


async def test_a_strap_taken_off_is_told_as_not_worn(tmp_path: Path) -> None:
    plan = scenario(1, rate_hz=20.0, broadcast=True)
    async with on_air(tmp_path, plan) as air, Listening(with_links({1: "never"})) as ear:
        await until(lambda: ear.source.states()[0].state == "live")
        air.order("take_off", strap="hr-01")
        await until(lambda: ear.source.states()[0].state == "not_worn")
        assert Quality.NO_CONTACT in {v.quality for packet in ear.packets for v in packet.values}


async def test_a_spare_strap_gets_a_link_while_one_is_left_over_and_then_no_beat_comes_by_two_ways(
    tmp_path: Path,
) -> None:
    async with (
        on_air(tmp_path, scenario(1, broadcast=True)) as air,
        Listening(with_links({1: "spare"})) as ear,
    ):
        await until(lambda: air.connected(1))
        await until(lambda: bool(air.delivered()))
        heard = len(ear.rates(1))
        await until(lambda: len(ear.rates(1)) > heard)  # the next one is a second away
        ear.packets.clear()
        before = len(air.truth())
        await until(lambda: len(ear.rates(1)) >= 3)
        air.order("mute", strap="hr-01")
        await all_arrived(lambda: len(ear.rates(1)), lambda: len(air.truth()) - before)
        assert len(ear.rates(1)) == len(air.truth()) - before


async def test_a_link_that_was_lent_is_given_back_to_a_strap_that_needs_it(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(2, broadcast=True)) as air:
        air.order("walk_away", strap=strap_name(2))
        async with Listening(with_links({1: "spare", 2: "always"}, max_links=1)) as ear:
            await until(lambda: air.connected(1))
            air.order("restore", strap=strap_name(2))
            await until(lambda: air.connected(2) and not air.connected(1))
            heard = len(ear.rates(1))
            await until(lambda: len(ear.rates(1)) > heard + 1)
            assert air.connected(2)
            assert not air.connected(1)
            assert sum(link.count.given_back for link in ear.source.links.values()) == 1
            assert ear.source.faults() == []


async def test_of_foreign_straps_that_broadcast_not_one_value_is_told(tmp_path: Path) -> None:
    async with (
        on_air(tmp_path, scenario(11, broadcast=True)) as _air,
        Listening(with_links({1: "never"})) as ear,
    ):
        await until(lambda: len(ear.rates(1)) >= 3)
        await until(lambda: len(ear.source.presence.near()) == 11)
        assert {packet.sensor for packet in ear.packets} == {"hr-01"}
