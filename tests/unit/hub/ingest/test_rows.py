"""Rows and the COPY buffer."""

from __future__ import annotations

import struct

import numpy as np

from ingest_support import SECOND_US, Gateway
from sts_hub.ingest import rows
from sts_protocols.columns import Share, decode_samples

EPOCH_2000_US = 946_684_800 * SECOND_US


def decoded(buffer: bytes) -> list[tuple[int, int, int, float]]:
    """The rows of a binary COPY, read by the layout in PostgreSQL's documentation."""
    assert buffer.startswith(b"PGCOPY\n\xff\r\n\0" + bytes(8))
    assert buffer.endswith(b"\xff\xff")
    found = []
    for fields, t_size, t, s_size, series, q_size, quality, v_size, value in struct.iter_unpack(
        ">hiqiiihid", buffer[19:-2]
    ):
        assert (fields, t_size, s_size, q_size, v_size) == (4, 8, 4, 2, 8)
        found.append((t + EPOCH_2000_US, series, quality, value))
    return found


def test_the_buffer_holds_every_row_sorted_by_series_and_time():
    gathered = rows.Rows(
        np.zeros(3, np.int32),
        np.array([0, 0, 1], np.int32),
        np.array([1, 1, 1], np.int16),
        np.array([30, 10, 20]) + EPOCH_2000_US,
        np.array([1.5, 2.5, 3.5]),
        np.array([0, 1, 2], np.uint8),
    )
    buffer = rows.copy_buffer(gathered, np.array([7, 7, 3], np.int32))
    assert [(t - EPOCH_2000_US, *rest) for t, *rest in decoded(buffer)] == [
        (20, 3, 2, 3.5),
        (10, 7, 1, 2.5),
        (30, 7, 0, 1.5),
    ]


def test_no_rows_make_an_empty_copy():
    gathered, sensors = rows.gather([])
    assert len(gathered.t_us) == 0
    assert rows.series_of(gathered).keys(sensors) == []
    assert decoded(rows.copy_buffer(gathered, np.empty(0, np.int32))) == []


def test_a_series_is_a_metric_of_a_sensor_in_an_epoch():
    one, other = Gateway(sensors=("a", "b")), Gateway(sensors=("b",))
    records = [(g.epoch, Share.whole(decode_samples(g.samples().body)), 0) for g in (one, one, other)]
    gathered, sensors = rows.gather(records)
    keys = rows.series_of(gathered).keys(sensors)
    assert sorted(keys) == sorted(
        {(g.epoch, name, metric) for g in (one, other) for name in g.sensors for metric in (1, 2)}
    )


def test_each_row_has_its_own_series_and_time():
    gateway = Gateway(sensors=("a", "b"))
    gathered, sensors = rows.gather(
        [(gateway.epoch, Share.whole(decode_samples(gateway.samples().body)), gateway.offset_us)]
    )
    index = rows.series_of(gathered)
    keys = index.keys(sensors)
    told = {
        (keys[place][1], keys[place][2], t, value, quality)
        for place, t, value, quality in zip(
            index.inverse.tolist(),
            gathered.t_us.tolist(),
            gathered.value.tolist(),
            gathered.quality.tolist(),
            strict=True,
        )
    }
    assert told == set(gateway.said)


def test_days_are_days_of_utc():
    assert rows.days(np.array([0, rows.DAY_US - 1, rows.DAY_US, -1])) == [-1, 0, 1]
