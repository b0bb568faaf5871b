"""One worked example for each variant of each formula: what is given, how it goes by hand, what must come out.

The numbers were worked out from the definitions with a decimal calculator, never with the project's own code. The
tests hold `compute` to them, and docs/formulas.md shows them.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Example(NamedTuple):
    """given: the document without the names; by_hand: the working; values: what must come out, by output."""

    formula: str
    variant: str
    given: dict[str, Any]
    by_hand: str
    values: dict[str, Any]
    coverage_percent: float | None = None

    @property
    def document(self) -> dict[str, Any]:
        """What `sts-hub compute` takes."""
        return {"formula": self.formula, "variant": self.variant, "inputs": {}, **self.given}


def series(*pairs: tuple[float, float | None]) -> dict[str, list[Any]]:
    """A series from pairs of second and value."""
    return {"t_s": [pair[0] for pair in pairs], "value": [pair[1] for pair in pairs]}


HEARD = {
    "inputs": {"heart_rate": series((0, 95), (5, 110), (10, 130), (40, 150))},
    "since_s": 0,
    "until_s": 60,
}
HOLDS = (
    "95 counts for 5 s, 110 for 5 s, 130 from 10 s on for the 10 s that a value may hold, 150 from 40 s on likewise; "
    "20 to 40 s and 50 to 60 s are holes"
)
TWO_MINUTES = {
    "inputs": {"heart_rate": series((0, 120), (60, 150))},
    "since_s": 0,
    "until_s": 120,
    "settings": {"max_gap_s": 60},
}
RESERVE = {"hr_rest": 60, "hr_max": 180}
WEEK = {"inputs": {"daily_load": [400, 0, 500, 300, 0, 600, 300]}}
FOUR_WEEKS = {"inputs": {"daily_load": [300] * 21 + [400] * 7}}
TWO_DAYS = {"inputs": {"daily_load": [100, 100]}}
A_MINUTE = {
    "inputs": {"power": series((0, 100), (30, 300))},
    "since_s": 0,
    "until_s": 60,
    "settings": {"max_gap_s": 30},
}
HARD_THEN_EASY = {
    "inputs": {"power": series((0, 300), (60, 100))},
    "since_s": 0,
    "until_s": 120,
    "parameters": {"critical_power": 200, "w_prime": 20000},
    "settings": {"max_gap_s": 60},
}
FOURTHS = "the 31 means of 30 s are 100, 106.67, ... 300 W; the mean of their fourth powers is 223.0695⁴"

EXAMPLES: tuple[Example, ...] = (
    Example(
        "heart_rate_zones",
        "percent_of_max",
        {"parameters": {"hr_max": 200}},
        "50, 60, 70, 80, 90 % of 200",
        {"lower": [100, 120, 140, 160, 180]},
    ),
    Example(
        "heart_rate_zones",
        "percent_of_reserve",
        {"parameters": {"hr_max": 200, "hr_rest": 50}},
        "50 + 150 · 0.5 = 125, 50 + 150 · 0.6 = 140, and so on",
        {"lower": [125, 140, 155, 170, 185]},
    ),
    Example(
        "heart_rate_zones",
        "percent_of_threshold",
        {"parameters": {"lthr": 160}},
        "0, 85, 90, 95, 100, 103, 107 % of 160",
        {"lower": [0, 136, 144, 152, 160, 164.8, 171.2]},
    ),
    Example(
        "time_in_zone",
        "percent_of_max",
        {**HEARD, "parameters": {"hr_max": 200}},
        f"{HOLDS}. 95 is 47.5 % of 200 and below zone 1, 110 is 55 %, 130 is 65 %, 150 is 75 %",
        {"zone": [5, 5, 10, 10, 0, 0], "missing": 30},
        50,
    ),
    Example(
        "time_in_zone",
        "percent_of_reserve",
        {**HEARD, "parameters": {"hr_max": 200, "hr_rest": 50}},
        f"{HOLDS}. Of the reserve of 150 these are 30, 40, 53.3 and 66.7 %",
        {"zone": [10, 10, 10, 0, 0, 0], "missing": 30},
        50,
    ),
    Example(
        "time_in_zone",
        "percent_of_threshold",
        {**HEARD, "parameters": {"lthr": 160}},
        f"{HOLDS}. Of 160 these are 59.4, 68.8, 81.3 and 93.8 %: three in zone 1, one in zone 3",
        {"zone": [0, 20, 0, 10, 0, 0, 0, 0], "missing": 30},
        50,
    ),
    Example(
        "heart_rate",
        "time_weighted",
        HEARD,
        f"{HOLDS}. (95 · 5 + 110 · 5 + 130 · 10 + 150 · 10) / 30 = 3825 / 30",
        {"mean": 127.5, "highest": 150},
        50,
    ),
    Example(
        "trimp",
        "banister",
        {**TWO_MINUTES, "parameters": {**RESERVE, "sex": "female"}},
        "x = 60/120 and 90/120; 0.5 · 0.86 · e^(1.67 · 0.5) + 0.75 · 0.86 · e^(1.67 · 0.75) = 0.99107 + 2.25691",
        {"load": 3.2479764674},
        100,
    ),
    Example(
        "trimp",
        "banister_mean",
        {**TWO_MINUTES, "parameters": {**RESERVE, "sex": "male"}},
        "the mean is 135, x = 75/120; 2 · 0.625 · 0.64 · e^(1.92 · 0.625)",
        {"load": 2.6560935382},
        100,
    ),
    Example(
        "trimp",
        "banister_one_a",
        {**TWO_MINUTES, "parameters": {**RESERVE, "sex": "female"}},
        "0.5 · 0.64 · e^(1.67 · 0.5) + 0.75 · 0.64 · e^(1.67 · 0.75), which is `banister` · 0.64 / 0.86",
        {"load": 2.4170987665},
        100,
    ),
    Example(
        "trimp",
        "edwards",
        {**TWO_MINUTES, "parameters": {"hr_max": 200}},
        "120 is 60 % and counts 2, 150 is 75 % and counts 3, a minute each",
        {"load": 5},
        100,
    ),
    Example(
        "trimp",
        "lucia",
        {**TWO_MINUTES, "parameters": {"vt1": 130, "vt2": 150}},
        "120 lies below the first threshold and counts 1, 150 at the second and counts 3",
        {"load": 4},
        100,
    ),
    Example("session_rpe", "foster", {"inputs": {"rating": 7, "duration_min": 60}}, "7 · 60", {"load": 420}),
    Example(
        "monotony",
        "sample_sd",
        WEEK,
        "mean 300; squared deviations 10000, 90000, 40000, 0, 90000, 90000, 0 sum to 320000; SD √(320000/6) = 230.94",
        {"monotony": 1.2990381057, "strain": 2727.9800219210, "week_load": 2100},
        100,
    ),
    Example(
        "monotony",
        "population_sd",
        WEEK,
        "as with n - 1, with SD √(320000/7) = 213.81",
        {"monotony": 1.4031215200, "strain": 2946.5551920845, "week_load": 2100},
        100,
    ),
    Example(
        "acute_chronic_ratio",
        "rolling_coupled",
        FOUR_WEEKS,
        "400 against (21 · 300 + 7 · 400) / 28 = 325",
        {"ratio": 400 / 325, "acute": 400, "chronic": 325},
        100,
    ),
    Example(
        "acute_chronic_ratio",
        "rolling_uncoupled",
        FOUR_WEEKS,
        "400 against 300",
        {"ratio": 4 / 3, "acute": 400, "chronic": 300},
        100,
    ),
    Example(
        "acute_chronic_ratio",
        "ewma",
        FOUR_WEEKS,
        "300 for 21 days, then 400 - 100 · (1 - 1/4)⁷ against 400 - 100 · (1 - 2/29)⁷",
        {"ratio": 1.1393558394, "acute": 386.6516113281, "chronic": 339.3598364671},
        100,
    ),
    Example(
        "fitness_fatigue",
        "exponential",
        TWO_DAYS,
        "100 · (1 - e^(-2/42)) and 100 · (1 - e^(-2/7)); the evening before 100 · (1 - e^(-1/42)) - 100 · (1 - e^(-1/7))",
        {
            "chronic": 4.6503045167,
            "acute": 24.8522706925,
            "balance": -20.2019661758,
            "balance_before": -10.9593786902,
        },
        100,
    ),
    Example(
        "fitness_fatigue",
        "one_over_n",
        TWO_DAYS,
        "100 · (1 - (41/42)²) and 100 · (1 - (6/7)²); the evening before 100/42 - 100/7",
        {
            "chronic": 4.7052154195,
            "acute": 26.5306122449,
            "balance": -21.8253968254,
            "balance_before": -11.9047619048,
        },
        100,
    ),
    Example("weighted_power", "coggan", A_MINUTE, FOURTHS, {"weighted_power": 223.0694887793}, 100),
    Example(
        "power_intensity",
        "coggan",
        {**A_MINUTE, "parameters": {"ftp": 250}},
        f"{FOURTHS}; divided by 250",
        {"intensity": 0.8922779551},
        100,
    ),
    Example(
        "power_load",
        "coggan",
        {**A_MINUTE, "parameters": {"ftp": 250}},
        f"{FOURTHS}; 60/3600 · (223.0695/250)² · 100",
        {"load": 1.3269332486},
        100,
    ),
    Example(
        "w_prime_balance",
        "integral",
        HARD_THEN_EASY,
        "the easy minute lies 100 W below: τ = 546 e^-1 + 316 = 516.862 s, q = e^(-1/τ); owed after the hard minute "
        "100 · (1 - q⁶⁰)/(1 - q), at the end q⁶⁰ of that",
        {"balance": 14951.1501857659, "lowest": 14329.6799458007, "time_constant": 516.8621748796},
        100,
    ),
    Example(
        "w_prime_balance",
        "differential",
        HARD_THEN_EASY,
        "20000 - 60 · 100 = 14000 after the hard minute; then 20000 - 6000 · e^(-60 · 100/20000)",
        {"balance": 15555.0906759097, "lowest": 14000, "time_constant": None},
        100,
    ),
)
