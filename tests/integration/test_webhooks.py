"""Webhooks: signed, tried again, replayed, disabled when nobody listens; and nowhere but where they may go."""

from __future__ import annotations

import base64
import json
import ssl
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from api_support import NOON, ORIGIN, World, problem, settings_of
from event_receivers import Receiver, receiver
from sts_hub.config import Settings
from sts_hub.errors import Conflict
from sts_hub.kit.database import Database
from sts_hub.kit.sealing import Sealing
from sts_hub.outbox.courier import Courier
from sts_hub.outbox.mail import Mail
from sts_hub.webhooks.carrier import PATIENCE, PAUSES_S, Webhooks
from sts_hub.webhooks.sealer import Sealer
from tls_certificates import authority

# The same behind every broker and database; the walls of the tables are asked on both generations by test_api_walls.
pytestmark = pytest.mark.one_generation

API = "/api/v1"
HOOKS = f"{API}/webhooks"


@pytest.fixture(autouse=True)
async def alone(world: World) -> AsyncIterator[None]:
    """Nothing of another test waits, and webhooks may go to this machine."""
    await world.database.owner.execute("DELETE FROM sts.webhook")
    parts = world.app.state.parts
    before = parts[Settings]
    parts[Settings] = before.model_copy(update={"webhooks_to_loopback": True})
    yield
    parts[Settings] = before


@pytest.fixture
async def program() -> AsyncIterator[Receiver]:
    """A program that listens."""
    async with receiver() as running:
        yield running


async def add(world: World, url: str, *events: str, who: str = "admin") -> dict[str, Any]:
    made = await world.as_(who).post(
        HOOKS, json={"name": "scores", "url": url, "events": events or ("session.ended",)}
    )
    assert made.status_code == 201, made.text
    answer: dict[str, Any] = made.json()
    return answer


async def end_session(world: World, who: str = "coach", session: str = "rosa_session") -> None:
    at = f"{NOON + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    ended = await world.as_(who).post(f"{API}/sessions/{world[session]}/end", json={"at": at})
    assert ended.status_code == 200, ended.text


def courier(world: World, **more: Any) -> Courier:
    dsn = world.database.api_dsn
    settings = settings_of(dsn, webhooks_to_loopback=True)
    mail = Mail(
        settings_of(dsn, smtp_url="smtp://127.0.0.1:1", smtp_from="sts@club.example", public_origin=ORIGIN)
    )
    sealing = world.app.state.parts[Sealing]
    return Courier(
        world.app.state.parts[Database], Webhooks(settings, mail, more.pop("sealing", sealing), **more)
    )


async def deliveries(world: World, hook: dict[str, Any]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await world.as_("admin").get(f"{HOOKS}/{hook['id']}/deliveries")).json()[
        "items"
    ]
    return items


async def due_again(world: World) -> None:
    """As if the pause had gone by."""
    await world.database.owner.execute("UPDATE sts.outgoing SET next_at = now(), leased_until = NULL")


async def test_a_program_is_told_signed_of_what_happened(world: World, program: Receiver) -> None:
    hook = await add(world, f"http://127.0.0.1:{program.port}/hook?club=1")
    await end_session(world)
    assert await courier(world).once() == 1
    (heard,) = program.heard
    assert heard.line == "POST /hook?club=1 HTTP/1.1"
    assert heard.headers["host"] == f"127.0.0.1:{program.port}"
    assert json.loads(heard.body) == {
        "type": "session.ended",
        "timestamp": "2026-05-01T13:00:00Z",
        "data": {"session_id": str(world["rosa_session"]), "team_id": str(world["red"])},
    }
    assert heard.fits(hook["secret"])
    assert not heard.fits("whsec_" + "A" * 43 + "=")
    assert abs(int(heard.headers["webhook-timestamp"]) - time.time()) < 60
    (shown,) = await deliveries(world, hook)
    assert (shown["id"], shown["state"]) == (heard.headers["webhook-id"], "sent")


async def test_the_secret_is_told_once(world: World, program: Receiver) -> None:
    hook = await add(world, f"http://127.0.0.1:{program.port}/")
    admin = world.as_("admin")
    for answer in (await admin.get(HOOKS), await admin.get(f"{HOOKS}/{hook['id']}")):
        assert answer.status_code == 200
        assert "whsec_" not in answer.text
        assert '"secret"' not in answer.text


