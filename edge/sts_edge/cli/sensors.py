"""`sts-edge sensors list, add, set, remove`: the settings file, changed in place."""

from __future__ import annotations

import re
import sqlite3
import time
import tomllib
from typing import TYPE_CHECKING, Any

from .asking import agent_or_none, ask_agent
from .call import Call
from .exits import Exit
from .output import Output, Stop
from .scan import LOOK_S
from .settings import loaded
from .status import duration

if TYPE_CHECKING:
    from sts_edge.config.editing import SettingsFile

Sensor = dict[str, Any]

TABLE = "sensors"
# A strap is connected within 2 s of its first advert; one that somebody is still strapping on takes longer.
CONNECT_S = 30.0
# Taking up or letting go of a sensor waits for one disconnect, which BlueZ may take 10 s for.
RELOAD_S = 30.0
_WORST_FIRST = ("lost", "off", "late", "connecting", "not_worn", "live")
_SIGNS = {"live": "good", "lost": "bad", "off": "bad"}
_ADDRESS = re.compile(r"([0-9A-Fa-f]{2}[:-]?){5}[0-9A-Fa-f]{2}")


def list_sensors(call: Call) -> None:
    """Print the registered sensors, the worst first."""
    told = agent_or_none(call, "status")
    sensors = _from_settings(call) if told is None else told["sensor_list"]
    counts: dict[str, int] = {}
    for one in sensors:
        counts[one["state"]] = counts.get(one["state"], 0) + 1
    if call.output.as_json:
        call.output.document({"schema": "sts.edge.sensors.list/1", "counts": counts, "sensors": sensors})
    else:
        _tell(sensors, counts, call.output)
    if told is None and not call.offline:
        raise Stop(Exit.NOT_RUNNING, "" if call.output.as_json else _NOT_RUNNING)
    if counts.get("lost") or counts.get("late"):
        raise Stop(Exit.DEGRADED)


_NOT_RUNNING = "No agent runs here: this is what the settings say. Next: systemctl start sts-edge"


def add(call: Call, address: str, label: str | None, kind: str | None) -> None:
    """Register a sensor, and wait until it speaks."""
    address = _spelled(address)
    near = agent_or_none(call, "scan")
    file = opened(call)
    kind = kind or _kind_of(near, address)
    name = label or _free_name(call, file, kind)
    _check_is_free(call, name, address)
    file.add(TABLE, {"name": name, "address": address, "kind": kind})
    stored(call, file)
    facts = None if near is None else _watch(call, name)
    undo = f"sts-edge sensors remove {name}"
    if call.output.as_json:
        call.output.document(
            {
                "schema": "sts.edge.sensors.add/1",
                "sensor": {"name": name, "address": address, "kind": kind},
                "heard": facts,
                "undo": undo,
            }
        )
    else:
        _tell_added(call.output, name, kind, facts, undo, near is not None)
    if near is not None and facts is None:
        raise Stop(Exit.DEGRADED)


def change(call: Call, name: str, changes: list[str]) -> None:
    """Change keys of a registered sensor: KEY=VALUE."""
    file = opened(call)
    _check_is_there(file, name)
    undo = []
    for one in changes:
        key, mark, text = one.partition("=")
        if not mark or not key:
            raise Stop(Exit.USAGE, f"{one!r} is not KEY=VALUE, for example kind=heart_rate.")
        if key == "address":
            raise Stop(
                Exit.USAGE,
                f"{name} stays the name of its device for ever. Another device gets a name of its own. "
                f"Next: sts-edge sensors remove {name}; sts-edge sensors add {text}",
            )
        if key == "name":
            _check_is_free(call, text, str(_entry(call, name)["address"]))
        before = file.set(TABLE, name, key, _value(text))
        name = text if key == "name" else name
        if before is not None:
            undo.append(f"{key}={before}")
    stored(call, file)
    _tell_done(call, "set", name, f"changed {name}", f"sts-edge sensors set {name} {' '.join(undo)}")


