"""Live frames: of registered and consenting sensors only, and only of what is live."""

from __future__ import annotations

import pytest

from ingest_support import SECOND_US, Gateway, message, now_us
from sts_hub.ingest.intake import Entry, read_message
from sts_hub.ingest.register import Clock, Register, Wearer
from sts_hub.ingest.wall import MAX_AGE_US, frame_of
from sts_protocols.record import UNKNOWN_CLOCK, Kind, Log, Record, encode_log

ALWAYS = [(0, 2**62)]


class FakeRegister(Register):
    """hr-01 is worn by somebody who consents, hr-02 by somebody who does not; others are not registered."""

    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__()
        self._wearers = {
            ("pitch-1", "hr-01"): Wearer(1, ALWAYS, []),
            ("pitch-1", "hr-02"): Wearer(2, [], ALWAYS),
        }
        self._known = clock or Clock()

    def clock(self, epoch: bytes) -> Clock:
        return self._known


def entry(gateway: Gateway, record: Record) -> Entry:
    return read_message(gateway.name, "live", message(record)).entries[0]


def test_a_frame_shows_registered_and_consenting_sensors_only():
    gateway = Gateway(age_us=SECOND_US, sensors=("hr-01", "hr-02", "hr-03"))
    frame = frame_of(entry(gateway, gateway.samples()), FakeRegister(), now_us())
    assert frame is not None
    assert {value.sensor_id for value in frame.values} == {1}
    said = {
        (metric, t, value, quality) for (name, metric, t, value, quality) in gateway.said if name == "hr-01"
    }
    assert {(v.metric, v.t_us, v.value, v.quality) for v in frame.values} == said
    assert (frame.gateway, frame.seq, frame.epoch) == ("pitch-1", 0, str(gateway.id))


def test_with_nobody_to_show_there_is_no_frame():
    gateway = Gateway(age_us=SECOND_US, sensors=("hr-02",))
    assert frame_of(entry(gateway, gateway.samples()), FakeRegister(), now_us()) is None


@pytest.mark.parametrize(("late_us", "shown"), [(0, True), (1, False)])
def test_what_is_older_than_three_seconds_is_not_shown(late_us, shown):
    gateway = Gateway(age_us=SECOND_US)
    record = gateway.samples()
    hub_us = record.header.last_us + gateway.offset_us + MAX_AGE_US + late_us
    assert (frame_of(entry(gateway, record), FakeRegister(), hub_us) is not None) == shown


def test_an_unknown_clock_is_shown_by_the_pin_of_its_epoch_only():
    gateway = Gateway(age_us=SECOND_US)
    record = entry(gateway, gateway.samples(clock=UNKNOWN_CLOCK))
    assert frame_of(record, FakeRegister(), now_us()) is None
    frame = frame_of(record, FakeRegister(Clock(gateway.offset_us)), now_us())
    assert frame is not None
    assert frame.t_us == record.header.last_us + gateway.offset_us


def test_the_correction_of_an_epoch_is_shown_too():
    gateway = Gateway(age_us=2 * SECOND_US)
    frame = frame_of(entry(gateway, gateway.samples()), FakeRegister(Clock(None, SECOND_US)), now_us())
    assert frame is not None
    assert min(value.t_us for value in frame.values) == min(t for _, _, t, _, _ in gateway.said) + SECOND_US


def test_what_is_no_sample_is_not_shown():
    gateway = Gateway(age_us=SECOND_US)
    log = gateway.record(Kind.LOG, encode_log(Log(gateway.boot_us(0), "info", "x", {})))
    assert frame_of(entry(gateway, log), FakeRegister(), now_us()) is None


def test_a_consent_counts_at_the_time_of_the_value():
    wearer = Wearer(1, [(100, 200)], [])
    assert [wearer.shows(t) for t in (99, 100, 199, 200)] == [False, True, True, False]
