"""The stand-in for bluetoothd keeps the rules of the real one: one table, tried on both."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from radio_carriers import Carrier, on_bluez, on_fake
from radio_rules import RULES, Rig, client
from sts_sims.carriers.bluez import adapter, methods


@pytest.fixture(params=["fake", pytest.param("bluez", marks=pytest.mark.bluez)])
def made(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AbstractAsyncContextManager[Carrier]:
    """A carrier that is not on the air yet; the stand-in's patience is short."""
    if request.param == "bluez":
        return on_bluez(request.getfixturevalue("real_bluez"))
    monkeypatch.setattr(methods, "CONNECT_TIMEOUT_S", 2.0)
    monkeypatch.setattr(adapter, "TEMPORARY_TIMEOUT_S", 0.4)
    return on_fake(tmp_path)


@pytest.fixture
async def rig(made: AbstractAsyncContextManager[Carrier]) -> AsyncIterator[Rig]:
    async with made as carrier, client() as one, client() as two:
        yield Rig(carrier, one, two)


@pytest.mark.parametrize("name", RULES)
async def test_a_rule_of_bluez_is_kept(name: str, rig: Rig) -> None:
    rule = RULES[name]
    assert await rule.act(rig) == rule.seen
