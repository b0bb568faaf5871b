"""Serial ports as the agent opens them, with simulated devices on ptys that keep the pace of a line."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import threading
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import serial

from bluetooth_air import PATIENCE_S, settings, stopped, until
from serial_cables import BAUD, Spoken, cables, with_ports
from sts_edge.clock import boot_us
from sts_edge.config import PortSettings
from sts_edge.sources import Told
from sts_edge.sources.serial import SerialSource
from sts_edge.sources.serial.port import REOPEN_S
from sts_edge.sources.serial.transport import address_of, open_port
from sts_protocols.metrics import GROUND_SPEED, HEART_RATE, HORIZONTAL_ACCURACY, LATITUDE, LONGITUDE
from sts_protocols.record import Anchor, ClockSource, Impulse
from sts_protocols.sample import Packet, Quality
from sts_sims.alge_timer import AlgeTimer
from sts_sims.gnss_receiver import COLD_S, GnssReceiver
from sts_sims.ipico_reader import IpicoReader
from sts_sims.pod import GatePod, HeartPod, values
from sts_sims.stalker_radar import StalkerRadar
from sts_sims.tag_heuer_timer import TagHeuerTimer

BEGAN = datetime(2026, 11, 28, 9, tzinfo=UTC)
RACE = " 0001 C0  10:04:55.6513 00\r"
REGAINED_S = 5.0


class Heard:
    """What a running source told."""

    def __init__(self, source: SerialSource) -> None:
        self.source = source
        self.told: list[Told] = []
        self.anchors: list[Anchor] = []

    @property
    def impulses(self) -> list[Impulse]:
        return [one for one in self.told if isinstance(one, Impulse)]

    @property
    def packets(self) -> list[Packet]:
        return [one for one in self.told if isinstance(one, Packet)]

    @property
    def opened(self) -> int:
        return self.source.counts()["ports_opened"]


@contextlib.asynccontextmanager
async def listening(*ports: PortSettings, **how: Any) -> AsyncIterator[Heard]:
    heard: Heard
    source = SerialSource(
        with_ports(settings([]), *ports),
        lambda told: heard.told.append(told),
        lambda anchor: heard.anchors.append(anchor),
        **how,
    )
    heard = Heard(source)
    task = asyncio.ensure_future(source.run())
    try:
        yield heard
    finally:
        await stopped(task)


def port(folder: Path, name: str, kind: str, **more: Any) -> PortSettings:
    return PortSettings(name=name, device=str(folder / name), kind=kind, **more)


async def test_a_timers_impulses_are_told_once_each_with_their_lines_and_moments(tmp_path: Path) -> None:
    """Unassigned, by keypad and taken back: all of them."""
    timer = AlgeTimer(7, starts_at=863_990_000, every_s=0.5, run_s=1.0, racers=10)  # through midnight
    said = list(timer.utterances())
    async with (
        cables(tmp_path, {"timy-1": Spoken((3_600.0, b""))}) as (made, _),
        listening(port(tmp_path, "timy-1", "alge", baud=BAUD)) as heard,
    ):
        await until(lambda: heard.opened == 1)  # before that a timer speaks to nobody
        began_s = time.monotonic()
        for one in said:
            await asyncio.sleep(max(began_s + one.at_s - time.monotonic(), 0.0))
            assert await made["timy-1"].send(one.data)
        lines = [one.data.rstrip(b"\r") for one in said if not one.data.startswith(b"n")]
        await until(lambda: len(heard.impulses) >= len(lines))
    assert [impulse.line for impulse in heard.impulses] == lines
    placed = [one for one in heard.impulses if one.moment_us is not None]
    assert len(placed) >= 18
    first = placed[0]
    for one in placed:  # the timer's own differences, through midnight, within the error that is stated
        assert one.ticks is not None
        assert first.ticks is not None
        assert one.moment_us is not None
        assert first.moment_us is not None
        assert one.error_us is not None
        apart_us = (one.ticks - first.ticks) % 864_000_000 * 100
        assert abs(one.moment_us - first.moment_us - apart_us) <= one.error_us
    assert {mark for one in heard.impulses for mark in one.marks} >= {"unassigned", "manual", "deleted"}


async def test_a_receiver_tells_no_position_before_its_fix_and_where_the_athlete_is_after_it(
    tmp_path: Path,
) -> None:
    receiver = GnssReceiver(4, lambda _: 0.5, began=BEGAN, rate_hz=5.0)
    async with (
        cables(tmp_path, {"gnss-1": receiver}) as (_, truth),
        listening(port(tmp_path, "gnss-1", "gnss", baud=BAUD)) as heard,
    ):
        await until(lambda: sum(LATITUDE.id in _metrics(one) for one in heard.packets) >= 5)
    cold = [one for one in heard.packets if LATITUDE.id not in _metrics(one)]
    assert cold
    assert {value.quality for one in cold for value in one.values} == {Quality.NO_FIX}
    # The last but one: a carrier notes what it has said once all of it has left.
    located = [one for one in heard.packets if LATITUDE.id in _metrics(one)]
    last = {value.metric: value for value in located[-2].values}
    places = [said.about for _, _, said, _ in truth.said if "latitude" in said.about]
    assert any(
        abs(last[LATITUDE.id].value - place["latitude"]) < 1e-7
        and abs(last[LONGITUDE.id].value - place["longitude"]) < 1e-7
        for place in places
    )
    assert last[GROUND_SPEED.id].value == pytest.approx(5.0, abs=0.001)
    assert last[HORIZONTAL_ACCURACY.id].quality == Quality.OK
    assert COLD_S > 1


async def test_the_receivers_time_is_right_within_its_stated_error(tmp_path: Path) -> None:
    """No wire ticks with the second: the error says so."""
    receiver = GnssReceiver(4, lambda _: 0.5, began=BEGAN, rate_hz=5.0, language="nmea")
    async with (
        cables(tmp_path, {"gnss-1": receiver}) as (_, truth),
        listening(port(tmp_path, "gnss-1", "gnss", baud=BAUD)) as heard,
    ):
        await until(lambda: bool(heard.anchors) and truth.said[-1][0] > heard.anchors[0].boot_us)
    anchor = heard.anchors[0]
    # The receiver's own time goes on from what it said last.
    said_us, _, said, _ = [one for one in truth.said if one[0] <= anchor.boot_us][-1]
    since = timedelta(seconds=said.at_s, microseconds=anchor.boot_us - said_us)
    true_us = round((BEGAN + since).timestamp() * 1e6)
    assert anchor.source == ClockSource.GNSS
    assert abs(anchor.wall_us - true_us) <= anchor.error_us
    assert anchor.error_us < 300_000


async def test_every_kind_of_device_is_read_beside_the_others(tmp_path: Path) -> None:
    devices = {
        "timy-1": (AlgeTimer(1, starts_at=360_000_000, every_s=0.3, run_s=0.5), "alge"),
        "tag-1": (TagHeuerTimer(1, every_s=0.2), "tag_heuer"),
        "mat-1": (IpicoReader(1, began=BEGAN, lap_s=1.0), "ipico"),
        "radar-1": (StalkerRadar(1), "stalker"),
        "pod-1": (GatePod(1, every_s=1.0), "pod"),
        "gnss-1": (GnssReceiver(1, lambda _: 0.5, began=BEGAN, rate_hz=5.0), "gnss"),
    }
    async with cables(tmp_path, {name: device for name, (device, _) in devices.items()}):
        ports = [port(tmp_path, name, kind, baud=BAUD) for name, (_, kind) in devices.items()]
        async with listening(*ports) as heard:
            await until(lambda: {_name(one) for one in heard.told} == set(devices))
            counts = heard.source.counts()
            await until(lambda: {state.state for state in heard.source.states()} == {"live"})
    assert counts["frames_bad"] <= len(devices)  # the half line of a port that is opened amid a word
    assert heard.source.faults() == []


async def test_an_unplugged_port_is_told_and_read_again_at_the_next_try_at_the_latest(tmp_path: Path) -> None:
    """Which comes within the five seconds that a technician waits."""
    tries = [0]

    async def counted(*words: Any) -> Any:
        tries[0] += 1
        return await open_port(*words)

    async with (
        cables(tmp_path, {"pod-1": HeartPod(rate_hz=20.0)}) as (made, _),
        listening(port(tmp_path, "pod-1", "pod"), open_port=counted) as heard,
    ):
        await until(lambda: bool(heard.told))
        tries[0] = 0
        made["pod-1"].unplug()
        await until(lambda: any("plug it in" in sentence for sentence in heard.source.faults()))
        assert [state.state for state in heard.source.states()] == ["lost"]
        await until(lambda: tries[0] >= 2)
        made["pod-1"].plug()
        tries[0], before = 0, len(heard.told)
        await until(lambda: len(heard.told) > before)
        assert tries[0] <= 1
        assert heard.source.faults() == []
    assert heard.source.counts()["ports_lost"] == 1
    assert REOPEN_S <= REGAINED_S


async def test_garbage_and_half_a_frame_cost_nothing_around_them(tmp_path: Path) -> None:
    frames = [values(number, number * 100, (HEART_RATE.id, 60 + number)) for number in range(20)]
    async with (
        cables(tmp_path, {"pod-1": Spoken((3_600.0, b""))}) as (made, _),
        listening(port(tmp_path, "pod-1", "pod")) as heard,
    ):
        await until(lambda: heard.opened == 1)
        for number, frame in enumerate(frames):
            await made["pod-1"].send(frame)
            if number == 5:
                await made["pod-1"].send(bytes(range(1, 201)) + b"\0")
            if number == 10:
                await made["pod-1"].send(frame[: len(frame) // 2] + b"\0")
        await until(lambda: len(heard.packets) >= len(frames))
    assert [packet.values[0].value for packet in heard.packets] == [60.0 + number for number in range(20)]
    assert heard.source.counts()["bytes_garbage"] > 200
    assert heard.source.counts()["frames_bad"] == 2


async def test_a_wrong_baud_rate_is_told_with_the_way_out(tmp_path: Path) -> None:
    """What a wrong rate makes of words is noise."""
    now = [boot_us()]
    noise = bytes(range(128, 256)) * 2
    async with (
        cables(tmp_path, {"timy-1": Spoken(*((n / 10, noise) for n in range(200)))}),
        listening(port(tmp_path, "timy-1", "alge"), now_us=lambda: now[0]) as heard,
    ):
        await until(lambda: heard.source.counts()["bytes_heard"] > 1_000)
        now[0] += 11_000_000
        (sentence,) = heard.source.faults()
    assert "9600 baud" in sentence
    assert "ports.baud" in sentence


async def test_a_receiver_that_is_silent_is_told_and_a_timer_that_is_silent_is_not(tmp_path: Path) -> None:
    """A timer waits for hours."""
    now = [boot_us()]
    async with cables(tmp_path, {"gnss-1": Spoken((60.0, b"")), "timy-1": Spoken((60.0, b""))}):
        ports = [port(tmp_path, "gnss-1", "gnss"), port(tmp_path, "timy-1", "alge")]
        async with listening(*ports, now_us=lambda: now[0]) as heard:
            await until(lambda: heard.opened == 2)
            assert heard.source.faults() == []
            now[0] += 11_000_000
            (sentence,) = heard.source.faults()
    assert sentence.startswith("gnss-1")
    assert "silent" in sentence


async def test_a_port_that_another_program_holds_is_told_and_taken_when_it_is_free(tmp_path: Path) -> None:
    async with cables(tmp_path, {"pod-1": HeartPod(rate_hz=20.0)}):
        other = serial.Serial(str(tmp_path / "pod-1"), exclusive=True)
        async with listening(port(tmp_path, "pod-1", "pod")) as heard:
            await until(lambda: any("another program" in one for one in heard.source.faults()))
            assert heard.told == []
            other.close()
            await until(lambda: bool(heard.told))
            with pytest.raises(serial.SerialException):  # and nobody else can have it then
                serial.Serial(str(tmp_path / "pod-1"), exclusive=True)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (PermissionError(errno.EACCES, "denied"), "dialout"),
        (FileNotFoundError(errno.ENOENT, "none"), "plug it in"),
        (OSError(errno.ENOTTY, "not a typewriter"), "serial port"),
    ],
)
async def test_what_hinders_a_port_is_told_with_the_way_out(
    tmp_path: Path, error: OSError, told: str
) -> None:
    async def refuse(*_: object) -> Any:
        raise error

    async with listening(port(tmp_path, "timy-1", "alge"), open_port=refuse) as heard:
        await until(lambda: bool(heard.source.faults()))
        assert told in heard.source.faults()[0]


async def test_a_missing_port_does_not_hold_up_the_others_and_is_found_when_it_comes(tmp_path: Path) -> None:
    ports = [port(tmp_path, "pod-1", "pod"), port(tmp_path, "pod-2", "pod")]
    async with cables(tmp_path, {"pod-1": HeartPod(rate_hz=20.0)}), listening(*ports) as heard:
        await until(lambda: len(heard.told) > 3 and bool(heard.source.faults()))
        (sentence,) = heard.source.faults()
        assert sentence.startswith("pod-2")
        async with cables(tmp_path, {"pod-2": HeartPod(rate_hz=20.0)}):
            await until(lambda: {_name(one) for one in heard.told} == {"pod-1", "pod-2"})


async def test_a_device_is_found_by_its_name_among_the_adapters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That name stays when the plug moves."""
    monkeypatch.setattr("sts_edge.sources.serial.transport.BY_ID", tmp_path)
    async with cables(
        tmp_path, {"usb-ALGE_Timy_42-if00": Spoken(*((n / 5, RACE.encode()) for n in range(50)))}
    ):
        named = PortSettings(name="timy-1", device="usb-ALGE_Timy_42-if00", kind="alge")
        async with listening(named) as heard:
            await until(lambda: bool(heard.impulses))
    assert heard.impulses[0].line == RACE.rstrip("\r").encode()


