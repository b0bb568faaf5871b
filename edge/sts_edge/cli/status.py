"""`sts-edge status`."""

from __future__ import annotations

from typing import Any

from .asking import ask_status
from .call import Call
from .exits import Exit
from .output import Output, Stop

Status = dict[str, Any]

_NEEDS_LOOKING_AT = ("late", "lost")
_SHOWN_SENSORS = 10
# What each state of the link means to a person: the sign, and the exit code it is worth.
_LINK = {
    "up": ("good", Exit.HEALTHY),
    "connected": ("good", Exit.HEALTHY),
    "stalled": ("warning", Exit.DEGRADED),
    "blocked": ("warning", Exit.DEGRADED),
    "unreachable": ("bad", Exit.UNREACHABLE),
    "refused": ("bad", Exit.UNREACHABLE),
}
_SENSOR_SIGN = {"live": "good", "late": "warning", "not_worn": "warning", "connecting": "warning"}


def status(call: Call) -> None:
    """Print how the gateway is; the exit code says it as well."""
    told = ask_status(call)
    if call.output.as_json:
        call.output.document(told)
    else:
        for line in plain(told, call.output):
            call.output.line(line)
    code = exit_code(told)
    if code:
        raise Stop(code)


def exit_code(told: Status) -> Exit:
    """The gravest of: failed, hub unreachable, degraded."""
    if told["state"] == "failed":
        return Exit.FAILED
    _, link = _LINK[told["hub"]["state"]]
    if link is Exit.UNREACHABLE:
        return link
    degraded = told["state"] == "degraded" or link is Exit.DEGRADED or _attention(told)
    return Exit.DEGRADED if degraded else Exit.HEALTHY


def plain(told: Status, output: Output) -> list[str]:
    """The status for people."""
    return [
        _head(told, output),
        f"  Hub        {_hub(told['hub'], output)}",
        f"  Buffer     {_buffer(told['buffer'], output)}",
        f"  Clock      {_clock(told['clock'], output)}",
        f"  Sensors    {_sensors(told['sensors'], output)}",
        *_sensor_lines(told, output),
        *_settings(told.get("settings"), output),
        *(f"  {output.sign('warning', sentence)}" for sentence in told["faults"]),
        *_next(told),
    ]


def _head(told: Status, output: Output) -> str:
    code = exit_code(told)
    word = {Exit.HEALTHY: "healthy", Exit.FAILED: "FAILED", Exit.UNREACHABLE: "HUB UNREACHABLE"}.get(
        code, "DEGRADED"
    )
    sign = {Exit.HEALTHY: "good", Exit.DEGRADED: "warning"}.get(code, "bad")
    parts = [told["gateway"], f"sts-edge {told['version']}", f"up {duration(told['up_s'])}"]
    parts.append(output.sign(sign, word))
    if attention := _attention(told):
        parts.append(f"{attention} of {len(told['sensor_list'])} sensors need attention")
    return "  ".join(parts)


def _attention(told: Status) -> int:
    return sum(told["sensors"].get(state, 0) for state in _NEEDS_LOOKING_AT)


def _hub(hub: Status, output: Output) -> str:
    sign, _ = _LINK[hub["state"]]
    facts = []
    if hub["rtt_ms"] is not None:
        facts.append(f"round trip {hub['rtt_ms']:.0f} ms")
    if hub["last_ack_s"] is not None:
        facts.append(f"last confirm {duration(hub['last_ack_s'])} ago")
    if hub.get("parked"):
        sign = "warning"
        facts.append("PARKED: this card is a copy")
    if hub["state"] not in ("up", "connected"):
        facts.append(f"for {duration(hub['since_s'])}")
    return (output.sign(sign, f"{hub['state']:<12}") + ", ".join(facts)).rstrip()


