"""What the summary of a heart rate holds, with and without what is known of the athlete."""

from __future__ import annotations

import numpy as np
import pytest

from sts_hub.analytics.formula import GivenError
from sts_hub.analytics.holding import SECOND_US, Samples, Window
from sts_hub.analytics.summary import summarise

# 2026-11-22, in µs: as stored values have it.
NOON_US = 1_795_348_800_000_000
HOUR = Window(NOON_US, NOON_US + 3600 * SECOND_US)


def steady(seconds: int, rate: float) -> Samples:
    return Samples(NOON_US + np.arange(seconds) * SECOND_US, np.full(seconds, rate))


def test_an_hour_is_told_by_every_variant_with_its_coverage() -> None:
    found = {
        (one.formula, one.variant): one
        for one in summarise(
            steady(1800, 150.0),
            {"hr_max": 200.0, "hr_rest": 50.0, "sex": "male", "vt1": 140.0, "vt2": 170.0, "mass": 70.0},
            HOUR,
        )
    }
    # The last of 1,800 values holds for the 10 s that one may: 1,809 of 3,600 s.
    assert found["time_in_zone", "percent_of_max"].values == {
        "zone": (0, 0, 0, 1809, 0, 0),
        "missing": 1791,
    }
    assert found["heart_rate", "time_weighted"].values == {"mean": 150, "highest": 150}
    assert found["trimp", "edwards"].values["load"] == pytest.approx(3 * 1809 / 60)
    assert found["trimp", "lucia"].values["load"] == pytest.approx(2 * 1809 / 60)
    assert found["match_demands", "edwards"].values["volume"] == pytest.approx(3 * 1809 / 60)
    assert len(found) == 9
    covered = {one.coverage_percent for name, one in found.items() if name[0] != "heart_rate_zones"}
    assert covered == {50.25}
    assert all(one.reason is None for one in found.values())


def test_what_is_not_known_of_the_athlete_is_null_with_its_reason() -> None:
    found = {(one.formula, one.variant): one for one in summarise(steady(60, 150.0), {}, HOUR)}
    assert found["heart_rate", "time_weighted"].values["mean"] == 150
    assert found["trimp", "banister"].values == {"load": None}
    assert found["trimp", "banister"].reason == "Not known of the athlete: hr_rest, hr_max, sex."


def test_a_strap_that_said_nothing_gives_no_number_and_no_zero() -> None:
    known = {"hr_max": 200.0, "hr_rest": 50.0, "sex": "male", "vt1": 140.0, "vt2": 170.0}
    found = summarise(Samples(np.empty(0, np.int64), np.empty(0)), known, HOUR)
    for one in found[1:]:
        assert set(one.values.values()) == {None}
        assert (one.coverage_percent, one.reason) in (
            (0.0, "No credible value lies in this time."),
            (0.0, "There is no whole second with a credible value."),
        )


def test_the_club_chooses_its_zones() -> None:
    zones = summarise(steady(60, 150.0), {"lthr": 160.0}, HOUR, zones="percent_of_threshold")[0]
    assert zones.values["lower"] == pytest.approx((0, 136, 144, 152, 160, 164.8, 171.2))
    with pytest.raises(GivenError, match="percent_of_max"):
        summarise(steady(60, 150.0), {}, HOUR, zones="percent_of_maximum")
