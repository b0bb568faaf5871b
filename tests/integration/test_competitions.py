"""Results as versioned facts: uploaded, corrected, withdrawn, matched to athletes, forgotten; and from a gateway's folder."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from api_support import World, problem
from document_support import cut
from ingest_support import Gateway, eventually
from result_files import CSV, FILES, IDS, LENEX, LIF
from sts_hub.ingest import results
from sts_hub.maintenance.retention import forget_names
from sts_protocols.record import Kind, encode_document_part

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation

API = "/api/v1"


async def send(
    client: httpx.AsyncClient, data: bytes, name: str = "heat.lif", competition: str = "", **params: str
):
    """The answer to an upload."""
    where = f"{API}/competitions/{competition}/files" if competition else f"{API}/competitions/files"
    return await client.post(where, content=data, params={"name": name, **params})


@pytest.fixture
async def cup(world: World) -> str:
    """A competition added by hand."""
    added = await world.as_("coach").post(
        f"{API}/competitions", json={"name": "Cup of Nowhere", "first_day": "2026-05-02"}
    )
    assert added.status_code == 201, added.text
    return str(added.json()["id"])


async def facts(world: World, cup: str, kind: str) -> list[dict[str, Any]]:
    """All facts of a kind."""
    answer = await world.as_("coach").get(
        f"{API}/competitions/{cup}/facts", params={"kind": kind, "limit": 500}
    )
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def added(world: World) -> list[dict[str, Any]]:
    """The club's competitions but the one that the world was made with."""
    items = (await world.as_("admin").get(f"{API}/competitions")).json()["items"]
    return [one for one in items if one["id"] != str(world["cup"])]


@pytest.mark.parametrize("file", FILES, ids=IDS)
async def test_every_format_is_taken_in_and_the_same_again_changes_nothing(
    world: World, cup: str, file
) -> None:
    coach = world.as_("coach")
    first = await send(coach, file.data, "a.txt", cup)
    assert first.status_code == 201, first.text
    told = first.json()["file"]
    assert (told["format"], told["pieces"], told["of"], told["told_by"]) == (
        file.form,
        file.pieces,
        file.pieces,
        "Coach",
    )
    again = await send(coach, file.data, "a.txt", cup)
    assert (again.status_code, again.json()["new"], again.json()["file"]["id"]) == (200, False, told["id"])
    other_name = (await send(coach, file.data, "b.txt", cup)).json()
    assert (other_name["file"]["added"], other_name["file"]["corrected"], other_name["changes"]) == (0, 0, [])


async def test_a_heat_is_stored_with_ties_statuses_and_printed_times(world: World, cup: str) -> None:
    await send(world.as_("coach"), LIF, competition=cup)
    told = [
        (one["content"].get("rank"), one["content"].get("status", ""))
        for one in await facts(world, cup, "result")
    ]
    assert told == [(1, ""), (2, ""), (2, ""), (4, ""), (None, "DNS"), (None, "DSQ")]
    first = (await facts(world, cup, "result"))[0]
    assert (first["name"], first["club"]) == ("Ilvy Öztürkova, the 2nd", "TV Niemandsried")
    assert first["content"]["time"] == {"ticks": 123_400, "text": "12.34"}
    assert (await facts(world, cup, "entry"))[0]["content"] | {"competitor": ""} == {
        "lane": 4,
        "bib": "234",
        "heat": 2,
        "competitor": "",
    }


