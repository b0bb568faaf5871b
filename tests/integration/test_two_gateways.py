"""Two gateways hear one squad, and two straps walk from the one to the other: two real agents on the fake BlueZ, a
broker, a worker, a database and a wall, against what the straps said in truth."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit
from uuid import UUID

import asyncpg
import msgspec
import numpy as np
import pytest

from agent_support import SETTINGS, agent
from api_support import until
from demo.services.dbus import DBus
from ingest_support import SECOND_US, eventually, now_us
from sts_hub.analytics.reception import SAME_US
from sts_hub.broker import users
from sts_hub.db.times import timestamp
from sts_hub.kit.database import ReadSession
from sts_hub.live.frames import Frame, FrameValue, Message
from sts_hub.live.listening import LiveReceiver
from sts_hub.live.wall import Entry, Wall
from sts_hub.samples import receptions, repository
from sts_hub.samples.values import Series
from sts_protocols.metrics import HEART_RATE, RR_INTERVAL, SIGNAL_STRENGTH
from sts_sims.orders import Order, carry_out
from sts_sims.scenario import Scenario, load
from sts_sims.show import Show
from sts_sims.truth import Truth

# Merging is asked of both generations by test_api_samples; lanes, worker and store by test_uplink and test_ingest.
pytestmark = pytest.mark.one_generation

GATEWAYS = ("north", "south")
LINKED, BROADCAST = "hr-01", "hr-02"
LINKS = {LINKED: "always", BROADCAST: "never"}
# So many values are heard before the next thing happens.
SOME = 4


@dataclass(eq=False)
class Walls:
    """What comes on sts.live, and what a wall tells of it."""

    wall: Wall = field(default_factory=Wall)
    came: list[tuple[str, FrameValue]] = field(default_factory=list)
    told: list[FrameValue] = field(default_factory=list)

    def take(self, message: Message) -> None:
        if isinstance(message, Frame):
            self.came += [(message.gateway, value) for value in message.values]
        self.wall.take(message)

    def tell(self, entry: Entry) -> None:
        if isinstance(entry.what, list):
            self.told += entry.what

    def heard(self, gateway: str, sensor: int, metric: int = HEART_RATE.id) -> list[FrameValue]:
        """What came of one gateway's reception."""
        return [v for name, v in self.came if (name, v.sensor_id, v.metric) == (gateway, sensor, metric)]


@dataclass
class Pitch:
    """The straps between two gateways, and the hub's side of it."""

    show: Show
    truth_path: Path
    walls: Walls
    owner: asyncpg.Connection
    sensors: dict[str, int]
    athletes: dict[str, UUID]

    def signal(self, strap: str, gateway: str, dbm: int) -> None:
        carry_out(self.show.stage, Order("signal", strap=strap, gateway=gateway, value=dbm))

    async def hears(self, gateway: str, *straps: str) -> None:
        """Wait until this gateway has told some more of these."""
        counts = {strap: len(self.walls.heard(gateway, self.sensors[strap])) for strap in straps}
        await until(
            lambda: all(
                len(self.walls.heard(gateway, self.sensors[strap])) >= count + SOME
                for strap, count in counts.items()
            )
        )

    def measurements(self, strap: str) -> list[Truth]:
        """What a strap said in truth."""
        lines = self.truth_path.read_bytes().splitlines()
        said = [msgspec.json.decode(line, type=Truth) for line in lines]
        return [one for one in said if one.strap == strap]

    async def stored(self, strap: str, metric: int, until_us: int | None = None) -> list[Series]:
        """What the API reads of a strap's wearer up to a time, as the club's director."""
        async with self.owner.transaction():
            await self.owner.execute(
                "SELECT set_config('sts.account_id', gen_random_uuid()::text, true), "
                "set_config('sts.club_id', (SELECT id::text FROM sts.club), true), set_config('sts.role', 'director', true)"
            )
            await self.owner.execute("SET LOCAL ROLE sts_api")
            until = timestamp(until_us or now_us() + 60 * SECOND_US)
            since = timestamp(now_us() - 600 * SECOND_US)
            athlete = self.athletes[strap]
            return (await repository.series(ReadSession(self.owner), [athlete], metric, since, until))[
                athlete
            ]


