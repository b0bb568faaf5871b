"""Versions beside each other: staged by the real pip, tried, settled or taken back, whatever is killed in between."""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from pathlib import Path

import msgspec
import pytest

from killed_at_steps import told_by
from sts_edge import updates as updates_module
from sts_edge.config import UpdateSettings
from sts_edge.trial import MOST_STARTS, Phase
from sts_edge.updates import UpdateError, Updates, updates_of

OLD, NEW = "0.1.0", "0.2.0"


def place(root: Path) -> Updates:
    return Updates(UpdateSettings(root=root, source=str(root / "wheels")))


def version(root: Path, name: str, script: str = "exit 0") -> None:
    """A version that is there, as far as its program is asked."""
    program = root / "versions" / name / "bin/sts-edge"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    (root / "versions" / name / "complete").write_text(name)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in (OLD, NEW):
        version(tmp_path, name)
    for link in ("current", "settled"):
        (tmp_path / link).symlink_to(f"versions/{OLD}")
    return tmp_path


CONFIG = Path("/nowhere/settings.toml")


def test_a_version_that_is_heard_stays(root: Path) -> None:
    place(root).apply(NEW, CONFIG)
    assert (place(root).current, place(root).settled) == (NEW, OLD)
    place(root).guard()
    place(root).answered()
    again = place(root)
    assert (again.current, again.settled, again.page.phase) == (NEW, NEW, Phase.SETTLED)


def test_a_version_that_is_not_heard_goes_back_and_says_why(root: Path) -> None:
    place(root).apply(NEW, CONFIG)
    place(root).go_back("the hub was lost")
    again = place(root)
    assert (again.current, again.settled, again.page.phase) == (OLD, OLD, Phase.SETTLED)
    assert again.page.refused == "version 0.2.0 was taken back: the hub was lost"


def test_a_version_that_does_not_live_is_counted_out(root: Path) -> None:
    place(root).apply(NEW, CONFIG)
    for _ in range(MOST_STARTS):
        place(root).guard()
        assert place(root).current == NEW
    place(root).guard()
    assert (place(root).current, place(root).page.phase) == (OLD, Phase.SETTLED)


def test_what_cannot_be_used_is_not_put_on_trial(root: Path) -> None:
    version(root, "0.3.0", 'echo "the settings have faults" >&2; exit 5')
    for name, words in (
        ("0.3.0", "the settings have faults"),
        ("0.9.0", "not staged"),
        (OLD, "the one that runs"),
    ):
        with pytest.raises(UpdateError, match=words):
            place(root).apply(name, CONFIG)
    assert (place(root).current, place(root).page.phase) == (OLD, Phase.SETTLED)
    place(root).apply(NEW, CONFIG)
    version(root, "0.4.0")
    with pytest.raises(UpdateError, match="on trial"):
        place(root).apply("0.4.0", CONFIG)


def test_somebody_who_moves_the_link_ends_the_trial(root: Path) -> None:
    place(root).apply(NEW, CONFIG)
    (root / "current").unlink()
    (root / "current").symlink_to("versions/0.3.0")
    place(root).guard()
    assert (place(root).current, place(root).page.phase) == ("0.3.0", Phase.SETTLED)


# Forks a child for each step, which dies there, and tells what the next start then finds.
KILLED = """
import json, sys
from pathlib import Path
from killed_at_steps import deaths
from sts_edge import updates as module
from sts_edge.config import UpdateSettings

root, act = Path(sys.argv[1]), sys.argv[2]
def place():
    return module.Updates(UpdateSettings(root=root, source="/nowhere"))
def fresh():
    (root / "update.json").unlink(missing_ok=True)
    for name in ("current", "settled"):
        (root / name).unlink()
        (root / name).symlink_to("versions/0.1.0")
def applied():
    place().apply("0.2.0", Path("/nowhere"))
ACTS = {"apply": applied, "answered": lambda: place().answered(), "back": lambda: place().go_back("lost")}

def prepared():
    fresh()
    if act != "apply":
        applied()

for _ in deaths(prepared, ACTS[act]):
    place().guard()
    found = place()
    print(json.dumps([found.page.phase.value, found.current, found.settled]))
"""


@pytest.mark.parametrize(
    ("act", "ways"),
    [
        ("apply", {("settled", OLD, OLD), ("trial", NEW, OLD)}),
        ("answered", {("trial", NEW, OLD), ("settled", NEW, NEW)}),
        ("back", {("trial", NEW, OLD), ("settled", OLD, OLD)}),
    ],
)
def test_killed_at_any_step_the_next_start_knows_where_it_was(
    root: Path, act: str, ways: set[tuple[str, str, str]]
) -> None:
    found = [tuple(json.loads(line)) for line in told_by(KILLED, str(root), act)]
    assert len(found) >= 6
    assert set(found) == ways, "both sides of the step were met"


@pytest.mark.parametrize("wrong", ["../../etc", "--pre", "", "0.2.0; true", "0.2.0 --index-url=https://x"])
def test_what_is_no_version_never_reaches_pip(root: Path, wrong: str) -> None:
    with pytest.raises(UpdateError, match="is no version"):
        place(root).stage(wrong)


def wheel(folder: Path, name: str, script: str) -> None:
    """A package of that version with a program `sts-edge`, as pip takes it."""
    folder.mkdir(exist_ok=True)
    info = f"smart_training_system-{name}.dist-info"
    files = {
        "sts_stub.py": f"import sys\ndef main():\n    {script}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: smart-training-system\nVersion: {name}\nProvides-Extra: edge\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[console_scripts]\nsts-edge = sts_stub:main\n",
    }
    with zipfile.ZipFile(folder / f"smart_training_system-{name}-py3-none-any.whl", "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
        hashes = {
            path: base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            for path, text in files.items()
        }
        record = [f"{path},sha256={hashes[path]},{len(files[path])}" for path in files]
        archive.writestr(f"{info}/RECORD", "\n".join([*record, f"{info}/RECORD,,"]) + "\n")


def test_the_real_pip_stages_what_the_source_has_and_nothing_half(root: Path) -> None:
    wheel(root / "wheels", "0.5.0", "print('sts-edge 0.5.0')")
    wheel(root / "wheels", "0.6.0", "sys.exit('it does not start')")
    updates = place(root)
    assert updates.available() == "0.6.0"
    updates.stage("0.5.0")
    assert updates.installed == [OLD, NEW, "0.5.0"]
    updates.apply("0.5.0", CONFIG)
    assert (root / "current/bin/sts-edge").exists()
    with pytest.raises(UpdateError, match="it does not start"):
        updates.stage("0.6.0")
    assert not (root / "versions/0.6.0").exists()


def test_without_settings_the_package_is_where_versions_come_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = UpdateSettings(root=tmp_path, source=str(tmp_path))
    absent = msgspec.structs.replace(updates_module.PACKAGED, source=str(tmp_path / "nothing"))
    monkeypatch.setattr(updates_module, "PACKAGED", absent)
    assert updates_of(None) is None
    monkeypatch.setattr(updates_module, "PACKAGED", mine)
    found = updates_of(None)
    assert found is not None
    assert found.root == tmp_path