async def test_a_corrected_heat_shows_what_changed_and_what_was_withdrawn(world: World, cup: str) -> None:
    coach = world.as_("coach")
    await send(coach, LIF, competition=cup)
    better = LIF.replace(b"12.34,L-77", b"12.31,L-77").replace(
        b"DQ,239,8,Fennimoor,Bo,Club S\xc3\xbcd,12.01,,,,,,,,\r\n", b""
    )
    told = (await send(coach, better, competition=cup)).json()
    assert (told["file"]["added"], told["file"]["corrected"], told["file"]["withdrawn"]) == (0, 1, 2)
    changes = {(one["kind"], one["state"]): one for one in told["changes"]}
    corrected = changes["result", "corrected"]
    assert (corrected["before"]["time"]["text"], corrected["after"]["time"]["text"]) == ("12.34", "12.31")
    assert {("entry", "withdrawn"), ("result", "withdrawn")} <= set(changes)
    versions = (await coach.get(f"{API}/competitions/{cup}/facts/{corrected['fact_id']}/versions")).json()
    assert [
        (one["version"], one["state"], one["content"]["time"]["text"], one["told_by"]) for one in versions
    ] == [
        (1, "official", "12.34", "Coach"),
        (2, "corrected", "12.31", "Coach"),
    ]
    back = (await send(coach, LIF, competition=cup)).json()["file"]
    assert (back["corrected"], back["withdrawn"]) == (3, 0)


async def test_what_each_correction_changed_can_be_read_afterwards(world: World, cup: str) -> None:
    """Two corrections by two people; what a file added is no correction."""
    await send(world.as_("coach"), LIF, competition=cup)
    await send(world.as_("director"), LIF.replace(b"12.34,L-77", b"12.31,L-77"), competition=cup)
    await send(world.as_("technician"), LIF.replace(b"12.34,L-77", b"12.29,L-77"), competition=cup)
    athlete = world.as_("athlete")
    third, second, first = (await athlete.get(f"{API}/competitions/{cup}/files")).json()["items"]
    told = []
    for file in (first, second, third):
        answer = await athlete.get(f"{API}/competitions/{cup}/files/{file['id']}/changes")
        told.append(
            [
                (file["told_by"], one["before"]["time"]["text"], one["after"]["time"]["text"])
                for one in answer.json()["items"]
            ]
        )
    assert told == [[], [("Director", "12.34", "12.31")], [("Technician", "12.31", "12.29")]]
    elsewhere = f"{API}/competitions/{world['cup']}/files/{first['id']}/changes"
    problem(await athlete.get(elsewhere), 404, "not-found")


async def preview(
    client: httpx.AsyncClient, data: bytes, name: str = "heat.lif", competition: str = ""
) -> httpx.Response:
    """The answer to a look at a file."""
    where = f"{API}/competitions/{competition}/files" if competition else f"{API}/competitions/files"
    return await client.post(f"{where}/preview", content=data, params={"name": name})


async def test_a_preview_foretells_what_sending_does_and_stores_nothing(world: World, cup: str) -> None:
    coach = world.as_("coach")
    await coach.put(f"{API}/athletes/{world['rosa']}/listing", json={"licences": ["L-77"]})
    await world.database.owner.execute(
        "UPDATE sts.athlete SET name = 'Zoé O''Quill' WHERE id = $1", world["rudi"]
    )
    foretold = (await preview(coach, LIF, competition=cup)).json()
    people = [(one["matched"], one["athlete_id"], one["candidates"]) for one in foretold["people"]]
    assert people[:2] == [("ambiguous", None, [str(world["rudi"])]), ("licence", str(world["rosa"]), [])]
    assert {matched for matched, *_ in people[2:]} == {"none"}
    assert (foretold["competition"], foretold["founds"], foretold["new"]) == ("Cup of Nowhere", False, True)
    assert (await coach.get(f"{API}/competitions/{cup}/files")).json()["items"] == []
    assert (await coach.get(f"{API}/competitions/{cup}/competitors")).json()["items"] == []
    told = (await send(coach, LIF, competition=cup)).json()["file"]
    counts = ("pieces", "of", "added", "corrected", "withdrawn", "unchanged", "refused", "whole", "format")
    assert {name: foretold[name] for name in counts} == {name: told[name] for name in counts}


async def test_a_preview_of_a_correction_shows_it_before_it_stands(world: World, cup: str) -> None:
    coach = world.as_("coach")
    await send(coach, LIF, competition=cup)
    foretold = (await preview(coach, LIF.replace(b"12.34,L-77", b"12.31,L-77"), competition=cup)).json()
    (change,) = foretold["changes"]
    assert (change["before"]["time"]["text"], change["after"]["time"]["text"]) == ("12.34", "12.31")
    assert (foretold["corrected"], foretold["people"]) == (1, [])
    assert (await facts(world, cup, "result"))[0]["content"]["time"]["text"] == "12.34"
    same = (await preview(coach, LIF, competition=cup)).json()
    assert (same["new"], same["changes"]) == (False, [])


