"""Streams of a strap through bleak's real Linux backend: what it measured comes, once, and every stream is ended."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from bluetooth_air import (
    PATIENCE_S,
    Air,
    Ear,
    all_arrived,
    limits,
    listening,
    on_air,
    scenario,
    settings,
    until,
)
from sts_edge.sources.bluetooth import streams as streams_module
from sts_protocols.device_clock import LATEST_US, LEAST_DELAY_US
from sts_protocols.metrics import (
    ACCELERATION_X,
    BODY_TEMPERATURE,
    ECG,
    HEAT_STRAIN_INDEX,
    SKIN_TEMPERATURE,
)
from sts_protocols.record import Waveform
from sts_protocols.sample import Quality

BOTH = ("ecg", "acc")
# A stream that fails is asked for again at once, so that no test waits for it.
EAGER = limits(stream_retry_s=0.1)


def strap(air: Air, name: str = "hr-01") -> Any:
    return air.show.squad.sensors[name]


def delivered(air: Air) -> list[dict[str, Any]]:
    """What a sensor measured and somebody was told."""
    lines = map(json.loads, air.truth_path.read_text().splitlines())
    return [line for line in lines if line["delivered"]]


def truth(air: Air, stream: str = "ecg") -> list[dict[str, Any]]:
    """What the strap measured and somebody was told, frame by frame."""
    return [line for line in delivered(air) if "told" in line and line["told"].get("stream") == stream]


def told(air: Air, stream: str = "ecg", channel: int = 0) -> list[float]:
    return [float(sample[channel]) for line in truth(air, stream) for sample in line["told"]["samples"]]


def heard(ear: Ear, metric: int = ECG.id) -> list[float]:
    return [value for one in waveforms(ear, metric) for value in one.values]


def waveforms(ear: Ear, metric: int = ECG.id) -> list[Waveform]:
    return [one for one in ear.waveforms if one.metric == metric]


def following(sent: list[float], values: Sequence[float], place: int) -> int:
    """Where in what was sent these values end: they must stand there together, at `place` or later."""
    length = len(values)
    for start in range(place, len(sent) - length + 1):
        if sent[start : start + length] == list(values):
            return start + length
    raise AssertionError(f"{length} values that were not sent together after value {place}, or twice heard")


def end_us(waveform: Waveform) -> int:
    return waveform.start_us + (len(waveform.values) - 1) * waveform.period_ns // 1_000


async def quiet(air: Air, ear: Ear) -> None:
    """Let the strap fall silent, and what is on its way arrive."""
    air.order("mute", strap="hr-01")
    await all_arrived(
        lambda: len(heard(ear)) + len(heard(ear, ACCELERATION_X.id)),
        lambda: len(told(air)) + len(told(air, "acc")),
    )


async def test_what_the_strap_measures_comes_whole_in_order_and_at_its_time(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(1, kind="polar")) as air:
        async with listening(kind="polar", streams=BOTH) as ear:
            await until(lambda: len(waveforms(ear)) >= 9 and len(waveforms(ear, ACCELERATION_X.id)) >= 6)
            await until(lambda: set(waveforms(ear)[-1].quality) == {Quality.OK})
            assert strap(air).running == {"ecg", "acc"}
            await quiet(air, ear)
        lines = truth(air)
        assert heard(ear) == told(air)
        for channel in range(3):
            assert heard(ear, ACCELERATION_X.id + channel) == told(air, "acc", channel)
    assert strap(air).running == frozenset()
    late_us = [end_us(one) - line["measured_us"] for one, line in zip(waveforms(ear), lines, strict=True)]
    assert all(abs(late) <= LATEST_US for late in late_us)
    sure = [set(one.quality) == {Quality.OK} for one in waveforms(ear)]
    assert sure[-1], "once sure, the times stay sure"
    assert all(abs(late) <= LEAST_DELAY_US for late, known in zip(late_us, sure, strict=True) if known)
    assert all(
        early.start_us < late.start_us
        for early, late in zip(waveforms(ear), waveforms(ear)[1:], strict=False)
    )


async def test_heart_rate_and_battery_come_beside_the_streams(tmp_path: Path) -> None:
    async with (
        on_air(tmp_path, scenario(1, kind="polar", battery=63.0)) as _air,
        listening(kind="polar", streams=BOTH) as ear,
    ):
        await until(lambda: ear.state().battery == 63 and ear.state().state == "live" and bool(heard(ear)))
        assert ear.source.faults() == []


async def test_without_streams_in_the_settings_nothing_is_asked_for(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(1, kind="polar")) as air, listening(kind="polar") as ear:
        await until(lambda: ear.state().state == "live")
        await asyncio.sleep(0.2)
        assert strap(air).running == frozenset()
        assert ear.source.counts()["streams_started"] == 0


# --- every way out

WayOut = Callable[[Air, Ear], Awaitable[None]]


async def stopped_by_cancel(air: Air, ear: Ear) -> None:
    """The agent stops: the block ends, and with it the source."""


async def let_go_by_the_settings(air: Air, ear: Ear) -> None:
    await ear.source.register([])


async def fallen_silent(air: Air, ear: Ear) -> None:
    opened = ear.link().count.silent
    air.order("mute", strap="hr-01")
    await until(lambda: ear.link().count.silent > opened)
    await until(lambda: strap(air).running == frozenset())


async def lost_and_regained(air: Air, ear: Ear) -> None:
    opened = ear.link().count.opened
    air.order("drop", strap="hr-01")
    assert strap(air).running, "a lost link ends no stream"
    before = len(heard(ear))
    await until(lambda: ear.link().count.opened > opened and len(heard(ear)) > before)


@pytest.mark.parametrize(
    "way_out", [stopped_by_cancel, let_go_by_the_settings, fallen_silent, lost_and_regained]
)
async def test_every_stream_is_ended_on_every_way_out(tmp_path: Path, way_out: WayOut) -> None:
    within = limits(silence_s=1.5, stream_retry_s=0.1)
    async with on_air(tmp_path, scenario(1, kind="polar")) as air:
        async with listening(within=within, kind="polar", streams=BOTH) as ear:
            await until(lambda: strap(air).running == {"ecg", "acc"} and bool(heard(ear)))
            await way_out(air, ear)
        await until(lambda: strap(air).running == frozenset())


async def test_the_check_of_the_ways_out_can_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: without the stops the strap streams on."""

    async def nothing(*_: object) -> None:
        return

    monkeypatch.setattr(streams_module.Streams, "_end", nothing)
    async with on_air(tmp_path, scenario(1, kind="polar")) as air:
        async with listening(kind="polar", streams=BOTH) as ear:
            await until(lambda: bool(heard(ear)))
        await asyncio.sleep(0.5)
        assert strap(air).running == {"ecg", "acc"}


