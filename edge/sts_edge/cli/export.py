"""`sts-edge buffer export`: the buffer's records in a file, safe while the agent runs."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from .call import Call
from .exits import Exit
from .output import Stop
from .settings import loaded

if TYPE_CHECKING:
    from sts_protocols.record import Record

Row = dict[str, Any]

FORMATS = ("records", "json", "csv")
_COLUMNS = ("time", "epoch", "seq", "boot_us", "sensor", "metric", "unit", "value", "quality")


def export(call: Call, file: Path, everything: bool, format_name: str | None) -> None:
    """Write what waits, or all that is held, into a file; `-` is standard output."""
    from sts_edge.buffer.export import stored_records

    folder = loaded(call).gateway.data_dir / "buffer"
    form = format_name or {".json": "json", ".jsonl": "json", ".csv": "csv"}.get(file.suffix, "records")
    if form not in FORMATS:
        raise Stop(Exit.USAGE, f"{form!r} is no format: {', '.join(FORMATS)}.")
    count = 0

    def counted() -> Iterator[Record]:
        nonlocal count
        for record in stored_records(folder, waiting_only=not everything):
            count += 1
            yield record

    try:
        with opened(file) as stream:
            _WRITERS[form](counted(), stream)
    except PermissionError as error:
        raise Stop(
            Exit.NOT_ALLOWED, f"{error.filename} may not be opened by this user. Next: the same with sudo"
        ) from None
    except FileNotFoundError as error:
        raise Stop(Exit.NOT_FOUND, f"{error.filename} is not there. Next: sts-edge config validate") from None
    except OSError as error:
        raise Stop(Exit.FAILED, f"{file} could not be written ({error}).") from None
    _tell(call, file, form, count, everything)


def _tell(call: Call, file: Path, form: str, count: int, everything: bool) -> None:
    told = {"file": str(file), "format": form, "records": count, "waiting_only": not everything}
    if str(file) == "-":
        call.output.note(f"{count} records")
    elif call.output.as_json:
        call.output.document({"schema": "sts.edge.buffer.export/1", **told})
    else:
        call.output.line(call.output.sign("good", f"{count} records in {file} ({form})"))


def opened(file: Path) -> Any:
    """Where to write; `-` is standard output."""
    return nullcontext(sys.stdout.buffer) if str(file) == "-" else file.open("wb")


def _write_records(records: Iterable[Record], stream: IO[bytes]) -> None:
    """Whole records one behind the other: what the published layout calls a message."""
    for record in records:
        stream.write(record.raw)


def _write_json(records: Iterable[Record], stream: IO[bytes]) -> None:
    for record in records:
        for row in rows(record):
            stream.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def _write_csv(records: Iterable[Record], stream: IO[bytes]) -> None:
    text = _Text(stream)
    writer = csv.DictWriter(text, _COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for record in records:
        writer.writerows(row for row in rows(record) if "metric" in row)


_WRITERS: dict[str, Callable[[Iterable[Record], IO[bytes]], None]] = {
    "records": _write_records,
    "json": _write_json,
    "csv": _write_csv,
}


class _Text:
    """What the csv module writes to."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(text.encode())


def rows(record: Record) -> Iterator[Row]:
    """A row for each value of a samples record; of other kinds one row that says what they are."""
    from sts_protocols.errors import RecordError
    from sts_protocols.record import Kind, iter_samples

    header = record.header
    head = {"epoch": header.epoch.hex(), "seq": header.seq}
    if header.kind != Kind.SAMPLES:
        yield {"time": time_of(record, header.first_us), **head, "boot_us": header.first_us, **_other(record)}
        return
    try:
        packets = iter_samples(record.body)
    except RecordError as error:
        yield {**head, "kind": "samples", "unreadable": str(error)}
        return
    for packet in packets:
        told = {"time": time_of(record, packet.boot_us), **head, "boot_us": packet.boot_us}
        for value in packet.values:
            yield {**told, "sensor": packet.sensor, **_value(value)}


def _value(value: Any) -> Row:
    from sts_protocols.metrics import by_id
    from sts_protocols.sample import Quality

    metric = by_id(value.metric)
    return {
        "metric": metric.name if metric else str(value.metric),
        "unit": metric.unit if metric else "",
        "value": value.value,
        "quality": Quality(value.quality).word,
    }


def _other(record: Record) -> Row:
    import msgspec

    from sts_protocols.errors import RecordError
    from sts_protocols.record import Kind, decode_anchor, decode_drop, decode_log

    decoders: dict[int, Callable[[bytes], Any]] = {
        Kind.DROP: decode_drop,
        Kind.ANCHOR: decode_anchor,
        Kind.LOG: decode_log,
    }
    kind = record.header.kind
    try:
        word = Kind(kind).name.lower()
    except ValueError:
        word = str(kind)
    if kind not in decoders:
        return {"kind": word, "body": record.body.hex()}
    try:
        said = decoders[kind](record.body)
    except RecordError as error:
        return {"kind": word, "unreadable": str(error)}
    fields = {name: getattr(said, name) for name in said.__struct_fields__}
    return {"kind": word, "says": msgspec.to_builtins({**fields, **_hexed(fields)})}


def _hexed(fields: Row) -> Row:
    return {name: value.hex() for name, value in fields.items() if isinstance(value, bytes)}


def time_of(record: Record, boot_us: int) -> str | None:
    """Wall time by the clock as it was known when the record was closed (RFC 3339), None if it was not."""
    from sts_protocols.record import ClockSource

    clock = record.header.clock
    if clock.source == ClockSource.UNKNOWN:
        return None
    moment = datetime.fromtimestamp((boot_us + clock.offset_us) / 1_000_000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
