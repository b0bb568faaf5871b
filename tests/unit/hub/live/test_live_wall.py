"""The wall: what is newest, what is told, and what a client that was away may go on from."""

from __future__ import annotations

import pytest

from sts_hub.live.frames import FleetNews, Frame, FrameValue, Notice
from sts_hub.live.wall import RING, TREND_US, Entry, Gap, Place, Wall
from sts_protocols.metrics import BATTERY_LEVEL, HEART_RATE, SIGNAL_STRENGTH
from sts_protocols.sample import Quality

SECOND = 1_000_000


def value(sensor: int = 1, t_us: int = 0, heart_rate: float = 140, quality: int = 0) -> FrameValue:
    return FrameValue(sensor, HEART_RATE.id, t_us, heart_rate, quality)


def frame(*values: FrameValue, gateway: str = "pitch-1") -> Frame:
    return Frame(gateway, "e", 1, 0, 0, 0, list(values))


class Ear:
    """A listener that writes down what it is told."""

    def __init__(self) -> None:
        self.heard: list[Entry] = []

    def tell(self, entry: Entry) -> None:
        self.heard.append(entry)


@pytest.fixture
def wall() -> Wall:
    return Wall(boot="b007")


@pytest.fixture
def ear(wall: Wall) -> Ear:
    listener = Ear()
    wall.join(listener)
    return listener


def test_the_newest_value_by_time_wins_whatever_order_frames_come_in(wall: Wall) -> None:
    for t_us in (2, 5, 3, 1):
        wall.take(frame(value(t_us=t_us, heart_rate=t_us)))
    assert [known.t_us for known in wall.of(1)] == [5]


def test_a_repeated_frame_is_not_told_twice(wall: Wall, ear: Ear) -> None:
    wall.take(frame(value(t_us=1)))
    wall.take(frame(value(t_us=1)))
    assert len(ear.heard) == 1


def test_only_what_is_new_in_a_frame_is_told(wall: Wall, ear: Ear) -> None:
    wall.take(frame(value(1, 5), value(2, 5)))
    wall.take(frame(value(1, 4), value(2, 6)))
    assert [len(entry.what) for entry in ear.heard] == [2, 1]


def test_each_thing_heard_has_the_next_number(wall: Wall, ear: Ear) -> None:
    wall.take(frame(value(t_us=1)))
    wall.take(FleetNews("pitch-1", 1, "ok"))
    wall.take(Notice("database_away", 5))
    assert [entry.seq for entry in ear.heard] == [1, 2, 3]
    assert str(wall.place) == "b007-3"


def test_who_left_is_told_nothing(wall: Wall, ear: Ear) -> None:
    wall.leave(ear)
    wall.take(frame(value()))
    assert ear.heard == []


def test_a_client_goes_on_after_its_place(wall: Wall) -> None:
    for t_us in range(1, 6):
        wall.take(frame(value(t_us=t_us)))
    assert [entry.seq for entry in wall.since(Place("b007", 3)) or []] == [4, 5]
    assert wall.since(Place("b007", 5)) == []


@pytest.mark.parametrize("place", [None, Place("0ther", 3), Place("b007", 99)])
def test_an_unknown_place_means_a_snapshot(wall: Wall, place: Place | None) -> None:
    for t_us in range(1, 6):
        wall.take(frame(value(t_us=t_us)))
    assert wall.since(place) is None


def test_a_place_that_left_the_ring_means_a_snapshot(wall: Wall) -> None:
    for t_us in range(1, RING + 3):
        wall.take(frame(value(t_us=t_us)))
    assert wall.since(Place("b007", 1)) is None
    assert len(wall.since(Place("b007", 2)) or []) == RING


@pytest.mark.parametrize("text", [None, "", "b007", "b007-", "b007-x", "-", "b007-²", "b007-" + "9" * 30])
def test_no_place_is_read_from_nonsense(text: str | None) -> None:
    assert Place.parse(text) is None


def test_a_place_is_read_from_what_was_written() -> None:
    assert Place.parse(str(Place("b007", 12))) == Place("b007", 12)


def test_the_trend_holds_a_minute_of_credible_heart_rates(wall: Wall) -> None:
    for second in range(100):
        wall.take(frame(value(t_us=second * SECOND)))
    wall.take(frame(value(t_us=100 * SECOND, quality=Quality.NO_CONTACT)))
    wall.take(frame(FrameValue(1, BATTERY_LEVEL.id, 100 * SECOND, 90, 0)))
    times = [known.t_us for known in wall.trend(1)]
    assert times == [second * SECOND for second in range(39, 100)]
    assert times[-1] - times[0] == TREND_US