def remove(call: Call, name: str) -> None:
    """Stop reading a sensor. What it said stays, and so does its name."""
    file = opened(call)
    _check_is_there(file, name)
    gone = file.remove(TABLE, name)
    stored(call, file)
    undo = f"sts-edge sensors add {gone['address']} --label {name} --kind {gone['kind']}"
    _tell_done(call, "remove", name, f"removed {name}; what it said is kept", undo)


# the settings file


def opened(call: Call) -> SettingsFile:
    """The settings file for changes; what is wrong with it already must be mended first."""
    from sts_edge.config.editing import SettingsFile

    loaded(call)
    return SettingsFile(call.config)


def stored(call: Call, file: SettingsFile) -> None:
    """Store the changed settings, and have a running agent take them up. Stops the command with every fault."""
    from sts_edge.config import ConfigError

    try:
        file.store()
    except ConfigError as error:
        faults = [fault._asdict() for fault in error.faults]
        raise Stop(
            Exit.CONFIGURATION, f"Nothing was changed, for this could not be used:\n{error}", faults=faults
        ) from None
    except PermissionError as error:
        raise Stop(
            Exit.NOT_ALLOWED,
            f"{call.config} may not be changed by this user ({error.strerror}). Next: the same with sudo",
        ) from None
    except OSError as error:
        raise Stop(
            Exit.FAILED, f"{call.config} could not be written ({error}). Nothing was changed."
        ) from None
    reload(call)


def reload(call: Call) -> dict[str, Any] | None:
    """Have a running agent read the settings again; None without one, or where none is to be asked."""
    if call.offline:
        return None
    try:
        return ask_agent(call, "reload", timeout_s=max(call.timeout_s, RELOAD_S))
    except Stop as stop:
        if stop.code is not Exit.NOT_RUNNING:
            raise
        return None


def _entry(call: Call, name: str) -> Sensor:
    with call.config.open("rb") as file:
        entries: list[Sensor] = tomllib.load(file)[TABLE]
    return next(one for one in entries if one["name"] == name)


def _check_is_there(file: SettingsFile, name: str) -> None:
    if name not in file.names(TABLE):
        there = ", ".join(file.names(TABLE)) or "none"
        raise Stop(Exit.NOT_FOUND, f"No sensor is called {name}. Registered: {there}.")


def _check_is_free(call: Call, name: str, address: str) -> None:
    owner = _used_names(call).get(name)
    if owner is not None and owner != address:
        raise Stop(
            Exit.USAGE,
            f"{name} was the name of {owner} on this gateway, and a name stays with its device for ever: "
            f"what both said would become one curve. Next: sts-edge sensors add {address}",
        )


def _used_names(call: Call) -> dict[str, str]:
    from sts_edge.names import FILE_NAME, NameBook

    file = loaded(call).gateway.data_dir / FILE_NAME
    try:
        return NameBook(file).known()
    except (sqlite3.Error, OSError) as error:
        raise Stop(
            Exit.NOT_ALLOWED,
            f"The list of used names {file} cannot be read ({error}). Next: the same with sudo",
        ) from None


def _free_name(call: Call, file: SettingsFile, kind: str) -> str:
    """hr-31 for the 31st heart rate strap: the initials of the kind, and a number that was never used."""
    start = "".join(word[0] for word in kind.split("_"))
    used = {*file.names(TABLE), *_used_names(call)}
    numbers = [int(found[1]) for name in used if (found := re.fullmatch(rf"{start}-(\d+)", name))]
    return f"{start}-{max(numbers, default=0) + 1:02d}"


def _kind_of(near: dict[str, Any] | None, address: str) -> str:
    from typing import get_args

    from sts_edge.config.ways_in import SensorKind

    heard = [] if near is None else near["heard"]
    found = next((one["kind"] for one in heard if one["address"] == address), None)
    if found is not None and found not in get_args(SensorKind):
        raise Stop(
            Exit.USAGE,
            f"{address} says that it is a {found.replace('_', ' ')}; say as which it shall be read: "
            f"{', '.join(get_args(SensorKind))}. Next: sts-edge sensors add {address} --kind bike",
        )
    if found is None:
        raise Stop(
            Exit.NOT_FOUND,
            f"{address} is not heard here, so its kind is not known. Put it on and come near, or say what it "
            f"is. Next: sts-edge sensors add {address} --kind heart_rate",
        )
    return str(found)


