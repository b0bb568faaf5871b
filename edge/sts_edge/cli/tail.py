"""`sts-edge tail`."""

from __future__ import annotations

import sys
import time
from typing import Any

from sts_edge.control.client import follow

from .asking import agent_faults, ask_status
from .call import Call
from .exits import Exit
from .output import Stop
from .place import socket_path
from .status import marked

Line = dict[str, Any]


def tail(call: Call, sensors: list[str]) -> None:
    """Print packets until interrupted."""
    _check(sensors, [one["name"] for one in ask_status(call)["sensor_list"]])
    began_s, packets = time.monotonic(), 0
    try:
        with agent_faults():
            question = {"do": "tail", "sensors": sensors}
            for line in follow(socket_path(call.config), question, call.timeout_s):
                packets += 1
                call.output.document(line) if call.output.as_json else call.output.line(plain(line))
    except KeyboardInterrupt:
        sys.stderr.write(f"\n{packets} packets in {time.monotonic() - began_s:.0f} s\n")
        raise Stop(Exit.INTERRUPTED) from None
    raise Stop(Exit.NOT_RUNNING, "The agent ended. Next: sts-edge status")


def plain(line: Line) -> str:
    """A packet for people: time, sensor, each metric with its values and unit, quality where it is not ok."""
    parts = [line["time"][11:23] if line["time"] else f"+{line['boot_us'] / 1e6:.3f}", _who(line)]
    metrics: dict[str, list[Line]] = {}
    for value in line["values"]:
        metrics.setdefault(value["metric"], []).append(value)
    for name, values in metrics.items():
        numbers = " ".join(f"{value['value']:g}" for value in values)
        parts.append(f"{name} {numbers} {values[0]['unit']}")
    if (zone := line.get("wearer", {}).get("zone")) is not None:
        parts.append(f"zone {zone}" if zone else "rest")
    if waveform := line.get("waveform"):
        parts.append(_shape(waveform))
    if impulse := line.get("impulse"):
        parts.append(_told(impulse))
    told = [*line["values"], *([waveform] if waveform else [])]
    doubts = sorted({value["quality"] for value in told} - {"ok"})
    parts += [doubt.replace("_", " ") for doubt in doubts]
    if line.get("missed"):
        parts.append(f"({line['missed']} not shown)")
    return "  ".join(parts)


def _who(line: Line) -> str:
    """The sensor, and the jersey of who wears it."""
    jersey = marked(line.get("wearer", {}))
    return f"{line['sensor']} {jersey}" if jersey else str(line["sensor"])


def _shape(waveform: Line) -> str:
    low, high, unit = waveform["low"], waveform["high"], waveform["unit"]
    return f"{waveform['metric']} {waveform['count']} values at {waveform['rate_hz']:g} Hz, {low:g} to {high:g} {unit}"


def _told(impulse: Line) -> str:
    """The line of a timer says most; its marks are told in words beside it."""
    return "  ".join([impulse["line"].strip(), *impulse["marks"]])


def _check(wanted: list[str], known: list[str]) -> None:
    strangers = [name for name in wanted if name not in known]
    if strangers:
        there = ", ".join(known) or "none"
        raise Stop(Exit.NOT_FOUND, f"No sensor is called {', '.join(strangers)}. The agent knows: {there}.")
