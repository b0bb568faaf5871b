"""Several gateways hear one strap: who leads, and that every packet which anybody heard is told once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_hub.analytics.reception import (
    MARGIN_DB,
    SAME_US,
    SIGNAL_HOLDS_US,
    SILENT_US,
    Ear,
    Handover,
    Reception,
    next_lead,
    spans,
)
from sts_protocols.sample import Quality

SECOND = 1_000_000
HEARD, SILENT, POOR = Ear(True, True), Ear(False), Ear(True, False)


def at_dbm(dbm: float) -> Ear:
    return Ear(True, True, dbm)


class Said(NamedTuple):
    """One packet as a gateway heard it: when by its clock, and which packet of the strap it was."""

    t_us: int
    packet: int
    quality: int = Quality.OK


@pytest.mark.parametrize(
    ("lead", "ears", "then"),
    [
        (None, {}, None),
        (None, {"a": SILENT}, None),
        (None, {"a": SILENT, "b": HEARD}, "b"),
        (None, {"b": HEARD, "a": HEARD}, "a"),
        (None, {"a": at_dbm(-80), "b": at_dbm(-79)}, "b"),
        (None, {"a": HEARD, "b": at_dbm(-95)}, "b"),
        ("a", {"a": SILENT, "b": SILENT}, "a"),
        ("a", {"a": SILENT, "b": HEARD}, "b"),
        ("a", {"a": SILENT, "b": at_dbm(-90), "c": at_dbm(-60)}, "c"),
        ("a", {"a": Ear(False, False, -40), "b": at_dbm(-90)}, "b"),
        ("a", {"a": HEARD, "b": HEARD}, "a"),
        ("a", {"a": HEARD, "b": at_dbm(-40)}, "a"),
        ("a", {"a": at_dbm(-90), "b": HEARD}, "a"),
        ("a", {"a": at_dbm(-70), "b": at_dbm(-70 + MARGIN_DB - 1)}, "a"),
        ("a", {"a": at_dbm(-70), "b": at_dbm(-70 + MARGIN_DB)}, "b"),
        ("b", {"a": at_dbm(-70), "b": at_dbm(-70 + MARGIN_DB)}, "b"),
        ("a", {"a": at_dbm(-70), "b": Ear(False, False, -40)}, "a"),
        (None, {"a": POOR, "b": HEARD}, "b"),
        ("a", {"a": POOR, "b": HEARD}, "b"),
        ("a", {"a": Ear(True, False, -40), "b": at_dbm(-90)}, "b"),
        ("a", {"a": at_dbm(-90), "b": Ear(True, False, -40)}, "a"),
        ("a", {"a": POOR, "b": POOR}, "a"),
        ("a", {"a": SILENT, "b": POOR}, "b"),
    ],
)
def test_the_lead_passes_on_by_one_rule(lead: str | None, ears: dict[str, Ear], then: str | None) -> None:
    assert next_lead(lead, ears) == then
    assert next_lead(lead, dict(reversed(ears.items()))) == then


def heard_by(count: int, deaf: set[int], offset_us: int, late: list[int]) -> list[Said]:
    """What a gateway hears of a strap that speaks each second: with its own clock's error, its losses and delays."""
    return [
        Said(packet * SECOND + offset_us + late[packet % len(late)], packet)
        for packet in range(count)
        if packet not in deaf
    ]


def reception(name: str, t_us: Any, signal: Sequence[tuple[int, float]] = ()) -> Reception[str]:
    times = np.array(t_us, np.int64)
    return Reception(name, times, np.ones(times.size, np.bool_), signal)


def told(said: dict[str, list[Said]], signal: dict[str, list[tuple[int, float]]] | None = None) -> list[int]:
    """The packets that the spans of these receptions tell, in their order."""
    receptions = [
        reception(name, [one.t_us for one in all_], (signal or {}).get(name, ()))
        for name, all_ in said.items()
    ]
    return [
        one.packet
        for span in spans(receptions)
        for one in said[span.key]
        if span.since_us <= one.t_us < span.until_us
    ]


