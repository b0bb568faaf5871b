"""When a rule counts, what it refuses, and how values take their way; worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from sts_hub.alerts import late, rules
from sts_hub.alerts.repository import LateRow
from sts_hub.alerts.schemas import RuleFields
from sts_hub.alerts.templates import TEMPLATES
from sts_hub.alerts.way import Link, Probe, Storing
from sts_hub.analytics.holding import EVER_US, Window
from sts_hub.errors import Invalid
from sts_hub.sessions.presence import Presence, in_play

ROSA, RUDI, RED, BLUE = (UUID(int=number) for number in (1, 2, 3, 4))
S = 1_000_000
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def fields(**more: Any) -> RuleFields:
    condition = {"metric": "heart_rate", "check": "above", "limit": 180}
    return RuleFields.model_validate({"name": "High", "conditions": [condition], **more})


def presence(**more: Any) -> Presence:
    of = {
        "session_id": UUID(int=9),
        "team_id": RED,
        "athlete_id": ROSA,
        "kind": "training",
        "during": Window(0, 100),
        "phases": (("Warm-up", Window(0, 20)), ("Game", Window(20, 60)), ("game", Window(70, 90))),
        "in_play": (Window(0, 30), Window(50, 100)),
    }
    return Presence(**{**of, **more})


@pytest.mark.parametrize(
    ("more", "when"),
    [
        ({}, None),
        ({"tasks": ["training"]}, [Window(0, 100)]),
        ({"tasks": ["match"]}, None),
        ({"phases": ["GAME"]}, [Window(20, 60), Window(70, 90)]),
        ({"phases": ["Cool-down"]}, None),
        ({"in_play": True}, [Window(0, 30), Window(50, 100)]),
        ({"in_play": True, "phases": ["game"]}, [Window(20, 30), Window(50, 60), Window(70, 90)]),
    ],
)
def test_a_rule_counts_where_task_phase_and_play_are_what_it_asks_for(more: dict, when: Any) -> None:
    found = rules.counts(fields(**more), [presence()])
    assert (found is None) == (not more)
    assert found is None or (found.get(ROSA) or None) == when


def test_who_is_on_the_bench_is_not_in_play() -> None:
    at = [NOON + timedelta(seconds=second) for second in (10, 20, 30)]
    begin_us = round(NOON.timestamp()) * S
    turns = [(at[0], "bench"), (at[1], "in_play"), (at[2], "unavailable")]
    assert in_play(Window(begin_us, EVER_US), turns) == [
        Window(begin_us, begin_us + 10 * S),
        Window(begin_us + 20 * S, begin_us + 30 * S),
    ]
    assert in_play(Window(begin_us, EVER_US), []) == [Window(begin_us, EVER_US)]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"conditions": [{"metric": "mood", "check": "above"}]}, "no metric 'mood'"),
        ({"conditions": [{"metric": "load_edwards", "check": "silent"}]}, "worked out"),
        ({"conditions": [{"metric": "ingest_lag", "check": "above"}], "tasks": ["match"]}, "one condition"),
        ({"conditions": [{"metric": "gateway_silence", "check": "above"}] * 2}, "one condition"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_a_sentence(more: dict, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        rules.check(fields(**more))


def test_what_is_about_the_way_of_values_is_no_body_alert() -> None:
    way = {"conditions": [{"metric": "gateway_silence", "check": "above", "limit": 30}]}
    assert (rules.what(fields(**way)), rules.what(fields())) == ("quality", "body")


def test_storing_is_behind_by_the_age_of_the_oldest_value_that_is_not_there() -> None:
    storing = Storing()
    probes = [Probe(1, 1, second * S, second * S) for second in range(3)]
    assert storing.lag_s(9 * S) == 0
    for probe in probes:
        storing.shown(probe)
    assert storing.lag_s(9 * S) == 9
    storing.stored([probes[1]])  # the one before it was parked, and never comes
    assert storing.lag_s(9 * S) == 7
    storing.stored([probes[2]])
    assert storing.lag_s(9 * S) == 0


def test_no_gateway_is_silent_while_the_hub_itself_hears_nothing() -> None:
    link = Link()
    assert link.silence_s(10 * S, 50 * S) == 40
    link.turned(20 * S, 21 * S)
    assert (link.silence_s(10 * S, 50 * S), link.lag_s(50 * S)) == (None, 30)
    link.turned(None, 60 * S)
    assert (link.silence_s(10 * S, 65 * S), link.lag_s(65 * S)) == (5, 0)


def test_late_windows_of_a_team_are_judged_together_in_bounded_pieces() -> None:
    def row(athlete: UUID, team: UUID, since_s: float, until_s: float) -> LateRow:
        since, until = (NOON + timedelta(seconds=second) for second in (since_s, until_s))
        return LateRow(1, False, athlete, team, since, until)

    rows = [row(ROSA, RED, 0, 10), row(BLUE, BLUE, 0, 5), row(RUDI, RED, 50, 80), row(ROSA, RED, 900, 910)]
    found = late.pieces(rows)
    assert [(one.team_id, set(one.athletes), (one.until - one.since).seconds) for one in found] == [
        (RED, {ROSA, RUDI}, 80),
        (RED, {ROSA}, 10),
        (BLUE, {BLUE}, 5),
    ]
    (long, rest) = late.pieces([row(ROSA, RED, 0, 6 * 3600 + 60)])
    assert (long.until, rest.until - rest.since) == (rest.since, timedelta(seconds=60))


def test_silence_and_the_way_are_no_matter_of_late_data() -> None:
    silent = fields(conditions=[{"metric": "heart_rate", "check": "silent", "limit": 30}])
    way = fields(conditions=[{"metric": "ingest_lag", "check": "above", "limit": 30}])
    assert [late.is_judged(one) for one in (fields(), silent, way)] == [True, False, False]


def test_no_template_about_bodies_has_one_limit_for_everybody() -> None:
    known: dict[str, float | str] = {
        name: 1000.0 if name == "w_prime" else 190.0 for name in ("hr_max", "lthr", "cp", "w_prime")
    }
    more = {name: value * 1.1 for name, value in known.items() if isinstance(value, float)}
    bodies = [one.rule for one in TEMPLATES if one.what == "body"]
    assert len(bodies) >= 3
    for rule in bodies:
        watch, unwatched = rules.watched(RED, rule, [ROSA, RUDI, BLUE], {ROSA: known, RUDI: more})
        limits = {of: subject.limits for of, subject in watch._subjects.items()}
        assert limits[RUDI] == pytest.approx(tuple(1.1 * limit for limit in limits[ROSA]))
        assert unwatched == [BLUE]
