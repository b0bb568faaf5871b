"""Charts over the API: whose values they are, and that none is lost or invented on the way."""

from __future__ import annotations

from typing import Any

import asyncpg
import numpy as np
import pytest

from api_support import LONG_AGO, World, at, heard, problem
from sts_protocols.metrics import RR_INTERVAL, SIGNAL_STRENGTH
from sts_protocols.sample import Quality

API = "/api/v1"


async def chart(
    world: World,
    who: str = "coach",
    athlete: str = "rosa",
    since: float = 0,
    until: float = 60,
    pixels: int = 1000,
    metric: str = "heart_rate",
    **more: str,
) -> dict[str, Any]:
    """The one series of an athlete's chart."""
    params = {"metric": metric, "from": at(since).isoformat(), "to": at(until).isoformat(), "pixels": pixels}
    params |= more
    answer = await world.as_(who).get(f"{API}/athletes/{world[athlete]}/samples", params=params)
    assert answer.status_code == 200, answer.text
    (series,) = answer.json()["series"]
    assert len({len(series[name]) for name in ("t", "value", "low", "high", "quality")}) == 1
    assert series["t"] == sorted(series["t"])
    return dict(series)


def shown(series: dict[str, Any]) -> list[float]:
    """The values without the gaps."""
    return [value for value in series["value"] if value is not None]


async def test_values_are_shown_to_those_who_may_see_the_athlete(world: World) -> None:
    await heard(world, "rosa_strap", range(10), range(140, 150))
    for who in ("admin", "director", "coach", "trainer", "athlete"):
        assert shown(await chart(world, who)) == list(range(140, 150))
    params = {"metric": "heart_rate", "from": at(0).isoformat(), "to": at(60).isoformat()}
    for who in ("technician", "other_admin", "other_coach"):
        path = f"{API}/athletes/{world['rosa']}/samples"
        problem(await world.as_(who).get(path, params=params), 404, "not-found")


async def told_to(world: World, query: str) -> dict[str, Any]:
    """What the database tells of Bea's first minute to the API's role in the name of each of these."""
    connection = await asyncpg.connect(world.database.api_dsn)
    told = {}
    for role in ("admin", "coach", "technician"):
        for name, value in (("account_id", world[role]), ("club_id", world["club"]), ("role", role)):
            await connection.execute("SELECT set_config($1, $2, false)", f"sts.{name}", str(value))
        told[role] = await connection.fetchval(query, world["bea"], at(0), at(60))
    await connection.close()
    return told


async def test_the_reading_function_asks_for_itself_who_is_asking(world: World) -> None:
    await heard(world, "bea_strap", range(10), range(140, 150))
    counts = await told_to(world, "SELECT sum(length(quality) / 2) FROM sts.read_series($1, 1::int2, $2, $3)")
    assert counts == {"admin": 10, "coach": None, "technician": None}


async def test_a_value_belongs_to_whoever_wore_the_sensor_then(world: World) -> None:
    await heard(world, "rosa_strap", range(20), range(140, 160))
    body = {
        "sensor_id": world["rosa_strap"],
        "athlete_id": str(world["rudi"]),
        "from": at(10).isoformat(),
        "take_over": True,
    }
    assert (await world.as_("coach").post(f"{API}/assignments", json=body)).status_code == 201
    assert shown(await chart(world, athlete="rosa")) == list(range(140, 150))
    assert shown(await chart(world, athlete="rudi")) == list(range(150, 160))


async def test_one_changed_row_gives_the_values_to_who_really_wore_it(world: World) -> None:
    await heard(world, "rosa_strap", range(10), range(140, 150))
    path = f"{API}/assignments/{world['rosa_worn']}"
    await world.as_("coach").patch(path, json={"athlete_id": str(world["rudi"])})
    assert shown(await chart(world, athlete="rosa")) == []
    assert shown(await chart(world, athlete="rudi")) == list(range(140, 150))


