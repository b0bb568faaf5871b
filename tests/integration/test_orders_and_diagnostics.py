"""Orders from a person to a real agent and back; and a bundle in which planted secrets and names are looked for."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agent_support import agent, settings
from api_support import World, problem
from ingest_support import Gateway
from json_documents import check
from sts_edge.agent import diagnostics
from sts_edge.config import load
from sts_hub.beats.service import settle
from sts_protocols.beat import Answer, Beat, EpochReport, Order, OrderOutcome, Roster, Wearer
from sts_protocols.record import Kind, decode_document_part
from uplink_support import PASSWORD, Broker, Hub, eventually

pytestmark = pytest.mark.one_generation


class Talk:
    """A gateway of a world that beats at chosen times."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.gateway = dataclasses.replace(Gateway(), name=world["pitch"])
        self.number = 0
        self.path = f"/api/v1/gateways/{world['pitch']}/orders"

    async def beat(self, told: list[OrderOutcome] | None, after_s: float = 0.0) -> list[Order]:
        self.number += 1
        epoch = self.gateway.epoch.hex()
        said = Beat(
            gateway=self.world["pitch"],
            epoch=epoch,
            number=self.number,
            boot_us=1,
            epochs=[EpochReport(epoch, "boot", True, 0, -1, [])],
            orders=told,
        )
        at = datetime.now(UTC) + timedelta(seconds=after_s)
        return (await settle(self.world.database.owner, said, at, None)).orders

    async def give(self, act: str, **more: Any) -> Any:
        answer = await self.world.as_("technician").post(self.path, json={"act": act, **more})
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def listed(self) -> list[Any]:
        answer = await self.world.as_("coach").get(self.path)
        assert answer.status_code == 200, answer.text
        found: list[Any] = answer.json()["items"]
        return found


@pytest.fixture
def talk(world: World) -> Talk:
    return Talk(world)


async def test_an_order_goes_down_until_its_outcome_comes_up(talk: Talk) -> None:
    given = await talk.give("identify")
    for _ in range(2):
        (order,) = await talk.beat([])
        assert (order.id, order.act) == (given["id"], "identify")
    assert await talk.beat([OrderOutcome(order.id, "done", "blinked")]) == []
    assert await talk.beat([OrderOutcome(order.id, "failed", "a later word")]) == []
    (shown,) = await talk.listed()
    assert (shown["state"], shown["words"]) == ("done", "blinked")
    assert shown["asked_by"].startswith("technician")


async def test_an_order_that_nobody_did_in_time_is_sent_no_more_and_shown_as_expired(talk: Talk) -> None:
    given = await talk.give("identify", lasts_s=30)
    assert await talk.beat([], after_s=31) == []
    await talk.world.database.owner.execute(
        "UPDATE sts.gateway_order SET asked_at = asked_at - interval '1 h', expires_at = expires_at - interval '1 h'"
        " WHERE id = $1",
        given["id"],
    )
    assert [one["state"] for one in await talk.listed()] == ["expired"]
    await talk.beat([OrderOutcome(given["id"], "done", "blinked, and the answer was lost")])
    assert [one["state"] for one in await talk.listed()] == ["done"]


async def test_a_gateway_of_an_older_version_and_another_gateway_get_none(talk: Talk) -> None:
    await talk.give("diagnostics")
    assert await talk.beat(None) == []
    talk.gateway = dataclasses.replace(Gateway(), name=talk.world["other_pitch"])
    said = Beat(
        gateway=talk.world["other_pitch"],
        epoch=talk.gateway.epoch.hex(),
        number=1,
        boot_us=1,
        epochs=[EpochReport(talk.gateway.epoch.hex(), "boot", True, 0, -1, [])],
        orders=[],
    )
    assert (await settle(talk.world.database.owner, said, datetime.now(UTC), None)).orders == []


async def test_who_may_give_orders(talk: Talk) -> None:
    problem(await talk.world.as_("coach").post(talk.path, json={"act": "identify"}), 403, "not-allowed")
    problem(await talk.world.as_("other_admin").post(talk.path, json={"act": "identify"}), 404, "not-found")
    problem(await talk.world.as_("admin").post(talk.path, json={"act": "reboot"}), 422, "invalid")


# --- a real agent at a real broker

PLANTED = {
    "password": PASSWORD,
    "mqtt password": "an-mqtt-password-that-nobody-tells",
    "mqtt user": "quirina.cruz",
    "bind key": "00112233445566778899aabbccddeeff",
    "athlete in the name of a file": "Zzyzx_Quirina_50m",
    "initials": "QZX",
    "user of this machine": "oliveira",
}


