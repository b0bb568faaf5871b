"""What the guest with real BlueZ is packed from: modules in their order, and an archive that a kernel can read."""

from __future__ import annotations

import lzma
import struct
from pathlib import Path

import pytest

from demo.services import bluez_appliance, bluez_guest


def module(root: Path, name: str, *depends: str) -> None:
    """A kernel module as far as its dependencies go."""
    place = root / "lib/modules/6.1/kernel/somewhere"
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{name}.ko").write_bytes(
        b"\x7fELF\0license=GPL\0depends=" + ",".join(depends).encode() + b"\0more"
    )


def test_each_module_comes_behind_those_that_it_needs_and_once(tmp_path: Path) -> None:
    module(tmp_path, "hci_vhci", "bluetooth")
    module(tmp_path, "bluetooth", "ecdh_generic", "rfkill", "crc16")
    module(tmp_path, "ecdh_generic", "ecc")
    for name in ("ecc", "rfkill", "crc16"):
        module(tmp_path, name)
    module(tmp_path, "virtio-net")
    found = bluez_guest.module_files(tmp_path, ["ecdh_generic", "hci_vhci", "virtio_net"])
    names = [path.stem for path in found]
    assert names == ["ecc", "ecdh_generic", "rfkill", "crc16", "bluetooth", "hci_vhci", "virtio-net"]


def test_an_archive_is_read_back_member_by_member() -> None:
    members = {"init": b"#!/bin/busybox sh\n", "etc/bus.conf": b"", "bin/odd": b"12345"}
    archive = b"".join(
        bluez_guest._entry(name, bluez_guest.FILE, content) for name, content in members.items()
    )
    found = {}
    while archive:
        assert archive.startswith(b"070701")
        mode, size, name_size = (int(archive[at : at + 8], 16) for at in (14, 54, 94))
        name = archive[110 : 110 + name_size - 1].decode()
        begin = (110 + name_size + 3) // 4 * 4
        found[name] = archive[begin : begin + size]
        assert mode == bluez_guest.FILE
        archive = archive[(begin + size + 3) // 4 * 4 :]
    assert found == members


def test_the_kernel_is_taken_out_of_its_wrapping() -> None:
    kernel, sectors = b"\x7fELF and the rest", 3
    payload = lzma.compress(kernel)
    image = bytearray((sectors + 1) * bluez_guest.SECTOR + 16) + payload + b"trailing"
    image[bluez_guest.SETUP_SECTORS_AT] = sectors
    struct.pack_into("<II", image, bluez_guest.PAYLOAD_AT, 16, len(payload))
    assert bluez_guest.plain_kernel(bytes(image)) == kernel


def test_a_machine_without_qemu_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bluez_appliance.why_not() == "qemu-system-x86_64 is missing: install the package qemu-system-x86"
    (tmp_path / "qemu-system-x86_64").touch(mode=0o755)
    assert bluez_appliance.why_not() == "mmdebstrap is missing: install the package mmdebstrap"
    (tmp_path / "mmdebstrap").touch(mode=0o755)
    assert bluez_appliance.why_not() is None
