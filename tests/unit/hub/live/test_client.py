"""What waits for one client: only what it may see, never more than the newest, and every alert."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from sts_hub.analytics.so_far import QUANTITIES
from sts_hub.gateways.schemas import Gateway
from sts_hub.live import events
from sts_hub.live.client import Client
from sts_hub.live.frames import Alert, FleetNews, Frame, FrameValue, Notice
from sts_hub.live.repository import Person, Worn
from sts_hub.live.schemas import EVENTS
from sts_hub.live.views import Roster, View
from sts_hub.live.wall import MAX_ALERTS, RING, Place, Wall
from sts_hub.policy import Caller, Role
from sts_protocols.metrics import HEART_RATE, RR_INTERVAL
from sts_protocols.sample import Quality

CLUB, TEAM, ROSA, RUDI = (uuid4() for _ in range(4))


def person(athlete: UUID, number: int) -> Person:
    return Person(athlete, CLUB, TEAM, None, number, f"Number {number}", 190)


def worn(athlete: UUID, sensor: int, **more: Any) -> Worn:
    return Worn(
        athlete,
        sensor,
        f"hr-{sensor:02}",
        "heart_rate",
        **{"since_us": 0, "until_us": None, "consents": True} | more,
    )


def gateway(name: str = "pitch-1") -> Gateway:
    return Gateway(
        name=name,
        site="Pitch",
        state="never",
        faults=[],
        heard_at=None,
        sensors=[],
        buffer=None,
        clock=None,
        versions={},
    )


@pytest.fixture
def wall() -> Wall:
    return Wall(boot="b007")


@pytest.fixture
def view(wall: Wall) -> View:
    caller = Caller(uuid4(), CLUB, Role.COACH, frozenset({TEAM}))
    made = View(None, wall, caller, None)  # type: ignore[arg-type] - nothing is read here
    made.roster = Roster(
        [person(ROSA, 7), person(RUDI, 8)], {1: worn(ROSA, 1), 2: worn(RUDI, 2)}, {"pitch-1": gateway()}
    )
    return made


@pytest.fixture
def client(wall: Wall, view: View) -> Client:
    made = Client(wall, view, view.caller)
    wall.join(made)
    made.drain()
    return made


def say(wall: Wall, *values: FrameValue) -> None:
    wall.take(Frame("pitch-1", "e", 1, 0, 0, 0, list(values)))


def heart_rate(sensor: int, t_ms: int, value: float = 140, quality: int = 0) -> FrameValue:
    return FrameValue(sensor, HEART_RATE.id, t_ms * 1000, value, quality)


def names(drained: list[Any]) -> list[str]:
    return [event.name for event in drained]


def test_the_first_thing_is_a_snapshot_of_everybody(wall: Wall, view: View) -> None:
    say(wall, heart_rate(1, 1000, 150))
    (first,) = Client(wall, view, view.caller).drain(now_ms=lambda: 2000)
    assert first.name == "snapshot"
    rosa, rudi = first.data["athletes"]
    assert rosa["values"]["heart_rate"] == {"t_ms": 1000, "value": 150, "quality": "ok"}
    assert rosa["trend"] == {"t_ms": [1000], "value": [150]}
    assert rosa["sensor"] == {"id": 1, "label": "hr-01", "kind": "heart_rate"}
    assert (rudi["values"], rudi["trend"]) == ({}, {"t_ms": [], "value": []})


def test_the_trend_ends_a_minute_ago(wall: Wall, view: View) -> None:
    say(wall, heart_rate(1, 1000, 150))
    (first,) = Client(wall, view, view.caller).drain(now_ms=lambda: 61_001)
    assert first.data["athletes"][0]["trend"]["t_ms"] == []


def test_a_value_reaches_the_client_as_its_athletes(wall: Wall, client: Client) -> None:
    say(wall, heart_rate(2, 1000, 155, Quality.NO_CONTACT))
    (frame,) = client.drain()
    assert frame.data["values"] == [
        {"athlete": RUDI, "metric": "heart_rate", "t_ms": 1000, "value": 155, "quality": "no_contact"}
    ]
    assert str(frame.place) == "b007-1"
    assert client.drain() == []


def test_of_what_waits_only_the_newest_is_kept(wall: Wall, client: Client) -> None:
    for t_ms in range(10_000):
        say(
            wall,
            heart_rate(1, t_ms, t_ms),
            heart_rate(2, t_ms, t_ms),
            FrameValue(1, RR_INTERVAL.id, t_ms, 400, 0),
        )
    assert len(client._values) == 3
    (frame,) = client.drain()
    assert len(frame.data["values"]) == 3
    assert {item["value"] for item in frame.data["values"]} == {9999, 400}


def test_values_of_sensors_that_the_client_may_not_see_do_not_even_wake_it(
    wall: Wall, client: Client
) -> None:
    say(wall, heart_rate(99, 1000))
    assert not client.wake.is_set()
    assert client.drain() == []


@pytest.mark.parametrize(
    "wearing",
    [{"since_us": 2_000_000}, {"until_us": 1_000_000}, {"consents": False}],
    ids=["put on later", "taken off before", "no consent"],
)
def test_a_value_that_is_not_the_wearers_is_not_shown(
    wall: Wall, view: View, client: Client, wearing: dict
) -> None:
    view.roster.worn[1] = worn(ROSA, 1, **wearing)
    say(wall, heart_rate(1, 1000))
    assert client.drain() == []
    (snapshot,) = Client(wall, view, view.caller).drain(now_ms=lambda: 2000)
    assert snapshot.data["athletes"][0]["values"] == {}
    assert snapshot.data["athletes"][0]["trend"]["t_ms"] == []


def test_what_was_worked_out_is_told_by_its_name(wall: Wall, client: Client) -> None:
    load = QUANTITIES["load_edwards"].id
    wall.show([FrameValue(1, load, 5_000_000, 2.5, 0), FrameValue(1, -999, 5_000_000, 1.0, 0)])
    wall.show([FrameValue(1, load, 4_000_000, 2.0, 0)])
    (frame,) = client.drain()
    assert [(item["metric"], item["value"]) for item in frame.data["values"]] == [("load_edwards", 2.5)]


def test_with_two_sensors_the_newer_value_is_the_athletes(wall: Wall, view: View, client: Client) -> None:
    view.roster.worn[2] = worn(ROSA, 2)
    say(wall, heart_rate(1, 2000, 150), heart_rate(2, 1000, 90))
    (frame,) = client.drain()
    assert [item["value"] for item in frame.data["values"]] == [150]


def test_no_alert_is_left_out(wall: Wall, client: Client) -> None:
    for number in range(MAX_ALERTS):
        wall.take(Alert(str(number), number, "Look.", athlete=ROSA))
        say(wall, heart_rate(1, number))
    drained = client.drain()
    assert [event.data["id"] for event in drained if event.name == "alert"] == [
        str(n) for n in range(MAX_ALERTS)
    ]
    assert client.bye is None


def test_who_lets_a_thousand_alerts_wait_is_sent_away_rather_than_told_less(
    wall: Wall, client: Client
) -> None:
    for number in range(MAX_ALERTS + 1):
        wall.take(Alert(str(number), number, "Look.", athlete=ROSA))
    assert client.bye is not None
    assert client.bye[0] == "too_slow"


def test_alerts_of_others_are_not_told(wall: Wall, client: Client) -> None:
    wall.take(Alert("1", 1, "Look.", athlete=uuid4()))
    wall.take(Alert("2", 1, "Look.", gateway="other-pitch"))
    assert client.drain() == []


def test_news_of_the_own_gateways_come_newest_only(wall: Wall, client: Client) -> None:
    hub_us = int(datetime.now(UTC).timestamp() * 1e6)
    wall.take(FleetNews("pitch-1", hub_us, "ok"))
    wall.take(FleetNews("pitch-1", hub_us + 1, "degraded", ["The clock is not set."]))
    wall.take(FleetNews("other-pitch", hub_us, "ok"))
    (fleet,) = client.drain()
    assert [(one["name"], one["state"]) for one in fleet.data["gateways"]] == [("pitch-1", "degraded")]


def test_a_gap_is_told_and_its_end(wall: Wall, client: Client) -> None:
    wall.take(Notice("database_away", 5_000_000))
    assert client.drain()[0].data == {"reason": "database_away", "since_ms": 5000}
    say(wall, heart_rate(1, 6000))
    assert [event.data.get("reason") for event in client.drain()] == ["over", None]


def test_another_roster_brings_a_snapshot_and_no_frame_before_it(
    wall: Wall, view: View, client: Client
) -> None:
    say(wall, heart_rate(1, 1000))
    client.view_changed()
    assert names(client.drain()) == ["snapshot"]


def test_resuming_replays_what_was_missed_one_by_one(wall: Wall, view: View) -> None:
    for t_ms in range(1, 6):
        say(wall, heart_rate(1, t_ms * 1000, t_ms))
    back = Client(wall, view, view.caller)
    missed = back.resume(Place("b007", 2))
    assert [event.data["values"][0]["value"] for event in missed] == [3, 4, 5]
    assert [event.place.seq for event in missed] == [3, 4, 5]
    assert back.drain() == []


def test_resuming_on_a_changed_wall_begins_with_a_snapshot(wall: Wall, view: View) -> None:
    for t_ms in range(1, 6):
        say(wall, heart_rate(1, t_ms * 1000))
    view.changed_at = 4
    back = Client(wall, view, view.caller)
    assert back.resume(Place("b007", 2)) == []
    assert names(back.drain()) == ["snapshot"]


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (
            Place("b007", 1),
            ["b", "c"],
        ),  # fallen out of the ring, and with it what came before the last minute
        (Place("b007", 2), ["c"]),
        (Place("0ther", 9), ["a", "b", "c"]),
        (None, []),  # a fresh tab reads the list
    ],
)
def test_who_was_away_for_long_gets_a_snapshot_and_every_alert_since(
    wall: Wall, view: View, place: Place | None, told: list[str]
) -> None:
    for name in "ab":
        wall.take(Alert(name, 1, "Look.", athlete=ROSA))
    for t_ms in range(RING):
        say(wall, heart_rate(1, 1000 + t_ms))
    wall.take(Alert("c", 1, "Look.", athlete=ROSA))
    back = Client(wall, view, view.caller)
    assert back.resume(place) == []
    drained = back.drain()
    assert names(drained)[0] == "snapshot"
    assert [event.data["id"] for event in drained if event.name == "alert"] == told


def test_every_event_has_the_shape_that_the_document_promises(wall: Wall, view: View, client: Client) -> None:
    say(wall, heart_rate(1, 1000))
    wall.take(Alert("1", 1, "Look.", athlete=ROSA))
    wall.take(FleetNews("pitch-1", 1, "ok"))
    wall.take(Notice("database_away", 5))
    told = [*client.drain(), *Client(wall, view, view.caller).drain()]
    assert set(names(told)) == set(EVENTS) - {"bye"}
    for event in told:
        wire = events.wire(*event).decode()
        assert wire.endswith("\n\n")
        name, where, data = wire.strip().split("\n")
        assert (name, where) == (f"event: {event.name}", f"id: {event.place}")
        model = EVENTS[event.name]
        parsed = json.loads(data.removeprefix("data: "))
        assert model.model_validate(parsed).model_dump(mode="json") == parsed
