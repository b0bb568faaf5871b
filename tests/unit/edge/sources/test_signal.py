"""How strong a sensor is heard: the middle of ten seconds of adverts, told with its values."""

from __future__ import annotations

from sts_edge.sources.bluetooth.limits import NO_SIGNAL_DBM, SIGNAL_EVERY_US
from sts_edge.sources.bluetooth.signal import Signal
from sts_protocols.metrics import SIGNAL_STRENGTH

SECOND = 1_000_000


def test_it_is_told_with_the_first_value_and_then_every_ten_seconds() -> None:
    signal = Signal()
    told = []
    for second in range(31):
        signal.hear(-60)
        told += [second for _ in signal.due(second * SECOND)]
    assert told == [0, 10, 20, 30]


def test_what_is_told_is_the_middle_so_that_a_body_between_counts_for_little() -> None:
    signal = Signal()
    for dbm in (-60, -61, -95, -62, -60):
        signal.hear(dbm)
    (value,) = signal.due(SIGNAL_EVERY_US)
    assert (value.metric, value.value) == (SIGNAL_STRENGTH.id, -61.0)


def test_where_nothing_is_known_nothing_is_told() -> None:
    signal = Signal()
    assert signal.due(0) == ()
    signal.hear(NO_SIGNAL_DBM)
    assert signal.due(0) == ()
    signal.hear(-70)
    assert len(signal.due(0)) == 1
    assert signal.due(SIGNAL_EVERY_US) == (), "nothing new was heard since"
