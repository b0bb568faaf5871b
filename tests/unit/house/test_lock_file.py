"""The lock names everything with its hash, and nothing of the machine that made it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
LOCK = (ROOT / "deploy/locks/python.txt").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def plain(name: str) -> str:
    """A requirement's name as the lock writes it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", name)[0]).lower()


def test_every_package_has_a_version_and_a_hash() -> None:
    """pip refuses a lock with a gap; this tells it sooner."""
    entries = re.split(r"\n(?=\S)", LOCK.strip())
    for entry in entries:
        assert re.match(r"[a-z0-9-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_the_lock_names_no_machine() -> None:
    """No index, no address, no folder."""
    assert not re.search(r"://|--index|--extra-index|--find-links|--trusted-host| @ ", LOCK)


def test_the_lock_has_all_that_the_project_asks_for() -> None:
    """A dependency that was added to the project is in the lock, too."""
    project = PROJECT["project"]
    asked = [*project["dependencies"], *PROJECT["build-system"]["requires"]]
    asked += [name for extra in project["optional-dependencies"].values() for name in extra]
    locked = {line.split("==")[0] for line in LOCK.splitlines() if "==" in line}
    assert {plain(name) for name in asked} - locked == {project["name"]}