async def test_a_preview_says_which_competition_a_file_founds(world: World) -> None:
    coach = world.as_("coach")
    foretold = (await preview(coach, LENEX, "meet.lef")).json()
    assert (foretold["competition"], foretold["founds"]) == ("Cup of Nowhere", True)
    assert await added(world) == []
    await send(coach, LENEX, "meet.lef")
    again = (await preview(coach, LENEX.replace(b"01:02.34", b"01:02.33"), "meet.lef")).json()
    assert (again["founds"], again["corrected"] > 0) == (False, True)


async def test_whoever_may_send_nothing_previews_nothing(world: World, cup: str) -> None:
    for who in ("trainer", "athlete", "guardian"):
        problem(await preview(world.as_(who), LIF, competition=cup), 403, "not-allowed")
    problem(await preview(world.as_("other_admin"), LIF, competition=cup), 404, "not-found")
    problem(await preview(world.as_("coach"), b"%PDF-1.7 x", competition=cup), 422, "invalid")


def match(ours: int, theirs: int) -> bytes:
    """A file of a match of the world's team Red at home."""
    sides = [
        {
            "competitor": {"kind": "team", "name": name},
            "lane": lane,
            "result": {"scores": [{"period": "ft", "value": goals}]},
        }
        for lane, (name, goals) in enumerate((("RED", ours), ("Brackwater Rovers", theirs)), 1)
    ]
    round_ = {"name": "matchday 3", "date": "2026-05-03", "heats": [{"id": "m", "entries": sides}]}
    event = {"id": "league", "name": "League", "rounds": [round_]}
    meet = {"name": "League", "first_day": "2026-05-02", "last_day": "2026-05-04", "events": [event]}
    return json.dumps({"meet": meet}).encode()


async def test_results_of_a_team_are_its_athletes_and_its_own_as_a_side(world: World, cup: str) -> None:
    coach, red = world.as_("coach"), f"{API}/teams/{world['red']}/results"
    name = await world.database.owner.fetchval("SELECT name FROM sts.team WHERE id = $1", world["red"])
    await coach.put(f"{API}/athletes/{world['rosa']}/listing", json={"licences": ["L-77"]})
    await send(coach, LIF, competition=cup)
    await send(coach, match(2, 1).replace(b"RED", name.upper().encode()), "match.json")
    may = {"from": "2026-05-01", "to": "2026-05-31"}
    side, own = (await coach.get(red, params=may)).json()["items"]
    assert (own["competition"], own["event"], own["day"]) == (
        "Cup of Nowhere",
        "Girls 100 m, B",
        "2026-05-02",
    )
    assert (own["athlete_id"], own["content"]["rank"], own["against"]) == (str(world["rosa"]), 1, [])
    assert (side["event"], side["round"], side["day"]) == ("League", "matchday 3", "2026-05-03")
    (other,) = side["against"]
    assert (other["name"], other["content"]["scores"]) == (
        "Brackwater Rovers",
        [{"period": "ft", "value": 1}],
    )
    assert (await coach.get(red, params={"from": "2026-06-01", "to": "2026-06-30"})).json()["items"] == []
    problem(await coach.get(f"{API}/teams/{world['blue']}/results", params=may), 404, "not-found")
    other_team = await world.as_("director").get(f"{API}/teams/{world['blue']}/results", params=may)
    assert other_team.json()["items"] == []


