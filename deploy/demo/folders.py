"""Folders with short names that need no quoting, wherever the clone lies.

A unix socket's path may have 107 bytes, RabbitMQ's start scripts split paths at spaces, and a server
that has given up root cannot enter a home that is closed to others. So everything that is sensitive
to its path is reached through a short folder under the system's folder for temporary files.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
from pathlib import Path

TEMPORARY = Path("/tmp")
# Survives a restart of the machine, unlike the folder above: for data that cannot lie in the clone.
LASTING = Path("/var/tmp")


class FolderError(Exception):
    """A folder that we must own is in somebody else's hands."""


def short_name(folder: Path) -> str:
    """What stands for this folder of ours; the same at each start, another for each clone and user."""
    digest = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()
    return f"sts-{os.getuid()}-{digest[:10]}"


def _make(path: Path, mode: int) -> Path:
    path.mkdir(mode=mode, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise FolderError(f"{path} belongs to somebody else: remove it, then start again")
    path.chmod(mode)
    return path


def short_folder(folder: Path) -> Path:
    """The short folder that stands for `folder`, with a link `here` to it.

    The same one at each start, since a broker remembers where its data lay. Others may pass through
    it (a server that gave up root has its socket below) but not list it.
    """
    short = _make(TEMPORARY / short_name(folder), 0o711)
    here = short / "here"
    if not here.is_symlink() or here.readlink() != folder.resolve():
        here.unlink(missing_ok=True)
        here.symlink_to(folder.resolve())
    return short


def lasting_folder(folder: Path) -> Path:
    """A folder outside the clone that others may pass through, for a server that gave up root."""
    return _make(LASTING / short_name(folder), 0o711)


def remove_short_folder(folder: Path) -> None:
    """Take away what `short_folder` made; the folder that it stands for stays."""
    shutil.rmtree(TEMPORARY / short_name(folder), ignore_errors=True)


def remove_lasting_folder(folder: Path) -> None:
    """Take away what `lasting_folder` made, with all that lies in it."""
    shutil.rmtree(LASTING / short_name(folder), ignore_errors=True)


def reachable_by_others(folder: Path) -> bool:
    """Whether every folder on the way down to this one lets anybody pass."""
    way = [folder.resolve(), *folder.resolve().parents]
    return all(step.stat().st_mode & stat.S_IXOTH for step in way if step.exists())


def unprivileged_user() -> pwd.struct_passwd | None:
    """Who a server must become that refuses to run as root; None when we are not root."""
    return pwd.getpwnam("nobody") if os.getuid() == 0 else None
