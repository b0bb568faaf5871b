"""The agent: sources, batcher, buffer and uplink wired together, kept running, and ended in order.

    source -> emit -> batcher -> buffer.append -> on_closed -> witness, uplink.offer
                                       |
                                       +-> on_synced -> witness

The parts do not know each other; this file hands each what it needs of the others. What goes wrong in one
is told and mended there (`supervisor.py`). Two things end the agent: a buffer that can no longer keep what
it is given, and a witness that is gone from a proof run.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog

from sts_edge.batcher import Batcher
from sts_edge.buffer import BufferFailed, RecordDropped, SegmentLog
from sts_edge.buffer.export import last_packets, stored_impulses
from sts_edge.clock import Clock, ClockChip, StoredLastGoodTime
from sts_edge.config import Settings
from sts_edge.control.server import Answer, ControlServer, Question
from sts_edge.health import Health
from sts_edge.sources import SensorState, Source, Told
from sts_edge.supervisor import Supervisor
from sts_edge.time_limit import time_limit
from sts_edge.uplinks import Uplink, amqp, https
from sts_edge.uplinks.uplink import TwoLaneUplink
from sts_edge.witness import Witness, WitnessMissing
from sts_protocols.beat import Answer as HubAnswer
from sts_protocols.beat import Beat
from sts_protocols.record import DocumentPart, Impulse, Kind, Record, encode_document_part
from sts_protocols.sample import Packet

from .anchors import Anchors
from .flow import Flow
from .notes import Notes
from .notify import Systemd
from .raw_frames import RawLog
from .reports import Reports
from .roster import RosterKeeper
from .settings_change import Waiting
from .tail import tail_line

# A service manager waits 90 s before it kills; a person waits a few. Half of it for the disk, half for the
# hub.
FLUSH_S = 2.0
FAREWELL_S = 2.0
SOCKET_NAME = "agent.sock"

_log = structlog.get_logger()


class Agent:
    """One start of the gateway's agent. Make it inside the running loop, `open` it, `run` it, once."""

    def __init__(self, settings: Settings) -> None:
        gateway = settings.gateway
        self._settings = settings
        self.health = Health()
        self.health.on_news = _tell
        kept = gateway.data_dir / "clock.db"
        self.clock = Clock(StoredLastGoodTime(kept), settings.clock.sources, chip=ClockChip(kept))
        self.buffer = SegmentLog(
            gateway.data_dir / "buffer",
            settings.buffer,
            floor_us=self.clock.last_good_us(),
            reading=self.clock.reading,
            boot_us=self.clock.boot_us,
        )
        self.batcher = Batcher(settings.record, self.buffer.append, self.clock.reading)
        self.raw = RawLog(
            gateway.data_dir / "raw", settings.buffer, self.clock.reading, lambda: self.clock.pin, self.health
        )
        self.sources: list[Source] = []
        self.flow = Flow(self.clock.boot_us, self.buffer.stats)
        self.reports = Reports(gateway.name, self.buffer, self.clock, self.health, self._states, self.flow)
        self.uplink: Uplink = self._make_uplink(settings)
        self.reports.link = self.uplink.report
        self.uplink.on_answer = self._answered
        self._aside = ThreadPoolExecutor(1, "roster")
        self.roster = RosterKeeper(gateway.data_dir, settings.hub.read_password, self._aside.submit)
        self.reports.roster = self.roster
        self.uplink.on_refused = self.roster.drop
        self._hearers: list[Callable[[HubAnswer, Beat], None]] = [self.roster.hear]
        self._cares: dict[str, Callable[[], Awaitable[None]]] = {}
        self.notes = Notes(self.buffer, self.clock.boot_us, self.clock.reading)
        # What is open can be shown live as soon as the time is known; once the pin is on disk the hub is
        # told, so that what waits may follow.
        self._anchors = Anchors(self.clock, self.buffer, self.batcher.flush, self.uplink.beat)
        self._control = ControlServer(gateway.run_dir / SOCKET_NAME, self.reports.status)
        self._witness = Witness(settings.witness.socket) if settings.witness else None
        self._supervisor = Supervisor(self.health, fatal=(BufferFailed, WitnessMissing))
        self._systemd = Systemd()
        self._last_seq = -1
        self._running = False

    def _make_uplink(self, settings: Settings) -> Uplink:
        hub = settings.hub
        carrier = https if hub.over_https else amqp
        where = carrier.address(hub.url, settings.gateway.name, hub.read_password, self.clock, hub.ca_file)
        return TwoLaneUplink(
            where,
            self.buffer,
            self.clock,
            self.health,
            make_beat=self.reports.beat,
            on_flow=self.batcher.link_flows,
        )

    async def open(self) -> None:
        """Take what must be ours alone: witness, buffer, socket.

        Raises WitnessMissing, BufferTaken, BufferFailed, SocketTaken, OSError.
        """
        if self._witness is not None:
            self._witness.connect()
        self.buffer.on_closed = self._closed
        self.buffer.on_synced = self._synced
        self.buffer.on_failed = self._supervisor.fail
        self.buffer.open()
        if self._settings.buffer.raw_max_bytes:
            self.raw.open()
        self.health.ask(self.clock.faults)
        try:
            await self._control.open()
        except BaseException:
            await self.raw.close()
            await self.buffer.close()
            raise

    def add_source(self, source: Source) -> None:
        """Read this source as well, from the start or from now on."""
        self.sources.append(source)
        self.health.ask(source.faults)
        if self._running:
            self._supervisor.start(type(source).__name__, source.run)

    def answer(self, word: str, give: Answer) -> None:
        """Answer this question at the agent's socket as well."""
        self._control.add(word, give)

    def hear(self, take: Callable[[HubAnswer, Beat], None]) -> None:
        """Hand each answer of the hub to this part as well, with the beat it answers."""
        self._hearers.append(take)

    def care(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Keep this part at work as well, for as long as the agent runs."""
        self._cares[name] = work

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop. Raises BufferFailed or WitnessMissing when there is no going on."""
        stopped: asyncio.Future[Any] = asyncio.create_task(stop.wait())
        self._supervisor.start("clock", self.clock.run)
        self._supervisor.start("flow", self.flow.run)
        self._supervisor.start("uplink", self.uplink.run)
        for name, work in self._cares.items():
            self._supervisor.start(name, work)
        for source in self.sources:
            self._supervisor.start(type(source).__name__, source.run)
        self._running = True
        self._supervisor.start("watchdog", self._systemd.keep_alive)
        self._systemd.ready(f"{self._settings.gateway.name} is running")
        _log.info("agent_ready", gateway=self._settings.gateway.name, epoch=self.buffer.epoch.hex())
        try:
            failed: asyncio.Future[Any] = self._supervisor.failed
            await asyncio.wait([stopped, failed], return_when=asyncio.FIRST_COMPLETED)
            if self._supervisor.failed.done():
                error = self._supervisor.failed.result()
                self.health.fail(str(error))
                raise error
        finally:
            stopped.cancel()
            await self._end()

    def emit(self, told: Told) -> None:
        """Take what a source was told. Raises ProtocolError for what no record can carry."""
        if isinstance(told, DocumentPart):
            self._keep(Kind.DOCUMENT, encode_document_part(told))
            return
        if isinstance(told, Packet):
            self.batcher.add(told)
        elif isinstance(told, Impulse):
            self.batcher.add_impulse(told)
        else:
            self.batcher.add_waveform(told)
        if self._control.is_followed:
            sensor = told.timer if isinstance(told, Impulse) else told.sensor
            line = tail_line(told, self.clock.reading)
            self._control.tell(sensor, self.roster.with_wearer(line))

    def keep(self, sensor: str, kind: str, boot_us: int, frame: bytes) -> None:
        """Take a frame as it came from a source."""
        self.raw.keep(sensor, kind, boot_us, frame)

    async def order_raw(self, question: Question) -> dict[str, Any]:
        """The answer to {"do": "raw"}: sts.edge.raw/1, what of the raw frames is on its way to the hub now."""
        ordered = await self.raw.order(question.from_us, question.to_us, self.buffer.append)
        _log.info("raw_frames_ordered", records=ordered.records, bytes=ordered.bytes)
        return {"schema": "sts.edge.raw/1", **ordered._asdict()}

    def purge(self, question: Question) -> dict[str, Any]:
        """The answer to {"do": "purge"}: sts.edge.purge/1, what is given up, or would be."""
        lanes = self.buffer.bulk()
        oldest_us, wall_us = self.buffer.stats().oldest_us, self.clock.wall_us()
        told = {
            "schema": "sts.edge.purge/1",
            "dry_run": question.dry_run,
            "records": sum(records for records, _ in lanes.values()),
            "bytes": sum(size for _, size in lanes.values()),
            "lanes": {lane: records for lane, (records, _) in lanes.items()},
            "oldest_s": None if oldest_us is None or wall_us is None else (wall_us - oldest_us) / 1e6,
        }
        if not question.dry_run:
            told["records"] = self.buffer.purge()
            _log.warning("purged", records=told["records"])
        return told

    def waiting(self) -> Waiting:
        """What is held here and must outlive every change of the settings."""
        stats, wall_us = self.buffer.stats(), self.clock.wall_us()
        age_s = None if stats.oldest_us is None or wall_us is None else (wall_us - stats.oldest_us) / 1e6
        return Waiting(stats, self.raw.stats(), age_s)

    async def accepted(self) -> bool:
        """Wait until the record closed last is on the disk; False when it found no room there."""
        try:
            await self.buffer.synced(self._last_seq)
        except RecordDropped:
            return False
        return True

    async def all_accepted(self) -> bool:
        """The same for all that was emitted: what is still gathered is closed first."""
        self.batcher.flush()
        return await self.accepted()

    def stored_lines(self, timer: str) -> frozenset[bytes]:
        """The lines of a timer that the buffer still holds, of this start and those before. Raises OSError."""
        impulses = stored_impulses(self._settings.gateway.data_dir / "buffer")
        return frozenset(one.line for one in impulses if one.timer == timer)

    def last_stored(self, epoch: bytes, since_us: int) -> dict[str, int]:
        """By sensor the newest packet, boot time in µs, that the buffer holds of an epoch. Raises OSError."""
        return last_packets(self._settings.gateway.data_dir / "buffer", epoch, since_us)

    def _keep(self, kind: Kind, body: bytes) -> None:
        """Close a record of its own for what needs no gathering."""
        now_us = self.clock.boot_us()
        self.buffer.append(kind, body, now_us, now_us, self.clock.reading(now_us))

    # --- what the buffer tells

    def _closed(self, record: Record) -> None:
        self._last_seq = record.header.seq
        self.flow.entered(record.header.length)
        if self._witness is not None:
            self._tell_witness(self._witness.closed, record.raw)
        self.uplink.offer(record)

    def _synced(self, seqs: Sequence[int]) -> None:
        if self._witness is not None:
            self._tell_witness(self._witness.accepted, self.buffer.epoch, seqs)

    def _tell_witness(self, tell: Any, *news: Any) -> None:
        try:
            tell(*news)
        except WitnessMissing as error:
            self._supervisor.fail(error)

    def _answered(self, answer: HubAnswer, beat: Beat) -> None:
        for take in self._hearers:
            take(answer, beat)

    def _states(self) -> list[SensorState]:
        return [state for source in self.sources for state in source.states()]

    # --- the end

    async def _end(self) -> None:
        """Close the open record, see it safe, say goodbye to the hub; then let go of everything."""
        self._systemd.stopping()
        await self._supervisor.stop(*(type(source).__name__ for source in self.sources), "clock")
        self._anchors.stop()
        with contextlib.suppress(BufferFailed, RecordDropped, TimeoutError):
            self.batcher.flush()
            async with time_limit(FLUSH_S):
                await self.buffer.synced(self._last_seq)
        self.reports.running = False
        await self.uplink.finish(FAREWELL_S)
        await self._supervisor.stop()
        await self._control.close()
        await self.raw.close()
        self._aside.shutdown()
        with contextlib.suppress(BufferFailed):  # told already
            await self.buffer.close()
        if self._witness is not None:
            self._witness.close()


def _tell(name: str, sentence: str) -> None:
    """Log what the health board says; the log keeps warnings with the data."""
    if sentence:
        _log.warning("fault", part=name, sentence=sentence)
    else:
        _log.info("fault_is_over", part=name)
