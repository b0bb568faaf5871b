"""The promises of `Buffer`, kept by every buffer there is."""

from __future__ import annotations

import asyncio
import contextlib
import statistics
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from buffer_support import (
    ALL,
    KIB,
    KNOWN_CLOCK,
    POLICIES,
    body_of,
    dropped,
    drops,
    eventually,
    everything,
    put,
    put_straps,
    safe,
    settled,
    small_settings,
    straps,
    waiting,
)
from sts_edge.buffer import Buffer, MemoryBuffer, RecordDropped, SegmentLog
from sts_edge.config import BufferSettings
from sts_edge.config.settings import Policy
from sts_protocols.errors import RecordError
from sts_protocols.record import (
    MAX_RECORD_BYTES,
    UNKNOWN_CLOCK,
    Anchor,
    ClockSource,
    Kind,
    Record,
    iter_samples,
    read,
)
from sts_protocols.sample import Quality

Make = Callable[[BufferSettings], Buffer]
MAKERS: dict[str, Callable[[Path, BufferSettings], Buffer]] = {
    "memory": lambda folder, settings: MemoryBuffer(settings),
    "segment log": lambda folder, settings: SegmentLog(folder / "buffer", settings),
}


@pytest.fixture(params=MAKERS)
async def make(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Make]:
    """Opens a buffer of each kind; closes it after the test."""
    opened: list[Buffer] = []

    def open_one(settings: BufferSettings) -> Buffer:
        buffer = MAKERS[request.param](tmp_path / str(len(opened)), settings)
        buffer.open()
        opened.append(buffer)
        return buffer

    yield open_one
    for buffer in opened:
        await buffer.close()


@pytest.fixture(autouse=True)
def _refused_ones_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sts_edge.buffer.room.DECLARE_AFTER_S", 0.0)


@pytest.fixture
async def buffer(make: Make) -> Buffer:
    return make(small_settings())


async def test_records_are_numbered_from_zero_without_gaps(buffer: Buffer) -> None:
    records = [put(buffer, kind) for kind in (Kind.SAMPLES, Kind.LOG, Kind.SAMPLES, Kind.WAVEFORM)]

    assert [record.header.seq for record in records] == [0, 1, 2, 3]


async def test_a_record_carries_what_it_was_given(buffer: Buffer) -> None:
    record = buffer.append(Kind.SAMPLES, b"body", 10, 20, KNOWN_CLOCK)

    assert record.body == b"body"
    assert record.header[2:3] + record.header[4:] == (Kind.SAMPLES, buffer.epoch, 0, 10, 20, KNOWN_CLOCK)
    assert read(record.raw) == record


async def test_nothing_is_safe_before_the_buffer_says_so(buffer: Buffer) -> None:
    record = put(buffer)
    assert buffer.head == -1

    await safe(buffer, record)

    assert buffer.head == 0


async def test_safe_records_are_told_once_each_in_order(buffer: Buffer) -> None:
    told: list[int] = []
    buffer.on_synced = told.extend

    for _ in range(50):
        put(buffer)
    await settled(buffer)

    assert told == list(range(51))


async def test_a_record_is_shown_when_it_is_numbered_whatever_its_origin(buffer: Buffer) -> None:
    shown: list[Record] = []
    buffer.on_closed = shown.append

    record = put(buffer)
    assert shown == [record]

    buffer.declare(bytes(16), [(7, 9)], "not_held")
    assert [one.header.kind for one in shown] == [Kind.SAMPLES, Kind.DROP]


async def test_the_backlog_comes_oldest_first_byte_by_byte_across_kinds(buffer: Buffer) -> None:
    kinds = [Kind.SAMPLES, Kind.LOG, Kind.WAVEFORM, Kind.RAW, Kind.SAMPLES, Kind.IMPULSE, Kind.SAMPLES]
    records = [put(buffer, kind) for kind in kinds]
    await safe(buffer, records[-1])

    assert everything(buffer) == records


async def test_a_record_that_is_not_safe_is_not_handed_out(buffer: Buffer) -> None:
    put(buffer)

    assert everything(buffer) == []


