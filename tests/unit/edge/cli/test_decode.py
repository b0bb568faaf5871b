"""`sts-edge decode`: frames, captures and their faults, by hand."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sts_edge.cli import capture, main
from sts_edge.cli.capture import Piece, Wrong
from sts_protocols.kinds import KINDS
from sts_protocols.record import UNKNOWN_CLOCK, Kind, RawFrame, RawFrames, encode_raw, seal

Run = Callable[..., tuple[int, str, str]]


class Input(io.StringIO):
    """Standard input with bytes behind it; a terminal if there is nothing to read."""

    def __init__(self, data: bytes | None) -> None:
        super().__init__()
        self.buffer = io.BytesIO(data or b"")
        self._tty = data is None

    def isatty(self) -> bool:
        return self._tty


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def typed(*words: str, given: bytes | None = None) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sts-edge", "decode", *words])
        monkeypatch.setattr(sys, "stdin", Input(given))
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        return int(end.value.code or 0), said.out, said.err

    return typed


def document(out: str) -> dict[str, Any]:
    """The one document on standard output."""
    (line,) = out.splitlines()
    told: dict[str, Any] = json.loads(line)
    return told


@pytest.mark.parametrize("words", [(), ("--list",), ("heart_rate", "--list")])
def test_without_a_kind_or_with_list_the_kinds_are_told(run: Run, words: tuple[str, ...]) -> None:
    """Each with what it is and what it takes."""
    code, out, _ = run(*words)
    assert code == 0
    kinds = [[kind.name, kind.takes] for kind in KINDS]
    assert [line.split()[:2] for line in out.splitlines()] == [*kinds, ["raw", "raw"]]


def test_the_list_is_one_document_too(run: Run) -> None:
    """With a schema of its own."""
    told = document(run("--json")[1])
    assert told["schema"] == "sts.edge.decode.kinds/1"
    assert told["kinds"][0].keys() == {"kind", "title", "takes"}


@pytest.mark.parametrize(
    "words", [("16 3c 00 04",), ("16", "3c", "00", "04"), ("0x16:3C:00:04",), ("163c0004",)]
)
def test_one_frame_in_hex_is_decoded_however_it_is_written(run: Run, words: tuple[str, ...]) -> None:
    """With blanks, colons, capitals, 0x, or none of them."""
    code, out, _ = run("heart_rate", *words, "--json")
    told = document(out)
    assert (code, told["schema"], told["kind"]) == (0, "sts.edge.decode/1", "heart_rate")
    assert (told["good"], told["bad"]) == (1, 0)
    (one,) = told["told"]
    assert one["line"] == 1
    assert one["reading"]["rr_ms"] == [1000.0]
    assert one["values"][0] == {"metric": "heart_rate", "value": 60.0, "unit": "/min", "quality": "ok"}


CAPTURE = """# two straps, one after the other
0.000 16 3c 00 04
1.000 zz

