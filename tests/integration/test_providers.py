"""Signing in through a real OpenID provider on loopback: only whom the hub knows, and nothing that the provider did not sign for
this hub, now, for this browser."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from api_support import PATIENCE_S, World, problem, settings_of
from openid_provider import CLIENT, SECRET, OpenIdProvider, serving
from sts_hub.providers.service import Providers

# Signing in needs nothing that differs between the servers.
pytestmark = pytest.mark.one_generation

API = "/api/v1"
SCHOOL = f"{API}/session/providers/school"
FAR = datetime(2100, 1, 1, tzinfo=UTC)
HUB_ORIGIN = "http://localhost:8080"


@pytest.fixture
async def school(world: World, tmp_path: Path) -> AsyncIterator[OpenIdProvider]:
    """A provider that the hub is told of, at which the coach is signed in."""
    async with serving() as provider:
        (tmp_path / "secret").write_text(f"{SECRET}\n")
        file = tmp_path / "providers.toml"
        file.write_text(
            f'[[provider]]\nid = "school"\nname = "School"\nissuer = "{provider.issuer}"\n'
            f'client_id = "{CLIENT}"\nclient_secret_file = "secret"\n'
        )
        parts = world.app.state.parts
        kept, parts[Providers] = parts[Providers], Providers(settings_of("", providers_file=file))
        provider.person = {
            "sub": f"s-{world['coach']}",
            "email": await email_of(world, "coach"),
            "email_verified": True,
        }
        yield provider
        parts[Providers] = kept


async def email_of(world: World, who: str) -> str:
    return str(await world.database.owner.fetchval("SELECT email FROM sts.account WHERE id = $1", world[who]))


async def begin(client: httpx.AsyncClient) -> dict[str, str]:
    """What the provider's answer holds for a browser that went where the hub sent it."""
    begun = await client.post(SCHOOL)
    assert begun.status_code == 200, begun.text
    async with httpx.AsyncClient(timeout=PATIENCE_S) as browser:
        sent_back = (await browser.get(begun.json()["address"])).headers["location"]
    parts = urlsplit(sent_back)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{HUB_ORIGIN}/sign-in/school"
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


async def enter(world: World, **lies: Any) -> tuple[httpx.AsyncClient, httpx.Response]:
    """A browser that has been at the provider and back, and the hub's answer."""
    client = world.as_(None)
    return client, await client.post(f"{SCHOOL}/answer", json=await begin(client) | lies)


async def test_somebody_with_an_account_signs_in_by_the_verified_e_mail(
    world: World, school: OpenIdProvider
) -> None:
    school.person["email"] = school.person["email"].upper()
    client, answer = await enter(world)
    assert answer.status_code == 200, answer.text
    assert (await client.get(f"{API}/me")).json()["id"] == str(world["coach"])
    (shown,) = (await client.get(f"{API}/me/identities")).json()["items"]
    assert shown["provider"] == "School"


async def test_once_tied_the_person_counts_and_not_the_e_mail(world: World, school: OpenIdProvider) -> None:
    await enter(world)
    school.person["email"] = await email_of(world, "admin")
    assert (await enter(world))[1].json()["id"] == str(world["coach"])


async def test_another_person_with_the_same_e_mail_is_not_let_in(
    world: World, school: OpenIdProvider
) -> None:
    await enter(world)
    school.person["sub"] = "somebody-else"
    problem((await enter(world))[1], 403, "no-account")


async def test_a_stranger_gets_no_account(world: World, school: OpenIdProvider) -> None:
    before = await world.database.owner.fetchval("SELECT count(*) FROM sts.account")
    school.person |= {"sub": "stranger", "email": "stranger@elsewhere.example"}
    told = problem((await enter(world))[1], 403, "no-account")
    assert "admin" in told["way_out"]
    assert await world.database.owner.fetchval("SELECT count(*) FROM sts.account") == before
    assert (
        await world.database.owner.fetchval("SELECT count(*) FROM sts.identity WHERE subject = 'stranger'")
        == 0
    )


async def invite(world: World, who: str, **more: Any) -> None:
    """An invitation by letter that waits for this e-mail."""
    invitation = {"hash": secrets.token_bytes(32), "made_by": world["admin"], "expires_at": FAR} | more
    await world.database.add("invitation", club_id=world["club"], email=who, **invitation)


async def test_somebody_who_was_invited_gets_the_account_of_the_invitation(
    world: World, school: OpenIdProvider
) -> None:
    email = f"new-{secrets.token_hex(4)}@club.example"
    school.person = {"sub": email, "email": email.upper(), "email_verified": True, "name": "Nia Novo"}
    await invite(world, email, role="coach", team_id=world["blue"])
    client, answer = await enter(world)
    assert answer.status_code == 200, answer.text
    me = (await client.get(f"{API}/me")).json()
    assert (me["email"], me["name"], me["role"]) == (email, "Nia Novo", "coach")
    assert me["teams"] == [str(world["blue"])]
    assert (await enter(world))[1].json()["id"] == me["id"]
    empty = {"email": email, "password": ""}
    problem(await world.as_(None).post(f"{API}/session", json=empty), 401, "wrong-credentials")


