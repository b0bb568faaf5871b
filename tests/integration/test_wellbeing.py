"""What athletes say of themselves, over the API: somebody else first, then the good case."""

from __future__ import annotations

import pytest

from api_support import World, problem

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation

API = "/api/v1"
FORM = {
    "day": "2026-05-02",
    "sleep_h": 7.5,
    "sleep": 4,
    "fatigue": 2,
    "mood": 5,
    "notes": "Heavy legs.\nAgain.",
}
SPRAIN = {"first_day": "2026-05-02", "reason": "injury", "place": "left ankle", "training": "limited"}


def of(world: World, name: str, what: str) -> str:
    return f"{API}/athletes/{world[name]}/{what}"


@pytest.mark.parametrize("what", ["ratings", "wellness", "absences"])
async def test_what_others_say_of_themselves_is_not_there(world: World, what: str) -> None:
    for who, name in (("technician", "rosa"), ("other_admin", "rosa"), ("coach", "bea"), ("athlete", "rudi")):
        problem(await world.as_(who).get(of(world, name, what)), 404, "not-found")


async def test_an_athlete_fills_in_the_form_of_a_day_and_may_correct_it(world: World) -> None:
    athlete, path = world.as_("athlete"), of(world, "rosa", "wellness")
    first = await athlete.post(path, json=FORM)
    assert first.status_code == 201
    assert first.json().items() >= (FORM | {"stress": None, "soreness": None}).items()
    second = await athlete.post(path, json={"day": FORM["day"], "mood": 3})
    assert (second.json()["id"], second.json()["sleep"]) == (first.json()["id"], None)
    days = [one["day"] for one in (await world.as_("coach").get(path)).json()["items"]]
    assert days == ["2026-05-02", "2026-05-01"]
    problem(await athlete.post(path, json=FORM | {"mood": 6}), 422, "invalid")


async def test_nothing_is_kept_of_who_did_not_agree_then(world: World) -> None:
    await world.as_("athlete").patch(
        f"{API}/athletes/{world['rosa']}/consents/{world['rosa_consent']}",
        json={"to": "2026-04-01T00:00:00Z"},
    )
    coach = world.as_("coach")
    rating = {"session_id": str(world["rosa_session"]), "rating": 5}
    for what, body in (("wellness", FORM), ("absences", SPRAIN), ("ratings", rating)):
        assert (
            "agree"
            in problem(await coach.post(of(world, "rosa", what), json=body), 409, "conflict")["detail"]
        )
    before = FORM | {"day": "2026-03-01"}
    assert (await coach.post(of(world, "rosa", "wellness"), json=before)).status_code == 201


async def test_a_rating_is_of_a_session_that_the_athlete_was_in(world: World) -> None:
    athlete, path = world.as_("athlete"), of(world, "rosa", "ratings")
    body = {"session_id": str(world["rosa_session"]), "rating": 8.5}
    assert (await athlete.post(path, json=body)).json()["rating"] == 8.5
    assert [one["rating"] for one in (await athlete.get(path)).json()["items"]] == [8.5]
    for session in ("rudi_session", "bea_session"):
        problem(await athlete.post(path, json=body | {"session_id": str(world[session])}), 404, "not-found")
    problem(await athlete.post(path, json=body | {"rating": 10.5}), 422, "invalid")


async def test_an_injury_is_noted_found_and_ended(world: World) -> None:
    coach, path = world.as_("coach"), of(world, "rosa", "absences")
    made = await coach.post(path, json=SPRAIN)
    assert made.status_code == 201
    for day, found in (("2026-05-01", False), ("2026-05-02", True), ("2027-01-01", True)):
        listed = (await coach.get(f"{API}/absences", params={"on": day})).json()["items"]
        assert (made.json()["id"] in {one["id"] for one in listed}) is found
    where, tag = f"{path}/{made.json()['id']}", {"If-Match": made.headers["etag"]}
    problem(await coach.patch(where, json={"last_day": "2026-05-01"}, headers=tag), 422, "invalid")
    ended = await coach.patch(where, json={"last_day": "2026-05-09"}, headers=tag)
    assert ended.json()["last_day"] == "2026-05-09"
    problem(await coach.patch(where, json={"last_day": None}, headers=tag), 412, "edited-meanwhile")
    listed = (await coach.get(f"{API}/absences", params={"on": "2026-05-10"})).json()["items"]
    assert made.json()["id"] not in {one["id"] for one in listed}
    assert (await coach.delete(where)).status_code == 204
    problem(await coach.get(where), 404, "not-found")


async def test_absences_are_seen_by_role(world: World) -> None:
    seen = {}
    for who in ("admin", "coach", "athlete", "technician"):
        listed = (await world.as_(who).get(f"{API}/absences")).json()["items"]
        seen[who] = {one["athlete_id"] for one in listed}
    rosa, rudi, bea = (str(world[name]) for name in ("rosa", "rudi", "bea"))
    assert seen == {"admin": {rosa, rudi, bea}, "coach": {rosa, rudi}, "athlete": {rosa}, "technician": set()}