2.5, 00 3c 00
2026-05-01T10:00:00Z 003d
{"t_boot_us": 3000000, "frame_hex": "003e", "strap": "hr-01"}
{"frame": 1}
{
"""


@pytest.mark.parametrize("by", ["file", "-", "nothing"])
def test_a_capture_is_told_whole_and_in_order_with_each_bad_line_in_its_place(
    run: Run, tmp_path: Path, by: str
) -> None:
    """From a file, from standard input named, and from standard input because nothing else was given."""
    file = tmp_path / "capture.txt"
    file.write_text(CAPTURE)
    words = {"file": [str(file)], "-": ["-"], "nothing": []}[by]
    code, out, _ = run("heart_rate", *words, "--json", given=None if by == "file" else CAPTURE.encode())
    told = document(out)
    assert (code, told["good"], told["bad"]) == (3, 3, 4)
    assert [(one["line"], "error" in one) for one in told["told"]] == [
        (2, False),
        (3, True),
        (5, True),
        (6, False),
        (7, False),
        (8, True),
        (9, True),
    ]
    assert told["told"][2]["frame"] == "003c00"
    assert told["told"][2]["time_s"] == 2.5
    assert [one["time_s"] for one in told["told"] if one["line"] in (6, 7)] == [1777629600.0, 3.0]


def test_people_are_told_the_same_in_a_line_each(run: Run) -> None:
    """Line, time, values with unit and doubt; the sentence of what was wrong."""
    code, out, _ = run("heart_rate", "-", given=b"0.5 14 3c 00 04\n00\n003c00\n")
    assert code == 3
    assert out.splitlines()[0] == (
        "line 1  0.500 s  heart_rate 60 /min (no contact)  rr_interval 1000 ms (no contact)"
    )
    assert out.splitlines()[1] == "line 2  rr_ms []  truncated True"
    assert out.splitlines()[2].startswith("line 3  1 bytes of a heart rate frame are announced by no flag")


def test_what_came_as_text_is_shown_as_text_and_all_else_as_hex(run: Run) -> None:
    """A technician reads what the timer printed, also where it is wrong; documents keep the bytes."""
    line, wrong = b" 0042 C0  10:00:01.2345 00", b"?0042 C9 nonsense"
    code, out, _ = run("alge", "-", given=line + b"\r" + wrong + b"\r")
    assert code == 3
    good, bad = out.splitlines()
    assert good.endswith(f"line {line.decode()!r}")
    assert bad.endswith(repr(wrong.decode()))
    told = document(run("alge", "-", "--json", given=line)[1])
    assert bytes.fromhex(told["told"][0]["reading"]["line"]) == line
    assert run("battery", "0000")[1].rstrip().endswith("0000")


def test_what_consists_of_parts_is_told_part_by_part(run: Run) -> None:
    """A report of a tag reader names each field, and says nothing of those that it has not."""
    report = "043d 00000020 00000001 00f0 0016 8d 300833b2ddd9014000000001 81 0001 86 c6"
    out = run("llrp", report)[1]
    assert "tags [epc 300833B2DDD9014000000001, antenna 1, rssi_dbm -58, data " in out
    assert "None" not in out


RAW = [
    ("a-1", "gatt-00002a5b", 1_000_000, "010a0000000004"),
    ("timy-1", "alge", 1_500_000, b" 0042 C0  10:00:01.2345 00".hex()),
    ("b-2", "gatt-00002a5b", 2_000_000, "01140000000008"),
    ("a-1", "gatt-00002a5b", 2_000_000, "010c0000000008"),
    ("c-3", "gatt-0000ffff", 2_500_000, "00"),
]


def raw_lines() -> bytes:
    keys = ("sensor", "raw", "t_boot_us", "frame_hex")
    return "\n".join(json.dumps(dict(zip(keys, one, strict=True))) for one in RAW).encode()


def raw_records() -> bytes:
    body = encode_raw(
        *(RawFrames(sensor, word, [RawFrame(us, bytes.fromhex(hexa))]) for sensor, word, us, hexa in RAW)
    )
    return seal(Kind.RAW, b"s" * 8, b"e" * 16, 0, 1_000_000, 2_500_000, UNKNOWN_CLOCK, body).raw


@pytest.mark.parametrize("form", [raw_lines, raw_records])
def test_raw_frames_of_many_sensors_are_decoded_each_by_its_own(run: Run, form: Callable[[], bytes]) -> None:
    """With state for each sensor: only the one that was counted twice has a rate."""
    code, out, _ = run("raw", "-", "--json", given=form())
    told = document(out)
    assert (code, told["good"], told["bad"]) == (3, 4, 1)
    rates = {one["sensor"]: one["values"] for one in told["told"] if one.get("values")}
    assert list(rates) == ["a-1"]
    timer = next(one for one in told["told"] if one["sensor"] == "timy-1")
    assert (timer["raw"], timer["time_s"], timer["reading"]["bib"]) == ("alge", 1.5, "42")
    assert "update the gateway" in told["told"][-1]["error"]


def test_damaged_records_of_raw_frames_cost_only_themselves(run: Run) -> None:
    good = raw_records()
    code, out, _ = run("raw", "-", "--json", given=good + b"rot" + good)
    told = document(out)
    assert (code, told["good"]) == (3, 8)
    assert any("are no record" in one.get("error", "") for one in told["told"])


@pytest.mark.parametrize(
    "given", [b"[]", b"{}", b'{"frame_hex": "00", "sensor": 1, "raw": "a"}', b"\xff", b"5"]
)
def test_what_is_no_raw_frame_is_a_sentence(run: Run, given: bytes) -> None:
    code, out, _ = run("raw", "-", "--json", given=given)
    assert code == 1
    assert document(out)["told"][0]["error"]


@pytest.mark.parametrize(
    ("words", "given", "code", "sentence"),
    [
        (("raw", "no/such/file"), None, 7, "Next: sts-edge raw export FILE"),
        (("hart_rate", "00"), None, 2, "Did you mean heart_rate?"),
        (("heart_rate",), None, 2, "Nothing was given"),
        (("heart_rate", "no/such/file"), None, 2, "There is no such file, and 'no/such/file' is no hex"),
        (("heart_rate", "-"), b"", 7, "Nothing was told"),
        (("heart_rate", "-"), b"# nothing\n", 7, "Nothing was told"),
        (("heart_rate", "/"), None, 1, "/ cannot be read"),
    ],
)
def test_what_cannot_be_decoded_is_refused_with_the_way_out(
    run: Run, words: tuple[str, ...], given: bytes | None, code: int, sentence: str
) -> None:
    """For people on standard error; with --json as a document."""
    ended, out, err = run(*words, given=given)
    assert (ended, out) == (code, "")
    assert sentence in err
    ended, out, err = run(*words, "--json", given=given)
    assert ended == code
    assert sentence in json.loads(out.splitlines()[-1])["error"]


def test_nothing_but_bad_frames_is_a_failure(run: Run) -> None:
    """A script sees it from the exit code alone."""
    assert run("battery", "0000")[0] == 1


@given(st.text(max_size=80))
def test_any_text_gives_pieces_or_sentences(text: str) -> None:
    """A capture is written by people and by tools that nobody here knows."""
    for piece in capture.frames(text):
        assert isinstance(piece, Piece | Wrong)


@given(st.binary(max_size=10_000))
def test_a_stream_loses_nothing_and_lines_lose_their_ends_only(data: bytes) -> None:
    """Stretch after stretch is the whole again."""
    assert b"".join(piece.data for piece in capture.stretches(data)) == data
    kept = b"".join(piece.data for piece in capture.lines(data))
    assert kept == data.replace(b"\r", b"").replace(b"\n", b"")


@pytest.mark.parametrize(
    ("line", "time_us"),
    [
        ("1777629600250,163c0004", 1_777_629_600_250_000),
        ("1777629600250000; 16 3c 00 04", 1_777_629_600_250_000),
        ("1777629600250000000\t163c0004", 1_777_629_600_250_000),
        ("12.25 163c0004", 12_250_000),
        ("16,3c,00,04", None),
    ],
)
def test_a_time_before_a_frame_is_known_by_its_form(line: str, time_us: int | None) -> None:
    """Bytes between commas are bytes; a number too long for one is a time."""
    assert list(capture.frames(line)) == [Piece(1, bytes.fromhex("163c0004"), time_us)]


def test_a_time_without_a_unit_is_refused_and_never_read_as_bytes() -> None:
    """Milliseconds or seconds, nobody can say."""
    (wrong,) = capture.frames("1000,163c0004")
    assert isinstance(wrong, Wrong)
    assert "decimal point" in wrong.sentence
