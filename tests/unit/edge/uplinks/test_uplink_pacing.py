"""The backlog's pacing, against a link that is only arithmetic."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

import pytest

from sts_edge.uplinks.pacing import CONFIRM_MEMORY_S, FIRST_WINDOW_BYTES, QUEUE_ALLOWANCE_S, Pacing, Ticket

RECORD = 500
MESSAGE = 64 * 1024


@dataclass
class Link:
    """A bottleneck of a given rate and round trip, a queue before it, and an endless backlog sent over it."""

    rate: float
    round_trip_s: float
    pacing: Pacing = field(default_factory=Pacing)
    now: float = 0.0
    free_s: float = 0.0
    delivered: int = 0
    waits: list[float] = field(default_factory=list)
    confirms: list[tuple[float, Ticket]] = field(default_factory=list)

    def run(self, until_s: float) -> None:
        """Send what the pacing allows, with a live record's confirm seen every 250 ms."""
        next_live_s = self.now + 0.25
        while self.now < until_s:
            if self._send():
                continue
            self.now = min(self.confirms[0][0], next_live_s)
            if self.now == next_live_s:
                next_live_s += 0.25
                self.waits.append(max(0.0, self.free_s - self.now))
                self.pacing.live_confirmed(self.waits[-1] + self.round_trip_s, self.now)
            else:
                self._confirm()

    def _send(self) -> bool:
        piece = self.pacing.piece(self.now)
        size = max(RECORD, min(MESSAGE, piece))
        if not piece or not self.pacing.may_send(size, self.now):
            return False
        ticket = self.pacing.sent(size, self.now)
        self.free_s = max(self.now, self.free_s) + size / self.rate
        heapq.heappush(self.confirms, (self.free_s + self.round_trip_s, ticket))
        return True

    def _confirm(self) -> None:
        _, ticket = heapq.heappop(self.confirms)
        self.pacing.confirmed(ticket, self.now)
        self.delivered += ticket.size

    def wait_p95(self) -> float:
        return sorted(self.waits)[int(0.95 * len(self.waits))]


def test_one_message_alone_may_always_be_sent() -> None:
    pacing = Pacing()
    assert pacing.may_send(MESSAGE, 0.0)
    pacing.sent(MESSAGE, 0.0)
    assert not pacing.may_send(1, 0.0)


def test_a_small_gap_in_the_window_is_not_filled_with_a_small_message() -> None:
    pacing = Pacing()
    pacing.confirmed(pacing.sent(10_000, 0.0), 0.5)
    pacing.sent(pacing.window(0.5) - 100, 0.5)
    assert pacing.piece(0.5) == 0


def test_before_anything_is_known_a_few_records_may_be_in_flight() -> None:
    assert Pacing().window(0.0) == FIRST_WINDOW_BYTES


def test_the_window_is_rate_times_shortest_confirm_and_allowance() -> None:
    pacing = Pacing()
    pacing.confirmed(pacing.sent(10_000, 0.0), 0.5)
    assert pacing.window(0.5) == int(10_000 / 0.5 * (0.5 + QUEUE_ALLOWANCE_S))


def test_a_message_that_failed_frees_its_bytes_and_teaches_nothing() -> None:
    pacing = Pacing()
    pacing.failed(pacing.sent(10_000, 0.0))
    assert (pacing.in_flight, pacing.rate(1.0)) == (0, 0.0)


def test_a_confirm_time_is_forgotten_after_half_a_minute() -> None:
    pacing = Pacing()
    pacing.live_confirmed(0.01, 0.0)
    pacing.live_confirmed(0.3, 20.0)
    assert pacing.shortest_confirm_s(CONFIRM_MEMORY_S) == 0.01
    assert pacing.shortest_confirm_s(CONFIRM_MEMORY_S + 0.1) == 0.3


@pytest.mark.parametrize("round_trip_s", [0.04, 0.8])
def test_a_backlog_fills_a_slow_link(round_trip_s: float) -> None:
    """256 kbit/s are 32,000 B/s; the first 20 s, in which the rate is learnt, are not counted."""
    link = Link(32_000, round_trip_s)
    link.run(20.0)
    learnt = link.delivered
    link.run(80.0)
    assert (link.delivered - learnt) / 60.0 >= 0.8 * 32_000


def test_one_record_at_a_time_would_not_fill_a_long_link(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: starting from a single record, the window never has room for a second one."""
    monkeypatch.setattr("sts_edge.uplinks.pacing.FIRST_WINDOW_BYTES", 1)
    link = Link(32_000, 0.8)
    link.run(80.0)
    assert link.delivered / 80.0 < 0.1 * 32_000


@pytest.mark.parametrize("round_trip_s", [0.04, 0.8])
def test_no_more_than_the_allowance_waits_in_the_network(round_trip_s: float) -> None:
    link = Link(32_000, round_trip_s)
    link.run(120.0)
    assert link.wait_p95() <= QUEUE_ALLOWANCE_S * 1.1


def test_without_a_rest_the_queue_hides_the_shortest_confirm(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a lane that never rests lets more and more wait."""
    monkeypatch.setattr("sts_edge.uplinks.pacing.REST_AFTER_S", 1e9)
    link = Link(32_000, 0.04)
    link.run(120.0)
    assert link.wait_p95() > QUEUE_ALLOWANCE_S * 1.5


def test_a_fast_link_is_learnt_in_a_second() -> None:
    link = Link(10_000_000, 0.005)
    link.run(1.0)
    assert link.pacing.window(1.0) > 1_000_000


def test_a_link_that_slows_down_is_learnt_in_seconds() -> None:
    link = Link(320_000, 0.04)
    link.run(5.0)
    link.rate = 32_000
    link.run(15.0)
    link.waits.clear()
    link.run(30.0)
    assert link.wait_p95() <= QUEUE_ALLOWANCE_S * 1.1
