"""The Bluetooth source hears simulated straps through bleak's real Linux backend: what must come, comes."""

import struct
from pathlib import Path

import pytest

from bluetooth_air import MUTE_HZ, all_arrived, limits, listening, on_air, scenario, strap_name, until
from sts_protocols.metrics import BATTERY_LEVEL, HEART_RATE, RR_INTERVAL
from sts_protocols.sample import Packet, Quality

WORN, SUPPORTED, RR = 0x02, 0x04, 0x10


def frame(rate: int, *rr_1024: int) -> bytes:
    """A heart rate frame of a strap that touches skin."""
    flags = WORN | SUPPORTED | (RR if rr_1024 else 0)
    return struct.pack(f"<BB{len(rr_1024)}H", flags, rate, *rr_1024)


def heart_rates(packets: list[Packet]) -> list[float]:
    return [value.value for packet in packets for value in packet.values if value.metric == HEART_RATE.id]


def told(packets: list[Packet]) -> list[tuple[float, tuple[float, ...]]]:
    """Each heart rate packet as (rate, RR in ms)."""
    return [
        (packet.values[0].value, tuple(v.value for v in packet.values if v.metric == RR_INTERVAL.id))
        for packet in packets
        if packet.values[0].metric == HEART_RATE.id
    ]


async def test_thirty_straps_at_one_hertz_arrive_whole_and_in_order(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(30)) as air, listening(range(1, 31)) as ear:
        await until(lambda: all(len(heart_rates(ear.heard(n))) >= 5 for n in range(1, 31)))
        for number in range(1, 31):
            air.order("mute", strap=strap_name(number))
        await all_arrived(
            lambda: sum(len(heart_rates(ear.heard(n))) for n in range(1, 31)),
            lambda: sum(bool(line.delivered and line.hr) for line in air.truth()),
        )
    for number in range(1, 31):
        assert told(ear.heard(number)) == [
            (float(line.hr), tuple(rr * 1000 / 1024 for rr in line.rr_1024)) for line in air.delivered(number)
        ]


async def test_packets_are_stamped_when_they_come(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(1, rate_hz=20.0)) as air, listening() as ear:
        await until(lambda: len(ear.packets) >= 20)
        air.order("mute", strap="hr-01")
        await all_arrived(lambda: len(heart_rates(ear.packets)), lambda: len(air.delivered()))
    emitted = [line.t_boot_us for line in air.delivered()]
    came = [packet.boot_us for packet in ear.packets if packet.values[0].metric == HEART_RATE.id]
    assert came == sorted(came)
    # The stamp is cut to whole milliseconds, so it may lie up to one before the truth.
    assert all(after - before > -1_000 for before, after in zip(emitted, came, strict=True))
    assert {packet.tick_us for packet in ear.packets} == {1_000}
    assert all(packet.boot_us % 1_000 == 0 for packet in ear.packets)


async def test_an_unregistered_strap_is_neither_connected_nor_decoded(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(2)) as air, listening([1]) as ear:
        await until(lambda: len(ear.heard(1)) >= 2)
        assert not air.connected(2)
        assert not ear.heard(2)
        assert [state.name for state in ear.source.states()] == ["hr-01"]


async def test_a_strap_tells_its_battery_and_what_it_is(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(1, rate_hz=10.0, battery=63.0)) as air, listening() as ear:
        await until(lambda: ear.state().battery == 63 and ear.state().firmware is not None)
        assert ear.state().model == "Simulated strap"
        air.order("battery", strap="hr-01", value=41.0)
        await until(lambda: ear.state().battery == 41)
        levels = [v.value for p in ear.packets for v in p.values if v.metric == BATTERY_LEVEL.id]
        assert levels == [63.0, 41.0]


async def test_a_strap_that_is_taken_off_is_told_as_not_worn(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(1, rate_hz=20.0)) as air, listening() as ear:
        await until(lambda: ear.state().state == "live")
        air.order("take_off", strap="hr-01")
        await until(lambda: ear.state().state == "not_worn")
        assert Quality.NO_CONTACT in {v.quality for p in ear.packets for v in p.values}
        air.order("put_on", strap="hr-01")
        await until(lambda: ear.state().state == "live")


async def test_a_silent_strap_is_disconnected_and_connected_anew(tmp_path: Path) -> None:
    impatient = limits(silence_s=0.3)
    async with on_air(tmp_path, scenario(1, rate_hz=50.0)) as air, listening(within=impatient) as ear:
        await until(lambda: len(ear.packets) >= 5)
        air.order("mute", strap="hr-01")
        await until(lambda: ear.link().count.silent >= 1)
        air.order("unmute", strap="hr-01")
        heard = len(ear.packets)
        await until(lambda: len(ear.packets) > heard + 5)
        assert ear.link().count.opened >= 2


async def test_a_silent_strap_is_told_as_late_and_then_lost(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(1, rate_hz=20.0)) as air, listening() as ear:
        await until(lambda: ear.state().state == "live")
        air.order("mute", strap="hr-01")
        reception = ear.link().reception
        await until(lambda: ear.state().state == "late")
        reception._now_us = lambda: reception.heard_us + 10_000_000
        assert ear.state().state == "lost"


async def test_a_bad_frame_is_counted_and_ends_nothing(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(1, rate_hz=MUTE_HZ)) as air, listening() as ear:
        await until(lambda: air.say(frame(120, 512)) is None)
        assert air.say(frame(121) + b"\x07") is None
        assert air.say(b"") is None
        assert air.say(frame(122)) is None
        await until(lambda: 122.0 in heart_rates(ear.packets))
        assert heart_rates(ear.packets) == [120.0, 122.0]
        assert ear.link().reception.count.bad == 2
        assert ear.link().count.lost == 0


async def test_a_packet_that_is_refused_costs_that_packet_only(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(1, rate_hz=20.0)) as _air, listening(refuse=True) as ear:
        await until(lambda: len(ear.packets) >= 5)
        assert ear.link().reception.count.refused == len(ear.packets)
        assert ear.link().count.lost == 0


async def test_beyond_the_cap_of_links_a_strap_waits_and_the_technician_is_told(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(2)) as air, listening([1, 2], max_links=1) as ear:
        await until(lambda: any("No link is left" in fault for fault in ear.source.faults()))
        await until(lambda: air.connected(1) or air.connected(2))
        assert not (air.connected(1) and air.connected(2))
        first = 1 if air.connected(1) else 2
        air.order("walk_away", strap=strap_name(first))
        await until(lambda: air.connected(3 - first))


@pytest.mark.parametrize("how", ["late", "bunched", "early"])
async def test_notifications_out_of_step_are_kept(tmp_path: Path, how: str) -> None:
    async with on_air(tmp_path, scenario(1, rate_hz=20.0)) as air:
        air.order("spoil", strap="hr-01", notifications=how)
        async with listening() as ear:
            await until(lambda: len(heart_rates(ear.packets)) >= 8)
            assert ear.link().count.lost == 0
