"""Beats and answers: what is told is read; what is wrong is refused whole."""

import json

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from sts_protocols.beat import (
    MAX_BEAT_BYTES,
    AnchorReport,
    Answer,
    Beat,
    BufferReport,
    EpochAnswer,
    EpochReport,
    HealthReport,
    Order,
    RefusedChange,
    SensorReport,
    SettingsChange,
    SettingsReport,
    decode_answer,
    decode_beat,
    encode_answer,
    encode_beat,
)
from sts_protocols.errors import BeatError
from sts_protocols.record import ClockReading

NOW, BEFORE = "0f" * 16, "a0" * 16
BOOT = "6a9c2d1e-0000-4000-8000-000000000001"

BEAT = Beat(
    gateway="pitch-1",
    epoch=NOW,
    number=3,
    boot_us=5_000_000,
    wall_us=1_750_000_005_000_000,
    clock=ClockReading(1_750_000_000_000_000, 2500, 1),
    epochs=[
        EpochReport(BEFORE, BOOT, False, 0, 41, [(0, 3), (5, 41)], None, 1_749_000_000_000_000),
        EpochReport(NOW, BOOT, True, 0, -1, [], AnchorReport(4_000_000, 1_750_000_004_000_000, 2400, 3)),
    ],
    sensors=[SensorReport("hr-01", "A0:9E:1A:00:00:01", "heart_rate", "live", -61, 88, 4_900_000)],
    buffer=BufferReport(4_194_304, 104_857_600, 1, 512, 4_000_000, 0, "oldest-raw-first"),
    link={"rtt_ms": 12.5},
    health=HealthReport("degraded", ["The clock has only the hub as its source."]),
    versions={"sts-edge": "0.1.0"},
    settings=SettingsReport(
        4, "cd" * 32, None, RefusedChange(6, ["record.live_ms = 5  expected 50 to 5000"])
    ),
)
ANSWER = Answer(
    number=3,
    hub_us=1_750_000_005_010_000,
    epochs=[EpochAnswer(BEFORE, False, [(0, 3), (5, 40)], [(41, 41)], True)],
    settings=SettingsChange(7, 5, "ab" * 32, '{"record":{"live_ms":250}}'),
    settings_wanted=True,
    orders=[Order(9, "identify", 1_750_000_605_010_000)],
)


def beat_of(**changed: object) -> bytes:
    """A beat as another program might send it: JSON in a zstd frame, with some fields changed."""
    told = json.loads(zstandard.ZstdDecompressor().decompress(encode_beat(BEAT)))
    for name, value in changed.items():
        told[name] = value
    return zstandard.ZstdCompressor().compress(json.dumps(told).encode())


def test_what_is_told_is_read():
    """A beat and its answer come back as they were."""
    assert decode_beat(encode_beat(BEAT)) == BEAT
    assert decode_answer(encode_answer(ANSWER)) == ANSWER


def test_fields_of_another_age_do_no_harm():
    """Unknown ones are passed over, missing ones have their default."""
    told = decode_beat(beat_of(mood="good", sensors=[], link={}))
    assert (told.gateway, told.sensors) == ("pitch-1", [])
    least = {"gateway": "pitch-1", "epoch": NOW, "number": 0, "boot_us": 0, "epochs": []}
    told = decode_beat(zstandard.ZstdCompressor().compress(json.dumps(least).encode()))
    assert told == Beat(gateway="pitch-1", epoch=NOW, number=0, boot_us=0, epochs=[])


REPORT = {"epoch": NOW, "boot_id": BOOT, "running": True, "first": 0, "head": 9, "confirmed": []}


@pytest.mark.parametrize(
    "changed",
    [
        {"version": 2},
        {"gateway": "Pitch 1"},
        {"gateway": "pitch-1\n"},
        {"epoch": "0f"},
        {"epoch": NOW.upper()},
        {"number": -1},
        {"number": 2**63},
        {"boot_us": 1.5},
        {"boot_us": 2**62 + 1},
        {"clock": [1, 2]},
        {"epochs": {}},
        {"epochs": [{**REPORT, "head": -2}]},
        {"epochs": [{**REPORT, "confirmed": [[2, 1]]}]},
        {"epochs": [{**REPORT, "confirmed": [[0, 1], [1, 2]]}]},
        {"epochs": [{**REPORT, "confirmed": [[-1, 1]]}]},
        {"epochs": [{**REPORT, "confirmed": [[0, 2**63]]}]},
        {"epochs": [{**REPORT, "confirmed": [[0, 1, 2]]}]},
        {"epochs": [{**REPORT, "boot_id": "a\u0000b"}]},
        {"epochs": [{**REPORT, "pin": {"boot_us": 1, "wall_us": 1, "error_us": 1, "source": 0}}]},
        {"sensors": [{"name": "a b", "address": "", "kind": "", "state": "live"}]},
        {"sensors": [{"name": "a", "address": "", "kind": "", "state": "fine"}]},
        {"health": {"state": "ok", "faults": ["a\u0000b"]}},
        {"health": {"state": "ok", "faults": ["x" * 501]}},
    ],
    ids=str,
)
def test_a_beat_that_cannot_be_true_is_refused_whole(changed):
    """One wrong field, one error: the hub keeps what it last knew."""
    assert decode_beat(beat_of())
    with pytest.raises(BeatError):
        decode_beat(beat_of(**changed))


def test_what_would_be_refused_is_not_sent():
    """The sender learns it, not the receiver."""
    with pytest.raises(BeatError):
        encode_beat(Beat(gateway="X", epoch=NOW, number=0, boot_us=0, epochs=[]))
    with pytest.raises(BeatError):
        encode_answer(Answer(number=-1, hub_us=0))
    with pytest.raises(BeatError):
        encode_answer(Answer(number=0, hub_us=0, epochs=[EpochAnswer(NOW, wanted=[(2, 1)])]))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        bytes(MAX_BEAT_BYTES + 1),
        zstandard.ZstdCompressor().compress(bytes(2**24)),
        zstandard.ZstdCompressor().compress(b"[" * 100_000),
        zstandard.ZstdCompressor().compress(b'{"gateway": "\xff"}'),
        zstandard.ZstdCompressor().compress(b"null"),
    ],
    ids=len,
)
def test_hostile_bytes_give_only_our_error(data):
    """Too long, bombs, nests, no text: refused, nothing unpacked beyond the bound."""
    for decoder in (decode_beat, decode_answer):
        with pytest.raises(BeatError):
            decoder(data)


@given(st.binary(max_size=100))
def test_random_bytes_give_only_our_error(noise):
    """As a frame, and as what is in one."""
    for data in (noise, zstandard.ZstdCompressor().compress(noise)):
        with pytest.raises(BeatError):
            decode_beat(data)


def test_four_thousand_restarts_fit_into_a_beat():
    """A gateway that restarted every few minutes for weeks without a link can still say so."""
    epochs = [EpochReport(f"{n:032x}", BOOT, False, 0, n, [(0, n)]) for n in range(4000)]
    told = Beat(gateway="pitch-1", epoch=NOW, number=1, boot_us=1, epochs=epochs)
    assert decode_beat(encode_beat(told)) == told