async def test_a_secret_lies_sealed_and_opens_for_its_own_webhook_alone(
    world: World, program: Receiver
) -> None:
    hook = await add(world, f"http://127.0.0.1:{program.port}/")
    plain = base64.b64decode(hook["secret"].removeprefix("whsec_"))
    kept = await world.database.owner.fetchval(
        "SELECT secret FROM sts.webhook WHERE id = $1", UUID(hook["id"])
    )
    assert plain not in kept
    sealing = world.app.state.parts[Sealing]
    assert sealing.opened(kept, f"webhook {hook['id']}") == plain  # the control
    with pytest.raises(Conflict):
        sealing.opened(kept, f"webhook {world['hook']}")
    await end_session(world)
    await courier(world, sealing=Sealing("another key, as long as the one before")).once()
    (shown,) = await deliveries(world, hook)
    assert (program.heard, shown["state"]) == ([], "waiting")
    assert "STS_SEALING_KEY" in shown["reason"]


async def test_a_hub_without_a_key_makes_no_webhook_and_says_what_is_missing(world: World) -> None:
    parts = world.app.state.parts
    before = parts[Sealing]
    parts[Sealing] = Sealing("")
    try:
        asked = {"name": "x", "url": "https://x.example", "events": ["session.ended"]}
        told = problem(await world.as_("admin").post(HOOKS, json=asked), 409, "conflict")
    finally:
        parts[Sealing] = before
    assert "STS_SEALING_KEY_FILE" in told["way_out"]


async def test_what_lay_open_signs_on_and_is_sealed_when_a_process_begins(
    world: World, program: Receiver
) -> None:
    """Of a hub from before there were seals: two secrets of one webhook, both good."""
    owner, parts = world.database.owner, world.app.state.parts
    hook = await add(world, f"http://127.0.0.1:{program.port}/")
    new, old = bytes(range(32)), bytes(range(32, 64))
    await owner.execute(
        "UPDATE sts.webhook SET sealed = false, secret = $2, old_secret = $3, old_until = now() + interval '1 h' WHERE id = $1",
        UUID(hook["id"]),
        new,
        old,
    )
    await Sealer(parts[Database], Sealing("")).run()
    assert not await owner.fetchval("SELECT sealed FROM sts.webhook WHERE id = $1", UUID(hook["id"]))
    await end_session(world)
    await courier(world).once()
    await Sealer(parts[Database], parts[Sealing]).run()
    row = await owner.fetchrow("SELECT * FROM sts.webhook WHERE id = $1", UUID(hook["id"]))
    assert row["sealed"]
    assert {new, old}.isdisjoint({row["secret"], row["old_secret"]})
    (sent,) = await deliveries(world, hook)
    again = await world.as_("admin").post(f"{HOOKS}/{hook['id']}/deliveries/{sent['id']}/replay")
    assert again.status_code == 202
    await courier(world).once()
    assert len(program.heard) == 2
    for heard in program.heard:
        for secret in (new, old):
            assert heard.fits("whsec_" + base64.b64encode(secret).decode())


async def test_only_what_a_webhook_asks_for_and_only_of_its_club_is_told(
    world: World, program: Receiver
) -> None:
    hook = await add(world, f"http://127.0.0.1:{program.port}/", "athlete.erased")
    foreign = await add(world, f"http://127.0.0.1:{program.port}/", who="other_admin")
    await end_session(world)
    assert await deliveries(world, hook) == []
    problem(await world.as_("admin").get(f"{HOOKS}/{foreign['id']}/deliveries"), 404, "not-found")
    assert await courier(world).once() == 0
    erased = await world.as_("admin").post(f"{API}/athletes/{world['rosa']}/erasure")
    assert erased.status_code == 200
    assert await courier(world).once() == 1
    assert json.loads(program.heard[0].body)["data"] == {"athlete_id": str(world["rosa"])}


async def test_a_result_file_tells_what_is_new_and_what_was_corrected(
    world: World, program: Receiver
) -> None:
    hook = await add(world, f"http://127.0.0.1:{program.port}/", "result.stored", "result.corrected")
    header = "place,bib,time\n"
    for time_s in ("10.51", "10.51", "10.49"):
        sent = await world.as_("coach").post(
            f"{API}/competitions/{world['cup']}/files?name=100m.csv", content=f"{header}1,7,{time_s}\n"
        )
        assert sent.status_code in (200, 201), sent.text
    told = [one["what"] for one in reversed(await deliveries(world, hook))]
    assert told == ["result.stored", "result.corrected"]


async def test_a_failing_program_is_tried_by_the_table_under_the_same_id(
    world: World, program: Receiver
) -> None:
    hook = await add(world, f"http://127.0.0.1:{program.port}/")
    await end_session(world)
    program.says = "500 Broken\r\n"
    for pause_s in PAUSES_S[:3]:
        await courier(world).once()
        (shown,) = await deliveries(world, hook)
        wait = datetime.fromisoformat(shown["next_at"]) - datetime.now(UTC)
        assert shown["state"] == "waiting"
        assert pause_s - 60 < wait.total_seconds() <= pause_s
        assert "500" in shown["reason"]
        await due_again(world)
    assert (await world.as_("admin").get(f"{HOOKS}/{hook['id']}")).json()["failing_since"] is not None
    program.says = "200 OK\r\n"
    await courier(world).once()
    assert len({one.headers["webhook-id"] for one in program.heard}) == 1
    assert len({one.body for one in program.heard}) == 1
    assert all(one.fits(hook["secret"]) for one in program.heard)
    assert (await deliveries(world, hook))[0]["state"] == "sent"
    assert (await world.as_("admin").get(f"{HOOKS}/{hook['id']}")).json()["failing_since"] is None