async def test_a_limit_of_bytes_is_kept(buffer: Buffer) -> None:
    records = [put(buffer, size=1_000) for _ in range(10)]
    await safe(buffer, records[-1])

    picked = buffer.oldest(3 * len(records[0].raw), frozenset(), lambda held: True)

    assert picked == records[:3]


async def test_one_record_is_handed_out_even_beyond_the_limit(buffer: Buffer) -> None:
    record = await safe(buffer, put(buffer, size=1_000))

    assert buffer.oldest(1, frozenset(), lambda held: True) == [record]


async def test_records_in_flight_are_passed_over(buffer: Buffer) -> None:
    records = [put(buffer) for _ in range(4)]
    await safe(buffer, records[-1])

    in_flight = {(buffer.epoch, 0), (buffer.epoch, 2)}

    assert buffer.oldest(ALL, in_flight, lambda held: True) == [records[1], records[3]]


async def test_records_that_must_wait_are_passed_over(buffer: Buffer) -> None:
    unknown = put(buffer, clock=UNKNOWN_CLOCK)
    known = await safe(buffer, put(buffer, clock=KNOWN_CLOCK))

    assert everything(buffer, lambda held: held.clock_known) == [known]
    assert everything(buffer, lambda held: not held.clock_known) == [unknown]


async def test_what_is_confirmed_leaves_the_backlog(buffer: Buffer) -> None:
    for _ in range(5):
        last = put(buffer)
    await safe(buffer, last)

    buffer.confirm(buffer.epoch, [0, 2, 3])

    assert waiting(buffer) == [1, 4]
    assert buffer.stats().waiting_records == 2


async def test_confirming_twice_or_what_never_was_harms_nothing(buffer: Buffer) -> None:
    await safe(buffer, put(buffer))

    for _ in range(2):
        buffer.confirm(buffer.epoch, [0, 77])
        buffer.confirm(bytes(16), [0])

    assert waiting(buffer) == []
    assert buffer.epochs()[-1].confirmed == [(0, 0)]


async def test_a_record_may_be_confirmed_before_it_is_safe(buffer: Buffer) -> None:
    record = put(buffer)
    buffer.confirm(buffer.epoch, [0])

    await safe(buffer, record)

    assert everything(buffer) == []
    assert buffer.epochs()[-1].confirmed == [(0, 0)]


async def test_what_the_hub_wants_again_goes_back_into_the_backlog(buffer: Buffer) -> None:
    for _ in range(6):
        last = put(buffer)
    await safe(buffer, last)
    buffer.confirm(buffer.epoch, range(5))
    assert waiting(buffer) == [5]

    assert buffer.unconfirm(buffer.epoch, [(1, 2), (4, 5)]) == []
    assert waiting(buffer) == [1, 2, 4, 5]
    assert buffer.epochs()[-1].confirmed == [(0, 0), (3, 3)]


async def test_of_what_the_hub_wants_again_that_which_is_dropped_is_named(make: Make) -> None:
    buffer = make(small_settings())
    await fill(buffer, Kind.SAMPLES, lambda: len(dropped(buffer)) > 10)
    gone, held = max(dropped(buffer)), min(waiting(buffer))

    assert buffer.unconfirm(buffer.epoch, [(gone, held)]) == [(gone, held - 1)]


async def test_nobody_can_say_anything_of_a_record_that_is_not_yet(buffer: Buffer) -> None:
    """Else the record that gets this number later would count as sent, or as dropped."""
    await safe(buffer, put(buffer))

    buffer.confirm(buffer.epoch, [1, 2])
    buffer.declare(buffer.epoch, [(1, 5)], "not_held")

    assert buffer.unconfirm(buffer.epoch, [(1, 9)]) == []
    assert (await safe(buffer, put(buffer))).header.seq == 1
    assert waiting(buffer) == [0, 1]


async def test_an_epoch_that_is_not_held_is_named_whole(buffer: Buffer) -> None:
    assert buffer.unconfirm(bytes(16), [(0, 9), (20, 20)]) == [(0, 9), (20, 20)]


