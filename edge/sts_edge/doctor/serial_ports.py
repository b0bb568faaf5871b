"""Serial ports: there, allowed, and nobody else's."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

from sts_edge.config import Settings
from sts_edge.sources.serial.transport import BY_ID

from .patient import Passed, Patient, Result, Results, Skipped, found

# Errors of open(2) that mean that somebody else has the port.
_TAKEN = frozenset({errno.EBUSY})
_NOT_ALLOWED = frozenset({errno.EACCES, errno.EPERM})


def serial(patient: Patient) -> Results:
    """Can each serial port of the settings be opened?"""
    ports = [] if patient.settings is None else devices(patient.settings)
    if not ports:
        yield Skipped("serial", "no serial port in the settings")
    held = {one.resolve() for one in _held_by_agent(patient)}
    for port in ports:
        yield examine_port(port, held)


def devices(settings: Settings) -> list[Path]:
    """The devices of the settings' serial ports; a name without a folder is one of /dev/serial/by-id."""
    return [BY_ID / one.device for one in settings.ports]


def examine_port(port: Path, held: set[Path]) -> Result:
    """One port; those in `held` are our own agent's."""
    if port.resolve() in held:
        return Passed("serial", f"{port} is read by the agent")
    try:
        file = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in _NOT_ALLOWED:
            return found("serial-not-allowed", f"{port}: {error.strerror}")
        if error.errno in _TAKEN:
            return found("serial-taken", f"{port}: {error.strerror}", port=port)
        return found("serial-missing", f"{port}: {error.strerror}")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return found("serial-taken", f"{port} is locked by another program", port=port)
    finally:
        os.close(file)
    return Passed("serial", f"{port} can be opened")


def _held_by_agent(patient: Patient) -> list[Path]:
    """Serial devices that the lock holder of our buffer has open."""
    from .here import lock_holder

    if patient.settings is None:
        return []
    holder = lock_holder(patient.settings.gateway.data_dir / "buffer")
    folder = patient.proc / str(holder) / "fd"
    try:
        return [one.readlink() for one in folder.iterdir()] if holder else []
    except OSError:
        return []
