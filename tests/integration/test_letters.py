"""Letters: queued with what causes them, carried by a real mail server, told when they do not arrive."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from api_support import ORIGIN, World, problem, settings_of
from demo.ports import LOOPBACK, free_port
from mail_servers import PASSWORD, USER, MailServer, mail_server
from sts_hub.kit.database import Database
from sts_hub.maintenance import retention
from sts_hub.outbox import service as outbox
from sts_hub.outbox.courier import Courier
from sts_hub.outbox.mail import PAUSES_S, Mail
from sts_hub.outbox.service import Letter
from sts_hub.policy import Caller, Role
from tls_certificates import authority

# The same behind every broker and database; the walls of the tables are asked on both generations by test_api_walls.
pytestmark = pytest.mark.one_generation

LETTERS = "/api/v1/letters"


@pytest.fixture(autouse=True)
async def empty(world: World) -> None:
    """Nothing of another test waits."""
    await world.database.owner.execute("DELETE FROM sts.outgoing")


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    """A mail server on this machine."""
    async with mail_server() as running:
        yield running


def caller_of(world: World, who: str, role: Role, club: str = "club") -> Caller:
    return Caller(world[who], world[club], role, frozenset())


def database_of(world: World) -> Database:
    database: Database = world.app.state.parts[Database]
    return database


def mail_by(world: World, url: str, **more: Any) -> Mail:
    return Mail(
        settings_of(
            world.database.api_dsn, smtp_url=url, smtp_from="sts@club.example", public_origin=ORIGIN, **more
        )
    )


def courier(world: World, server: MailServer | int, **more: Any) -> Courier:
    port = server if isinstance(server, int) else server.port
    return Courier(database_of(world), mail_by(world, f"smtp://{LOOPBACK}:{port}", **more))


async def queue(world: World, address: str = "ana@club.example", text: str = "Köszönöm, grüezi.\n") -> None:
    async with database_of(world).writing(caller_of(world, "coach", Role.COACH)) as session:
        await outbox.letter(session, world["club"], Letter("test", address, "Ein Wort", text))


async def listed(world: World) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await world.as_("admin").get(LETTERS)).json()["items"]
    return items


async def due_again(world: World) -> None:
    """As if the pause had gone by."""
    await world.database.owner.execute("UPDATE sts.outgoing SET next_at = now(), leased_until = NULL")


async def test_a_letter_arrives_as_it_was_written(world: World, server: MailServer) -> None:
    await queue(world)
    assert await courier(world, server).once() == 1
    (letter,) = server.letters
    assert letter["To"] == "ana@club.example"
    assert letter["From"] == "sts@club.example"
    assert letter["Subject"] == "Ein Wort"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content().splitlines() == ["Köszönöm, grüezi."]
    (shown,) = await listed(world)
    assert (shown["state"], shown["tries"], shown["address"]) == ("sent", 1, "ana@club.example")
    assert letter["Message-ID"].startswith(f"<{shown['id']}@")


async def test_what_a_letter_said_goes_when_it_has_ended(world: World, server: MailServer) -> None:
    await queue(world, text="a secret of this test")
    waiting = await world.database.owner.fetchval("SELECT body FROM sts.outgoing")
    assert "a secret of this test" in waiting
    await courier(world, server).once()
    assert await world.database.owner.fetchval("SELECT body FROM sts.outgoing") is None


async def test_a_letter_of_a_change_that_is_undone_was_never_queued(world: World, server: MailServer) -> None:
    async def undone() -> None:
        async with database_of(world).writing(caller_of(world, "coach", Role.COACH)) as session:
            await outbox.letter(session, world["club"], Letter("test", "a@b.example", "x", "y"))
            raise LookupError

    with pytest.raises(LookupError):
        await undone()
    assert await courier(world, server).once() == 0


async def test_nobody_queues_for_another_club(world: World) -> None:
    async with database_of(world).writing(caller_of(world, "coach", Role.COACH)) as session:
        await outbox.letter(session, world["other_club"], Letter("test", "a@b.example", "x", "y"))
    assert await world.database.owner.fetchval("SELECT count(*) FROM sts.outgoing") == 0


@pytest.mark.parametrize(
    ("said", "state"),
    [("550 5.1.1 no such mailbox", "failed"), ("450 4.2.0 come back later", "waiting")],
)
async def test_a_recipient_refused_for_good_fails_and_for_now_waits(
    world: World, server: MailServer, said: str, state: str
) -> None:
    server.says_to_recipient = said
    await queue(world)
    await courier(world, server).once()
    (shown,) = await listed(world)
    assert shown["state"] == state
    assert said[4:] in shown["reason"]


async def test_a_letter_refused_at_its_end_is_told_and_tried_again(world: World, server: MailServer) -> None:
    server.says_to_letter = "451 4.3.0 disk full"
    await queue(world)
    await courier(world, server).once()
    assert await courier(world, server).once() == 0  # not before its pause has gone by
    server.says_to_letter = None
    await due_again(world)
    await courier(world, server).once()
    (shown,) = await listed(world)
    assert (shown["state"], shown["tries"], shown["reason"]) == ("sent", 2, None)


async def test_while_the_server_is_away_a_letter_waits_by_the_table_and_then_fails(world: World) -> None:
    await queue(world)
    away = courier(world, free_port())
    for pause_s in PAUSES_S:
        await away.once()
        (shown,) = await listed(world)
        assert shown["state"] == "waiting"
        left_s = await world.database.owner.fetchval(
            "SELECT extract(epoch FROM next_at - now())::float FROM sts.outgoing"
        )
        assert pause_s - 60 < left_s <= pause_s
        await due_again(world)
    await away.once()
    (shown,) = await listed(world)
    assert (shown["state"], shown["tries"]) == ("failed", len(PAUSES_S) + 1)
    assert "whoever runs the hub checks STS_SMTP_URL" in shown["reason"]
    assert 23 * 3600 < sum(PAUSES_S) <= 24 * 3600


# The server's library warns of what it does not see: the password goes inside TLS from the first byte.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("from_the_first_byte", [False, True], ids=["starttls", "tls"])
async def test_letters_go_over_tls_with_a_password(
    world: World, tmp_path: Path, from_the_first_byte: bool
) -> None:
    signer = authority(tmp_path / "authority.pem")
    certificate = signer.signs(tmp_path / "mail.pem", "localhost")
    async with mail_server(certificate, from_the_first_byte=from_the_first_byte) as server:
        scheme = "smtps" if from_the_first_byte else "smtp"
        url = f"{scheme}://{USER.replace('@', '%40')}@localhost:{server.port}"
        how = {"smtp_ca_file": signer.file, "smtp_password": SecretStr(PASSWORD)}
        await queue(world)
        await Courier(database_of(world), mail_by(world, url, **how)).once()
        assert server.tls == [True]
        assert (await listed(world))[0]["state"] == "sent"
        # A server whose certificate nobody vouches for is told nothing, and no password.
        await queue(world)
        await Courier(database_of(world), mail_by(world, url, smtp_password=SecretStr(PASSWORD))).once()
        assert len(server.letters) == 1
        assert (await listed(world))[0]["state"] == "waiting"


async def test_a_wrong_password_is_for_whoever_runs_the_hub(world: World, tmp_path: Path) -> None:
    signer = authority(tmp_path / "authority.pem")
    async with mail_server(signer.signs(tmp_path / "mail.pem", "localhost")) as server:
        url = f"smtp://{USER.replace('@', '%40')}@localhost:{server.port}"
        mail = mail_by(world, url, smtp_ca_file=signer.file, smtp_password=SecretStr("another one"))
        await queue(world)
        await Courier(database_of(world), mail).once()
    (shown,) = await listed(world)
    assert shown["state"] == "waiting"
    assert "535" in shown["reason"]
    assert "whoever runs the hub" in shown["reason"]


async def test_two_couriers_share_the_letters_and_send_none_twice(world: World, server: MailServer) -> None:
    for number in range(12):
        await queue(world, f"a{number}@club.example")
    first, second = courier(world, server), courier(world, server)
    counts = await asyncio.gather(first.once(), second.once())
    assert sum(counts) == 12
    assert min(counts) > 0
    assert sorted(letter["To"] for letter in server.letters) == sorted(
        f"a{number}@club.example" for number in range(12)
    )


async def test_a_letter_whose_process_was_lost_goes_out_when_the_lease_ends(
    world: World, server: MailServer
) -> None:
    await queue(world)
    lost = courier(world, server)
    assert len(await lost._due(8)) == 1  # and nothing more is heard of it
    assert await courier(world, server).once() == 0
    await due_again(world)
    assert await courier(world, server).once() == 1
    assert len(server.letters) == 1


async def test_a_hub_without_a_mail_server_says_so_in_the_list(world: World) -> None:
    await queue(world)
    await Courier(database_of(world), Mail(settings_of(world.database.api_dsn))).once()
    (shown,) = await listed(world)
    assert shown["state"] == "failed"
    assert "STS_SMTP_URL" in shown["reason"]


@pytest.mark.parametrize(
    "who", ["director", "coach", "trainer", "athlete", "technician", "guardian", "other_admin"]
)
async def test_letters_are_listed_for_the_clubs_own_admins_alone(world: World, who: str) -> None:
    await queue(world)
    assert (await world.as_(who).get(LETTERS)).json()["items"] == []
    assert len(await listed(world)) == 1
    problem(await world.as_(None).get(LETTERS), 401, "not-signed-in")


async def test_who_is_erased_leaves_the_outbox(world: World) -> None:
    email = await world.database.owner.fetchval(
        "SELECT email FROM sts.account WHERE id = $1", world["athlete"]
    )
    await queue(world, email.upper())
    await queue(world, "somebody@else.example")
    erased = await world.as_("admin").post(f"/api/v1/athletes/{world['rosa']}/erasure")
    assert erased.status_code == 200, erased.text
    assert [one["address"] for one in await listed(world)] == ["somebody@else.example"]


async def test_an_address_that_is_two_is_none(world: World, server: MailServer) -> None:
    await queue(world, "a@x.example, b@y.example")
    await courier(world, server).once()
    (shown,) = await listed(world)
    assert (shown["state"], server.letters) == ("failed", [])


async def test_long_ended_letters_are_forgotten(world: World, server: MailServer) -> None:
    await queue(world)
    await courier(world, server).once()
    owner = world.database.owner
    await owner.execute("UPDATE sts.outgoing SET ended_at = now() - interval '29 days'")
    assert await retention.forget_outgoing(owner) == 0
    await owner.execute("UPDATE sts.outgoing SET ended_at = now() - interval '31 days'")
    assert await retention.forget_outgoing(owner) == 1
