"""The oracle finds each kind of wrong, and finds none where there is none."""

from __future__ import annotations

import struct
from collections import Counter
from pathlib import Path

import pytest

from faults import oracle, spoil
from faults.witness import LENGTH
from sts_protocols.record import (
    UNKNOWN_CLOCK,
    Anchor,
    ClockReading,
    Drop,
    Kind,
    Waveform,
    encode_anchor,
    encode_drop,
    encode_samples,
    encode_waveform,
    seal,
)
from sts_protocols.sample import Packet, Value

EPOCH, SEGMENT = bytes(range(16)), bytes(8)
OFFSET_US = 1_700_000_000_000_000
CLOCK = ClockReading(OFFSET_US, 10, 1)


def record(
    seq: int, clock: ClockReading = CLOCK, kind: int = Kind.SAMPLES, body: bytes | None = None
) -> bytes:
    at_us = (seq + 1) * 1_000_000
    values = (Value(1, 100.0 + seq, 0), Value(2, 1000.0, 0), Value(2, 1000.0, 0))
    body = body or encode_samples([Packet("hr-01", at_us, 1000, 1_000_000, values)])
    return seal(kind, SEGMENT, EPOCH, seq, at_us, at_us + 2, clock, body).raw


def noted(folder: Path, closed: list[bytes], accepted: range) -> oracle.Account:
    told = [b"C" + raw for raw in closed]
    told += [b"A" + struct.pack("<16sQ", EPOCH, seq) for seq in accepted]
    log = folder / "witness.log"
    log.write_bytes(b"".join(LENGTH.pack(len(packet)) + packet for packet in told))
    return oracle.read(log)


@pytest.fixture
def account(tmp_path: Path) -> oracle.Account:
    """Thirty records, all accepted."""
    return noted(tmp_path, [record(seq) for seq in range(30)], range(30))


def test_nothing_is_wrong_with_rows_that_are_what_was_accepted(account):
    assert set(oracle.compare(account, Counter(account.expected())).counters().values()) == {0}
    assert len(account.expected()) == 90


def test_a_row_stands_at_boot_time_plus_offset_and_order_in_its_packet(account):
    rows = account.rows_of(EPOCH.hex(), 0)
    assert [(row.metric, row.t_us - OFFSET_US) for row in rows] == [
        (1, 1_000_000),
        (2, 1_000_000),
        (2, 1_000_001),
    ]


def test_the_values_of_a_waveform_are_rows_and_one_that_is_missing_is_lost(tmp_path):
    body = encode_waveform(Waveform("ecg-01", 12, 1_000_000, 7_692_308, [-12.0, 250.0, 9.0], [0, 0, 1]))
    account = noted(tmp_path, [record(0, kind=Kind.WAVEFORM, body=body)], range(1))
    rows = account.rows_of(EPOCH.hex(), 0)
    assert [(row.metric, row.t_us - OFFSET_US, row.value, row.quality) for row in rows] == [
        (12, 1_000_000, -12.0, 0),
        (12, 1_007_692, 250.0, 0),
        (12, 1_015_384, 9.0, 1),
    ]
    assert oracle.compare(account, Counter(rows[:2])).counters()["lost"] == 1


@pytest.mark.parametrize("planted", spoil.PLANTED, ids=lambda planted: planted.what)
def test_each_planted_wrong_is_named_by_its_counter(account, planted):
    rows = Counter(account.expected())
    planted.plant(account, rows)
    assert oracle.compare(account, rows).counters()[planted.counter] >= 1


def test_what_was_closed_and_not_accepted_may_be_stored_or_not(tmp_path):
    account = noted(tmp_path, [record(0), record(1)], range(1))
    with_it = Counter(row for rows in account.closed.values() for row in rows)
    for stored in (Counter(account.expected()), with_it):
        assert set(oracle.compare(account, stored).counters().values()) == {0}


def test_a_declared_drop_is_counted_and_is_no_loss_and_if_undeclared_is_one(tmp_path):
    drop = record(2, kind=Kind.DROP, body=encode_drop(Drop(EPOCH, [(1, 1)], "full", 0, 1)))
    account = noted(tmp_path, [record(0), record(1), drop], range(3))
    stored = Counter(account.rows_of(EPOCH.hex(), 0))
    findings = oracle.compare(account, stored).counters()
    assert (findings["declared_dropped"], findings["lost"], findings["lost_records"]) == (3, 0, 0)
    account.declared.clear()
    findings = oracle.compare(account, stored).counters()
    assert (findings["declared_dropped"], findings["lost"], findings["lost_records"]) == (0, 3, 1)


def test_a_record_of_unknown_clock_stands_at_the_first_anchor_of_its_epoch(tmp_path):
    anchors = [
        record(seq, kind=Kind.ANCHOR, body=encode_anchor(Anchor(seq, seq + OFFSET_US + late, 5, 3)))
        for seq, late in ((1, 0), (2, 9))
    ]
    account = noted(tmp_path, [record(0, UNKNOWN_CLOCK), *anchors], range(3))
    assert account.rows_of(EPOCH.hex(), 0)[0].t_us == OFFSET_US + 1_000_000


def test_a_record_without_rows_is_lost_when_the_ledger_does_not_hold_it(tmp_path):
    anchor = record(1, kind=Kind.ANCHOR, body=encode_anchor(Anchor(1, 1 + OFFSET_US, 5, 3)))
    account = noted(tmp_path, [record(0), anchor], range(2))
    rows = Counter(account.expected())
    assert oracle.compare(account, rows, [(EPOCH.hex(), 0)]).lost_records == [(EPOCH.hex(), 1)]
    assert oracle.compare(account, rows, [(EPOCH.hex(), 0), (EPOCH.hex(), 1)]).lost_records == []
