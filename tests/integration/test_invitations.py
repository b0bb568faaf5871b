"""Invitations: by letter or link, good once, for one role, by whoever may; and no half of an account when one fails."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from api_support import ORIGIN, World, hub_program, problem, settings_of
from demo.ports import LOOPBACK
from mail_servers import mail_server
from sts_hub.kit.database import Database
from sts_hub.outbox.courier import Courier
from sts_hub.outbox.mail import Mail

# The same behind every broker and database; the walls of the table are asked on both generations by test_api_walls.
pytestmark = pytest.mark.one_generation

API = "/api/v1"
PASSWORD = "seven green giraffes yawn"


@pytest.fixture
async def mail(world: World) -> AsyncIterator[Mail]:
    """The hub sends letters, for this test."""
    async with mail_server() as server:
        sends = Mail(
            settings_of(
                world.database.api_dsn,
                smtp_url=f"smtp://{LOOPBACK}:{server.port}",
                smtp_from="sts@club.example",
                public_origin=ORIGIN,
            )
        )
        sends.server = server
        before = world.app.state.parts[Mail]
        world.app.state.parts[Mail] = sends
        yield sends
        world.app.state.parts[Mail] = before


def address() -> str:
    return f"new-{secrets.token_hex(4)}@club.example"


async def invite(world: World, who: str = "admin", **what: Any) -> httpx.Response:
    return await world.as_(who).post(f"{API}/invitations", json={"role": "coach"} | what)


async def code_of(world: World, who: str = "admin", **what: Any) -> str:
    made = await invite(world, who, **what)
    assert made.status_code == 201, made.text
    link: str = made.json()["link"]
    return link.partition("#")[2]


async def join(world: World, code: str, **more: Any) -> httpx.Response:
    said = {"code": code, "name": "New Comer", "password": PASSWORD, "email": address()} | more
    return await world.as_(None).post(f"{API}/session/invitation", json=said)


async def signed_in(world: World, email: str) -> httpx.AsyncClient:
    client = world.as_(None)
    answer = await client.post(f"{API}/session", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return client


async def test_a_link_makes_an_account_of_its_role_and_team(world: World) -> None:
    code = await code_of(world, team_id=str(world["red"]))
    told = (await world.as_(None).post(f"{API}/session/invitation/look", json={"code": code})).json()
    assert (told["role"], told["team"], told["athlete"]) == ("coach", "Red", None)
    email = address()
    assert (await join(world, code, email=email)).status_code == 204
    me = (await (await signed_in(world, email)).get(f"{API}/me")).json()
    assert (me["role"], me["teams"], me["club"]["id"]) == ("coach", [str(world["red"])], str(world["club"]))
    (shown,) = [one for one in await listed(world) if one["accepted_by"] == me["id"]]
    assert shown["accepted_at"] is not None


async def listed(world: World, who: str = "admin") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await world.as_(who).get(f"{API}/invitations")).json()["items"]
    return items


async def test_a_code_is_kept_as_a_hash_and_told_once(world: World) -> None:
    made = (await invite(world)).json()
    code = made["link"].partition("#")[2]
    kept = await world.database.owner.fetchval(
        "SELECT i::text FROM sts.invitation i WHERE id = $1::uuid", made["id"]
    )
    assert code not in kept
    shown = (await world.as_("admin").get(f"{API}/invitations/{made['id']}")).text
    assert code not in shown
    assert made["qr"].startswith("<svg")
    assert made["link"].startswith(f"{ORIGIN}/invitation#")


async def test_an_invitation_is_good_once_and_what_ended_it_is_told(world: World) -> None:
    used, late, gone = [await code_of(world) for _ in range(3)]
    assert (await join(world, used)).status_code == 204
    assert "accepted already" in problem(await join(world, used), 403, "invitation-ended")["detail"]
    await world.database.owner.execute(
        "UPDATE sts.invitation SET expires_at = now() WHERE accepted_at IS NULL"
    )
    assert "good until" in problem(await join(world, late), 403, "invitation-ended")["detail"]
    for one in await listed(world):
        await world.as_("admin").delete(f"{API}/invitations/{one['id']}")
    problem(await join(world, gone), 404, "not-found")
    problem(await join(world, "x" * 43), 404, "not-found")


async def test_two_who_accept_at_once_are_one(world: World) -> None:
    code = await code_of(world)
    answers = await asyncio.gather(*(join(world, code) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [204, 403, 403, 403]


async def test_what_fails_leaves_nothing(world: World) -> None:
    taken = await world.database.owner.fetchval("SELECT email FROM sts.account WHERE id = $1", world["coach"])
    count = "SELECT count(*) FROM sts.account WHERE club_id = $1"
    before = await world.database.owner.fetchval(count, world["club"])
    code = await code_of(world)
    problem(await join(world, code, email=taken), 409, "conflict")
    problem(await join(world, code, password="password1"), 422, "invalid")
    problem(await join(world, code, email=None), 422, "invalid")
    problem(await join(world, code, consents=["monitoring"]), 422, "invalid")
    assert await world.database.owner.fetchval(count, world["club"]) == before
    assert (await join(world, code)).status_code == 204


async def test_a_letter_invites_one_address_and_tells_nobody_else_the_link(world: World, mail: Mail) -> None:
    email = address()
    made = await invite(world, "director", email=email, way="letter")
    assert (made.json()["link"], made.json()["qr"]) == (None, None)
    await Courier(world.app.state.parts[Database], mail).once()
    (letter,) = mail.server.letters
    assert letter["To"] == email
    code = letter.get_content().partition("/invitation#")[2].split()[0]
    problem(await join(world, code), 422, "invalid")  # another address
    assert (await join(world, code, email=None)).status_code == 204
    await signed_in(world, email)
    kept = await world.database.owner.fetchrow(
        "SELECT email, accepted_at FROM sts.invitation WHERE id = $1::uuid", made.json()["id"]
    )
    assert kept["email"] is None


async def test_without_a_mail_server_a_letter_is_refused_and_the_link_offered(world: World) -> None:
    for one in await listed(world):
        await world.as_("admin").delete(f"{API}/invitations/{one['id']}")
    refused = problem(await invite(world, email=address(), way="letter"), 409, "conflict")
    assert "link" in refused["way_out"]
    assert await listed(world) == []


async def test_an_athlete_gets_the_own_account_and_consents(world: World) -> None:
    owner = world.database.owner
    await owner.execute("DELETE FROM sts.consent WHERE athlete_id = $1", world["rudi"])
    asks = [{"purpose": "monitoring", "version": "2"}, {"purpose": "research", "version": "1"}]
    code = await code_of(world, "coach", role="athlete", athlete_id=str(world["rudi"]), asks=asks)
    email = address()
    assert (await join(world, code, email=email, consents=["monitoring"])).status_code == 204
    client = await signed_in(world, email)
    (athlete,) = (await client.get(f"{API}/athletes")).json()["items"]
    assert athlete["id"] == str(world["rudi"])
    consents = await owner.fetch(
        "SELECT purpose, version, given_by FROM sts.consent WHERE athlete_id = $1", world["rudi"]
    )
    assert [tuple(row) for row in consents] == [("monitoring", "2", "athlete")]
    problem(await invite(world, role="athlete", athlete_id=str(world["rudi"])), 409, "conflict")


async def test_an_invited_person_reads_what_the_consents_say(world: World) -> None:
    texts = {"en": "My heart rate is measured.", "pt": "A minha frequência é medida."}
    said = {"purpose": "monitoring", "version": f"v-{secrets.token_hex(4)}"}
    published = await world.as_("admin").post(f"{API}/consent-texts", json={**said, "texts": texts})
    assert published.status_code == 201, published.text
    untold = {"purpose": "research", "version": "never published"}
    code = await code_of(world, role="athlete", athlete_id=str(world["rudi"]), asks=[said, untold])
    seen = (await world.as_(None).post(f"{API}/session/invitation/look", json={"code": code})).json()
    assert seen["asks"] == [said, untold]
    assert seen["texts"] == [{**said, "texts": texts}]


async def test_who_is_too_young_to_consent_does_not_join_by_that(world: World) -> None:
    await world.database.owner.execute(
        "UPDATE sts.athlete SET birth_date = now() - interval '12 years' WHERE id = $1", world["rudi"]
    )
    asks = [{"purpose": "research", "version": "1"}]
    code = await code_of(world, role="athlete", athlete_id=str(world["rudi"]), asks=asks)
    problem(await join(world, code, consents=["research"]), 403, "not-allowed")
    assert (
        await world.database.owner.fetchval("SELECT account_id FROM sts.athlete WHERE id = $1", world["rudi"])
        is None
    )
    assert (await join(world, code)).status_code == 204


async def test_a_guardian_joins_and_stands_for_a_second_child_with_the_same_account(world: World) -> None:
    await world.database.owner.execute(
        "UPDATE sts.athlete SET birth_date = now() - interval '12 years' WHERE id = ANY ($1)",
        [world["rudi"], world["bea"]],
    )
    asks = [{"purpose": "research", "version": "1"}]
    email = address()
    first = await code_of(world, "trainer", role="guardian", athlete_id=str(world["rudi"]), asks=asks)
    assert (await join(world, first, email=email, consents=["research"])).status_code == 204
    second = await code_of(world, role="guardian", athlete_id=str(world["bea"]), asks=asks)
    refused = await join(world, second, email=email)
    assert "Sign in with it" in problem(refused, 409, "conflict")["way_out"]
    client = await signed_in(world, email)
    accepted = await client.post(f"{API}/me/invitations", json={"code": second, "consents": ["research"]})
    assert accepted.status_code == 204
    seen = {one["id"] for one in (await client.get(f"{API}/athletes")).json()["items"]}
    assert seen == {str(world["rudi"]), str(world["bea"])}
    given = await world.database.owner.fetchval(
        "SELECT count(*) FROM sts.consent WHERE given_by = 'guardian'"
    )
    assert given >= 2


async def test_an_account_of_another_role_or_club_does_not_accept(world: World) -> None:
    code = await code_of(world, role="trainer", team_id=str(world["blue"]))
    for who in ("coach", "other_coach", "admin"):
        problem(await world.as_(who).post(f"{API}/me/invitations", json={"code": code}), 409, "conflict")
    assert (await world.as_("trainer").post(f"{API}/me/invitations", json={"code": code})).status_code == 204
    teams = (await world.as_("trainer").get(f"{API}/me")).json()["teams"]
    assert set(teams) == {str(world["red"]), str(world["blue"])}


async def test_who_is_of_another_club_accepts_by_a_second_account_with_the_same_password(
    world: World,
) -> None:
    """A guardian's child plays in two clubs: two accounts of one person, each of its club."""
    first, second = address(), address()
    joined = await join(world, await code_of(world, "other_admin", team_id=str(world["green"])), email=first)
    assert joined.status_code == 204
    client = await signed_in(world, first)
    there = (await client.get(f"{API}/me")).json()
    await world.database.owner.execute(
        "UPDATE sts.athlete SET birth_date = now() - interval '12 years' WHERE id = $1", world["rudi"]
    )
    asks = [{"purpose": "research", "version": "1"}]
    code = await code_of(world, "coach", role="guardian", athlete_id=str(world["rudi"]), asks=asks)
    mine = f"{API}/me/invitations"
    told = problem(await client.post(mine, json={"code": code}), 409, "conflict")
    assert "`email`" in told["way_out"]
    problem(await client.post(mine, json={"code": code, "email": first.upper()}), 409, "conflict")
    given = {"code": code, "email": second, "consents": ["research"]}
    assert (await client.post(mine, json=given)).status_code == 204
    problem(await client.post(mine, json=given), 403, "invitation-ended")
    here = (await (await signed_in(world, second)).get(f"{API}/me")).json()
    assert (here["role"], here["club"]["id"], here["name"]) == ("guardian", str(world["club"]), there["name"])
    assert (await client.get(f"{API}/me")).json() == there
    problem(await client.get(f"{API}/athletes/{world['rudi']}"), 404, "not-found")
    assert await world.database.owner.fetchval(
        "SELECT count(*) FROM sts.consent WHERE athlete_id = $1 AND purpose = 'research'", world["rudi"]
    )
    (noted,) = await world.database.owner.fetch(
        "SELECT club_id FROM sts.audit WHERE account_id = $1 AND act = 'accept_invitation'", here["id"]
    )
    assert noted["club_id"] == world["club"]


