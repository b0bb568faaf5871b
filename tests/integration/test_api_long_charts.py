"""Charts of more than a week over the API: drawn from minutes and hours, of the same values and for the same eyes."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from test_api_samples import API, chart, shown, told_to

from activity_files import tcx, trackpoint
from api_support import NOON, World, at, heard, problem
from sts_hub.maintenance import rollups
from sts_protocols.sample import Quality

DAY_S = 86_400
TEN_DAYS_S = 10 * DAY_S
MINUTE_S = 60


async def filled(world: World) -> None:
    """What `sts-hub maintain` does about samples that were added."""
    owner = world.database.owner
    await owner.execute(
        "INSERT INTO sts.touched (epoch, first_t, last_t) SELECT epoch, $1, $2 FROM sts.epoch",
        NOON - timedelta(days=1),
        NOON + timedelta(days=12),
    )
    while await rollups.fill(owner):
        pass


async def test_ten_days_are_drawn_from_minutes_and_keep_every_mean_and_extreme(world: World) -> None:
    # Of minute 0: 120 to 139, mean 129.5; of minute 5: one value; of a minute nine days later: 100 and 200.
    await heard(world, "rosa_strap", range(20), range(120, 140))
    await heard(world, "rosa_strap", [301], [77])
    await heard(world, "rosa_strap", [9 * DAY_S, 9 * DAY_S + 59], [100, 200])
    await filled(world)
    series = await chart(world, until=TEN_DAYS_S, pixels=10_000)  # 86 s to a pixel
    points = [
        (second, *rest)
        for second, *rest in zip(*(series[name] for name in ("t", "value", "low", "high")), strict=True)
    ]
    noon_ms = round(NOON.timestamp() * 1000)
    assert [
        ((t - noon_ms) // 1000, value, low, high) for t, value, low, high in points if value is not None
    ] == [
        (0, 129.5, 120, 139),
        (300, 77, 77, 77),
        (9 * DAY_S, 150, 100, 200),
    ]
    assert series["value"].count(None) == 2, "between them nothing was heard"
    # 23 values of one second each, of ten days worn.
    assert series["coverage"] == pytest.approx(23 / TEN_DAYS_S, abs=1e-4)
    assert series["gateways"] == [world["pitch"]]


async def test_a_season_is_drawn_from_hours(world: World) -> None:
    await heard(world, "rosa_strap", [0, 1_800, 3_599], [120, 130, 200])
    await filled(world)
    series = await chart(world, until=100 * DAY_S, pixels=100)
    assert (shown(series), series["high"]) == ([150], [200])
    params = {"metric": "heart_rate", "from": at(0).isoformat(), "to": at(732 * DAY_S).isoformat()}
    told = problem(
        await world.as_("coach").get(f"{API}/athletes/{world['rosa']}/samples", params=params), 422, "invalid"
    )
    assert "731 days" in told["detail"]


async def test_a_bucket_that_a_border_cuts_is_told_to_each_by_what_was_his(world: World) -> None:
    """The strap changes hands 30 s into a minute: the level's own bucket belongs to neither."""
    await heard(world, "rosa_strap", range(120), [100] * 30 + [160] * 30 + [170] * 60)
    await filled(world)
    body = {
        "sensor_id": world["rosa_strap"],
        "athlete_id": str(world["rudi"]),
        "from": at(30).isoformat(),
        "take_over": True,
    }
    assert (await world.as_("coach").post(f"{API}/assignments", json=body)).status_code == 201
    assert shown(await chart(world, until=TEN_DAYS_S, pixels=10_000)) == [100]
    rudi = await chart(world, athlete="rudi", until=TEN_DAYS_S, pixels=10_000)
    assert shown(rudi) == [pytest.approx((30 * 160 + 60 * 170) / 90, abs=0.001)]
    assert (rudi["low"], rudi["high"]) == ([160], [170])
    # And a wearing that lies inside one minute is told from the samples alone.
    await world.database.owner.execute(
        "UPDATE sts.assignment SET during = tstzrange($1, $2) WHERE athlete_id = $3",
        at(40),
        at(50),
        world["rudi"],
    )
    assert shown(await chart(world, athlete="rudi", until=TEN_DAYS_S, pixels=10_000)) == [160]


async def test_a_time_without_a_usable_value_says_why_and_has_none(world: World) -> None:
    await heard(world, "rosa_strap", range(10), [140] * 10)
    await heard(world, "rosa_strap", range(180, 190), [30] * 10, Quality.NO_CONTACT)
    await filled(world)
    series = await chart(world, until=TEN_DAYS_S, pixels=10_000)
    assert list(zip(series["value"], series["quality"], strict=True)) == [
        (140, "ok"),
        (None, None),
        (None, "no_contact"),
    ]


async def test_two_gateways_that_hear_one_strap_count_once(world: World) -> None:
    """Of each bucket the reception with the most usable values: the second hears half of the first minute, all of the next."""
    await world.gateway("second", "club")
    await heard(world, "rosa_strap", range(60), [140] * 60)
    await heard(world, "rosa_strap", np.arange(30, 120) + 0.04, [150] * 90, gateway="second")
    await filled(world)
    series = await chart(world, until=TEN_DAYS_S, pixels=10_000)
    assert shown(series) == [145], "both minutes lie in one pixel"
    assert series["coverage"] == pytest.approx(120 / TEN_DAYS_S, abs=1e-4)
    assert series["gateways"] == sorted([world["pitch"], world["second"]])


async def test_the_reading_function_asks_for_itself_who_is_asking(world: World) -> None:
    await heard(world, "bea_strap", range(10), range(140, 150))
    await filled(world)
    counts = await told_to(
        world, "SELECT sum(length(ok) / 4) FROM sts.read_level($1, 1::int2, $2, $3, 'sample_1m')"
    )
    assert counts == {"admin": 1, "coach": None, "technician": None}


async def test_what_a_watch_recorded_is_in_long_charts_too(world: World) -> None:
    path = f"{API}/athletes/{world['rosa']}/activities"
    sent = await world.as_("coach").post(
        path, content=tcx([[trackpoint(second, 150) for second in range(0, 600, 5)]])
    )
    assert sent.status_code == 201, sent.text
    await filled(world)
    series = await chart(world, until=TEN_DAYS_S, pixels=10_000)
    assert set(shown(series)) == {150}
    assert (series["activities"], series["gateways"]) == ([sent.json()["id"]], [])
