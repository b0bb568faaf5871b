"""Routing keys: a gateway is named once, by a name that the broker's rules can be written for."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sts_protocols.errors import RoutingError
from sts_protocols.routing import TOPIC_RULE, WRITE_RULE, gateway_of, status_key, telemetry_key

NAMES = st.from_regex(r"[a-z0-9-]{3,40}", fullmatch=True)


@given(NAMES)
def test_a_key_tells_its_gateway_and_passes_its_own_rule(name):
    """What a gateway publishes is what its topic rule allows, and nobody else's does."""
    for key in (telemetry_key(name, "live"), telemetry_key(name, "backlog"), status_key(name)):
        assert gateway_of(key) == name
        assert re.search(TOPIC_RULE.replace("{username}", name), key)
        assert not re.search(TOPIC_RULE.replace("{username}", name + "x"), key)


@pytest.mark.parametrize("name", ["", "ab", "a" * 41, "Pitch", "a.b", "a*b", "a#b", "a b", "abc\n", "ä-1"])
def test_a_name_that_would_break_a_key_or_a_rule_is_refused(name):
    """Dots, stars and hashes mean something to a topic exchange."""
    with pytest.raises(RoutingError):
        telemetry_key(name, "live")
    with pytest.raises(RoutingError):
        gateway_of(f"telemetry.{name}.live")


@pytest.mark.parametrize(
    "key", ["", "live.pitch-1", "live.notice", "telemetry.pitch-1", "telemetry.pitch-1.live.x"]
)
def test_a_key_no_gateway_writes_has_no_gateway(key):
    """The hub's own keys are not taken for a gateway's."""
    with pytest.raises(RoutingError):
        gateway_of(key)


def test_a_gateway_writes_three_exchanges_and_no_other():
    """Live frames and dead letters are the hub's."""
    written = [f"sts.{word}" for word in ("telemetry", "results", "status", "live", "dead")]
    assert [bool(re.search(WRITE_RULE, name)) for name in written] == [True, True, True, False, False]
