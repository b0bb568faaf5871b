"""Files put in place in one step: a power cut leaves the old one or the new one."""

import os
from pathlib import Path


def store(file: Path, text: str, mode: int) -> None:
    """Put a text in place in one step, synced, its owner that of its folder. Raises OSError."""
    store_bytes(file, text.encode(), mode)


def store_bytes(file: Path, content: bytes, mode: int) -> None:
    """The same with bytes."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as opened:
            os.fchmod(descriptor, mode)
            if os.geteuid() == 0:
                folder = file.parent.stat()
                os.fchown(descriptor, folder.st_uid, folder.st_gid)
            opened.write(content)
            opened.flush()
            os.fsync(descriptor)
        put_in_place(fresh, file)
    finally:
        fresh.unlink(missing_ok=True)


def put_in_place(fresh: Path, file: Path) -> None:
    """Give a file its name, for good. Raises OSError."""
    fresh.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
