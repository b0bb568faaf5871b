"""The import rules hold, and each of them would be noticed if it were broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("protocols/sts_protocols", "edge/sts_edge", "hub/sts_hub", "firmware-sims/sts_sims")

# For each rule one line that breaks it, and the file that gets it.
PLANTED = [
    ("protocols-stand-alone", "protocols/sts_protocols/metrics.py", "import sts_edge"),
    ("protocols-do-no-io", "protocols/sts_protocols/metrics.py", "import socket"),
    ("protocols-do-no-io", "protocols/sts_protocols/record/header.py", "import time"),
    ("parts-are-strangers", "hub/sts_hub/config.py", "import sts_edge.config"),
    ("parts-are-strangers", "firmware-sims/sts_sims/athletes.py", "import sts_hub.config"),
    ("simulators-encode-for-themselves", "firmware-sims/sts_sims/athletes.py", "import sts_protocols.gatt"),
    (
        "simulators-encode-for-themselves",
        "firmware-sims/sts_sims/athletes.py",
        "import sts_protocols.adverts",
    ),
    ("gateway-rooms", "edge/sts_edge/buffer/interface.py", "import sts_edge.uplinks.pacing"),
    ("gateway-rooms", "edge/sts_edge/config/settings.py", "import sts_edge.clock"),
    ("hub-features", "hub/sts_hub/athletes/repository.py", "import sts_hub.athletes.endpoints"),
    ("analytics-are-pure", "hub/sts_hub/analytics/trimp.py", "import time"),
    ("analytics-are-pure", "hub/sts_hub/analytics/given.py", "import pathlib"),
    ("own-queries-athletes", "hub/sts_hub/live/service.py", "import sts_hub.athletes.repository"),
    ("no-cycles", "hub/sts_hub/db/pools.py", "import sts_hub.ingest"),
]


def lint_imports(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """import-linter over the packages of a folder, with the rules of its pyproject.toml."""
    paths = ":".join(str((folder / package).parent) for package in PACKAGES)
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    options = ["--config", "pyproject.toml", "--no-cache", "--no-logo", *words]
    environment = {"PYTHONPATH": paths, "PATH": "/usr/bin:/bin", "COLUMNS": "200"}
    return subprocess.run(
        [*command, *options], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The four packages and their rules, in a folder where they may be spoiled."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_rules_hold_as_things_are() -> None:
    """All import rules are kept."""
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout


def test_every_repository_has_its_rule() -> None:
    """A new feature of the hub gets a rule for its queries."""
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    kept = {module for rule in rules for module in rule.get("protected_modules", [])}
    found = (ROOT / "hub/sts_hub").glob("*/repository.py")
    assert {f"sts_hub.{place.parent.name}.repository" for place in found} == kept


@pytest.mark.parametrize(("rule", "file", "line"), PLANTED)
def test_a_forbidden_import_breaks_its_rule(copy: Path, rule: str, file: str, line: str) -> None:
    """One forbidden import, and the rule that forbids it fails."""
    with (copy / file).open("a") as module:
        module.write(f"\n{line}\n")
    done = lint_imports(copy, "--contract", rule)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout
    assert any(part in done.stdout for part in (Path(file).stem, f".{Path(file).parent.name} ->"))
