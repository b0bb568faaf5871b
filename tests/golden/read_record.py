"""A second reader of records, written from protocols/README.md alone: it imports nothing of the project.

    python read_record.py FILE.hex      prints what is in a message, as JSON

zlib and struct are Python's own, the zstd frames are unpacked by the zstandard package, msgpack is read here.
"""

import json
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

import zstandard

MARKER = bytes.fromhex("f553549c")
HEADER = struct.Struct("<4sIIBB8s16sQQQqIB")
LONGEST = 75 + 49_152
RESERVED = {5: "site event"}


class Msgpack:
    """Just the types that the format uses."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, letter: str) -> Any:
        return struct.unpack(">" + letter, self.take(struct.calcsize(letter)))[0]

    def array(self, count: int) -> list[Any]:
        return [self.value() for _ in range(count)]

    def map(self, count: int) -> dict[Any, Any]:
        return {self.value(): self.value() for _ in range(count)}

    def value(self) -> Any:
        first = self.take(1)[0]
        if first < 0x80:
            return first
        if first < 0x90:
            return self.map(first & 15)
        if first < 0xA0:
            return self.array(first & 15)
        if first < 0xC0:
            return self.take(first & 31).decode()
        if first >= 0xE0:
            return first - 256
        return self.tagged(first)

    def tagged(self, first: int) -> Any:
        if first in (0xC0, 0xC2, 0xC3):
            return {0xC0: None, 0xC2: False, 0xC3: True}[first]
        if first in (0xC4, 0xC5, 0xC6):
            return self.take(self.number("BHI"[first - 0xC4]))
        if first in (0xD9, 0xDA, 0xDB):
            return self.take(self.number("BHI"[first - 0xD9])).decode()
        if first in (0xDC, 0xDD):
            return self.array(self.number("HI"[first - 0xDC]))
        return self.number({0xCA: "f", 0xCB: "d", 0xCC: "B", 0xCD: "H", 0xCE: "I", 0xCF: "Q",
                            0xD0: "b", 0xD1: "h", 0xD2: "i", 0xD3: "q"}[first])  # fmt: skip


def body_of(frame: bytes) -> Any:
    return Msgpack(zstandard.ZstdDecompressor().decompress(frame)).value()


def sums(deltas: list[int]) -> list[int]:
    total, out = 0, []
    for delta in deltas:
        total += delta
        out.append(total)
    return out


def runs(flat: list[int]) -> list[int]:
    return [value for value, count in zip(flat[0::2], flat[1::2], strict=True) for _ in range(count)]


def numbers(column: list[int] | bytes, numerator: int, denominator: int) -> list[float]:
    if isinstance(column, bytes):
        return list(struct.unpack(f"<{len(column) // 8}d", column))
    return [step * numerator / denominator for step in sums(column)]


def counted(counts: int | list[int], parts: int) -> list[int]:
    return [counts] * parts if isinstance(counts, int) else counts


def samples(body: list[Any]) -> list[list[Any]]:
    names, ticks, periods, packets, starts, times, columns = body[:7]
    told: list[tuple[str, int]] = []  # sensor and time of each packet
    start_us = later = 0
    for name, tick, period, count, delta in zip(
        names, runs(ticks), runs(periods), counted(packets, len(names)), starts, strict=True
    ):
        start_us = (start_us // tick + delta) * tick
        boot_us = start_us
        told.append((name, boot_us))
        for _ in range(count - 1):
            boot_us += (period // tick + times[later]) * tick
            later += 1
            told.append((name, boot_us))
    return [row for column in columns for row in column_rows(column, told)]


def column_rows(column: list[Any], packets: list[tuple[str, int]]) -> list[list[Any]]:
    metric, numerator, denominator, counts, values, quality = column[:6]
    told = iter(zip(numbers(values, numerator, denominator), runs(quality), strict=True))
    rows = []
    for (name, boot_us), count in zip(packets, counted(counts, len(packets)), strict=True):
        for k in range(count):
            value, code = next(told)
            rows.append([name, metric, boot_us + k, value, code])
    return rows


def waveform(body: list[Any]) -> list[list[Any]]:
    rows = []
    for name, metric, numerator, denominator, start_us, period_ns, values, quality, *_ in body:
        told = zip(numbers(values, numerator, denominator), runs(quality), strict=True)
        rows += [[name, metric, start_us + i * period_ns // 1000, *one] for i, one in enumerate(told)]
    return rows


def document(body: list[Any]) -> dict[str, Any]:
    names = ("sha256", "name", "source", "form", "size", "offset", "data")
    return dict(zip(names, [body[0].hex(), *body[1:6], body[6].hex()], strict=True))


def drop(body: list[Any]) -> dict[str, Any]:
    return dict(
        zip(("epoch", "ranges", "reason", "first_us", "last_us"), [body[0].hex(), *body[1:5]], strict=True)
    )


def anchor(body: list[Any]) -> dict[str, Any]:
    return dict(zip(("boot_us", "wall_us", "error_us", "source"), body[:4], strict=True))


def log(body: list[Any]) -> dict[str, Any]:
    return dict(zip(("boot_us", "level", "event", "fields"), body[:4], strict=True))


def impulses(body: list[Any]) -> list[dict[str, Any]]:
    places = ("timer", "boot_us", "ticks", "channel", "bib", "marks", "line", "moment_us", "error_us")
    told = [dict(zip(places, one[:9], strict=True)) for one in body]
    return [{**one, "line": one["line"].hex()} for one in told]


def raw(body: list[Any]) -> list[list[Any]]:
    return [
        [sensor, kind, boot_us, frame.hex()]
        for sensor, kind, times, frames, *_ in body
        for boot_us, frame in zip(sums(times), frames, strict=True)
    ]


READERS = {1: samples, 2: waveform, 3: impulses, 4: document, 6: drop, 7: anchor, 8: log, 9: raw}


def why_damaged(message: bytes, at: int) -> str | None:
    """The first of these that holds; None for a whole record of this version."""
    piece = message[at:]
    if piece[:4] != MARKER[: len(piece)]:
        return "marker"
    if len(piece) < 75:
        return "truncated"
    _, crc, length, version, *_ = HEADER.unpack(piece[:75])
    if not 75 <= length <= LONGEST:
        return "size"
    if length > len(piece):
        return "truncated"
    if zlib.crc32(piece[8:length]) != crc:
        return "crc"
    return None if version == 1 else "version"


def pieces(message: bytes) -> list[dict[str, Any]]:
    """Records and damage of a message in order."""
    out, at = [], 0
    while at < len(message):
        why = why_damaged(message, at)
        if why in (None, "version"):
            found = header_of(message[at:])
            piece = (
                {"offset": at, **found} if why is None else {"offset": at, "damaged": why, **identity(found)}
            )
            end = at + found["length"]
        else:
            following = message.find(MARKER, at + 1)
            end = len(message) if following < 0 else following
            piece = {"offset": at, "damaged": why, "length": end - at}
        out.append(piece)
        at = end
    return out


def identity(header: dict[str, Any]) -> dict[str, Any]:
    return {name: header[name] for name in ("length", "epoch", "seq")}


def header_of(raw: bytes) -> dict[str, Any]:
    _, _, length, version, kind, segment, epoch, seq, first_us, last_us, *clock = HEADER.unpack(raw[:75])
    return {
        "length": length,
        "version": version,
        "kind": kind,
        "segment_id": segment.hex(),
        "epoch": epoch.hex(),
        "seq": seq,
        "first_us": first_us,
        "last_us": last_us,
        "clock": clock,
    }


def content_of(message: bytes, piece: dict[str, Any]) -> Any:
    """What a record says; None for a kind that has no reader yet."""
    reader = READERS.get(piece["kind"])
    raw = message[piece["offset"] : piece["offset"] + piece["length"]]
    return None if reader is None else reader(body_of(raw[75:]))


def main() -> None:
    message = bytes.fromhex(Path(sys.argv[1]).read_text())
    for piece in pieces(message):
        if "damaged" not in piece:
            piece["content"] = content_of(message, piece)
        print(json.dumps(piece))


if __name__ == "__main__":
    main()
