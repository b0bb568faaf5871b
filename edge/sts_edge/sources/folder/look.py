"""What lies in a folder now. Nothing is opened, followed or changed."""

import os
import stat
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

# What programs write under before they rename it, and what they leave beside it.
TEMPORARY = (
    *(".*", "~*", "*~", "#*#", "*.tmp", "*.temp", "*.part", "*.partial", "*.filepart", "*.crdownload"),
    *("*.swp", "*.lock", "*.lck", "thumbs.db", "desktop.ini"),
)


class State(NamedTuple):
    """What changes when a file is written to. ctime is set by this machine's kernel, mtime by anybody."""

    size: int
    mtime_ns: int
    ctime_ns: int


class Seen(NamedTuple):
    """A file by its name below the folder, as people can read it, with `/` between folders."""

    name: str
    path: Path
    state: State


def look(folder: Path, patterns: Sequence[str]) -> list[Seen]:
    """The files that match a pattern and are not temporary, by name. Raises OSError for an unreadable folder.

    Folders below are entered only if a pattern names one. Capitals do not matter; links are passed over.
    """
    lower = [pattern.lower() for pattern in patterns]
    depth = max(pattern.count("/") for pattern in lower)
    files = _walk(folder, "", depth)
    return sorted(seen for seen in files if any(fnmatchcase(seen.name.lower(), one) for one in lower))


def is_temporary(name: str) -> bool:
    """Whether a file of this name is on its way to another, or none of anybody's business."""
    return any(fnmatchcase(name.lower(), pattern) for pattern in TEMPORARY)


def _walk(folder: Path, above: str, depth: int) -> Iterator[Seen]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if is_temporary(entry.name):
                continue
            try:
                found = entry.stat(follow_symlinks=False)
            except OSError:
                continue  # gone, or renamed, since it was listed
            if stat.S_ISREG(found.st_mode):
                state = State(found.st_size, found.st_mtime_ns, found.st_ctime_ns)
                yield Seen(above + _text(entry.name), Path(entry.path), state)
            elif stat.S_ISDIR(found.st_mode) and depth:
                yield from _walk(Path(entry.path), f"{above}{_text(entry.name)}/", depth - 1)


def _text(name: str) -> str:
    """A name that is no text (a share mounted with another character set), with ? for what cannot be read."""
    readable = name.encode(errors="replace").decode()
    return "".join(char if char.isprintable() else "?" for char in readable)
