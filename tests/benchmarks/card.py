"""Where a buffer is measured: a folder of this machine's disk, and as root a small ext4 of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from faults import meters

CARD_BYTES = 192 << 20
SECTOR_BYTES = 512


@dataclass(frozen=True)
class Card:
    """A folder to write to; `device` is the block device below it where it is ours alone."""

    name: str
    folder: Path
    device: str = ""

    def written_bytes(self) -> int:
        """What has reached the device so far, its file system's journal included.

        Without a device of our own: each write call of this process in whole blocks. That is too much by one
        block for each waking of another thread, and leaves out the journal.
        """
        if not self.device:
            return meters.written_bytes(os.getpid())
        os.sync()
        for line in Path("/proc/diskstats").read_text().splitlines():
            fields = line.split()
            if fields[2] == self.device:
                return int(fields[9]) * SECTOR_BYTES
        raise RuntimeError(f"The kernel keeps no counters of {self.device}.")


@contextlib.contextmanager
def plain(folder: Path) -> Iterator[Card]:
    """A folder on this machine's disk."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield Card("this disk, as the process wrote", folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def why_no_image() -> str:
    """What keeps us from an ext4 of our own; empty when nothing does."""
    if os.getuid():
        return "only root may mount an image"
    lacking = [tool for tool in ("mkfs.ext4", "losetup", "mount") if not shutil.which(tool)]
    return f"no {', '.join(lacking)} here" if lacking else ""


@contextlib.contextmanager
def image(folder: Path) -> Iterator[Card]:
    """An ext4 with the blocks of a card, in a file behind a loop device; unmounted whatever happens."""
    folder.mkdir(parents=True, exist_ok=True)
    disk, place = folder / "card.img", folder / "card"
    place.mkdir(exist_ok=True)
    with disk.open("wb") as file:
        file.truncate(CARD_BYTES)
    with contextlib.ExitStack() as after:
        after.callback(disk.unlink)
        # Not filled in later by the kernel: that would be counted as ours.
        _run("mkfs.ext4", "-q", "-b", "4096", "-E", "lazy_itable_init=0,lazy_journal_init=0", disk)
        loop = _run("losetup", "--find", "--show", disk)
        after.callback(_run, "losetup", "--detach", loop)
        _run("mount", "-o", "noatime", loop, place)
        after.callback(_run, "umount", place)
        yield Card("an ext4 of its own, as the device counts", place, loop.removeprefix("/dev/"))


def _run(*words: str | Path) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()