async def test_who_asks_for_a_pause_gets_it(world: World, program: Receiver) -> None:
    hook = await add(world, f"http://127.0.0.1:{program.port}/")
    await end_session(world)
    program.says = "429 Too Many Requests\r\nRetry-After: 1200\r\n"
    await courier(world).once()
    (shown,) = await deliveries(world, hook)
    wait = datetime.fromisoformat(shown["next_at"]) - datetime.now(UTC)
    assert 1140 < wait.total_seconds() <= 1200


async def test_a_redirection_is_a_failure_and_not_followed(world: World, program: Receiver) -> None:
    async with receiver() as elsewhere:
        hook = await add(world, f"http://127.0.0.1:{program.port}/")
        await end_session(world)
        program.says = f"307 Temporary Redirect\r\nLocation: http://127.0.0.1:{elsewhere.port}/\r\n"
        await courier(world).once()
        assert elsewhere.heard == []
    assert "307" in (await deliveries(world, hook))[0]["reason"]


async def test_after_the_last_try_an_event_has_failed_and_is_sent_again_by_hand(
    world: World, program: Receiver
) -> None:
    hook = await add(world, f"http://127.0.0.1:{program.port}/")
    await end_session(world)
    program.says = "503 Away\r\n"
    await world.database.owner.execute("UPDATE sts.outgoing SET tries = $1", len(PAUSES_S))
    await courier(world).once()
    (shown,) = await deliveries(world, hook)
    assert shown["state"] == "failed"
    again = f"{HOOKS}/{hook['id']}/deliveries/{shown['id']}/replay"
    for who in ("director", "coach", "other_admin"):
        problem(await world.as_(who).post(again), 404, "not-found")
    program.says = "200 OK\r\n"
    assert (await world.as_("admin").post(again)).status_code == 202
    await courier(world).once()
    assert program.heard[0].headers["webhook-id"] == program.heard[1].headers["webhook-id"]
    assert (await deliveries(world, hook))[0]["state"] == "sent"


async def test_a_program_that_wants_no_more_is_disabled_and_the_admins_are_written_to(
    world: World, program: Receiver
) -> None:
    hook = await add(world, f"http://127.0.0.1:{program.port}/")
    await end_session(world)
    await end_session(world, session="rudi_session")
    program.says = "410 Gone\r\n"
    await courier(world).once()
    shown = (await world.as_("admin").get(f"{HOOKS}/{hook['id']}")).json()
    assert "410" in shown["disabled_why"]
    assert [one["state"] for one in await deliveries(world, hook)] == ["failed", "failed"]
    (letter,) = (await world.as_("admin").get(f"{API}/letters")).json()["items"]
    assert letter["what"] == "webhook"
    again = f"{HOOKS}/{hook['id']}/deliveries/{(await deliveries(world, hook))[0]['id']}/replay"
    problem(await world.as_("admin").post(again), 409, "conflict")
    enabled = await world.as_("admin").patch(f"{HOOKS}/{hook['id']}", json={"enabled": True})
    assert enabled.json()["disabled_at"] is None
    assert (await world.as_("admin").post(again)).status_code == 202


@pytest.mark.parametrize(("beyond", "disabled"), [(timedelta(hours=-1), False), (timedelta(hours=1), True)])
async def test_one_at_which_nothing_arrives_for_days_is_disabled(
    world: World, program: Receiver, beyond: timedelta, disabled: bool
) -> None:
    hook = await add(world, f"http://127.0.0.1:{program.port}/")
    await end_session(world)
    await world.database.owner.execute(
        "UPDATE sts.webhook SET failing_since = now() - $1::interval", PATIENCE + beyond
    )
    program.says = "500 Broken\r\n"
    await courier(world).once()
    shown = (await world.as_("admin").get(f"{HOOKS}/{hook['id']}")).json()
    assert (shown["disabled_at"] is not None) == disabled


async def test_what_is_disabled_by_hand_is_told_nothing(world: World, program: Receiver) -> None:
    hook = await add(world, f"http://127.0.0.1:{program.port}/")
    assert (
        await world.as_("admin").patch(f"{HOOKS}/{hook['id']}", json={"enabled": False})
    ).status_code == 200
    await end_session(world)
    assert await deliveries(world, hook) == []


