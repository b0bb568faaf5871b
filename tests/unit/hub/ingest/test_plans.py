"""What a transaction writes: the rules of storing, parking and refusing."""

from __future__ import annotations

import os

import pytest

from ingest_support import SECOND_US, Gateway, message, now_us
from sts_hub.ingest import plans
from sts_hub.ingest.intake import Entry, read_message
from sts_hub.ingest.plans import EpochRow, Plan
from sts_protocols.metrics import CATALOGUE
from sts_protocols.record import (
    UNKNOWN_CLOCK,
    Anchor,
    ClockReading,
    Drop,
    Kind,
    Log,
    Record,
    encode_anchor,
    encode_drop,
    encode_log,
    encode_samples,
)
from sts_protocols.sample import Packet, Value

YEAR_2106_US = 4_294_967_296 * SECOND_US


def entries(gateway: Gateway, *records: Record, lane: str = "live") -> list[Entry]:
    said = read_message(gateway.name, lane, message(*records))
    assert not said.unusable
    return said.entries


def decide(
    gateway: Gateway, *records: Record, row: EpochRow | None = None, lane: str = "live", **others
) -> Plan:
    row = row or EpochRow(gateway.name, None, 0, [])
    given = entries(gateway, *records, lane=lane)
    epochs = dict.fromkeys(plans.named(given, ()), row) | others.get("epochs", {})
    return plans.decide(given, (), epochs, others.get("withheld", lambda *_: ()), now_us())


def parked(plan: Plan) -> list[tuple[int | None, str]]:
    return [(piece.identity[1] if piece.identity else None, piece.reason) for piece in plan.unusable]


def test_good_records_are_entered_as_one_run_with_its_times():
    gateway = Gateway()
    plan = decide(gateway, *gateway.many(3))
    (line,) = plan.ledger
    first_us = gateway.boot_us(0) + gateway.offset_us
    assert [tuple(run) for run in line.runs] == [(0, 2, first_us, first_us + 3 * SECOND_US - 1)]
    assert (plan.records, plan.refused, len(plan.rows.t_us)) == (3, 0, 18)
    assert plan.unusable == []


def test_the_same_record_twice_is_stored_once_and_counted():
    gateway = Gateway()
    record = gateway.samples()
    plan = decide(gateway, record, record)
    assert (plan.records, plan.refused, len(plan.rows.t_us)) == (1, 1, 6)


def test_what_the_ledger_knows_is_left_out():
    gateway = Gateway()
    plan = decide(gateway, *gateway.many(4), row=EpochRow(gateway.name, None, 0, [(1, 2)]))
    assert [tuple(run)[:2] for run in plan.ledger[0].runs] == [(0, 0), (3, 3)]
    assert plan.refused == 2


def test_only_the_backlog_lane_raises_the_backlog_head():
    live, backlog = Gateway(), Gateway()
    assert decide(live, *live.many(2)).ledger[0].backlog_head == -1
    assert decide(backlog, *backlog.many(2), lane="backlog").ledger[0].backlog_head == 1


def test_a_record_dated_2106_is_parked_and_its_neighbours_are_not():
    gateway = Gateway()
    wrong = ClockReading(YEAR_2106_US, 1000, 1)
    plan = decide(gateway, gateway.samples(), gateway.samples(clock=wrong), gateway.samples())
    assert parked(plan) == [(1, "future")]
    assert [tuple(run)[:2] for run in plan.ledger[0].runs] == [(0, 0), (2, 2)]
    assert [tuple(run)[:2] for run in plan.ledger[0].parked] == [(1, 1)]


def test_a_single_value_from_the_future_parks_its_record():
    gateway = Gateway()
    body = encode_samples([Packet("a", YEAR_2106_US, 1000, SECOND_US, (Value(1, 60.0, 0),))])
    plan = decide(gateway, gateway.samples(), gateway.record(Kind.SAMPLES, body))
    assert parked(plan) == [(1, "future")]


@pytest.mark.parametrize(("ahead_s", "reasons"), [(299, []), (301, [(0, "future")])])
def test_five_minutes_ahead_is_the_border(ahead_s, reasons):
    gateway = Gateway(age_us=-(ahead_s - 1) * SECOND_US)
    assert parked(decide(gateway, gateway.samples())) == reasons


def test_a_time_before_2020_is_a_clock_that_was_never_set():
    gateway = Gateway()
    assert parked(decide(gateway, gateway.samples(clock=ClockReading(0, 1000, 1)))) == [(0, "past")]


def test_an_unknown_metric_parks_its_record():
    gateway = Gateway()
    unknown = 1 + max(metric.id for metric in CATALOGUE)
    plan = decide(gateway, gateway.samples(metric=unknown), gateway.samples(metric=1))
    assert parked(plan) == [(0, "metric")]


def test_times_on_many_days_in_one_record_are_no_times():
    gateway = Gateway()
    day_us = 86_400 * SECOND_US
    packets = [Packet("a", n * day_us, 1000, SECOND_US, (Value(1, 60.0, 0),)) for n in range(10)]
    clock = ClockReading(now_us() - 20 * day_us, 1000, 1)
    plan = decide(
        gateway, gateway.record(Kind.SAMPLES, encode_samples(packets), clock=clock), gateway.samples()
    )
    assert parked(plan) == [(0, "value")]


