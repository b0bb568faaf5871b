"""What travels on sts.live: everything said is read again, nonsense is refused."""

from __future__ import annotations

from uuid import uuid4

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_hub.live import frames
from sts_hub.live.frames import Alert, FleetNews, Frame, FrameValue, Message, Notice
from sts_protocols.beat import SensorReport

MESSAGES: list[tuple[Message, str]] = [
    (Frame("pitch-1", "e", 1, 2, 3, 4, [FrameValue(1, 1, 3, 140.5, 0)]), "live.pitch-1"),
    (
        FleetNews("pitch-1", 4, "ok", sensors=[SensorReport("hr-01", "A0", "heart_rate", "live")]),
        "fleet.pitch-1",
    ),
    (Notice("database_away", 4), "live.notice"),
    (Alert("a1", 4, "Heart rate over 200 for 30 s.", athlete=uuid4()), "alert.a1"),
]


@pytest.mark.parametrize(("message", "key"), MESSAGES)
def test_what_is_said_is_read_again_under_its_key(message: Message, key: str) -> None:
    assert frames.decode(frames.encode(message)) == message
    assert frames.routing_key(message) == key


@given(st.binary(max_size=200))
@settings(max_examples=100)
def test_nonsense_is_one_kind_of_error(body: bytes) -> None:
    with pytest.raises((msgspec.MsgspecError, UnicodeDecodeError)):
        frames.decode(body)


def test_thirty_values_take_less_than_two_kilobytes() -> None:
    values = [FrameValue(sensor, 1, 1_795_380_309_411_000, 140.0, 0) for sensor in range(30)]
    assert len(frames.encode(Frame("pitch-1", uuid4().hex, 1, 2, 3, 4, values))) < 2000
