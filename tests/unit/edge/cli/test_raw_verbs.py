"""`sts-edge raw`: what is kept is listed, copied, and decoded anew from the copy."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from json_documents import check_lines
from sts_edge.agent.raw_frames import RawLog
from sts_edge.cli import main
from sts_edge.config import BufferSettings
from sts_edge.health import Health
from sts_protocols.record import ClockReading, ClockSource

KNOWN = ClockReading(1_790_000_000_000_000, 1_000, ClockSource.NTP)
SETTINGS = """
[gateway]
name = "pitch-1"
data_dir = "data"
run_dir = "run"
[hub]
url = "amqp://127.0.0.1:1/sts"
password_file = "password"
"""
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    (tmp_path / "settings.toml").write_text(SETTINGS)
    (tmp_path / "password").write_text("secret")
    (tmp_path / "password").chmod(0o600)

    def typed(*words: str) -> tuple[int, str, str]:
        command = ["sts-edge", *words, "--config", str(tmp_path / "settings.toml")]
        monkeypatch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return int(end.value.code or 0), said.out, said.err

    return typed


@pytest.fixture
async def kept(tmp_path: Path) -> None:
    """Ten beats of a strap, and a message that was too long to be kept, as an agent leaves them."""
    settings = msgspec.structs.replace(BufferSettings(), raw_max_bytes=64 << 20)
    log = RawLog(tmp_path / "data/raw", settings, lambda: KNOWN, lambda: None, Health())
    log.open()
    for second in range(10):
        log.keep("hr-01", "gatt-00002a37", second * 1_000_000, bytes([0, 60 + second]))
    log.keep("hall-1", "mqtt", 4_500_000, b"hall/1\x0021.5")
    log.keep("hall-1", "mqtt", 4_600_000, b"hall/1\0" + bytes(5_000))
    await log.close()


@pytest.mark.usefixtures("kept")
def test_what_is_kept_is_listed_by_sensor(run: Run) -> None:
    code, out, err = run("raw", "list")
    assert code == 0
    assert [line.split()[:4] for line in out.splitlines()] == [
        ["hall-1", "mqtt", "1", "frames,"],
        ["hr-01", "gatt-00002a37", "10", "frames,"],
    ]
    assert "sts-edge decode raw" in err
    _, out, _ = run("raw", "list", "--json")
    check_lines(out)
    hall, strap = json.loads(out)["sources"]
    assert (hall["frames"], hall["bytes"]) == (1, 11)
    assert (strap["first"], strap["last"]) == ("2026-09-21T14:13:20.000Z", "2026-09-21T14:13:29.000Z")


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(("name", "written"), [("raw.jsonl", 11), ("raw.sts", 1)])
def test_a_copy_is_decoded_as_what_came(run: Run, tmp_path: Path, name: str, written: int) -> None:
    """Lines or records: the same readings, in the order in which they came."""
    file = str(tmp_path / name)
    code, out, _ = run("raw", "export", file, "--json")
    check_lines(out)
    assert (code, json.loads(out)["written"]) == (0, written)
    code, out, _ = run("decode", "raw", file, "--json")
    told = json.loads(out)
    assert (code, told["good"], told["bad"]) == (0, 11, 0)
    rates = [one["values"][0]["value"] for one in told["told"] if one["sensor"] == "hr-01"]
    assert rates == [60.0 + second for second in range(10)]
    assert [one["sensor"] for one in told["told"]].index("hall-1") == 5


@pytest.mark.usefixtures("kept")
def test_one_sensor_alone_can_be_copied_as_lines(run: Run) -> None:
    code, out, _ = run("raw", "export", "-", "--sensor", "hall-1")
    (line,) = out.splitlines()
    assert (code, json.loads(line)["frame_hex"]) == (0, b"hall/1\x0021.5".hex())


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("export", "x.sts", "--sensor", "hr-01"), 2, "take --format json"),
        (("export", "x", "--format", "csv"), 2, "no format"),
        (("export", "/nowhere/raw.jsonl"), 1, "cannot be copied"),
        (("list",), 0, "No raw frames are kept"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    run: Run, words: tuple[str, ...], code: int, sentence: str
) -> None:
    ended, _, err = run("raw", *words)
    assert ended == code
    assert sentence in err
