"""Settings changed at the hub: what is kept of each version, what goes down, and what a real agent makes of it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agent_support import Agent, agent, settings
from api_support import World, problem
from ingest_support import Gateway
from json_documents import check
from sts_hub.beats.service import Settled, settle
from sts_hub.beats.settings import Down
from sts_protocols.beat import Answer, Beat, EpochReport, RefusedChange, SettingsChange, SettingsReport
from uplink_support import Broker, Hub, eventually

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation

FIRST = '{"record":{"live_ms":250}}'
SECOND = '{"record":{"live_ms":500}}'
THIRD = '{"record":{"live_ms":700}}'


def hashed(tables: str) -> str:
    return hashlib.sha256(tables.encode()).hexdigest()


class Talk:
    """A gateway of a world that beats, at the real database."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.gateway = dataclasses.replace(Gateway(), name=world["pitch"])
        self.number = 0

    async def beat(self, told: SettingsReport | None) -> Down:
        """Say which settings are in force; what comes down."""
        self.number += 1
        said = Beat(
            gateway=self.world["pitch"],
            epoch=self.gateway.epoch.hex(),
            number=self.number,
            boot_us=1,
            epochs=[EpochReport(self.gateway.epoch.hex(), "boot", True, 0, -1, [])],
            settings=told,
        )
        settled: Settled = await settle(self.world.database.owner, said, datetime.now(UTC), None)
        return settled.down

    async def in_force(self, version: int, tables: str, change: int | None = None) -> Down:
        """Tell a version as a gateway does: the tables when they are asked for."""
        told = SettingsReport(version, hashed(tables), change)
        down = await self.beat(told)
        if down.wanted:
            told.tables = tables
            down = await self.beat(told)
        return down

    async def ask(self, based_on: int, tables: str, who: str = "technician", status: int = 202) -> Any:
        """Have a person ask for settings."""
        body = {"based_on": based_on, "tables": json.loads(tables)}
        answer = await self.world.as_(who).put(f"/api/v1/gateways/{self.world['pitch']}/settings", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def shown(self) -> Any:
        """What a person sees."""
        answer = await self.world.as_("coach").get(f"/api/v1/gateways/{self.world['pitch']}/settings")
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def talk(world: World) -> Talk:
    return Talk(world)


async def test_a_change_goes_down_and_is_in_force_when_the_gateway_says_so(talk: Talk) -> None:
    assert await talk.in_force(1, FIRST) == Down()
    asked = await talk.ask(1, SECOND)
    assert (asked["change"]["state"], asked["change"]["version"]) == ("waiting", 2)
    change = (await talk.in_force(1, FIRST)).change
    assert change is not None
    assert change == SettingsChange(change.change, 2, hashed(FIRST), SECOND)
    assert await talk.in_force(2, SECOND, change.change) == Down()
    shown = await talk.shown()
    assert shown["in_force"]["tables"] == json.loads(SECOND)
    assert (shown["in_force"]["version"], shown["in_force"]["made_by"]) == (2, "hub")
    assert shown["change"]["state"] == "in_force"


async def test_a_refusal_is_shown_with_every_fault_and_not_sent_again(talk: Talk) -> None:
    await talk.in_force(1, FIRST)
    await talk.ask(1, SECOND)
    change = (await talk.in_force(1, FIRST)).change
    assert change is not None
    told = SettingsReport(1, hashed(FIRST), None, RefusedChange(change.change, ["one", "two"]))
    assert await talk.beat(told) == Down()
    shown = (await talk.shown())["change"]
    assert (shown["state"], shown["faults"]) == ("refused", ["one", "two"])
    assert "ask again" in shown["way_out"]
    await talk.ask(1, THIRD)
    again = (await talk.beat(told)).change
    assert again is not None
    assert again.change != change.change


async def test_a_change_that_was_taken_back_leaves_the_version_before_in_force(talk: Talk) -> None:
    await talk.in_force(1, FIRST)
    await talk.ask(1, SECOND)
    change = (await talk.in_force(1, FIRST)).change
    assert change is not None
    await talk.in_force(2, SECOND, change.change)
    told = SettingsReport(1, hashed(FIRST), None, RefusedChange(change.change, ["the hub was lost"]))
    assert await talk.beat(told) == Down()
    shown = await talk.shown()
    assert (shown["in_force"]["version"], shown["in_force"]["tables"]) == (1, json.loads(FIRST))
    assert (shown["change"]["state"], shown["change"]["faults"]) == ("refused", ["the hub was lost"])


async def test_changed_on_both_sides_at_once_both_are_kept_and_the_person_at_the_hub_must_act(
    talk: Talk,
) -> None:
    await talk.in_force(1, FIRST)
    await talk.ask(1, SECOND)
    assert await talk.in_force(2, THIRD) == Down()
    shown = await talk.shown()
    assert (shown["in_force"]["version"], shown["in_force"]["made_by"]) == (2, "gateway")
    assert shown["in_force"]["tables"] == json.loads(THIRD)
    assert (shown["change"]["state"], shown["change"]["tables"]) == ("overtaken", json.loads(SECOND))
    assert "anew" in shown["change"]["way_out"]


async def test_a_change_of_what_is_no_longer_in_force_is_refused_at_the_hub(talk: Talk) -> None:
    told = await talk.ask(1, SECOND, status=409)
    assert "not told its settings yet" in told["detail"]
    await talk.in_force(1, FIRST)
    await talk.in_force(2, THIRD)
    told = await talk.ask(1, SECOND, status=409)
    assert "Version 2 is in force" in told["detail"]


async def test_a_later_wish_takes_the_place_of_one_that_waits(talk: Talk) -> None:
    await talk.in_force(1, FIRST)
    await talk.ask(1, SECOND)
    await talk.ask(1, THIRD)
    change = (await talk.in_force(1, FIRST)).change
    assert change is not None
    assert change.tables == THIRD


async def test_a_gateway_that_spells_the_tables_otherwise_is_asked_for_them(talk: Talk) -> None:
    await talk.in_force(1, FIRST)
    await talk.ask(1, SECOND)
    change = (await talk.in_force(1, FIRST)).change
    assert change is not None
    other = '{"record":{"live_ms":500,"offline_ms":1000}}'
    assert (await talk.beat(SettingsReport(2, hashed(other), change.change))).wanted
    assert await talk.in_force(2, other, change.change) == Down()
    assert (await talk.shown())["in_force"]["tables"] == json.loads(other)


async def test_an_earlier_beat_and_a_gateway_of_an_older_version_change_nothing(talk: Talk) -> None:
    await talk.in_force(1, FIRST)
    await talk.in_force(2, SECOND)
    talk.number -= 2
    assert await talk.in_force(1, FIRST) == Down()
    talk.number += 2
    assert await talk.beat(None) == Down()
    assert (await talk.shown())["in_force"]["version"] == 2


@pytest.mark.parametrize(
    "tables",
    [
        {"hub": {"url": "amqp://elsewhere"}},
        {"gateway": {"name": "other"}},
        {"folders": [{"name": "all", "path": "/etc"}]},
        {"mqtt": {"password_file": "/etc/shadow"}},
        {"record": {"live_ms": None}},
        {"sensors": {"name": "hr-01"}},
        {"record": {"live_ms": {"a": 1}}},
    ],
)
async def test_what_belongs_to_the_gateway_alone_is_refused_at_the_hub(talk: Talk, tables: Any) -> None:
    await talk.in_force(1, FIRST)
    body = {"based_on": 1, "tables": tables}
    path = f"/api/v1/gateways/{talk.world['pitch']}/settings"
    problem(await talk.world.as_("admin").put(path, json=body), 422, "invalid")
    problem(await talk.world.as_("coach").put(path, json={"based_on": 1, "tables": {}}), 403, "not-allowed")
    problem(await talk.world.as_("other_admin").get(path), 404, "not-found")


# --- a real agent at a real broker

STRAP = {"name": "hr-01", "address": "A0:9E:1A:00:00:01", "kind": "heart_rate"}
# The two figures that a person waits for, made short.
HASTY = (
    "import sts_edge.agent.settings_change as c; c.TRIAL_S = {trial_s}; import sts_edge.uplinks.uplink as u; "
)
HASTY += "u.BEAT_EVERY_S = 0.2; from sts_edge.cli import main; main()"


class Desk:
    """The hub's side of settings: offers a change until a beat tells what became of it."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.change: SettingsChange | None = None
        self.silent_after: int | None = None
        hub.answer = self._answer

    def _answer(self, beat: Beat, answer: Answer) -> Answer:
        """The first beat that tells of the change after which nothing more is said is answered: one of three."""
        if self.silent_after is not None and beat.settings and beat.settings.change == self.silent_after:
            self.hub.answering = False
        return msgspec.structs.replace(answer, settings=self.change, settings_wanted=True)

    @property
    def told(self) -> SettingsReport:
        """What the last beat says."""
        assert self.hub.beats[-1].settings is not None
        return self.hub.beats[-1].settings

    async def offer(self, number: int, **tables: Any) -> None:
        """Offer tables beside those that are in force."""
        await eventually(lambda: self.hub.beats and self.told.tables is not None)
        wanted = {**json.loads(self.told.tables or ""), **tables}
        text = json.dumps(wanted, sort_keys=True, separators=(",", ":"))
        self.change = SettingsChange(number, self.told.version + 1, self.told.hash, text)


@pytest.fixture
async def desk(rabbitmq: Broker) -> AsyncIterator[Desk]:
    hub = Hub(rabbitmq)
    await hub.open()
    await hub.listen()
    yield Desk(hub)
    await hub.close()


def hasty_agent(config: Path, trial_s: float = 30.0) -> AbstractAsyncContextManager[Agent]:
    """An agent that beats often and does not wait for two minutes."""
    return agent(config, [sys.executable, "-c", HASTY.format(trial_s=trial_s)])


def version_of(config: Path) -> Any:
    return json.loads(config.with_name("settings.toml.version").read_text())


async def test_an_agent_takes_up_a_change_keeps_its_data_and_settles_it(desk: Desk, tmp_path: Path) -> None:
    config = settings(tmp_path, desk.hub)
    before = config.read_text()
    async with hasty_agent(config) as edge:
        await desk.offer(7, record={"live_ms": 500})
        epoch = desk.hub.beats[-1].epoch
        await eventually(lambda: desk.told.change == 7)
        assert desk.hub.beats[-1].epoch != epoch, "these need an agent that reads them anew"
        assert any(one.epoch == epoch for one in desk.hub.beats[-1].epochs), "and what was stored is there"
        await eventually(lambda: version_of(config)["phase"] == "settled")
        assert "live_ms = 500" in config.read_text()
        assert config.with_name("settings.toml.bak").read_text() == before
        _, out = await edge.ask("status", "--json")
        check(json.loads(out))
        assert json.loads(out)["settings"] == {"version": 2, "by": "hub", "refused": []}
        assert edge.process.returncode is None, "the process is the same"
        await desk.offer(
            8, record={"live_ms": 500}, ports=[{"name": "t", "device": "/dev/ttyX", "kind": "pod"}]
        )
        await eventually(lambda: desk.told.change == 8)


async def test_a_change_with_faults_is_refused_with_all_of_them_and_the_agent_goes_on(
    desk: Desk, tmp_path: Path
) -> None:
    config = settings(tmp_path, desk.hub)
    before = config.read_text()
    async with hasty_agent(config) as edge:
        await desk.offer(7, record={"live_ms": 5}, sensors=[{**STRAP, "kind": "toaster"}], hub={"url": "x"})
        await eventually(lambda: desk.told.refused is not None)
        desk.change = None
        epoch = desk.hub.beats[-1].epoch
        await desk.offer(8, record={"live_ms": 5}, sensors=[{**STRAP, "kind": "toaster"}])
        await eventually(lambda: desk.told.refused is not None and desk.told.refused.change == 8)
        assert desk.told.refused is not None
        assert len(desk.told.refused.faults) == 2
        assert config.read_text() == before
        assert desk.hub.beats[-1].epoch == epoch
        assert any("not in force" in fault for fault in desk.hub.beats[-1].health.faults)
        _, out = await edge.ask("status")
        assert "! version 1" in out


async def test_an_agent_that_loses_the_hub_after_a_change_takes_it_back_and_says_so(
    desk: Desk, tmp_path: Path
) -> None:
    config = settings(tmp_path, desk.hub)
    before = config.read_text()
    async with hasty_agent(config, trial_s=3.0):
        desk.silent_after = 7
        await desk.offer(7, record={"live_ms": 500})
        await eventually(lambda: config.read_text() != before)
        await eventually(lambda: config.read_text() == before)
        desk.hub.answering, desk.silent_after = True, None
        await eventually(lambda: desk.told.refused is not None)
        assert (desk.told.version, desk.told.change) == (1, None)
        assert "had not answered" in desk.told.refused.faults[0]


async def test_an_agent_killed_on_trial_goes_on_with_it_and_one_edited_meanwhile_with_the_edit(
    desk: Desk, tmp_path: Path
) -> None:
    config = settings(tmp_path, desk.hub)
    before = config.read_text()
    async with hasty_agent(config) as edge:
        desk.silent_after = 7
        await desk.offer(7, record={"live_ms": 500})
        await eventually(lambda: config.read_text() != before)
        await edge.end(signal.SIGKILL)
    desk.hub.answering, desk.silent_after = False, None
    async with hasty_agent(config) as edge:
        seen = len(desk.hub.beats)
        await eventually(lambda: len(desk.hub.beats) > seen and desk.told.change == 7)
        added = await edge.ask(
            "sensors", "add", STRAP["address"], "--kind", STRAP["kind"], "--timeout", "0.1"
        )
        assert added[0] in (0, 3, 8), added[1]
        await eventually(lambda: desk.told.version == 3)
        assert (desk.told.change, desk.told.refused) == (None, None)
        desk.hub.answering = True
        await eventually(lambda: version_of(config)["phase"] == "settled")
    assert STRAP["address"] in config.read_text()


async def test_what_a_person_changed_here_meanwhile_is_not_overwritten(desk: Desk, tmp_path: Path) -> None:
    config = settings(tmp_path, desk.hub)
    async with hasty_agent(config):
        await eventually(lambda: desk.hub.beats and desk.told.tables is not None)
        edited = config.read_text() + "[record]\nlive_ms = 300\n"
        base = desk.told.hash
        config.write_text(edited)
        desk.change = SettingsChange(7, 2, base, SECOND)
        await eventually(lambda: desk.told.refused is not None)
        assert "changed on the gateway meanwhile" in desk.told.refused.faults[0]
        assert config.read_text() == edited
