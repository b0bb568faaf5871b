"""What a record costs, in bytes and in CPU, beside JSON objects and msgpack rows of the same values."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import zstandard

from benchmarks import squad
from benchmarks.figures import Figure, cpu_us
from sts_protocols.columns import decode_all_samples, decode_samples, decode_waveform
from sts_protocols.metrics import by_id
from sts_protocols.record import Kind, encode_samples, encode_waveform, iter_samples, read
from sts_protocols.sample import Packet, Quality

ZSTD_LEVEL = 3
SECOND_BYTES = 550
BACKLOG_BYTES_PER_VALUE = 5.5
WAVEFORM_BYTES_PER_VALUE = 1.5
# AMQP 0-9-1 around one message of ours: method, header and body frames with routing key, user id and content
# type are about 180 bytes; the confirm is 21.
AMQP_BYTES = 200
LIVE_BYTES_PER_S = 2_000


class Row(NamedTuple):
    """One value, as row formats have it."""

    sensor: str
    metric: int
    t_us: int
    value: float
    quality: int


class Way(NamedTuple):
    """A usual way to write values."""

    name: str
    encode: Callable[[Sequence[Packet]], bytes]
    decode: Callable[[bytes], Any]


def rows_of(packets: Sequence[Packet]) -> list[Row]:
    """Each value on its own."""
    return [Row(packet.sensor, *value_of(packet, value)) for packet in packets for value in packet.values]


def value_of(packet: Packet, value: Any) -> tuple[int, int, float, int]:
    """Metric, time, value, quality."""
    return value.metric, packet.boot_us, value.value, value.quality


def to_json(packets: Sequence[Packet]) -> bytes:
    """JSON objects with names that tell what they are, as most such systems send them."""
    return json.dumps(
        [
            {
                "sensor": row.sensor,
                "metric": by_id(row.metric).name,
                "t": row.t_us,
                "value": row.value,
                "quality": Quality(row.quality).word,
            }
            for row in rows_of(packets)
        ]
    ).encode()


_row_encoder = msgspec.msgpack.Encoder()
_row_decoder = msgspec.msgpack.Decoder(list[Row])

WAYS = (
    Way("JSON objects", to_json, json.loads),
    Way("msgpack rows", lambda packets: _row_encoder.encode(rows_of(packets)), _row_decoder.decode),
)


def measure(_: Path) -> Iterator[Figure]:
    """Thirty straps for a second and a minute, then a second of their ECG."""
    seconds = squad.ten_minutes()
    yield from _samples("record, 1 s of 30 straps", max(seconds, key=_size))
    yield from _samples("record, 60 s of 30 straps", [packet for second in seconds[:60] for packet in second])
    yield from _backlog()
    yield from _waveform()


def _size(packets: list[Packet]) -> int:
    return len(encode_samples(packets))


def _samples(part: str, packets: list[Packet]) -> Iterator[Figure]:
    body = encode_samples(packets)
    record = squad.Pen(60, 60).samples(packets)
    values, one_second = squad.values_in(packets), len(packets) <= 30
    yield Figure(
        part,
        "size",
        len(record.raw),
        "bytes",
        SECOND_BYTES if one_second else None,
        note=f"{'the largest of 600: ' if one_second else ''}{values} values, header included: "
        f"{len(record.raw) / values:.2f} bytes a value",
    )
    for way in WAYS:
        plain = way.encode(packets)
        packed = len(zstandard.ZstdCompressor(ZSTD_LEVEL).compress(plain))
        note = f"{len(plain) / len(record.raw):.1f} times ours; zstd makes it {packed:,}"
        yield Figure(part, f"size as {way.name}", len(plain), "bytes", note=note)
    yield _per_value(part, "encode", lambda: encode_samples(packets), values)
    yield _per_value(part, "decode at the hub (numpy)", lambda: decode_samples(body), values)
    yield _per_value(part, "decode in pure Python", lambda: iter_samples(body), values)
    for way in WAYS:
        plain = way.encode(packets)
        yield _per_value(part, f"encode as {way.name}", lambda way=way: way.encode(packets), values)
        yield _per_value(
            part, f"decode from {way.name}", lambda way=way, plain=plain: way.decode(plain), values
        )


def _per_value(part: str, name: str, work: Callable[[], object], values: int) -> Figure:
    return Figure(part, name, cpu_us(work) / values, "µs CPU/value")


def _backlog() -> Iterator[Figure]:
    """Records as they close while the link is down, packed into messages."""
    part = "backlog, 1 s records packed into messages"
    seconds = squad.ten_minutes()
    pen = squad.Pen(60, len(seconds))
    records, values = [pen.samples(second) for second in seconds], sum(map(squad.values_in, seconds))
    packed = squad.messages(records)
    size = sum(map(len, packed)) + AMQP_BYTES * len(packed)
    note = (
        f"{len(records) / len(packed):.0f} records to a message, {AMQP_BYTES} bytes of AMQP counted for each"
    )
    yield Figure(part, "wire bytes per value", size / values, "bytes", BACKLOG_BYTES_PER_VALUE, note=note)
    bodies = [record.body for record in records]
    yield _per_value(part, "decode all records together", lambda: decode_all_samples(bodies), values)
    yield _per_value(
        part, "decode record after record", lambda: [decode_samples(body) for body in bodies], values
    )
    whole = b"".join(record.raw for record in records)
    yield _per_value(part, "headers and checksums", lambda: _read_all(whole), values)


def _read_all(message: bytes) -> None:
    at = 0
    while at < len(message):
        at += read(message, at).header.length


def _waveform() -> Iterator[Figure]:
    part = "waveform, 1 s of ECG of 30 straps"
    waves = squad.ecg_second()
    body, values = encode_waveform(*waves), sum(len(wave.values) for wave in waves)
    first_us = squad.BOOT_US
    record = squad.Pen(60, 60).record(Kind.WAVEFORM, body, first_us, first_us + squad.SECOND_US)
    size = len(record.raw) + AMQP_BYTES
    yield Figure(
        part,
        "wire bytes per value",
        size / values,
        "bytes",
        WAVEFORM_BYTES_PER_VALUE,
        note=f"{values} values with 15 µV noise, a message for each record",
    )
    rows = [Row(w.sensor, w.metric, w.start_us + i, v, 0) for w in waves for i, v in enumerate(w.values)]
    plain = _row_encoder.encode(rows)
    packed = len(zstandard.ZstdCompressor(ZSTD_LEVEL).compress(plain))
    yield Figure(
        part,
        "bytes per value as msgpack rows",
        len(plain) / values,
        "bytes",
        note=f"zstd {packed / values:.2f}",
    )
    yield _per_value(part, "encode", lambda: encode_waveform(*waves), values)
    yield _per_value(part, "decode", lambda: decode_waveform(body), values)