@pytest.mark.parametrize("why", ["not verified", "ended", "another e-mail", "accepted"])
async def test_an_invitation_that_is_not_this_persons_makes_no_account(
    world: World, school: OpenIdProvider, why: str
) -> None:
    email = f"new-{secrets.token_hex(4)}@club.example"
    school.person = {"sub": email, "email": email, "email_verified": why != "not verified"}
    past = datetime(2026, 1, 1, tzinfo=UTC)
    more: dict[str, Any] = {"ended": {"expires_at": past}, "accepted": {"accepted_at": past}}.get(why, {})
    await invite(world, f"x{email}" if why == "another e-mail" else email, role="coach", **more)
    assert (await enter(world))[1].status_code == 403
    assert not await world.database.owner.fetchval("SELECT count(*) FROM sts.account WHERE email = $1", email)


async def test_an_athlete_with_an_account_is_told_so(world: World, school: OpenIdProvider) -> None:
    email = f"new-{secrets.token_hex(4)}@club.example"
    school.person = {"sub": email, "email": email, "email_verified": True}
    await invite(world, email, role="athlete", athlete_id=world["rosa"])
    problem((await enter(world))[1], 409, "conflict")
    assert not await world.database.owner.fetchval("SELECT count(*) FROM sts.account WHERE email = $1", email)


@pytest.mark.parametrize("verified", [False, None, "true", 1])
async def test_an_e_mail_that_is_not_verified_ties_nothing(
    world: World, school: OpenIdProvider, verified: Any
) -> None:
    school.lies["email_verified"] = verified
    problem((await enter(world))[1], 403, "provider-refused")


async def test_the_e_mail_may_come_as_userinfo_of_the_same_person(
    world: World, school: OpenIdProvider
) -> None:
    school.tells_email = False
    assert (await enter(world))[1].status_code == 200
    school.info["sub"] = "somebody-else"
    problem((await enter(world))[1], 403, "provider-refused")


TOKENS: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://evil.test"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "other"},
    "no audience": {"aud": None},
    "several audiences without a party": {"aud": [CLIENT, "other"]},
    "another party": {"azp": "other"},
    "another nonce": {"nonce": "other"},
    "no nonce": {"nonce": None},
    "expired": {"exp": 1_700_000_000},
    "no end": {"exp": None},
    "made in the future": {"iat": 4_000_000_000, "exp": 4_000_000_300},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a subject that is no text": {"sub": 7},
    "an endless subject": {"sub": "x" * 256},
}


@pytest.mark.parametrize("lies", TOKENS.values(), ids=TOKENS)
async def test_a_token_with_anything_wrong_lets_nobody_in(
    world: World, school: OpenIdProvider, lies: dict[str, Any]
) -> None:
    school.lies = lies
    client, answer = await enter(world)
    problem(answer, 403, "provider-refused")
    problem(await client.get(f"{API}/me"), 401, "not-signed-in")
    school.lies = {}
    assert (await enter(world))[1].status_code == 200, "the control: the same person, truly"


async def test_several_audiences_with_the_hub_as_party_are_taken(
    world: World, school: OpenIdProvider
) -> None:
    school.lies = {"aud": [CLIENT, "other"], "azp": CLIENT}
    assert (await enter(world))[1].status_code == 200


async def test_new_keys_are_asked_for_when_one_is_not_known(world: World, school: OpenIdProvider) -> None:
    for alg in ("RS256", "RS256", "ES256"):
        assert (await enter(world))[1].status_code == 200
        school.rotate(alg)
    assert (await enter(world))[1].status_code == 200
    assert school.asked.count("configuration") == 1


async def test_a_key_that_the_provider_does_not_show_signs_nothing(
    world: World, school: OpenIdProvider
) -> None:
    shown = school.shown_keys
    school.rotate()
    school.shown_keys = shown
    problem((await enter(world))[1], 403, "provider-refused")