async def test_a_declared_drop_is_a_record_of_its_own(buffer: Buffer) -> None:
    buffer.declare(bytes(16), [(3, 5), (8, 8)], "not_held")
    await settled(buffer)

    drop = drops(buffer)[0]
    assert (drop.epoch, drop.ranges, drop.reason) == (bytes(16), [(3, 5), (8, 8)], "not_held")


async def test_nothing_to_declare_makes_no_record(buffer: Buffer) -> None:
    buffer.declare(buffer.epoch, [], "not_held")
    await settled(buffer)

    assert drops(buffer) == []


async def test_a_body_that_is_too_large_is_refused_and_takes_no_number(buffer: Buffer) -> None:
    with pytest.raises(RecordError):
        buffer.append(Kind.SAMPLES, bytes(MAX_RECORD_BYTES + 1), 0, 0, UNKNOWN_CLOCK)

    assert put(buffer).header.seq == 0


async def test_a_kind_of_tomorrow_is_kept_like_any_other(buffer: Buffer) -> None:
    record = await safe(buffer, buffer.append(99, b"later", 0, 0, UNKNOWN_CLOCK))

    assert everything(buffer) == [record]


async def test_only_the_first_anchor_becomes_the_pin(buffer: Buffer) -> None:
    first = Anchor(1_000, 1_800_000_000_000_000, 10, ClockSource.HUB)
    buffer.pin(first)
    buffer.pin(Anchor(2_000, 1_900_000_000_000_000, 1, ClockSource.NTP))

    await eventually(lambda: buffer.epochs()[-1].pin is not None)

    assert buffer.epochs()[-1].pin == first


async def test_a_running_epoch_is_told_even_when_the_hub_has_closed_it(buffer: Buffer) -> None:
    buffer.forget(buffer.epoch)

    assert [one.epoch for one in buffer.epochs()] == [buffer.epoch]


async def test_an_epoch_without_records_has_no_head(buffer: Buffer) -> None:
    told = buffer.epochs()[-1]

    assert (told.running, told.first, told.head, told.confirmed) == (True, 0, -1, [])


async def test_the_state_for_people_adds_up(buffer: Buffer) -> None:
    records = [put(buffer, clock=KNOWN_CLOCK) for _ in range(3)]
    await safe(buffer, records[-1])
    buffer.confirm(buffer.epoch, [0])

    told = buffer.stats()

    assert told.waiting_records == 2
    assert told.waiting_bytes == sum(len(record.raw) for record in records[1:])
    assert told.oldest_us == records[1].header.first_us + KNOWN_CLOCK.offset_us
    assert 0 < told.used_bytes <= told.cap_bytes
    assert told.failed is None


async def fill(buffer: Buffer, kind: Kind, until: Callable[[], bool], size: int = 4 * KIB) -> list[int]:
    """Append records of a kind until something is true; returns their numbers."""
    numbers: list[int] = []
    while not until():
        numbers += [put(buffer, kind, size).header.seq for _ in range(16)]
        await buffer.synced(numbers[-1])
        assert len(numbers) < 10_000
    return numbers


def once() -> Callable[[], bool]:
    """False, then true."""
    answers = iter([False, True])
    return lambda: next(answers)


async def test_a_full_buffer_keeps_to_its_cap_and_declares_exactly_what_it_dropped(make: Make) -> None:
    buffer = make(small_settings())

    numbers = set(await fill(buffer, Kind.SAMPLES, lambda: len(dropped(buffer)) > 100))

    assert buffer.stats().used_bytes <= buffer.stats().cap_bytes
    assert set(waiting(buffer)) | dropped(buffer) == numbers
    assert set(waiting(buffer)) & dropped(buffer) == set()
    assert max(dropped(buffer)) < min(waiting(buffer)), "the oldest go first"
    assert {drop.reason for drop in drops(buffer)} == {"buffer_full"}


