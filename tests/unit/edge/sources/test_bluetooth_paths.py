"""Which adapter a sensor is connected over: by signal, and where that says nothing by free slots."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from bleak.backends.device import BLEDevice

from sts_edge.sources.bluetooth.adapter import Radio
from sts_edge.sources.bluetooth.limits import Limits
from sts_edge.sources.bluetooth.paths import Paths, best
from sts_edge.sources.bluetooth.room import Room

STRAP = BLEDevice("A0:9E:1A:00:00:01", "hr-01", {})
SLOTS = 5


class Nobody:
    """No sensor is registered, and each of these links needs its slot."""

    spare = False

    def see(self, *_: object) -> None: ...
    def scan_began(self) -> None: ...
    def adapter_gone(self) -> None: ...
    def give_back(self) -> None: ...
    def anyone_due(self) -> bool:
        return False

    def anyone_waits(self) -> bool:
        return False


@contextmanager
def room(name: str, taken: int = 0) -> Iterator[Room]:
    """An adapter that is on, with so many of its slots taken."""
    made = Room(name, SLOTS, Limits(), Nobody())
    made.watch.radio = Radio.ON
    with ExitStack() as links:
        for _ in range(taken):
            links.enter_context(made.occupied_by(Nobody()))
        yield made


@pytest.mark.parametrize(
    ("one", "other", "taken", "chosen"),
    [
        (-50, -80, (0, 0), "hci0"),
        (-80, -50, (0, 0), "hci1"),
        (-50, -80, (4, 0), "hci0"),
        (-50, -53, (2, 0), "hci1"),
        (-50, -55, (2, 0), "hci1"),
        (-50, -56, (2, 0), "hci0"),
        (-53, -50, (1, 1), "hci1"),
    ],
)
def test_the_better_signal_wins_and_among_those_alike_the_emptier_adapter(
    one: int, other: int, taken: tuple[int, int], chosen: str
) -> None:
    paths = Paths()
    with room("hci0", taken[0]) as first, room("hci1", taken[1]) as second:
        paths.see(first, STRAP, one)
        paths.see(second, STRAP, other)
        assert best(paths.fresh()).room.name == chosen


def test_an_adapter_that_lost_its_power_is_no_way_any_more() -> None:
    paths = Paths()
    with room("hci0") as first, room("hci1") as second:
        paths.see(first, STRAP, -50)
        assert paths.unheard([first, second])
        first.watch.radio = second.watch.radio = Radio.OFF
        assert paths.fresh() == []
        assert not paths.unheard([first, second])


def test_an_adapter_without_a_free_slot_is_not_waited_for() -> None:
    paths = Paths()
    with room("hci0") as first, room("hci1", SLOTS) as second:
        paths.see(first, STRAP, -50)
        assert not paths.unheard([first, second])
