"""`sts-edge decode`: one kind at a time, or raw frames of many sensors, each by its own decoder."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from sts_protocols.errors import DecodeError
from sts_protocols.kinds import KINDS, Kind, Told, by_name
from sts_protocols.replay import Replay

from .call import Call
from .capture import SECOND_US, CaptureError, Piece, Wrong, frames, hexadecimal, lines, raw_frames, stretches
from .exits import Exit
from .output import Stop

Line = dict[str, Any]
Feed = Callable[[Piece, int], list[Told]]
"""What a piece told that came at a time, µs. Raises DecodeError."""

RAW = "raw"
RAW_TITLE = "what `sts-edge raw export` wrote: each frame by the decoder of its sensor"
# Fields of a reading that hold what came over the wire.
ON_THE_WIRE = ("line", "frame", "payload")

HOW = "Next: sts-edge decode KIND 163c0004, or a file, or - for standard input"


def list_kinds(call: Call) -> None:
    """Print what can be decoded."""
    if call.output.as_json:
        kinds = [{"kind": name, "title": title, "takes": takes} for name, takes, title in _listed()]
        call.output.document({"schema": "sts.edge.decode.kinds/1", "kinds": kinds})
        return
    width = max(len(kind.name) for kind in KINDS)
    for name, takes, title in _listed():
        call.output.line(f"{name:{width}}  {takes:6}  {title}")


def decode(call: Call, name: str, given: list[str]) -> None:
    """Decode what is given, all of it, in order, by one reader; tell the bad pieces in their places."""
    feed, pieces = _replay(given) if name == RAW else _one_kind(name, given)
    told = list(_told(feed, pieces))
    bad = sum("error" in one for one in told)
    if call.output.as_json:
        counts = {"good": len(told) - bad, "bad": bad}
        call.output.document({"schema": "sts.edge.decode/1", "kind": name, **counts, "told": told})
    else:
        for one in told:
            call.output.line(_sentence(one))
    raise Stop(_exit(len(told), bad), "" if told else f"Nothing was told by what was given. {HOW}")


def _listed() -> list[tuple[str, str, str]]:
    """Name, what it takes, and title of all that can be decoded."""
    return [*((kind.name, str(kind.takes), kind.title) for kind in KINDS), (RAW, "raw", RAW_TITLE)]


def _one_kind(name: str, given: list[str]) -> tuple[Feed, Iterator[Piece | Wrong]]:
    kind = by_name(name)
    if kind is None:
        raise Stop(Exit.USAGE, f"No kind is called {name}.{_nearest(name)} Next: sts-edge decode --list")
    reader = kind.reader()
    return lambda piece, now_us: reader.feed(piece.data, now_us), _pieces(kind, given)


def _replay(given: list[str]) -> tuple[Feed, Iterator[Piece | Wrong]]:
    data = _read(given)
    if data is None:
        raise Stop(Exit.NOT_FOUND, f"There is no file {' '.join(given)}. Next: sts-edge raw export FILE")
    replay = Replay()

    def feed(piece: Piece, now_us: int) -> list[Told]:
        assert piece.source is not None, "raw frames have one"
        return replay.feed(*piece.source, piece.data, now_us)

    return feed, raw_frames(data)


def _told(feed: Feed, pieces: Iterable[Piece | Wrong]) -> Iterator[Line]:
    """All that was told, each with its line. A piece without a time is taken as a second after the last."""
    now_us = -SECOND_US
    for piece in pieces:
        if isinstance(piece, Wrong):
            yield {"line": piece.line, "error": piece.sentence}
            continue
        now_us = now_us + SECOND_US if piece.time_us is None else piece.time_us
        where: Line = {"line": piece.line}
        if piece.time_us is not None:
            where["time_s"] = piece.time_us / SECOND_US
        if piece.source is not None:
            where["sensor"], where["raw"] = piece.source
        try:
            for one in feed(piece, now_us):
                yield {**where, **one}
        except DecodeError as error:
            yield {**where, "error": str(error), "frame": error.frame.hex()}


def _pieces(kind: Kind, given: list[str]) -> Iterator[Piece | Wrong]:
    data = _read(given)
    if data is None:
        return iter([_typed(kind, " ".join(given))])
    if kind.takes == "frames":
        return frames(data.decode("utf-8", "replace"))
    return lines(data) if kind.takes == "lines" else stretches(data)


def _read(given: list[str]) -> bytes | None:
    """The content of the file or of standard input; None if what was typed is the piece itself."""
    try:
        if given == ["-"] or (not given and not sys.stdin.isatty()):
            return sys.stdin.buffer.read()
        if len(given) == 1 and Path(given[0]).exists():
            return Path(given[0]).read_bytes()
    except OSError as error:
        raise Stop(
            Exit.FAILED, f"{given[0] if given else 'Standard input'} cannot be read: {error}"
        ) from None
    if not given:
        raise Stop(Exit.USAGE, f"Nothing was given to decode. {HOW}")
    return None


def _typed(kind: Kind, text: str) -> Piece:
    if kind.takes == "lines":
        return Piece(1, text.encode())
    try:
        return Piece(1, hexadecimal(text))
    except CaptureError as error:
        raise Stop(Exit.USAGE, f"There is no such file, and {error}. {HOW}") from None


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name, [name for name, *_ in _listed()], n=1)
    return f" Did you mean {near[0]}?" if near else ""


def _exit(told: int, bad: int) -> Exit:
    if not told:
        return Exit.NOT_FOUND
    if not bad:
        return Exit.HEALTHY
    return Exit.FAILED if bad == told else Exit.DEGRADED


def _sentence(one: Line) -> str:
    """One thing told, for people: line, time, values; the reading where nothing is stored of it."""
    parts = [f"line {one['line']}"]
    parts += [f"{one['time_s']:.3f} s"] if "time_s" in one else []
    parts += [f"{one['sensor']} {one['raw']}"] if "sensor" in one else []
    if "error" in one:
        wire = [_wire(one["frame"])] if one.get("frame") else []
        return "  ".join([*parts, one["error"], *wire])
    parts += [_value(value) for value in one.get("values", ())] or [_fields(one)]
    return "  ".join(parts)


def _value(value: Line) -> str:
    doubt = "" if value["quality"] == "ok" else f" ({value['quality'].replace('_', ' ')})"
    return f"{value['metric']} {value['value']:g} {value['unit'] or ''}".rstrip() + doubt


def _fields(one: Line) -> str:
    reading = one.get("reading")
    if not isinstance(reading, dict):
        return "nothing" if reading is None else str(reading)
    shown = {
        name: _wire(value) if name in ON_THE_WIRE and isinstance(value, str) else value
        for name, value in reading.items()
    }
    return "  ".join(f"{name} {_plain(value)}" for name, value in shown.items() if value is not None)


def _plain(value: Any) -> str:
    """A field of a reading; what consists of fields itself, each by its name."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(one)}" for name, one in value.items() if one is not None)
    if isinstance(value, list) and any(isinstance(one, dict) for one in value):
        return "; ".join(f"[{_plain(one)}]" for one in value)
    return str(value)


def _wire(hexadecimal: str) -> str:
    """What came over the wire: as text where it is text, else as hex."""
    text = bytes.fromhex(hexadecimal).decode("ascii", "replace").rstrip("\r\n")
    return repr(text) if text.isascii() and text.isprintable() and text else hexadecimal
