"""The settings file of a gateway that hears simulated straps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

KEYS = ("name", "address", "kind", "streams", "link")


def gateway_file(
    name: str,
    url: str,
    password_file: Path,
    roster: list[dict[str, Any]],
    data_dir: Path,
    run_dir: Path,
    ca_file: Path | None = None,
) -> str:
    """The file's text, with a sensor for each strap of the roster; the keys of encrypted ones are written beside the password."""
    hub = {"url": url, "password_file": str(password_file)} | ({"ca_file": str(ca_file)} if ca_file else {})
    lines = _table("[gateway]", {"name": name, "data_dir": str(data_dir), "run_dir": str(run_dir)})
    lines += _table("[hub]", hub)
    for strap in roster:
        sensor = {key: strap[key] for key in KEYS if key in strap}
        if "bind_key" in strap:
            sensor["bind_key_file"] = str(
                _kept(password_file.with_name(f"key-{strap['name']}"), strap["bind_key"])
            )
        lines += _table("[[sensors]]", sensor)
    return "\n".join(lines) + "\n"


def _table(head: str, values: dict[str, Any]) -> list[str]:
    return [head, *(f"{key} = {json.dumps(value)}" for key, value in values.items())]


def _kept(file: Path, secret: str) -> Path:
    file.touch(mode=0o600)
    file.write_text(secret)
    return file