async def test_a_letter_to_the_address_that_one_signs_in_with_elsewhere_makes_no_second_account(
    world: World, mail: Mail
) -> None:
    email = address()
    await join(world, await code_of(world, "other_admin", team_id=str(world["green"])), email=email)
    client = await signed_in(world, email)
    code = await code_of(world, email=email)
    told = problem(await client.post(f"{API}/me/invitations", json={"code": code}), 409, "conflict")
    assert "another" in told["way_out"]
    problem(
        await client.post(f"{API}/me/invitations", json={"code": code, "email": address()}), 422, "invalid"
    )
    assert (await join(world, code, email=None)).status_code == 409
    await world.database.owner.execute(
        "DELETE FROM sts.outgoing WHERE address = $1", email
    )  # nobody carries it


async def test_a_team_counts_in_its_time_alone(world: World) -> None:
    code = await code_of(world, team_id=str(world["blue"]), to="2190-01-01T00:00:00Z")
    email = address()
    assert (await join(world, code, email=email)).status_code == 204
    client = await signed_in(world, email)
    assert (await client.get(f"{API}/athletes/{world['bea']}")).status_code == 200
    account = (await client.get(f"{API}/me")).json()["id"]
    # An admin who gives another team leaves this one's time as it is.
    both = [str(world["red"]), str(world["blue"])]
    await world.as_("admin").patch(f"{API}/accounts/{account}", json={"teams": both})
    owner = world.database.owner
    until = await owner.fetchval(
        "SELECT upper(during) FROM sts.account_team WHERE team_id = $1 AND account_id = $2::uuid",
        world["blue"],
        account,
    )
    assert until.year == 2190
    await owner.execute(
        "UPDATE sts.account_team SET during = tstzrange(NULL, now()) WHERE team_id = $1 AND account_id = $2::uuid",
        world["blue"],
        account,
    )
    problem(await client.get(f"{API}/athletes/{world['bea']}"), 404, "not-found")
    assert (await client.get(f"{API}/athletes/{world['rosa']}")).status_code == 200