COUNT = 60
deafness = st.sets(st.integers(0, COUNT - 1))
delays = st.lists(st.integers(0, 150_000), min_size=1, max_size=9)
signals = st.lists(st.tuples(st.integers(0, COUNT * SECOND), st.integers(-100, -40)), max_size=6).map(sorted)
sites = st.lists(st.tuples(deafness, st.integers(-100_000, 100_000), delays, signals), min_size=1, max_size=3)


@given(sites)
@settings(max_examples=100, deadline=None)
def test_stored_receptions_tell_every_packet_that_anybody_heard_once(site: list) -> None:
    said = {
        f"pitch-{n}": heard_by(COUNT, deaf, offset, late) for n, (deaf, offset, late, _) in enumerate(site)
    }
    signal = {f"pitch-{n}": one[3] for n, one in enumerate(site)}
    assert told(said, signal) == sorted({one.packet for all_ in said.values() for one in all_})


def test_without_the_rule_packets_would_count_twice() -> None:
    """The control: two whole receptions laid side by side."""
    said = {name: heard_by(COUNT, set(), offset, [0]) for name, offset in (("a", 0), ("b", 40_000))}
    both = sorted(one.packet for all_ in said.values() for one in all_)
    assert len(both) == 2 * len(told(said))


def test_a_strap_that_walks_over_is_handed_over_at_the_crossing_of_the_signals() -> None:
    said = {name: heard_by(COUNT, set(), offset, [0]) for name, offset in (("near", 0), ("far", 70_000))}
    signal = {
        "near": [(t * SECOND, -50.0 - t) for t in range(0, COUNT, 10)],
        "far": [(t * SECOND, -90.0 + t) for t in range(0, COUNT, 10)],
    }
    receptions = [reception(name, [one.t_us for one in all_], signal[name]) for name, all_ in said.items()]
    first, second = spans(receptions)
    assert (first.key, second.key) == ("near", "far")
    assert (
        first.until_us == 30 * SECOND + 1
    )  # -80 dBm there, -60 dBm here; 10 s before it was -70 on both sides
    assert second.since_us == 30 * SECOND + SAME_US
    assert told(said, signal) == list(range(COUNT))


def test_a_signal_that_nobody_told_for_long_passes_no_lead_on() -> None:
    said = {name: heard_by(COUNT, set(), 0, [0]) for name in ("a", "b")}
    old = {"a": [(0, -90.0)], "b": [(SIGNAL_HOLDS_US + SECOND, -40.0)]}
    receptions = [reception(name, [one.t_us for one in all_], old[name]) for name, all_ in said.items()]
    assert [span.key for span in spans(receptions)] == ["a"]


def test_values_of_one_packet_stay_together() -> None:
    """RR intervals of one packet are stored 1 µs apart; the copies of another gateway do not come between them."""
    one = np.array([0, 1, 2, SECOND, SECOND + 1, 3 * SECOND])
    other = np.array([t + 30_000 for t in (0, 1, 2, SECOND, SECOND + 1, 2 * SECOND, 2 * SECOND + 1)])
    found = [
        (span.key, t)
        for span in spans([reception("a", one), reception("b", other)])
        for t in (one if span.key == "a" else other).tolist()
        if span.since_us <= t < span.until_us
    ]
    filled = [("b", 2 * SECOND + 30_000), ("b", 2 * SECOND + 30_001)]
    assert found == [("a", t) for t in one[:5]] + filled + [("a", 3 * SECOND)]


def test_nobody_heard_is_no_span() -> None:
    assert spans([]) == []
    assert spans([reception("a", [])]) == []


# live

skews = st.integers(0, 400_000)