@pytest.mark.filterwarnings("ignore:JWS algorithm")
@pytest.mark.parametrize("alg", ["HS256", "none"])
async def test_a_token_that_others_could_have_signed_is_refused(
    world: World, school: OpenIdProvider, alg: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the client's own secret or the public key as one, and with nothing at all."""
    kid = school.key.kid

    def signed(query: dict[str, str]) -> str:
        now_s = int(time.time())
        claims = {
            "iss": school.issuer,
            "aud": CLIENT,
            "nonce": query["nonce"],
            "iat": now_s,
            "exp": now_s + 300,
        }
        key = OctKey.import_key(SECRET + " made longer by this")
        return jwt.encode({"alg": alg, "kid": kid}, claims | school.person, key, algorithms=[alg])

    monkeypatch.setattr(school, "_signed", signed)
    problem((await enter(world))[1], 403, "provider-refused")


async def test_an_answer_counts_once_in_the_browser_that_began_it(
    world: World, school: OpenIdProvider
) -> None:
    client = world.as_(None)
    answer = await begin(client)
    problem(await world.as_(None).post(f"{SCHOOL}/answer", json=answer), 401, "step-ended")
    assert (await client.post(f"{SCHOOL}/answer", json=answer)).status_code == 200
    problem(await client.post(f"{SCHOOL}/answer", json=answer), 401, "step-ended")


@pytest.mark.parametrize(
    "lies", [{"state": "other"}, {"iss": "https://evil.test"}, {"iss": None}, {"code": "other"}]
)
async def test_an_answer_to_another_request_or_of_another_provider_is_refused(
    world: World, school: OpenIdProvider, lies: dict[str, Any]
) -> None:
    problem((await enter(world, **lies))[1], 403, "provider-refused")


async def test_a_code_of_another_browsers_sign_in_does_not_fit_this_ones_proof_key(
    world: World, school: OpenIdProvider
) -> None:
    stolen = await begin(world.as_(None))
    problem((await enter(world, code=stolen["code"]))[1], 403, "provider-refused")


@pytest.mark.parametrize(
    "says",
    [
        {"issuer": "https://evil.test"},
        {"token_endpoint": "http://evil.test/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": 7},
    ],
)
async def test_a_provider_that_describes_itself_wrongly_is_away(
    world: World, school: OpenIdProvider, says: dict[str, Any]
) -> None:
    school.says = says
    problem(await world.as_(None).post(SCHOOL), 503, "provider-away")


async def test_a_provider_that_is_down_is_told_as_such_and_asked_again(
    world: World, school: OpenIdProvider
) -> None:
    school.broken = True
    told = problem(await world.as_(None).post(SCHOOL), 503, "provider-away")
    assert "password" in told["way_out"]
    school.broken = False
    assert (await enter(world))[1].status_code == 200


async def test_an_authenticator_app_is_asked_for_after_the_provider(
    world: World, school: OpenIdProvider
) -> None:
    coach = world.as_("coach")
    secret = (await coach.post(f"{API}/me/second-factor")).json()["secret"]
    code = pyotp.TOTP(secret).at(int(time.time()), counter_offset=-1)
    assert (await coach.post(f"{API}/me/second-factor/confirmation", json={"code": code})).status_code == 200
    client, answer = await enter(world)
    assert answer.status_code == 202
    problem(await client.get(f"{API}/me"), 401, "not-signed-in")
    done = await client.post(f"{API}/session/code", json={"code": pyotp.TOTP(secret).now()})
    assert done.json()["id"] == str(world["coach"])


async def test_signing_out_leads_to_the_provider_too(world: World, school: OpenIdProvider) -> None:
    client, _ = await enter(world)
    address = (await client.get(f"{API}/me/sign-out")).json()["address"]
    query = parse_qs(urlsplit(address).query)
    assert address.startswith(f"{school.issuer}/end?")
    assert query == {"client_id": [CLIENT], "post_logout_redirect_uri": [f"{HUB_ORIGIN}/sign-in"]}
    assert (await world.as_("coach").get(f"{API}/me/sign-out")).json() == {"address": None}


async def test_a_disabled_account_is_as_unknown(world: World, school: OpenIdProvider) -> None:
    await enter(world)
    await world.as_("admin").patch(f"{API}/accounts/{world['coach']}", json={"disabled": True})
    problem((await enter(world))[1], 403, "no-account")


async def test_an_identity_is_seen_and_untied_by_whoever_it_is_of(
    world: World, school: OpenIdProvider
) -> None:
    client, _ = await enter(world)
    (shown,) = (await client.get(f"{API}/me/identities")).json()["items"]
    path = f"{API}/me/identities/{shown['id']}"
    for who in ("admin", "trainer", "other_admin"):
        assert (await world.as_(who).get(f"{API}/me/identities")).json()["items"] == []
        problem(await world.as_(who).delete(path), 404, "not-found")
    assert (await client.delete(path)).status_code == 204
    assert (await client.get(f"{API}/me/identities")).json()["items"] == []


async def test_the_sign_in_screen_is_told_what_there_is(world: World, school: OpenIdProvider) -> None:
    ways = (await world.as_(None).get(f"{API}/session/ways")).json()
    assert ways == {"passkeys": True, "providers": [{"id": "school", "name": "School"}]}
    problem(await world.as_(None).post(f"{API}/session/providers/other"), 404, "not-found")