async def test_a_new_secret_signs_beside_the_old_one_for_a_day(world: World, program: Receiver) -> None:
    hook = await add(world, f"http://127.0.0.1:{program.port}/")
    new = (await world.as_("admin").post(f"{HOOKS}/{hook['id']}/secret")).json()
    await end_session(world)
    await courier(world).once()
    assert program.heard[0].fits(hook["secret"])
    assert program.heard[0].fits(new["secret"])
    await world.database.owner.execute("UPDATE sts.webhook SET old_until = now()")
    await end_session(world, session="rudi_session")
    await courier(world).once()
    assert not program.heard[1].fits(hook["secret"])
    assert program.heard[1].fits(new["secret"])


async def test_to_one_program_events_go_in_their_order_one_at_a_time(world: World, program: Receiver) -> None:
    await add(world, f"http://127.0.0.1:{program.port}/")
    for name in ("rosa", "rudi"):
        await end_session(world, session=f"{name}_session")
    first = courier(world)
    assert await first.once() == 1
    assert await first.once() == 1
    told = [json.loads(one.body)["data"]["session_id"] for one in program.heard]
    assert told == [str(world["rosa_session"]), str(world["rudi_session"])]


async def test_over_tls_the_name_is_checked_and_the_checked_address_connected_to(
    world: World, tmp_path: Path
) -> None:
    signer = authority(tmp_path / "authority.pem")
    context = ssl.create_default_context(cafile=signer.file)
    asked: list[str] = []

    async def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    async with receiver(signer.signs(tmp_path / "hook.pem", "hook.example")) as program:
        hook = await add(world, f"https://hook.example:{program.port}/in")
        await end_session(world)
        await courier(world, context=context, resolve=resolve).once()
        assert [one.headers["host"] for one in program.heard] == [f"hook.example:{program.port}"]
        assert asked == ["hook.example"]
        # The control: another name's certificate is not taken, whatever the address.
        await world.as_("admin").patch(
            f"{HOOKS}/{hook['id']}", json={"url": f"https://other.example:{program.port}/"}
        )
        await end_session(world, session="rudi_session")
        await courier(world, context=context, resolve=resolve).once()
        assert len(program.heard) == 1
        assert "certificate" in (await deliveries(world, hook))[0]["reason"].lower()


async def test_a_name_that_means_a_machine_beside_the_hub_is_told_nothing(
    world: World, program: Receiver
) -> None:
    hook = await add(world, f"https://inside.example:{program.port}/")
    await end_session(world)

    async def resolve(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    dsn = world.database.api_dsn
    sealing = world.app.state.parts[Sealing]
    strict = Webhooks(settings_of(dsn), Mail(settings_of(dsn)), sealing, resolve=resolve)
    await Courier(world.app.state.parts[Database], strict).once()
    (shown,) = await deliveries(world, hook)
    assert (program.heard, shown["state"]) == ([], "waiting")
    assert "public addresses only" in shown["reason"]


@pytest.mark.parametrize(
    "url", ["http://club.example/", "https://10.0.0.1/", "https://club.example/#x", "nowhere at all"]
)
async def test_an_address_that_no_webhook_may_have_is_refused_with_a_sentence(world: World, url: str) -> None:
    world.app.state.parts[Settings] = world.app.state.parts[Settings].model_copy(
        update={"webhooks_to_loopback": False}
    )
    refused = await world.as_("admin").post(
        HOOKS, json={"name": "x", "url": url, "events": ["session.ended"]}
    )
    problem(refused, 422, "invalid")


@pytest.mark.parametrize("who", ["director", "coach", "trainer", "athlete", "technician", "guardian"])
async def test_webhooks_are_the_admins(world: World, program: Receiver, who: str) -> None:
    hook = await add(world, f"http://127.0.0.1:{program.port}/")
    client = world.as_(who)
    assert (await client.get(HOOKS)).json()["items"] == []
    problem(await client.get(f"{HOOKS}/{hook['id']}"), 404, "not-found")
    new = {"name": "x", "url": "https://club.example/", "events": ["session.ended"]}
    problem(await client.post(HOOKS, json=new), 403, "not-allowed")
    for method, path in (("PATCH", ""), ("DELETE", ""), ("POST", "/secret")):
        answer = await client.request(
            method, f"{HOOKS}/{hook['id']}{path}", json={} if method == "PATCH" else None
        )
        problem(answer, 404, "not-found")


async def test_a_token_of_an_admin_makes_no_webhook(world: World) -> None:
    token = (
        await world.as_("admin").post(f"{API}/me/tokens", json={"name": "x", "scopes": ["see", "change"]})
    ).json()
    script = world.as_(None)
    script.headers["Authorization"] = f"Bearer {token['token']}"
    new = {"name": "x", "url": "https://club.example/", "events": ["session.ended"]}
    problem(await script.post(HOOKS, json=new), 403, "not-allowed")
    assert (await script.get(HOOKS)).status_code == 200
