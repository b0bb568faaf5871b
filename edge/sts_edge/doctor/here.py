"""What can be wrong on this machine: settings, agent, disk, buffer, card, clock."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import socket
import struct
import tempfile
import time
from pathlib import Path

from sts_edge.clock import boot_us
from sts_edge.clock.ntp import read_ntp
from sts_edge.config import ConfigError, load
from sts_edge.control.client import AgentAbsent, AgentSilent, NotAllowed, ask
from sts_edge.uplinks.tls import EARLIEST_US

from .card import card_under
from .patient import Passed, Patient, Results, Skipped, found

# Full means that a kept segment's reserve does not fit any more (16 KB) and a person has no room to work in.
FULL_BYTES = 8 << 20
# A card at four fifths of its life, or one that lasts less than two seasons.
WORN_PERCENT = 80
WORN_YEARS = 2.0
# The hub's answer is half a round trip late at most; a second apart is worth a look, and spoils laps.
APART_S = 1.0
_PROBE = b"sts-edge doctor writes and syncs a few bytes\n"


def settings(patient: Patient) -> Results:
    """Is there a settings file that can be used, and is its secret one?"""
    if not patient.config.exists():
        yield found("settings-missing", f"{patient.config} is not there")
        return
    faults = _settings_faults(patient.config)
    exposed = [one for one in faults if "can be read by every user" in one]
    for sentence in exposed:
        yield found("password-exposed", sentence.partition(":")[0], file=_password_file(patient.config))
    missing = [one for one in faults if "hub.password_file" in one and one not in exposed]
    for sentence in missing:
        yield found("password-missing", sentence.partition(":")[0], file=_password_file(patient.config))
    for sentence in faults:
        if sentence not in exposed and sentence not in missing:
            yield found("settings-invalid", sentence)
    if not faults:
        yield Passed("settings", f"{patient.config} can be used")


def _settings_faults(config: Path) -> list[str]:
    try:
        load(config)
    except ConfigError as error:
        return [str(fault) for fault in error.faults]
    return []


def _password_file(config: Path) -> Path:
    import tomllib

    try:
        given = tomllib.loads(config.read_text(encoding="utf-8"))["hub"]["password_file"]
    except (OSError, ValueError, KeyError, TypeError):
        return config.with_name("password")
    return config.parent / str(given)


def agent(patient: Patient) -> Results:
    """Does one agent run, and is it ours?"""
    holder = None if patient.settings is None else lock_holder(patient.settings.gateway.data_dir / "buffer")
    try:
        status = ask(patient.socket, {"do": "status"}, patient.timeout_s)
        answering = _process_behind(patient.socket)
    except NotAllowed as error:
        yield found("agent-not-allowed", str(error))
    except AgentAbsent:
        if holder:
            detail = f"process {holder} holds the buffer, and no agent answers at {patient.socket}"
            yield found("two-agents", detail, process=holder)
        else:
            yield found("agent-not-running", f"nobody answers at {patient.socket}")
    except (AgentSilent, ValueError, KeyError):
        yield found("agent-silent", f"no answer at {patient.socket} within {patient.timeout_s:g} s")
    else:
        name = None if patient.settings is None else patient.settings.gateway.name
        if name and status["gateway"] != name:
            detail = f"{patient.socket} is {status['gateway']}'s, this is {name}"
            yield found("socket-taken", detail)
        elif holder and answering and holder != answering:
            detail = f"process {holder} holds the buffer, process {answering} answers"
            yield found("two-agents", detail, process=holder)
        elif status["state"] == "failed":
            yield found("agent-failed", "; ".join(status["faults"]))
        elif status["hub"].get("parked"):
            yield found("card-copied", f"the hub has parked {status['gateway']}")
        else:
            yield Passed("agent", f"{status['gateway']} runs, version {status['version']}")


def lock_holder(folder: Path) -> int | None:
    """The process that holds a buffer's lock; None when nobody does, or it cannot be told."""
    try:
        file = os.open(folder / "lock", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        text = os.read(file, 32).decode("ascii", "replace").strip()
        return int(text) if text.isdigit() else None
    finally:
        os.close(file)
    return None


def _process_behind(path: Path) -> int | None:
    """Who listens at a socket, by the kernel's word (SO_PEERCRED)."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(str(path))
        told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    process: int = struct.unpack("3i", told)[0]
    return process or None


def disk(patient: Patient) -> Results:
    """Can the data folder be written, and is there room?"""
    if patient.settings is None:
        yield Skipped("disk", "the settings say not where the data is")
        return
    folder = patient.settings.gateway.data_dir
    if (error := _write_error(folder)) is not None:
        yield found(
            _DISK_FAULTS.get(error.errno or 0, "data-dir-not-writable"),
            f"{folder}: {error.strerror}",
            folder=folder,
        )
        return
    free = shutil.disk_usage(folder).free
    stored = sum(file.stat().st_size for file in folder.glob("buffer/*.seg"))
    may_take = max(patient.settings.buffer.max_bytes - stored, 0)
    if free < FULL_BYTES:
        yield found("disk-full", f"{_mb(free)} left under {folder}")
    elif free < may_take:
        detail = f"{_mb(free)} left under {folder}, and the buffer may still take {_mb(may_take)}"
        yield found("disk-nearly-full", detail)
    else:
        yield Passed("disk", f"{_mb(free)} left under {folder}, written and synced")


_DISK_FAULTS = {
    errno.EROFS: "disk-read-only",
    errno.EIO: "disk-failing",
    errno.ENOSPC: "disk-full",
    errno.EDQUOT: "disk-full",
}


def _write_error(folder: Path) -> OSError | None:
    """Write and sync a few bytes, and remove them."""
    try:
        file, name = tempfile.mkstemp(dir=folder, prefix=".doctor-")
    except OSError as error:
        return error
    try:
        os.write(file, _PROBE)
        os.fdatasync(file)
    except OSError as error:
        return error
    finally:
        os.close(file)
        with contextlib.suppress(OSError):
            Path(name).unlink()
    return None


def buffer(patient: Patient) -> Results:
    """Was anything lost on this side?"""
    if patient.settings is None:
        yield Skipped("buffer", "the settings say not where it is")
        return
    folder = patient.settings.gateway.data_dir / "buffer"
    quarantine = folder / "quarantine"
    pieces = len(list(quarantine.iterdir())) if quarantine.is_dir() else 0
    aside = len(list(folder.glob("damaged-state.db")))
    if pieces or aside:
        detail = f"{pieces} damaged pieces set aside" + (", and the state file" if aside else "")
        yield found("buffer-damaged", detail, folder=quarantine)
    dropped = 0 if patient.status is None else patient.status["buffer"]["dropped_records"]
    if dropped:
        yield found("buffer-dropped", f"{dropped} records were dropped since the start")
    if not pieces and not aside and not dropped:
        yield Passed("buffer", "nothing dropped, nothing damaged")


def card(patient: Patient) -> Results:
    """Will the card last?"""
    if patient.settings is None:
        yield Skipped("card", "the settings say not where the data is")
        return
    told = card_under(patient.settings.gateway.data_dir, patient.sysfs, patient.proc)
    if told is None or (told.used_percent is None and told.life_years is None):
        yield Skipped("card", "nothing tells of its wear")
    elif told.used_percent is not None and told.used_percent >= WORN_PERCENT:
        yield found("card-worn", f"{told.device} says that {told.used_percent} % of its life is used")
    elif told.used_percent is None and told.life_years is not None and told.life_years < WORN_YEARS:
        yield found("card-worn", f"{told.device} lasts {told.life_years:.1f} years from new at this rate")
    else:
        used = "" if told.used_percent is None else f", {told.used_percent} % of its life used"
        life = (
            "" if told.life_years is None else f", {min(told.life_years, 99):.0f} years from new (estimate)"
        )
        yield Passed("card", f"{told.device}{used or life}")


def clock(patient: Patient) -> Results:
    """Is the system's clock set, kept right, and the hub's?"""
    if patient.status is not None and (step := patient.status["clock"].get("step")):
        off = (
            f"{step['source']} is {step['by_ms'] / 1_000:+.1f} s from the clock of the start {step['epoch']}"
        )
        yield found("clock-was-wrong", off, **step)
    system_us = time.time_ns() // 1_000
    if system_us < EARLIEST_US:
        yield found("clock-1970", f"the system says it is {time.strftime('%Y-%m-%d', time.gmtime())}")
        return
    apart_s = _apart_from_hub_s(patient)
    if apart_s is not None and abs(apart_s) > APART_S:
        word = "behind" if apart_s > 0 else "ahead of"
        yield found("clock-apart-from-hub", f"clock {abs(apart_s):.1f} s {word} the hub")
    anchor = read_ntp(boot_us)
    if anchor is None:
        yield found("clock-unsynced", "the kernel says that nothing synchronises its clock")
    elif apart_s is None or abs(apart_s) <= APART_S:
        yield Passed("clock", f"synchronised, within {anchor.error_us / 1_000:.0f} ms")


def _apart_from_hub_s(patient: Patient) -> float | None:
    """How far the hub's time is ahead of the system's, by the agent's last answer; None when not known."""
    told = None if patient.status is None else patient.status["clock"].get("hub_wall_us")
    return None if told is None else (told - time.time_ns() // 1_000) / 1_000_000


def _mb(count: int) -> str:
    return f"{count / 1_000_000:,.0f} MB"
