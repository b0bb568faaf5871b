"""Orders to a running scenario are carried out, or refused with a sentence."""

import asyncio
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_sims.orders import VERBS, Order, OrderError, Stage, carry_out, obey
from sts_sims.scenario import load
from sts_sims.show import Show


@pytest.fixture
async def stage() -> Stage:
    return Show(load("pair"), "unix:path=/nowhere").stage


async def test_every_verb_that_can_be_undone_names_a_verb_that_exists() -> None:
    assert {verb.undone_by for verb in VERBS.values()} - {None} <= set(VERBS)


async def test_an_order_reaches_the_strap_it_names(stage: Stage) -> None:
    assert obey(stage, b'{"do":"mute","strap":"hr-01"}') == {"ok": True}
    assert stage.daemon.device("hr-01").muted
    assert not stage.daemon.device("hr-02").muted


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (b'{"do":"explode"}', "explode"),
        (b'{"do":"mute"}', "strap"),
        (b'{"do":"mute","strap":"hr-99"}', "hr-99"),
        (b'{"do":"mute","strap":"hr-01","speed":3}', "speed"),
        (b'{"do":"drop","strap":"hr-01","for_s":2}', "undone"),
        (b'{"do":"battery","strap":"hr-01"}', "percent"),
        (b'{"do":"fault"}', "method"),
        (b'{"do":"readdress","strap":"hr-01"}', "address"),
        (b"mute hr-01", "not an order"),
    ],
)
async def test_an_order_that_cannot_be_carried_out_is_refused_with_the_reason(
    stage: Stage, line: bytes, word: str
) -> None:
    answer = obey(stage, line)
    assert answer["ok"] is False
    assert word in str(answer["error"])


@given(
    line=st.binary(max_size=60)
    | st.dictionaries(st.sampled_from(["do", "strap", "times"]), st.text()).map(
        lambda d: json.dumps(d).encode()
    )
)
@settings(max_examples=100, deadline=None)
async def test_no_bytes_bring_the_control_socket_down(line: bytes) -> None:
    stage = Show(load("pair"), "unix:path=/nowhere").stage
    assert obey(stage, line)["ok"] in (True, False)


async def test_an_order_for_some_seconds_is_undone_by_itself(stage: Stage) -> None:
    carry_out(stage, Order("take_off", strap="hr-01", for_s=0.01))
    assert not stage.sensors["hr-01"].worn
    await asyncio.sleep(0.05)
    assert stage.sensors["hr-01"].worn


async def test_orders_to_a_strap_that_streams_reach_it_and_others_refuse_them(stage: Stage) -> None:
    assert obey(stage, b'{"do":"lose_frames","strap":"hr-01"}')["ok"] is False
    streaming = Show(load("streams"), "unix:path=/nowhere").stage
    for line in (
        b'{"do":"refuse_streams","strap":"h10-01","value":13}',
        b'{"do":"lose_frames","strap":"h10-01","times":3}',
        b'{"do":"jump_clock","strap":"h10-01","value":-60}',
        b'{"do":"end_streams","strap":"h10-01"}',
    ):
        assert obey(streaming, line) == {"ok": True}
    mishaps = streaming.sensors["h10-01"].mishaps
    assert (mishaps.refuse, mishaps.lose, mishaps.clock_s) == (13, 3, -60.0)
    assert obey(streaming, b'{"do":"allow_streams","strap":"h10-01"}') == {"ok": True}
    assert mishaps.refuse is None
    assert obey(streaming, b'{"do":"jump_clock","strap":"h10-01"}')["ok"] is False
    assert obey(streaming, b'{"do":"jump_clock","strap":"core-01","value":1}')["ok"] is False


async def test_a_planted_fault_is_used_up_call_by_call(stage: Stage) -> None:
    carry_out(stage, Order("fault", method="Connect", error="Failed", times=2, after=1, strap="hr-01"))
    faults = stage.daemon.faults
    met = [faults.take("Connect", "hr-01") is not None for _ in range(4)]
    assert met == [False, True, True, False]
    assert faults.take("Connect", "hr-02") is None


async def test_restore_undoes_all_that_was_done_to_a_strap(stage: Stage) -> None:
    for order in (
        Order("mute", strap="hr-01"),
        Order("walk_away", strap="hr-01"),
        Order("take_off", strap="hr-01"),
        Order("spoil", strap="hr-01", notifications="lost", services="empty"),
        Order("restore", strap="hr-01"),
    ):
        carry_out(stage, order)
    device = stage.daemon.device("hr-01")
    assert (device.on_air, device.muted, device.notification_fault, device.services_fault) == (
        True,
        False,
        None,
        None,
    )
    assert stage.sensors["hr-01"].worn


async def test_an_unknown_verb_is_an_error(stage: Stage) -> None:
    with pytest.raises(OrderError, match="Known ones"):
        carry_out(stage, Order("explode"))


async def test_an_order_is_for_the_radio_of_the_gateway_that_it_names() -> None:
    stage = Show(load("two-gateways"), "unix:path=/nowhere", "unix:path=/either").stage
    carry_out(stage, Order("signal", strap="hr-01", gateway="south", value=-110))
    north, south = (stage.at(name).daemon.device("hr-01") for name in ("north", "south"))
    assert (north.on_air, south.on_air) == (True, False)
    carry_out(stage, Order("signal", strap="hr-01", gateway="south", value=-80))
    assert (south.on_air, south.rssi_dbm, north.rssi_dbm) == (True, -80, -60)
    assert "west" in str(obey(stage, b'{"do":"drop","strap":"hr-01","gateway":"west"}')["error"])
    assert "dBm" in str(obey(stage, b'{"do":"signal","strap":"hr-01"}')["error"])
