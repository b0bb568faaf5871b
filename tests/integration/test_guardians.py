"""Guardians: they stand for a minor until the day of being of age, and consent ends with it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from api_support import World, problem
from sts_hub.athletes.age import years_old_on

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation

API = "/api/v1"


async def born(world: World, name: str, birth: date | None) -> None:
    await world.database.owner.execute(
        "UPDATE sts.athlete SET birth_date = $2 WHERE id = $1", world[name], birth
    )


def years_ago(years: int, days: int = 0) -> date:
    """The birthday of somebody who became so many years old so many days ago."""
    today = datetime.now(UTC).date() - timedelta(days)
    return date(today.year - years, today.month, min(today.day, 28))


async def test_a_guardian_sees_the_ward_and_nobody_else(world: World) -> None:
    guardian = world.as_("guardian")
    shown = (await guardian.get(f"{API}/athletes")).json()["items"]
    assert [one["name"] for one in shown] == ["Rosa"]
    assert (await guardian.get(f"{API}/me")).json()["teams"] == [str(world["red"])]
    problem(await guardian.get(f"{API}/athletes/{world['rudi']}"), 404, "not-found")


async def test_on_the_day_of_being_of_age_the_guardian_sees_nothing_more(world: World) -> None:
    path = f"{API}/athletes/{world['rosa']}"
    await born(world, "rosa", years_ago(18, days=-40))
    assert (await world.as_("guardian").get(path)).status_code == 200
    await born(world, "rosa", years_ago(18))
    problem(await world.as_("guardian").get(path), 404, "not-found")
    assert (await world.as_("guardian").get(f"{API}/athletes")).json()["items"] == []


async def test_what_the_database_calls_of_age_is_what_the_program_does(world: World) -> None:
    birth = date(1999, 12, 27)
    days = [birth + timedelta(day) for day in range(3 * 366)]
    told = await world.database.owner.fetch("SELECT sts.of_age(d) AS day FROM unnest($1::date[]) d", days)
    assert [row["day"] for row in told] == [years_old_on(day, 18) for day in days]


async def test_a_guardians_consent_ends_on_that_day_and_the_athletes_own_does_not(world: World) -> None:
    path = f"{API}/athletes/{world['rosa']}/consents"
    birth = years_ago(17)
    await born(world, "rosa", birth)
    given = (await world.as_("guardian").post(path, json={"purpose": "research", "version": "1"})).json()
    assert given["given_by"] == "guardian"
    assert given["to"] == f"{years_old_on(birth, 18)}T00:00:00Z"
    own = (await world.as_("athlete").post(path, json={"purpose": "sharing", "version": "1"})).json()
    assert (own["given_by"], own["to"]) == ("athlete", None)


async def test_what_staff_records_was_given_on_paper(world: World) -> None:
    path = f"{API}/athletes/{world['rudi']}/consents"
    given = (await world.as_("coach").post(path, json={"purpose": "research", "version": "1"})).json()
    assert (given["given_by"], given["to"]) == ("paper", None)


async def test_a_birth_date_that_is_entered_later_ends_what_others_gave(world: World) -> None:
    birth = years_ago(15)
    changed = await world.as_("coach").patch(
        f"{API}/athletes/{world['rudi']}", json={"birth_date": birth.isoformat()}
    )
    assert changed.json()["birth_date"] == birth.isoformat()
    (held,) = (await world.as_("coach").get(f"{API}/athletes/{world['rudi']}/consents")).json()["items"]
    assert held["to"] == f"{years_old_on(birth, 18)}T00:00:00Z"


@pytest.mark.parametrize(("years", "status"), [(15, 403), (16, 201)])
async def test_below_the_age_of_digital_consent_somebody_else_consents(
    world: World, years: int, status: int
) -> None:
    await born(world, "rosa", years_ago(years))
    answer = await world.as_("athlete").post(
        f"{API}/athletes/{world['rosa']}/consents", json={"purpose": "research", "version": "1"}
    )
    assert answer.status_code == status
    if status == 403:
        assert "guardian" in problem(answer, 403, "not-allowed")["way_out"]


async def test_an_athlete_of_any_age_may_withdraw(world: World) -> None:
    await born(world, "rosa", years_ago(12))
    answer = await world.as_("athlete").patch(
        f"{API}/athletes/{world['rosa']}/consents/{world['rosa_consent']}", json={}
    )
    assert answer.status_code == 200


async def test_an_admin_gives_a_minor_a_guardian_and_takes_it_back(world: World) -> None:
    admin, path = world.as_("admin"), f"{API}/athletes/{world['bea']}/guardians"
    one = f"{path}/{world['guardian']}"
    problem(await admin.put(one), 409, "conflict")  # no birth date
    await born(world, "bea", years_ago(19))
    problem(await admin.put(one), 409, "conflict")  # of age
    await born(world, "bea", years_ago(12))
    problem(await admin.put(f"{path}/{world['coach']}"), 409, "conflict")
    problem(await admin.put(f"{path}/{world['other_admin']}"), 404, "not-found")
    assert (await admin.put(one)).status_code == 204
    assert (await admin.put(one)).status_code == 204
    (shown,) = (await admin.get(path)).json()["items"]
    assert shown["name"] == "Guardian"
    assert len((await world.as_("guardian").get(f"{API}/athletes")).json()["items"]) == 2
    assert (await admin.delete(one)).status_code == 204
    problem(await world.as_("guardian").get(f"{API}/athletes/{world['bea']}"), 404, "not-found")
