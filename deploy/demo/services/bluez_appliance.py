"""Real BlueZ on a real kernel, in a virtual machine without a disk, with Bluetooth adapters that the host serves.

Three doors, all on loopback: D-Bus (`address`), a shell (`shell`), and HCI, one UDP port of the host for each adapter,
on which somebody must answer as its controller (sts_sims.carriers.hci.datagrams).
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import Sequence
from pathlib import Path

from demo.ports import LOOPBACK, free_port, wait_until
from demo.processes import Program, StartError
from demo.services.bluez_guest import BUS_PORT, SHELL_PORT, make_guest

QEMU = "qemu-system-x86_64"
# 15 s on an idle machine of two cores, emulated; a busy one takes four times that.
START_ALLOWANCE_S = 120
ANSWER_ALLOWANCE_S = 20
UP = "the guest is up"
# TCG, not KVM: a KVM device that opens is no proof that a guest will boot on it. PVH starts an ELF kernel at once.
# The ciphers' tests of themselves take seconds when they are emulated.
MACHINE = (
    "-accel tcg,thread=multi -cpu max -smp 2 -m 512 -nodefaults -no-user-config -no-reboot -display none"
)
KERNEL_LINE = "console=ttyS0 panic=-1 quiet cryptomgr.notests=1 hci={ports}"


def why_not() -> str | None:
    """Why no guest can be made or run here, or None."""
    for program, package in ((QEMU, "qemu-system-x86"), ("mmdebstrap", "mmdebstrap")):
        if shutil.which(program) is None:
            return f"{program} is missing: install the package {package}"
    return None


class BluezAppliance:
    """One virtual machine. `hci_ports`: UDP ports of loopback, one adapter (hci0, hci1 …) for each."""

    def __init__(self, built: Path, folder: Path, hci_ports: Sequence[int]) -> None:
        self._built = built
        self._console = folder / "console.log"
        self._hci_ports = hci_ports
        self._bus_port = free_port()
        self._shell_port = free_port()
        self.process: Program | None = None

    @property
    def address(self) -> str:
        """What DBUS_SYSTEM_BUS_ADDRESS must say."""
        return f"tcp:host={LOOPBACK},port={self._bus_port}"

    def start(self) -> None:
        """Make the guest if it is not there, and boot it; raises StartError."""
        guest = make_guest(self._built)
        self._console.parent.mkdir(parents=True, exist_ok=True)
        self._console.write_bytes(b"")
        ports = ",".join(map(str, self._hci_ports))
        doors = f"hostfwd=tcp:{LOOPBACK}:{self._bus_port}-:{BUS_PORT},hostfwd=tcp:{LOOPBACK}:{self._shell_port}-:{SHELL_PORT}"
        command: list[str | Path] = [QEMU, *MACHINE.split(), "-serial", f"file:{self._console}"]
        command += ["-kernel", guest.kernel, "-initrd", guest.initramfs]
        command += ["-append", KERNEL_LINE.format(ports=ports)]
        command += ["-netdev", f"user,id=net,{doors}", "-device", "virtio-net-pci,netdev=net,romfile="]
        self.process = Program("qemu", command, self._console.with_name("qemu.log"))
        if not wait_until(self._up_or_ended, START_ALLOWANCE_S) or not self.process.running():
            self.stop()
            raise StartError(f"the BlueZ guest did not start; its console is {self._console}")

    def shell(self, command: str) -> str:
        """Have the guest's shell do something, and wait for what it says."""
        with socket.create_connection((LOOPBACK, self._shell_port), timeout=ANSWER_ALLOWANCE_S) as door:
            door.sendall(f"{command}\nexit\n".encode())
            return b"".join(iter(lambda: door.recv(4096), b"")).decode()

    def restart_bluez(self) -> None:
        """Have bluetoothd end; init starts it again, knowing nothing."""
        gone = "while [ -d /proc/$pid ]; do usleep 20000; done"
        self.shell(f"for pid in $(pidof bluetoothd); do kill -CONT $pid; kill $pid; {gone}; done")

    def close_doors(self) -> None:
        """End all D-Bus connections of the host, as if the bus had died for them."""
        self.shell("kill $(cat /proc/$(cat /run/door)/task/*/children)")

    def stop(self) -> None:
        """End it; nothing of it is left."""
        if self.process is not None:
            self.process.stop()
            self.process = None

    def _up_or_ended(self) -> bool:
        assert self.process is not None
        return UP in self._console.read_text(errors="replace") or not self.process.running()
