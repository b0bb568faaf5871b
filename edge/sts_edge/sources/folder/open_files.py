"""Whether a process of this machine has a file open for writing, as far as the kernel shows it to us.

Of processes of other users only root sees that; of a computer at the other end of a network share nobody. So
this shortens no waiting: it only prolongs it.
"""

import os
from pathlib import Path

_PROCESSES = Path("/proc")


def is_being_written(path: Path, processes: Path = _PROCESSES) -> bool:
    """Whether somebody who can be seen has it open for writing."""
    try:
        file = path.stat()
    except OSError:
        return False
    return any(_writes(process, file) for process in processes.glob("[0-9]*"))


def _writes(process: Path, file: os.stat_result) -> bool:
    try:
        handles = list((process / "fd").iterdir())
    except OSError:
        return False
    return any(_is_writing(process, handle, file) for handle in handles)


def _is_writing(process: Path, handle: Path, file: os.stat_result) -> bool:
    try:
        if not os.path.samestat(handle.stat(), file):
            return False
        return bool(_flags(process / "fdinfo" / handle.name) & os.O_ACCMODE)
    except OSError:
        return False


def _flags(info: Path) -> int:
    for line in info.read_text(encoding="ascii").splitlines():
        if line.startswith("flags:"):
            return int(line.split()[1], 8)
    return 0