@pytest.mark.parametrize("answered", range(4))
async def test_a_start_that_fails_half_way_ends_what_it_began(tmp_path: Path, answered: int) -> None:
    """Settings and start of each stream are four writes; the one after `answered` fails, and the next ones too."""
    within = limits(stream_retry_s=60.0)
    async with on_air(tmp_path, scenario(1, kind="polar")) as air:
        air.order("fault", method="WriteValue", error="org.bluez.Error.Failed", after=answered, times=1)
        async with listening(within=within, kind="polar", streams=BOTH) as ear:
            await until(lambda: any("ECG" in fault for fault in ear.source.faults()))
            await until(lambda: strap(air).running == frozenset())
            assert ear.link().count.lost == 0
            await until(lambda: ear.state().state == "live")


@pytest.mark.parametrize("answered", range(4))
async def test_stopped_in_the_middle_of_a_start_nothing_is_left_running(
    tmp_path: Path, answered: int
) -> None:
    async with on_air(tmp_path, scenario(1, kind="polar")) as air:
        air.order("fault", method="WriteValue", after=answered, times=1)  # never answered
        async with listening(kind="polar", streams=BOTH) as ear:
            await until(lambda: not air.show.daemon.faults.calls[0].times)
            assert ear.link().count.opened == 1
        await until(lambda: strap(air).running == frozenset())


