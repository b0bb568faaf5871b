"""Packets become records in time, in order and in size."""

from __future__ import annotations

import asyncio
import random
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_edge import batcher as batcher_module
from sts_edge.batcher import MAX_VALUES_PER_PACKET, Batcher
from sts_edge.buffer import MemoryBuffer
from sts_edge.config import RecordSettings
from sts_protocols.errors import SampleError
from sts_protocols.metrics import ACCELERATION_X, ECG, HEART_RATE, RR_INTERVAL
from sts_protocols.record import (
    HEADER_BYTES,
    MAX_RECORD_BYTES,
    UNKNOWN_CLOCK,
    ClockReading,
    ClockSource,
    Kind,
    Record,
    Waveform,
    decode_waveform,
    iter_samples,
    seal,
)
from sts_protocols.sample import Packet, Quality, Value

LIVE_S = 0.05
OFFLINE_S = 0.4
STREAM_S = 0.2
SETTINGS = RecordSettings(
    live_ms=int(LIVE_S * 1000), offline_ms=int(OFFLINE_S * 1000), waveform_ms=int(STREAM_S * 1000)
)


class Closed:
    """Collects closed records in place of a buffer."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.news = asyncio.Event()

    def append(self, kind: int, body: bytes, first_us: int, last_us: int, clock: ClockReading) -> Record:
        record = seal(kind, bytes(8), bytes(16), len(self.records), first_us, last_us, clock, body)
        self.records.append(record)
        self.news.set()
        return record

    def of(self, kind: Kind) -> list[Record]:
        return [record for record in self.records if record.header.kind == kind]

    def packets(self) -> list[Packet]:
        return [packet for record in self.of(Kind.SAMPLES) for packet in iter_samples(record.body)]

    def waveforms(self) -> list[Waveform]:
        return [wave for record in self.of(Kind.WAVEFORM) for wave in decode_waveform(record.body)]


def value(number: float = 60.0, metric: int = HEART_RATE.id) -> Value:
    return Value(metric, number, Quality.OK)


def packet(sensor: str = "hr-01", ms: int = 1_000, tick_us: int = 1_000, values: int = 1) -> Packet:
    content = tuple(value(60.0 + at % 40) for at in range(values))
    return Packet(sensor, ms * 1_000, tick_us, 1_000_000, content)


@pytest.fixture
async def closed() -> Closed:
    return Closed()


@pytest.fixture
async def batcher(closed: Closed) -> Batcher:
    return Batcher(SETTINGS, closed.append, lambda: UNKNOWN_CLOCK)


async def test_what_all_sensors_say_in_a_moment_is_one_record(batcher: Batcher, closed: Closed) -> None:
    batcher.add(packet("hr-01", 1_000))
    batcher.add(packet("hr-02", 1_020))
    batcher.add(packet("hr-01", 2_000))
    batcher.flush()

    [record] = closed.records
    assert (record.header.kind, record.header.first_us, record.header.last_us) == (
        Kind.SAMPLES,
        1_000_000,
        2_000_000,
    )
    assert sorted(closed.packets()) == [
        packet("hr-01", 1_000),
        packet("hr-01", 2_000),
        packet("hr-02", 1_020),
    ]


async def test_nothing_makes_no_record(batcher: Batcher, closed: Closed) -> None:
    batcher.flush()
    await asyncio.sleep(2 * LIVE_S)

    assert closed.records == []


@pytest.mark.parametrize(("up", "window_s"), [(True, LIVE_S), (False, OFFLINE_S)])
async def test_a_record_closes_by_itself_after_the_window_of_its_link(
    batcher: Batcher, closed: Closed, up: bool, window_s: float
) -> None:
    batcher.link_flows(up)
    began = asyncio.get_running_loop().time()
    batcher.add(packet())
    await asyncio.wait_for(closed.news.wait(), 30)

    assert asyncio.get_running_loop().time() - began >= window_s * 0.99
    assert len(closed.records) == 1


async def test_the_window_begins_with_the_first_packet_not_with_each(
    batcher: Batcher, closed: Closed
) -> None:
    batcher.link_flows(True)
    began = asyncio.get_running_loop().time()
    while not closed.records:
        assert asyncio.get_running_loop().time() - began < 30
        batcher.add(packet(ms=int(asyncio.get_running_loop().time() * 1_000)))
        await asyncio.sleep(LIVE_S / 10)


async def test_the_open_record_closes_at_once_when_the_link_comes_back(
    batcher: Batcher, closed: Closed
) -> None:
    batcher.add(packet())
    batcher.link_flows(True)
    assert len(closed.records) == 1

    batcher.add(packet(ms=2_000))
    batcher.link_flows(True)
    assert len(closed.records) == 1, "it was up already"

    batcher.link_flows(False)
    assert len(closed.records) == 1, "a link that goes down closes nothing"


async def test_a_flushed_record_is_not_closed_again_by_its_timer(batcher: Batcher, closed: Closed) -> None:
    batcher.link_flows(True)
    batcher.add(packet())
    batcher.flush()
    await asyncio.sleep(3 * LIVE_S)

    assert len(closed.records) == 1


async def test_a_record_carries_the_clock_in_force_when_it_closes(closed: Closed) -> None:
    readings = [UNKNOWN_CLOCK, ClockReading(5, 6, ClockSource.NTP)]
    batcher = Batcher(SETTINGS, closed.append, lambda: readings[-1])
    batcher.add(packet())
    readings.append(ClockReading(7, 8, ClockSource.HUB))
    batcher.flush()

    assert closed.records[0].header.clock == readings[-1]


async def test_two_packets_in_one_tick_are_moved_apart_by_a_tick(batcher: Batcher, closed: Closed) -> None:
    for _ in range(3):
        batcher.add(packet(ms=1_000))
    batcher.add(packet("hr-02", ms=1_000))
    batcher.flush()

    times = [(one.sensor, one.boot_us) for one in closed.packets()]
    assert sorted(times) == [
        ("hr-01", 1_000_000),
        ("hr-01", 1_001_000),
        ("hr-01", 1_002_000),
        ("hr-02", 1_000_000),
    ]


async def test_a_packet_from_before_its_forerunner_comes_after_it(batcher: Batcher, closed: Closed) -> None:
    batcher.add(packet(ms=5_000))
    batcher.flush()
    batcher.add(packet(ms=3_000))
    batcher.flush()

    assert [one.boot_us for one in closed.packets()] == [5_000_000, 5_001_000]


async def test_with_a_tick_of_a_microsecond_values_of_two_packets_do_not_cross(
    batcher: Batcher, closed: Closed
) -> None:
    """The k-th value lies k µs behind its packet, so the next packet begins behind the last value."""
    batcher.add(Packet("acc-01", 1_000, 1, 0, tuple(value() for _ in range(5))))
    batcher.add(Packet("acc-01", 1_001, 1, 0, (value(),)))
    batcher.flush()

    assert [one.boot_us for one in closed.packets()] == [1_000, 1_005]


STREAM = st.lists(
    st.tuples(
        st.sampled_from(["hr-01", "hr-02"]),
        st.integers(0, 40),
        st.sampled_from([1, 7, 1_000]),
        st.integers(1, 4),
    ),
    max_size=60,
)


@given(STREAM)
@settings(max_examples=150, deadline=None)
def test_values_of_a_sensor_never_share_a_time_and_keep_their_order(
    stream: list[tuple[str, int, int, int]],
) -> None:
    closed = asyncio.run(feed(stream))

    for sensor in ("hr-01", "hr-02"):
        got = sorted(closed_packets(closed, sensor), key=lambda one: one.boot_us)
        assert all(one.boot_us + len(one.values) - 1 < two.boot_us for one, two in pairwise(got))
        assert all(one.boot_us % one.tick_us == 0 for one in got)
        sent = [float(at) for at, one in enumerate(stream) if one[0] == sensor]
        assert [one.values[0].value for one in got] == sent


async def feed(stream: list[tuple[str, int, int, int]]) -> Closed:
    closed = Closed()
    batcher = Batcher(SETTINGS, closed.append, lambda: UNKNOWN_CLOCK)
    for at, (sensor, step, tick_us, count) in enumerate(stream):
        batcher.add(Packet(sensor, step * tick_us, tick_us, 0, tuple(value(float(at)) for _ in range(count))))
    batcher.flush()
    return closed


def closed_packets(closed: Closed, sensor: str) -> list[Packet]:
    return [one for one in closed.packets() if one.sensor == sensor]


async def test_a_flood_closes_records_before_they_are_too_large(batcher: Batcher, closed: Closed) -> None:
    noise = random.Random(1)
    sent = []
    for at in range(3_000):
        values = tuple(Value(RR_INTERVAL.id, noise.random() * 1_000, Quality.OK) for _ in range(9))
        sent.append(Packet("hr-01", 1_000 * at, 1_000, 0, values))
        batcher.add(sent[-1])
    batcher.flush()

    assert len(closed.records) > 1
    assert all(len(record.raw) <= HEADER_BYTES + MAX_RECORD_BYTES for record in closed.records)
    assert closed.packets() == sent


async def test_a_wrong_guess_of_the_size_is_mended_by_splitting(
    batcher: Batcher, closed: Closed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batcher_module, "VALUE_BYTES", 0)
    monkeypatch.setattr(batcher_module, "PACKET_BYTES", 0)
    noise = random.Random(1)
    for at in range(2_000):
        values = tuple(Value(RR_INTERVAL.id, noise.random() * 1_000, Quality.OK) for _ in range(9))
        batcher.add(Packet("hr-01", 1_000 * at, 1_000, 0, values))
    batcher.flush()

    assert len(closed.records) > 1
    assert len(closed.packets()) == 2_000


async def test_a_packet_with_too_many_values_for_a_tick_is_two(batcher: Batcher, closed: Closed) -> None:
    batcher.add(packet(values=MAX_VALUES_PER_PACKET + 3))
    batcher.flush()

    assert [(one.boot_us, len(one.values)) for one in closed.packets()] == [
        (1_000_000, MAX_VALUES_PER_PACKET),
        (1_001_000, 3),
    ]


async def test_a_packet_that_no_record_can_carry_is_refused_and_costs_nobody_else(
    batcher: Batcher, closed: Closed
) -> None:
    batcher.add(packet())
    with pytest.raises(SampleError):
        batcher.add(Packet("hr 02", 1_000, 1_000, 0, (value(),)))
    with pytest.raises(SampleError):
        batcher.add(Packet("hr-02", 1_000, 1_000, 0, (value(float("nan")),)))
    batcher.flush()

    assert closed.packets() == [packet()]


async def test_a_suspend_while_a_record_is_open_is_just_a_long_record(
    batcher: Batcher, closed: Closed
) -> None:
    batcher.add(packet(ms=1_000))
    batcher.add(packet(ms=1_000 + 3_600_000))
    batcher.flush()

    [record] = closed.records
    assert record.header.last_us - record.header.first_us == 3_600_000_000


async def test_a_record_is_shown_before_it_is_handed_on(closed: Closed) -> None:
    buffer = MemoryBuffer()
    buffer.open()
    shown: list[int] = []
    buffer.on_closed = lambda record: shown.append(buffer.head)
    batcher = Batcher(SETTINGS, buffer.append, lambda: UNKNOWN_CLOCK)
    batcher.add(packet())
    batcher.flush()

    assert shown == [-1]
    await buffer.close()


def wave(sensor: str = "ecg-01", start_us: int = 1_000_000, count: int = 4, metric: int = ECG.id) -> Waveform:
    return Waveform(sensor, metric, start_us, 7_692_308, [float(at) for at in range(count)], [0] * count)


async def test_waveforms_and_packets_are_records_of_their_own_kind(batcher: Batcher, closed: Closed) -> None:
    batcher.add(packet())
    batcher.add_waveform(wave())
    batcher.add_waveform(wave("acc-01", 1_000_500, metric=ACCELERATION_X.id))
    batcher.flush()

    assert [record.header.kind for record in closed.records] == [Kind.SAMPLES, Kind.WAVEFORM]
    assert closed.packets() == [packet()]
    assert closed.waveforms() == [wave(), wave("acc-01", 1_000_500, metric=ACCELERATION_X.id)]


async def test_a_record_of_waveforms_covers_the_time_of_all_its_values(
    batcher: Batcher, closed: Closed
) -> None:
    batcher.add_waveform(wave(start_us=1_000_000, count=131))
    batcher.add_waveform(wave("ecg-02", start_us=999_000, count=1))
    batcher.flush()

    [record] = closed.records
    assert (record.header.first_us, record.header.last_us) == (999_000, 2_000_000)


@pytest.mark.parametrize("up", [True, False])
async def test_waveforms_close_by_themselves_after_their_own_window(
    batcher: Batcher, closed: Closed, up: bool
) -> None:
    batcher.link_flows(up)
    began_s = time.monotonic()
    batcher.add_waveform(wave())
    await asyncio.wait_for(closed.news.wait(), 30)

    assert closed.waveforms() == [wave()]
    assert time.monotonic() - began_s >= STREAM_S


async def test_values_of_one_channel_stay_in_order_and_other_channels_stay_in_place(
    batcher: Batcher, closed: Closed
) -> None:
    batcher.add_waveform(wave(count=2))
    batcher.add_waveform(wave(count=2))
    batcher.add_waveform(wave(count=2, metric=ACCELERATION_X.id))
    batcher.flush()

    assert [(one.metric, one.start_us) for one in closed.waveforms()] == [
        (ECG.id, 1_000_000),
        (ECG.id, 1_007_693),
        (ACCELERATION_X.id, 1_000_000),
    ]


async def test_a_long_waveform_is_cut_and_no_value_changes_its_time(batcher: Batcher, closed: Closed) -> None:
    long = wave(count=12_000)._replace(period_ns=1_000_000)
    batcher.add_waveform(long)
    batcher.flush()

    assert all(len(record.body) <= MAX_RECORD_BYTES for record in closed.records)
    told = [
        (one.start_us + at * 1_000, number)
        for one in closed.waveforms()
        for at, number in enumerate(one.values)
    ]
    assert told == [(1_000_000 + at * 1_000, float(at)) for at in range(12_000)]


async def test_a_flood_of_noise_closes_records_of_waveforms_before_they_are_too_large(
    batcher: Batcher, closed: Closed
) -> None:
    noise = random.Random(1)
    for at in range(200):
        values = [noise.random() for _ in range(130)]
        batcher.add_waveform(wave(start_us=at * 1_000_000, count=130)._replace(values=values))
    batcher.flush()

    assert len(closed.records) > 1
    assert all(len(record.body) <= MAX_RECORD_BYTES for record in closed.records)
    assert sum(len(one.values) for one in closed.waveforms()) == 200 * 130


@pytest.mark.parametrize(
    "wrong",
    [
        wave()._replace(sensor="ecg 01"),
        wave()._replace(values=[]),
        wave()._replace(values=[1.0, 2.0, 3.0, float("nan")]),
        wave()._replace(quality=[0]),
        wave()._replace(quality=[0, 0, 0, 256]),
        wave()._replace(metric=0),
        wave()._replace(period_ns=0),
        wave()._replace(start_us=-1),
    ],
)
async def test_a_waveform_that_no_record_can_carry_is_refused_and_costs_nobody_else(
    batcher: Batcher, closed: Closed, wrong: Waveform
) -> None:
    batcher.add_waveform(wave())
    with pytest.raises(SampleError):
        batcher.add_waveform(wrong)
    batcher.flush()

    assert closed.waveforms() == [wave()]
