"""Consent texts: consents say which version, and a version that means something else asks again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api_support import World, problem

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation

API = "/api/v1"
TEXTS = f"{API}/consent-texts"


def day(days: int) -> str:
    return f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"


async def publish(world: World, version: str, purpose: str = "monitoring", **more: Any) -> None:
    body = {"purpose": purpose, "version": version, "texts": {"en": "My heart.", "pt-BR": "Meu coração."}}
    answer = await world.as_("admin").post(TEXTS, json=body | more)
    assert answer.status_code == 201, answer.text


async def consent_of(world: World, name: str) -> dict[str, Any]:
    listed = await world.as_("admin").get(f"{API}/athletes/{world[name]}/consents")
    (held,) = [one for one in listed.json()["items"] if one["purpose"] == "monitoring"]
    shown: dict[str, Any] = held
    return shown


async def test_everybody_of_the_club_reads_the_texts_and_an_admin_alone_publishes(world: World) -> None:
    await publish(world, "2026")
    for who in ("admin", "coach", "athlete", "guardian", "technician"):
        (newest, photos) = (await world.as_(who).get(TEXTS)).json()["items"]
        assert (newest["version"], newest["texts"]["pt-BR"]) == ("2026", "Meu coração.")
        assert photos["purpose"] == "photos"
    only = (await world.as_("athlete").get(TEXTS, params={"purpose": "photos"})).json()["items"]
    assert [one["purpose"] for one in only] == ["photos"]
    body = {"purpose": "monitoring", "version": "3", "texts": {"en": "x"}}
    for who in ("director", "coach", "athlete", "guardian"):
        problem(await world.as_(who).post(TEXTS, json=body), 403, "not-allowed")
    theirs = (await world.as_("other_admin").get(TEXTS)).json()["items"]
    assert [one["purpose"] for one in theirs] == ["photos"]


async def test_a_version_is_published_once(world: World) -> None:
    await publish(world, "2")
    body = {"purpose": "monitoring", "version": "2", "texts": {"en": "Something else."}}
    problem(await world.as_("admin").post(TEXTS, json=body), 409, "conflict")
    for texts in ({}, {"english please": "x"}, {"en": ""}):
        body = {"purpose": "monitoring", "version": "3", "texts": texts}
        problem(await world.as_("admin").post(TEXTS, json=body), 422, "invalid")


async def test_a_consent_names_a_version_that_there_is(world: World) -> None:
    path = f"{API}/athletes/{world['rosa']}/consents"
    answer = await world.as_("athlete").post(path, json={"purpose": "photos", "version": "9"})
    assert "consent-texts" in problem(answer, 422, "invalid")["way_out"]
    given = await world.as_("athlete").post(path, json={"purpose": "photos", "version": "1"})
    assert given.json()["version"] == "1"


async def test_a_version_that_means_the_same_leaves_consents_as_they_are(world: World) -> None:
    await publish(world, "1")
    await publish(world, "1.1")
    assert (await consent_of(world, "rosa"))["to"] is None


async def test_a_version_that_means_something_else_ends_older_consents_on_the_day_set(world: World) -> None:
    ends = day(30)
    await publish(world, "1")
    await publish(world, "2", older_end_at=ends)
    for name in ("rosa", "rudi", "bea"):
        assert (await consent_of(world, name))["to"] == ends
    theirs = await world.as_("other_admin").get(f"{API}/athletes/{world['gina']}/consents")
    assert theirs.json()["items"][0]["to"] is None  # of another club
    # Agreed anew, it holds on without a gap.
    path = f"{API}/athletes/{world['rosa']}/consents"
    anew = await world.as_("athlete").post(path, json={"purpose": "monitoring", "version": "2"})
    old, new = (await world.as_("athlete").get(path)).json()["items"]
    assert (new["version"], new["to"]) == ("2", None)
    assert old["to"] == new["from"] == anew.json()["from"]
    # A signature on the older paper counts until that day, and is not taken after it.
    paper = {"purpose": "monitoring", "version": "1"}
    bea = f"{API}/athletes/{world['bea']}/consents"
    problem(await world.as_("admin").post(bea, json=paper | {"from": ends}), 409, "conflict")
    await world.as_("admin").patch(f"{bea}/{world['bea_consent']}", json={"to": day(-1)})
    assert (await world.as_("admin").post(bea, json=paper)).json()["to"] == ends


async def test_no_consent_ends_in_the_past(world: World) -> None:
    body = {"purpose": "monitoring", "version": "2", "texts": {"en": "x"}, "older_end_at": day(-1)}
    problem(await world.as_("admin").post(TEXTS, json=body), 422, "invalid")
