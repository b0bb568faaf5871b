"""The body of samples: what goes in comes out, to the microsecond and the last bit of each value."""

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from protocol_strategies import batches

from sts_protocols.errors import RecordError, SampleError
from sts_protocols.metrics import HEART_RATE, RR_INTERVAL
from sts_protocols.record import encode_samples, iter_samples
from sts_protocols.sample import Packet, Quality, Value

ARRIVAL = (1000, 1_000_000)


def packet(sensor: str, boot_us: int, *values: Value, rhythm: tuple[int, int] = ARRIVAL) -> Packet:
    return Packet(sensor, boot_us, *rhythm, values)


def beat(rate: float, quality: int = Quality.OK) -> Value:
    return Value(HEART_RATE.id, rate, quality)


def plain(body: bytes) -> list:
    return msgspec.msgpack.decode(zstandard.ZstdDecompressor().decompress(body))


def body_of(content: object) -> bytes:
    return zstandard.ZstdCompressor().compress(msgspec.msgpack.encode(content))


def in_order_of_metric(one: Packet) -> Packet:
    return one._replace(values=tuple(sorted(one.values, key=lambda value: value.metric)))


@given(batches)
def test_packets_come_back_as_they_were(batch):
    """Each packet comes back; only the order between sensors and between metrics may change."""
    again = iter_samples(encode_samples(batch))
    assert sorted(again) == sorted(map(in_order_of_metric, batch))


@given(batches)
def test_packets_of_one_source_keep_their_order(batch):
    """Even where their times would say otherwise."""
    again = iter_samples(encode_samples(batch))
    for source in {(one.sensor, one.tick_us, one.period_us) for one in batch}:
        times = [
            [one.boot_us for one in told if (one.sensor, one.tick_us, one.period_us) == source]
            for told in (batch, again)
        ]
        assert times[0] == times[1]


def test_nothing_is_a_record_too():
    """No packets give a body of no packets, and a packet without values stays one."""
    assert iter_samples(encode_samples([])) == []
    assert iter_samples(encode_samples([packet("hr-01", 5000)])) == [packet("hr-01", 5000)]


def test_values_are_told_as_differences_of_whole_steps():
    """Two straps, three packets: the body is what the format's page says, number by number."""
    rr = [Value(RR_INTERVAL.id, RR_INTERVAL.value(raw), 0) for raw in (440, 450, 460)]
    batch = [
        packet("hr-02", 7_030_000, beat(120), rr[0], rr[1]),
        packet("hr-01", 7_000_000, beat(150)),
        packet("hr-02", 8_020_000, beat(121, Quality.NO_CONTACT), rr[2]),
    ]
    assert plain(encode_samples(batch)) == [
        ["hr-01", "hr-02"],
        [1000, 2],
        [1_000_000, 2],
        [1, 2],
        [7000, 30],
        [-10],
        [
            [1, 1, 1, 1, [150, -30, 1], [0, 2, 1, 1]],
            [2, 1000, 1024, [0, 2, 1], [440, 10, 10], [0, 3]],
        ],
    ]


@pytest.mark.parametrize("value", [120.5, 2.0**53, 1e308, -1e-300, 5e-324])
def test_what_is_no_number_of_steps_is_told_in_full(value):
    """A single odd value turns its column, and only its column, to float64."""
    batch = [packet("hr-01", 0, beat(60), beat(value), Value(RR_INTERVAL.id, 1000.0, 0))]
    columns = plain(encode_samples(batch))[6]
    assert [type(column[4]) for column in columns] == [bytes, list]
    assert iter_samples(encode_samples(batch)) == batch


def test_each_source_has_its_own_resolution_of_time():
    """A device clock in µs beside an arrival time in ms, in one record."""
    batch = [
        packet("pod", 5_000_001, beat(1), rhythm=(1, 40_000)),
        packet("hr-01", 5_001_000, beat(2)),
        packet("pod", 5_040_003, beat(3), rhythm=(1, 40_000)),
    ]
    assert sorted(iter_samples(encode_samples(batch))) == sorted(batch)


@pytest.mark.parametrize(
    "bad",
    [
        packet("", 0),
        packet("a\n", 0),
        packet("a" * 41, 0),
        packet("hr-01", 1500),  # no multiple of its tick
        packet("hr-01", -1000),
        packet("hr-01", 2**62),
        packet("hr-01", 0, rhythm=(0, 1)),
        packet("hr-01", 0, rhythm=(1, -1)),
        packet("hr-01", 0, beat(float("nan"))),
        packet("hr-01", 0, beat(float("inf"))),
        packet("hr-01", 0, Value(0, 1.0, 0)),
        packet("hr-01", 0, Value(32_768, 1.0, 0)),
        packet("hr-01", 0, beat(1, 256)),
    ],
)
def test_a_packet_no_record_can_carry_is_refused(bad):
    """Its source is at fault and is told so by our own error."""
    with pytest.raises(SampleError):
        encode_samples([packet("hr-02", 0, beat(60)), bad])


GOOD = [["hr-01"], [1000, 1], [1_000_000, 1], 1, [7000], [], [[1, 1, 1, 1, [60], [0, 1]]]]

