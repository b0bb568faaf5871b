"""Bluetooth: the bus, the service, its age, the adapters."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
from pathlib import Path

from sts_edge.sources.bluetooth.adapter import Radio, ask_radio

from .patient import Passed, Patient, Results, found

DEFAULT_ADAPTERS = ("hci0",)
# bleak's own lower bound (its backends/bluezdbus/version.py).
OLDEST_BLUEZ = (5, 55)
_FAULTS = {
    Radio.NO_BUS: "no-dbus",
    Radio.NO_BLUEZ: "bluetoothd-absent",
    Radio.HUNG: "bluetoothd-hung",
    Radio.NO_ADAPTER: "adapter-missing",
}


def bluetooth(patient: Patient) -> Results:
    """Can sensors be heard?"""
    adapters = DEFAULT_ADAPTERS if patient.settings is None else patient.settings.bluetooth.adapters
    version = bluez_version()
    if version is not None and version < OLDEST_BLUEZ:
        yield found("bluez-too-old", f"BlueZ {version[0]}.{version[1]}")
    for name in adapters:
        radio = asyncio.run(ask_radio(name))
        if radio is Radio.ON:
            told = "" if version is None else f", BlueZ {version[0]}.{version[1]}"
            yield Passed("bluetooth", f"{name} is on{told}")
        elif radio is Radio.OFF:
            blocked = rfkill_blocks(patient.sysfs)
            yield found("rfkill-blocked" if blocked else "adapter-off", blocked or f"{name} is off")
        else:
            yield found(_FAULTS[radio], radio.sentence(name))
        if radio in (Radio.NO_BUS, Radio.NO_BLUEZ, Radio.HUNG):
            return


def bluez_version() -> tuple[int, int] | None:
    """As `bluetoothctl` tells it, like bleak asks; None without it."""
    program = shutil.which("bluetoothctl")
    if program is None:
        return None
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    numbers = re.search(r"(\d+)\.(\d+)", told.stdout)
    return None if numbers is None else (int(numbers[1]), int(numbers[2]))


def rfkill_blocks(sysfs: Path) -> str:
    """Which switch blocks Bluetooth (Documentation/driver-api/rfkill.rst), empty when none does."""
    for switch in sorted(sysfs.glob("class/rfkill/rfkill*")):
        try:
            kind, soft, hard = ((switch / one).read_text().strip() for one in ("type", "soft", "hard"))
        except OSError:
            continue
        if kind == "bluetooth" and "1" in (soft, hard):
            return f"{switch.name} blocks Bluetooth, {'a switch on the device' if hard == '1' else 'by software'}"
    return ""
