"""The phases of a link, the pauses after a failure, the rungs of the scanner's ladder: tables and sums."""

import tenacity

from sts_edge.config import SensorSettings
from sts_edge.sources.bluetooth.connection import LinkError
from sts_edge.sources.bluetooth.limits import (
    DUE_S,
    RETRY_LONGEST_S,
    SCANNER_SILENCE_S,
    SIGHTING_FRESH_S,
    Limits,
)
from sts_edge.sources.bluetooth.link import PHASES, Event, Link, Phase
from sts_edge.sources.bluetooth.reception import Reception
from sts_edge.sources.bluetooth.scanner import LADDER, Rung, rung

# BlueZ main.conf, TemporaryTimeout.
BLUEZ_FORGETS_S = 30.0


def link() -> Link:
    sensor = SensorSettings(name="hr-01", address="A0:9E:1A:00:00:01", kind="heart_rate")
    return Link(sensor, Reception(sensor, lambda _packet: None, lambda: 0), Limits(), list)


def pause_after(error: Exception, attempt: int) -> float:
    state = tenacity.RetryCallState(tenacity.AsyncRetrying(), None, (), {})
    state.attempt_number = attempt
    state.set_exception((type(error), error, None))
    return link()._pause_s(state)


def test_every_phase_is_reached_and_left() -> None:
    assert {phase for phase, _ in PHASES} == set(Phase) == set(PHASES.values())


def test_every_way_out_of_listening_passes_through_closing() -> None:
    """Else the next client would hear every beat twice."""
    outs = {after for (phase, _), after in PHASES.items() if phase is Phase.LISTENING}
    assert outs == {Phase.CLOSING}


def test_every_event_has_a_place() -> None:
    assert {event for _, event in PHASES} == set(Event)


def test_pauses_double_up_to_a_limit() -> None:
    pauses = [pause_after(LinkError("refused"), attempt) for attempt in range(1, 8)]
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    assert max(pauses) == RETRY_LONGEST_S


def test_what_does_not_pass_in_a_moment_gets_a_long_pause_at_once() -> None:
    assert pause_after(LinkError("no slot", later=True), 1) == Limits().retry_later_s == 4.0


def test_the_ladder_climbs_and_begins_again_at_its_second_rung() -> None:
    first = [rung(attempt) for attempt in range(1, 10)]
    assert first[:5] == list(LADDER)
    assert first[5:] == list(LADDER[1:])
    assert Rung.START not in first[1:]


def test_the_limits_agree_with_each_other() -> None:
    limits = Limits()
    assert limits.silence_s < SCANNER_SILENCE_S, (
        "one silent strap must be noticed before the scanner is blamed"
    )
    assert SIGHTING_FRESH_S < BLUEZ_FORGETS_S, "a device must still exist when it is connected"
    assert limits.scanner_check_s < SCANNER_SILENCE_S < DUE_S
    assert limits.abandon_s < limits.disconnect_s
