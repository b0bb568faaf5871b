"""A kernel and an initramfs with real BlueZ, out of Debian's packages, for a virtual machine without a disk.

`python -m demo.services.bluez_guest` makes it under build/. mmdebstrap fetches and unpacks the packages; nothing of them is installed or started here. What the guest needs is
picked out, packed and kept, and the rest is thrown away.
"""

from __future__ import annotations

import lzma
import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from demo.processes import StartError
from demo.progress import step
from demo.services import debian

# BlueZ 5.66 on kernel 6.1, as on the Raspberry Pi OS of that name.
SUITE = "bookworm"
PACKAGES = "bluez,busybox-static,dbus-daemon,linux-image-amd64,socat"

LIBRARIES = ("lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu")
LOADER = "lib64/ld-linux-x86-64.so.2"
PROGRAMS = ("usr/bin/dbus-daemon", "usr/libexec/bluetooth/bluetoothd", "usr/bin/socat")
BUSYBOX = "bin/busybox"
# The card, the network, and the ciphers that the Bluetooth core asks for when an adapter appears.
MODULES = (
    "virtio_pci",
    "virtio_net",
    "cmac",
    "ecb",
    "algif_skcipher",
    "algif_hash",
    "ecdh_generic",
    "hci_vhci",
)
# Where init lets the host in: to D-Bus, and to a shell.
BUS_PORT, SHELL_PORT = 5555, 5556
BUILT = Path(__file__).resolve().parents[3] / "build/bluez"
INIT = Path(__file__).with_name("bluez_guest.init")
BUS = Path(__file__).with_name("bluez_guest.bus.conf")
FOLDERS = ("dev", "etc", "modules", "proc", "run", "sys", "tmp", "var", "var/lib", "var/lib/bluetooth")

# Documentation/x86/boot.rst: where a bzImage tells its setup sectors, and where its payload lies behind them.
SETUP_SECTORS_AT = 0x1F1
PAYLOAD_AT = 0x248
SECTOR = 512
# Documentation/driver-api/early-userspace/buffer-format.rst: the "newc" format.
FILE, EXECUTABLE, FOLDER = 0o100644, 0o100755, 0o040755
TRAILER = "TRAILER!!!"


class Guest(NamedTuple):
    """What QEMU boots."""

    kernel: Path
    initramfs: Path


def make_guest(folder: Path) -> Guest:
    """Make the guest, unless it is there already; raises StartError."""
    guest = Guest(folder / "vmlinux", folder / "initramfs")
    recipe = folder / "recipe"
    wanted = "\n".join((SUITE, PACKAGES, *MODULES, INIT.read_text(), BUS.read_text()))
    if recipe.exists() and recipe.read_text() == wanted:
        return guest
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    root = folder / "root"
    with step("fetching BlueZ and its kernel from Debian"):
        _unpack_packages(root, folder / "packages.log")
    guest.kernel.write_bytes(plain_kernel(next(root.glob("boot/vmlinuz-*")).read_bytes()))
    guest.initramfs.write_bytes(b"".join(_archive(root)))
    shutil.rmtree(root)
    recipe.write_text(wanted)
    return guest


def _unpack_packages(root: Path, log: Path) -> None:
    failed = "Debian's packages for the BlueZ guest could not be fetched"
    debian.fetch(root, SUITE, PACKAGES, ["--variant=extract"], log, failed)


def plain_kernel(image: bytes) -> bytes:
    """The ELF kernel in a bzImage: QEMU starts it by PVH in a third of the time that its own unpacking takes."""
    sectors = image[SETUP_SECTORS_AT] or 4
    at, size = struct.unpack_from("<II", image, PAYLOAD_AT)
    begin = (sectors + 1) * SECTOR + at
    return lzma.LZMADecompressor().decompress(image[begin : begin + size])


def _archive(root: Path) -> Iterator[bytes]:
    """The initramfs, piece by piece."""
    modules = list(module_files(root, MODULES))
    yield from (_entry(name, FOLDER, b"") for name in (*_parents(root), *FOLDERS))
    yield _entry("init", EXECUTABLE, INIT.read_bytes())
    yield _entry("etc/bus.conf", FILE, BUS.read_bytes())
    yield _entry("etc/modules", FILE, "".join(f"/modules/{one.name}\n" for one in modules).encode())
    yield from (_entry(f"modules/{one.name}", FILE, one.read_bytes()) for one in modules)
    yield from (_entry(name, EXECUTABLE, (root / name).read_bytes()) for name in _binaries(root))
    yield _entry(TRAILER, 0, b"")


def _binaries(root: Path) -> list[str]:
    return sorted({BUSYBOX, LOADER, *PROGRAMS, *_libraries(root)})


def _parents(root: Path) -> list[str]:
    """All folders that the binaries lie in, the outer ones first."""
    found = {str(above) for name in _binaries(root) for above in Path(name).parents if above != Path()}
    return sorted(found)


def _libraries(root: Path) -> Iterator[str]:
    """The shared libraries of the programs, as the root's own loader finds them."""
    path = ":".join(str(root / folder) for folder in LIBRARIES)
    for program in PROGRAMS:
        command = [str(root / LOADER), "--library-path", path, "--list", str(root / program)]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        for found in re.findall(r"=> (/\S+)", told):
            yield str(Path(found).relative_to(root.resolve()))


def module_files(root: Path, names: Iterable[str]) -> Iterator[Path]:
    """The files of these kernel modules, each behind those that it depends on, as their own `depends=` tell."""
    files = {path.stem.replace("-", "_"): path for path in root.glob("lib/modules/*/kernel/**/*.ko")}
    taken: set[str] = set()

    def take(name: str) -> Iterator[Path]:
        if name in taken:
            return
        taken.add(name)
        for needed in _depends(files[name].read_bytes()):
            yield from take(needed)
        yield files[name]

    for name in names:
        yield from take(name)


def _depends(module: bytes) -> list[str]:
    told = re.search(rb"\0depends=([^\0]*)\0", module)
    return [name.replace("-", "_") for name in told[1].decode().split(",") if name] if told else []


def _entry(name: str, mode: int, content: bytes) -> bytes:
    """One member of a newc archive: thirteen numbers in hex, name and content, each filled up to four bytes."""
    numbers = (0, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0)
    head = b"070701" + b"".join(b"%08X" % number for number in numbers) + name.encode() + b"\0"
    return _filled(head) + _filled(content)


def _filled(piece: bytes) -> bytes:
    return piece + b"\0" * (-len(piece) % 4)


def main() -> int:
    """0 when the guest is there; 1 after a sentence about what failed."""
    try:
        make_guest(BUILT)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