CLUB = """
WITH club AS (INSERT INTO sts.club (name) VALUES ('Runners') RETURNING id),
team AS (INSERT INTO sts.team (club_id, name) SELECT id, 'Team' FROM club RETURNING id, club_id),
gateway AS (INSERT INTO sts.gateway (name, club_id, site) SELECT g, id, 'Pitch' FROM club, unnest($1::text[]) g),
strap AS (SELECT * FROM unnest($2::text[], $3::text[]) AS s (label, address)),
athlete AS (INSERT INTO sts.athlete (club_id, team_id, name) SELECT club_id, id, label FROM team, strap
    RETURNING id, club_id, name),
consent AS (INSERT INTO sts.consent (athlete_id, purpose, version, during)
    SELECT id, 'monitoring', '1', '[2020-01-01,)' FROM athlete),
sensor AS (INSERT INTO sts.sensor (club_id, address, kind, label) SELECT id, address, 'heart_rate', label FROM club, strap
    RETURNING id, label)
INSERT INTO sts.assignment (sensor_id, athlete_id, during)
SELECT s.id, a.id, '[2020-01-01,)' FROM sensor s JOIN athlete a ON a.name = s.label RETURNING sensor_id, athlete_id
"""


def config(folder: Path, gateway: str, amqp_url: str, password: str, plan: Scenario) -> Path:
    """A gateway's settings; each calls the straps by names of its own."""
    home = folder / gateway
    home.mkdir()
    secret = home / "password"
    secret.write_text(password + "\n")
    secret.chmod(0o600)
    sensors = "".join(
        f'[[sensors]]\nname = "{gateway}-{one.name}"\naddress = "{one.address}"\nkind = "heart_rate"\n'
        f'link = "{LINKS[one.name]}"\n'
        for one in plan.straps
        if one.name in LINKS
    )
    address = urlsplit(amqp_url)
    vhost = quote(address.path[1:], safe="")
    file = home / "settings.toml"
    file.write_text(
        SETTINGS.format(gateway=gateway, folder=home, port=address.port, vhost=vhost, more=sensors)
    )
    return file


@contextlib.asynccontextmanager
async def running(*tasks: asyncio.Task[None]) -> AsyncIterator[None]:
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def pitch(hub, tmp_path) -> AsyncIterator[Pitch]:
    plan = msgspec.structs.replace(load("two-gateways"), timeline=[])  # who walks when is the test's matter
    straps = [one for one in plan.straps if one.name in LINKS]
    owner = hub.database.owner
    rows = await owner.fetch(CLUB, GATEWAYS, [one.name for one in straps], [one.address for one in straps])
    labels = dict(await owner.fetch("SELECT id, label FROM sts.sensor"))
    await hub.start()
    buses = [DBus(tmp_path / f"dbus-{name}") for name in GATEWAYS]
    for bus in buses:
        bus.start()
    truth_path, walls = tmp_path / "truth.jsonl", Walls()
    show = Show(plan, *(bus.address for bus in buses), truth_path=truth_path)
    walls.wall.join(walls)
    receiver = LiveReceiver(hub.amqp_url, walls.take, lambda _: None)
    made = Pitch(
        show,
        truth_path,
        walls,
        owner,
        {labels[row["sensor_id"]]: row["sensor_id"] for row in rows},
        {labels[row["sensor_id"]]: row["athlete_id"] for row in rows},
    )
    made.signal(LINKED, "south", -110)
    made.signal(BROADCAST, "south", -90)
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(
            running(asyncio.create_task(show.run()), asyncio.create_task(receiver.run()))
        )
        for name, bus in zip(GATEWAYS, buses, strict=True):
            password = secrets.token_hex(8)
            await users.add(hub.management, name, password)
            file = config(tmp_path, name, hub.amqp_url, password, plan)
            made_agent = await stack.enter_async_context(agent(file, DBUS_SYSTEM_BUS_ADDRESS=bus.address))
            stack.push_async_callback(made_agent.end)
        yield made
    for bus in buses:
        bus.stop()


def times(values: Iterable[FrameValue]) -> list[int]:
    return [value.t_us for value in values]


def measured(pitch: Pitch, strap: str, told_us: Iterable[int]) -> int:
    """How many measurements the strap made from the first of these times to the last."""
    told = sorted(told_us)
    offset_us = now_us() - time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000
    made = [one.t_boot_us + offset_us for one in pitch.measurements(strap)]
    return sum(told[0] - SAME_US < at_us < told[-1] + SAME_US for at_us in made)