async def test_a_bluetoothd_that_never_answers_the_stop_does_not_hold_up_the_agent(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(1, kind="polar")) as air:
        async with asyncio.timeout(2 * PATIENCE_S), listening(kind="polar", streams=BOTH) as ear:
            await until(lambda: bool(heard(ear)))
            air.order("fault", method="WriteValue", times=10)
        assert strap(air).running, "the stops were never answered, and the agent went on"


# --- what goes wrong


async def test_a_refused_stream_costs_neither_heart_rate_nor_battery_and_is_told_with_the_way_out(
    tmp_path: Path,
) -> None:
    async with on_air(tmp_path, scenario(1, kind="polar", battery=70.0)) as air:
        air.order("refuse_streams", strap="hr-01", value=13)
        async with listening(within=EAGER, kind="polar", streams=("ecg",)) as ear:
            await until(lambda: bool(ear.source.faults()) and ear.state().battery == 70)
            [fault] = ear.source.faults()
            assert "hr-01 gives no ECG (device in charger)" in fault
            assert '"ecg"' in fault
            await until(lambda: ear.state().state == "live")
            air.order("allow_streams", strap="hr-01")
            await until(lambda: bool(heard(ear)))
            assert ear.source.faults() == []


async def test_a_stream_that_the_strap_cannot_measure_costs_no_other(tmp_path: Path) -> None:
    async with (
        on_air(tmp_path, scenario(1, kind="polar")) as _air,
        listening(within=EAGER, kind="polar", streams=("ppi", "ecg")) as ear,
    ):
        await until(lambda: bool(heard(ear)))
        assert [fault.partition(" (")[0] for fault in ear.source.faults()] == [
            "hr-01 gives no pulse intervals"
        ]


async def test_a_strap_without_streams_is_listened_to_all_the_same(tmp_path: Path) -> None:
    async with (
        on_air(tmp_path, scenario(1)) as _air,
        listening(within=EAGER, kind="polar", streams=("ecg",)) as ear,
    ):
        await until(lambda: bool(ear.source.faults()) and ear.state().state == "live")
        assert "the sensor offers none" in ear.source.faults()[0]


async def test_lost_frames_leave_a_gap_and_move_nothing(tmp_path: Path) -> None:
    async with on_air(tmp_path, scenario(1, kind="polar")) as air:
        async with listening(kind="polar", streams=("ecg",)) as ear:
            await until(lambda: bool(waveforms(ear)) and set(waveforms(ear)[-1].quality) == {Quality.OK})
            air.order("lose_frames", strap="hr-01", times=2)
            await until(lambda: ear.source.counts()["streams_gaps"] == 1)
            await quiet(air, ear)
        assert heard(ear) == told(air)
        last = waveforms(ear)[-1]
        assert set(last.quality) == {Quality.OK}
        assert abs(end_us(last) - truth(air)[-1]["measured_us"]) <= LEAST_DELAY_US


@pytest.mark.parametrize("jump_s", [-86_400.0, -2.0, 3_600.0])
async def test_a_clock_that_jumps_is_noticed_and_no_time_is_wrong_silently(
    tmp_path: Path, jump_s: float
) -> None:
    def sure() -> bool:
        return bool(waveforms(ear)) and set(waveforms(ear)[-1].quality) == {Quality.OK}

    async with on_air(tmp_path, scenario(1, kind="polar")) as air:
        async with listening(kind="polar", streams=("ecg",)) as ear:
            await until(sure)
            air.order("jump_clock", strap="hr-01", value=jump_s)
            await until(lambda: ear.source.counts()["streams_jumps"] == 1)
            assert not sure()
            await until(sure)
            await quiet(air, ear)
        assert heard(ear) == told(air)
        lines = truth(air)
    for waveform, line in zip(waveforms(ear), lines, strict=True):
        allowed_us = LEAST_DELAY_US if set(waveform.quality) == {Quality.OK} else LATEST_US
        assert abs(end_us(waveform) - line["measured_us"]) <= allowed_us


