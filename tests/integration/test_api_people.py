"""Teams, athletes and consents over the API: nobody, somebody else, then the good case."""

from __future__ import annotations

from uuid import uuid4

import pytest

from api_support import World, problem

API = "/api/v1"


async def test_nobody_gets_an_answer_without_a_login(world: World) -> None:
    nobody = world.as_(None)
    for path in ("me", "teams", "athletes", f"athletes/{world['rosa']}", "accounts", "metrics", "live"):
        problem(await nobody.get(f"{API}/{path}"), 401, "not-signed-in")


async def test_a_login_that_has_run_out_is_nobodys(world: World) -> None:
    await world.database.owner.execute(
        "UPDATE sts.login SET expires_at = now() WHERE account_id = $1", world["coach"]
    )
    problem(await world.as_("coach").get(f"{API}/me"), 401, "not-signed-in")


async def test_a_login_left_alone_for_a_day_has_ended(world: World) -> None:
    await world.database.owner.execute(
        "UPDATE sts.login SET last_seen_at = now() - interval '25 h' WHERE account_id = $1", world["coach"]
    )
    problem(await world.as_("coach").get(f"{API}/me"), 401, "not-signed-in")


async def test_a_login_in_use_is_kept_awake(world: World) -> None:
    await world.database.owner.execute(
        "UPDATE sts.login SET last_seen_at = now() - interval '23 h' WHERE account_id = $1", world["coach"]
    )
    assert (await world.as_("coach").get(f"{API}/me")).status_code == 200
    fresh = await world.database.owner.fetchval(
        "SELECT last_seen_at > now() - interval '1 min' FROM sts.login WHERE account_id = $1", world["coach"]
    )
    assert fresh


async def test_me_tells_role_club_and_teams(world: World) -> None:
    me = (await world.as_("coach").get(f"{API}/me")).json()
    assert (me["role"], me["teams"]) == ("coach", [str(world["red"])])
    assert me["club"]["id"] == str(world["club"])


async def test_an_athletes_team_is_her_own(world: World) -> None:
    assert (await world.as_("athlete").get(f"{API}/me")).json()["teams"] == [str(world["red"])]


async def test_teams_are_seen_by_role(world: World) -> None:
    seen = {}
    for who in ("admin", "director", "coach", "athlete", "technician", "other_admin"):
        answer = await world.as_(who).get(f"{API}/teams")
        seen[who] = {team["name"] for team in answer.json()["items"]}
    both = {"Red", "Blue"}
    assert seen == {
        "admin": both,
        "director": both,
        "coach": {"Red"},
        "athlete": {"Red"},
        "technician": {"Red"},
        "other_admin": {"Green"},
    }


async def test_another_clubs_team_is_not_there(world: World) -> None:
    stranger = world.as_("other_admin")
    problem(await stranger.get(f"{API}/teams/{world['red']}"), 404, "not-found")
    problem(await stranger.patch(f"{API}/teams/{world['red']}", json={"name": "Mine"}), 404, "not-found")


async def test_a_coach_sees_the_team_and_cannot_rename_it(world: World) -> None:
    answer = await world.as_("coach").patch(f"{API}/teams/{world['red']}", json={"name": "Mine"})
    assert "admin" in problem(answer, 403, "not-allowed")["way_out"]


async def test_an_admin_adds_and_renames_a_team(world: World) -> None:
    admin = world.as_("admin")
    added = await admin.post(f"{API}/teams", json={"name": "Under 19"})
    assert added.status_code == 201
    path = f"{API}/teams/{added.json()['id']}"
    assert (await admin.patch(path, json={"name": "U19"})).json()["name"] == "U19"
    assert (await admin.get(path)).json()["name"] == "U19"


async def test_a_team_name_is_used_once(world: World) -> None:
    problem(await world.as_("admin").post(f"{API}/teams", json={"name": "Red"}), 409, "conflict")


async def test_athletes_are_seen_by_role(world: World) -> None:
    seen = {}
    for who in ("admin", "director", "coach", "trainer", "athlete", "technician", "other_coach"):
        answer = await world.as_(who).get(f"{API}/athletes")
        seen[who] = [athlete["name"] for athlete in answer.json()["items"]]
    assert seen == {
        "admin": ["Rosa", "Rudi", "Bea"],
        "director": ["Rosa", "Rudi", "Bea"],
        "coach": ["Rosa", "Rudi"],
        "trainer": ["Rosa", "Rudi"],
        "athlete": ["Rosa"],
        "technician": [],
        "other_coach": ["Gina"],
    }


async def test_athletes_of_another_team_look_as_if_they_did_not_exist(world: World) -> None:
    coach = world.as_("coach")
    there = problem(await coach.get(f"{API}/athletes/{world['bea']}"), 404, "not-found")
    nowhere = problem(await coach.get(f"{API}/athletes/{uuid4()}"), 404, "not-found")
    for told in (there, nowhere):
        del told["instance"], told["request_id"]
    assert there == nowhere


