"""Scenario files: who trains, how hard, with which sensors, and what goes wrong when."""

import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from sts_sims.athletes import Athlete
from sts_sims.cable import Mishap
from sts_sims.orders import VERBS, TimedOrder

Share = Annotated[float, Meta(ge=0.0, le=1.0)]
Positive = Annotated[float, Meta(gt=0.0)]
NotNegative = Annotated[float, Meta(ge=0.0)]
Address = Annotated[str, Meta(pattern=r"^([0-9A-F]{2}:){5}[0-9A-F]{2}$")]
Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


SensorKind = Literal[
    "heart_rate",
    "polar",
    "polar_arm",
    "core_temperature",
    "cycling_power",
    "speed_cadence",
    "running",
    "bike",
    "treadmill",
    "rower",
    "cross_trainer",
    "rowing_monitor",
    "thermometer",
    "oximeter",
    "weight_scale",
    "body_composition",
    "ruuvi",
    "bthome",
]
# What a gateway calls a kind, where it is not the same word.
REGISTERED_AS = {"polar_arm": "polar"}
# What a gateway may ask of a kind besides its measurements.
STREAMS = {"polar": ["ecg", "acc"], "polar_arm": ["ppi"]}
# Those that only broadcast.
WITHOUT_LINK = ("ruuvi", "bthome")


CableKind = Literal["gnss", "alge", "tag_heuer", "ipico", "stalker", "pod"]


class ScenarioError(Exception):
    """A scenario cannot be used; the message says which and why."""


class Phase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of training at one effort (0 rest, 1 all out). `times` repeats it together with its rest."""

    name: str
    effort: Share
    seconds: Positive
    times: Annotated[int, Meta(ge=1)] = 1
    rest_effort: Share = 0.0
    rest_seconds: NotNegative = 0.0


class Radio(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The simulated adapters, which all hear all sensors. `link_limit` 0 means any number of links."""

    adapters: Annotated[tuple[str, ...], Meta(min_length=1)] = ("hci0",)
    address: Address = "00:1A:7D:DA:71:13"
    connect_ms: NotNegative = 60.0
    disconnect_ms: NotNegative = 2000.0
    advert_ms: Positive = 500.0
    link_limit: Annotated[int, Meta(ge=0)] = 0


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An invented athlete."""

    number: int
    name: str
    hr_max: Annotated[int, Meta(ge=120, le=230)]
    hr_rest: Annotated[int, Meta(ge=30, le=100)]

    @property
    def athlete(self) -> Athlete:
        return Athlete(self.number, self.name, self.hr_max, self.hr_rest)


class Strap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sensor and who wears it.

    `later_s`: how far behind the others in the plan; `pace`: how hard against the plan; `connected_at_start`:
    an agent that was killed has left the link standing; `broadcast`: a strap that tells everybody its heart rate;
    `every_s`: how far apart somebody uses an instrument, or a tag speaks; `bind_key`: a bthome tag seals with it.
    """

    name: Name
    address: Address
    athlete: Person
    battery: Annotated[float, Meta(ge=0, le=100)] = 100.0
    energy: bool = False
    rssi_dbm: Annotated[int, Meta(ge=-100, le=0)] = -60
    later_s: float = 0.0
    pace: Positive = 1.0
    connected_at_start: bool = False
    kind: SensorKind = "heart_rate"
    broadcast: bool = False
    every_s: Positive = 10.0
    bind_key: Annotated[str, Meta(pattern=r"^([0-9a-f]{32})?$")] = ""


class CableDevice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A device on a serial cable. `every_s`: how far apart racers, runs or laps are; `later_s` and `pace`: of
    the athlete who carries a receiver."""

    name: Name
    kind: CableKind
    baud: Annotated[int, Meta(ge=300, le=4_000_000)] = 9_600
    every_s: Positive = 30.0
    later_s: float = 0.0
    pace: Positive = 1.0
    mishaps: list[Mishap] = []


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole training. `start_at_s`: where in the plan the run begins; `rate_hz`: measurements a second.

    Straps and sensors are one: `[[straps]]` is how a file names what is worn on a chest, `[[sensors]]` the rest.
    `gateways`: who hears them, each by a radio of its own; none is one without a name.
    """

    about: str
    plan: Annotated[list[Phase], Meta(min_length=1)]
    straps: list[Strap] = []
    sensors: list[Strap] = []
    seed: int = 1
    start_at_s: NotNegative = 0.0
    rate_hz: Positive = 1.0
    radio: Radio = Radio()
    timeline: list[TimedOrder] = []
    cables: list[CableDevice] = []
    gateways: list[Name] = []

    @property
    def everything(self) -> list[Strap]:
        """All that is worn."""
        return [*self.straps, *self.sensors]


def shipped() -> list[str]:
    """The names of the scenarios that come with the package."""
    folder = resources.files("sts_sims") / "scenarios"
    return sorted(
        entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")
    )


def load(name_or_path: str) -> Scenario:
    """Read a shipped scenario by name, or any other by its path.

    Raises:
        ScenarioError: not found, not TOML, or a field that does not fit.
    """
    try:
        scenario = msgspec.convert(tomllib.loads(_text(name_or_path)), Scenario)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ScenarioError(f"The scenario {name_or_path} cannot be used: {error}.") from error
    for complaint in _complaints(scenario):
        raise ScenarioError(f"The scenario {name_or_path} cannot be used: {complaint}.")
    return scenario


def _text(name_or_path: str) -> str:
    if name_or_path in shipped():
        return (resources.files("sts_sims") / "scenarios" / f"{name_or_path}.toml").read_text("utf-8")
    try:
        return Path(name_or_path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        known = ", ".join(shipped())
        raise ScenarioError(
            f"There is no scenario {name_or_path} ({error}). Shipped: {known}; or give a TOML file's path."
        ) from error


def _complaints(scenario: Scenario) -> Iterator[str]:
    if not scenario.everything and not scenario.cables:
        yield "it has neither straps nor sensors nor cables"
    names = [told.name for told in scenario.everything] + [told.name for told in scenario.cables]
    yield from (f"the name {name} is given twice" for name in sorted(set(names)) if names.count(name) > 1)
    addresses = [told.address for told in scenario.everything]
    yield from (
        f"the address {one} is given twice" for one in sorted(set(addresses)) if addresses.count(one) > 1
    )
    known = {told.name for told in scenario.everything} | {None}
    for order in scenario.timeline:
        if order.do not in VERBS:
            yield f"its timeline has the order {order.do}; known ones are {', '.join(VERBS)}"
        if order.gateway is not None and order.gateway not in scenario.gateways:
            yield f"its timeline speaks of the gateway {order.gateway}, which it does not have"
        if order.strap not in known:
            yield f"its timeline speaks of the sensor {order.strap}, which it does not have"


def roster(scenario: Scenario) -> list[dict[str, Any]]:
    """The sensors with their wearers, for seeding a hub and for the settings of a gateway."""
    return [
        {
            "name": strap.name,
            "address": strap.address,
            "kind": REGISTERED_AS.get(strap.kind, strap.kind),
            **({"streams": STREAMS[strap.kind]} if strap.kind in STREAMS else {}),
            **({"link": "never"} if strap.kind in WITHOUT_LINK else {}),
            **({"bind_key": strap.bind_key} if strap.bind_key else {}),
            "athlete": {
                "number": strap.athlete.number,
                "name": strap.athlete.name,
                "hr_max": strap.athlete.hr_max,
            },
        }
        for strap in scenario.everything
    ]