def test_the_past_fills_the_trend_without_being_told(wall: Wall, ear: Ear) -> None:
    wall.take(frame(value(t_us=30 * SECOND)))
    wall.fill(("pitch-1", value(t_us=second * SECOND)) for second in (-60, 10, 20, 30))
    assert [known.t_us // SECOND for known in wall.trend(1)] == [10, 20, 30]
    assert [known.t_us for known in wall.of(1)] == [30 * SECOND]
    assert len(ear.heard) == 1


def test_the_past_alone_is_the_newest_known(wall: Wall) -> None:
    wall.fill([("pitch-1", value(t_us=10 * SECOND, heart_rate=99))])
    assert [known.value for known in wall.of(1)] == [99]


LATE_US = 40_000


def beats_told(ear: Ear) -> list[int]:
    """The seconds of all values told, in their order."""
    return [value.t_us // SECOND for entry in ear.heard for value in entry.what]


def test_two_gateways_that_hear_one_strap_are_one_stream(wall: Wall, ear: Ear) -> None:
    for second in range(20):
        wall.take(frame(value(t_us=second * SECOND)))
        wall.take(frame(value(t_us=second * SECOND + LATE_US), gateway="pitch-2"))
    assert beats_told(ear) == list(range(20))
    assert [known.t_us // SECOND for known in wall.trend(1)] == list(range(20))


def test_a_strap_that_walks_over_is_handed_over_without_a_hole_or_a_double(wall: Wall, ear: Ear) -> None:
    for second in range(20):
        if second < 12:
            wall.take(frame(value(t_us=second * SECOND)))
        if second > 8:
            wall.take(frame(value(t_us=second * SECOND + LATE_US), gateway="pitch-2"))
    assert beats_told(ear) == list(range(20))
    times = [value.t_us for entry in ear.heard for value in entry.what]
    assert times == sorted(times)


def test_the_past_of_two_gateways_is_one_trend_and_its_last_value_is_not_told_again(
    wall: Wall, ear: Ear
) -> None:
    past = [("pitch-1", 0), ("pitch-2", LATE_US), ("pitch-1", SECOND), ("pitch-2", SECOND + LATE_US)]
    wall.fill((gateway, value(t_us=t_us)) for gateway, t_us in past)
    wall.take(frame(value(t_us=SECOND + LATE_US), gateway="pitch-2"))
    assert ear.heard == []
    wall.take(frame(value(t_us=2 * SECOND)))
    assert [known.t_us for known in wall.trend(1)] == [0, SECOND, 2 * SECOND]


def test_the_gateway_with_the_stronger_signal_is_shown_and_its_signal_is_not(wall: Wall, ear: Ear) -> None:
    def signal(second: int, dbm: float) -> FrameValue:
        return FrameValue(1, SIGNAL_STRENGTH.id, second * SECOND, dbm, 0)

    for second in range(30):
        wall.take(frame(value(t_us=second * SECOND, heart_rate=100), signal(second, -60.0 - second)))
        after = value(t_us=second * SECOND + LATE_US, heart_rate=200)
        wall.take(frame(after, signal(second, -90.0 + second), gateway="pitch-2"))
    told = [one for entry in ear.heard for one in entry.what]
    assert {one.metric for one in told} == {HEART_RATE.id}
    assert beats_told(ear) == list(range(30))
    # At second 18 -78 dBm here and -72 dBm there: the first time that the other is stronger by the margin.
    assert [one.value for one in told] == [100] * 19 + [200] * 11


def test_gateways_of_different_sensors_do_not_wait_for_each_other(wall: Wall, ear: Ear) -> None:
    wall.take(frame(value(1, 0)))
    wall.take(frame(value(2, LATE_US), gateway="pitch-2"))
    assert [len(entry.what) for entry in ear.heard] == [1, 1]


def test_a_gap_opens_once_and_ends_with_the_notice(wall: Wall, ear: Ear) -> None:
    wall.take(Notice("database_away", 5))
    wall.take(Notice("database_away", 9))
    assert wall.gap == Gap("database_away", 5)
    wall.take(Notice("database_back", 10))
    assert [entry.what for entry in ear.heard] == [Gap("database_away", 5), None]


def test_values_end_a_gap_of_the_database(wall: Wall, ear: Ear) -> None:
    wall.take(Notice("database_away", 5))
    wall.take(frame(value(t_us=6)))
    assert wall.gap is None
    assert [type(entry.what).__name__ for entry in ear.heard] == ["Gap", "NoneType", "list"]


def test_a_lost_link_is_a_gap_until_it_is_back(wall: Wall) -> None:
    wall.open_gap(Gap("broker_away", 1))
    wall.close_gap("database_away")
    assert wall.gap == Gap("broker_away", 1)
    wall.close_gap("broker_away")
    assert wall.gap is None


def test_news_of_a_gateway_that_are_older_are_not_told(wall: Wall, ear: Ear) -> None:
    wall.take(FleetNews("pitch-1", 9, "ok"))
    wall.take(FleetNews("pitch-1", 5, "failed"))
    assert len(ear.heard) == 1
    assert wall.fleet["pitch-1"].state == "ok"
