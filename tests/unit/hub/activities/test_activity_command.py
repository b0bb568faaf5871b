"""`sts-hub activity parse` says what a file says, and a file that is none is a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from activity_files import ride
from sts_hub.cli import main


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["activity", "parse", *words])
    told = capsys.readouterr()
    return int(ended.value.code or 0), told.out, told.err


def test_a_file_is_told_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "früh.fit"
    path.write_bytes(ride([120, 130, 0]))
    code, out, _ = run(capsys, str(path), "--json")
    told = json.loads(out)
    assert code == 0
    assert (told["form"], told["records_told"], told["records_read"], told["whole"]) == ("fit", 3, 3, True)
    (rate,) = [one for one in told["columns"] if one["name"] == "heart_rate"]
    assert rate == {"name": "heart_rate", "unit": "/min", "count": 2, "low": 120, "mean": 125, "high": 130}
    assert told["from"] == "2026-05-01T12:00:00Z"


def test_a_cut_file_is_told_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cut.fit"
    path.write_bytes(ride([120, 130])[:-40])
    code, out, _ = run(capsys, str(path))
    assert code == 0
    assert "2 of 2 records read" in out
    assert "! The file is cut off" in out


def test_no_file_and_no_activity_are_sentences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, str(tmp_path / "none.fit"))
    assert (code, "cannot be read" in err) == (1, True)
    (tmp_path / "text").write_text("hello")
    code, _, err = run(capsys, str(tmp_path / "text"))
    assert (code, err) == (1, "This is neither FIT, TCX nor GPX: export the activity as one of them.\n")
