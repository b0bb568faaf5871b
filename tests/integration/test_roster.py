"""The roster that goes down to a gateway: who wears its sensors now and consents, and no names; on real parts."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from agent_support import agent, settings
from api_support import World
from ingest_support import Gateway
from json_documents import check
from sts_hub.beats.roster import initials
from sts_hub.beats.service import settle
from sts_protocols.beat import Answer, Beat, EpochReport, Roster, SensorReport, Wearer, encode_answer
from uplink_support import Broker, Hub, eventually

pytestmark = pytest.mark.one_generation


class Talk:
    """A gateway of a world that reads everybody's straps."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.gateway = dataclasses.replace(Gateway(), name=world["pitch"])
        self.number = 0

    async def beat(self, roster: str | None, *people: str) -> Roster | None:
        """What comes down to a gateway that holds this roster and reads the straps of these people."""
        self.number += 1
        straps = [
            SensorReport(f"hr-{who}", self.world[f"{who}_strap_address"], "heart_rate", "live")
            for who in people
        ]
        said = Beat(
            gateway=self.world["pitch"],
            epoch=self.gateway.epoch.hex(),
            number=self.number,
            boot_us=1,
            epochs=[EpochReport(self.gateway.epoch.hex(), "boot", True, 0, -1, [])],
            sensors=straps,
            roster=roster,
        )
        return (await settle(self.world.database.owner, said, datetime.now(UTC), None)).roster


@pytest.fixture
def talk(world: World) -> Talk:
    return Talk(world)


async def test_those_who_wear_a_sensor_of_this_gateway_are_told_once(talk: Talk) -> None:
    told = await talk.beat("", "rosa", "rudi")
    assert told is not None
    numbers = [one.jersey for one in told.wearers]
    assert [one.sensor for one in told.wearers] == ["hr-rosa", "hr-rudi"]
    assert None not in numbers
    assert told.wearers[0].zones == [95, 114, 133, 152, 171], "of 190: 50, 60, 70, 80, 90 %"
    assert await talk.beat(told.hash, "rosa", "rudi") is None
    fewer = await talk.beat(told.hash, "rosa")
    assert fewer is not None
    assert len(fewer.wearers) == 1


async def test_no_name_and_nothing_of_other_people_leaves_the_hub(talk: Talk) -> None:
    await talk.world.database.owner.execute(
        "UPDATE sts.athlete SET name = 'Quirina Zzyzx-Cruz' WHERE id = $1", talk.world["rosa"]
    )
    told = await talk.beat("", "rosa", "gina")
    assert told is not None
    assert [one.sensor for one in told.wearers] == ["hr-rosa"], "another club's athlete is not told"
    sent = msgspec.json.encode(Answer(number=1, hub_us=1, roster=told))
    assert encode_answer(Answer(number=1, hub_us=1, roster=told))
    assert set(json.loads(sent)["roster"]["wearers"][0]) == {"sensor", "jersey", "initials", "zones"}
    assert b"QZ" in sent
    for part in (b"Quirina", b"Zzyzx", b"Cruz", str(talk.world["rosa"]).encode()):
        assert part not in sent


async def test_who_withdraws_consent_or_takes_the_strap_off_is_told_no_more(talk: Talk) -> None:
    first = await talk.beat("", "rosa", "rudi")
    assert first is not None
    end = "UPDATE sts.{} SET during = tstzrange(lower(during), now()) WHERE id = $1"
    owner = talk.world.database.owner
    await owner.execute(end.format("consent"), talk.world["rosa_consent"])
    second = await talk.beat(first.hash, "rosa", "rudi")
    assert second is not None
    assert [one.sensor for one in second.wearers] == ["hr-rudi"]
    await owner.execute(end.format("assignment"), talk.world["rudi_worn"])
    assert await talk.beat(second.hash, "rosa", "rudi") == Roster("")
    assert await talk.beat("", "rosa", "rudi") is None


async def test_a_gateway_of_an_older_version_gets_none(talk: Talk) -> None:
    assert await talk.beat(None, "rosa") is None


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Quirina Cruz", "QC"),
        ("Pelé", "P"),
        ("Ana Maria da Silva", "AS"),
        ("  ", ""),
        ("7 of 9", "O"),
        ("ß x", "SSX"),
    ],
)
def test_initials_are_the_first_letters_of_the_first_and_the_last_word(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.fixture
async def hub(rabbitmq: Broker) -> AsyncIterator[Hub]:
    hub = Hub(rabbitmq)
    await hub.open()
    await hub.listen()
    yield hub
    await hub.close()


async def test_an_agent_keeps_it_sealed_and_drops_it_when_it_is_revoked(hub: Hub, tmp_path: Path) -> None:
    roster = Roster("ab" * 32, [Wearer("hr-01", 7, "QC", [95, 114, 133, 152, 171])])
    hub.answer = lambda beat, answer: msgspec.structs.replace(
        answer, roster=None if beat.roster == roster.hash else roster
    )
    strap = '[[sensors]]\nname = "hr-01"\naddress = "A0:9E:1A:00:00:01"\nkind = "heart_rate"\n'
    config = settings(tmp_path, hub, strap)
    file = tmp_path / "data/roster"
    async with agent(config) as edge:
        await eventually(file.exists)
        assert b"QC" not in file.read_bytes()
        _, out = await edge.ask("status", "--json")
        check(json.loads(out))
        assert [(one["jersey"], one["initials"]) for one in json.loads(out)["sensor_list"]] == [(7, "QC")]
        _, log = await edge.end()
        assert "QC" not in json.dumps(log)
    hub.broker.api("DELETE", "/api/users/pitch-1")
    async with agent(config):
        await eventually(lambda: not file.exists())