def test_an_unknown_clock_without_a_pin_is_parked():
    gateway = Gateway()
    assert parked(decide(gateway, gateway.samples(clock=UNKNOWN_CLOCK))) == [(0, "unpinned")]


def test_an_unknown_clock_takes_the_pin_of_its_epoch():
    gateway = Gateway()
    row = EpochRow(gateway.name, gateway.offset_us, 0, [])
    plan = decide(gateway, gateway.samples(clock=UNKNOWN_CLOCK), row=row)
    assert plan.rows.t_us.min() == gateway.boot_us(0) + gateway.offset_us


@pytest.mark.parametrize("clock", [None, UNKNOWN_CLOCK])
def test_the_correction_is_added_to_every_time(clock):
    gateway = Gateway()
    row = EpochRow(gateway.name, gateway.offset_us, 70_000, [])
    plan = decide(gateway, gateway.samples(clock=clock), row=row)
    assert plan.rows.t_us.min() == gateway.boot_us(0) + gateway.offset_us + 70_000
    assert plan.ledger[0].delta_us == 70_000


def test_a_drop_declares_ranges_of_the_epoch_it_names():
    gateway, before = Gateway(), os.urandom(16)
    body = encode_drop(Drop(before, [(3, 5)], "full", 0, 10))
    plan = decide(gateway, gateway.record(Kind.DROP, body, clock=UNKNOWN_CLOCK))
    lines = {line.epoch: line for line in plan.ledger}
    assert [(drop.ranges, drop.reason) for drop, _ in lines[before].drops] == [([(3, 5)], "full")]
    assert not lines[before].enters
    assert lines[gateway.epoch].enters


def test_a_drop_in_another_gateways_epoch_is_not_believed():
    gateway, foreign = Gateway(), os.urandom(16)
    body = encode_drop(Drop(foreign, [(3, 5)], "full", 0, 10))
    rows = {foreign: EpochRow("pitch-2", None, 0, [])}
    plan = decide(gateway, gateway.record(Kind.DROP, body), epochs=rows)
    assert parked(plan) == [(None, "foreign")]
    assert plan.ledger == []


def test_a_record_of_another_gateways_epoch_does_not_touch_its_ledger():
    gateway = Gateway()
    plan = decide(gateway, gateway.samples(), row=EpochRow("pitch-2", None, 0, []))
    assert parked(plan) == [(None, "foreign")]
    assert plan.ledger == []


def test_an_anchor_is_kept_even_before_there_is_a_pin():
    gateway = Gateway()
    anchor = Anchor(gateway.boot_us(0), gateway.boot_us(0) + gateway.offset_us, 900, 1)
    plan = decide(gateway, gateway.record(Kind.ANCHOR, encode_anchor(anchor), clock=UNKNOWN_CLOCK))
    assert plan.ledger[0].anchors == [anchor]


def test_an_anchor_in_2106_pins_nothing():
    gateway = Gateway()
    anchor = Anchor(5, YEAR_2106_US, 900, 1)
    plan = decide(gateway, gateway.record(Kind.ANCHOR, encode_anchor(anchor)))
    assert parked(plan) == [(0, "anchor")]


def test_a_log_record_has_wall_time():
    gateway = Gateway()
    log = Log(gateway.boot_us(0), "warning", "strap_lost", {"sensor": "hr-01"})
    (line,) = decide(gateway, gateway.record(Kind.LOG, encode_log(log))).logs
    assert (line.t_us, line.log) == (gateway.boot_us(0) + gateway.offset_us, log)


def test_values_without_consent_are_left_out_and_the_record_is_received():
    gateway = Gateway()
    second = gateway.boot_us(1) + gateway.offset_us
    withheld = {("pitch-1", "hr-01"): [(second, second + SECOND_US)]}
    plan = decide(gateway, *gateway.many(3), withheld=lambda *key: withheld.get(key, ()))
    assert (plan.withheld, len(plan.rows.t_us), plan.records) == (3, 15, 3)
    hidden = plan.rows.t_us[plan.rows.sensor == 0]
    assert not ((hidden >= second) & (hidden < second + SECOND_US)).any()


def test_the_touched_times_are_those_of_the_rows():
    gateway = Gateway()
    plan = decide(gateway, *gateway.many(2))
    assert plan.ledger[0].touched == (int(plan.rows.t_us.min()), int(plan.rows.t_us.max()))


def test_epochs_are_entered_in_order():
    gateways = [Gateway() for _ in range(5)]
    given = [entry for gateway in gateways for entry in entries(gateway, gateway.samples())]
    epochs = {gateway.epoch: EpochRow("pitch-1", None, 0, []) for gateway in gateways}
    plan = plans.decide(given, (), epochs, lambda *_: (), now_us())
    assert [line.epoch for line in plan.ledger] == sorted(epochs)
