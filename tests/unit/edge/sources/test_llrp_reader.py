"""An RFID reader on the network: told to look, listened to, lost and found again; every pass once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sts_edge.config import ReaderSettings
from sts_edge.sources import Told
from sts_edge.sources.readers import ReaderSource
from sts_protocols.network import llrp as protocol
from sts_protocols.record import Impulse, encode_impulses
from sts_protocols.replay import Replay
from sts_sims.llrp_reader import ACTIVE, INACTIVE, TagReader, TagReaderServer
from uplink_support import eventually

Key = tuple[str, str, int]


class Site:
    """A gateway that reads one reader."""

    def __init__(self, data_dir: Path, port: int, *, start: bool = True) -> None:
        self.told: list[Impulse] = []
        self.kept: list[bytes] = []
        settings = ReaderSettings(name="finish", kind="llrp", host="127.0.0.1", port=port, start=start)
        self.source = ReaderSource(
            [settings],
            data_dir,
            self._take,
            self._accepted,
            lambda _timer: (),
            keep=lambda _sensor, _word, _us, frame: self.kept.append(frame),
            first_pause_s=0.05,
        )

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[ReaderSource]:
        task = asyncio.create_task(self.source.run())
        try:
            yield self.source
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    @property
    def passes(self) -> list[Key]:
        return [(one.bib or "", one.channel, one.ticks or 0) for one in self.told]

    def _take(self, told: Told) -> None:
        assert isinstance(told, Impulse)
        assert encode_impulses(told)
        self.told.append(told)

    async def _accepted(self) -> bool:
        return True


def expected(truth: list[dict[str, Any]]) -> list[Key]:
    """Of each pass the first sighting, and each that is stronger than all before."""
    best: dict[str, int] = {}
    told = []
    for one in truth:
        if one["rssi_dbm"] > best.get(one["epc"], -1_000):
            best[one["epc"]] = one["rssi_dbm"]
            told.append((one["epc"], str(one["antenna"]), one["utc_us"] // 100 % 864_000_000))
    return told


async def test_a_reader_out_of_its_box_is_told_to_look_and_every_pass_comes(tmp_path: Path) -> None:
    async with TagReaderServer(TagReader(1), keepalive_s=0.05) as server:
        site, reader = Site(tmp_path, server.port), server.reader
        async with site.reading() as source:
            await eventually(lambda: ACTIVE in reader.rospecs.values())
            reader.pass_by(20)
            await eventually(lambda: len(site.told) == len(expected(reader.truth)))
            await eventually(lambda: server.acknowledged > 2)
            assert (source.faults(), source.states()[0].state) == ([], "live")
    assert site.passes == expected(reader.truth)
    assert len(reader.truth) == 100
    replay = Replay()
    kept = [one for frame in site.kept for one in replay.feed("finish", "llrp", frame, 0)]
    assert [tag["rssi_dbm"] for one in kept for tag in one["reading"]["tags"]] == [
        one["rssi_dbm"] for one in reader.truth
    ]


@pytest.mark.parametrize("cut_after", [0, 1, 9, 30, 200])
async def test_a_lost_connection_costs_nothing_that_the_reader_still_holds(
    tmp_path: Path, cut_after: int
) -> None:
    """Its ROSpec runs on, and what it saw meanwhile comes afterwards."""
    async with TagReaderServer(TagReader(2)) as server:
        site, reader = Site(tmp_path, server.port), server.reader
        async with site.reading() as source:
            await eventually(lambda: ACTIVE in reader.rospecs.values())
            reader.cut_after = cut_after
            reader.pass_by(5)
            await eventually(lambda: len(site.told) == len(expected(reader.truth)))
            assert (server.connections, source.faults()) == (2, [])
    assert site.passes == expected(reader.truth)


async def test_a_rospec_of_ours_that_has_stopped_is_made_anew_and_others_are_left_alone(
    tmp_path: Path,
) -> None:
    reader = TagReader(3, rospecs={0x5354: INACTIVE, 7: INACTIVE})
    async with TagReaderServer(reader) as server, Site(tmp_path, server.port).reading():
        await eventually(lambda: reader.rospecs == {7: INACTIVE, 0x5354: ACTIVE})


async def test_without_start_a_reader_is_listened_to_as_it_was_set_up(tmp_path: Path) -> None:
    async with TagReaderServer(TagReader(4, rospecs={7: INACTIVE})) as server:
        site, reader = Site(tmp_path, server.port, start=False), server.reader
        async with site.reading() as source:
            await eventually(source.faults)
            assert "runs no ROSpec" in source.faults()[0]
            assert "start = true" in source.faults()[0]
            reader.rospecs[7] = ACTIVE
            reader.pass_by(2)
            await eventually(lambda: site.passes == expected(reader.truth))
            assert (source.faults(), reader.rospecs) == ([], {7: ACTIVE})


async def test_a_reader_that_another_program_holds_is_a_sentence(tmp_path: Path) -> None:
    async with TagReaderServer(TagReader(5)) as server:
        other = await asyncio.open_connection("127.0.0.1", server.port)
        async with Site(tmp_path, server.port).reading() as source:
            await eventually(source.faults)
            assert "one program at a time" in source.faults()[0]
            other[1].close()
            await eventually(lambda: not source.faults() and ACTIVE in server.reader.rospecs.values())


async def test_what_is_no_reader_is_a_sentence_and_never_a_traceback(tmp_path: Path) -> None:
    async def babble(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with await asyncio.start_server(babble, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with Site(tmp_path, port).reading() as source:
            await eventually(source.faults)
            assert "A message of an RFID reader has" in source.faults()[0]


def test_its_port_is_that_of_the_standard() -> None:
    assert protocol.PORT == 5084
