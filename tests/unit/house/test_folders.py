"""Short folders stand for long ones, and are nobody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo import folders

UNIX_SOCKET_PATH_BYTES = 107


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "TEMPORARY", tmp_path / "t")
    (tmp_path / "t").mkdir()


def test_a_short_folder_needs_no_quoting_and_leaves_room_for_a_socket(tmp_path: Path) -> None:
    """However long and spaced the clone's path is, the short one is neither."""
    clone = tmp_path / ("a folder with spaces " * 5) / "build"
    clone.mkdir(parents=True)
    short = folders.short_folder(clone)
    assert " " not in short.name
    assert len(f"/tmp/{short.name}/pg/.s.PGSQL.5432") < UNIX_SOCKET_PATH_BYTES
    assert (short / "here").resolve() == clone.resolve()


def test_the_same_folder_has_the_same_short_one(tmp_path: Path) -> None:
    """A broker finds its data where it left them; another clone gets another folder."""
    assert folders.short_folder(tmp_path) == folders.short_folder(tmp_path)
    assert folders.short_folder(tmp_path) != folders.short_folder(tmp_path / "t")


def test_a_short_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """A link that waits under our name is not followed."""
    short = folders.short_folder(tmp_path)
    folders.remove_short_folder(tmp_path)
    short.symlink_to(tmp_path)
    with pytest.raises(folders.FolderError, match="belongs to somebody else"):
        folders.short_folder(tmp_path)


def test_a_closed_home_is_noticed(tmp_path: Path) -> None:
    """One closed folder on the way down is enough."""
    (tmp_path / "home/clone").mkdir(parents=True)
    (tmp_path / "home").chmod(0o700)
    assert folders.reachable_by_others(Path("/usr/bin"))
    assert not folders.reachable_by_others(tmp_path / "home/clone")


def test_removing_leaves_the_real_folder(tmp_path: Path) -> None:
    """Only the stand-in goes."""
    kept = tmp_path / "data"
    kept.mkdir()
    (kept / "file").touch()
    folders.short_folder(kept)
    folders.remove_short_folder(kept)
    assert (kept / "file").exists()
