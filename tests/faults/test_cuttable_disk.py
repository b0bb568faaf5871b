"""The cut itself, with nothing of ours on the disk: which syncs may be believed once the power is gone.

What was synced before the ioctl began is on the medium, always. An fdatasync that is under way while it runs can
return without an error for a block that never got there: always one of the last before EIO, always where the sync
had to put a new block or a new length into the journal, and never where it only wrote over what was there. Measured
on Linux 6.18, with the monotonic time of each sync's return and of the moment before the ioctl:

    cuts, file that grows     returned before    for nothing     returned while it ran    for nothing
    400 on ext4                        10,672              0                        77             57
    400 on XFS                         58,104              0                       120             20
    cuts, file written over
    100 on ext4                        11,560              0                       114              0
    100 on XFS                          5,767              0                        76              0

So it is the file system that, shut down below a sync, answers for a journal that is no more; a machine without power
answers nothing. That is why the tests of the buffer count as accepted what was synced before the cut, see
test_buffer_power_cut.
"""

from __future__ import annotations

import os
import random
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest

from buffer_cuts import CuttableDisk, cuttable_disk

BLOCK_BYTES = 4096
# What is written over is this long: more blocks than a disk syncs in the time until the cut.
BLOCKS_THERE = 4_000
CHANCE = random.Random(7)


class Synced(NamedTuple):
    """A block whose sync returned without an error, and when."""

    number: int
    at_s: float


class Cut(NamedTuple):
    """How many syncs returned before the cut began and while it ran, and how many of these are not there."""

    before: int
    during: int
    missing_before: int
    missing_during: int

    def __str__(self) -> str:
        return (
            f"{self.before:,} syncs returned before the cut began, {self.missing_before} of them for nothing; "
            f"{self.during:,} while it ran, {self.missing_during} of them for nothing"
        )


# So many syncs return before a cut, on however slow a disk.
FEW = 3


def block(number: int) -> bytes:
    """A block that is no other, and not zeros."""
    return (number + 1).to_bytes(8, "little") * (BLOCK_BYTES // 8)


def sync_blocks(file: int, synced: list[Synced], sync: Callable[[int], None]) -> None:
    """Write block after block and sync each, until the file system says EIO."""
    with suppress(OSError):
        for number in count():
            os.pwrite(file, block(number), number * BLOCK_BYTES)
            sync(file)
            synced.append(Synced(number, time.monotonic()))


def open_for_blocks(path: Path, blocks_there: int) -> int:
    """A new file of so many blocks of zeros, safe on the medium with its name."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    os.pwrite(file, bytes(blocks_there * BLOCK_BYTES), 0)
    os.fsync(file)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    return file


def cut_while_syncing(disk: CuttableDisk, blocks_there: int, sync: Callable[[int], None]) -> Cut:
    """Sync blocks for a moment, cut the power under it, look at the medium."""
    path, synced = disk.folder / "blocks", list[Synced]()
    path.unlink(missing_ok=True)
    file = open_for_blocks(path, blocks_there)
    syncing = threading.Thread(target=sync_blocks, args=(file, synced, sync))
    syncing.start()
    while len(synced) < FEW and syncing.is_alive():
        time.sleep(0.001)
    time.sleep(CHANCE.random() * 0.1)
    began_s = time.monotonic()
    disk.cut()
    syncing.join()
    os.close(file)
    disk.restart()
    medium = path.read_bytes()
    missing = {one for one in synced if not medium.startswith(block(one.number), one.number * BLOCK_BYTES)}
    before = {one for one in synced if one.at_s < began_s}
    return Cut(len(before), len(synced) - len(before), len(missing & before), len(missing - before))


def cut_often(
    kind: str, where: Path, blocks_there: int, cuts: int, sync: Callable[[int], None] = os.fdatasync
) -> Cut:
    """The counts of so many cuts, added up."""
    with cuttable_disk(kind, where) as disk:
        each = [cut_while_syncing(disk, blocks_there, sync) for _ in range(cuts)]
    return Cut(*map(sum, zip(*each, strict=True)))


def cuts(many: int) -> pytest.MarkDecorator:
    """A few, and with the long tests many."""
    return pytest.mark.parametrize(
        "cuts", [3, pytest.param(many, marks=[pytest.mark.long, pytest.mark.timeout(1_200)])]
    )


@cuts(400)
@pytest.mark.parametrize("kind", ["ext4", "xfs"])
def test_what_was_synced_before_the_cut_is_on_the_medium(
    tmp_path: Path, kind: str, cuts: int, tell: Callable[[str], None]
) -> None:
    """The file grows with each block, as a segment does with each step. While the cut runs, anything may be said."""
    told = cut_often(kind, tmp_path, 0, cuts)

    tell(f"{cuts} cuts: {told}")
    assert told.before > cuts
    assert told.missing_before == 0


@cuts(100)
@pytest.mark.parametrize("kind", ["ext4", "xfs"])
def test_what_was_written_over_and_synced_while_the_power_goes_is_there_too(
    tmp_path: Path, kind: str, cuts: int, tell: Callable[[str], None]
) -> None:
    """No journal has a part in it: what is missing elsewhere is missing because of the journal."""
    told = cut_often(kind, tmp_path, BLOCKS_THERE, cuts)

    tell(f"{cuts} cuts: {told}")
    assert told.before > cuts
    assert (told.missing_before, told.missing_during) == (0, 0)


@pytest.mark.parametrize("kind", ["ext4", "xfs"])
def test_what_was_not_synced_is_missing(tmp_path: Path, kind: str) -> None:
    """Control: this cut takes away what the kernel still held, and these tests see it."""
    told = cut_often(kind, tmp_path, 0, 1, sync=lambda _: time.sleep(0.001))

    assert told.missing_before > told.before // 2


@pytest.mark.parametrize("kind", ["ext4", "xfs"])
def test_the_disk_comes_back_while_somebody_keeps_the_dead_one(tmp_path: Path, kind: str) -> None:
    """Whoever makes a mount namespace at the wrong moment has it mounted, too: two disks of one name for XFS."""
    with cuttable_disk(kind, tmp_path) as disk:
        (disk.folder / "there").touch()
        os.sync()
        command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", "echo; exec cat"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as keeper:
            assert keeper.stdout is not None
            keeper.stdout.readline()
            disk.cut()
            disk.restart()
            assert (disk.folder / "there").exists()
            keeper.communicate()
