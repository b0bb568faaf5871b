"""Every --json document has a published schema, and is what it says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema_rs
import pytest

from json_documents import FOLDER, check, schema_file

ROOT = Path(__file__).resolve().parents[4]
PROGRAMS = (ROOT / "edge/sts_edge", ROOT / "hub/sts_hub")
_NAME = re.compile(r'"(sts\.(?:edge|hub)\.[a-z.-]+/\d+)"')
# These make their names from a verb.
MADE = {f"sts.edge.{name}/1" for name in ("sensors.set", "sensors.remove", "network.wifi", "network.hotspot")}


def named_in_the_code() -> set[str]:
    """The schemas that the code of the programs names."""
    files = [file for program in PROGRAMS for file in program.rglob("*.py")]
    return {name for file in files for name in _NAME.findall(file.read_text(encoding="utf-8"))}


def test_each_document_that_the_code_can_print_has_a_schema() -> None:
    missing = {name for name in named_in_the_code() | MADE if not schema_file(name).exists()}
    assert missing == set()


def test_each_schema_is_one_and_belongs_to_a_document() -> None:
    names = set()
    for file in FOLDER.glob("*.json"):
        schema = json.loads(file.read_text(encoding="utf-8"))
        jsonschema_rs.validator_for(schema)
        names.add(schema["properties"]["schema"]["const"])
        assert schema_file(schema["properties"]["schema"]["const"]) == file
    assert names == named_in_the_code() | MADE


def test_the_check_can_fail() -> None:
    check({"schema": "sts.edge.buffer.drain/1", "seconds": 1.5})
    with pytest.raises(jsonschema_rs.ValidationError):
        check({"schema": "sts.edge.buffer.drain/1", "seconds": "soon"})
