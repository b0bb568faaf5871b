"""Rules about what is worked out while a session runs, in its phases; what came late, and the way that values take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alert_support import API, Live, alerts, preview, ruled
from api_support import World, at, heard, problem
from sts_hub.analytics.so_far import QUANTITIES
from sts_hub.live.frames import FrameValue
from sts_hub.live.wall import Entry, Gap
from sts_protocols.metrics import HEART_RATE

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation

S = 1_000_000


def above(metric: str, limit: float) -> dict[str, Any]:
    return {"conditions": [{"metric": metric, "check": "above", "limit": limit}], "hold_s": 0}


async def session(
    world: World, since: datetime, until: datetime | None = None, name: str = "rosa", kind: str = "training"
) -> Any:
    """A session of the red team with this athlete on its roster."""
    of_team = {"club_id": world["club"], "team_id": world["red"], "kind": kind, "name": "Intervals"}
    made = await world.database.add(
        "session", **of_team, planned_from=since, started_at=since, ended_at=until
    )
    await world.database.add(
        "session_athlete", session_id=made, athlete_id=world[name], club_id=world["club"]
    )
    return made


async def phase(world: World, of: Any, name: str, since: datetime, until: datetime | None) -> None:
    made = await world.database.add("session_phase", session_id=of, name=name)
    during = "tstzrange($4, $5)"
    await world.database.owner.execute(
        f"INSERT INTO sts.phase_athlete (phase_id, session_id, athlete_id, during) VALUES ($1, $2, $3, {during})",
        made, of, world["rosa"], since, until,
    )  # fmt: skip


async def test_load_and_time_in_zone_are_tried_on_the_past_from_the_sessions_begin_on(world: World) -> None:
    # 180 of 190 is zone 5. From the begin on a minute of it counts 5: two minutes are over a load of 9.9 after 119 s, told
    # at the next whole five seconds.
    await session(world, at(0), at(600))
    await heard(world, "rosa_strap", range(300), [180] * 300)
    await heard(world, "rudi_strap", range(300), [180] * 300)
    told = await preview(world, since=60, athlete_ids=[str(world["rosa"])], **above("load_edwards", 9.9))
    assert [(one["athlete_id"], one["at"]) for one in told["fired"]] == [
        (str(world["rosa"]), "2026-05-01T12:02:00Z")
    ]
    assert (await preview(world, **above("time_in_zone_5", 200)))["fired"][0]["at"] == "2026-05-01T12:03:25Z"
    assert (await preview(world, **above("time_in_zone_4", 0)))["count"] == 0


async def test_load_is_laid_beside_the_athletes_own_match_day(world: World) -> None:
    """Three matches of a minute in zone 5 are a match day of 5, so a training in zone 5 is beyond it after a minute, told at
    the next whole five seconds; two matches are none."""
    for number in range(3):
        assert (await preview(world, athlete_ids=[str(world["rosa"])], **above("match_day_volume", 100)))[
            "watched"
        ] == 0
        since = -3600 * (number + 1)
        await heard(world, "rosa_strap", range(since, since + 60), [180] * 60)
        match = await session(world, at(since), at(since + 60), kind="match")
        answer = await world.as_("coach").get(f"{API}/sessions/{match}/summary")
        assert answer.status_code == 200
    await session(world, at(0), at(600))
    await heard(world, "rosa_strap", range(300), [180] * 300)
    told = await preview(world, athlete_ids=[str(world["rosa"])], **above("match_day_volume", 100))
    assert [one["at"] for one in told["fired"]] == ["2026-05-01T12:01:05Z"]


async def test_what_adds_up_is_told_on_the_stream_while_a_session_runs(world: World) -> None:
    live = Live(world)
    begin = datetime.fromtimestamp(live.now_us // (5 * S) * 5, UTC)
    await session(world, begin)
    told: list[FrameValue] = []

    class Screen:
        def tell(self, entry: Entry) -> None:
            if isinstance(entry.what, list):
                told.extend(entry.what)

    live.wall.join(Screen())
    await live.read()
    live.now_us = round(begin.timestamp()) * S - S
    for name in ("rosa", "rudi"):  # Rudi is not on its roster
        await live.tell(name, 180, 62)
        live.now_us -= 62 * S
    live.watch.tick(live.now_us)
    load = [one for one in told if one.metric == QUANTITIES["load_edwards"].id]
    assert {one.sensor_id for one in load} == {world["rosa_strap"]}
    assert (load[-1].t_us, load[-1].value) == (round(begin.timestamp() + 60) * S, pytest.approx(5.0))


async def test_a_rule_counts_in_its_phase_only(world: World) -> None:
    of = await session(world, at(0), at(600))
    await phase(world, of, "Drill", at(100), at(200))
    await heard(world, "rosa_strap", range(300), [185] * 300)
    assert (await preview(world, hold_s=0, reset_s=0))["fired"][0]["at"] == "2026-05-01T12:00:00Z"
    assert (await preview(world, hold_s=0, phases=["drill"]))["fired"][0]["at"] == "2026-05-01T12:01:40Z"
    for nowhere in ({"phases": ["Warm-up"]}, {"tasks": ["match"]}):
        assert (await preview(world, **nowhere))["count"] == 0


async def test_a_process_that_begins_in_a_session_counts_what_it_did_not_hear(world: World) -> None:
    """The load since the begin is that of the batch: 60 s of zone 5 stored, and as many heard live, are 10."""
    live = Live(world)
    # Load is told at whole five seconds.
    begin = datetime.fromtimestamp(live.now_us // (5 * S) * 5 - 70, UTC)
    await session(world, begin)
    seconds = [(begin - at(0)).total_seconds() + second for second in range(60)]
    await heard(world, "rosa_strap", seconds, [180] * 60)
    rule = await ruled(world, **above("load_edwards", 9.99))
    await live.read()
    live.now_us = round(begin.timestamp() + 59) * S
    assert await live.tell("rosa", 180, 59) == []
    (told,) = await live.tell("rosa", 180, 5)
    assert (told.athlete, told.t_us) == (world["rosa"], round(begin.timestamp() + 120) * S)
    assert told.text == "Zu hoch: Rosa, load_edwards 10"
    (kept,) = await alerts(world)
    assert kept["rule_id"] == rule["id"]


async def late(world: World, since: datetime, rates: list[float]) -> None:
    """Heart rates of Rosa that come by the backlog lane, as the ingest worker enters them."""
    seconds = [(since - at(0)).total_seconds() + second for second in range(len(rates))]
    await heard(world, "rosa_strap", seconds, rates)
    owner = world.database.owner
    epoch = await owner.fetchval(
        "SELECT s.epoch FROM sts.series s JOIN sts.epoch e USING (epoch) WHERE s.name = 'rosa_strap' "
        "ORDER BY e.added_at DESC, s.id DESC LIMIT 1"
    )
    last = since + timedelta(seconds=len(rates) - 1)
    entered = await owner.fetchval(
        "SELECT sts.enter($1, 0, '{[0,0]}', '{}', 0, '{0}', '{0}', ARRAY[$2::timestamptz], ARRAY[$3::timestamptz], $2, $3)",
        epoch, since, last,
    )  # fmt: skip
    assert entered


async def test_what_came_late_is_judged_once_with_its_own_time_and_marked(world: World) -> None:
    live = Live(world)
    await ruled(world)
    await live.read()
    since = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=30)
    await late(world, since, [185.0] * 20)
    await live.watch._judge_late()
    (kept,) = await alerts(world)
    assert (kept["late"], kept["at"]) == (True, f"{since + timedelta(seconds=5):%Y-%m-%dT%H:%M:%SZ}")
    assert datetime.fromisoformat(kept["raised_at"]) > since + timedelta(minutes=25)
    await live.read()
    assert [(one.id, one.late) for one in live.onlooker.alerts if one.team == world["red"]] == [
        (kept["id"], True)
    ]
    # Another process finds nothing left to judge, and tells the same.
    other = Live(world)
    other.watch._began = other.watch._news_since = since
    await other.read()
    await world.database.owner.execute("DELETE FROM sts.alert WHERE id = $1", kept["id"])
    await other.watch._judge_late()
    assert await alerts(world) == []
    assert [one.id for one in other.onlooker.alerts].count(kept["id"]) == 1


async def test_what_came_late_takes_no_alert_back(world: World) -> None:
    live = Live(world)
    silent = {"metric": "heart_rate", "check": "silent", "limit": 10}
    await ruled(world, conditions=[silent], hold_s=0)
    await live.read()
    await live.tell("rosa", 120, 1)
    heard_us = live.now_us
    live.watch.tick(heard_us + 15 * S)
    await live.watch._write()
    (raised,) = await alerts(world)
    await late(world, datetime.fromtimestamp(heard_us / 1e6, UTC), [120.0] * 20)
    await live.watch._judge_late()
    assert await alerts(world, open=True) == [raised]


async def test_clubs_without_rules_and_data_of_last_week_leave_no_window(world: World) -> None:
    counted = "SELECT count(*) FROM sts.late_window WHERE club_id = $1"
    await late(world, datetime.now(UTC) - timedelta(minutes=5), [185.0] * 5)
    assert await world.database.owner.fetchval(counted, world["club"]) == 0
    await ruled(world)
    await late(world, datetime.now(UTC) - timedelta(days=7), [185.0] * 5)
    assert await world.database.owner.fetchval(counted, world["club"]) == 0
    await late(world, datetime.now(UTC) - timedelta(minutes=4), [185.0] * 5)
    assert await world.database.owner.fetchval(counted, world["club"]) == 1


async def beat(world: World, seconds_ago: float) -> None:
    await world.database.owner.execute(
        "INSERT INTO sts.gateway_state (gateway, epoch, number, beat, beat_at) "
        "VALUES ($1, gen_random_uuid(), 1, '{}', now() - make_interval(secs => $2)) "
        "ON CONFLICT (gateway) DO UPDATE SET beat_at = excluded.beat_at",
        world["pitch"], seconds_ago,
    )  # fmt: skip


async def test_a_gateway_in_use_that_falls_silent_is_told_as_such(world: World) -> None:
    live = Live(world)
    rule = await ruled(world, **above("gateway_silence", 30))
    assert rule["what"] == "quality"
    await beat(world, 60)
    await live.read()
    live.watch.tick(live.now_us)
    assert await live.tell("rosa", 120, 0) == []  # no session runs: whoever switched it off meant to
    await session(world, datetime.now(UTC) - timedelta(minutes=10))
    await live.read()
    live.watch.tick(live.now_us)
    (told,) = await live.tell("rosa", 120, 0)
    assert (told.gateway, told.athlete, told.what) == (world["pitch"], None, "quality")
    assert (await alerts(world))[0]["gateway"] == world["pitch"]
    assert "nothing heard for 6" in told.text


async def test_the_hub_is_behind_when_what_is_shown_is_not_stored(world: World) -> None:
    live = Live(world)
    await session(world, datetime.now(UTC) - timedelta(minutes=10))
    await ruled(world, **above("ingest_lag", 20))
    await live.read()
    await live.tell("rosa", 120, 1)
    await live.read()
    in_half_a_minute_us = live.now_us + 30 * S
    await heard(world, "rosa_strap", [live.now_us / 1e6 - at(0).timestamp()], [120])
    await live.read()
    live.watch.tick(in_half_a_minute_us)
    assert await live.tell("rosa", 120, 0) == []
    await live.tell("rosa", 120, 1)
    await live.read()
    live.watch.tick(in_half_a_minute_us + S)
    (told,) = await live.tell("rosa", 120, 0)
    assert (told.gateway, told.athlete, told.team) == (None, None, world["red"])
    assert "waiting to be stored" in told.text


async def test_a_lost_link_of_the_hub_is_the_hubs_fault_and_no_gateways(world: World) -> None:
    live = Live(world)
    await session(world, datetime.now(UTC) - timedelta(minutes=10))
    await ruled(world, **above("gateway_silence", 30))
    await ruled(world, name="Zu hoch: hub", **above("ingest_lag", 20))
    await beat(world, 5)
    await live.read()
    live.wall.open_gap(Gap("broker_away", live.now_us))
    live.watch.tick(live.now_us + 60 * S)
    told = [one for one in await live.tell("rosa", 120, 0) if one.team == world["red"]]
    assert ["waiting to be stored" in one.text for one in told] == [True]


async def test_how_gateways_stood_is_not_tried_on_the_past(world: World) -> None:
    body = {
        "team_id": str(world["red"]),
        "rule": {"name": "Silent", **above("gateway_silence", 30)},
        "from": at(0).isoformat(),
        "to": at(60).isoformat(),
    }
    answer = await world.as_("coach").post(f"{API}/alert-rules/preview", json=body)
    assert "is not kept" in problem(answer, 422, "invalid")["detail"]


async def test_a_phase_that_begins_counts_live(world: World) -> None:
    live = Live(world)
    of = await session(world, datetime.now(UTC) - timedelta(minutes=1))
    await ruled(world, hold_s=0, phases=["Game"])
    await live.read()
    assert await live.tell("rosa", 185, 3) == []
    await phase(world, of, "Game", datetime.now(UTC), None)
    await live.read()
    (told,) = await live.tell("rosa", 185, 3)
    assert told.athlete == world["rosa"]
    assert HEART_RATE.name in told.text
