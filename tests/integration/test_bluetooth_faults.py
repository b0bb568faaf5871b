"""What the radio, BlueZ and D-Bus can do to the Bluetooth source, and that it comes back by itself."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from bleak import BleakClient, BleakScanner

from bluetooth_air import (
    MUTE_HZ,
    PATIENCE_S,
    Air,
    Ear,
    all_arrived,
    limits,
    listening,
    on_air,
    scenario,
    strap_address,
    until,
)
from integration.test_bluetooth import frame, heart_rates
from sts_edge.sources.bluetooth.deadline import abandoned
from sts_sims.heart_strap import HEART_RATE_MEASUREMENT

BEATS = 50
ROUNDS = 3
# Long enough for a bus that somebody holds up to answer what it answers at all.
ANSWERED_S = 3.0


def descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def hears_again(ear: Ear, number: int = 1) -> None:
    """Wait until new packets come from a strap."""
    before = len(ear.heard(number))
    await until(lambda: len(ear.heard(number)) >= before + 3)


async def beat(air: Air, heard: Callable[[], int], times: int = 1) -> None:
    """Send BEATS beats that differ, as soon as somebody listens, and wait until each was heard so many times."""
    await until(lambda: air.say(frame(60)) is None)
    for number in range(BEATS):
        assert air.say(frame(100 + number)) is None
    await all_arrived(heard, lambda: times * BEATS)


# The duplicate-notification defect: BlueZ keeps the registration of a client after a loss (bleak#2002).


async def callbacks_of_abandoned_clients(
    air: Air, rounds: int, after_each: Callable[[], object] = lambda: None
) -> list[int]:
    """The control: subscribe, lose the link, leave the old client as it is, subscribe with a new one."""
    counted = []
    clients = []
    for lost in range(rounds):
        heard: list[bytes] = []

        def beats(heard: list[bytes] = heard) -> int:
            return sum(data[1] >= 100 for data in heard)

        device = await BleakScanner.find_device_by_address(strap_address(1), timeout=PATIENCE_S)
        assert device is not None
        client = BleakClient(device)
        clients.append(client)
        await client.connect()
        await client.start_notify(HEART_RATE_MEASUREMENT, lambda _c, data, to=heard: to.append(bytes(data)))
        await beat(air, beats, times=1 + lost)
        counted.append(beats())
        air.order("drop", strap="hr-01")
        await until(lambda client=client: not client.is_connected)
        after_each()
    for client in clients:
        await client.disconnect()
    return counted


async def test_abandoned_clients_hear_every_beat_once_more_for_each_loss(tmp_path: Path) -> None:
    """The control of the next test: the simulated BlueZ has the defect."""
    async with on_air(tmp_path, scenario(1, rate_hz=MUTE_HZ)) as air:
        assert await callbacks_of_abandoned_clients(air, ROUNDS) == [BEATS, 2 * BEATS, 3 * BEATS]


async def test_abandoned_clients_leave_a_descriptor_behind_for_each_loss(tmp_path: Path) -> None:
    """The control of the test of a hundred losses: leaks are seen."""
    async with on_air(tmp_path, scenario(1, rate_hz=MUTE_HZ)) as air:
        seen: list[int] = []
        await callbacks_of_abandoned_clients(air, ROUNDS, after_each=lambda: seen.append(descriptors()))
        assert seen[-1] - seen[0] >= ROUNDS - 1


@pytest.mark.parametrize(
    "losses", [ROUNDS, pytest.param(100, marks=[pytest.mark.long, pytest.mark.timeout(900)])]
)
async def test_the_source_hears_every_beat_once_after_any_number_of_losses(
    tmp_path: Path, losses: int, tell: Callable[[str], None]
) -> None:
    async with on_air(tmp_path, scenario(1, rate_hz=MUTE_HZ)) as air, listening() as ear:
        counted = []

        def beats() -> int:
            return sum(rate >= 100 for rate in heart_rates(ear.packets))

        for _ in range(losses):
            ear.packets.clear()
            await beat(air, beats)
            counted.append(beats())
            air.order("drop", strap="hr-01")
            await until(lambda: not air.connected())
        tell(f"{losses} losses, {BEATS * losses:,} beats sent, {sum(counted):,} heard")
        assert counted == [BEATS] * losses
        assert ear.link().reception.count.repeated == 0


async def test_equal_payloads_in_one_breath_are_counted_and_kept(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(1, rate_hz=MUTE_HZ)) as air, listening() as ear:
        await until(lambda: air.say(frame(60)) is None)
        assert air.say(frame(61)) is None
        assert air.say(frame(61)) is None
        await until(lambda: len(heart_rates(ear.packets)) == 3)
        assert ear.link().reception.count.repeated == 1


async def test_a_hundred_losses_leave_no_descriptor_behind(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(1, rate_hz=MUTE_HZ)) as air, listening() as ear:
        seen = []
        for loss in range(1, 102):
            await until(lambda loss=loss: ear.link().count.opened >= loss and air.say(frame(60)) is None)
            seen.append(descriptors())
            air.order("drop", strap="hr-01")
            await until(lambda: not air.connected())
        assert max(seen[-10:]) <= max(seen[:10])


# Connects


async def test_aborted_connects_are_tried_again_at_once(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(1, rate_hz=20.0)) as air:
        air.order("fault", method="Connect", error="Failed", text="le-connection-abort-by-local", times=3)
        async with listening() as ear:
            await hears_again(ear)
            assert ear.link().count.failed == 0


@pytest.mark.parametrize("error", ["Failed", "NotReady", "InProgress"])
async def test_a_refused_connect_is_tried_again(tmp_path: Path, error: str) -> None:
    async with on_air(tmp_path, scenario(1, rate_hz=20.0)) as air:
        air.order("fault", method="Connect", error=error, times=2)
        async with listening() as ear:
            await hears_again(ear)
            assert ear.link().count.failed == 2


async def test_a_connect_that_hangs_is_given_up_and_the_next_strap_has_its_turn(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(2, rate_hz=20.0)) as air:
        air.order("fault", method="Connect", strap="hr-01", times=1)
        async with listening([1, 2], within=limits(connect_s=ANSWERED_S)) as ear:
            await hears_again(ear, 2)
            await hears_again(ear, 1)
            assert ear.link(1).count.failed == 1


async def test_connects_never_overlap(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(8)) as air:
        devices = air.show.daemon.adapter.devices.values()
        most = 0
        async with listening(range(1, 9)) as ear:
            while not all(link.count.opened for link in ear.source.links.values()):
                most = max(most, sum(device.connecting is not None for device in devices))
                await asyncio.sleep(0)
        assert most == 1


async def test_a_full_controller_keeps_its_links_and_the_others_wait(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(2, rate_hz=20.0)) as air:
        air.order("limit_links", value=1)
        async with listening([1, 2], within=limits(connect_s=0.3)) as ear:
            await until(lambda: sum(link.count.failed for link in ear.source.links.values()) >= 2)
            assert [air.connected(1), air.connected(2)].count(True) == 1
            air.order("limit_links")
            await until(lambda: air.connected(1) and air.connected(2))


async def test_a_link_left_standing_by_a_dead_agent_is_freed_and_taken(tmp_path: Path) -> None:
    async with (
        on_air(tmp_path, scenario(1, rate_hz=20.0, connected_at_start=True)) as air,
        listening() as ear,
    ):
        assert air.connected()
        await hears_again(ear)


# Services, reads, subscriptions


async def test_a_strap_without_services_is_a_failure_until_it_has_them(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(1, rate_hz=20.0)) as air:
        air.order("spoil", strap="hr-01", services="empty")
        async with listening() as ear:
            await until(lambda: ear.link().count.failed >= 2)
            air.order("restore", strap="hr-01")
            await hears_again(ear)


async def test_services_that_come_after_they_were_promised_are_found(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(1, rate_hz=20.0)) as air:
        air.order("spoil", strap="hr-01", services="late")
        async with listening() as ear:
            await hears_again(ear)


async def test_a_strap_that_answers_no_reads_is_listened_to(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(1, rate_hz=20.0)) as air:
        air.order("fault", method="ReadValue", error="Failed", times=100)
        async with listening() as ear:
            await hears_again(ear)
            assert ear.link().count.lost == 0


async def test_a_subscription_that_is_never_answered_is_given_up_and_repeated(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(1, rate_hz=20.0)) as air:
        air.order("fault", method="StartNotify", times=1)
        async with listening(within=limits(subscribe_s=ANSWERED_S)) as ear:
            await hears_again(ear)
            assert ear.link().count.failed == 1


async def test_a_bluetoothd_that_never_answers_a_disconnect_holds_nobody_up(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(1, rate_hz=20.0)) as air:
        quick = limits(silence_s=0.3, disconnect_s=0.3)
        async with listening(within=quick) as ear:
            await hears_again(ear)
            air.order("fault", method="Disconnect", times=1)
            air.order("mute", strap="hr-01")
            await until(lambda: ear.link().count.silent >= 1)
            air.order("drop", strap="hr-01")
            air.order("restore", strap="hr-01")
            await hears_again(ear)
    assert abandoned() <= 1


# The object, the adapter, bluetoothd, D-Bus


@pytest.mark.parametrize("how", ["drop", "forget"])
async def test_a_strap_that_drops_off_is_back_by_itself(tmp_path: Path, how: str) -> None:
    async with on_air(tmp_path, scenario(1, rate_hz=20.0)) as air, listening() as ear:
        await hears_again(ear)
        air.order(how, strap="hr-01")
        await hears_again(ear)
        assert ear.link().count.opened == 2


@pytest.mark.parametrize("how", ["walk_away", "remove"])
async def test_a_strap_that_went_away_is_taken_when_it_returns(tmp_path: Path, how: str) -> None:
    async with on_air(tmp_path, scenario(2, rate_hz=20.0)) as air, listening([1, 2]) as ear:
        await hears_again(ear, 1)
        air.order(how, strap="hr-01")
        await until(lambda: ear.link(1).count.lost == 1)
        await hears_again(ear, 2)
        air.order("restore", strap="hr-01")
        await hears_again(ear, 1)


@pytest.mark.parametrize(
    ("gone", "back", "sentence"),
    [
        ("power_off", "power_on", "switched off"),
        ("unplug", "plug", "no Bluetooth adapter"),
        ("stop_bluez", "start_bluez", "not running"),
    ],
)
async def test_the_radio_may_go_and_come_back(tmp_path: Path, gone: str, back: str, sentence: str) -> None:
    async with on_air(tmp_path, scenario(3, rate_hz=20.0)) as air, listening([1, 2, 3]) as ear:
        for number in (1, 2, 3):
            await hears_again(ear, number)
        air.order(gone)
        await until(lambda: any(sentence in fault for fault in ear.source.faults()))
        await until(lambda: all(link.count.lost for link in ear.source.links.values()))
        air.order(back)
        for number in (1, 2, 3):
            await hears_again(ear, number)
        await until(lambda: ear.source.faults() == [])


async def test_the_bus_may_die_and_be_started_again(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(2, rate_hz=20.0)) as air, listening([1, 2]) as ear:
        await hears_again(ear, 1)
        await hears_again(ear, 2)
        air.bus.stop()
        await until(lambda: any("D-Bus is away" in fault for fault in ear.source.faults()))
        air.bus.start()
        await hears_again(ear, 1)
        await hears_again(ear, 2)


async def test_without_any_bus_the_source_waits_for_one(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(1, rate_hz=20.0)) as air:
        air.bus.stop()
        async with listening() as ear:
            await until(lambda: any("D-Bus is away" in fault for fault in ear.source.faults()))
            assert ear.state().state == "off"
            air.bus.start()
            await hears_again(ear)


# The scanner's ladder


async def test_a_discovery_that_is_in_progress_is_stopped_and_started(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(1, rate_hz=20.0)) as air:
        air.order("fault", method="StartDiscovery", error="InProgress", times=2)
        async with listening() as ear:
            await hears_again(ear)
            assert ear.source.rooms[0].scanner.count.failures == 2
            assert ear.source.faults() == []


async def test_when_active_scans_never_start_a_passive_one_finds_the_straps(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(1, rate_hz=20.0)) as air:
        air.order("fault", method="StartDiscovery", error="InProgress", times=1000)
        async with listening() as ear:
            await hears_again(ear)


async def test_a_deaf_scanner_with_a_strap_due_is_restarted_and_the_adapter_reset(tmp_path: Path) -> None:
    impatient = limits(scanner_silence_s=0.2)
    async with on_air(tmp_path, scenario(1, rate_hz=20.0)) as air, listening(within=impatient) as ear:
        await hears_again(ear)
        air.order("deafen")
        air.order("drop", strap="hr-01")
        await until(lambda: ear.source.rooms[0].scanner.count.resets >= 1)
        air.order("undeafen")
        await hears_again(ear)


async def test_on_a_quiet_site_the_adapter_is_left_alone(tmp_path: Path) -> None:
    """The control of the test before: the same silence, but no strap has been heard."""
    impatient = limits(scanner_silence_s=0.1)
    async with on_air(tmp_path, scenario(1)) as air:
        air.order("deafen")
        async with listening(within=impatient) as ear:
            scanner = ear.source.rooms[0].scanner
            await until(lambda: scanner.count.starts >= 8)
            assert scanner.count.resets == 0
            assert ear.source.faults() == []
