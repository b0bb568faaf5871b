"""Passkeys: made, used without an e-mail, renamed and removed; an answer with anything wrong in it lets nobody in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from api_support import World, problem
from soft_authenticator import BACKED_UP, BACKUP_ELIGIBLE, PRESENT, VERIFIED, SoftAuthenticator, b64
from sts_hub.accounts.signing_in import ADDRESS_TRIES
from sts_hub.passkeys.service import MOST

# Signing in needs nothing that differs between the servers.
pytestmark = pytest.mark.one_generation

API = "/api/v1"
MINE = f"{API}/me/passkeys"
# Of a hub on loopback: what its settings say, whatever the client calls it.
HUB_ORIGIN, HUB_ID = "http://localhost:8080", "localhost"


async def offered(client: httpx.AsyncClient, path: str) -> dict[str, Any]:
    """What the hub asks the browser for; the browser brings the step's cookie from now on."""
    answer = await client.post(f"{path}/options")
    assert answer.status_code == 200, answer.text
    if "cookie" in client.headers:  # that of a login, which the client's own store does not know
        client.headers["Cookie"] += f"; sts-step={client.cookies['sts-step']}"
    return answer.json()["options"]


async def make(world: World, who: str, **lies: Any) -> tuple[SoftAuthenticator, httpx.Response]:
    """A device of this person with a new passkey, and the hub's answer."""
    client, device = world.as_(who), SoftAuthenticator(HUB_ORIGIN, HUB_ID, **lies.pop("as_", {}))
    options = await offered(client, MINE)
    body = {"name": "phone", "credential": device.create(options, **lies)}
    return device, await client.post(MINE, json=body)


async def enter(
    world: World, device: SoftAuthenticator, **lies: Any
) -> tuple[httpx.AsyncClient, httpx.Response]:
    """A browser that has answered with this device, and the hub's answer."""
    client = world.as_(None)
    options = await offered(client, f"{API}/session/passkey")
    return client, await client.post(
        f"{API}/session/passkey", json={"credential": device.get(options, **lies)}
    )


async def test_a_passkey_signs_in_without_an_e_mail(world: World) -> None:
    device, made = await make(world, "coach")
    assert made.status_code == 201, made.text
    client, answer = await enter(world, device)
    assert answer.json()["role"] == "coach"
    assert (await client.get(f"{API}/me")).json()["id"] == str(world["coach"])
    (shown,) = (await client.get(MINE)).json()["items"]
    assert shown["last_used_at"] is not None


async def test_the_browser_is_asked_for_a_discoverable_one_that_verifies_its_user(world: World) -> None:
    asked = await offered(world.as_("coach"), MINE)
    wanted = asked["authenticatorSelection"]
    assert (wanted["residentKey"], wanted["userVerification"]) == ("required", "required")
    assert asked["rp"]["id"] == HUB_ID
    assert len(asked["challenge"]) >= 43
    wanted = await offered(world.as_(None), f"{API}/session/passkey")
    assert wanted["userVerification"] == "required"
    assert not wanted.get("allowCredentials"), "whoever is nobody yet must not learn which passkeys there are"


async def test_a_device_is_asked_to_make_no_second_one(world: World) -> None:
    device, _ = await make(world, "coach")
    asked = await offered(world.as_("coach"), MINE)
    assert [one["id"] for one in asked["excludeCredentials"]] == [b64(device.credential_id)]


MAKING = {
    "another origin": {"origin": "http://evil.test"},
    "another port": {"origin": "http://localhost:8081"},
    "another hub": {"rp_id": "evil.test"},
    "another challenge": {"challenge": b64(bytes(32))},
    "user not verified": {"flags": PRESENT},
    "nobody there": {"flags": VERIFIED},
    "an answer to something else": {"type": "webauthn.get"},
    "an algorithm that nobody asked for": {"alg": -65535},
}