async def test_raw_frames_go_before_waveforms_and_those_before_samples_and_nothing_else_ever(
    make: Make,
) -> None:
    buffer = make(small_settings())
    for kind in (Kind.IMPULSE, Kind.SAMPLES, Kind.WAVEFORM, Kind.RAW):
        for _ in range(60):
            record = put(buffer, kind, 4 * KIB)
        await safe(buffer, record)

    kinds = {one.header.seq: one.header.kind for one in everything(buffer)}
    order: list[int] = []
    while not any(kinds[seq] == Kind.SAMPLES for seq in order):
        await fill(buffer, Kind.IMPULSE, once())
        order = [
            seq for drop in drops(buffer) for first, last in drop.ranges for seq in range(first, last + 1)
        ]

    gone = [kinds[seq] for seq in order]
    assert set(gone) == {Kind.RAW, Kind.WAVEFORM, Kind.SAMPLES}
    assert gone == sorted(gone, key=[Kind.RAW, Kind.WAVEFORM, Kind.SAMPLES].index)
    assert Kind.IMPULSE not in gone


async def test_confirmed_records_make_room_before_anything_is_dropped(make: Make) -> None:
    buffer = make(small_settings())
    for _ in range(300):
        record = put(buffer, size=4 * KIB)
    await safe(buffer, record)
    buffer.confirm(buffer.epoch, range(record.header.seq - 20))

    for _ in range(4):
        await fill(buffer, Kind.SAMPLES, once())

    assert drops(buffer) == []
    assert buffer.stats().used_bytes <= buffer.stats().cap_bytes


async def test_newer_confirmed_records_go_before_older_ones_that_wait(make: Make) -> None:
    """While a backlog waits the live lane goes on: what it has sent makes room, not the backlog."""
    buffer = make(small_settings())
    for _ in range(300):
        record = put(buffer, size=4 * KIB)
    await safe(buffer, record)
    buffer.confirm(buffer.epoch, range(100, 300))

    for _ in range(16):
        await fill(buffer, Kind.SAMPLES, once())

    assert buffer.unconfirm(buffer.epoch, [(100, 299)]), "nothing made room: this shows nothing"
    assert drops(buffer) == []
    assert set(range(100)) <= set(waiting(buffer))


async def test_confirmed_records_stay_until_the_cap_so_that_the_hub_can_ask_again(make: Make) -> None:
    buffer = make(small_settings())
    for _ in range(100):
        record = put(buffer, size=4 * KIB)
    await safe(buffer, record)
    buffer.confirm(buffer.epoch, range(100))
    await settled(buffer)

    assert buffer.unconfirm(buffer.epoch, [(0, record.header.seq)]) == []
    assert waiting(buffer)[:100] == list(range(100))


@pytest.mark.parametrize("policy", POLICIES)
async def test_under_every_policy_what_does_not_wait_is_declared_and_the_cap_is_kept(
    make: Make, policy: Policy
) -> None:
    buffer = make(small_settings(512 * KIB, 64 * KIB, policy))
    seconds = 0
    while len(dropped(buffer)) < 300:
        for _ in range(50):
            record = put_straps(buffer, seconds)
            seconds += 1
        with contextlib.suppress(RecordDropped):
            await safe(buffer, record)
    await settled(buffer)

    assert buffer.stats().used_bytes <= buffer.stats().cap_bytes
    bulk = {one.header.seq for one in everything(buffer) if one.header.kind == Kind.SAMPLES}
    told = {one.header.seq for one in everything(buffer) if one.header.kind == Kind.DROP}
    assert bulk & dropped(buffer) == set()
    assert bulk | told | dropped(buffer) >= set(range(min(bulk | dropped(buffer)), max(bulk) + 1))


