"""Writes the golden vectors anew: run it only when the format gets a new version, and say so in the
changelog.

Each vector is a pair: NAME.hex, a message as it is published, and NAME.json, what is in it. The values stand
here as a person would state them; `read_record.py`, which knows nothing of our code, must find them in the
bytes.
"""

import hashlib
import json
import struct
import zlib
from pathlib import Path
from typing import Any

from sts_protocols import beat as beats
from sts_protocols.record import (
    UNKNOWN_CLOCK,
    Anchor,
    ClockReading,
    ClockSource,
    DocumentPart,
    Drop,
    Impulse,
    Kind,
    Log,
    RawFrame,
    RawFrames,
    Record,
    Waveform,
    encode_anchor,
    encode_document_part,
    encode_drop,
    encode_impulses,
    encode_log,
    encode_raw,
    encode_samples,
    encode_waveform,
    seal,
)
from sts_protocols.sample import Packet, Quality, Value

HERE = Path(__file__).parent
SEGMENT = bytes.fromhex("5e9ae17000000001")
EPOCH = bytes.fromhex("0f1e2d3c4b5a69788796a5b4c3d2e1f0")
EARLIER = bytes.fromhex("a0" * 16)
BOOT_ID = "6a9c2d1e-0000-4000-8000-000000000001"

NTP = ClockReading(1_750_000_000_000_000, 2_500, ClockSource.NTP)
ARRIVAL = (1000, 1_000_000)