@pytest.mark.parametrize("lies", MAKING.values(), ids=MAKING)
async def test_a_passkey_made_with_anything_wrong_is_not_kept(world: World, lies: dict[str, Any]) -> None:
    _, made = await make(world, "coach", **lies)
    problem(made, 403, "passkey-refused")
    assert (await world.as_("coach").get(MINE)).json()["items"] == []


ANSWERS = {
    "another origin": {"origin": "http://evil.test"},
    "another hub": {"rp_id": "evil.test"},
    "another challenge": {"challenge": b64(bytes(32))},
    "user not verified": {"flags": PRESENT},
    "nobody there": {"flags": VERIFIED},
    "an answer to something else": {"type": "webauthn.create"},
    "another key": {"key": ec.generate_private_key(ec.SECP256R1())},
    "another person's handle": {"handle": bytes(16)},
    "no handle": {"handle": b""},
    "become a copied one": {"flags": PRESENT | VERIFIED | BACKUP_ELIGIBLE},
    "backed up though that is impossible": {"flags": PRESENT | VERIFIED | BACKED_UP},
}


@pytest.mark.parametrize("lies", ANSWERS.values(), ids=ANSWERS)
async def test_an_answer_with_anything_wrong_lets_nobody_in(world: World, lies: dict[str, Any]) -> None:
    device, _ = await make(world, "coach")
    client, answer = await enter(world, device, **lies)
    problem(answer, 403, "passkey-refused")
    problem(await client.get(f"{API}/me"), 401, "not-signed-in")
    assert (await enter(world, device))[1].status_code == 200, "the control: the same passkey, truly"


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature", "userHandle"])
@pytest.mark.parametrize("harm", ["changed", "gone", "empty", "number", "no base64"])
async def test_a_harmed_answer_is_refused_in_a_sentence(world: World, part: str, harm: str) -> None:
    device, _ = await make(world, "coach")
    client = world.as_(None)
    credential = device.get(await offered(client, f"{API}/session/passkey"))
    response, said = credential["response"], credential["response"][part]
    response[part] = {"changed": said[:-6] + b64(b"harm"), "empty": "", "number": 7, "no base64": "%%%"}.get(
        harm
    )
    if harm == "gone":
        del response[part]
    problem(
        await client.post(f"{API}/session/passkey", json={"credential": credential}), 403, "passkey-refused"
    )


@pytest.mark.parametrize(
    "credential", [{}, {"rawId": 7}, {"rawId": "AA"}, {"id": "AA", "rawId": "AA", "response": []}]
)
async def test_what_is_no_answer_at_all_is_refused_in_a_sentence(world: World, credential: Any) -> None:
    client = world.as_(None)
    await offered(client, f"{API}/session/passkey")
    problem(
        await client.post(f"{API}/session/passkey", json={"credential": credential}), 403, "passkey-refused"
    )


async def test_a_count_that_does_not_go_on_is_a_copied_key(world: World) -> None:
    device, _ = await make(world, "coach", as_={"count": 5})
    assert (await enter(world, device, count=6))[1].status_code == 200
    for count in (6, 5, 0):
        problem((await enter(world, device, count=count))[1], 403, "passkey-refused")
    assert (await enter(world, device, count=7))[1].status_code == 200


async def test_a_passkey_that_counts_nothing_is_used_again(world: World) -> None:
    device, _ = await make(world, "coach")
    for _ in range(2):
        assert (await enter(world, device))[1].status_code == 200


async def test_an_answer_counts_once_in_the_browser_that_asked_for_it_and_within_minutes(
    world: World,
) -> None:
    device, _ = await make(world, "coach")
    client, path = world.as_(None), f"{API}/session/passkey"
    credential = {"credential": device.get(await offered(client, path))}
    problem(await world.as_(None).post(path, json=credential), 401, "step-ended")
    assert (await client.post(path, json=credential)).status_code == 200
    problem(await client.post(path, json=credential), 401, "step-ended")
    late = {"credential": device.get(await offered(client, path))}
    await world.database.owner.execute("UPDATE sts.challenge SET expires_at = now()")
    problem(await client.post(path, json=late), 401, "step-ended")