async def test_what_was_measured_without_consent_is_not_shown(world: World) -> None:
    await heard(world, "rosa_strap", range(20), range(140, 160))
    await world.database.owner.execute(
        "UPDATE sts.consent SET during = tstzrange($2, $3) WHERE id = $1",
        world["rosa_consent"],
        LONG_AGO,
        at(5),
    )
    assert shown(await chart(world)) == list(range(140, 145))


@pytest.mark.parametrize("pixels", [10, 57, 400, 1000])
async def test_thinning_keeps_every_extreme_of_every_column(world: World, pixels: int) -> None:
    random = np.random.default_rng(7)
    values = np.round(random.normal(150, 10, 5000))
    values[1234], values[4321] = 231, 33
    await heard(world, "rosa_strap", range(5000), values)
    series = await chart(world, until=5000, pixels=pixels)
    width = 5000 / pixels
    column = (np.arange(5000) // width).astype(int)
    assert len(shown(series)) == len(np.unique(column)) <= pixels
    assert series["high"] == [values[column == one].max() for one in np.unique(column)]
    assert series["low"] == [values[column == one].min() for one in np.unique(column)]
    mean = [values[column == one].mean() for one in np.unique(column)]
    assert series["value"] == pytest.approx(mean, abs=0.001)


async def test_few_values_come_as_they_are(world: World) -> None:
    values = [140, 141, 139]
    await heard(world, "rosa_strap", [0.25, 1.25, 2.25], values)
    series = await chart(world, until=60)
    assert series["value"] == series["low"] == series["high"] == values
    assert series["t"] == [round(at(second).timestamp() * 1000) for second in (0.25, 1.25, 2.25)]


async def test_a_gap_stays_a_gap_and_a_missed_beat_is_none(world: World) -> None:
    await heard(world, "rosa_strap", [0, 1, 2, 5, 6, 7, 30, 31], range(140, 148))
    series = await chart(world, until=60)
    assert series["value"] == [140, 141, 142, 143, 144, 145, None, 146, 147]
    assert series["quality"][6] is None


async def test_quality_travels_to_the_chart_and_is_not_mixed(world: World) -> None:
    await heard(world, "rosa_strap", [0, 1, 2], [140, 141, 142])
    await heard(world, "rosa_strap", [3, 4], [30, 31], Quality.NO_CONTACT)
    await heard(world, "rosa_strap", [5], [231], Quality.IMPLAUSIBLE)
    series = await chart(world, until=3600, pixels=10)
    told = dict(zip(series["quality"], zip(series["low"], series["high"], strict=True), strict=True))
    assert told == {"ok": (140, 142), "no_contact": (30, 31), "implausible": (231, 231)}


async def test_two_gateways_that_hear_one_strap_make_one_line(world: World) -> None:
    await world.gateway("second", "club")
    seconds = np.arange(120)
    await heard(world, "rosa_strap", seconds, 140 + seconds % 7)
    late = [second + 0.03 for second in seconds if not 40 <= second < 60]
    await heard(world, "rosa_strap", late, [140] * len(late), gateway="second")
    series = await chart(world, until=120)
    assert shown(series) == (140 + seconds % 7).tolist()
    assert series["coverage"] == 1.0


async def test_a_peak_that_one_of_two_gateways_heard_is_kept(world: World) -> None:
    await world.gateway("second", "club")
    await heard(world, "rosa_strap", [t for t in range(600) if t != 298], [140] * 599)
    await heard(world, "rosa_strap", [297.02, 298.02, 299.02], [140, 201, 140], gateway="second")
    series = await chart(world, until=600, pixels=10)
    assert max(series["high"]) == 201
    assert len(shown(series)) == 10


@pytest.mark.parametrize("pixels", [10, 57, 1000])
async def test_two_gateways_make_the_means_that_one_makes(world: World, pixels: int) -> None:
    """The second gateway hears the hard half only: if it were counted beside the first, every mean would rise."""
    await world.gateway("second", "club")
    seconds = np.arange(600)
    values = 120 + seconds // 10
    await heard(world, "rosa_strap", seconds, values)
    alone = await chart(world, until=600, pixels=pixels)
    await heard(world, "rosa_strap", seconds[290:] + 0.04, values[290:], gateway="second")
    both = await chart(world, until=600, pixels=pixels)
    assert shown(both) == shown(alone)
    assert both["gateways"] == sorted([world["pitch"], world["second"]])


async def test_the_lead_passes_to_the_gateway_with_the_stronger_signal(world: World) -> None:
    await world.gateway("second", "club")
    seconds = np.arange(0, 120)
    await heard(world, "rosa_strap", seconds, [140] * 120)
    await heard(world, "rosa_strap", seconds + 0.04, [150] * 120, gateway="second")
    tens = np.arange(0, 120, 10)
    for gateway, dbm in (("pitch", -50.0 - tens / 4), ("second", -80.0 + tens / 4)):
        await heard(world, "rosa_strap", tens, dbm, metric=SIGNAL_STRENGTH.id, gateway=gateway)
    # -67.5 and -62.5 dBm at second 70, -70 and -60 at second 80, which the value of that second still belongs to.
    assert shown(await chart(world, until=120)) == [140] * 81 + [150] * 39


async def test_each_gateways_reception_can_be_asked_for_alone(world: World) -> None:
    await world.gateway("second", "club")
    await heard(world, "rosa_strap", range(10), [140] * 10)
    await heard(world, "rosa_strap", [t + 0.04 for t in range(20)], [140] * 20, gateway="second")
    told = {}
    for gateway in ("pitch", "second", "other_pitch"):
        series = await chart(world, until=60, gateway=world[gateway])
        told[gateway] = (len(shown(series)), series["gateways"])
    assert told == {
        "pitch": (10, [world["pitch"]]),
        "second": (20, [world["second"]]),
        "other_pitch": (0, []),
    }
    assert len(shown(await chart(world, until=60))) == 20
    assert (await chart(world, "athlete", until=60))["gateways"] == [], "they see no gateways"


async def test_two_sensors_of_one_athlete_count_no_beat_twice_and_the_one_with_contact_leads(
    world: World,
) -> None:
    """A strap that was taken off says 30 /min without contact; the other one is right."""
    await heard(world, "spare", range(60), [140] * 60)
    await world.database.add(
        "assignment", sensor_id=world["spare"], athlete_id=world["rosa"], during=asyncpg.Range(LONG_AGO, None)
    )
    await heard(world, "rosa_strap", [t + 0.2 for t in range(60)], [30] * 60, Quality.NO_CONTACT)
    assert shown(await chart(world, until=60)) == [140] * 60


async def test_where_one_gateway_was_deaf_the_other_fills_in(world: World) -> None:
    await world.gateway("second", "club")
    await heard(world, "rosa_strap", range(60), [140] * 60)
    await heard(world, "rosa_strap", range(60, 120), [150] * 60, gateway="second")
    series = await chart(world, until=120)
    assert shown(series) == [140] * 60 + [150] * 60


async def test_a_gateway_of_another_club_with_the_same_address_is_not_read(world: World) -> None:
    await heard(world, "rosa_strap", range(10), [99] * 10, gateway="other_pitch")
    assert shown(await chart(world)) == []


async def test_coverage_is_the_part_of_the_time_worn_that_good_values_cover(world: World) -> None:
    await heard(world, "rosa_strap", range(50), [140] * 50)
    await heard(world, "rosa_strap", range(50, 75), [30] * 25, Quality.NO_CONTACT)
    assert (await chart(world, until=100))["coverage"] == pytest.approx(0.5, abs=0.01)
    assert (await chart(world, until=50))["coverage"] == 1.0
    assert (await chart(world, since=200, until=300))["coverage"] == 0.0


async def test_time_not_worn_does_not_count_against_coverage(world: World) -> None:
    await heard(world, "rosa_strap", range(50), [140] * 50)
    path = f"{API}/assignments/{world['rosa_worn']}"
    await world.as_("coach").patch(path, json={"to": at(50).isoformat()})
    assert (await chart(world, until=100))["coverage"] == 1.0


async def test_intervals_between_beats_have_no_rhythm_but_holes(world: World) -> None:
    seconds, values = [0, 0.000001, 1, 2, 15], [1000 * 800 / 1024, 790.0, 780.0, 770.0, 760.0]
    await heard(world, "rosa_strap", seconds, values, metric=RR_INTERVAL.id)
    series = await chart(world, metric="rr_interval", until=60, pixels=1000)
    assert series["unit"] == "ms"
    assert series["coverage"] is None
    assert series["interval_ms"] is None
    assert series["value"].count(None) == 1


async def test_a_chart_across_midnight_is_one_line(world: World) -> None:
    midnight = 12 * 3600
    await heard(world, "rosa_strap", range(midnight - 5, midnight + 5), range(140, 150))
    assert shown(await chart(world, since=midnight - 60, until=midnight + 60)) == list(range(140, 150))


async def test_several_metrics_come_in_one_answer(world: World) -> None:
    await heard(world, "rosa_strap", [0], [140])
    params = {"metric": ["rr_interval", "heart_rate"], "from": at(0).isoformat(), "to": at(60).isoformat()}
    answer = await world.as_("coach").get(f"{API}/athletes/{world['rosa']}/samples", params=params)
    assert [series["metric"] for series in answer.json()["series"]] == ["rr_interval", "heart_rate"]


async def test_a_team_in_one_answer_shows_what_each_athletes_own_chart_shows(world: World) -> None:
    """Of Rosa and Rudi of team Red, and of nobody of team Blue; who sees one athlete gets no other."""
    await heard(world, "rosa_strap", [*range(10), *range(30, 40)], range(140, 160))
    await heard(world, "rudi_strap", range(20), [100, 180] * 10)
    params = {"metric": "heart_rate", "from": at(0).isoformat(), "to": at(60).isoformat(), "pixels": 10}
    path = f"{API}/teams/{world['red']}/samples"
    answer = await world.as_("coach").get(path, params=params)
    lines = {one["athlete_id"]: one["line"] for one in answer.json()["athletes"]}
    assert list(lines) == [str(world["rosa"]), str(world["rudi"])]
    for who in ("rosa", "rudi"):
        assert lines[str(world[who])] == await chart(world, athlete=who, pixels=10)
    assert None in lines[str(world["rosa"])]["value"]  # the control: there is a gap to be kept
    own = (await world.as_("athlete").get(path, params=params)).json()["athletes"]
    assert [one["athlete_id"] for one in own] == [str(world["rosa"])]
    for who, team in (("coach", "blue"), ("other_admin", "red")):
        problem(
            await world.as_(who).get(f"{API}/teams/{world[team]}/samples", params=params), 404, "not-found"
        )
    assert (await world.as_("technician").get(path, params=params)).json()["athletes"] == []


@pytest.mark.parametrize(
    ("params", "word"),
    [
        ({"metric": "mood"}, "mood"),
        ({"to": at(0).isoformat()}, "end before"),
        ({"to": at(732 * 86400).isoformat()}, "731 days"),
        ({"from": "0001-01-01T00:00:00+14:00"}, "2000"),
        ({"from": "2026-05-01T12:00:00"}, "timezone"),
        ({"pixels": 5}, "10"),
    ],
)
async def test_a_chart_that_makes_no_sense_is_refused(
    world: World, params: dict[str, Any], word: str
) -> None:
    asked = {"metric": "heart_rate", "from": at(0).isoformat(), "to": at(60).isoformat()} | params
    answer = await world.as_("coach").get(f"{API}/athletes/{world['rosa']}/samples", params=asked)
    told = problem(answer, 422, "invalid")
    assert word in str(told)


async def test_beats_are_told_by_the_sums_of_rr_with_the_error_of_their_alignment(world: World) -> None:
    """A heart at 750 ms, a strap that tells its beats each second, half a tick late: 60 s in one stretch."""
    beats = np.arange(0.75, 60, 0.75)
    told = np.ceil(beats)
    place = np.array([k - int(np.searchsorted(told, second)) for k, second in enumerate(told)])
    seconds = told + 0.03 + place / 1e6
    await heard(world, "rosa_strap", seconds, [750.0] * len(beats), metric=RR_INTERVAL.id)
    params = {"from": at(0).isoformat(), "to": at(120).isoformat()}
    answer = await world.as_("coach").get(f"{API}/athletes/{world['rosa']}/beats", params=params)
    assert answer.status_code == 200, answer.text
    (stretch,) = answer.json()["stretches"]
    true_ms = at(0).timestamp() * 1000 + beats * 1000
    assert np.abs(np.array(stretch["t"]) - true_ms).max() <= stretch["error_ms"] <= 200


async def test_two_gateways_count_no_beat_twice(world: World) -> None:
    """One gateway hears the first two minutes, the other one the last two, both the minute between them."""
    await world.gateway("second", "club")
    beats = np.arange(0.75, 180, 0.75)
    told = np.ceil(beats)
    place = np.array([k - int(np.searchsorted(told, second)) for k, second in enumerate(told)])
    first, last = told <= 120, told > 60
    for gateway, mine, late in (("pitch", first, 0.03), ("second", last, 0.08)):
        seconds = (told + late + place / 1e6)[mine]
        await heard(
            world, "rosa_strap", seconds, [750.0] * len(seconds), metric=RR_INTERVAL.id, gateway=gateway
        )
    params = {"from": at(0).isoformat(), "to": at(200).isoformat()}
    path = f"{API}/athletes/{world['rosa']}/beats"
    stretches = (await world.as_("coach").get(path, params=params)).json()["stretches"]
    assert [len(one["t"]) for one in stretches] == [first.sum(), (told > 120).sum()]
    both = [
        (await world.as_("coach").get(path, params=params | {"gateway": world[gateway]})).json()["stretches"]
        for gateway in ("pitch", "second")
    ]
    assert sum(len(one["t"]) for mine in both for one in mine) == first.sum() + last.sum() > len(beats)


async def test_a_slow_heart_is_no_reason_to_pass_the_lead_on(world: World) -> None:
    """At 45 /min each third packet has no beat in it, and now the one, now the other gateway hears the next one
    first: two receptions of that stay one stretch of one gateway."""
    await world.gateway("second", "club")
    random = np.random.default_rng(5)
    beats = np.arange(1.35, 180, 1.35)
    told = np.ceil(beats)
    for gateway in ("pitch", "second"):
        came = np.arange(181) + random.uniform(0, 0.1, 181)
        await heard(
            world,
            "rosa_strap",
            came[told.astype(int)],
            [1350.0] * len(beats),
            metric=RR_INTERVAL.id,
            gateway=gateway,
        )
        await heard(world, "rosa_strap", came, [44] * 181, gateway=gateway)
    params = {"from": at(0).isoformat(), "to": at(200).isoformat()}
    answer = await world.as_("coach").get(f"{API}/athletes/{world['rosa']}/beats", params=params)
    assert [len(one["t"]) for one in answer.json()["stretches"]] == [len(beats)]


async def test_beats_are_for_those_who_may_see_the_athlete_and_for_an_hour_at_most(world: World) -> None:
    path = f"{API}/athletes/{world['rosa']}/beats"
    params = {"from": at(0).isoformat(), "to": at(60).isoformat()}
    for who in ("technician", "other_admin", "other_coach"):
        problem(await world.as_(who).get(path, params=params), 404, "not-found")
    long = {"from": at(0).isoformat(), "to": at(3601).isoformat()}
    problem(await world.as_("coach").get(path, params=long), 422, "invalid")
