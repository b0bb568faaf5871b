"""A disk whose power can be cut: a file system in a file, on a loop device, shut down by its own ioctl.

After the ioctl the file system answers EIO and writes nothing more, not even its journal; what the kernel still
held in memory is gone with the unmount. Only root may do this.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from missing_parts import missing

# EXT4_IOC_SHUTDOWN and XFS_IOC_GOINGDOWN are one number; 2: do not flush the journal (linux/fs/ext4, fs/xfs).
SHUTDOWN = 0x8004587D
WITHOUT_FLUSH = 2
SIZES = {"ext4": 96 << 20, "xfs": 320 << 20}
# After a cut the same disk comes back beside the dead one, which another mount namespace may keep alive.
MOUNTED_WITH = {"ext4": "defaults", "xfs": "nouuid"}


class CuttableDisk:
    """A mounted file system."""

    def __init__(self, kind: str, image: Path, folder: Path) -> None:
        self._kind = kind
        self._image = image
        self._device = ""
        self._cuts = 0
        self.folder = folder

    def mount(self) -> None:
        self._device = _said("losetup", "--find", "--show", str(self._image))
        _said("mount", "-o", MOUNTED_WITH[self._kind], self._device, str(self.folder))

    def unmount(self) -> None:
        _said("umount", str(self.folder))
        _said("losetup", "--detach", self._device)
        self._image.unlink()

    def cut(self) -> None:
        """From this moment nothing reaches the medium."""
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(folder, SHUTDOWN, struct.pack("I", WITHOUT_FLUSH))
        finally:
            os.close(folder)

    def go_read_only(self) -> None:
        """What ext4 does by itself when the medium answers with errors: no write from now on, files stay open."""
        _said("mount", "-o", "remount,abort", str(self.folder))

    def restart(self) -> None:
        """Power is back, and the medium is what it was at the cut.

        A copy of it is mounted: the unmount of the dead file system still flushes what its device holds in
        memory, and a mount namespace that somebody on this machine made meanwhile may keep it alive.
        """
        self._cuts += 1
        medium = self._image.with_suffix(f".{self._cuts}")
        _said("cp", "--sparse=always", str(self._image), str(medium))
        self.unmount()
        self._image = medium
        self.mount()

    def written_bytes(self) -> int:
        """What has been written to the device so far."""
        sectors = Path(f"/sys/class/block/{Path(self._device).name}/stat").read_text().split()[6]
        return int(sectors) * 512


def _said(*command: str) -> str:
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    except subprocess.CalledProcessError as error:
        error.add_note(error.stderr.strip())
        raise


@contextmanager
def cuttable_disk(kind: str, where: Path, *options: str) -> Iterator[CuttableDisk]:
    """A fresh file system of a kind; named skip where this machine cannot have one."""
    make = shutil.which(f"mkfs.{kind}")
    if os.geteuid() != 0:
        missing("a disk whose power can be cut", "run the tests as root")
    if make is None:
        missing(f"mkfs.{kind}", f"install the package {'e2fsprogs' if kind == 'ext4' else 'xfsprogs'}")
    image, folder = where / f"{kind}.img", where / kind
    with image.open("wb") as file:
        file.truncate(SIZES[kind])
    folder.mkdir()
    subprocess.run([str(make), "-q", *options, str(image)], check=True, capture_output=True)
    disk = CuttableDisk(kind, image, folder)
    try:
        disk.mount()
    except subprocess.CalledProcessError as error:
        missing("a loop device", f"{error.cmd[0]} says: {error.stderr.strip()}")
    try:
        yield disk
    finally:
        disk.unmount()
