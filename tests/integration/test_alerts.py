"""Alerts: rules tried on the past and watched live by the same engine, told at once and kept once, seen by whoever trains
the team."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from alert_support import API, HIGH, RULE, Live, alerts, preview, ruled
from api_support import World, heard, problem
from sts_hub.kit.database import Database

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation


async def test_a_rule_says_how_often_it_would_have_fired(world: World) -> None:
    # Three efforts above 180.5/min: of 10 s, of 3 s (too short), and of 10 s after the reset.
    rates = [
        181 if second in range(10, 20) or second in range(40, 43) or second in range(200, 210) else 120
        for second in range(300)
    ]
    await heard(world, "rosa_strap", range(300), rates)
    await heard(world, "rudi_strap", range(300), [180] * 300)
    told = await preview(world)
    assert (told["count"], told["watched"], told["unwatched"]) == (2, 2, [])
    assert [one["athlete_id"] for one in told["fired"]] == [str(world["rosa"])] * 2
    assert [(one["at"], one["since"], one["value"]) for one in told["fired"]] == [
        ("2026-05-01T12:00:15Z", "2026-05-01T12:00:10Z", 181),
        ("2026-05-01T12:03:25Z", "2026-05-01T12:03:20Z", 181),
    ]
    assert (await preview(world, hold_s=60))["count"] == 0
    absolute = {"metric": "heart_rate", "check": "above", "limit": 150}
    assert (await preview(world, conditions=[absolute]))["count"] == 3


async def test_a_silent_strap_is_found_in_the_past_and_is_no_body_alert(world: World) -> None:
    await heard(world, "rosa_strap", [*range(30), *range(100, 130)], [120] * 60)
    silent = {"metric": "heart_rate", "check": "silent", "limit": 30}
    told = await preview(world, conditions=[silent], hold_s=0, reset_s=10, until=125)
    assert [(one["at"], one["since"]) for one in told["fired"]] == [
        ("2026-05-01T12:00:59Z", "2026-05-01T12:00:29Z")
    ]
    assert (await ruled(world, conditions=[silent]))["what"] == "quality"
    assert (await ruled(world))["what"] == "body"


async def test_who_lacks_the_parameter_is_not_watched_and_named(world: World) -> None:
    told = await preview(world, conditions=[HIGH | {"of": "lthr"}])
    assert (told["watched"], set(told["unwatched"])) == (0, {str(world["rosa"]), str(world["rudi"])})


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"conditions": [HIGH | {"metric": "mood"}]}, "no metric 'mood'"),
        ({"athlete_ids": [str(uuid4())]}, "its own team"),
    ],
)
async def test_a_rule_that_makes_no_sense_is_a_sentence(
    world: World, fields: dict[str, Any], sentence: str
) -> None:
    body = {"team_id": str(world["red"]), **RULE, **fields}
    assert (
        sentence
        in problem(await world.as_("coach").post(f"{API}/alert-rules", json=body), 422, "invalid")["detail"]
    )


async def test_rules_belong_to_who_trains_the_team(world: World) -> None:
    rule = await ruled(world)
    for who in ("athlete", "technician", "other_coach"):
        problem(await world.as_(who).get(f"{API}/alert-rules/{rule['id']}"), 404, "not-found")
    body = {"team_id": str(world["blue"]), **RULE}
    problem(await world.as_("coach").post(f"{API}/alert-rules", json=body), 404, "not-found")


@pytest.fixture
async def live(world: World) -> Live:
    """A process that watches."""
    return Live(world)


async def test_a_rule_is_watched_live_and_told_once_with_the_time_of_measurement(
    live: Live, world: World
) -> None:
    rule = await ruled(world)
    await live.read()
    assert await live.tell("rosa", 120, 3) == []
    (told,) = await live.tell("rosa", 185, 20)
    assert (told.athlete, told.colour, told.what, told.late) == (world["rosa"], "red", "body", False)
    assert told.text == "Zu hoch: Rosa, heart_rate 185 /min for 5 s"
    (kept,) = await alerts(world)
    assert (kept["id"], kept["rule_id"], kept["acknowledged_at"]) == (told.id, rule["id"], None)
    assert kept["at"][:19] == datetime.fromtimestamp(told.t_us / 1e6, UTC).isoformat()[:19]
    assert await alerts(world, "athlete") == []


async def test_two_processes_that_hear_the_same_keep_one_alert_and_each_tells_its_own(
    live: Live, world: World
) -> None:
    await ruled(world)
    other = Live(world)
    other.now_us = live.now_us
    for one in (live, other):
        await one.read()
    for one in (live, other):
        assert len(await one.tell("rosa", 185, 10)) == 1
        await one.read()
        assert len(one.onlooker.alerts) == 1
    assert live.onlooker.alerts[0].id == other.onlooker.alerts[0].id
    assert len(await alerts(world)) == 1


async def test_a_restart_does_not_tell_the_same_again(live: Live, world: World) -> None:
    await ruled(world)
    await live.read()
    await live.tell("rosa", 185, 10)
    restarted = Live(world)
    restarted.now_us = live.now_us
    await restarted.read()
    assert await restarted.tell("rosa", 185, 10) == []
    assert len(await alerts(world)) == 1


async def test_a_muted_rule_is_kept_and_not_told(live: Live, world: World) -> None:
    rule = await ruled(world)
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    body = {"until": until, "athlete_id": str(world["rosa"])}
    assert (
        await world.as_("coach").post(f"{API}/alert-rules/{rule['id']}/mutes", json=body)
    ).status_code == 201
    await live.read()
    assert await live.tell("rosa", 185, 10) == []
    assert len(await live.tell("rudi", 185, 10)) == 1
    assert sorted(one["muted"] for one in await alerts(world)) == [False, True]
    assert (await world.as_("coach").delete(f"{API}/alert-rules/{rule['id']}/mutes")).status_code == 204


async def test_the_first_to_acknowledge_counts(live: Live, world: World) -> None:
    await ruled(world)
    await live.read()
    (told,) = await live.tell("rosa", 185, 10)
    path = f"{API}/alerts/{told.id}/acknowledgement"
    first = (await world.as_("coach").post(path, json={"note": "Pause"})).json()
    again = (await world.as_("admin").post(path, json={})).json()
    assert first["acknowledged_by"] == again["acknowledged_by"] == str(world["coach"])
    assert again["note"] == "Pause"
    assert await alerts(world, open=True) == []
    problem(await world.as_("athlete").post(path, json={}), 404, "not-found")


async def test_what_nobody_acknowledges_is_told_again_once_in_red(live: Live, world: World) -> None:
    await ruled(world, escalate_after_s=10, colour="yellow")
    await live.read()
    (told,) = await live.tell("rosa", 185, 10)
    await live.read()
    assert len(live.onlooker.alerts) == 1
    await world.database.owner.execute("UPDATE sts.alert SET escalates_at = now() WHERE id = $1", told.id)
    await live.read()
    await live.read()
    assert [(one.id, one.colour, one.escalated) for one in live.onlooker.alerts[1:]] == [
        (told.id, "red", True)
    ]


async def test_what_no_longer_holds_is_resolved_told_once_by_each_process_and_still_open(
    live: Live, world: World
) -> None:
    """Its reset time (60 s) must be over, and the heart heard to be slow after that."""
    await ruled(world)
    other = Live(world)
    other.now_us = live.now_us
    for one in (live, other):
        await one.read()
        await one.tell("rosa", 185, 10)
        await one.tell("rosa", 120, 54)
    await live.read()
    assert [one["state"] for one in await alerts(world)] == ["raised"]
    for one in (live, other):
        await one.tell("rosa", 120, 3)
    for one in (live, other, live, other):
        await one.read()
    for one in (live, other):
        raised, over = one.onlooker.alerts
        assert (raised.resolved, over.resolved, over.id, over.text) == (
            False,
            True,
            raised.id,
            "Over: Zu hoch: Rosa, heart_rate 185 /min for 5 s",
        )
    (kept,) = await alerts(world, open=True)
    assert (kept["state"], kept["acknowledged_at"]) == ("resolved", None)
    assert kept["over_at"][:19] == datetime.fromtimestamp(live.now_us / 1e6, UTC).isoformat()[:19]
    await world.as_("coach").post(f"{API}/alerts/{kept['id']}/acknowledgement", json={})
    assert await alerts(world, open=True) == []


async def test_who_is_heard_no_more_is_not_resolved_and_a_restart_resolves_what_it_finds(
    live: Live, world: World
) -> None:
    await ruled(world)
    await live.read()
    (told,) = await live.tell("rosa", 185, 10)
    await live.read()
    restarted = Live(world)
    restarted.now_us = live.now_us + 600_000_000
    await restarted.read()
    await restarted.read()
    assert [one["state"] for one in await alerts(world)] == ["raised"]
    await restarted.tell("rosa", 120, 1)
    await restarted.read()
    assert [(one["id"], one["state"]) for one in await alerts(world)] == [(told.id, "resolved")]


async def test_what_is_over_is_not_told_again_in_red(live: Live, world: World) -> None:
    await ruled(world, escalate_after_s=10)
    await live.read()
    (raised,) = await live.tell("rosa", 185, 10)
    await live.tell("rosa", 120, 60)
    await live.read()
    await world.database.owner.execute(
        "UPDATE sts.alert SET escalates_at = now() WHERE id = $1", UUID(raised.id)
    )
    await live.read()
    told = [one for one in live.onlooker.alerts if one.id == raised.id]
    assert [(one.escalated, one.resolved) for one in told] == [(False, False), (False, True)]


@pytest.mark.parametrize("gone", ["alert_rule", "athlete"])
async def test_what_goes_while_its_alert_is_on_its_way_ends_nothing(
    live: Live, world: World, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    rule = await ruled(world)
    await live.read()
    write = live.watch._write
    which = {"alert_rule": UUID(rule["id"]), "athlete": world["rosa"]}[gone]

    async def write_after_its_end() -> None:
        await world.database.owner.execute(f"DELETE FROM sts.{gone} WHERE id = $1", which)
        await write()

    monkeypatch.setattr(live.watch, "_write", write_after_its_end)
    assert await live.tell("rosa", 185, 10) == []
    await write()
    assert live.watch._waiting == []


async def test_a_withdrawn_consent_a_changed_rule_and_a_strap_of_somebody_else_count(
    live: Live, world: World
) -> None:
    rule = await ruled(world)
    await live.read()
    await live.tell("rosa", 185, 3)
    change = {"rule": RULE | {"conditions": [HIGH | {"limit": 99}]}}
    assert (await world.as_("coach").patch(f"{API}/alert-rules/{rule['id']}", json=change)).status_code == 200
    await live.read()
    assert await live.tell("rosa", 185, 10) == []
    await world.as_("coach").patch(f"{API}/alert-rules/{rule['id']}", json={"rule": RULE})
    await world.as_("athlete").patch(
        f"{API}/athletes/{world['rosa']}/consents/{world['rosa_consent']}", json={}
    )
    await live.read()
    assert await live.tell("rosa", 185, 10) == []
    await world.as_("coach").patch(f"{API}/alert-rules/{rule['id']}", json={"enabled": False})
    await live.read()
    assert await live.tell("rudi", 185, 10) == []


async def test_a_rule_reaches_no_other_team_and_no_other_club(live: Live, world: World) -> None:
    await ruled(world)
    await live.read()
    assert await live.tell("bea", 185, 10) == []
    assert await live.tell("gina", 185, 10) == []


async def test_an_alert_is_told_while_the_database_is_away_and_written_once_it_is_back(
    live: Live, world: World
) -> None:
    await ruled(world)
    await live.read()
    away = Database("postgresql://nobody@127.0.0.1:1/none")
    await away.open()
    live.watch._database = away
    assert len(await live.tell("rosa", 185, 10)) == 1
    assert await alerts(world) == []
    live.watch._database = live.database
    await live.watch._write()
    assert len(live.onlooker.alerts) == 1
    assert len(await alerts(world)) == 1
    await away.close()


async def test_a_rule_that_this_version_does_not_know_stops_no_other(live: Live, world: World) -> None:
    for spoilt in ("null", '{"name": "Old", "conditions": [{"metric": "mood", "check": "above"}]}'):
        rule = await ruled(world)
        await world.database.owner.execute(
            "UPDATE sts.alert_rule SET rule = $2 WHERE id = $1", UUID(rule["id"]), spoilt
        )
    await ruled(world)
    await live.read()
    assert len(await live.tell("rosa", 185, 10)) == 1


async def test_the_whole_team_is_one_alert(live: Live, world: World) -> None:
    await ruled(world, scope="all")
    await live.read()
    for name in ("rosa", "rudi"):
        await live.tell(name, 120, 1)
    now_us = live.now_us
    assert await live.tell("rosa", 185, 8) == []
    live.now_us = now_us
    (told,) = await live.tell("rudi", 185, 8)
    assert (told.athlete, told.team, told.text) == (None, world["red"], "Zu hoch: 2 of the team")
