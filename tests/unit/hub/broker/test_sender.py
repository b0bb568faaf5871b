"""Who a message is from, and where the broker is."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sts_hub.broker.management import vhost_of
from sts_hub.broker.sender import SenderError, sender


def said_by(key: str | None, user: str | None):
    return SimpleNamespace(routing_key=key, user_id=user)


def test_key_and_broker_must_name_the_same_gateway():
    assert sender(said_by("telemetry.pitch-1.live", "pitch-1"), "hub") == "pitch-1"


def test_the_hub_itself_speaks_for_gateways_that_came_over_https():
    assert sender(said_by("telemetry.pitch-1.live", "hub"), "hub") == "pitch-1"


@pytest.mark.parametrize(
    ("key", "user"),
    [
        ("telemetry.pitch-1.live", "pitch-2"),
        ("telemetry.pitch-1.live", None),
        ("telemetry.pitch-1.live", ""),
        ("other.pitch-1.live", "pitch-1"),
        (None, "pitch-1"),
    ],
)
def test_anything_else_is_nobodys(key, user):
    with pytest.raises(SenderError):
        sender(said_by(key, user), "hub")


@pytest.mark.parametrize(
    ("url", "vhost"),
    [("amqp://u:p@h/sts", "sts"), ("amqp://u:p@h", "/"), ("amqp://u:p@h/", "/"), ("amqp://h/%2Fa", "/a")],
)
def test_the_virtual_host_is_in_the_url(url, vhost):
    assert vhost_of(url) == vhost