HOSTILE = {
    "no array": 5,
    "too short": GOOD[:6],
    "name is no name": [["a b"], *GOOD[1:]],
    "name with NUL": [["a\0"], *GOOD[1:]],
    "name with newline": [["a\nb"], *GOOD[1:]],
    "no tick for a source": [["hr-01"], [], *GOOD[2:]],
    "tick of nothing": [["hr-01"], [0, 1], *GOOD[2:]],
    "runs of no length": [["hr-01"], [1000, 1, 1000, 0], *GOOD[2:]],
    "runs of less than no length": [["hr-01"], [1000, 2, 1000, -1], *GOOD[2:]],
    "half a run": [["hr-01"], [1000, 1, 1000], *GOOD[2:]],
    "period below nothing": [["hr-01"], [1000, 1], [-1, 1], *GOOD[3:]],
    "more packets than times": [*GOOD[:3], 2**60, *GOOD[4:]],
    "a source of no packets": [["a", "b"], [1, 2], [1, 2], [0, 2], [1, 2], [], []],
    "no start": [*GOOD[:4], [], [], GOOD[6]],
    "time below nothing": [*GOOD[:4], [-1], [], GOOD[6]],
    "time beyond all": [*GOOD[:4], [2**60], [], GOOD[6]],
    "metric of no number": [*GOOD[:6], [[0, 1, 1, 1, [60], [0, 1]]]],
    "metric beyond the column": [*GOOD[:6], [[2**15, 1, 1, 1, [60], [0, 1]]]],
    "scale of nothing": [*GOOD[:6], [[1, 0, 1, 1, [60], [0, 1]]]],
    "division by nothing": [*GOOD[:6], [[1, 1, 0, 1, [60], [0, 1]]]],
    "scale beyond all": [*GOOD[:6], [[1, 2**40, 1, 1, [60], [0, 1]]]],
    "column of no values": [*GOOD[:6], [[1, 1, 1, 0, [], []]]],
    "fewer values than counted": [*GOOD[:6], [[1, 1, 1, 2, [60], [0, 1]]]],
    "more values than counted": [*GOOD[:6], [[1, 1, 1, 1, [60, 1], [0, 2]]]],
    "count below nothing": [*GOOD[:6], [[1, 1, 1, [-1], [60], [0, 1]]]],
    "counts for too many packets": [*GOOD[:6], [[1, 1, 1, [1, 0], [60], [0, 1]]]],
    "quality for too few": [*GOOD[:6], [[1, 1, 1, 2, [60, 1], [0, 1]]]],
    "quality of no byte": [*GOOD[:6], [[1, 1, 1, 1, [60], [256, 1]]]],
    "steps beyond exactness": [*GOOD[:6], [[1, 1, 1, 1, [2**52 + 1], [0, 1]]]],
    "steps times scale beyond exactness": [*GOOD[:6], [[1, 4, 1, 1, [2**51], [0, 1]]]],
    "steps that wrap 64 bits": [*GOOD[:6], [[1, 1, 1, 3, [2**63 - 1, 2**63 - 1, 2], [0, 3]]]],
    "steps beyond 64 bits": [*GOOD[:6], [[1, 1, 1, 1, [2**64 - 1], [0, 1]]]],
    "half a float64": [*GOOD[:6], [[1, 1, 1, 1, bytes(12), [0, 1]]]],
    "not a number": [*GOOD[:6], [[1, 1, 1, 1, b"\0\0\0\0\0\0\xf8\x7f", [0, 1]]]],
    "text where numbers are": [*GOOD[:6], [[1, 1, 1, 1, ["60"], [0, 1]]]],
    "very deep": [*GOOD[:6], [[[[[[[[[]]]]]]]]]],
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_body_that_contradicts_itself_gives_only_our_error(case):
    """However it came to be sealed: one typed error, nothing half read."""
    assert iter_samples(body_of(GOOD))
    with pytest.raises(RecordError) as caught:
        iter_samples(body_of(HOSTILE[case]))
    assert caught.value.reason == "body"


def test_places_added_at_the_end_by_a_later_gateway_are_passed_over():
    """So that a hub need not be upgraded first."""
    later = [*GOOD[:6], [[*GOOD[6][0], "new"]], {"new": 1}]
    assert iter_samples(body_of(later)) == iter_samples(body_of(GOOD))


@given(st.binary(max_size=200))
def test_random_bytes_give_only_our_error(noise):
    """As a frame, and as what is in a good frame."""
    for body in (noise, zstandard.ZstdCompressor().compress(noise)):
        with pytest.raises(RecordError):
            iter_samples(body)


@given(st.data())
def test_a_good_body_with_a_changed_byte_gives_packets_or_our_error(data):
    """The CRC is not the only guard."""
    inside = bytearray(msgspec.msgpack.encode(GOOD))
    inside[data.draw(st.integers(0, len(inside) - 1))] = data.draw(st.integers(0, 255))
    try:
        iter_samples(zstandard.ZstdCompressor().compress(bytes(inside)))
    except RecordError as error:
        assert error.reason == "body"  # noqa: PT017 -- both outcomes are right