def plant(folder: Path, hub: Hub) -> Path:
    """Settings of a gateway that has everything that must not be told."""
    files = {"mqtt": PLANTED["mqtt password"], "key": PLANTED["bind key"]}
    for name, text in files.items():
        (folder / name).write_text(text + "\n")
        (folder / name).chmod(0o600)
    results = folder / "home" / PLANTED["user of this machine"] / "results"
    results.mkdir(parents=True)
    (results / (PLANTED["athlete in the name of a file"] + ".txt")).write_text("1;0:57.13")
    more = f"""
[[sensors]]
name = "shed"
address = "A0:9E:1A:00:00:01"
kind = "bthome"
link = "never"
bind_key_file = "{folder}/key"
[[folders]]
name = "pool"
path = "{results}"
settle_s = 0.2
[mqtt]
url = "mqtt://127.0.0.1:1"
user = "{PLANTED["mqtt user"]}"
password_file = "{folder}/mqtt"
"""
    config = settings(folder, hub, more)
    text = config.read_text().replace("[hub]", 'identify_command = ["true"]\n[hub]')
    config.write_text(text)
    return config


def found(text: str) -> list[str]:
    """Which of the planted words stand in a text."""
    return [what for what, word in PLANTED.items() if word.lower() in text.lower()]


@pytest.fixture
async def hub(rabbitmq: Broker) -> AsyncIterator[Hub]:
    hub = Hub(rabbitmq)
    await hub.open()
    await hub.listen()
    yield hub
    await hub.close()


def bundle_at(hub: Hub) -> str:
    """The diagnostics as they came to the hub."""
    parts = [
        decode_document_part(one.record.body)
        for one in hub.arrivals
        if one.lane == "document" and one.record.header.kind == Kind.DOCUMENT
    ]
    return b"".join(
        part.data for part in sorted(parts, key=lambda one: one.offset) if part.form == "diagnostics"
    ).decode()


async def test_an_agent_does_what_it_is_told_and_its_bundle_tells_no_secret_and_no_name(
    hub: Hub, tmp_path: Path
) -> None:
    config = plant(tmp_path, hub)
    roster = Roster("ab" * 32, [Wearer("shed", 7, PLANTED["initials"])])
    orders = [Order(7, "identify", 10**17), Order(8, "diagnostics", 10**17)]

    def answer(beat: Beat, said: Answer) -> Answer:
        held = beat.roster == roster.hash
        known = {one.id for one in beat.orders or ()}
        waiting = [one for one in orders if one.id not in known] if held else []
        return msgspec.structs.replace(said, roster=None if held else roster, orders=waiting)

    hub.answer = answer
    async with agent(config) as edge:
        await eventually(
            lambda: any("Zzyzx" in str(one.record.body) for one in hub.arrivals) or len(hub.beats) > 1
        )
        outcomes: dict[int, OrderOutcome] = {}

        def ended() -> bool:
            outcomes.update({one.id: one for beat in hub.beats for one in beat.orders or ()})
            return len(outcomes) == 2

        await eventually(ended)
        assert [one.state for one in outcomes.values()] == ["done", "done"]
        assert outcomes[7].words.endswith("ran true")
        await eventually(lambda: bundle_at(hub).endswith("}"))
        told = bundle_at(hub)
        check(json.loads(told))
        assert found(told) == []
        assert json.loads(told)["status"]["gateway"] == "pitch-1"
        assert json.loads(told)["lines"]
        code, out = await edge.ask("diagnostics", str(tmp_path / "bundle.json"), "--json", "--timeout", "1")
        assert code == 0, out
        check(json.loads(out))
    written = (tmp_path / "bundle.json").read_text()
    check(json.loads(written))
    assert found(written) == []
    assert json.loads(written)["doctor"]["faults"], "there is no MQTT broker, and no radio"


@pytest.mark.parametrize("is_cleaned", [True, False])
async def test_what_slipped_into_a_line_or_a_sentence_is_taken_out(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_cleaned: bool
) -> None:
    """The control: without the last look each of the words that was planted is found."""
    given = load(plant(tmp_path, hub))
    if not is_cleaned:
        monkeypatch.setattr(diagnostics, "cleaned", lambda told, settings: told)
    said = ", ".join(PLANTED[one] for one in PLANTED if one not in ("initials", "user of this machine"))
    lines = [{"event": "something", "reason": f"it failed with {said}"}]
    sensors = [{"name": "hr-01", "jersey": 7, "initials": PLANTED["initials"]}]
    told = diagnostics.bundle(given, {"faults": [said], "sensor_list": sensors}, lines)
    left = [] if is_cleaned else [one for one in PLANTED if one != "initials"]
    assert found(json.dumps(told)) == left


async def test_a_file_that_is_gone_is_not_named_either(hub: Hub, tmp_path: Path) -> None:
    given = load(settings(tmp_path, hub))
    lines = [{"event": "document_not_sent", "file": "Zzyzx.txt", "reason": "Zzyzx.txt is too large"}]
    told = diagnostics.bundle(given, None, lines)
    assert "Zzyzx" not in json.dumps(told)
    assert told["lines"][0]["reason"] == "[name] is too large"