@pytest.mark.parametrize(
    ("who", "what", "status"),
    [
        ("director", {"role": "coach"}, 201),
        ("director", {"role": "director"}, 403),
        ("director", {"role": "admin"}, 403),
        ("admin", {"role": "admin"}, 201),
        ("coach", {"role": "coach"}, 403),
        ("coach", {"role": "guardian", "athlete_id": "rosa"}, 201),
        ("coach", {"role": "athlete", "athlete_id": "bea"}, 404),
        ("trainer", {"role": "athlete", "athlete_id": "rudi"}, 201),
        ("technician", {"role": "technician"}, 403),
        ("athlete", {"role": "guardian", "athlete_id": "rosa"}, 403),
        ("guardian", {"role": "guardian", "athlete_id": "rosa"}, 403),
        ("other_admin", {"role": "athlete", "athlete_id": "rudi"}, 404),
        ("other_admin", {"role": "coach", "team_id": "red"}, 404),
        ("admin", {"role": "guardian", "athlete_id": "rudi"}, 409),
        ("admin", {"role": "guardian"}, 422),
        ("admin", {"role": "admin", "team_id": "red"}, 422),
        ("admin", {"role": "coach", "to": "2190-01-01T00:00:00Z"}, 422),
        ("admin", {"role": "coach", "way": "letter"}, 422),
    ],
)
async def test_who_invites_whom(world: World, who: str, what: dict[str, str], status: int) -> None:
    named = {
        key: str(world.ids.get(value, value)) if key.endswith("_id") else value for key, value in what.items()
    }
    answer = await invite(world, who, **named)
    assert answer.status_code == status, answer.text
    problem(await world.as_(None).post(f"{API}/invitations", json=named), 401, "not-signed-in")


async def test_codes_are_not_guessed_for_long(world: World) -> None:
    tried = [
        await world.as_(None).post(f"{API}/session/invitation/look", json={"code": "x"}) for _ in range(11)
    ]
    assert [answer.status_code for answer in tried] == [404] * 10 + [429]


async def test_whoever_runs_the_hub_invites_the_first_admin(
    postgres: Any, rabbitmq: Any, world: World
) -> None:
    hub = await hub_program(postgres, rabbitmq, world.database)
    club = await world.database.owner.fetchval("SELECT name FROM sts.club WHERE id = $1", world["club"])
    code, said = await hub.run("invite", "--club", club)
    assert code == 1
    assert "STS_PUBLIC_ORIGIN" in said
    hub.environ["STS_PUBLIC_ORIGIN"] = ORIGIN
    code, said = await hub.run("invite", "--club", club)
    assert code == 0, said
    assert "█" in said
    link = next(word for word in said.split() if word.startswith(ORIGIN))
    assert (await join(world, link.partition("#")[2])).status_code == 204
    code, said = await hub.run("invite", "--club", "nobody's")
    assert code == 1
    assert "no club" in said
