"""What `sts-edge` and `sts-hub` print with `--json`, held to the published schemas."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

FOLDER = Path(__file__).resolve().parents[1] / "docs/schemas"


def schema_file(name: str) -> Path:
    """Where the schema of a document lies, by what the document says in `schema`."""
    return FOLDER / f"{name.replace('/', '.')}.json"


@cache
def _validator(name: str) -> Any:
    return jsonschema_rs.validator_for(json.loads(schema_file(name).read_text(encoding="utf-8")))


def check(document: dict[str, Any]) -> None:
    """The document is what its schema says. Raises ValidationError."""
    _validator(document["schema"]).validate(document)


def check_lines(text: str) -> None:
    """Each line is a document that its schema knows."""
    for line in text.splitlines():
        check(json.loads(line))