async def test_a_coach_adds_an_athlete_to_the_own_team_only(world: World) -> None:
    coach = world.as_("coach")
    body = {"team_id": str(world["red"]), "name": "Nina", "number": 23}
    added = await coach.post(f"{API}/athletes", json=body)
    assert added.status_code == 201
    assert added.json().items() >= body.items()
    problem(
        await coach.post(f"{API}/athletes", json=body | {"team_id": str(world["blue"])}), 404, "not-found"
    )
    problem(
        await coach.post(f"{API}/athletes", json=body | {"team_id": str(world["green"])}), 404, "not-found"
    )


async def test_an_admin_cannot_add_to_another_clubs_team(world: World) -> None:
    body = {"team_id": str(world["green"]), "name": "Nina"}
    problem(await world.as_("admin").post(f"{API}/athletes", json=body), 404, "not-found")


async def test_a_change_keeps_what_is_left_out_and_null_clears(world: World) -> None:
    coach, path = world.as_("coach"), f"{API}/athletes/{world['rosa']}"
    changed = (await coach.patch(path, json={"number": None})).json()
    assert (changed["number"], changed["name"], changed["hr_max"]) == (None, "Rosa", 190)
    problem(await coach.patch(path, json={"name": None}), 422, "invalid")


async def test_a_coach_cannot_move_an_athlete_out_of_reach(world: World) -> None:
    body = {"team_id": str(world["blue"])}
    problem(await world.as_("coach").patch(f"{API}/athletes/{world['rosa']}", json=body), 404, "not-found")


async def test_an_athlete_sees_herself_and_changes_nothing(world: World) -> None:
    athlete, path = world.as_("athlete"), f"{API}/athletes/{world['rosa']}"
    assert (await athlete.get(path)).json()["name"] == "Rosa"
    problem(await athlete.patch(path, json={"number": 18}), 403, "not-allowed")
    problem(await athlete.get(f"{API}/athletes/{world['rudi']}"), 404, "not-found")


async def test_a_list_goes_on_where_its_cursor_says(world: World) -> None:
    admin, names, cursor = world.as_("admin"), [], None
    for _ in range(3):
        params = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        page = (await admin.get(f"{API}/athletes", params=params)).json()
        names += [athlete["name"] for athlete in page["items"]]
        cursor = page["next"]
    assert (names, cursor) == (["Rosa", "Rudi", "Bea"], None)


async def test_an_invented_cursor_is_told(world: World) -> None:
    for cursor in ("%%%", "bm9uc2Vuc2U=", "WzEsMl0=", "é"):
        problem(await world.as_("admin").get(f"{API}/athletes", params={"cursor": cursor}), 422, "invalid")


async def test_a_consent_is_recorded_withdrawn_and_given_again(world: World) -> None:
    athlete, path = world.as_("athlete"), f"{API}/athletes/{world['rosa']}/consents"
    first = (await athlete.get(path)).json()["items"][0]
    assert (first["purpose"], first["to"]) == ("monitoring", None)
    problem(await athlete.post(path, json={"purpose": "monitoring", "version": "2"}), 409, "conflict")
    ended = await athlete.patch(f"{path}/{first['id']}", json={})
    assert ended.json()["to"] is not None
    again = await athlete.post(path, json={"purpose": "monitoring", "version": "2"})
    assert again.status_code == 201
    assert len((await athlete.get(path)).json()["items"]) == 2


async def test_a_consent_withdrawn_is_not_made_longer(world: World) -> None:
    coach = world.as_("coach")
    path = f"{API}/athletes/{world['rosa']}/consents/{world['rosa_consent']}"
    assert (await coach.patch(path, json={"to": "2026-03-01T00:00:00Z"})).status_code == 200
    problem(await coach.patch(path, json={"to": "2026-04-01T00:00:00Z"}), 409, "conflict")
    problem(await coach.patch(path, json={"to": "2025-01-01T00:00:00Z"}), 422, "invalid")


async def test_consents_of_others_are_not_there(world: World) -> None:
    path = f"{API}/athletes/{world['rosa']}/consents"
    for who in ("technician", "other_admin", "other_coach"):
        problem(await world.as_(who).get(path), 404, "not-found")
        body = {"purpose": "monitoring", "version": "1"}
        problem(await world.as_(who).post(path, json=body), 404, "not-found")


@pytest.mark.parametrize("purpose", ["stage_2", "ab", "Monitoring", "a" * 41, "monitoring\n"])
async def test_a_purpose_that_the_database_would_refuse_is_refused_in_a_sentence(
    world: World, purpose: str
) -> None:
    path = f"{API}/athletes/{world['rosa']}/consents"
    body = {"purpose": purpose, "version": "1"}
    problem(await world.as_("athlete").post(path, json=body), 422, "invalid")


async def test_everything_wrong_with_a_request_is_told_at_once_and_not_repeated(world: World) -> None:
    body = {"team_id": "no", "name": " x", "number": 99999, "nmuber": 3}
    told = problem(await world.as_("coach").post(f"{API}/athletes", json=body), 422, "invalid")
    assert {fault["where"] for fault in told["faults"]} == {
        "body.team_id",
        "body.name",
        "body.number",
        "body.nmuber",
    }
    assert "99999" not in str(told["faults"])
