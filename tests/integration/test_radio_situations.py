"""The situations of a radio, by the same tests on every carrier that this machine can run."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from radio_carriers import Carrier, on_bumble, on_fake
from radio_situations import SITUATIONS, Stage


@pytest.fixture(params=["fake", "bumble"])
async def carrier(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Carrier]:
    made = {"fake": lambda: on_fake(tmp_path), "bumble": on_bumble}[request.param]
    async with made() as carrier:
        yield carrier


@pytest.mark.parametrize("name", SITUATIONS)
async def test_a_situation_is_seen_as_the_table_says(
    name: str, carrier: Carrier, tell: Callable[[str], None]
) -> None:
    situation = SITUATIONS[name]
    assert await situation.play(Stage(carrier, tell)) == situation.expected_on(carrier.name)


def test_what_a_carrier_cannot_show_is_told_with_its_reason() -> None:
    """Only bumble, and only where bluetoothd itself is what would be seen; real BlueZ and its fake never differ."""
    told = {(name, where) for name, one in SITUATIONS.items() for where in one.elsewhere}
    assert told == {("connect", "bumble"), ("duplicates", "bumble"), ("power off", "bumble")}
    for situation in SITUATIONS.values():
        for other in situation.elsewhere.values():
            assert other.seen != situation.seen
            assert other.reason