def write(name: str, message: bytes, content: Any) -> None:
    (HERE / f"{name}.hex").write_text(
        "\n".join(message.hex()[at : at + 96] for at in range(0, len(message) * 2, 96)) + "\n"
    )
    (HERE / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n")


def told(record: Record, content: Any) -> dict[str, Any]:
    header = record.header
    return {
        "length": header.length,
        "version": header.version,
        "kind": int(header.kind),
        "segment_id": header.segment_id.hex(),
        "epoch": header.epoch.hex(),
        "seq": header.seq,
        "first_us": header.first_us,
        "last_us": header.last_us,
        "clock": [int(number) for number in header.clock],
        "content": content,
    }


def samples(
    name: str, seq: int, packets: list[Packet], rows: list[list[Any]], clock: ClockReading = NTP
) -> Record:
    times = [packet.boot_us for packet in packets]
    record = seal(Kind.SAMPLES, SEGMENT, EPOCH, seq, min(times), max(times), clock, encode_samples(packets))
    write(name, record.raw, [told(record, rows)])
    return record


def rr(raw: int, quality: Quality = Quality.OK) -> Value:
    return Value(2, raw * 1000 / 1024, quality)


def rate(beats_per_minute: float, quality: Quality = Quality.OK) -> Value:
    return Value(1, beats_per_minute, quality)


def sample_vectors() -> list[Record]:
    two_straps = samples(
        "samples-two-straps",
        7,
        [
            Packet("hr-02", 7_030_000, *ARRIVAL, (rate(120), rr(440), rr(450))),
            Packet("hr-01", 7_000_000, *ARRIVAL, (rate(150),)),
            Packet(
                "hr-02", 8_020_000, *ARRIVAL, (rate(121, Quality.NO_CONTACT), rr(460, Quality.NO_CONTACT))
            ),
        ],
        [
            ["hr-01", 1, 7_000_000, 150.0, 0],
            ["hr-02", 1, 7_030_000, 120.0, 0],
            ["hr-02", 1, 8_020_000, 121.0, 1],
            ["hr-02", 2, 7_030_000, 429.6875, 0],
            ["hr-02", 2, 7_030_001, 439.453125, 0],
            ["hr-02", 2, 8_020_000, 449.21875, 1],
        ],
    )
    unknown_clock = samples(
        "samples-unknown-clock",
        8,
        [
            Packet("hr-01", 8_001_000, *ARRIVAL, (rate(151, Quality.TRUNCATED),)),
            Packet("hr-01", 9_003_000, *ARRIVAL, (rate(255, Quality.IMPLAUSIBLE),)),
            Packet("hr-01", 9_999_000, *ARRIVAL, ()),
        ],
        [["hr-01", 1, 8_001_000, 151.0, 2], ["hr-01", 1, 9_003_000, 255.0, 3]],
        UNKNOWN_CLOCK,
    )
    samples(
        "samples-float64-and-ticks",
        9,
        [
            Packet(
                "pod-3", 10_000_001, 1, 40_000, (Value(8, 0.1, Quality.NO_FIX), Value(999, -7.0, Quality.OK))
            ),
            Packet("hr-01", 10_001_000, *ARRIVAL, (rate(60), Value(8, 1e300, Quality.ESTIMATED))),
            Packet("pod-3", 10_040_004, 1, 40_000, (Value(8, 0.25, Quality.OK),)),
            Packet("pod-3", 10_050_000, *ARRIVAL, (Value(3, 88.0, Quality.OK),)),
        ],
        [
            ["hr-01", 1, 10_001_000, 60.0, 0],
            ["hr-01", 8, 10_001_000, 1e300, 6],
            ["pod-3", 3, 10_050_000, 88.0, 0],
            ["pod-3", 8, 10_000_001, 0.1, 4],
            ["pod-3", 8, 10_040_004, 0.25, 0],
            ["pod-3", 999, 10_000_001, -7.0, 0],
        ],
    )
    empty = seal(Kind.SAMPLES, SEGMENT, EPOCH, 10, 0, 0, NTP, encode_samples([]))
    write("samples-none", empty.raw, [told(empty, [])])
    return [two_straps, unknown_clock]


def waveform_vector() -> None:
    body = encode_waveform(
        Waveform("ecg-01", 12, 20_000_003, 7_692_308, [-12.0, -10.0, 250.0, 1000.0], [0, 0, 3, 3]),
        Waveform("ecg-01", 15, 20_000_000, 5_000_000, [1000.5, 999.0], [0, 0]),
    )
    record = seal(Kind.WAVEFORM, SEGMENT, EPOCH, 11, 20_000_000, 20_023_079, NTP, body)
    rows = [
        ["ecg-01", 12, 20_000_003, -12.0, 0],
        ["ecg-01", 12, 20_007_695, -10.0, 0],
        ["ecg-01", 12, 20_015_387, 250.0, 3],
        ["ecg-01", 12, 20_023_079, 1000.0, 3],
        ["ecg-01", 15, 20_000_000, 1000.5, 0],
        ["ecg-01", 15, 20_005_000, 999.0, 0],
    ]
    write("waveform", record.raw, [told(record, rows)])


def document_vector() -> None:
    """The second of two parts: what it is of is told by its hash alone."""
    whole = b"1;Lane 4;0:57.13\r\n2;Lane 5;0:57.90\r\n"
    part = DocumentPart(
        hashlib.sha256(whole).digest(), "heats/H\u00fcrden 3.txt", "pool-pc", "result", 36, 18, whole[18:]
    )
    record = seal(Kind.DOCUMENT, SEGMENT, EPOCH, 15, 22_000_000, 22_000_000, NTP, encode_document_part(part))
    content = {
        "sha256": hashlib.sha256(whole).hexdigest(),
        "name": "heats/H\u00fcrden 3.txt",
        "source": "pool-pc",
        "form": "result",
        "size": 36,
        "offset": 18,
        "data": whole[18:].hex(),
    }
    write("document", record.raw, [told(record, content)])


def note_vectors() -> None:
    ranges = [(3, 9), (12, 12)]
    notes: dict[str, tuple[Kind, bytes, dict[str, Any]]] = {
        "drop": (
            Kind.DROP,
            encode_drop(Drop(EARLIER, ranges, "buffer_full", 1_000, 2_000)),
            {
                "epoch": EARLIER.hex(),
                "ranges": ranges,
                "reason": "buffer_full",
                "first_us": 1_000,
                "last_us": 2_000,
            },
        ),
        "anchor": (
            Kind.ANCHOR,
            encode_anchor(Anchor(21_000_000, 1_750_000_021_000_040, 2_400, ClockSource.HUB)),
            {"boot_us": 21_000_000, "wall_us": 1_750_000_021_000_040, "error_us": 2_400, "source": 3},
        ),
        "log": (
            Kind.LOG,
            encode_log(
                Log(21_000_000, "warning", "sensor_lost", {"sensor": "hr-07", "age_s": 10.5, "rssi": None})
            ),
            {
                "boot_us": 21_000_000,
                "level": "warning",
                "event": "sensor_lost",
                "fields": {"sensor": "hr-07", "age_s": 10.5, "rssi": None},
            },
        ),
    }
    for seq, (name, (kind, body, content)) in enumerate(notes.items(), 12):
        record = seal(kind, SEGMENT, EPOCH, seq, 21_000_000, 21_000_000, NTP, body)
        write(name, record.raw, [told(record, content)])


def impulse_vector() -> None:
    impulses = [
        Impulse(
            "timy-1",
            21_000_000,
            360_124_567,
            "C0",
            "7",
            (),
            b" 0007 C0  10:00:12.4567 00",
            20_998_000,
            50_000,
        ),
        Impulse("timy-1", 60_000_010, None, "C1", None, ("unassigned",), b"?0000 C1"),
        Impulse(
            "timy-1",
            61_000_000,
            360_124_567,
            "C0",
            "7",
            ("deleted", "manual"),
            b"c0007 C0M 10:00:12.4567 00",
        ),
        Impulse("mat-2", 61_000_500, 0, "00", "0580017fa341", ("first_seen", "tag"), b"\xff", 61_000_500, 0),
    ]
    record = seal(Kind.IMPULSE, SEGMENT, EPOCH, 15, 21_000_000, 61_000_500, NTP, encode_impulses(*impulses))
    rows = [
        {**{name: getattr(one, name) for name in one.__struct_fields__}, "line": one.line.hex()}
        for one in impulses
    ]
    write("impulse", record.raw, [told(record, rows)])


def raw_vector() -> None:
    frames = {
        ("hr-01", "heart_rate"): [(21_000_000, "1006003c"), (22_000_001, "10")],
        ("gnss-1", "gnss"): [(20_000_000, "b5620107"), (20_000_000, "")],
    }
    body = encode_raw(
        *(
            RawFrames(*source, [RawFrame(at_us, bytes.fromhex(frame)) for at_us, frame in ones])
            for source, ones in frames.items()
        )
    )
    record = seal(Kind.RAW, SEGMENT, EPOCH, 16, 20_000_000, 22_000_001, NTP, body)
    rows = [[*source, *one] for source, ones in frames.items() for one in ones]
    write("raw", record.raw, [told(record, rows)])


def message_vector(good: list[Record]) -> None:
    """Damage of every sort between two good records."""
    later = bytearray(good[0].raw)
    later[12] = 2
    later[4:8] = struct.pack("<I", zlib.crc32(bytes(later[8:])))
    rotten = bytearray(good[0].raw)
    rotten[-1] ^= 1
    impulse = seal(Kind.IMPULSE, SEGMENT, EPOCH, 20, 5, 5, NTP, b"a body of tomorrow")
    strange = seal(200, SEGMENT, EPOCH, 21, 5, 5, NTP, b"")
    pieces = [
        good[0].raw,
        b"noise",
        bytes(rotten),
        bytes(later),
        impulse.raw,
        strange.raw,
        good[1].raw,
        good[0].raw[:90],
    ]
    offsets = [sum(map(len, pieces[:place])) for place in range(len(pieces))]
    content = [
        {"offset": offsets[0], "seq": 7},
        {"offset": offsets[1], "damaged": "marker", "length": 5},
        {"offset": offsets[2], "damaged": "crc", "length": len(rotten)},
        {"offset": offsets[3], "damaged": "version", "length": len(later), "epoch": EPOCH.hex(), "seq": 7},
        {"offset": offsets[4], "seq": 20, "parked": "impulse of tomorrow"},
        {"offset": offsets[5], "seq": 21, "parked": "unknown kind 200"},
        {"offset": offsets[6], "seq": 8},
        {"offset": offsets[7], "damaged": "truncated", "length": 90},
    ]
    write("message-with-damage", b"".join(pieces), content)


SETTINGS = '{"record":{"live_ms":250},"sensors":[{"address":"A0:9E:1A:00:00:01","kind":"heart_rate","name":"hr-01"}]}'


def beat_vectors() -> None:
    pin = beats.AnchorReport(4_000_000, 1_750_000_004_000_000, 2_400, 3)
    beat = beats.Beat(
        gateway="pitch-1",
        epoch=EPOCH.hex(),
        number=3,
        boot_us=25_000_000,
        wall_us=1_750_000_025_000_000,
        clock=NTP,
        epochs=[
            beats.EpochReport(
                EARLIER.hex(), BOOT_ID, False, 3, 41, [(0, 2), (10, 41)], None, 1_749_000_000_000_000
            ),
            beats.EpochReport(EPOCH.hex(), BOOT_ID, True, 0, 14, [], pin),
        ],
        sensors=[beats.SensorReport("hr-01", "A0:9E:1A:00:00:01", "heart_rate", "live", -61, 88, 24_900_000)],
        buffer=beats.BufferReport(4_194_304, 104_857_600, 1, 512, 4_000_000, 8, "oldest-raw-first"),
        link={"rtt_ms": 12.5},
        health=beats.HealthReport("degraded", ["The buffer was full: 8 records were given up."]),
        versions={"sts-edge": "0.1.0"},
        settings=beats.SettingsReport(
            4,
            hashlib.sha256(SETTINGS.encode()).hexdigest(),
            refused=beats.RefusedChange(4_503_599_627_370_495, ["record.live_ms = 5  expected 50 to 5000"]),
            tables=SETTINGS,
        ),
        roster="",
        orders=[beats.OrderOutcome(2_251_799_813_685_247, "done", "blinked ACT for 10 s")],
    )
    answer = beats.Answer(
        number=3,
        hub_us=1_750_000_025_010_000,
        epochs=[beats.EpochAnswer(EARLIER.hex(), False, [(0, 2), (10, 40)], [(41, 41)], True)],
        settings=beats.SettingsChange(
            1_125_899_906_842_623,
            5,
            hashlib.sha256(SETTINGS.encode()).hexdigest(),
            '{"record":{"live_ms":500}}',
        ),
        roster=beats.Roster("ab" * 32, [beats.Wearer("hr-01", 7, "QC", [95, 114, 133, 152, 171])]),
        orders=[beats.Order(562_949_953_421_311, "diagnostics", 1_750_000_625_010_000)],
        wanted_version="0.2.0",
    )
    parked = beats.Answer(
        number=4, hub_us=1_750_000_035_010_000, parked="its card was copied: sudo sts-edge enrol CODE --anew"
    )
    for name, data, content in (
        ("answer-parked", beats.encode_answer(parked), parked),
        ("beat", beats.encode_beat(beat), beat),
        ("answer", beats.encode_answer(answer), answer),
    ):
        write(name, data, json.loads(beats._encoder.encode(content)))


if __name__ == "__main__":
    good = sample_vectors()
    waveform_vector()
    document_vector()
    note_vectors()
    impulse_vector()
    raw_vector()
    message_vector(good)
    beat_vectors()
