"""What is written is read back by others: Garmin's reader for FIT, our own readers for TCX and GPX, values as they were."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activity_files import START
from oracles import ask
from sts_hub.activities.activity import Activity, Beats, Column, Section
from sts_hub.activities.reading import file
from sts_hub.activities.writing import fit, markup

START_US = int(START.timestamp()) * 1_000_000


def made(**columns: list[float | None]) -> Activity:
    """An activity at one record a second."""
    count = len(next(iter(columns.values())))
    t_us = START_US + np.arange(count, dtype=np.int64) * 1_000_000
    units = {"heart_rate": "/min", "latitude": "deg", "longitude": "deg"}
    section = Section(
        since_us=START_US, elapsed_s=count - 1.0, timer_s=count - 1.0, sport="cycling", distance_m=12.5
    )
    return Activity(
        form="fit",
        t_us=t_us,
        columns={
            name: Column(
                units.get(name, ""), np.array([math.nan if one is None else one for one in column], float)
            )
            for name, column in columns.items()
        },
        sessions=[section],
        laps=[section],
        told=count,
    )


WHOLE = made(
    heart_rate=[120, None, 122],
    latitude=[47.25, 47.2501, None],
    longitude=[8.5, -8.5001, None],
    altitude=[440.4, -12.6, None],
    speed=[3.125, 0, 12],
    distance=[0, 3.25, 12.5],
    power=[0, 250, None],
    cadence=[80.5, None, 90],
    body_temperature=[37.25, 37.5, None],
)


def told(activity: Activity, name: str) -> list[float | None]:
    return [None if math.isnan(one) else one for one in activity.columns[name].value.tolist()]


def test_garmins_reader_reads_what_was_written() -> None:
    (theirs,) = ask("activity", [("fit", fit.write(WHOLE))])
    assert (theirs["sound"], theirs["errors"]) == (True, [])
    assert theirs["t"] == [START_US // 1_000_000 + second for second in range(3)]
    assert theirs["heart_rate"] == [120, None, 122]
    assert theirs["power"] == [0, 250, None]
    assert theirs["speed"] == [3.125, 0, 12]
    assert theirs["distance"] == [0, 3.25, 12.5]
    assert theirs["altitude"][:2] == pytest.approx([440.4, -12.6])
    # A semicircle is 180 / 2^31 of a degree, some 9 mm.
    assert theirs["latitude"][:2] == pytest.approx([47.25, 47.2501], abs=1e-7)
    assert theirs["longitude"][:2] == pytest.approx([8.5, -8.5001], abs=1e-7)
    assert theirs["sessions"] == [{"sport": "cycling", "elapsed_s": 2, "timer_s": 2}]


def test_our_own_reader_gives_the_same_activity() -> None:
    activity = file.read(
        fit.write(replace(WHOLE, beats=Beats(WHOLE.t_us[1:].repeat(4), np.arange(800.0, 808.0))))
    )
    assert activity.warnings == []
    assert activity.t_us.tolist() == WHOLE.t_us.tolist()
    for name in ("heart_rate", "power", "cadence", "body_temperature", "speed", "distance"):
        assert told(activity, name) == told(WHOLE, name), name
    assert activity.beats.ms.tolist() == list(np.arange(800.0, 808.0))
    assert activity.beats.t_us.tolist() == [
        START_US + second * 1_000_000 + place for second in (1, 2) for place in range(4)
    ]
    assert (len(activity.sessions), len(activity.laps)) == (1, 1)


def test_running_cadence_goes_out_for_one_leg_and_comes_back_for_both() -> None:
    run = made(cadence=[171, 180])
    run.sessions = [replace(run.sessions[0], sport="running")]
    assert told(file.read(fit.write(run)), "cadence") == [171, 180]
    assert told(file.read(markup.tcx(run)), "cadence") == [
        172,
        180,
    ]  # whole turns of one leg: 85.5 is told as 86


@pytest.mark.parametrize("write", [markup.tcx, markup.gpx])
def test_tcx_and_gpx_come_back_as_they_went(write: Callable[[Activity], bytes]) -> None:
    moving = made(
        heart_rate=[120, None, 122],
        latitude=[47.25, 47.2501, 47.2502],
        longitude=[8.5, -8.5001, 8.5],
        altitude=[440.4, -12.6, None],
        speed=[3.125, 0, 12],
        power=[0, 250, None],
        cadence=[80, None, 90],
    )
    activity = file.read(write(moving))
    assert activity.t_us.tolist() == moving.t_us.tolist()
    for name in moving.columns:
        assert told(activity, name) == told(moving, name), name
    assert activity.sessions[0].sport == "cycling"


def test_a_value_that_a_field_cannot_hold_is_none() -> None:
    activity = file.read(fit.write(made(heart_rate=[120, 300], power=[70_000, 10])))
    assert told(activity, "heart_rate") == [120, None]
    assert told(activity, "power") == [None, 10]


def test_words_with_signs_of_markup_are_told_as_they_are() -> None:
    odd = made(latitude=[47.0], longitude=[8.0])
    odd.sessions = [replace(odd.sessions[0], sport='<übung> & "spiel"')]
    assert file.read(markup.gpx(odd)).sessions[0].sport == '<übung> & "spiel"'


@settings(max_examples=200, deadline=None)
@given(st.lists(st.none() | st.integers(1, 254), min_size=1, max_size=30))
def test_any_heart_rates_survive(rates: list[int | None]) -> None:
    activity = file.read(fit.write(made(heart_rate=[*rates, 100])))
    assert told(activity, "heart_rate") == [*rates, 100]


def test_five_hours_are_written_in_a_second(tell: Callable[[str], None]) -> None:
    long = made(
        heart_rate=[120.0] * 18_000,
        latitude=[47.0] * 18_000,
        longitude=[8.0] * 18_000,
        power=[200.0] * 18_000,
    )
    took = {}
    for name, write in (("FIT", fit.write), ("TCX", markup.tcx), ("GPX", markup.gpx)):
        began = time.process_time()
        write(long)
        took[name] = time.process_time() - began
    tell("18,000 records written: " + ", ".join(f"{name} {took_s:.2f} s" for name, took_s in took.items()))
    assert max(took.values()) < 1
