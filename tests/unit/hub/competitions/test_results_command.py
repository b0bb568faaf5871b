"""`sts-hub results parse`: what a file says before it is stored."""

import json

import pytest
from typer.testing import CliRunner

from result_files import CSV, FILES, IDS, LIF
from sts_hub.cli import app
from sts_hub.errors import HubError
from sts_protocols.results import reading

run = CliRunner()


@pytest.mark.parametrize("file", FILES, ids=IDS)
def test_every_format_is_shown_and_its_json_is_taken_again(file, tmp_path):
    path = tmp_path / "results.txt"
    path.write_bytes(file.data)
    shown = run.invoke(app, ["results", "parse", str(path)])
    assert shown.exit_code == 0, shown.output
    assert f"{file.form} (" in shown.output
    assert f"{file.pieces} of {file.pieces} read" in shown.output
    told = json.loads(run.invoke(app, ["results", "parse", str(path), "--json"]).output)
    assert told["format"] == file.form
    sent = json.dumps({"meet": told["meet"]}).encode()
    assert reading.read(sent).meet == reading.read(file.data).meet


def test_a_heat_is_a_table_and_refused_lines_have_their_reason(tmp_path):
    path = tmp_path / "heat.lif"
    path.write_bytes(LIF.replace(b"12.61", b"12.6x"))
    lines = run.invoke(app, ["results", "parse", str(path)]).output.splitlines()
    assert "event 14, Girls 100 m, B, round 1, heat 2, wind +0.9 m/s, 18:05:23.4567" in lines
    assert any(line.split()[:4] == ["1", "4", "234", "Ilvy"] and "12.34" in line for line in lines)
    assert "line 5 refused: The time 12.6x cannot be read." in lines


def test_a_mapping_of_columns(tmp_path):
    path, mapping = tmp_path / "a.csv", tmp_path / "columns.json"
    path.write_bytes(CSV)
    mapping.write_text('{"columns": {"name": "Nachname", "time": "Zeit"}, "meet": "Nowhere"}')
    told = run.invoke(app, ["results", "parse", str(path), "--columns", str(mapping)])
    assert "Nowhere" in told.output
    assert "Öztürkova" in told.output


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", bytes(100)])
def test_another_file_is_a_sentence(data, tmp_path):
    path = tmp_path / "a.lif"
    path.write_bytes(data)
    told = run.invoke(app, ["results", "parse", str(path)])
    assert isinstance(told.exception, HubError)
    assert str(told.exception).startswith(f"{path}: ")


def test_a_file_that_is_not_there_is_a_sentence(tmp_path):
    told = run.invoke(app, ["results", "parse", str(tmp_path / "nothing.lif")])
    assert "name a file that is there" in str(told.exception)