async def test_a_file_that_is_cut_withdraws_nothing(world: World, cup: str) -> None:
    coach = world.as_("coach")
    await send(coach, LIF, competition=cup)
    told = (await send(coach, LIF[: len(LIF) * 2 // 3], competition=cup)).json()["file"]
    assert (told["withdrawn"], told["corrected"]) == (0, 0)


async def test_somebody_moved_to_another_lane_is_the_same_entry_corrected(world: World, cup: str) -> None:
    coach = world.as_("coach")
    await send(coach, LIF, competition=cup)
    told = (await send(coach, LIF.replace(b"4,237,3,", b"4,237,2,"), competition=cup)).json()
    (change,) = told["changes"]
    assert (change["kind"], change["before"]["lane"], change["after"]["lane"]) == ("entry", 3, 2)


async def test_refused_lines_are_told_and_the_others_stored(world: World, cup: str) -> None:
    told = (await send(world.as_("coach"), LIF.replace(b"12.61", b"12.6x"), competition=cup)).json()["file"]
    assert (told["pieces"], told["of"]) == (5, 6)
    assert told["refused"] == [
        {
            "line": 5,
            "reason": "The time 12.6x cannot be read.",
            "text": "4,237,3,Vostermaan,Bex,Club Süd,12.6x,,0.27,,,,,,",
        }
    ]


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 x", bytes(100)])
async def test_what_is_no_result_file_is_refused_whole(world: World, cup: str, data: bytes) -> None:
    coach = world.as_("coach")
    problem(await send(coach, data, competition=cup), 422, "invalid")
    assert (await coach.get(f"{API}/competitions/{cup}/files")).json()["items"] == []


async def test_what_the_database_cannot_hold_leaves_nothing_behind(
    world: World, cup: str, monkeypatch
) -> None:
    """A failure in the middle of the transaction takes everything with it."""

    async def fail(*_: object) -> None:
        raise asyncpg.DataError("spoilt")

    monkeypatch.setattr("sts_hub.competitions.repository.add_facts", fail)
    coach = world.as_("coach")
    problem(await send(coach, LIF, competition=cup), 422, "invalid")
    assert (await coach.get(f"{API}/competitions/{cup}/files")).json()["items"] == []
    assert (await coach.get(f"{API}/competitions/{cup}/competitors")).json()["items"] == []


async def test_a_zero_in_a_text_is_left_out(world: World, cup: str) -> None:
    data = rb'{"meet": {"events": [{"name": "100\u0000 m\\u0000", "rounds": [{"heats": [{"entries": [{"competitor": {"family": "O\u0000h"}}]}]}]}]}}'
    assert (await send(world.as_("coach"), data, "a.json", cup)).status_code == 201
    assert (await facts(world, cup, "entry"))[0]["name"] == "Oh"


async def test_names_without_end_are_cut_where_the_database_needs_it(world: World) -> None:
    long = "\N{GRINNING FACE}" * 3000
    person = {"family": long, "given": long, "licence": long, "birth": long, "club": {"name": long}}
    entry = {"competitor": person, "bib": long, "result": {"status": "DNS"}}
    event = {"name": long, "rounds": [{"name": long, "heats": [{"name": long, "entries": [entry, entry]}]}]}
    data = json.dumps({"meet": {"name": long, "city": long, "events": [event]}}).encode()
    told = (await send(world.as_("coach"), data, "a.json")).json()
    assert (told["file"]["added"], told["file"]["pieces"]) == (7, 2)
    assert (await send(world.as_("coach"), data + b" ", "a.json")).json()["changes"] == []


async def test_a_file_that_names_its_competition_makes_it(world: World) -> None:
    coach = world.as_("coach")
    told = (await send(coach, LENEX, "meet.lef")).json()["file"]
    made = (await coach.get(f"{API}/competitions/{told['competition_id']}")).json()
    assert (made["name"], made["city"], made["first_day"], made["files"]) == (
        "Cup of Nowhere",
        "Niemandsried",
        "2026-05-02",
        1,
    )
    again = (await send(coach, LENEX.replace(b"01:02.34", b"01:02.33"), "other.lef")).json()["file"]
    assert again["competition_id"] == told["competition_id"]


async def test_a_file_that_names_none_needs_one(world: World) -> None:
    told = problem(await send(world.as_("coach"), LIF), 422, "invalid")
    assert "which competition" in told["detail"]


async def test_a_table_is_read_by_a_saved_mapping(world: World, cup: str) -> None:
    coach = world.as_("coach")
    data = b"a,b\r\n1:02.34,Oh Bo\r\n"
    problem(await send(coach, data, "t.csv", cup), 422, "invalid")
    saved = await coach.put(
        f"{API}/result-columns", json={"name": "mine", "columns": {"time": "a", "name": "b"}}
    )
    assert saved.status_code == 200, saved.text
    assert (await send(coach, data, "t.csv", cup, columns="mine")).status_code == 201
    assert (await facts(world, cup, "result"))[0]["content"]["time"]["ticks"] == 623_400
    problem(await send(coach, data, "t.csv", cup, columns="nobodys"), 404, "not-found")
    problem(
        await coach.put(f"{API}/result-columns", json={"name": "mine", "columns": {"colour": "a"}}),
        422,
        "invalid",
    )


class TestMatching:
    """Own athletes are known by licence, then by name and year of birth; a name alone is for a person to judge."""

    async def rename(self, world: World, athlete: str, name: str) -> None:
        await world.database.owner.execute(
            "UPDATE sts.athlete SET name = $2 WHERE id = $1", world[athlete], name
        )

    async def people(self, world: World, cup: str, matched: str) -> list[dict[str, Any]]:
        answer = await world.as_("admin").get(
            f"{API}/competitions/{cup}/competitors", params={"matched": matched}
        )
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    async def test_by_licence(self, world: World, cup: str) -> None:
        coach = world.as_("coach")
        await coach.put(f"{API}/athletes/{world['rosa']}/listing", json={"licences": ["L-77"]})
        await send(coach, LIF, competition=cup)
        (found,) = await self.people(world, cup, "licence")
        assert (found["athlete_id"], found["name"]) == (str(world["rosa"]), "Ilvy Öztürkova, the 2nd")
        (result,) = (await coach.get(f"{API}/athletes/{world['rosa']}/results")).json()["items"]
        assert (result["content"]["rank"], result["competition_id"]) == (1, cup)

    async def test_a_licence_that_is_told_later_counts_for_earlier_files(
        self, world: World, cup: str
    ) -> None:
        coach = world.as_("coach")
        await send(coach, LIF, competition=cup)
        assert await self.people(world, cup, "licence") == []
        await coach.put(f"{API}/athletes/{world['rosa']}/listing", json={"licences": ["L-77"]})
        (found,) = await self.people(world, cup, "licence")
        assert found["athlete_id"] == str(world["rosa"])

    async def test_by_name_and_year_of_birth_whatever_the_accents_and_the_order(
        self, world: World, cup: str
    ) -> None:
        await self.rename(world, "rosa", "zoe O'QUILL")
        coach = world.as_("coach")
        await coach.patch(f"{API}/athletes/{world['rosa']}", json={"birth_date": "2011-06-07"})
        await send(coach, CSV, "a.csv", cup)
        (found,) = await self.people(world, cup, "name")
        assert found["athlete_id"] == str(world["rosa"])

    async def test_another_year_of_birth_is_another_person(self, world: World, cup: str) -> None:
        await self.rename(world, "rosa", "Zoé O'Quill")
        coach = world.as_("coach")
        await coach.patch(f"{API}/athletes/{world['rosa']}", json={"birth_date": "1999-06-07"})
        await send(coach, CSV, "a.csv", cup)
        assert await self.people(world, cup, "name") == []
        assert await self.people(world, cup, "ambiguous") == []

    async def test_a_name_alone_is_confirmed_by_a_person_and_its_licence_learnt(
        self, world: World, cup: str
    ) -> None:
        await self.rename(world, "rosa", "Zoé O'Quill")
        coach = world.as_("coach")
        await send(coach, LIF, competition=cup)
        (found,) = await self.people(world, cup, "ambiguous")
        assert (found["athlete_id"], found["candidates"]) == (None, [str(world["rosa"])])
        assert (await coach.get(f"{API}/competitions/{cup}")).json()["ambiguous"] == 1
        where = f"{API}/competitions/{cup}/competitors/{found['id']}/athlete"
        told = await coach.put(where, json={"athlete_id": str(world["rosa"])})
        assert (told.json()["matched"], told.json()["athlete_id"]) == ("person", str(world["rosa"]))
        assert (await coach.get(f"{API}/athletes/{world['rosa']}/listing")).json()["licences"] == ["L-78"]

    async def test_nobody_confirms_an_athlete_whom_they_do_not_see(self, world: World, cup: str) -> None:
        await send(world.as_("coach"), LIF, competition=cup)
        found = (await self.people(world, cup, "none"))[0]
        where = f"{API}/competitions/{cup}/competitors/{found['id']}/athlete"
        problem(await world.as_("coach").put(where, json={"athlete_id": str(world["bea"])}), 404, "not-found")

    async def test_a_licence_belongs_to_one_athlete(self, world: World) -> None:
        coach = world.as_("coach")
        await coach.put(f"{API}/athletes/{world['rosa']}/listing", json={"licences": ["L-77"]})
        answer = await coach.put(f"{API}/athletes/{world['rudi']}/listing", json={"licences": ["L-77"]})
        problem(answer, 409, "conflict")


async def test_names_of_other_clubs_people_go_after_thirty_days(world: World, cup: str) -> None:
    coach = world.as_("coach")
    await coach.put(f"{API}/athletes/{world['rosa']}/listing", json={"licences": ["L-77"]})
    await send(coach, LIF.replace(b"12.61", b"12.6x"), competition=cup)
    owner = world.database.owner
    now = datetime.now(UTC)
    await forget_names(owner, 30, now + timedelta(days=29))
    assert all(one["name"] for one in await facts(world, cup, "result"))
    await forget_names(owner, 30, now + timedelta(days=31))
    told = [
        (one["name"], one["club"], one["content"].get("rank")) for one in await facts(world, cup, "result")
    ]
    assert told[:2] == [("Ilvy Öztürkova, the 2nd", "TV Niemandsried", 1), (None, 'Club "Nord"', 2)]
    assert "Quill" not in str(
        await owner.fetch("SELECT c::text FROM sts.competitor c WHERE competition_id = $1", cup)
    )
    assert "Vostermaan" not in str(
        await owner.fetch("SELECT f::text FROM sts.result_file f WHERE competition_id = $1", cup)
    )


async def test_nobody_of_another_club_sees_a_competition(world: World, cup: str) -> None:
    await send(world.as_("coach"), LIF, competition=cup)
    for who in ("other_admin", "other_coach"):
        other = world.as_(who)
        assert cup not in (await other.get(f"{API}/competitions")).text
        problem(await other.get(f"{API}/competitions/{cup}/facts"), 404, "not-found")
        problem(await send(other, LIF, competition=cup), 404, "not-found")


@pytest.mark.parametrize("who", ["trainer", "athlete"])
async def test_trainers_and_athletes_see_results_and_send_none(world: World, cup: str, who: str) -> None:
    await send(world.as_("coach"), LIF, competition=cup)
    one = world.as_(who)
    assert (await one.get(f"{API}/competitions/{cup}/facts")).status_code == 200
    problem(await send(one, LIF, competition=cup), 403, "not-allowed")


async def test_a_document_of_a_gateway_is_taken_in_once_it_is_whole(world: World, hub_of_world) -> None:
    await hub_of_world(LENEX, "meets/cup.lef")
    admin = world.as_("admin")
    (made,) = await added(world)
    assert made["name"] == "Cup of Nowhere"
    (file,) = (await admin.get(f"{API}/competitions/{made['id']}/files")).json()["items"]
    assert (file["way"], file["told_by"], file["pieces"]) == ("gateway", world["pitch"], 8)
    await hub_of_world(LENEX, "meets/cup.lef")
    assert (await admin.get(f"{API}/competitions/{made['id']}")).json()["files"] == 1


async def test_heats_of_one_folder_on_one_day_are_one_competition_and_a_correction_is_told(
    world: World, hub_of_world
) -> None:
    await hub_of_world(LIF, "014-1-02.lif")
    await hub_of_world(LIF.replace(b"14,1,2,", b"14,1,3,").replace(b",23", b",33"), "014-1-03.lif")
    await hub_of_world(LIF.replace(b"12.34,L-77", b"12.31,L-77"), "014-1-02.lif")
    (made,) = await added(world)
    files = (await world.as_("admin").get(f"{API}/competitions/{made['id']}/files")).json()["items"]
    assert [(one["name"], one["corrected"]) for one in files] == [
        ("014-1-02.lif", 1),
        ("014-1-03.lif", 0),
        ("014-1-02.lif", 0),
    ]


async def test_a_document_that_cannot_be_read_stays_with_the_reason(world: World, hub_of_world) -> None:
    await hub_of_world(b"%PDF-1.7 nothing", "a.pdf")
    await hub_of_world(LENEX, "b.lef")
    faults = await world.database.owner.fetch(
        "SELECT d.name, r.fault, r.taken_at IS NOT NULL AS taken FROM sts.document_result r JOIN sts.document d ON d.id = document_id"
        " WHERE d.gateway = $1 ORDER BY 1",
        world["pitch"],
    )
    assert [
        (one["name"], one["taken"], one["fault"] is None)
        for one in faults
        if one["name"] in ("a.pdf", "b.lef")
    ] == [
        ("a.pdf", True, False),
        ("b.lef", True, True),
    ]
    assert len(await added(world)) == 1


async def test_a_fault_of_ours_over_one_document_holds_up_no_other(
    world: World, hub_of_world, monkeypatch
) -> None:
    plain = results.intake.take_in

    async def stumble(session, file):
        if file.name == "a.lef":
            raise KeyError("of ours")
        return await plain(session, file)

    monkeypatch.setattr(results.intake, "take_in", stumble)
    await hub_of_world(LENEX, "a.lef")
    await hub_of_world(LIF, "b.lif")
    fault = await world.database.owner.fetchval(
        "SELECT r.fault FROM sts.document_result r JOIN sts.document d ON d.id = document_id WHERE d.gateway = $1 AND d.name = 'a.lef'",
        world["pitch"],
    )
    assert fault == "The hub failed over it: KeyError: 'of ours'"
    assert len(await added(world)) == 1


async def test_a_worker_takes_results_in_by_itself(hub) -> None:
    """Published by a gateway on sts.results, and facts of a competition a few seconds later."""
    await hub.database.worn("hr-01")
    await hub.start()
    gateway, link = Gateway(), await hub.gateway()
    for part in cut(LENEX, "cup.lef", source="pool-pc"):
        await link.send(gateway.record(Kind.DOCUMENT, encode_document_part(part)), lane="document")

    async def stored() -> bool:
        return bool(
            await hub.database.owner.fetchval(
                "SELECT count(*) = 7 FROM sts.result_fact WHERE kind = 'result'"
            )
        )

    await eventually(stored)
    file = await hub.database.owner.fetchrow("SELECT way, told_by, whole FROM sts.result_file")
    assert tuple(file) == ("gateway", gateway.name, True)


@pytest.fixture
async def hub_of_world(world: World, postgres):
    """Takes files in for the world's gateway as a worker does, and then their results."""
    from sts_hub.ingest import documents

    gateway = Gateway(world["pitch"])
    database = await world.database.owner.fetchval("SELECT current_database()")
    pool = await asyncpg.create_pool(postgres.dsn_of(database), min_size=1, max_size=1, init=_as_ingest)

    async def take_in(content: bytes, name: str) -> None:
        lines = []
        for part in cut(content, name, source="lynx"):
            record = gateway.record(Kind.DOCUMENT, encode_document_part(part))
            t_us = record.header.first_us + gateway.offset_us
            lines.append(
                documents.PartLine(gateway.name, gateway.epoch, record.header.seq, t_us, part, record.raw)
            )
        async with world.database.owner.transaction():
            assert await documents.take_in(world.database.owner, lines) == []
        while await results.take_one(pool):
            pass

    yield take_in
    pool.terminate()


async def _as_ingest(connection: asyncpg.Connection) -> None:
    await connection.execute("SET ROLE sts_ingest")
