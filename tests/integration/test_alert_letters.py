"""What leaves the hub of an alert: letters to whoever asked for them, carried by a real mail server, and events for programs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

import pytest

from alert_support import API, Live, alerts, ruled
from api_support import ORIGIN, World, problem, settings_of
from demo.ports import LOOPBACK
from mail_servers import MailServer, mail_server
from sts_hub.alerts.delivery import is_quiet
from sts_hub.alerts.repository import RecipientRow
from sts_hub.outbox.courier import Courier
from sts_hub.outbox.mail import Mail

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation


@pytest.fixture(autouse=True)
async def empty(world: World) -> None:
    """Nothing of another test waits."""
    await world.database.owner.execute("DELETE FROM sts.outgoing")


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    """A mail server on this machine."""
    async with mail_server() as running:
        yield running


@pytest.fixture
async def live(world: World) -> Live:
    """A process that watches."""
    return Live(world)


async def wants(world: World, rule: dict[str, Any], who: str, told: str, **quiet: str) -> dict[str, Any]:
    answer = await world.as_(who).put(f"{API}/alert-rules/{rule['id']}/letters", json={"told": told, **quiet})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def queued(world: World) -> list[tuple[str, str]]:
    """(address, subject) of the letters that wait."""
    rows = await world.database.owner.fetch(
        "SELECT address, body::jsonb ->> 'subject' AS subject FROM sts.outgoing WHERE address IS NOT NULL ORDER BY 2, 1"
    )
    return [(row["address"].partition("-")[0], row["subject"]) for row in rows]


async def test_a_letter_goes_to_who_asked_for_it_once_and_names_neither_athlete_nor_value(
    live: Live, world: World, server: MailServer
) -> None:
    rule = await ruled(world)
    assert (await wants(world, rule, "coach", "raised", time_zone="Europe/Lisbon"))["told"] == "raised"
    other = Live(world)
    other.now_us = live.now_us
    for one in (live, other):
        await one.read()
    for one in (live, other):
        await one.tell("rosa", 185, 10)
    smtp = {"smtp_url": f"smtp://{LOOPBACK}:{server.port}", "smtp_from": "sts@club.example"}
    settings = settings_of(world.database.api_dsn, public_origin=ORIGIN, **smtp)
    await Courier(live.database, Mail(settings)).once()
    (letter,) = server.letters
    body = letter.get_content()
    assert (str(letter["to"]).partition("-")[0], letter["subject"]) == ("coach", "Zu hoch")
    assert "Europe/Lisbon" in body
    assert not any(word in body for word in ("Rosa", "185", "heart_rate"))


async def test_what_nobody_acknowledges_goes_to_who_asked_for_that(live: Live, world: World) -> None:
    rule = await ruled(world, escalate_after_s=10)
    await wants(world, rule, "coach", "raised")
    await wants(world, rule, "director", "escalated")
    await live.read()
    (told,) = await live.tell("rosa", 185, 10)
    assert await queued(world) == [("coach", "Zu hoch")]
    await world.database.owner.execute(
        "UPDATE sts.alert SET escalates_at = now() WHERE id = $1", UUID(told.id)
    )
    await live.read()
    await live.read()
    assert await queued(world) == [("director", "Not acknowledged: Zu hoch"), ("coach", "Zu hoch")]


async def test_what_is_over_goes_to_who_asked_for_that_beside(live: Live, world: World) -> None:
    rule = await ruled(world)
    path = f"{API}/alert-rules/{rule['id']}/letters"
    for who, resolved in (("coach", True), ("director", False)):
        answer = await world.as_(who).put(path, json={"told": "raised", "resolved": resolved})
        assert (answer.json()["told"], answer.json()["resolved"]) == ("raised", resolved)
    await live.read()
    await live.tell("rosa", 185, 10)
    await live.tell("rosa", 120, 60)
    for _ in range(2):
        await live.read()
    assert sorted(await queued(world)) == [
        ("coach", "Over: Zu hoch"),
        ("coach", "Zu hoch"),
        ("director", "Zu hoch"),
    ]


async def test_none_goes_when_it_is_muted_ended_or_not_ones_team_any_more(live: Live, world: World) -> None:
    rule = await ruled(world)
    for who in ("coach", "trainer", "director"):
        await wants(world, rule, who, "raised")
    assert (await wants(world, rule, "trainer", "never"))["told"] == "never"
    await world.database.owner.execute("DELETE FROM sts.account_team WHERE account_id = $1", world["coach"])
    await live.read()
    await live.tell("rosa", 185, 10)
    assert await queued(world) == [("director", "Zu hoch")]
    until = datetime.now(UTC).replace(year=datetime.now(UTC).year + 1, month=1, day=15)
    mute = await world.as_("director").post(
        f"{API}/alert-rules/{rule['id']}/mutes", json={"until": until.isoformat()}
    )
    assert mute.status_code == 201, mute.text
    await live.read()
    await live.tell("rudi", 185, 10)
    assert len(await alerts(world, "director")) == 2
    assert await queued(world) == [("director", "Zu hoch")]


async def test_programs_are_told_by_ids_alone_of_all_that_becomes_of_an_alert(
    live: Live, world: World
) -> None:
    names = ["alert.raised", "alert.escalated", "alert.acknowledged", "alert.resolved"]
    await world.database.add(
        "webhook",
        club_id=world["club"],
        name="App",
        url="https://app.example/in",
        events=names,
        secret=bytes(24),
    )
    await ruled(world, escalate_after_s=10)
    await live.read()
    (told,) = await live.tell("rosa", 185, 10)
    await world.database.owner.execute(
        "UPDATE sts.alert SET escalates_at = now() WHERE id = $1", UUID(told.id)
    )
    await live.read()
    for _ in range(2):
        await world.as_("coach").post(f"{API}/alerts/{told.id}/acknowledgement", json={})
    await live.tell("rosa", 120, 60)
    for _ in range(2):
        await live.read()
    rows = await world.database.owner.fetch(
        "SELECT what, body, body::jsonb -> 'data' ->> 'alert_id' AS alert FROM sts.outgoing "
        "WHERE webhook_id IS NOT NULL ORDER BY queued_at"
    )
    assert [(row["what"], row["alert"]) for row in rows] == [(name, told.id) for name in names]
    assert not any("Rosa" in row["body"] or "185" in row["body"] for row in rows)


@pytest.mark.parametrize(
    ("since", "until", "hour", "quiet"),
    [
        (None, None, 3, False),
        ("22:00", "06:00", 23, True),
        ("22:00", "06:00", 3, True),
        ("22:00", "06:00", 6, False),
        ("12:00", "13:00", 12, True),
        ("12:00", "13:00", 13, False),
    ],
)
def test_quiet_hours_are_the_persons_own(
    since: str | None, until: str | None, hour: int, quiet: bool
) -> None:
    hours = [None if one is None else time.fromisoformat(one) for one in (since, until)]
    one = RecipientRow(UUID(int=1), UUID(int=2), "coach", [], "a@b.example", *hours, "Europe/Lisbon")
    # Lisbon is an hour ahead of UTC in July.
    assert is_quiet(one, datetime(2026, 7, 1, hour - 1, 30, tzinfo=UTC)) is quiet


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"told": "raised", "quiet_from": "22:00"}, "a begin and an end"),
        ({"told": "raised", "time_zone": "Europe/Nowhere"}, "no time zone"),
    ],
)
async def test_letters_that_make_no_sense_are_a_sentence(
    world: World, wanted: dict[str, str], sentence: str
) -> None:
    path = f"{API}/alert-rules/{(await ruled(world))['id']}/letters"
    assert sentence in problem(await world.as_("coach").put(path, json=wanted), 422, "invalid")["detail"]
    assert (await world.as_("coach").get(path)).json()["told"] == "never"
    for who in ("athlete", "technician", "other_coach"):
        problem(await world.as_(who).put(path, json={"told": "raised"}), 404, "not-found")


async def test_rules_to_begin_with_can_be_added_as_they_are(world: World) -> None:
    told = (await world.as_("coach").get(f"{API}/alert-rules/catalogue")).json()
    assert {one["what"] for one in told["templates"]} == {"body", "quality"}
    for one in told["templates"]:
        made = await world.as_("coach").post(
            f"{API}/alert-rules", json={"team_id": str(world["red"]), **one["rule"]}
        )
        assert (made.status_code, made.json()["what"]) == (201, one["what"])
    assert "load_edwards" in {one["name"] for one in told["quantities"]}
