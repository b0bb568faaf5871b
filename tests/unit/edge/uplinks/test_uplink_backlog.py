"""The backlog lane's caution: a record that closes the channel does not take others along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sts_edge.uplinks.backlog import REFUSED_IN_A_ROW, BacklogLane
from sts_edge.uplinks.flight import Flight
from sts_edge.uplinks.line import Outcome, Verdict
from sts_protocols.record import UNKNOWN_CLOCK, Kind, Record, seal
from uplink_stores import NotingStore

EPOCH = b"e" * 16


def records(count: int) -> list[Record]:
    return [seal(Kind.LOG, b"s" * 8, EPOCH, seq, 0, 0, UNKNOWN_CLOCK, b"x" * 300) for seq in range(count)]


class ScriptedLine:
    """Clear and not blocked."""

    is_clear = True
    is_blocked = False
    in_turn = False


class ScriptedOutlet:
    """Holds what was published until the test judges it; a refusal shuts it."""

    def __init__(self) -> None:
        self.is_shut = False
        self.lanes: list[str] = []
        self.under_way: list[tuple[bytes, Callable[[Verdict], None]]] = []

    def publish(self, body: bytes, lane: str, on_verdict: Callable[[Verdict], None]) -> None:
        self.lanes.append(lane)
        self.under_way.append((body, on_verdict))

    def judge(self, guilty: Callable[[bytes], bool]) -> None:
        """Confirm in order, until a guilty message closes the channel for all that is under way."""
        while self.under_way:
            body, on_verdict = self.under_way.pop(0)
            if guilty(body):
                self.is_shut = True
                on_verdict(Verdict(Outcome.REFUSED, "no"))
                for _, other in self.under_way:
                    other(Verdict(Outcome.REFUSED, "no"))
                self.under_way.clear()
                return
            on_verdict(Verdict(Outcome.ACKED))


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sts_edge.uplinks.backlog.FIRST_PAUSE_S", 0.0)


def drained(store: NotingStore, flight: Flight, guilty: Callable[[bytes], bool], channels: int = 50) -> int:
    """Send all over one channel after the other; how many channels it took."""
    lane = BacklogLane(store, flight, lambda _: True, lambda: True)
    line: Any = ScriptedLine()
    for used in range(1, channels + 1):
        outlet: Any = ScriptedOutlet()
        lane.use(line, outlet)
        lane.pump()
        while outlet.under_way and not outlet.is_shut:
            outlet.judge(guilty)
        if not outlet.is_shut:
            return used
        lane.shut()
    return channels


async def test_what_nobody_refuses_goes_over_one_channel() -> None:
    store = NotingStore(records=records(50))
    assert drained(store, Flight(store), lambda _: False) == 1
    assert len(store.confirmed) == 50


@pytest.mark.parametrize("guilty", [0, 17, 49])
async def test_one_guilty_record_is_set_aside_and_all_others_arrive(guilty: int) -> None:
    store = NotingStore(records=records(50))
    flight = Flight(store)
    bad = store.records[guilty].raw
    drained(store, flight, lambda body: bad in body)
    assert sorted(seq for _, seq in store.confirmed) == [seq for seq in range(50) if seq != guilty]
    assert (EPOCH, guilty) in flight
    assert flight.aside == 1


async def test_when_every_record_is_refused_none_is_set_aside() -> None:
    """Then it is not the records' fault: they wait for whoever mends the rights."""
    store = NotingStore(records=records(50))
    flight = Flight(store)
    assert drained(store, flight, lambda _: True, channels=REFUSED_IN_A_ROW + 5) > REFUSED_IN_A_ROW
    assert flight.aside == 0
    assert not store.confirmed


async def test_nothing_goes_while_a_live_record_waits() -> None:
    store = NotingStore(records=records(5))
    lane = BacklogLane(store, Flight(store), lambda _: True, lambda: False)
    outlet: Any = ScriptedOutlet()
    lane.use(ScriptedLine(), outlet)  # type: ignore[arg-type]
    lane.pump()
    assert not outlet.under_way


def log_and_document(first_seq: int) -> list[Record]:
    return [
        seal(kind, b"s" * 8, EPOCH, first_seq + place, 0, 0, UNKNOWN_CLOCK, b"x" * 300)
        for place, kind in enumerate((Kind.LOG, Kind.DOCUMENT))
    ]


async def test_documents_travel_by_a_lane_of_their_own() -> None:
    """And what came before and after them in the log goes with its like, in order."""
    store = NotingStore(records=[*log_and_document(0), *log_and_document(2)])
    lane = BacklogLane(store, Flight(store), lambda _: True, lambda: True)
    outlet: Any = ScriptedOutlet()
    lane.use(ScriptedLine(), outlet)  # type: ignore[arg-type]
    lane.pump()
    while outlet.under_way:
        outlet.judge(lambda _: False)
    assert outlet.lanes == ["backlog", "document"] * 2
    assert [seq for _, seq in store.confirmed] == [0, 1, 2, 3]


async def test_a_full_queue_of_documents_holds_back_documents_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sts_edge.uplinks.backlog.FIRST_PAUSE_S", 60.0)
    store = NotingStore(records=[*log_and_document(0), *log_and_document(2)])
    lane = BacklogLane(store, Flight(store), lambda _: True, lambda: True)
    words: list[tuple[str, Outcome]] = []
    lane.on_verdict = lambda word, verdict: words.append((word, verdict.outcome))
    outlet: Any = ScriptedOutlet()
    lane.use(ScriptedLine(), outlet)  # type: ignore[arg-type]
    lane.pump()
    judged = 0
    while outlet.under_way:
        _, on_verdict = outlet.under_way.pop(0)
        full = outlet.lanes[judged] == "document"
        judged += 1
        on_verdict(Verdict(Outcome.NACKED if full else Outcome.ACKED))
    assert [seq for _, seq in store.confirmed] == [0, 2]
    assert words.count(("document", Outcome.NACKED)) == 2  # each once, and not again while its queue is full
