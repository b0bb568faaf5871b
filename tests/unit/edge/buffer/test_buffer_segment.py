"""The index of one file: what waits, what is settled, what is gone."""

from array import array
from pathlib import Path

import pytest

from sts_edge.buffer.segment import Lane, Segment, lane_of
from sts_protocols.record import UNKNOWN_CLOCK, VERSION, ClockReading, ClockSource, Header, Kind

SIZE = 100
FIRST = 10
KNOWN = ClockReading(1, 1, ClockSource.NTP)


@pytest.fixture
def segment() -> Segment:
    """Ten records with numbers 10 to 19; every other one knows its clock."""
    segment = Segment(1, Lane.SAMPLES, bytes(8), Path("/nowhere"))
    for at in range(10):
        clock = KNOWN if at % 2 else UNKNOWN_CLOCK
        header = Header(SIZE, VERSION, Kind.SAMPLES, bytes(8), bytes(16), FIRST + at, at, at, clock)
        segment.add(header, at * SIZE)
    return segment


@pytest.mark.parametrize("kind", [*Kind, 77])
def test_only_bulk_has_lanes_that_may_be_dropped(kind: int) -> None:
    bulk = {Kind.SAMPLES: Lane.SAMPLES, Kind.WAVEFORM: Lane.WAVEFORM, Kind.RAW: Lane.RAW}

    assert lane_of(kind) == bulk.get(kind, Lane.KEPT)


@pytest.mark.parametrize(
    ("first", "last", "left"),
    [
        (0, 99, []),
        (10, 19, []),
        (11, 19, [0]),
        (10, 18, [9]),
        (12, 14, [0, 1, 5, 6, 7, 8, 9]),
        (20, 30, range(10)),
    ],
)
@pytest.mark.parametrize("gone", [False, True])
def test_settling_a_range_settles_each_record_of_it(
    segment: Segment, first: int, last: int, left: list[int], gone: bool
) -> None:
    segment.settle_between(first, last, gone)

    assert list(segment.backlog()) == list(left)
    assert (segment.waiting, segment.waiting_bytes) == (len(left), len(left) * SIZE)
    assert [at for at in range(10) if not segment.is_gone(at)] == (list(left) if gone else list(range(10)))
    assert segment.has_gone == (gone and len(left) < 10)


def test_what_is_gone_does_not_come_back(segment: Segment) -> None:
    segment.settle_between(10, 14, gone=True)
    segment.settle_between(15, 19)
    for at in range(10):
        segment.reopen(at)

    assert list(segment.backlog()) == [5, 6, 7, 8, 9]


def test_settling_twice_counts_once(segment: Segment) -> None:
    for _ in range(2):
        segment.settle(3)
        segment.settle_between(10, 12)

    assert (segment.waiting, segment.waiting_bytes) == (6, 6 * SIZE)


def test_it_tells_which_sorts_of_record_wait(segment: Segment) -> None:
    for at in range(1, 10, 2):
        segment.settle(at)

    assert [(held.kind, held.clock_known) for held in segment.waiting_kinds()] == [(Kind.SAMPLES, False)]


def test_restored_from_its_columns_it_is_the_same_and_everything_waits(segment: Segment) -> None:
    segment.settle(2)
    segment.settle(4, gone=True)
    copy = Segment(1, Lane.SAMPLES, bytes(8), Path("/nowhere"))

    seqs, offsets, sizes, kinds, known = segment.columns()
    copy.restore(segment.epoch, array("Q", seqs), array("I", offsets), array("I", sizes), kinds, known)

    assert [copy.held(at) for at in range(9)] == [segment.held(at) for at in range(10) if at != 4]
    assert list(copy.backlog()) == list(range(9))
    assert (copy.end, copy.waiting_bytes) == (10 * SIZE, 9 * SIZE)
