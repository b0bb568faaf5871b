"""`sts-edge network show, wifi, hotspot`: through NetworkManager's own command, where there is one."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from .call import Call
from .confirming import confirm
from .exits import Exit
from .output import Stop

Row = dict[str, Any]

# nmcli waits 90 s by itself for a network to come up; a person gives up sooner.
ANSWER_S = 60.0
HOTSPOT = "Hotspot"
# nmcli(1), EXIT STATUS: what it says when something is not there, or nobody runs it.
_NOT_RUNNING, _NOT_THERE = 8, 10
# With -t fields are parted by colons, and a colon or backslash in a field stands behind a backslash.
_FIELD = re.compile(r"((?:\\.|[^:\\])*)(?::|$)")


def show(call: Call) -> None:
    """Print how this gateway is connected, and which networks are near."""
    state, connectivity, wifi = _rows("-f", "STATE,CONNECTIVITY,WIFI", "general")[0]
    devices: list[Row] = [
        {"device": name, "type": kind, "state": how, "connection": connection or None, "addresses": []}
        for name, kind, how, connection in _rows("-f", "DEVICE,TYPE,STATE,CONNECTION", "device")
    ]
    for one in devices:
        one["addresses"] = _addresses(str(one["device"]))
    near = _rows("-f", "ACTIVE,SSID,SIGNAL,SECURITY", "device", "wifi", "list", "--rescan", "no")
    networks = [
        {"name": name, "signal_percent": int(signal), "security": security or None, "in_use": active == "yes"}
        for active, name, signal, security in near
        if name
    ]
    told = {"state": state, "internet": connectivity, "wifi": wifi, "devices": devices, "networks": networks}
    if call.output.as_json:
        call.output.document({"schema": "sts.edge.network.show/1", **told})
    else:
        _tell(told, call)
    if connectivity not in ("full", "unknown"):
        raise Stop(Exit.DEGRADED)


def wifi(call: Call, name: str, password_file: Path | None) -> None:
    """Join a Wi-Fi network; nmcli asks for the password itself, or it is the first line of a file."""
    try:
        secret = (
            None if password_file is None else password_file.read_text(encoding="utf-8").partition("\n")[0]
        )
    except (OSError, UnicodeDecodeError) as error:
        raise Stop(Exit.NOT_FOUND, f"{password_file} cannot be read: {error}.") from None
    _run("--ask", "device", "wifi", "connect", name, secret=secret, asks=secret is None)
    _tell_done(call, "wifi", name, f"connected to {name}", "sts-edge doctor --only tcp")


def hotspot(call: Call, name: str, off: bool) -> None:
    """Open a Wi-Fi network of this gateway's own, to reach it in a field; it takes the Wi-Fi away from all
    else."""
    if off:
        _run("connection", "down", HOTSPOT)
        _tell_done(call, "hotspot", name, "the hotspot is off", "sts-edge network show")
        return
    confirm(call, "This gateway leaves its Wi-Fi network, and so may this session.", "hotspot")
    _run("device", "wifi", "hotspot", "con-name", HOTSPOT, "ssid", name)
    _tell_done(call, "hotspot", name, f"the hotspot {name} is on", "nmcli device wifi show-password")


def _tell(told: Row, call: Call) -> None:
    output = call.output
    good = told["internet"] in ("full", "unknown")
    output.line(output.sign("good" if good else "bad", f"{told['state']}, internet {told['internet']}"))
    for one in told["devices"]:
        where = ", ".join([*([one["connection"]] if one["connection"] else []), *one["addresses"]])
        output.line(f"  {one['device']:<10} {one['type']:<10} {one['state']:<14} {where}".rstrip())
    if told["networks"]:
        rows = [("NETWORK", "SIGNAL", "SECURITY", "")]
        for one in sorted(told["networks"], key=lambda one: -one["signal_percent"]):
            used = "in use" if one["in_use"] else ""
            rows.append((one["name"], f"{one['signal_percent']} %", one["security"] or "open", used))
        output.table(rows)
    if not good:
        output.line("Next: sts-edge network wifi NAME, or plug in a cable")


def _tell_done(call: Call, verb: str, name: str, sentence: str, following: str) -> None:
    if call.output.as_json:
        call.output.document({"schema": f"sts.edge.network.{verb}/1", "network": name, "done": sentence})
    else:
        call.output.line(f"{call.output.sign('good', sentence)}   Next: {following}")


def _addresses(device: str) -> list[str]:
    lines = _run("-t", "-f", "IP4.ADDRESS,IP6.ADDRESS", "device", "show", device).splitlines()
    return [fields(line)[1] for line in lines if len(fields(line)) == 2]


def _rows(*words: str) -> list[list[str]]:
    return [fields(line) for line in _run("-t", *words).splitlines() if line]


def fields(line: str) -> list[str]:
    """The fields of a line of `nmcli -t`; an address of IPv6 has its colons behind backslashes, too."""
    found = [match[1] for match in _FIELD.finditer(line)]
    parts = found[:-1] if not line.endswith(":") and found and found[-1] == "" else found
    return [re.sub(r"\\(.)", r"\1", part) for part in parts]


def _run(*words: str, secret: str | None = None, asks: bool = False) -> str:
    """What nmcli printed. Stops the command with what it says is wrong."""
    program = shutil.which("nmcli")
    if program is None:
        raise Stop(
            Exit.NOT_FOUND,
            "NetworkManager is not on this machine, so its network is set elsewhere: see `ip address`, and "
            "/etc/network or /etc/netplan. Next: sts-edge doctor --only tcp",
        )
    try:
        # Its own time-out is longer than ours; LC_ALL: states are words that this program compares.
        done = subprocess.run(
            [program, "--colors", "no", *words],
            input=None if secret is None else secret + "\n",
            stdout=None if asks else subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            timeout=None if asks else ANSWER_S,
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Stop(
            Exit.TIMED_OUT, f"nmcli did not end within {ANSWER_S:g} s. Next: sts-edge network show"
        ) from None
    if done.returncode:
        raise _refusal(done.returncode, (done.stderr or "").strip().removeprefix("Error: "))
    return done.stdout or ""


def _environment() -> dict[str, str]:
    import os

    return {**os.environ, "LC_ALL": "C.UTF-8"}


def _refusal(code: int, words: str) -> Stop:
    if code == _NOT_RUNNING:
        return Stop(Exit.FAILED, f"{words} Next: sudo systemctl start NetworkManager")
    if code == _NOT_THERE:
        return Stop(Exit.NOT_FOUND, f"{words} Next: sts-edge network show")
    if "not authorized" in words.lower() or "insufficient privileges" in words.lower():
        return Stop(Exit.NOT_ALLOWED, f"{words} Next: the same with sudo")
    return Stop(Exit.FAILED, f"{words} Next: sts-edge network show")
