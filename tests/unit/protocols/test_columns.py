"""Arrays at the hub are what the pure reader says, row by row, for good bodies and bad."""

from collections.abc import Iterator
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from protocol_strategies import batches, waveforms
from test_samples_body import GOOD, HOSTILE, body_of

from sts_protocols import columns
from sts_protocols.columns import SampleColumns, Share, decode_all_samples, decode_samples, decode_waveform
from sts_protocols.errors import RecordError
from sts_protocols.record import Waveform, encode_samples, encode_waveform, iter_samples
from sts_protocols.record import decode_waveform as decode_purely
from sts_protocols.record.numbers import MAX_VALUES
from sts_protocols.sample import Packet, Value

KINDS = (np.int32, np.int16, np.int64, np.float64, np.uint8)


def rows_of(columns: SampleColumns) -> list[tuple]:
    assert [array.dtype for array in columns[1:]] == list(KINDS)
    assert len({len(array) for array in columns[1:]}) == 1
    names = [columns.sensors[index] for index in columns.sensor]
    return sorted(zip(names, *(array.tolist() for array in columns[2:]), strict=True))


def both_ways(bodies: list[bytes]) -> Iterator[list[Share | RecordError]]:
    """Read as if all were few values, which are counted up, and as if all were many, for numpy."""
    for few in (MAX_VALUES, 0):
        with patch.object(columns, "FEW_VALUES", few):
            yield decode_all_samples(bodies)


def rows_purely(packets: list[Packet]) -> list[tuple]:
    rows = []
    for packet in packets:
        told: dict[int, int] = {}
        for value in packet.values:
            k = told[value.metric] = told.get(value.metric, -1) + 1
            rows.append((packet.sensor, value.metric, packet.boot_us + k, value.value, int(value.quality)))
    return sorted(rows)


@given(batches)
def test_arrays_are_what_the_pure_reader_says(batch):
    """Same sensor, metric, time with k µs, value, quality: as multisets, bit for bit."""
    body = encode_samples(batch)
    assert rows_of(decode_samples(body)) == rows_purely(iter_samples(body)) == rows_purely(batch)


def test_the_kth_value_of_a_metric_is_k_microseconds_later():
    """Counted within one packet and one metric, from 0."""
    values = (Value(2, 1000.0, 0), Value(1, 60.0, 0), Value(2, 2000.0, 0), Value(2, 500.0, 0))
    told = decode_samples(encode_samples([Packet("hr-01", 5000, 1000, 0, values)]))
    assert rows_of(told) == [
        ("hr-01", 1, 5000, 60.0, 0),
        ("hr-01", 2, 5000, 1000.0, 0),
        ("hr-01", 2, 5001, 2000.0, 0),
        ("hr-01", 2, 5002, 500.0, 0),
    ]


@given(st.lists(batches, max_size=5))
def test_many_bodies_at_once_are_what_each_is_alone(several):
    """Unfolding together changes nothing."""
    bodies = [encode_samples(batch) for batch in several]
    alone = [rows_of(decode_samples(body)) for body in bodies]
    for shares in both_ways(bodies):
        assert [rows_of(share.columns) for share in shares] == alone


@pytest.mark.parametrize("case", HOSTILE)
def test_a_bad_body_is_refused_and_costs_no_other(case):
    """The same bodies are refused as by the pure reader; the good ones beside them are read."""
    with pytest.raises(RecordError):
        decode_samples(body_of(HOSTILE[case]))
    for before, bad, after in both_ways([body_of(GOOD), body_of(HOSTILE[case]), body_of(GOOD)]):
        assert isinstance(bad, RecordError)
        assert rows_of(before.columns) == rows_of(after.columns) == [("hr-01", 1, 7_000_000, 60.0, 0)]


@given(st.data())
def test_both_readers_refuse_the_same_numbers(data):
    """Differences near every limit: either both say the same values, or both refuse."""
    near = [0, 1, 2**31, 2**51, 2**52, 2**53, 2**62, 2**63]
    delta = st.sampled_from(near).flatmap(lambda n: st.integers(max(-(2**63), -n - 1), min(n + 1, 2**64 - 1)))
    deltas = data.draw(st.lists(delta, min_size=1, max_size=5))
    scale = data.draw(st.sampled_from([1, 3, 1000, 2**31]))
    body = body_of([*GOOD[:6], [[1, scale, 7, len(deltas), deltas, [0, len(deltas)]]]])
    try:
        purely = rows_purely(iter_samples(body))
    except RecordError:
        assert all(isinstance(one, RecordError) for (one,) in both_ways([body]))
    else:
        assert [rows_of(one.columns) for (one,) in both_ways([body])] == [purely, purely]


@given(st.data())
def test_both_readers_refuse_the_same_times(data):
    """Ticks, periods and differences of times near every limit, and a sum that would wrap in 64 bits."""
    near = data.draw(st.sampled_from([[1, 1000, 2**31], [0, 1, 1000, 2**31, 2**61, 2**62, 2**63]]))
    whole = st.sampled_from(near).flatmap(lambda n: st.integers(max(0, n - 2), min(n + 2, 2**64 - 1)))
    delta = st.builds(lambda n, sign: max(-(2**63), n * sign), whole, st.sampled_from([1, 1, -1]))
    counts = data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    ticks = data.draw(st.one_of(st.just([]), st.lists(whole, min_size=len(counts), max_size=len(counts))))
    told = [
        ["a", "b", "c"][: len(counts)],
        [part for tick in ticks for part in (tick, 1)] or [data.draw(whole), len(counts)],
        [data.draw(whole), len(counts)],
        counts,
        [data.draw(delta) for _ in counts],
        [data.draw(delta) for count in counts for _ in range(count - 1)],
        [[1, 1, 1, 1, [60] + [0] * (sum(counts) - 1), [0, sum(counts)]]],
    ]
    body = body_of(told)
    try:
        purely = rows_purely(iter_samples(body))
    except RecordError:
        assert all(isinstance(one, RecordError) for (one,) in both_ways([body]))
    else:
        assert [rows_of(one.columns) for (one,) in both_ways([body])] == [purely, purely]


@given(st.lists(waveforms(), max_size=3))
def test_waveforms_are_what_the_pure_reader_says(several):
    """Value i is at start + i x period, whole µs."""
    body = encode_waveform(*several)
    assert decode_purely(body) == several
    assert rows_of(decode_waveform(body)) == sorted(
        (wave.sensor, wave.metric, wave.start_us + i * wave.period_ns // 1000, value, quality)
        for wave in several
        for i, (value, quality) in enumerate(zip(wave.values, wave.quality, strict=True))
    )


def test_a_waveform_of_130_hz_keeps_its_rate():
    """7,692,308 ns do not add up to a drift: the last of 130 values is 992 ms after the first."""
    columns = decode_waveform(encode_waveform(Waveform("ecg", 12, 0, 7_692_308, [0.0] * 130, [0] * 130)))
    assert columns.boot_us[[1, 2, 129]].tolist() == [7692, 15384, 992_307]
