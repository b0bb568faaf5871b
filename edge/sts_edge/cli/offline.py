"""`--offline`: what the gateway's files say, without asking an agent; nothing is changed and no lock is taken."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .call import Call
from .exits import Exit
from .output import Stop
from .settings import loaded
from .status import megabytes

if TYPE_CHECKING:
    from sts_edge.config import Settings

Told = dict[str, Any]


def status(call: Call) -> None:
    """Print what the files say of the gateway."""
    told = _told(call)
    if call.output.as_json:
        call.output.document(told)
        return
    call.output.line(f"{told['gateway']}  sts-edge {told['version']}  by its files, no agent was asked")
    call.output.line(f"  Buffer     {_waiting(told)}")
    known = told["last_good_time"]
    call.output.line(f"  Clock      {'nothing is known' if known is None else f'it was after {known} UTC'}")
    call.output.line(f"  Sensors    {told['sensors']} registered")
    call.output.line(
        "Next: sudo systemctl start sts-edge, or keep what waits: sts-edge buffer export waiting.sts"
    )


def buffer_show(call: Call) -> None:
    """Print what waits on the disk."""
    told = _told(call)
    if call.output.as_json:
        call.output.document(told)
    else:
        call.output.line(f"  {_waiting(told)}")


def _told(call: Call) -> Told:
    from sts_edge.clock import StoredLastGoodTime
    from sts_edge.versions import versions

    settings = loaded(call)
    good_us = StoredLastGoodTime.peek(settings.gateway.data_dir / "clock.db")
    return {
        "schema": "sts.edge.offline/1",
        "gateway": settings.gateway.name,
        "version": versions()["sts-edge"],
        "buffer": _buffer(settings),
        "last_good_time": None if good_us is None else _moment(good_us),
        "sensors": len(settings.sensors),
    }


def _buffer(settings: Settings) -> Told:
    """Stops the command where the folder may not be read."""
    from sts_edge.buffer.export import stored_records

    folder = settings.gateway.data_dir / "buffer"
    records = waiting_bytes = 0
    try:
        for record in stored_records(folder, waiting_only=True):
            records += 1
            waiting_bytes += record.header.length
        used_bytes = sum(file.stat().st_size for file in folder.iterdir())
    except FileNotFoundError:
        used_bytes = 0
    except PermissionError:
        raise _not_allowed(folder) from None
    return {
        "waiting_records": records,
        "waiting_bytes": waiting_bytes,
        "used_bytes": used_bytes,
        "cap_bytes": settings.buffer.max_bytes,
        "policy": settings.buffer.when_full,
    }


def _not_allowed(folder: Path) -> Stop:
    return Stop(Exit.NOT_ALLOWED, f"{folder} may not be read by this user. Next: the same with sudo")


def _waiting(told: Told) -> str:
    buffer = told["buffer"]
    return (
        f"{buffer['waiting_records']} records wait, {megabytes(buffer['waiting_bytes'])}; "
        f"{megabytes(buffer['used_bytes'])} of {megabytes(buffer['cap_bytes'])} used"
    )


def _moment(us: int) -> str:
    return datetime.fromtimestamp(us / 1_000_000, UTC).strftime("%Y-%m-%d %H:%M:%S")
