"""A place of competition: timing computer, pods on MQTT, decoder and timer, all from one file and one seed."""

import asyncio
import json
import tomllib
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import IO, Annotated, NamedTuple

import msgspec
from msgspec import Meta

from sts_sims.alpenhunde_timer import SkiRace, TimerServer
from sts_sims.llrp_reader import TagReader, TagReaderServer
from sts_sims.mqtt_pods import Pod, Publisher
from sts_sims.race_result_box import Box, BoxServer
from sts_sims.scenario import ScenarioError
from sts_sims.timing_computer import Meet, Said, TimingComputer, truth_line

Positive = Annotated[float, Meta(gt=0.0)]
Port = Annotated[int, Meta(ge=0, le=65_535)]


# What a site has on the network beside its files: each a key of its file that is in the truth by this word.
NETWORK = {"pods": "mqtt", "box": "race_result", "timer": "alpenhunde", "reader": "llrp"}


class Files(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A timing computer: how many heats, and how long each file is left alone, in simulated seconds."""

    heats: Annotated[int, Meta(ge=1)]
    rest_s: Positive


class PodPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A pod on MQTT, speaking each so many simulated seconds."""

    topic: str
    every_s: Positive
    as_json: bool = False


class TimerPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that athletes pass each so many simulated seconds; port 0 takes any."""

    port: Port
    every_s: Positive


class Site(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A site file. `speed`: simulated seconds to a second."""

    about: str
    seed: int
    speed: Positive = 1.0
    files: Files | None = None
    pods: tuple[PodPlan, ...] = ()
    box: TimerPlan | None = None
    timer: TimerPlan | None = None
    reader: TimerPlan | None = None


class Broker(NamedTuple):
    """Where pods publish."""

    host: str
    port: int
    user: str
    password: str


def load(name: str) -> Site:
    """A shipped site by its name, or one of a TOML file. Raises ScenarioError."""
    shipped = resources.files("sts_sims.sites").joinpath(f"{name}.toml")
    try:
        text = shipped.read_text("utf-8") if shipped.is_file() else Path(name).read_text("utf-8")
        return msgspec.convert(tomllib.loads(text), Site)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ScenarioError(f"The site {name} cannot be used: {error}") from None


class Competition:
    """A site that runs. folder: where files are left; truth: gets a JSON line for all that was said."""

    def __init__(self, site: Site, folder: Path, broker: Broker | None, truth: IO[bytes]) -> None:
        self._site = site
        self._folder = folder
        self._broker = broker
        self._truth = truth

    async def run(self, ready: Callable[[str], None] = lambda line: None) -> None:
        """Until cancelled, or the meet is over and nothing else is simulated."""
        site = self._site
        async with asyncio.TaskGroup() as group:
            if site.files is not None:
                group.create_task(self._files(site.files))
            if site.box is not None:
                group.create_task(self._box(site.box, ready))
            if site.timer is not None:
                group.create_task(self._timer(site.timer, ready))
            if site.reader is not None:
                group.create_task(self._reader(site.reader, ready))
            if site.pods and self._broker is not None:
                group.create_task(self._pods(self._broker))

    async def _files(self, plan: Files) -> None:
        async def rest(said: Said) -> None:
            self._truth.write(truth_line(said))
            await asyncio.sleep(plan.rest_s / self._site.speed)

        meet = Meet(plan.heats, self._site.seed, self._site.speed)
        await TimingComputer(self._folder, meet, rest).run()

    async def _box(self, plan: TimerPlan, ready: Callable[[str], None]) -> None:
        async with BoxServer(Box(self._site.seed), plan.port) as server:
            ready(f"race_result on port {server.port}")
            while True:
                await asyncio.sleep(plan.every_s / self._site.speed)
                server.box.pass_by(1)
                self._tell("race_result", server.box.truth[-1].decode())

    async def _timer(self, plan: TimerPlan, ready: Callable[[str], None]) -> None:
        async with TimerServer(SkiRace(self._site.seed), plan.port) as server:
            ready(f"alpenhunde on port {server.port}")
            bib = 0
            while True:
                await asyncio.sleep(plan.every_s / self._site.speed)
                bib += 1
                server.race.run(bib)
                for event in server.race.events[-2:]:
                    self._tell("alpenhunde", event)

    async def _reader(self, plan: TimerPlan, ready: Callable[[str], None]) -> None:
        async with TagReaderServer(TagReader(self._site.seed), plan.port) as server:
            ready(f"llrp on port {server.port}")
            while True:
                await asyncio.sleep(plan.every_s / self._site.speed)
                told = len(server.reader.truth)
                server.reader.pass_by(1)
                for sighting in server.reader.truth[told:]:
                    self._tell("llrp", sighting)

    async def _pods(self, broker: Broker) -> None:
        pods = [
            Pod(plan.topic, plan.as_json, self._site.seed + at) for at, plan in enumerate(self._site.pods)
        ]
        with Publisher(*broker, pods) as publisher:
            async with asyncio.TaskGroup() as group:
                for pod, plan in zip(pods, self._site.pods, strict=True):
                    group.create_task(self._pod(publisher, pod, plan.every_s))

    async def _pod(self, publisher: Publisher, pod: Pod, every_s: float) -> None:
        while True:
            publisher.publish(pod.topic, pod.payload())
            self._tell(pod.topic, pod.said[-1])
            await asyncio.sleep(every_s / self._site.speed)

    def _tell(self, who: str, said: object) -> None:
        self._truth.write(json.dumps({"from": who, "said": said}).encode() + b"\n")
