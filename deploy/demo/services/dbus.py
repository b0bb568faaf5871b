"""A private D-Bus daemon with one unix socket, on which a simulated BlueZ can own its name."""

from __future__ import annotations

import shutil
from pathlib import Path
from xml.sax.saxutils import escape

from demo.folders import remove_short_folder, short_folder
from demo.ports import wait_until
from demo.processes import Program, StartError

START_ALLOWANCE_S = 60
CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>custom</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow receive_sender="*" eavesdrop="true"/>
  </policy>
</busconfig>
"""


def find_dbus_daemon() -> Path | None:
    """Where the distribution's dbus-daemon lies."""
    found = shutil.which("dbus-daemon")
    return Path(found) if found else None


class DBus:
    """One daemon; `address` is what DBUS_SYSTEM_BUS_ADDRESS must say."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._socket = short_folder(folder) / "bus"
        self.process: Program | None = None

    @property
    def address(self) -> str:
        """The bus's address in D-Bus's own notation."""
        return f"unix:path={self._socket}"

    def start(self) -> None:
        """Come up within some milliseconds; raises StartError otherwise."""
        program = find_dbus_daemon()
        if program is None:
            raise StartError("no dbus-daemon on this machine: install the package dbus")
        self._socket = short_folder(self._folder) / "bus"
        self._socket.unlink(missing_ok=True)
        configuration = self._folder / "bus.conf"
        configuration.write_text(CONFIGURATION.format(socket=escape(str(self._socket))))
        self.process = Program(
            "dbus-daemon",
            [program, f"--config-file={configuration}", "--nofork", "--nopidfile", "--nosyslog"],
            self._folder / "dbus.log",
        )
        if not wait_until(self._socket.exists, START_ALLOWANCE_S, every_s=0.01):
            raise self.process.failure("did not open its socket")

    def stop(self) -> None:
        """End it and remove its socket."""
        if self.process is not None:
            self.process.stop()
            self.process = None
        remove_short_folder(self._folder)
