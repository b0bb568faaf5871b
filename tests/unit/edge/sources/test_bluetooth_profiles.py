"""What each kind of machine is listened to by, which of its ways counts, and that a link begins anew."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from sts_edge.config import SensorSettings
from sts_edge.config.ways_in import SensorKind
from sts_edge.sources.bluetooth.broadcasts import BROADCASTS
from sts_edge.sources.bluetooth.precedence import KEPT_US, Precedence
from sts_edge.sources.bluetooth.profiles import MACHINES, PROFILES, Subscription, subscriptions
from sts_protocols.metrics import CADENCE, POWER, SPEED, by_id
from sts_protocols.sample import Value

SECOND_US = 1_000_000
POWER_150, POWER_151 = Value(POWER.id, 150.0, 0), Value(POWER.id, 151.0, 0)
CADENCE_90 = Value(CADENCE.id, 90.0, 0)


def sensor(kind: str, **more: Any) -> SensorSettings:
    return SensorSettings(name="m-01", address="A0:9E:1A:00:00:01", kind=kind, **more)  # type: ignore[arg-type]


def told(subscription: Subscription, frame: str, boot_us: int = 0) -> dict[str, float]:
    """Metric by name, as one frame of a characteristic gives it."""
    values = subscription.hear(bytes.fromhex(frame), boot_us).values
    return {metric.name: value.value for value in values if (metric := by_id(value.metric)) is not None}


def test_every_kind_of_the_settings_is_listened_to() -> None:
    """By its link, its broadcast, or both. Over a link each demands one characteristic at least, so that a wrong
    kind is found; an oximeter may have either of two."""
    assert set(get_args(SensorKind)) == {*PROFILES, *MACHINES, *BROADCASTS}
    for kind in {*PROFILES, *MACHINES} - {"oximeter"}:
        assert any(one.required for one in subscriptions(sensor(kind)))


def test_a_power_meter_counts_before_the_bike_that_shows_the_same() -> None:
    """Power and cadence of the meter, the rest of the bike: no metric comes from both."""
    power, bike, _ = subscriptions(sensor("bike"))
    assert told(power, "20 00 96 00 0a 00 00 10") == {"power": 150.0}
    assert told(bike, "44 00 10 0e b4 00 97 00", 1) == {}
    assert told(power, "20 00 96 00 0d 00 00 18", 2 * SECOND_US) == {"power": 150.0, "cadence": 90.0}
    assert told(bike, "44 00 10 0e b4 00 97 00", KEPT_US) == {"speed": 10.0}


def test_a_bike_alone_is_heard_whole_when_no_better_source_has_spoken() -> None:
    """After three seconds nobody better is waited for."""
    _, bike, _ = subscriptions(sensor("bike"))
    assert told(bike, "44 00 10 0e b4 00 96 00") == {}
    assert told(bike, "44 00 10 0e b4 00 96 00", KEPT_US) == {"speed": 10.0, "cadence": 90.0, "power": 150.0}


def test_when_the_better_source_falls_silent_the_next_one_takes_over_and_gives_back() -> None:
    """At each moment one source counts."""
    precedence = Precedence()
    assert precedence.admit(0, (POWER_150,), 0) == (POWER_150,)
    assert precedence.admit(1, (POWER_151, CADENCE_90), KEPT_US - 1) == ()
    assert precedence.admit(1, (POWER_151, CADENCE_90), KEPT_US) == (POWER_151, CADENCE_90)
    assert precedence.admit(0, (POWER_150,), KEPT_US + 1) == (POWER_150,)
    assert precedence.admit(1, (POWER_151, CADENCE_90), KEPT_US + 2) == (CADENCE_90,)


def test_two_values_of_one_metric_in_a_frame_both_count() -> None:
    """They come from one source."""
    assert Precedence().admit(0, (POWER_150, POWER_151), 0) == (POWER_150, POWER_151)


@pytest.mark.parametrize(("wheel_mm", "speed"), [(2100, 10.5), (None, None)])
def test_a_speed_needs_the_circumference_of_the_wheel(wheel_mm: int | None, speed: float | None) -> None:
    """5 turns a second of 2.1 m; without it nothing is guessed."""
    (wheels,) = subscriptions(sensor("speed_cadence", wheel_mm=wheel_mm))
    told(wheels, "01 64 00 00 00 00 10")
    after = told(wheels, "01 69 00 00 00 00 14", SECOND_US)
    assert after.get(SPEED.name) == speed
    assert after["wheel_rate"] == 300.0


def test_nothing_is_computed_across_two_links() -> None:
    """The counters of a link that was lost are forgotten."""
    (before,), (after,) = (subscriptions(sensor("speed_cadence")) for _ in range(2))
    told(before, "02 0a 00 00 10")
    assert told(after, "02 0d 00 00 18", 2 * SECOND_US) == {}


def test_a_rowing_monitor_tells_by_five_characteristics() -> None:
    """Status and strokes; power where it says watts."""
    told_by = {one.uuid[4:8]: one for one in subscriptions(sensor("rowing_monitor"))}
    assert sorted(told_by) == ["0031", "0032", "0033", "0035", "0036"]
    assert told(told_by["0036"], "d2 04 00 c8 00 bc 02 64 00 a4 01 00 d0 07 00", KEPT_US) == {"power": 200.0}
