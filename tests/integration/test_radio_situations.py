"""The situations of a radio, by the same tests on every carrier that this machine can run."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from radio_carriers import Carrier, on_bluez, on_bumble, on_fake
from radio_situations import SITUATIONS, Stage

CARRIERS = ["fake", "bumble", pytest.param("bluez", marks=pytest.mark.bluez)]


@pytest.fixture(params=CARRIERS)
def made(request: pytest.FixtureRequest, tmp_path: Path) -> AbstractAsyncContextManager[Carrier]:
    """A carrier that is not on the air yet."""
    if request.param == "bluez":
        return on_bluez(request.getfixturevalue("real_bluez"))
    return on_fake(tmp_path) if request.param == "fake" else on_bumble()


@pytest.fixture
async def carrier(made: AbstractAsyncContextManager[Carrier]) -> AsyncIterator[Carrier]:
    async with made as carrier:
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
    assert told == {(name, "bumble") for name in ("connect", "duplicates", "power off", "slots")}
    for situation in SITUATIONS.values():
        for other in situation.elsewhere.values():
            assert other.seen != situation.seen
            assert other.reason
