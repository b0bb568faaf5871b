"""`sts-edge scan`: which sensors are near here."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from .asking import agent_or_none, ask_agent
from .call import Call
from .exits import Exit
from .output import Output, Stop

Sensor = dict[str, Any]

# New adverts are told this soon; a strap advertises about once a second.
LOOK_S = 0.5
HEADS = ("ADDRESS", "NAME", "KIND", "SIGNAL", "BATTERY", "STATE")


def scan(call: Call, seconds: float) -> None:
    """Print the sensors heard within so many seconds; with --json a line for each, as it is heard."""
    began_s = time.monotonic()
    found: dict[str, Sensor] = {}
    for sensor in _heard(call, seconds, began_s):
        if call.output.as_json and sensor["address"] not in found:
            call.output.document({"schema": "sts.edge.scan/1", **sensor})
        found[sensor["address"]] = sensor
    if not call.output.as_json:
        tell(list(found.values()), call.output)
    if not found:
        raise Stop(
            Exit.NOT_FOUND,
            f"No sensor was heard in {seconds:g} s. Put the strap on, wet its electrodes, come within 5 m; "
            "a strap that is connected elsewhere is silent. Next: sts-edge doctor --only bluetooth",
        )


def tell(found: list[Sensor], output: Output) -> None:
    """The sensors for people."""
    if not found:
        return
    found.sort(key=lambda one: (one["state"] != "new", -(one["rssi"] or -999)))
    output.table([HEADS, *(_row(one, output) for one in found)])
    new = [one for one in found if one["state"] == "new"]
    line = f"{len(found)} found, {len(new)} new."
    output.line(f"{line}   Next: sts-edge sensors add {new[0]['address']}" if new else line)


def _heard(call: Call, seconds: float, began_s: float) -> Iterator[Sensor]:
    told = agent_or_none(call, "scan")
    if told is None or not told["scanning"]:
        yield from _own_scan(call, seconds)
        return
    while True:
        elapsed_s = time.monotonic() - began_s
        for sensor in told["heard"]:
            if _is_here(sensor, elapsed_s):
                yield sensor
        if elapsed_s >= seconds:
            return
        call.output.progress(f"listening {elapsed_s:.0f} of {seconds:g} s")
        time.sleep(min(LOOK_S, max(seconds - elapsed_s, 0)))
        told = ask_agent(call, "scan")


def _is_here(sensor: Sensor, elapsed_s: float) -> bool:
    """Heard since the command began, or linked now."""
    if sensor["last_s"] is not None and sensor["last_s"] <= elapsed_s:
        return True
    return sensor["state"] in ("live", "not_worn", "late")


def _own_scan(call: Call, seconds: float) -> Iterator[Sensor]:
    """No agent listens: listen here."""
    import asyncio

    from sts_edge.sources.bluetooth.survey import NoRadio, survey

    registered = _registered(call)
    call.output.note(f"No agent listens here; scanning for {seconds:g} s.")
    try:
        near = asyncio.run(survey(_adapter(call), seconds))
    except NoRadio as error:
        raise Stop(Exit.NOT_ALLOWED, f"{error} Next: sts-edge doctor --only bluetooth") from None
    for one in near:
        name = registered.get(one.address)
        yield {
            "address": one.address,
            "name": one.name,
            "kind": one.kind,
            "rssi": one.rssi,
            "battery": one.battery,
            "last_s": round(time.monotonic() - one.heard_s, 1),
            "sensor": name,
            "state": "registered" if name else "new",
        }


def _settings(call: Call) -> Any:
    from sts_edge.config import ConfigError, load

    try:
        return load(call.config)
    except ConfigError:
        return None


def _registered(call: Call) -> dict[str, str]:
    settings = _settings(call)
    return {} if settings is None else {one.address: one.name for one in settings.sensors}


def _adapter(call: Call) -> str:
    settings = _settings(call)
    return "hci0" if settings is None else str(settings.bluetooth.adapters[0])


def _row(one: Sensor, output: Output) -> list[str]:
    state = one["state"].replace("_", " ")
    return [
        one["address"],
        one["name"] or "-",
        one["kind"].replace("_", " "),
        "-" if one["rssi"] is None else f"{one['rssi']} dBm",
        "-" if one["battery"] is None else f"{one['battery']} %",
        output.sign("good", "new") if one["state"] == "new" else f"{one['sensor']} ({state})",
    ]