async def test_keep_summaries_keeps_one_good_value_a_second_of_what_it_drops(make: Make) -> None:
    buffer = make(small_settings(512 * KIB, 64 * KIB, "keep-summaries"))
    second_of: dict[int, int] = {}
    while "summarised" not in {drop.reason for drop in drops(buffer)}:
        for _ in range(10):
            record = put_straps(buffer, len(second_of))
            second_of[record.header.seq] = len(second_of)
        await safe(buffer, record)
        await asyncio.sleep(0.01)
    await settled(buffer)

    gone = {
        (packet.sensor, packet.boot_us // 1_000_000): None
        for drop in drops(buffer)
        if drop.reason == "summarised"
        for first, last in drop.ranges
        for seq in range(first, last + 1)
        for packet in straps(second_of[seq])
    }
    kept: dict[tuple[str, int], float] = {}
    for one in everything(buffer):
        if one.header.kind == Kind.SAMPLES and one.header.seq not in second_of:
            for packet in iter_samples(one.body):
                (value,) = packet.values
                assert value.quality == Quality.ESTIMATED
                kept[packet.sensor, packet.boot_us // 1_000_000] = value.value
    assert kept.keys() == gone.keys()
    for (sensor, second), value in kept.items():
        good = [
            one.values[0].value
            for one in straps(second)
            if one.sensor == sensor and one.values[0].quality == Quality.OK
        ]
        assert value == statistics.median_low(good)


async def until_refused(buffer: Buffer) -> None:
    """Fill it until a record is refused."""
    with contextlib.suppress(RecordDropped):
        for _ in range(300):
            await safe(buffer, put(buffer, size=4 * KIB))
        pytest.fail("nothing was refused")


async def test_refuse_new_keeps_the_oldest_and_never_refuses_what_is_not_bulk(make: Make) -> None:
    buffer = make(small_settings(512 * KIB, 64 * KIB, "refuse-new"))
    first = await safe(buffer, put(buffer, size=4 * KIB))
    await until_refused(buffer)
    impulse = await safe(buffer, put(buffer, Kind.IMPULSE))
    await eventually(lambda: bool(drops(buffer)))

    assert {drop.reason for drop in drops(buffer)} == {"refused_new"}
    assert {first.header.seq, impulse.header.seq} <= set(waiting(buffer))


async def test_refuse_new_takes_new_records_again_when_confirmed_ones_can_make_room(make: Make) -> None:
    buffer = make(small_settings(512 * KIB, 64 * KIB, "refuse-new"))
    await until_refused(buffer)
    buffer.confirm(buffer.epoch, waiting(buffer))

    await safe(buffer, put(buffer, size=4 * KIB))


async def test_closing_waits_for_what_was_handed_over(tmp_path: Path) -> None:
    for maker in MAKERS.values():
        buffer = maker(tmp_path, small_settings())
        buffer.open()
        told: list[int] = []
        buffer.on_synced = told.extend
        for _ in range(20):
            put(buffer)

        await buffer.close()

        assert told == list(range(20))


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from([Kind.SAMPLES, Kind.WAVEFORM, Kind.RAW, Kind.LOG])),
        st.tuples(st.just("confirm"), st.lists(st.integers(0, 60), max_size=8)),
        st.tuples(st.just("again"), st.tuples(st.integers(0, 60), st.integers(0, 10))),
        st.tuples(st.just("sync"), st.none()),
    ),
    max_size=80,
)


@pytest.mark.parametrize("kind", MAKERS)
@given(acts=ACTS)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_buffer_agrees_with_a_plain_set(
    kind: str, tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, Any]]
) -> None:
    """Whatever is appended, confirmed and wanted again: what waits is what a set of numbers says."""
    asyncio.run(follow(MAKERS[kind](tmp_path_factory.mktemp("log"), small_settings()), acts))


async def follow(buffer: Buffer, acts: list[tuple[str, Any]]) -> None:
    buffer.open()
    held: set[int] = set()
    confirmed: set[int] = set()
    for name, what in acts:
        if name == "put":
            held.add(put(buffer, what).header.seq)
        elif name == "confirm":
            buffer.confirm(buffer.epoch, what)
            confirmed |= held & set(what)
        elif name == "again":
            take_back(buffer, what, confirmed)
        else:
            held.add((await safe(buffer, put(buffer, Kind.LOG))).header.seq)
    held.add((await safe(buffer, put(buffer, Kind.LOG))).header.seq)
    assert set(waiting(buffer)) == held - confirmed
    await buffer.close()


def take_back(buffer: Buffer, what: tuple[int, int], confirmed: set[int]) -> None:
    first, last = what[0], what[0] + what[1]
    assert buffer.unconfirm(buffer.epoch, [(first, last)]) == []
    confirmed -= set(range(first, last + 1))


def test_the_bodies_of_these_tests_do_not_repeat() -> None:
    assert body_of(200, 1) != body_of(200, 2)