async def test_streams_that_the_strap_ends_are_started_again(tmp_path: Path) -> None:
    async with (
        on_air(tmp_path, scenario(1, kind="polar")) as air,
        listening(within=EAGER, kind="polar", streams=BOTH) as ear,
    ):
        await until(lambda: bool(heard(ear)))
        air.order("end_streams", strap="hr-01")
        await until(lambda: strap(air).running == {"ecg", "acc"})
        assert ear.link().count.opened == 1


async def test_a_stream_that_falls_silent_alone_is_started_again(tmp_path: Path) -> None:
    within = limits(stream_silence_s=1.0, stream_retry_s=0.1)
    async with (
        on_air(tmp_path, scenario(1, kind="polar")) as air,
        listening(within=within, kind="polar", streams=("ecg",)) as ear,
    ):
        await until(lambda: bool(heard(ear)))
        air.order("lose_frames", strap="hr-01", times=3)
        await until(lambda: ear.source.counts()["streams_started"] >= 2)
        assert ear.link().count.opened == 1


async def test_over_losses_every_value_comes_once(tmp_path: Path) -> None:
    """The last block ends while the streams of the lost link still run and those of the new one do not."""
    async with on_air(tmp_path, scenario(1, kind="polar")) as air:
        async with listening(within=EAGER, kind="polar", streams=BOTH) as ear:
            for loss in range(1, 8):
                await until(lambda loss=loss: ear.link().count.opened >= loss)
                before = len(waveforms(ear))
                await until(lambda before=before: len(waveforms(ear)) > before)
                air.order("drop", strap="hr-01")
            await until(lambda: ear.link().count.opened >= 8)
        stored = heard(ear)
        sent = told(air)
        assert len(stored) >= 7 * 73
        # A frame that comes while its link is being made anew may be heard by nobody; none is heard twice.
        assert len(stored) <= len(sent)
        assert ear.link().reception.count.repeated == 0
        place = 0
        for one in waveforms(ear):  # a heart may show one voltage twice: whole blocks are compared
            place = following(sent, one.values, place)
        times = [one.start_us for one in waveforms(ear)]
        assert times == sorted(set(times))
        await until(lambda: strap(air).running == frozenset())


def temperatures(ear: Ear) -> list[tuple[float | None, ...]]:
    """Core, skin and strain of each packet of a pod."""
    metrics = (BODY_TEMPERATURE.id, SKIN_TEMPERATURE.id, HEAT_STRAIN_INDEX.id)
    packets = [{value.metric: value.value for value in packet.values} for packet in ear.packets]
    return [tuple(map(one.get, metrics)) for one in packets if SKIN_TEMPERATURE.id in one]


async def test_a_core_pod_is_read_through_the_same_source(tmp_path: Path) -> None:
    plan = scenario(1, kind="core_temperature")
    async with on_air(tmp_path, plan) as air, listening(kind="core_temperature") as ear:
        await until(lambda: len(ear.packets) >= 4)
        air.order("take_off", strap="hr-01")
        await until(lambda: all(v.metric != BODY_TEMPERATURE.id for v in ear.packets[-1].values))
        air.order("mute", strap="hr-01")
        await all_arrived(lambda: len(temperatures(ear)), lambda: len(delivered(air)))
    expected = [
        (line["told"]["core"], line["told"]["skin"], line["told"]["strain"]) for line in delivered(air)
    ]
    assert temperatures(ear) == expected
    assert settings([1], kind="core_temperature").sensors[0].streams == ()