async def walk(pitch: Pitch) -> None:
    """Both straps from the north end to the south end, with some seconds in the middle, where both are heard."""
    await pitch.hears("north", LINKED, BROADCAST)
    pitch.signal(LINKED, "south", -75)
    pitch.signal(BROADCAST, "south", -74)
    pitch.signal(BROADCAST, "north", -74)
    await pitch.hears("south", LINKED, BROADCAST)
    pitch.signal(LINKED, "north", -110)
    pitch.signal(BROADCAST, "south", -55)
    pitch.signal(BROADCAST, "north", -90)
    walker = pitch.sensors[BROADCAST]
    await until(  # each tells the signal every ten seconds
        lambda: (
            any(v.value > -60 for v in pitch.walls.heard("south", walker, SIGNAL_STRENGTH.id))
            and pitch.walls.heard("north", walker, SIGNAL_STRENGTH.id)[-1].value < -80
        )
    )
    await pitch.hears("south", LINKED, BROADCAST)


async def all_stored(pitch: Pitch) -> dict[str, int]:
    """Until what the south has told of each strap so far is in the database; when it told the last of it."""

    async def stored(strap: str, seen_us: int) -> bool:
        found = await pitch.stored(strap, HEART_RATE.id)
        return any(one.values.t_us[-1] >= seen_us for one in found)

    seen = {strap: pitch.walls.heard("south", sensor)[-1].t_us for strap, sensor in pitch.sensors.items()}
    for strap, seen_us in seen.items():
        await eventually(lambda strap=strap, seen_us=seen_us: stored(strap, seen_us))
    return seen


def ticks(values_ms: np.ndarray) -> list[int]:
    """RR intervals in the unit of the strap."""
    return np.rint(values_ms * 1024 / 1000).astype(int).tolist()


def is_stretch_of(part: list[int], whole: list[int]) -> bool:
    """Whether all of `part` stands in `whole` in one piece: nothing is missing in it, nothing twice, nothing else."""
    return any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))


async def test_straps_that_walk_from_one_gateway_to_the_other_lose_no_beat_and_tell_none_twice(
    pitch: Pitch,
) -> None:
    await walk(pitch)
    seen_us = await all_stored(pitch)
    # A strap with two links: every beat once, in their order, over both gateways.
    stored = await pitch.stored(LINKED, RR_INTERVAL.id)
    assert {one.gateway for one in stored} == set(GATEWAYS)
    merged = receptions.merged(stored, await pitch.stored(LINKED, HEART_RATE.id))
    told = ticks(receptions.in_time(part for _, part in merged).value)
    truth = [interval for one in pitch.measurements(LINKED) if one.delivered for interval in one.rr_1024]
    assert is_stretch_of(told, truth)
    assert {gateway for gateway, part in merged if part.t_us.size} == set(GATEWAYS)
    # The control: without the rule what both heard would be counted twice.
    both = ticks(receptions.in_time(one.values for one in stored).value)
    assert len(both) > len(told)
    assert not is_stretch_of(both, truth)
    # A strap that tells everybody: one value for each measurement, in the end from the south. What the north has told
    # since may be stored already, while the south's is still on its way.
    until_us = seen_us[BROADCAST] + SAME_US
    stored, signals = [
        await pitch.stored(BROADCAST, metric.id, until_us) for metric in (HEART_RATE, SIGNAL_STRENGTH)
    ]
    parts = dict(receptions.merged(stored, signals=signals))
    all_us = np.concatenate([one.values.t_us for one in stored])
    told_us = np.concatenate([parts[name].t_us for name in GATEWAYS])
    count = measured(pitch, BROADCAST, told_us)
    assert abs(told_us.size - count) <= 1
    assert all_us.size >= count + SOME, "the control: both heard some of them"
    assert parts["south"].t_us[-1] == told_us.max()
    # The north led while it heard better, and was still heard when it led no more.
    heard_us = np.concatenate([one.values.t_us for one in stored if one.gateway == "north"])
    assert parts["north"].t_us.size >= SOME
    assert (heard_us > parts["north"].t_us[-1] + SAME_US).sum() >= SOME
    # Live the same, as far as it came in time: rising, one value for each measurement.
    for strap in LINKS:
        mine = [
            v for v in pitch.walls.told if (v.sensor_id, v.metric) == (pitch.sensors[strap], HEART_RATE.id)
        ]
        came = [t for name in GATEWAYS for t in times(pitch.walls.heard(name, pitch.sensors[strap]))]
        assert times(mine) == sorted(times(mine))
        heard = [len(pitch.walls.heard(name, pitch.sensors[strap])) for name in GATEWAYS]
        count = measured(pitch, strap, times(mine))
        more = SOME if strap == LINKED else -1  # the linked one was out of reach of each for a while
        assert max(heard) + more <= len(mine) <= count + 1, "what either heard, and none twice"
        assert len(came) >= count + SOME - 1, "the control: both told some of them"
    assert SIGNAL_STRENGTH.id not in {value.metric for value in pitch.walls.told}
