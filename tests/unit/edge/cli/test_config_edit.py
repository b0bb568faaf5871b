"""`sts-edge config edit`, with an editor that the test scripts."""

from __future__ import annotations

import json
import os
import pty
import stat
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-c", "from sts_edge.cli import main; main()"]
SETTINGS = """\
# The north pitch.
[gateway]
name = "pitch-1"
data_dir = "data"
run_dir = "run"
[hub]
url = "amqp://127.0.0.1:1/sts"
password_file = "password"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "password").write_text("secret\n")
    (tmp_path / "password").chmod(0o600)
    file = tmp_path / "settings.toml"
    file.write_text(SETTINGS)
    return file


def editor(folder: Path, *scripts: str) -> dict[str, str]:
    """An editor that does one thing at its first call, the next at its second."""
    for before in folder.glob("done-*"):
        before.unlink()
    for number, script in enumerate(scripts):
        (folder / f"act-{number}").write_text(script)
    program = folder / "editor"
    program.write_text(
        f"#!/bin/sh\nn=$(ls {folder}/done-* 2>/dev/null | wc -l)\ntouch {folder}/done-$n\n"
        f'sed -i -f {folder}/act-$n "$1"\n'
    )
    program.chmod(0o755)
    return {**os.environ, "EDITOR": str(program), "VISUAL": ""}


def edit(config: Path, *scripts: str, words: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, "config", "edit", *words, "--config", str(config)]
    environment = editor(config.parent, *scripts)
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60
    )


def test_a_good_change_is_stored_with_a_way_back(config: Path) -> None:
    config.chmod(0o640)
    done = edit(config, "s/pitch-1/pitch-2/")
    assert done.returncode == 0, done.stderr
    assert 'name = "pitch-2"' in config.read_text()
    assert f"Undo: mv {config}.bak {config}" in done.stdout
    assert "Next: sudo systemctl start sts-edge" in done.stdout
    assert config.with_name("settings.toml.bak").read_text() == SETTINGS
    assert stat.S_IMODE(config.stat().st_mode) == 0o640


def test_without_a_person_faults_are_told_all_at_once_and_nothing_is_stored(config: Path) -> None:
    done = edit(config, "s/pitch-1/P/;s/^url/urk/", words=("--json",))
    told = json.loads(done.stdout)
    assert done.returncode == 5
    assert len(told["faults"]) == 3
    assert config.read_text() == SETTINGS
    done = edit(config, "s/pitch-1/P/")
    assert "gateway.name" in done.stderr


def test_nothing_changed_is_no_fault(config: Path) -> None:
    done = edit(config, "s/nothing/at all/")
    assert (done.returncode, done.stdout) == (0, "")
    assert not config.with_name("settings.toml.bak").exists()


def test_a_person_may_mend_it_at_once(config: Path) -> None:
    master, slave = pty.openpty()
    environment = editor(config.parent, "s/pitch-1/P/", 's/"P"/"pitch-3"/')
    command = [*COMMAND, "config", "edit", "--config", str(config)]
    with subprocess.Popen(
        command, env=environment, stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        os.write(master, b"\n")
        _, err = process.communicate(timeout=60)
    os.close(slave)
    os.close(master)
    assert process.returncode == 0, err
    assert "Edit again? [Y/n]" in err
    assert 'name = "pitch-3"' in config.read_text()


def test_without_a_file_one_begins_with_the_settings_that_teach(config: Path) -> None:
    config.unlink()
    done = edit(config, "s#/etc/sts-edge/password#password#")
    assert done.returncode == 0, done.stderr
    assert "## Who this gateway is" in config.read_text()
    assert config.stat().st_uid == config.parent.stat().st_uid


def test_an_editor_that_fails_changes_nothing(config: Path) -> None:
    command = [*COMMAND, "config", "edit", "--config", str(config)]
    for name in ("false", "/nowhere/editor"):
        environment = {**os.environ, "EDITOR": name, "VISUAL": ""}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 1
        assert done.stderr
    assert config.read_text() == SETTINGS


def test_a_name_that_is_another_devices_is_refused(config: Path) -> None:
    from sts_edge.names import NameBook

    (config.parent / "data").mkdir()
    NameBook(config.parent / "data/names.db").claim({"hr-01": "A0:9E:1A:00:00:01"})
    sensor = '[[sensors]]\\nname = "hr-01"\\naddress = "A0:9E:1A:00:00:02"\\nkind = "heart_rate"'
    done = edit(config, f"$a {sensor}")
    assert done.returncode == 5
    assert "hr-01 is the name of A0:9E:1A:00:00:01" in done.stderr
