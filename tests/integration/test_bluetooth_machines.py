"""Every kind of sensor through bleak on the simulated bluetoothd: what is emitted is what the truth log says."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bluetooth_air import ADVERTS_MS, FAST, Air, on_air, stopped, until
from sts_edge.config import BluetoothSettings, GatewaySettings, HubSettings, SensorSettings, Settings
from sts_edge.sources.bluetooth import BluetoothSource
from sts_protocols.metrics import by_id
from sts_protocols.sample import Packet, Quality
from sts_sims import scenario
from sts_sims.scenario import Person, Phase, Radio, Scenario, Strap
from sts_sims.truth import NoticeTruth, Truth

KINDS = (
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
    "polar_arm",
    "ruuvi",
    "bthome",
)
KEY = "231d39c1d7cc1ab1aee224cd096db932"
# Instruments and tags are used as often as this.
EVERY_S = 2.0
# So many values of each metric are compared with the truth.
FEW = 2
# Rates come from counters of 1/1024 s: one tick in a second is 0.1 %, and they are told in steps of 0.1.
COUNTED = ("cadence", "wheel_rate")
# What the truth of a stream says beside its values.
OF_THE_STREAM = {"stream", "lost"}

Told = dict[tuple[str, str], list[float]]


def one_of_each() -> Scenario:
    """A machine of each kind, all at one steady effort."""
    person = Person(1, "Ana Silva", 196, 52)
    sensors = [
        Strap(kind.replace("_", "-"), f"A0:9E:1A:00:00:{n:02X}", person, kind=kind, every_s=EVERY_S)  # type: ignore[arg-type]
        for n, kind in enumerate(KINDS, 1)
    ]
    sensors += [
        Strap("sealed", "A0:9E:1A:00:01:01", person, kind="bthome", every_s=EVERY_S, bind_key=KEY),
        Strap("broadcast", "A0:9E:1A:00:01:02", person, broadcast=True),
    ]
    radio = Radio(connect_ms=1.0, advert_ms=ADVERTS_MS * len(sensors))
    plan = [Phase("steady", 0.6, 600.0)]
    return Scenario("For tests.", plan, sensors=sensors, start_at_s=60.0, radio=radio)


def registered(one: dict[str, Any], folder: Path) -> SensorSettings:
    """As its roster says; a key in a file, and of the strap that broadcasts only that."""
    key = folder / f"key-{one['name']}" if "bind_key" in one else None
    if key is not None:
        key.write_text(one["bind_key"])
    return SensorSettings(
        name=one["name"],
        address=one["address"],
        kind=one["kind"],
        wheel_mm=2105,
        link="never" if one["name"] == "broadcast" else one.get("link", "always"),
        streams=tuple(one.get("streams", ())),
        bind_key_file=key,
    )


@contextlib.asynccontextmanager
async def heard(plan: Scenario, folder: Path) -> AsyncIterator[tuple[BluetoothSource, list[Packet]]]:
    """The real source with every sensor of the scenario registered as its roster says."""
    sensors = tuple(registered(one, folder) for one in scenario.roster(plan))
    settings = Settings(
        gateway=GatewaySettings(name="pitch-1"),
        hub=HubSettings(url="amqp://127.0.0.1/sts", password_file=Path("unused")),
        bluetooth=BluetoothSettings(),
        sensors=sensors,
    )
    packets: list[Packet] = []
    source = BluetoothSource(settings, packets.append, limits=FAST)
    task = asyncio.ensure_future(source.run())
    try:
        yield source, packets
    finally:
        await stopped(task)


# Of the sensor itself and of the radio, not of what is measured.
OF_THE_DEVICE = {"battery_level", "signal_strength"}


def values_of(packets: list[Packet]) -> Told:
    """What was emitted of what is measured: values by sensor and metric, in order; every one of them ok."""
    told: Told = defaultdict(list)
    for packet in packets:
        for value in packet.values:
            metric = by_id(value.metric)
            assert metric is not None
            if metric.name not in OF_THE_DEVICE:
                assert value.quality == Quality.OK, (packet.sensor, metric.name, value)
                told[packet.sensor, metric.name].append(value.value)
    return told


def truth_of(air: Air) -> Told:
    """What was delivered, by sensor and metric, in order. An advert stays on the air until the next, for
    whoever begins to scan; heart rates are told by link and advert."""
    told: Told = defaultdict(list)
    for line in air.truth_path.read_bytes().splitlines():
        if b'"hr"' in line:
            measured = msgspec.json.decode(line, type=Truth)
            told[measured.strap, "heart_rate"].append(measured.hr)
            continue
        notice = msgspec.json.decode(line, type=NoticeTruth)
        if notice.delivered or notice.why == "nobody_scans":
            for name in notice.told.keys() - OF_THE_STREAM:
                value = notice.told[name]
                told[notice.sensor, name] += value if isinstance(value, list) else [value]
    return told


def is_within(part: list[float], whole: list[float], rel: float) -> bool:
    """True if the one stands in the other, without a hole."""
    starts = range(len(whole) - len(part) + 1)
    return any(part == pytest.approx(whole[at : at + len(part)], rel=rel) for at in starts)


async def test_every_machine_tells_the_truth(tmp_path: Path) -> None:
    """Each metric of each machine, equal to what its simulator says it sent; what is counted, within a tick."""
    plan = one_of_each()
    computed = {("cycling-power", "speed"), ("speed-cadence", "speed")}
    async with on_air(tmp_path, plan) as air, heard(plan, tmp_path) as (source, packets):
        await until(lambda: {state.state for state in source.states()} == {"live"})

        def heard_enough() -> bool:
            told = values_of(packets)
            return all(len(told[key]) >= FEW for key in truth_of(air).keys() | computed)

        await until(heard_enough)
        told = values_of(list(packets))
        await until(
            lambda: all(len(truth_of(air)[key]) >= len(told[key]) for key in told if key[1] != "speed")
        )
        truth = truth_of(air)
    assert told.keys() == truth.keys() | computed
    for key, values in told.items():
        if key in computed:
            wheel_rates = told[key[0], "wheel_rate"]
            assert values == pytest.approx([rate / 60 * 2.105 for rate in wheel_rates], abs=0.01)
        else:
            assert is_within(values, truth[key], 0.01 if key[1] in COUNTED else 1e-12), key


@pytest.mark.parametrize("name", ["rowing-test", "cycling", "morning-check"])
async def test_a_shipped_scenario_is_heard_whole(tmp_path: Path, name: str) -> None:
    """Every sensor of its roster is found, connected and live."""
    plan = scenario.load(name)
    async with on_air(tmp_path, plan), heard(plan, tmp_path) as (source, _):
        await until(lambda: {state.state for state in source.states()} == {"live"})
