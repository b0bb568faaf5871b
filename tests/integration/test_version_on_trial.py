"""A version ordered by the hub and tried by a gateway, started again and again as its service manager would."""

from __future__ import annotations

import asyncio
import contextlib
import shlex
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agent_support import settings
from api_support import World, problem
from ingest_support import Gateway
from sts_hub.beats.service import settle
from sts_hub.beats.version import place
from sts_protocols.beat import Beat, EpochReport
from uplink_support import Broker, Hub, eventually

pytestmark = pytest.mark.one_generation

PATH = "/api/v1/gateway-versions"


async def wanted(world: World, runs: str, gateway: str = "pitch") -> str | None:
    """What the hub wants of a gateway that runs this version."""
    epoch = Gateway().epoch.hex()
    said = Beat(
        gateway=world[gateway],
        epoch=epoch,
        number=1,
        boot_us=1,
        epochs=[EpochReport(epoch, "boot", True, 0, -1, [])],
        versions={"sts-edge": runs},
    )
    return (await settle(world.database.owner, said, datetime.now(UTC), None)).wanted_version


async def test_a_part_of_the_fleet_is_told_the_version_and_the_rest_when_its_turn_comes(world: World) -> None:
    turn = place(world["pitch"], "0.2.0")
    for percent, told in ((0, None), (turn, None), (turn + 1, "0.2.0"), (100, "0.2.0")):
        wish = {"version": "0.2.0", "percent": percent}
        answer = await world.as_("technician").put(PATH, json=wish)
        assert answer.status_code == 200, answer.text
        assert await wanted(world, "0.1.0") == told
    assert await wanted(world, "0.2.0") is None, "it runs"
    assert await wanted(world, "0.1.0", "other_pitch") is None, "another club's"
    shown = (await world.as_("coach").get(PATH)).json()
    assert shown["wanted"]["version"] == "0.2.0"
    assert shown["running"]["0.2.0"] == 1


async def test_who_may_want_a_version(world: World) -> None:
    wish = {"version": "0.2.0", "percent": 10}
    problem(await world.as_("coach").put(PATH, json=wish), 403, "not-allowed")
    problem(await world.as_("athlete").get(PATH), 404, "not-found")
    problem(await world.as_("admin").put(PATH, json={**wish, "version": "; rm -rf /"}), 422, "invalid")
    problem(await world.as_("admin").put(PATH, json={**wish, "percent": 101}), 422, "invalid")
    assert (await world.as_("other_admin").get(PATH)).json()["wanted"] is None


def test_the_line_for_a_version_is_even_and_another_one_for_the_next() -> None:
    names = [f"pitch-{number}" for number in range(1000)]
    first = [place(name, "0.2.0") for name in names]
    assert 60 <= sum(turn < 10 for turn in first) <= 140
    assert first != [place(name, "0.3.0") for name in names]


# --- a gateway whose service manager starts it again

AGENT = """#!/bin/sh
exec {python} -c "
import sts_edge.agent.version_trial as v; v.TRIAL_S = 3.0
import sts_edge.uplinks.uplink as u; u.BEAT_EVERY_S = 0.2
import sts_edge.versions; sts_edge.versions._PACKAGES.clear()
import sts_edge.agent.reports as r; r.versions = lambda: {{'sts-edge': '{version}'}}
from sts_edge.cli import main; main()" "$@"
"""


class Service:
    """What systemd does: the guard, then the agent, and again."""

    def __init__(self, root: Path, config: Path) -> None:
        self.root = root
        self.config = config
        self.starts = 0

    async def run(self) -> None:
        while True:
            await self._once("settled", "update", "guard")
            self.starts += 1
            await self._once("current", "run")

    async def _once(self, link: str, *words: str) -> None:
        program = str(self.root / link / "bin/sts-edge")
        process = await asyncio.create_subprocess_exec(
            program, *words, "--config", str(self.config), stdout=asyncio.subprocess.DEVNULL
        )
        try:
            await process.wait()
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()


def version(root: Path, name: str, script: str = AGENT) -> None:
    program = root / "versions" / name / "bin/sts-edge"
    program.parent.mkdir(parents=True)
    program.write_text(script.format(python=shlex.quote(sys.executable), version=name))
    program.chmod(0o755)
    (root / "versions" / name / "complete").write_text(name)


@pytest.fixture
async def hub(rabbitmq: Broker) -> AsyncIterator[Hub]:
    hub = Hub(rabbitmq)
    await hub.open()
    await hub.listen()
    yield hub
    await hub.close()


@pytest.fixture
async def service(hub: Hub, tmp_path: Path) -> AsyncIterator[Service]:
    """A gateway of version 0.1.0, with 0.2.0 staged."""
    root = tmp_path / "opt"
    version(root, "0.1.0")
    for link in ("current", "settled"):
        (root / link).symlink_to("versions/0.1.0")
    one = Service(root, settings(tmp_path, hub, f'[update]\nroot = "{root}"\nsource = "{tmp_path}"'))
    running = asyncio.create_task(one.run())
    yield one
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


def speaks(hub: Hub) -> Any:
    return hub.beats[-1].versions.get("sts-edge") if hub.beats else None


def want(hub: Hub, name: str) -> None:
    hub.answer = lambda beat, answer: msgspec.structs.replace(
        answer, wanted_version=None if beat.versions.get("sts-edge") == name else name
    )


async def test_a_version_that_the_hub_wants_is_tried_and_stays_when_it_is_heard(
    hub: Hub, service: Service
) -> None:
    version(service.root, "0.2.0")
    await eventually(lambda: speaks(hub) == "0.1.0")
    want(hub, "0.2.0")
    await eventually(lambda: speaks(hub) == "0.2.0")
    await eventually(lambda: (service.root / "settled").readlink().name == "0.2.0")


@pytest.mark.parametrize(
    ("script", "words"),
    [
        pytest.param('#!/bin/sh\n[ "$1" = run ] && exit 1\nexit 0\n', "started 3 times", id="it crashes"),
        pytest.param(
            AGENT.replace("u.BEAT_EVERY_S = 0.2", "u.BeatLane.beat = lambda self: None"),
            "had not answered",
            id="mute",
        ),
    ],
)
async def test_a_version_that_does_not_reach_the_hub_is_taken_back_by_itself_and_not_tried_again(
    hub: Hub, service: Service, script: str, words: str
) -> None:
    version(service.root, "0.2.0", script)
    await eventually(lambda: speaks(hub) == "0.1.0")
    want(hub, "0.2.0")
    await eventually(lambda: any(words in fault for fault in hub.beats[-1].health.faults), 60)
    assert speaks(hub) == "0.1.0"
    starts, beats = service.starts, len(hub.beats)
    await eventually(lambda: len(hub.beats) > beats + 5)
    assert service.starts == starts, "it is not tried again"
    assert (service.root / "current").readlink().name == "0.1.0"


async def test_a_version_that_is_nowhere_costs_a_sentence_and_nothing_else(
    hub: Hub, service: Service
) -> None:
    await eventually(lambda: speaks(hub) == "0.1.0")
    want(hub, "7.7.7")
    await eventually(
        lambda: any("7.7.7 cannot be installed" in fault for fault in hub.beats[-1].health.faults), 60
    )
    assert service.starts == 1
    assert sorted(one.name for one in (service.root / "versions").iterdir()) == ["0.1.0"]
