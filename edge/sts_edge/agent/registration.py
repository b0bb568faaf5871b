"""Which Bluetooth sensors are read: those of the settings at the start, and after each reload.

A reload reads the settings file again. It takes up sensors that are new and lets go of those that are gone;
what else has changed is told as needing a restart. Nothing that is stored is touched.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from sts_edge.config import ConfigError, SensorSettings, Settings, load
from sts_edge.control.server import Question
from sts_edge.health import Health
from sts_edge.names import FILE_NAME, NameBook
from sts_edge.sources import SensorState, Source

if TYPE_CHECKING:
    from sts_edge.sources.bluetooth import BluetoothSource
    from sts_edge.sources.bluetooth.presence import Near

Object = dict[str, Any]
MakeSource = Callable[[Settings], "BluetoothSource"]

_NAMES = "names"
_log = structlog.get_logger()


class Registration:
    """Keeps the Bluetooth source in step with the settings.

    make: a source for these settings; called when there is a first sensor, since a gateway without does
    without a radio. add: reads it from then on.
    """

    def __init__(
        self,
        settings: Settings,
        config: Path,
        health: Health,
        make: MakeSource,
        add: Callable[[Source], None],
    ) -> None:
        self._settings = settings
        self._config = config
        self._health = health
        self._make = make
        self._add = add
        self._book = NameBook(settings.gateway.data_dir / FILE_NAME)
        self._source: BluetoothSource | None = None

    def begin(self) -> None:
        """Read the sensors of the settings."""
        sensors = self._rightful(self._settings.sensors)
        if sensors:
            self._begin_with(sensors)

    async def reload(self, _: Question) -> Object:
        """The answer to {"do": "reload"}: sts.edge.reload/1, or what is wrong with the settings."""
        try:
            fresh = load(self._config)
        except ConfigError as error:
            return {"error": f"{self._config}\n{error}", "faults": [one._asdict() for one in error.faults]}
        before = {one.name: one for one in self._settings.sensors}
        after = {one.name: one for one in fresh.sensors}
        held_back = list(needing_restart(self._settings, fresh))
        self._settings = msgspec.structs.replace(self._settings, sensors=fresh.sensors)
        await self._register(self._rightful(fresh.sensors))
        told = {
            "schema": "sts.edge.reload/1",
            "added": sorted(after.keys() - before.keys()),
            "removed": sorted(before.keys() - after.keys()),
            "changed": sorted(one for one in before.keys() & after.keys() if before[one] != after[one]),
            "needs_restart": held_back,
        }
        _log.info("settings_reloaded", **{key: value for key, value in told.items() if key != "schema"})
        return told

    def near(self, _: Question) -> Object:
        """The answer to {"do": "scan"}: sensors heard lately, the strongest first."""
        states = [] if self._source is None else self._source.states()
        near = [] if self._source is None else self._source.presence.near()
        by_address = {state.address: state for state in states}
        return {
            "schema": "sts.edge.near/1",
            "scanning": self._source is not None,
            "heard": [_near(one, by_address.pop(one.address, None)) for one in near]
            + [_registered(state) for state in by_address.values()],
        }

    async def _register(self, sensors: Sequence[SensorSettings]) -> None:
        if self._source is not None:
            await self._source.register(sensors)
        elif sensors:
            self._begin_with(sensors)

    def _begin_with(self, sensors: Sequence[SensorSettings]) -> None:
        self._source = self._make(msgspec.structs.replace(self._settings, sensors=tuple(sensors)))
        self._add(self._source)

    def _rightful(self, sensors: Sequence[SensorSettings]) -> tuple[SensorSettings, ...]:
        """Those whose name was never another device's; the others are told, and not read."""
        try:
            taken = self._book.claim({one.name: one.address for one in sensors})
        except sqlite3.Error as error:
            self._health.tell(_NAMES, f"The list of used names cannot be kept ({error}): see the disk.")
            return tuple(sensors)
        if taken:
            self._health.tell(_NAMES, _sentence(taken))
        else:
            self._health.clear(_NAMES)
        return tuple(one for one in sensors if one.name not in taken)


def needing_restart(before: Settings, after: Settings) -> Iterator[str]:
    """Keys that differ and that a running agent cannot take up."""
    for table in before.__struct_fields__:
        old, new = getattr(before, table), getattr(after, table)
        if table == "sensors" or old == new:
            continue
        if isinstance(old, msgspec.Struct) and isinstance(new, msgspec.Struct):
            keys = [key for key in old.__struct_fields__ if getattr(old, key) != getattr(new, key)]
            yield from (f"{table}.{key}" for key in keys)
        else:
            yield table


def _sentence(taken: dict[str, str]) -> str:
    named = ", ".join(f"{name} (it is {device}'s)" for name, device in sorted(taken.items()))
    return (
        f"Not read, because a name stays with its device for ever: {named}. Give the new device a new name."
    )


def _near(one: Near, state: SensorState | None) -> Object:
    return {
        "address": one.address,
        "name": one.name,
        "kind": one.kind,
        "rssi": one.rssi,
        "battery": one.battery if state is None else state.battery,
        "last_s": round(time.monotonic() - one.heard_s, 1),
        "sensor": None if state is None else state.name,
        "state": "new" if state is None else state.state,
    }


def _registered(state: SensorState) -> Object:
    """A registered sensor that sends no adverts, because it is connected or because it is not here."""
    return {
        "address": state.address,
        "name": state.model,
        "kind": state.kind,
        "rssi": state.rssi,
        "battery": state.battery,
        "last_s": None,
        "sensor": state.name,
        "state": state.state,
    }
