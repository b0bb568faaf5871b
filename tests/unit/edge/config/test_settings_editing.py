"""The settings file, changed in place."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from sts_edge.config import ConfigError
from sts_edge.config.editing import SettingsFile, replace

TEXT = """\
# The gateway of the north pitch.
[gateway]
name = "pitch-1"     # as the hub knows it

[hub]
url = "amqp://127.0.0.1:1/sts"
password_file = "password"

# The red straps
[[sensors]]
name = "hr-01"   # the goalkeeper's
address = "A0:9E:1A:00:00:01"
kind = "heart_rate"

# The blue one
[[sensors]]
name = "hr-02"
address = "A0:9E:1A:00:00:02"
kind = "heart_rate"

# Smaller than usual: an old card.
[buffer]
max_bytes = 20_000_000
"""
NEW = {"name": "hr-03", "address": "A0:9E:1A:00:00:03", "kind": "heart_rate"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "password").write_text("secret\n")
    (tmp_path / "password").chmod(0o600)
    file = tmp_path / "settings.toml"
    file.write_text(TEXT)
    return file


def comments(text: str) -> list[str]:
    return [line.partition("#")[2] for line in text.splitlines() if "#" in line]


def test_a_file_that_is_not_changed_stays_byte_for_byte(path: Path) -> None:
    assert SettingsFile(path).text == TEXT


def test_a_sensor_is_added_behind_the_last_one_and_nothing_else_moves(path: Path) -> None:
    file = SettingsFile(path)
    file.add("sensors", NEW)
    added = '[[sensors]]\nname = "hr-03"\naddress = "A0:9E:1A:00:00:03"\nkind = "heart_rate"\n\n'
    assert file.text == TEXT.replace("# Smaller", added + "# Smaller")


def test_the_first_sensor_of_all_can_be_added(path: Path) -> None:
    path.write_text(TEXT[: TEXT.index("# The red")])
    file = SettingsFile(path)
    file.add("sensors", NEW)
    assert [one.name for one in file.settings().sensors] == ["hr-03"]


@pytest.mark.parametrize("names", [["hr-01"], ["hr-02"], ["hr-01", "hr-02"], ["hr-02", "hr-01"]])
def test_removing_takes_the_sensors_lines_and_no_comment_that_stands_above_another(
    path: Path, names: list[str]
) -> None:
    file = SettingsFile(path)
    for name in names:
        file.remove("sensors", name)
    kept = {one["name"] for one in tomllib.loads(file.text).get("sensors", [])}
    assert kept == {"hr-01", "hr-02"} - set(names)
    assert comments(file.text)[-1] == " Smaller than usual: an old card."
    assert " The red straps" in comments(file.text)
    if names == ["hr-01"]:
        assert '# The blue one\n[[sensors]]\nname = "hr-02"' in file.text


def test_a_removed_sensor_tells_what_it_was(path: Path) -> None:
    assert SettingsFile(path).remove("sensors", "hr-02")["address"] == "A0:9E:1A:00:00:02"


def test_a_changed_key_keeps_its_comment_and_tells_what_it_was(path: Path) -> None:
    file = SettingsFile(path)
    assert file.set("sensors", "hr-01", "name", "hr-07") == "hr-01"
    assert 'name = "hr-07"   # the goalkeeper\'s' in file.text


def test_what_the_agent_could_not_use_is_not_stored(path: Path) -> None:
    file = SettingsFile(path)
    file.add("sensors", {**NEW, "address": "A0:9E:1A:00:00:01"})
    file.set("sensors", "hr-02", "kind", "toaster")
    with pytest.raises(ConfigError) as told:
        file.store()
    assert len(told.value.faults) == 2
    assert path.read_text() == TEXT
    assert [one.name for one in path.parent.iterdir() if "settings" in one.name] == ["settings.toml"]


def test_what_was_there_is_kept_beside_it_with_its_mode(path: Path) -> None:
    path.chmod(0o640)
    file = SettingsFile(path)
    file.add("sensors", NEW)
    backup = file.store()
    assert (backup.name, backup.read_text()) == ("settings.toml.bak", TEXT)
    assert path.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in SettingsFile(path).settings().sensors] == ["hr-01", "hr-02", "hr-03"]


def test_a_replacement_that_fails_half_way_leaves_what_was_there(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        replace(path, "half")
    assert path.read_text() == TEXT
    assert sorted(one.name for one in path.parent.iterdir()) == ["password", "settings.toml"]


@pytest.mark.parametrize("text", ["[gateway", "\x00", "a = \n"])
def test_what_is_no_toml_is_told_as_a_fault(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(ConfigError):
        SettingsFile(path)
