"""The folder source: what counts as complete, what is sent again, and that the folder is left as it was."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sts_edge.config import FolderSettings
from sts_edge.sources import Told
from sts_edge.sources.folder import FolderSource, spool
from sts_edge.sources.folder.look import Seen, State, look
from sts_edge.sources.folder.open_files import is_being_written
from sts_edge.sources.folder.sent import Sent, Version
from sts_edge.sources.folder.settling import Settling
from sts_protocols.record import MAX_DOCUMENT_BYTES, DocumentPart
from sts_protocols.record.document import joined
from uplink_support import eventually

STATE = State(9, 1, 1)


def seen(name: str = "heat 1.txt", state: State = STATE) -> Seen:
    return Seen(name, Path(name), state)


def test_a_file_is_complete_when_nothing_has_moved_for_the_settle_time():
    settling = Settling(3.0)
    assert settling.settled([seen()], 10.0) == []
    assert settling.settled([seen()], 12.9) == []
    assert settling.settled([seen()], 13.0) == [seen()]


@pytest.mark.parametrize("moved", [State(10, 1, 1), State(9, 2, 1), State(9, 1, 2)], ids=str)
def test_whatever_moves_begins_the_time_anew(moved):
    settling = Settling(3.0)
    settling.settled([seen()], 10.0)
    assert settling.settled([seen(state=moved)], 13.0) == []
    assert settling.settled([seen(state=moved)], 16.0) == [seen(state=moved)]


def test_an_empty_file_has_not_begun_and_one_that_was_away_begins_anew():
    settling = Settling(3.0)
    empty = seen(state=State(0, 1, 1))
    settling.settled([empty, seen("b")], 0.0)
    assert settling.settled([empty], 10.0) == []
    assert settling.settled([empty, seen("b")], 11.0) == []


def test_only_what_matches_and_is_not_temporary_is_seen(tmp_path):
    for name in ("a.TXT", "b.txt~", ".c.txt", "~$d.txt", "e.txt.part", "f.tmp", "g.pdf", "h.txt"):
        (tmp_path / name).write_text("x")
    (tmp_path / "link.txt").symlink_to("/etc/hostname")
    (tmp_path / "below").mkdir()
    (tmp_path / "below/i.txt").write_text("x")
    assert [one.name for one in look(tmp_path, ["*.txt"])] == ["a.TXT", "h.txt"]
    assert [one.name for one in look(tmp_path, ["h.*", "*/*.txt"])] == ["below/i.txt", "h.txt"]


def test_a_writer_of_this_machine_is_seen_and_a_reader_is_none(tmp_path):
    file = tmp_path / "heat.txt"
    file.write_text("x")
    with file.open("rb"):
        assert not is_being_written(file)
    with file.open("ab"):
        assert is_being_written(file)
    assert not is_being_written(file)
    assert not is_being_written(tmp_path / "gone.txt")


def test_what_was_sent_is_known_after_a_restart_and_a_damaged_memory_is_set_aside(tmp_path):
    version = Version(bytes(32), STATE)
    Sent(tmp_path / "folders.db").note("pool-pc", "h.txt", version)
    assert Sent(tmp_path / "folders.db").get("pool-pc", "h.txt") == version
    assert Sent(tmp_path / "folders.db").get("other", "h.txt") is None
    (tmp_path / "folders.db").write_bytes(b"rot" * 2000)
    assert Sent(tmp_path / "folders.db").get("pool-pc", "h.txt") is None
    assert (tmp_path / "damaged-folders.db").exists()


@pytest.mark.parametrize("size", [5, 3 << 20])
def test_a_copy_has_the_bytes_of_one_moment(tmp_path, size):
    file = tmp_path / "heat.txt"
    content = os.urandom(size)
    file.write_bytes(content)
    (whole,) = look(tmp_path, ["*"])
    with spool.Spool(file, whole.state, tmp_path) as copy:
        file.write_bytes(b"new")
        assert copy.sha256 == hashlib.sha256(content).digest()
        assert copy.read(copy.size) == content
    with pytest.raises(spool.Changed):
        spool.Spool(file, whole.state, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["heat.txt"]


class Place:
    """A watched folder, and what became of its files."""

    def __init__(self, folder: Path, patterns: tuple[str, ...] = ("*.txt",)) -> None:
        self.data_dir = folder / "data"
        self.data_dir.mkdir(exist_ok=True)
        self.watched = folder / "watched"
        self.patterns = patterns
        self.told: list[DocumentPart] = []
        self.room = True

    def source(self) -> FolderSource:
        settings = FolderSettings(
            name="pool-pc", path=self.watched, patterns=self.patterns, form="result", settle_s=0.2
        )
        return FolderSource(
            [settings], self.data_dir, self._take, self._accepted, look_every_s=0.02, retry_s=0.1
        )

    @contextlib.asynccontextmanager
    async def watching(self) -> AsyncIterator[FolderSource]:
        source = self.source()
        task = asyncio.create_task(source.run())
        try:
            yield source
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    @property
    def documents(self) -> list[tuple[str, bytes]]:
        """Name and bytes of each document, as often as it was told."""
        wholes, parts = [], []
        for part in self.told:
            parts.append(part)
            if part.offset + len(part.data) == part.size:
                wholes.append((part.name, b"".join(joined(parts))))
                parts = []
        return wholes

    def _take(self, told: Told) -> None:
        assert isinstance(told, DocumentPart)
        assert (told.source, told.form) == ("pool-pc", "result")
        self.told.append(told)

    async def _accepted(self) -> bool:
        await asyncio.sleep(0)
        return self.room


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path)
    place.watched.mkdir()
    return place


async def test_a_complete_file_is_told_once_in_parts_also_over_a_restart(place):
    content = os.urandom(100_000)
    (place.watched / "heat 1.txt").write_bytes(content)
    async with place.watching() as source:
        await eventually(lambda: place.documents)
        looks = source.counts()["looks"]
        await eventually(lambda: source.counts()["looks"] > looks)  # before the next look it is noted as sent
    assert place.documents == [("heat 1.txt", content)]
    async with place.watching() as source:
        await eventually(lambda: source.counts()["looks"] > 30)
    assert len(place.documents) == 1


async def test_a_rewritten_file_is_told_again_and_the_same_bytes_are_not(place):
    file = place.watched / "heat 1.txt"
    async with place.watching() as source:
        for content in (b"1;0:57.13", b"1;0:57.31", b"1;0:57.13"):
            file.write_bytes(content)
            before = len(place.documents)
            await eventually(lambda before=before: len(place.documents) > before)
        file.write_bytes(b"1;0:57.13")
        await eventually(lambda: source.counts()["unchanged"] == 1)
    assert [content for _, content in place.documents] == [b"1;0:57.13", b"1;0:57.31", b"1;0:57.13"]


async def test_a_file_that_is_written_slowly_is_told_whole_or_not_at_all(place):
    async with place.watching():
        with (place.watched / "heat 1.txt").open("w") as file:
            for lane in range(8):
                file.write(f"{lane};0:57.13\n")
                file.flush()
                await asyncio.sleep(0.1)
            await asyncio.sleep(0.6)  # quiet for longer than the settle time, and still open
            assert place.told == []
            file.write("end")
        await eventually(lambda: place.documents)
    (told,) = place.documents
    assert told[1].endswith(b"end")


async def test_the_folder_is_left_as_it_was(place):
    (place.watched / "heat 1.txt").write_bytes(b"1")
    (place.watched / "other.pdf").write_bytes(b"2")
    place.watched.chmod(0o555)
    before = {path.name: path.stat() for path in place.watched.iterdir()}
    async with place.watching():
        await eventually(lambda: place.documents)
    after = {path.name: path.stat() for path in place.watched.iterdir()}
    assert {name: (stat.st_mtime_ns, stat.st_ctime_ns) for name, stat in before.items()} == {
        name: (stat.st_mtime_ns, stat.st_ctime_ns) for name, stat in after.items()
    }


async def test_a_missing_folder_is_a_sentence_until_it_is_there(place):
    place.watched.rmdir()
    async with place.watching() as source:
        await eventually(source.faults)
        assert source.faults() == [
            f"The folder {place.watched} of pool-pc is not there: create or mount it, or correct folders.path."
        ]
        assert source.states()[0].state == "lost"
        place.watched.mkdir()
        await eventually(lambda: not source.faults())
        assert source.states()[0].state == "live"


async def test_what_is_too_large_is_a_sentence_and_the_others_go(place):
    with (place.watched / "a.txt").open("wb") as file:
        file.truncate(MAX_DOCUMENT_BYTES + 1)
    (place.watched / "b.txt").write_bytes(b"1")
    async with place.watching() as source:
        await eventually(lambda: place.documents)
        assert [name for name, _ in place.documents] == ["b.txt"]
        assert "a.txt has 67108865 bytes, more than the 64 MB" in source.faults()[0]
        (place.watched / "a.txt").unlink()
        await eventually(lambda: not source.faults())


async def test_what_found_no_room_is_told_and_sent_when_there_is(place):
    place.room = False
    (place.watched / "heat 1.txt").write_bytes(os.urandom(100_000))
    async with place.watching() as source:
        await eventually(source.faults)
        assert "raise buffer.max_bytes" in source.faults()[0]
        place.room = True
        await eventually(lambda: not source.faults())
    assert Sent(place.data_dir / "folders.db").get("pool-pc", "heat 1.txt") is not None


async def test_a_memory_that_cannot_be_read_is_told_and_costs_nothing(place, monkeypatch):
    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(Sent, "get", fail)
    (place.watched / "heat 1.txt").write_bytes(b"1")
    async with place.watching() as source:
        await eventually(source.faults)
        assert "disk I/O error" in source.faults()[0]
        monkeypatch.undo()
        await eventually(lambda: place.documents)
    assert len(place.documents) == 1


async def test_a_name_that_is_no_text_is_told_in_what_is(place):
    file = os.fsencode(place.watched) + b"/l\xe4ufe.txt"
    with open(file, "wb") as stream:  # noqa: ASYNC230, PTH123 - a Windows share mounted without iocharset
        stream.write(b"1")
    async with place.watching():
        await eventually(lambda: place.documents)
    assert place.documents == [("l?ufe.txt", b"1")]
