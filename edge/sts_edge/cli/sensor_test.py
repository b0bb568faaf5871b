"""`sts-edge sensors test`: does this sensor deliver what it should?"""

from __future__ import annotations

import time
from typing import Any

from sts_edge.control.client import follow_for

from .asking import agent_faults, ask_status
from .call import Call
from .exits import Exit
from .output import Output, Stop
from .place import socket_path

Object = dict[str, Any]

# Below this, packets begin to be lost: a strap sends with about 0 dBm, and receivers give up near -95 dBm.
WEAK_DBM = -85
# A coin cell is flat soon after; the next training may be longer than what is left.
LOW_BATTERY = 15
# One packet may fall into the edges of the window.
EDGE_PACKETS = 1


def check(call: Call, name: str, seconds: float) -> None:
    """Listen to one sensor for so long, and judge."""
    one = _known(call, name)
    packets = _listen(call, name, seconds)
    one = _known(call, name) | {"listened_s": seconds}
    told = verdict(one, packets, seconds)
    if call.output.as_json:
        call.output.document(told)
    else:
        _tell(told, call.output)
    if told["verdict"] != "good":
        raise Stop(Exit.DEGRADED if told["packets"] else Exit.NOT_FOUND)


def verdict(sensor: Object, packets: list[Object], seconds: float) -> Object:
    """What was heard, against what should be: sts.edge.sensors.test/1."""
    from sts_protocols.metrics import CATALOGUE, EVERY_SECOND_MS

    rhythm_ms = {one.name: one.interval_ms for one in CATALOGUE if one.interval_ms}
    metrics = {value["metric"] for packet in packets for value in packet.get("values", [])}
    period_ms = min((rhythm_ms[one] for one in metrics if one in rhythm_ms), default=EVERY_SECOND_MS)
    rhythmic = [packet for packet in packets if _metrics(packet) & rhythm_ms.keys()]
    expected = int(seconds * 1000 / period_ms)
    told = {
        "schema": "sts.edge.sensors.test/1",
        "sensor": sensor["name"],
        "kind": sensor["kind"],
        "seconds": seconds,
        "packets": len(rhythmic),
        "expected": expected,
        "metrics": sorted(metrics),
        "rr_intervals": "rr_interval" in metrics if sensor["kind"] == "heart_rate" else None,
        "doubts": sorted({value["quality"] for one in packets for value in one.get("values", [])} - {"ok"}),
        "rssi": sensor["rssi"],
        "battery": sensor["battery"],
        "state": sensor["state"],
    }
    problem, remedy = _problem(told)
    return {**told, "verdict": problem or "good", "next": remedy}


def _metrics(packet: Object) -> set[str]:
    return {value["metric"] for value in packet.get("values", [])}


def _problem(told: Object) -> tuple[str, str | None]:
    """The gravest thing that is wrong, and what to do; nothing when all is well."""
    again = f"sts-edge sensors test {told['sensor']}"
    if not told["packets"]:
        return "silent", f"wet the electrodes, put it on, come within 5 m, then: {again}"
    if "no_contact" in told["doubts"]:
        return "not worn", f"wet the electrodes and tighten the strap, then: {again}"
    if told["packets"] < told["expected"] - EDGE_PACKETS:
        weak = told["rssi"] is not None and told["rssi"] < WEAK_DBM
        way = "move gateway or strap closer" if weak else "another device may be connected to it"
        return "degraded", f"{way}, then: {again}"
    if told["rr_intervals"] is False:
        return "no RR intervals", "this strap tells the rate only: heart rate variability needs another one"
    if told["battery"] is not None and told["battery"] < LOW_BATTERY:
        return "battery low", f"change its battery, then: {again}"
    return "", None


def _known(call: Call, name: str) -> Object:
    states = ask_status(call)["sensor_list"]
    for one in states:
        if one["name"] == name:
            return dict(one)
    there = ", ".join(one["name"] for one in states) or "none"
    raise Stop(Exit.NOT_FOUND, f"No sensor is called {name}. The agent knows: {there}.")


def _listen(call: Call, name: str, seconds: float) -> list[Object]:
    packets: list[Object] = []
    began_s = time.monotonic()
    with agent_faults():
        question = {"do": "tail", "sensors": [name]}
        for packet in follow_for(socket_path(call.config), question, call.timeout_s, seconds):
            packets.append(packet)
            heard = f"{len(packets)} packets in {time.monotonic() - began_s:.0f} of {seconds:g} s"
            call.output.progress(heard)
    call.output.progress("")
    return packets


def _tell(told: Object, output: Output) -> None:
    missed = told["expected"] - told["packets"]
    parts = [f"packets {told['packets']} of {told['expected']}"]
    if missed > EDGE_PACKETS:
        parts.append(output.sign("warning", f"{missed} missed"))
    if told["rr_intervals"] is not None:
        parts.append(f"RR {'yes' if told['rr_intervals'] else 'no'}")
    if told["rssi"] is not None:
        parts.append(f"signal {told['rssi']} dBm" + (" (weak)" if told["rssi"] < WEAK_DBM else ""))
    if told["battery"] is not None:
        parts.append(f"battery {told['battery']} %")
    output.line("  " + "   ".join(parts))
    if told["verdict"] == "good":
        output.line(output.sign("good", f"{told['sensor']} is good"))
        return
    sign = "warning" if told["packets"] else "bad"
    output.line(f"{output.sign(sign, told['verdict'].upper())}  {told['next']}")
