"""One worked example for each variant of each formula: what is given, how it goes by hand, what must come out.

The numbers were worked out from the definitions with a decimal calculator, never with the project's own code. The
tests hold `compute` to them, and docs/formulas.md shows them.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Example(NamedTuple):
    """given: the document without the names; by_hand: the working; values: what must come out, by output, and within how
    much of it (a spectrum is not worked out by hand to the last digit)."""

    formula: str
    variant: str
    given: dict[str, Any]
    by_hand: str
    values: dict[str, Any]
    coverage_percent: float | None = None
    within: float = 1e-9

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
    "parameters": {"cp": 200, "w_prime": 20000},
    "settings": {"max_gap_s": 60},
}
CYCLE = [800, 810, 830, 800]
MISSED = [*CYCLE * 5, 800 + 810, 830, 800, *CYCLE * 4]
BREATHING = [1000, 1050, 1000, 950]
SPRINTING = {
    "inputs": {"ground_speed": series((0, 6), (1, 7.5), (2, 8), (3, 6.5), (4, 7.2))},
    "since_s": 0,
    "until_s": 5,
}
TWO_SPEEDS = {"inputs": {"ground_speed": series((0, 5), (1, 7))}, "since_s": 0, "until_s": 2}
BURST = [0, 1, 2, 3, 3, 3, 1.5, 0]
PUSH = [800] * 11 + [1600] * 4 + [0]
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
        {"balance": 15555.0906759097, "lowest": 14000},
        100,
    ),
    Example(
        "hrv",
        "corrected",
        {"inputs": {"rr_interval": MISSED}},
        "the interval of 1610 ms is a missed beat and becomes 805, 805, as 1 of 39 beats. The 39 differences squared: 14000 of ten "
        "cycles of 800, 810, 830, 800, with 25 + 0 + 625 in the place of 0 + 100 + 400; RMSSD √(14150/39). Around the mean of 810 "
        "the squares sum to 6000 - 100 + 25 + 25; SDNN √(5950/39)",
        {
            "rmssd": 19.0478479840,
            "sdnn": 12.3516841995,
            "pnn50": 0,
            "mean_rr": 810,
            "corrected": 100 / 39,
            "missed": 1,
            "extra": 0,
            "ectopic": 0,
            "long_short": 0,
        },
        100,
    ),
    Example(
        "hrv",
        "uncorrected",
        {"inputs": {"rr_interval": [800, 860, 800, None, 810, 790]}},
        "differences 60, -60 and, behind the hole, -20: √(7600/3); around the mean of 812 the squares sum to 3080: √(3080/4); "
        "two of three differences are larger than 50",
        {"rmssd": 50.3322295685, "sdnn": 27.7488738510, "pnn50": 200 / 3, "mean_rr": 812},
        500 / 6,
    ),
    Example(
        "heart_rate_recovery",
        "single_values",
        {"inputs": {"heart_rate": series((0, 180), (60, 150), (120, 130)), "end_s": 0}},
        "180 - 150 and 180 - 130",
        {"hrr_60": 30, "hrr_120": 50},
    ),
    Example(
        "respiratory_rate",
        "welch",
        {"inputs": {"rr_interval": BREATHING * 20}},
        "the intervals rise and fall once in 4 s: 15 times a minute",
        {"respiratory_rate": 15},
        100,
        within=1e-3,
    ),
    Example(
        "distance",
        "great_circle",
        {
            "inputs": {
                "latitude": series((0, 0), (1, 0), (2, 0)),
                "longitude": series((0, 0), (1, 0.00005), (2, 0.0001)),
            }
        },
        "0.0001° of the equator: 6371008.8 m · π/180 · 0.0001",
        {"distance": 11.1195080234},
        100,
    ),
    Example("distance", "doppler", TWO_SPEEDS, "5 m/s and 7 m/s, a second each", {"distance": 12}, 100),
    Example("speed", "doppler", TWO_SPEEDS, "(5 + 7) / 2", {"mean": 6, "highest": 7}, 100),
    Example(
        "sprints",
        "doppler",
        SPRINTING,
        "above 7 m/s from 1 to 3 s (7.5 + 8 m) and from 4 to 5 s (7.2 m)",
        {"count": 2, "distance": 22.7, "time": 3, "fastest": [8, 7.2], "begin": [1, 4]},
        100,
    ),
    Example(
        "accelerations",
        "doppler",
        {
            "inputs": {"ground_speed": series(*((place / 4, speed) for place, speed in enumerate(BURST)))},
            "settings": {"filter_s": 0},
        },
        "1 m/s more in each of three quarters of a second: 4 m/s² for 0.75 s; later twice 1.5 m/s less: -6 m/s² for 0.5 s",
        {"accelerations": 1, "decelerations": 1, "highest": 4, "lowest": -6},
        100,
    ),
    Example(
        "metabolic_power",
        "osgnach_2010",
        {"inputs": {"ground_speed": series((0, 0), (1, 3))}, "settings": {"filter_s": 0}},
        "ES = 3/9.80665 = 0.305915; the polynomial gives 12.80876 J/kg/m, EM = √(1 + ES²) = 1.045746; times 1.29 times 1.5 m/s, for a second",
        {"mean_power": 25.918744488302, "energy": 25.918744488302, "high_power_time": 1},
        100,
    ),
    Example(
        "jump_flight_time",
        "bosco",
        {"inputs": {"flight_time_s": 0.5}},
        "9.80665 · 0.25 / 8",
        {"height": 0.3064578125},
    ),
    Example(
        "jump_impulse",
        "quiet_standing",
        {
            "inputs": {
                "force": series(*((round(place * 0.05, 2), newton) for place, newton in enumerate(PUSH)))
            }
        },
        "0.5 s at 800 N: 81.5773 kg. Above the weight: 0 to 800 N in 0.05 s, 800 N for 0.15 s, 800 to -800 N in 0.05 s: 20 + 120 + 0 Ns. "
        "v = 140/81.5773, h = v²/2g",
        {"height": 0.150164328125, "velocity": 1.71616375, "mass": 81.577297038234},
    ),
    Example(
        "gate_splits",
        "difference",
        {"inputs": {"gate_time": [0, 1.8, None, 4.1, 5.2]}},
        "1.8 - 0; the third gate missed it, so the second and third splits are not known; 5.2 - 4.1",
        {"split": [1.8, None, None, 1.1], "total": 5.2},
        80,
    ),
    Example(
        "wbgt",
        "outdoor",
        {"inputs": {"wet_bulb_temperature": 25, "globe_temperature": 40, "air_temperature": 30}},
        "0.7 · 25 + 0.2 · 40 + 0.1 · 30",
        {"wbgt": 28.5},
    ),
    Example(
        "wbgt",
        "indoor",
        {"inputs": {"wet_bulb_temperature": 25, "globe_temperature": 40}},
        "0.7 · 25 + 0.3 · 40",
        {"wbgt": 29.5},
    ),
    Example(
        "wbgt",
        "from_humidity",
        {"inputs": {"air_temperature": 30, "air_humidity": 50}},
        "vapour 0.5 · 6.105 · e^(17.27 · 30 / 267.7) = 21.1436 hPa; 0.567 · 30 + 0.393 · 21.1436 + 3.94",
        {"wbgt": 29.259427221986},
    ),
    Example(
        "core_temperature_estimate",
        "buller_2013",
        {
            "inputs": {"heart_rate": series((0, 130), (60, 130))},
            "since_s": 0,
            "until_s": 120,
            "settings": {"max_gap_s": 60, "licensed": True},
        },
        "37.1 °C would beat at 83.08; the gain is 0.000061245, then 0.000121913: 37.1 + 0.0028736, then 0.0057043 more",
        {"core_temperature": 37.108577865705, "highest": 37.108577865705},
        100,
    ),
    Example(
        "match_demands",
        "distance",
        {
            "inputs": {"ground_speed": series((0, 2), (60, 5), (120, 2))},
            "since_s": 0,
            "until_s": 180,
            "settings": {"max_gap_s": 60},
        },
        "120 m, 300 m and 120 m, a minute each, are 180 m in the mean one; five minutes there are none",
        {"volume": 540, "intensity": 180, "best_1_min": 300, "best_3_min": 180, "best_5_min": None},
        100,
    ),
    Example(
        "match_demands",
        "edwards",
        {**TWO_MINUTES, "parameters": {"hr_max": 200}},
        "120 counts 2, 150 counts 3, a minute each",
        {"volume": 5, "intensity": 2.5, "best_1_min": 3, "best_3_min": None, "best_5_min": None},
        100,
    ),
    Example(
        "match_day_share",
        "mean_of_matches",
        {
            "inputs": {
                "so_far": 4000,
                "athlete_matches": [9000, None, 11000],
                "position_matches": [9500, 10500, 10000, 10000],
                "team_matches": [],
            },
            "settings": {"target_percent": 60},
        },
        "the athlete has two matches that are known, and three are wanted; the position has four with a mean of 10000; "
        "4000 is 40 % of it, and 2000 short of 60 %",
        {"share": 40, "match_day": 10000, "basis": "position", "to_target": 2000},
    ),
)
