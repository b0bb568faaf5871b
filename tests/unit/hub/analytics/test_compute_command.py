"""`sts-hub compute`: what a sport scientist types, and what comes back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from formula_examples import EXAMPLES, Example
from json_documents import check
from sts_hub import cli
from sts_hub.analytics.formulas import CATALOGUE

HEART = "t_s,heart_rate\n0,120\n1,\n2,140\n"


def ran(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    with pytest.raises(SystemExit) as caught:
        cli.main(["compute", *words])
    told = capsys.readouterr()
    return int(caught.value.code or 0), told.out, told.err


def document(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    code, out, err = ran(capsys, *words, "--json")
    assert (code, err) == (0, "")
    found: dict[str, Any] = json.loads(out)
    check(found)
    return found


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: f"{one.formula}-{one.variant}")
def test_every_example_of_the_page_can_be_run_from_its_file(
    example: Example, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    check({"schema": "sts.hub.compute.given/1", **example.document})
    file = tmp_path / "given.json"
    file.write_text(json.dumps(example.document))
    found = document(capsys, example.formula, str(file))
    assert found["variant"] == example.variant
    assert set(found["values"]) == set(found["units"]) == set(example.values)


def test_a_series_comes_from_csv_with_what_is_missing_left_empty(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "heart.csv"
    file.write_text(HEART)
    found = document(capsys, "trimp", str(file), "-v", "edwards", "-w", "hr_max=190", "--to", "5")
    # 120 is 63 % for a second, 140 is 74 % for three: (2 + 3 · 3) / 60.
    assert found["values"]["load"] == pytest.approx(11 / 60)
    assert found["coverage_percent"] == pytest.approx(80)
    assert found["inputs"] == {"heart_rate": {"values": 3, "missing": 1}}


def test_numbers_and_lists_need_no_times(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert document(capsys, "session_rpe", "-w", "rating=7", "-w", "duration_min=60")["values"] == {
        "load": 420
    }
    file = tmp_path / "week.csv"
    file.write_text("daily_load\n400\n0\n500\n300\n0\n600\n300\n")
    assert document(capsys, "monotony", str(file), "-v", "sample_sd")["values"]["week_load"] == 2100
    gates = document(capsys, "gate_splits", "-w", "gate_time=0,1.5,,4")
    assert gates["values"] == {"split": [1.5, None, None], "total": 4}


def test_the_list_names_all_and_is_a_document_too(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "--list")
    assert [one["id"] for one in found["formulas"]] == [one.id for one in CATALOGUE]
    code, out, _ = ran(capsys, "--list")
    assert code == 0
    assert all(f"\n{one.id}  " in f"\n{out}" for one in CATALOGUE)
    assert "hr_max (/min)" in ran(capsys, "trimp", "--list")[1]


def test_what_is_printed_for_people_says_coverage_and_origin(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "heart.csv"
    file.write_text(HEART)
    _, out, _ = ran(capsys, "trimp", str(file), "-v", "banister", "-w", "hr_max=190")
    assert "null" in out
    assert "Not known of the athlete: hr_rest, sex." in out


@pytest.mark.parametrize(
    ("content", "words", "sentence"),
    [
        (None, ("trimp",), "has variants"),
        (None, ("tripm",), "Did you mean trimp?"),
        (None, ("trimp", "-v", "edwards"), "heart_rate (series, /min) is missing"),
        (None, ("session_rpe", "-w", "rating"), "NAME=VALUE"),
        (None, ("session_rpe", "-w", "rating=hard"), "'hard' is no number"),
        (None, ("session_rpe", "-w", "rating=11", "-w", "duration_min=1"), "between 0 and 10"),
        (None, ("session_rpe", "-w", "colour=1"), "takes no colour. Known: rating, duration_min"),
        ("", ("heart_rate",), "The file is empty"),
        ("t_s;heart_rate\n0;120\n", ("heart_rate",), "parted by commas"),
        (None, ("heart_rate", "-w", "heart_rate=120"), "give it in a file"),
        (None, ("gate_splits", "-w", "gate_time=1,x"), "'x' is no number"),
        ("t_s,heart_rate\n0,x\n", ("heart_rate",), "Line 2: 'x' is no number"),
        ("t_s,heart_rate\n0\n", ("heart_rate",), "Line 2 has 1 columns"),
        ("t_s,pulse\n0,1\n", ("heart_rate",), "no column pulse. Known: t_s, heart_rate"),
        ("heart_rate\n1\n", ("heart_rate",), "needs a time on every line"),
        ("t_s,t_s\n1,1\n", ("heart_rate",), "same name"),
        ("t_s,heart_rate\n5,100\n1,100\n", ("heart_rate",), "none before the last"),
        ("\x00\xff", ("heart_rate",), "no column"),
        ("{", ("heart_rate",), "sts.hub.compute.given/1"),
        ('{"formula": "trimp", "inputs": {}}', ("heart_rate",), "asks for trimp"),
        ('{"formula": "heart_rate", "inputs": {"heart_rate": []}}', ("heart_rate",), "must be a series"),
    ],
)
def test_what_cannot_be_worked_out_is_one_sentence_and_exit_one(
    content: str | None,
    words: tuple[str, ...],
    sentence: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "given"
    if content is not None:
        file.write_text(content)
    code, out, err = ran(capsys, *words, *([str(file)] if content is not None else []))
    assert (code, out) == (1, "")
    assert sentence in err
    assert err.count("\n") == 1


def test_a_file_that_is_not_there_is_told_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = ran(capsys, "trimp", "/nowhere/at/all", "-v", "edwards")
    assert (code, err) == (1, "/nowhere/at/all cannot be read: No such file or directory.\n")


def completed(words: str) -> list[str]:
    """What bash would be offered."""
    asked = {"_STS_HUB_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    code = "from sts_hub.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **asked}
    )
    return done.stdout.split()


def test_formulas_and_their_variants_are_completed() -> None:
    assert completed("sts-hub comp") == ["compute"]
    assert completed("sts-hub compute tri") == ["trimp"]
    assert completed("sts-hub compute trimp -v ed") == ["edwards"]
