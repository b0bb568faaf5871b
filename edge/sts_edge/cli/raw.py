"""`sts-edge raw list, export`: the frames that the gateway keeps as they came, to be decoded anew.

They are read from the folder beside the buffer, safe while the agent runs; what it gathered in the last ten seconds
is not there yet.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from .call import Call
from .exits import Exit
from .export import opened, time_of
from .output import Stop
from .settings import loaded
from .status import megabytes

if TYPE_CHECKING:
    from sts_protocols.record import RawFrame, Record

FORMATS = ("json", "records")
HOW = "Next: sts-edge raw export raw.jsonl, then sts-edge decode raw raw.jsonl"


class Kept(NamedTuple):
    """One raw frame, and the record in which it lies."""

    record: Record
    sensor: str
    word: str
    frame: RawFrame


def list_raw(call: Call) -> None:
    """Print what is kept of each sensor."""
    told: dict[tuple[str, str], dict[str, Any]] = {}
    with _readable():
        for kept in _frames(_records(call)):
            at = time_of(kept.record, kept.frame.boot_us)
            new = {"sensor": kept.sensor, "raw": kept.word, "frames": 0, "bytes": 0, "first": at}
            one = told.setdefault((kept.sensor, kept.word), new)
            one["frames"] += 1
            one["bytes"] += len(kept.frame.frame)
            one["last"] = at
    sources = [told[key] for key in sorted(told)]
    if call.output.as_json:
        call.output.document({"schema": "sts.edge.raw.list/1", "sources": sources})
        return
    for one in sources:
        when = f"{one['first'] or 'time unknown'} to {one['last'] or 'time unknown'}"
        size = f"{one['frames']} frames, {megabytes(one['bytes'])}"
        call.output.line(f"{one['sensor']:<16} {one['raw']:<24} {size:<24} {when}")
    call.output.note(HOW if sources else "No raw frames are kept (yet).")


def export(call: Call, file: Path, sensors: list[str], format_name: str | None) -> None:
    """Copy raw frames into a file; `-` is standard output."""
    form = format_name or ("json" if file.suffix in (".json", ".jsonl") or str(file) == "-" else "records")
    if form not in FORMATS:
        raise Stop(Exit.USAGE, f"{form!r} is no format: {', '.join(FORMATS)}.")
    if sensors and form == "records":
        raise Stop(Exit.USAGE, "A record holds frames of many sensors: take --format json with --sensor.")
    with _readable(), opened(file) as stream:
        count = _write_lines(call, stream, sensors) if form == "json" else _write_records(call, stream)
    told = {"file": str(file), "format": form, "written": count}
    if str(file) == "-":
        call.output.note(f"{count} {'frames' if form == 'json' else 'records'}")
    elif call.output.as_json:
        call.output.document({"schema": "sts.edge.raw.export/1", **told})
    else:
        noun = "frames" if form == "json" else "records"
        call.output.line(
            call.output.sign("good", f"{count} {noun} in {file}") + f"   Next: sts-edge decode raw {file}"
        )


def _write_records(call: Call, stream: IO[bytes]) -> int:
    count = 0
    for record in _records(call):
        stream.write(record.raw)
        count += 1
    return count


def _write_lines(call: Call, stream: IO[bytes], sensors: list[str]) -> int:
    count = 0
    for kept in _frames(_records(call)):
        if sensors and kept.sensor not in sensors:
            continue
        told = {
            "time": time_of(kept.record, kept.frame.boot_us),
            "epoch": kept.record.header.epoch.hex(),
            "t_boot_us": kept.frame.boot_us,
            "sensor": kept.sensor,
            "raw": kept.word,
            "frame_hex": kept.frame.frame.hex(),
        }
        stream.write(json.dumps(told, separators=(",", ":")).encode() + b"\n")
        count += 1
    return count


def _records(call: Call) -> Iterator[Record]:
    from sts_edge.buffer.export import stored_records
    from sts_protocols.record import Kind

    folder = loaded(call).gateway.data_dir / "raw"
    records = stored_records(folder, waiting_only=False) if folder.is_dir() else iter(())
    return (record for record in records if record.header.kind == Kind.RAW)


def _frames(records: Iterator[Record]) -> Iterator[Kept]:
    """Those of each record in the order in which they came."""
    from sts_protocols.record import decode_raw

    for record in records:
        kept = [
            Kept(record, told.sensor, told.kind, frame)
            for told in decode_raw(record.body)
            for frame in told.frames
        ]
        yield from sorted(kept, key=lambda one: one.frame.boot_us)


@contextmanager
def _readable() -> Iterator[None]:
    """What hinders reading and writing, as a sentence."""
    from sts_protocols.errors import RecordError

    try:
        yield
    except PermissionError as error:
        raise Stop(
            Exit.NOT_ALLOWED, f"{error.filename} may not be opened by this user. Next: the same with sudo"
        ) from None
    except (OSError, RecordError) as error:
        raise Stop(Exit.FAILED, f"Raw frames cannot be copied ({error}).") from None