def _spelled(address: str) -> str:
    if not _ADDRESS.fullmatch(address):
        raise Stop(
            Exit.USAGE,
            f"{address!r} is not a Bluetooth address such as A0:9E:1A:00:00:01. Next: sts-edge scan",
        )
    digits = re.sub("[:-]", "", address).upper()
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def _value(text: str) -> Any:
    """true, 5 and 0.5 as TOML has them; anything else is text."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


# what is told


def _watch(call: Call, name: str) -> Sensor | None:
    """Wait until the new sensor speaks; what is known of it then, None when it stays silent."""
    began_s = time.monotonic()
    patience_s = call.patience_s or CONNECT_S
    while (elapsed_s := time.monotonic() - began_s) < patience_s:
        states = ask_agent(call, "status")["sensor_list"]
        one = next((one for one in states if one["name"] == name), None)
        if one is None:
            raise Stop(Exit.FAILED, f"The agent does not read {name}. Next: sts-edge status")
        if one["state"] in ("live", "not_worn"):
            return {**one, "connected_s": round(elapsed_s, 1)}
        call.output.progress(f"waiting for {name} {elapsed_s:.0f} s")
        time.sleep(LOOK_S)
    call.output.progress("")
    return None


def _tell_added(output: Output, name: str, kind: str, facts: Sensor | None, undo: str, running: bool) -> None:
    if facts is not None:
        parts = [output.sign("good", f"speaks ({facts['connected_s']:.1f} s)"), output.sign("good", kind)]
        if facts["battery"] is not None:
            parts.append(output.sign("good", f"battery {facts['battery']} %"))
        output.line("   ".join(parts))
    elif running:
        output.line(output.sign("warning", f"{name} is silent so far: it is read as soon as it is heard"))
    else:
        output.line(output.sign("warning", "no agent runs; it is read from the next start"))
    output.line(f"{output.sign('good', f'saved as {name}')}          Undo: {undo}")
    if running:
        output.line(f"Next: sts-edge sensors test {name}")
    else:
        output.line("Next: systemctl start sts-edge")


def _tell_done(call: Call, verb: str, name: str, sentence: str, undo: str) -> None:
    if call.output.as_json:
        call.output.document({"schema": f"sts.edge.sensors.{verb}/1", "sensor": name, "undo": undo})
    else:
        call.output.line(f"{call.output.sign('good', sentence)}          Undo: {undo}")


def _from_settings(call: Call) -> list[Sensor]:
    unknown = {"state": "unknown", "last_s": None, "rssi": None, "battery": None}
    return [
        {"name": one.name, "address": one.address, "kind": one.kind, **unknown}
        for one in loaded(call).sensors
    ]


def _tell(sensors: list[Sensor], counts: dict[str, int], output: Output) -> None:
    if not sensors:
        output.line("No sensor is registered.   Next: sts-edge scan")
        return
    order = {state: place for place, state in enumerate(_WORST_FIRST)}
    rows = [_row(one, output) for one in sorted(sensors, key=lambda one: order.get(one["state"], 9))]
    output.table([("ID", "KIND", "LINK", "LAST", "SIGNAL", "BATTERY"), *rows])
    words = ", ".join(
        f"{counts[state]} {state.replace('_', ' ')}" for state in reversed(_WORST_FIRST) if state in counts
    )
    output.line(f"{len(sensors)} registered" + (f": {words}" if words else ""))
    bad = next((one["name"] for one in sensors if one["state"] in ("lost", "late", "off")), None)
    if bad is not None:
        output.line(f"Next: sts-edge sensors test {bad}")


def _row(one: Sensor, output: Output) -> list[str]:
    word = one["state"].replace("_", " ")
    return [
        one["name"],
        one["kind"].replace("_", " "),
        word if word == "unknown" else output.sign(_SIGNS.get(one["state"], "warning"), word),
        "-" if one["last_s"] is None else duration(one["last_s"]),
        "-" if one["rssi"] is None else f"{one['rssi']} dBm",
        "-" if one["battery"] is None else f"{one['battery']} %",
    ]
