"""Timers on the network: every passing once, over cut connections, restarts and new files."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sts_edge.config import ReaderSettings
from sts_edge.sources import Told
from sts_edge.sources.readers import ReaderSource
from sts_edge.sources.readers.place import BEGINNING, Place, Places
from sts_protocols.record import Impulse, encode_impulses
from sts_sims.alpenhunde_timer import SkiRace, TimerServer
from sts_sims.race_result_box import Box, BoxServer
from uplink_support import eventually


class Site:
    """A reader of one timer, and what became of its impulses."""

    def __init__(self, data_dir: Path, kind: str, port: int) -> None:
        self.data_dir = data_dir
        self.settings = ReaderSettings(name="finish", kind=kind, host="127.0.0.1", port=port)
        self.told: list[Impulse] = []
        self.kept: list[tuple[str, str, bytes]] = []
        self.stored: frozenset[bytes] = frozenset()
        self.room = True

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[ReaderSource]:
        source = ReaderSource(
            [self.settings],
            self.data_dir,
            self._take,
            self._accepted,
            lambda timer: self.stored if timer == "finish" else frozenset(),
            keep=lambda sensor, word, _us, frame: self.kept.append((sensor, word, frame)),
            fetch_every_s=0.02,
            first_pause_s=0.05,
        )
        task = asyncio.create_task(source.run())
        try:
            yield source
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    @property
    def lines(self) -> list[bytes]:
        return [impulse.line for impulse in self.told]

    def _take(self, told: Told) -> None:
        assert isinstance(told, Impulse)
        assert encode_impulses(told)
        self.told.append(told)

    async def _accepted(self) -> bool:
        await asyncio.sleep(0)
        return self.room


async def test_every_passing_comes_once_in_order_over_a_restart_of_the_reader(tmp_path):
    async with BoxServer(Box(1)) as server:
        box, site = server.box, Site(tmp_path, "race_result", server.port)
        box.pass_by(120)
        async with site.reading():
            await eventually(lambda: len(site.told) == 120)
        box.pass_by(30)  # nobody reads
        async with site.reading():
            box.pass_by(10)
            await eventually(lambda: len(site.told) == 160)
            await asyncio.sleep(0.1)
    assert site.lines == box.truth


@pytest.mark.parametrize("cut_after", [0, 1, 40, 150, 400, 3000])
async def test_a_connection_cut_anywhere_costs_nothing_and_doubles_nothing(tmp_path, cut_after):
    async with BoxServer(Box(2)) as server:
        box, site = server.box, Site(tmp_path, "race_result", server.port)
        box.pass_by(40)
        box.cut_after = cut_after
        async with site.reading() as source:
            await eventually(lambda: len(site.told) >= 40)
            box.pass_by(5)
            await eventually(lambda: len(site.told) >= 45 and not source.faults())
    assert site.lines == box.truth


async def test_a_new_file_begins_at_its_first_passing(tmp_path):
    async with BoxServer(Box(3)) as server:
        box, site = server.box, Site(tmp_path, "race_result", server.port)
        box.pass_by(20)
        async with site.reading():
            await eventually(lambda: len(site.told) == 20)
            box.start_anew()
            box.pass_by(25)
            await eventually(lambda: len(site.told) == 45)
    assert site.lines == box.truth


async def test_a_decoder_in_test_mode_is_a_sentence_and_is_started_only_if_told_to(tmp_path):
    async with BoxServer(Box(4, timing=False)) as server:
        site = Site(tmp_path, "race_result", server.port)
        async with site.reading() as source:
            await eventually(source.faults)
            assert "start timing there" in source.faults()[0]
            assert source.states()[0].state == "lost"
            assert not server.box.timing
            server.box.timing = True
            server.box.pass_by(1)
            await eventually(lambda: site.told and not source.faults())


async def test_a_timer_that_is_not_there_is_a_sentence_until_it_is(tmp_path):
    async with BoxServer(Box(5)) as server:
        port = server.port
    site = Site(tmp_path, "race_result", port)
    async with site.reading() as source:
        await eventually(source.faults)
        assert "The timer finish at 127.0.0.1" in source.faults()[0]
        async with BoxServer(Box(5), port) as server:
            server.box.pass_by(3)
            await eventually(lambda: len(site.told) == 3)


async def test_what_found_no_room_is_read_again(tmp_path):
    async with BoxServer(Box(6)) as server:
        server.box.pass_by(3)
        site = Site(tmp_path, "race_result", server.port)
        site.room = False
        async with site.reading() as source:
            await eventually(source.faults)
            assert "raise buffer.max_bytes" in source.faults()[0]
            site.room = True
            await eventually(lambda: Places(tmp_path / "readers.db").get("finish") == Place(1, 4))


async def test_a_line_that_is_none_is_counted_and_the_others_come(tmp_path):
    async with BoxServer(Box(7)) as server:
        server.box.pass_by(3)
        server.box.passings[1] = b"2;no passing"
        site = Site(tmp_path, "race_result", server.port)
        async with site.reading() as source:
            await eventually(lambda: len(site.told) == 2)
            assert source.counts()["bad_lines"] == 1
    kept = sorted(site.kept)
    assert [(sensor, word) for sensor, word, _ in kept] == [("finish", "race_result")] * 3
    assert {frame for *_, frame in kept} == set(server.box.passings)


async def test_what_the_buffer_holds_is_not_told_again_whatever_was_noted(tmp_path):
    """A kill between the disk and the note: the first fetch brings it again."""
    async with BoxServer(Box(9)) as server:
        server.box.pass_by(8)
        site = Site(tmp_path, "race_result", server.port)
        site.stored = frozenset(server.box.truth[:5])
        async with site.reading() as source:
            await eventually(lambda: len(site.told) == 3)
            server.box.pass_by(1)
            await eventually(lambda: len(site.told) == 4)
            assert source.counts()["repeated"] == 5
    assert site.lines == server.box.truth[5:]


async def test_a_ski_race_comes_once_over_restarts_of_the_reader_and_a_cleared_timer(tmp_path):
    async with TimerServer(SkiRace(8)) as server:
        site = Site(tmp_path, "alpenhunde", server.port)
        for bib in range(1, 11):
            server.race.run(bib)
        async with site.reading():
            await eventually(lambda: len(site.told) == 20)
        server.race.run(11)
        async with site.reading():
            await eventually(lambda: len(site.told) == 22)
            server.race = SkiRace(9)
            server.race.run(1)
            await eventually(lambda: len(site.told) == 24)
    assert [impulse.channel for impulse in site.told] == ["1", "128"] * 12
    assert all(("unassigned" in one.marks) == (one.bib is None) for one in site.told)


def test_a_damaged_memory_is_set_aside(tmp_path):
    places = Places(tmp_path / "readers.db")
    places.note("finish", Place(3, 17))
    assert places.get("finish") == Place(3, 17)
    (tmp_path / "readers.db").write_bytes(b"rot" * 2000)
    assert places.get("finish") == BEGINNING