@given(
    st.lists(st.tuples(deafness, st.integers(-100_000, 100_000), delays, skews), min_size=1, max_size=3),
    st.dictionaries(st.sampled_from(["pitch-0", "pitch-1", "pitch-2"]), st.integers(-100, -40)),
)
@settings(max_examples=100, deadline=None)
def test_live_nothing_is_told_twice_or_older_than_before_and_no_hole_stays_that_another_could_fill(
    site: list, dbm: dict[str, float]
) -> None:
    """Gateways' words arrive up to 0.4 s apart; whatever was heard by a gateway whose word was in time is told."""
    handover: Handover[Said] = Handover()
    coming = sorted(
        (one.t_us + skew, f"pitch-{n}", one)
        for n, (deaf, offset, late, skew) in enumerate(site)
        for one in heard_by(COUNT, deaf, offset, late)
    )
    packets = [new for _, gateway, one in coming for new in handover.take(gateway, one, dbm)]
    assert [one.packet for one in packets] == sorted({one.packet for one in packets})
    heard = {one.packet for _, _, one in coming}
    missed = heard - {one.packet for one in packets}
    # A packet is left out only where a later one had been told before its first word came, or when it is the last.
    assert all(_came_late(packet, coming, packets) for packet in missed)


def _came_late(packet: int, coming: list, packets: list[Said]) -> bool:
    first_us = min(at for at, _, one in coming if one.packet == packet)
    later = [at for at, _, one in coming if one.packet > packet]
    return not later or min(later) <= first_us + SILENT_US


def test_live_and_alone_everything_new_is_told_at_once() -> None:
    handover: Handover[Said] = Handover()
    said = heard_by(10, {3, 4, 5}, 0, [0])
    assert [handover.take("a", one, {}) for one in said] == [[one] for one in said]
    assert handover.take("a", said[-1], {}) == []


def test_live_the_lead_passes_on_when_it_has_gone_silent_and_what_was_heard_meanwhile_is_told() -> None:
    handover: Handover[Said] = Handover()
    for packet in range(5):
        assert handover.take("a", Said(packet * SECOND, packet), {}) != []
        assert handover.take("b", Said(packet * SECOND + 50_000, packet), {}) == []
    assert handover.take("b", Said(5_050_000, 5), {}) == []
    assert [one.packet for one in handover.take("b", Said(6_050_000, 6), {})] == [5, 6]
    assert handover.lead == "b"
    assert handover.take("a", Said(6_000_000, 6), {}) == []  # too late: an older value after a newer one


def test_live_a_packet_that_only_the_other_heard_is_told_before_the_next_of_the_lead() -> None:
    handover: Handover[Said] = Handover()
    handover.take("a", Said(0, 0), {})
    assert handover.take("b", Said(1_050_000, 1), {}) == []
    assert [one.packet for one in handover.take("a", Said(2_000_000, 2), {})] == [1, 2]
    assert handover.lead == "a"


def test_live_the_stronger_signal_leads() -> None:
    handover: Handover[Said] = Handover()
    dbm = {"a": -60.0, "b": -80.0}
    assert handover.take("a", Said(0, 0), dbm)
    dbm = {"a": -80.0, "b": -60.0}
    assert handover.take("b", Said(50_000, 0), dbm) == []
    assert handover.lead == "b"
    assert handover.take("a", Said(SECOND, 1), dbm) == []
    assert [one.packet for one in handover.take("b", Said(1_050_000, 1), dbm)] == [1]


def test_where_one_hears_nothing_right_the_one_that_does_leads_and_the_other_fills_in() -> None:
    """A gateway whose clock is not set beside one that is deaf for a while: better a poor value than none."""
    poor = np.arange(0, 30 * SECOND, SECOND)
    right = np.delete(poor + 40_000, np.arange(10, 20))
    found = spans([Reception("poor", poor, np.zeros(30, np.bool_)), reception("right", right)])
    assert [(span.key, span.until_us // SECOND) for span in found] == [
        ("poor", 0),
        ("right", 9),
        ("poor", 20),
        ("right", 29),
    ]
