"""What one process spends on watching a large squad: everything that is worked out live, under ten rules."""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from benchmarks.figures import Figure
from sts_hub.alerts import rules
from sts_hub.alerts.courses import Courses, Ground
from sts_hub.alerts.repository import RuleRow, Wearing
from sts_hub.alerts.schemas import RuleFields
from sts_hub.alerts.watch import AlertWatch, Club
from sts_hub.analytics import so_far
from sts_hub.analytics.holding import EVER_US, Window
from sts_hub.kit.database import Database
from sts_hub.live.frames import Frame, FrameValue
from sts_hub.live.wall import Wall
from sts_hub.sessions.presence import Presence
from sts_protocols.metrics import HEART_RATE, POWER

ATHLETES = 60
SECONDS = 120
TRIES = 3
PROMISED_PERCENT = 5.0
SECOND_US = 1_000_000
_CLUB, _TEAM, _SESSION = (UUID(int=number) for number in (1, 2, 3))
_KNOWN: dict[str, float | str] = {
    "hr_max": 195.0, "hr_rest": 50.0, "sex": "female", "vt1": 140.0, "vt2": 170.0, "cp": 250.0, "w_prime": 20_000.0
}  # fmt: skip
# Ten rules over ten of the quantities, none of which a squad of such parameters reaches.
RULES = (
    "heart_rate", "heart_rate_zone", "heart_rate_of_max", "heart_rate_of_reserve", "load_edwards", "load_banister",
    "load_lucia", "time_in_zone_5", "w_prime_balance", "power",
)  # fmt: skip


def watch(athletes: int = ATHLETES, wanted: frozenset[int] = frozenset(so_far.OF)) -> AlertWatch:
    """A process that watches so many athletes in a session by ten rules, and works out all that is wanted."""
    people = [UUID(int=1000 + number) for number in range(athletes)]
    during = Window(0, EVER_US)
    presences = [Presence(_SESSION, _TEAM, one, "training", during, (), (during,)) for one in people]
    known = dict.fromkeys(people, _KNOWN)
    club = Club(
        names=dict.fromkeys(people, "x"),
        worn={number: Wearing(one, _TEAM, "x", number, 0, None) for number, one in enumerate(people)},
        courses=Courses(
            Ground(
                dict.fromkeys(people, wanted),
                known,
                presences,
                {(_SESSION, one): _KNOWN for one in people},
            )
        ),
    )
    for number, metric in enumerate(RULES):
        condition = {"metric": metric, "check": "above", "limit": 1e6}
        fields = RuleFields.model_validate({"name": metric, "conditions": [condition], "hold_s": 5})
        rule_id = UUID(int=10 + number)
        club.rules[rule_id] = RuleRow(
            rule_id, _CLUB, _TEAM, "body", fields.model_dump_json(), True, datetime.now(UTC)
        )
        club.watches[rule_id] = rules.watched(rule_id, fields, people, known, presences)[0]
    club.index()
    wall = Wall()
    watching = AlertWatch(Database("postgresql://nobody@127.0.0.1:1/none"), wall)
    watching.watch_by({_CLUB: club})
    wall.join(watching)
    return watching


def second(number: int, athletes: int = ATHLETES) -> Frame:
    """What a gateway says of a second: a heart rate and a power of each."""
    chance = random.Random(number)
    t_us = (1_000 + number) * SECOND_US
    values = [
        FrameValue(sensor, metric, t_us + sensor, float(chance.randint(low, low + 60)), 0)
        for sensor in range(athletes)
        for metric, low in ((HEART_RATE.id, 130), (POWER.id, 220))
    ]
    return Frame("pitch", "e", number, 0, t_us, t_us, values)


def spent_percent(watching: AlertWatch, seconds: int = SECONDS) -> float:
    """The share of a core that so many seconds cost, the wall included."""
    frames = [second(number) for number in range(seconds)]
    began = time.process_time()
    for frame in frames:
        watching.wall.take(frame)
        watching.tick(frame.t_us)
    return 100 * (time.process_time() - began) / seconds


def measure(_: Path) -> Iterator[Figure]:
    """All that is worked out live for sixty athletes, and beside it the wall and the rules alone."""
    part = f"live values of {ATHLETES} athletes, a heart rate and a power a second, under ten rules"
    gc.disable()
    try:
        everything = [spent_percent(watch()) for _ in range(TRIES)]
        nothing = [spent_percent(watch(wanted=frozenset())) for _ in range(TRIES)]
    finally:
        gc.enable()
    yield Figure(
        part,
        "zone, shares, load, time in zone, W'",
        min(everything),
        "% of a core",
        PROMISED_PERCENT,
        tuple(everything),
    )
    yield Figure(part, "the wall and the rules alone", min(nothing), "% of a core", None, tuple(nothing))