@pytest.mark.parametrize(
    ("device", "address"),
    [
        ("/dev/ttyUSB0", "PITCH-1:/DEV/TTYUSB0"),
        ("usb-FTDI_FT232R_A50285BI-if00-port0", "USB-FTDI_FT232R_A50285BI-IF00-PORT0"),
        ("x" * 90 + "42", "X" * 78 + "42"),
    ],
)
def test_a_device_is_told_from_those_at_other_gateways(device: str, address: str) -> None:
    """A path is a place at one gateway; an adapter has its serial number with it wherever it is plugged in."""
    assert address_of(device, "pitch-1") == address


async def test_opening_a_port_never_holds_up_the_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sick driver takes seconds; nobody waits for it. This one waits for the loop to go on."""
    real, gone_on, in_time = serial.Serial, threading.Event(), []

    def slow(*words: Any, **how: Any) -> Any:
        in_time.append(gone_on.wait(PATIENCE_S))
        return real(*words, **how)

    monkeypatch.setattr("serial.Serial", slow)
    async with cables(tmp_path, {"pod-1": HeartPod(rate_hz=20.0)}):
        opening = asyncio.ensure_future(open_port(tmp_path / "pod-1", BAUD, lambda _: None, lambda _: None))
        for _ in range(10):
            await asyncio.sleep(0.01)
        gone_on.set()
        (await opening).close()
    assert in_time == [True]


def _metrics(packet: Packet) -> set[int]:
    return {value.metric for value in packet.values}


def _name(told: Told) -> str:
    return told.timer if isinstance(told, Impulse) else told.sensor