def _buffer(buffer: Status, output: Output) -> str:
    waiting, oldest_s = buffer["waiting_records"], buffer["oldest_s"]
    word = "waiting" if waiting else "empty"
    facts = [f"{waiting} records, {megabytes(buffer['waiting_bytes'])}"]
    if oldest_s is not None:
        facts.append(f"oldest {duration(oldest_s)}")
    share = 100 * buffer["used_bytes"] / buffer["cap_bytes"]
    facts.append(f"{share:.1f} % of {megabytes(buffer['cap_bytes'])} used")
    if buffer["dropped_records"]:
        facts.append(f"{buffer['dropped_records']} dropped and declared")
    sign = "warning" if buffer["dropped_records"] or buffer["damaged_records"] else "good"
    return output.sign(sign, f"{word:<12}") + ", ".join(facts)


def _clock(clock: Status, output: Output) -> str:
    if not clock["known"]:
        return output.sign("warning", f"{'unknown':<12}") + "no source has told the time since this boot"
    return output.sign("good", f"{'known':<12}") + f"{clock['source']}, within {clock['error_ms']} ms"


def _sensors(counts: dict[str, int], output: Output) -> str:
    order = ("live", "late", "lost", "not_worn", "connecting", "off")
    parts = [
        output.sign(_SENSOR_SIGN.get(state, "bad"), f"{counts[state]} {state.replace('_', ' ')}")
        for state in order
        if counts.get(state)
    ]
    return "  ".join(parts) or "none registered"


def _sensor_lines(told: Status, output: Output) -> list[str]:
    bad = [one for one in told["sensor_list"] if one["state"] in _NEEDS_LOOKING_AT]
    lines = [f"    {_named(one):<12} {_sensor(one, output)}" for one in bad[:_SHOWN_SENSORS]]
    if len(bad) > _SHOWN_SENSORS:
        lines.append(f"    and {len(bad) - _SHOWN_SENSORS} more: sts-edge status --json")
    return lines


def _named(one: Status) -> str:
    """The sensor, and the jersey of who wears it."""
    jersey = marked(one)
    return f"{one['name']} {jersey}" if jersey else str(one["name"])


def _sensor(one: Status, output: Output) -> str:
    facts = [output.sign(_SENSOR_SIGN.get(one["state"], "bad"), one["state"])]
    if one["last_s"] is not None:
        facts.append(f"last heard {duration(one['last_s'])} ago")
    if one["rssi"] is not None:
        facts.append(f"{one['rssi']} dBm")
    if one["battery"] is not None:
        facts.append(f"battery {one['battery']} %")
    return "  ".join(facts)


def _settings(settings: Status | None, output: Output) -> list[str]:
    """Why a change is not in force stands among the faults."""
    if settings is None:
        return []
    version = output.sign("warning" if settings["refused"] else "good", f"version {settings['version']}")
    return [f"  Settings   {version}, made on the {settings['by']}"]


def _next(told: Status) -> list[str]:
    if told["hub"]["state"] == "refused":
        return ["Next: enrol this gateway again, then check with sts-edge config validate"]
    if told["hub"].get("parked"):
        return [
            "Next: have a code made at the hub, then sudo sts-edge enrol CODE --hub URL --anew --name NEW-NAME"
        ]
    if attention := [one["name"] for one in told["sensor_list"] if one["state"] in _NEEDS_LOOKING_AT]:
        return [f"Next: sts-edge sensors test {attention[0]}"]
    return [] if exit_code(told) is Exit.HEALTHY else ["Next: sts-edge doctor"]


def marked(wearer: Status) -> str:
    """The jersey, or the initials of who has none; empty where nothing is known."""
    jersey = wearer.get("jersey")
    return str(wearer.get("initials") or "") if jersey is None else f"#{jersey}"


def duration(seconds: float) -> str:
    """Seconds for people: 0.3 s, 42 s, 3m 20s, 1h 02m, 2d 3h."""
    if seconds < 10:
        return f"{seconds:.1f} s" if seconds % 1 else f"{seconds:.0f} s"
    whole = int(seconds)
    days, hours, minutes = whole // 86_400, whole // 3_600 % 24, whole // 60 % 60
    if days:
        return f"{days}d {hours}h"
    if hours:
        return f"{hours}h {minutes:02d}m"
    return f"{minutes}m {whole % 60:02d}s" if minutes else f"{whole} s"


def megabytes(count: int) -> str:
    """Bytes for people."""
    return f"{count / 1_000_000:.1f} MB"