async def test_what_one_person_began_another_does_not_finish(world: World) -> None:
    coach, trainer = world.as_("coach"), world.as_("trainer")
    options = await offered(coach, MINE)
    trainer.headers["Cookie"] += f"; sts-step={coach.cookies['sts-step']}"
    body = {"name": "x", "credential": SoftAuthenticator(HUB_ORIGIN, HUB_ID).create(options)}
    problem(await trainer.post(MINE, json=body), 401, "step-ended")


async def test_a_passkey_belongs_to_one_account(world: World) -> None:
    device, _ = await make(world, "coach")
    client = world.as_("trainer")
    copy = replace(device)
    body = {"name": "x", "credential": copy.create(await offered(client, MINE))}
    problem(await client.post(MINE, json=body), 409, "conflict")


async def test_one_is_renamed_and_removed_by_whoever_it_is_of(world: World) -> None:
    device, made = await make(world, "coach")
    path = f"{MINE}/{made.json()['id']}"
    for who in ("admin", "trainer", "other_admin"):
        problem(await world.as_(who).patch(path, json={"name": "mine"}), 404, "not-found")
        problem(await world.as_(who).delete(path), 404, "not-found")
        assert (await world.as_(who).get(MINE)).json()["items"] == []
    assert (await world.as_("coach").patch(path, json={"name": "tablet"})).json()["name"] == "tablet"
    assert (await world.as_("coach").delete(path)).status_code == 204
    problem((await enter(world, device))[1], 403, "passkey-refused")


async def test_a_disabled_account_has_no_passkeys(world: World) -> None:
    device, _ = await make(world, "coach")
    await world.as_("admin").patch(f"{API}/accounts/{world['coach']}", json={"disabled": True})
    problem((await enter(world, device))[1], 403, "passkey-refused")


async def test_a_reset_by_an_admin_removes_them(world: World) -> None:
    device, _ = await make(world, "coach")
    assert (
        await world.as_("admin").delete(f"{API}/accounts/{world['coach']}/second-factor")
    ).status_code == 204
    problem((await enter(world, device))[1], 403, "passkey-refused")


async def test_a_passkey_is_two_factors_by_itself(world: World) -> None:
    await world.as_("admin").put(f"{API}/club/second-factor", json={"required_of": ["coach"]})
    problem(await world.as_("coach").get(f"{API}/teams"), 403, "second-factor-owed")
    device, _ = await make(world, "coach")
    assert (await world.as_("coach").get(f"{API}/teams")).status_code == 200
    client, _ = await enter(world, device)
    assert (await client.get(f"{API}/teams")).status_code == 200


async def test_there_are_so_many_and_no_more(world: World) -> None:
    for number in range(MOST):
        await world.database.add(
            "passkey",
            account_id=world["coach"],
            name="x",
            credential_id=world["coach"].bytes + bytes([number]),
            public_key=b"",
            sign_count=0,
            synced=False,
        )
    problem(await world.as_("coach").post(f"{MINE}/options"), 409, "conflict")


async def test_wrong_answers_are_counted(world: World) -> None:
    device, _ = await make(world, "coach")
    told = [
        (await enter(world, device, origin="http://evil.test"))[1].status_code for _ in range(ADDRESS_TRIES)
    ]
    assert 429 in told
    assert (await enter(world, device))[1].status_code == 429


async def test_a_token_for_scripts_makes_none(world: World) -> None:
    made = await world.as_("admin").post(f"{API}/me/tokens", json={"name": "x", "scopes": ["see", "change"]})
    script = world.as_(None)
    script.headers["Authorization"] = f"Bearer {made.json()['token']}"
    problem(await script.post(f"{MINE}/options"), 403, "not-allowed")
    problem(await script.get(MINE), 403, "not-allowed")
