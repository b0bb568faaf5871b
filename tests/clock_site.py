"""A gateway whose clocks the test sets, in front of a real database: for the scenarios of clocks.

Clock, segment log, batcher, anchors, beats and the rule of what may be sent are the agent's own; settling of
beats and the store are the hub's own. Between them there is no broker, and every message comes twice. Time
passes only when an act lets it pass, so a night takes no longer than a second.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from ingest_support import stored
from sts_edge.agent.anchors import Anchors
from sts_edge.agent.clock_steps import ClockSteps
from sts_edge.agent.flow import Flow
from sts_edge.agent.reports import Reports
from sts_edge.batcher import Batcher
from sts_edge.buffer import SegmentLog
from sts_edge.clock import Clock, ClockChip, StoredLastGoodTime
from sts_edge.clock.clock import DRIFT_PPM
from sts_edge.clock.ntp import STA_UNSYNC, Timex
from sts_edge.config import BufferSettings, RecordSettings
from sts_edge.health import Health
from sts_edge.uplinks.answers import Answers
from sts_hub.beats.service import settle
from sts_hub.corrections import clock as corrections
from sts_hub.db.times import timestamp
from sts_hub.ingest import parking
from sts_protocols.beat import Answer
from sts_protocols.metrics import HEART_RATE
from sts_protocols.record import Anchor, ClockSource, Record
from sts_protocols.sample import Packet, Value

GATEWAY = "pitch-1"
SECOND_US = 1_000_000
# A strap's arrival is told in milliseconds.
TICK_US = 1_000
BEAT_S = 10
NTP_POLL_S = 16
KEEP_S = 60
# Long enough ago that a clock which is a day fast is still not from the hub's future.
AGO = timedelta(days=10)
FIRST_BOOT_US = 20 * SECOND_US
ENOUGH_BYTES = 1 << 20


class Said(NamedTuple):
    """One value as it was measured: when in truth, and within which error its record will be stored."""

    true_us: int
    boot_us: int
    epoch: bytes
    stated_us: int | None  # None: by the pin of its epoch


@dataclass
class Kernel:
    """The machine's clocks: a boot clock with a quartz of its own, a wall clock that anybody may have set."""

    true_us: int = field(default_factory=lambda: int((datetime.now(UTC) - AGO).timestamp()) * SECOND_US)
    boot_number: int = 1
    drift_ppm: int = 0
    wall_wrong_us: int | None = None  # None: 1970
    synced_error_us: int | None = None
    since_boot_us: int = FIRST_BOOT_US
    slept_us: int = 0
    chip_wrong_us: int | None = None  # None: there is no battery-backed clock
    chip_drift_ppm: int = 0

    def chip_s(self) -> int | None:
        return None if self.chip_wrong_us is None else (self.true_us + self.chip_wrong_us) // SECOND_US

    def boot_us(self) -> int:
        return self.since_boot_us

    def asleep_us(self) -> int:
        return self.slept_us

    def passes(self, us: int) -> None:
        """Let this much true time pass."""
        self._tick(us)
        self.since_boot_us += us + us * self.drift_ppm // 1_000_000

    def sleeps(self, us: int, chip_wrong_us: int) -> None:
        """A suspend, over which a clock chip carries the time."""
        self._tick(us)
        self.since_boot_us += us + chip_wrong_us
        self.slept_us += us + chip_wrong_us

    def starts_anew(self, off_us: int) -> None:
        """Power off, and on again."""
        self._tick(off_us)
        self.boot_number += 1
        self.since_boot_us, self.slept_us = FIRST_BOOT_US, 0

    def _tick(self, us: int) -> None:
        self.true_us += us
        if self.chip_wrong_us is not None:
            self.chip_wrong_us += us * self.chip_drift_ppm // 1_000_000

    def adjtimex(self, answer: Timex) -> int:
        """As the system call answers: 1970 plus uptime until somebody sets the clock."""
        wrong_us = self.wall_wrong_us
        wall_us = self.since_boot_us if wrong_us is None else self.true_us + wrong_us
        answer.tv_sec, answer.tv_usec = divmod(wall_us, SECOND_US)
        answer.maxerror = self.synced_error_us or 0
        answer.status = STA_UNSYNC if self.synced_error_us is None else 0
        return 0


class Site:
    """The gateway, its hub, and the truth about every value."""

    def __init__(self, folder: Path, database: Any, store: Any, sources: Sequence[str]) -> None:
        self.kernel = Kernel()
        self.database = database
        self.store = store
        self.said: list[Said] = []
        self.epochs: list[bytes] = []
        self.pins: dict[bytes, Anchor] = {}
        self.delays_us: tuple[int, int] | None = None
        self.gnss: tuple[int, int] | None = None
        self.faults: set[str] = set()
        self.refused = 0
        self._sources = sources
        self._folder = folder / "start-0"
        self._chance = random.Random(7)
        self._beats = 0
        self._seconds = 0
        self._open()

    def _open(self) -> None:
        self._folder.mkdir(exist_ok=True)
        self.clock = Clock(
            StoredLastGoodTime(self._folder / "clock.db"),
            self._sources,
            self.kernel,
            self.kernel.adjtimex,
            ClockChip(self._folder / "clock.db", self.kernel.chip_s),
        )
        self.buffer = SegmentLog(
            self._folder / "buffer",
            BufferSettings(),
            floor_us=self.clock.last_good_us(),
            reading=self.clock.reading,
            boot_us=self.clock.boot_us,
            boot_id=f"boot-{self.kernel.boot_number}",
        )
        self.buffer.on_closed = self._closed
        self._last_seq = -1
        self.buffer.open()
        self.batcher = Batcher(RecordSettings(), self.buffer.append, self.clock.reading)
        self.anchors = Anchors(self.clock, self.buffer, self.batcher.flush, lambda: None)
        self.answers = Answers(self.buffer)
        flow = Flow(self.clock.boot_us, self.buffer.stats)
        self.reports = Reports(GATEWAY, self.buffer, self.clock, Health(), list, flow)
        self._is_to_start_anew = False
        self.steps = ClockSteps(self.clock, self.buffer.epoch, self._folder / "clock.db", self._start_anew)
        self.epochs.append(self.buffer.epoch)

    def _start_anew(self) -> None:
        self._is_to_start_anew = True

    # --- what may happen

    async def hear(self, seconds: int) -> None:
        """A strap says a value each second, and the agent does what is due."""
        for _ in range(seconds):
            self.kernel.passes(SECOND_US)
            self._seconds += 1
            self._say()
            await self._due()
            if self._is_to_start_anew:
                await self.restart()
        await self._synced()

    async def clock_forgotten(self) -> None:
        """The agent is stopped, a technician deletes what it knew of the time, and it is started."""
        await self._close()
        (self._folder / "clock.db").unlink()
        self._open()

    async def restart(self) -> None:
        """The agent ends in order, and starts again."""
        self.clock.keep_last_good()
        await self._close()
        self._open()

    async def kill(self) -> None:
        """The agent dies now: what the next one finds is a copy of the folder as it is."""
        await self._synced()
        after = self._folder.with_name(f"start-{len(self.epochs)}")
        shutil.copytree(self._folder, after)
        await self._close()
        self._folder = after
        self._open()

    async def reboot(self, off_us: int) -> None:
        """The power goes without a word."""
        self.kernel.starts_anew(off_us)
        await self.kill()

    async def sync_with_hub(self) -> None:
        """One beat and its answer; then all that may be sent is sent, in chance order, and once more."""
        assert self.delays_us is not None
        out_us, back_us = self.delays_us
        await self._pinned()
        beat, sent_us = self.reports.beat(self._beats), self.kernel.boot_us()
        self._beats += 1
        settled = await settle(self.database.owner, beat, datetime.now(UTC), None)
        self.kernel.passes(out_us)
        answer = Answer(number=beat.number, hub_us=self.kernel.true_us, epochs=settled.epochs)
        self.kernel.passes(back_us)
        self.answers.apply(answer, beat)
        self.clock.add_hub_answer(sent_us, self.kernel.boot_us(), answer.hub_us)
        await self._deliver()

    async def end(self) -> None:
        """Let everything arrive: three beats tell a first anchor, its pin, and what followed."""
        self.delays_us = self.delays_us or (SECOND_US // 100, SECOND_US // 100)
        for _ in range(3):
            await self.sync_with_hub()
            await self._synced()
        await parking.retry_due(self.database.pools[-1], self.store)
        self._remember_pins()
        await self._close()

    async def place(self, number: int, off_us: int) -> None:
        """A person says when an epoch without any clock began, this far off the truth."""
        epoch = self.epochs[number]
        first = next(one for one in self.said if one.epoch == epoch)
        self.pins[epoch] = Anchor(first.boot_us, first.true_us + off_us, abs(off_us), ClockSource.HUB)
        began = timestamp(first.true_us + off_us)
        await corrections.place(
            self.database.owner, UUID(bytes=epoch), began, timedelta(microseconds=abs(off_us))
        )
        await parking.retry_due(self.database.pools[-1], self.store)

    async def correct(self, number: int, delta_us: int) -> None:
        """A person puts a whole epoch right."""
        epoch = UUID(bytes=self.epochs[number])
        await corrections.begin(self.database.owner, epoch, delta_us, "its source of time was wrong")
        await corrections.finish(self.database.owner, epoch)

    # --- what came of it

    async def parked(self) -> int:
        """How many records wait for their place in time."""
        return int(
            await self.database.owner.fetchval("SELECT count(*) FROM sts.parked WHERE reason = 'unpinned'")
        )

    async def rows(self) -> list[tuple[bytes, int, int]]:
        """What is stored: epoch, number of the value, time in µs; one for each copy."""
        found: list[tuple[bytes, int, int]] = []
        for epoch in self.epochs:
            counted: Counter[tuple[Any, ...]] = await stored(self.database.owner, UUID(bytes=epoch))
            found += [(epoch, int(value), t_us) for (_, _, t_us, value, _) in counted.elements()]
        return found

    def stated_us(self, number: int) -> int:
        """Within how many µs the time of this value is right, by what was told with it."""
        said = self.said[number]
        if said.stated_us is not None:
            return said.stated_us
        pin = self.pins[said.epoch]
        return pin.error_us + abs(said.boot_us - pin.boot_us) * DRIFT_PPM // 1_000_000

    # --- the agent's own routine

    def _say(self) -> None:
        boot_us, number = self.kernel.boot_us(), len(self.said)
        reading = self.clock.reading(boot_us)
        known = reading.source != ClockSource.UNKNOWN
        self.said.append(
            Said(self.kernel.true_us, boot_us, self.buffer.epoch, reading.error_us if known else None)
        )
        value = Value(HEART_RATE.id, float(number), 0)
        self.batcher.add(Packet("hr-01", boot_us - boot_us % TICK_US, TICK_US, SECOND_US, (value,)))
        self.batcher.flush()

    async def _due(self) -> None:
        if self._seconds % NTP_POLL_S == 0:
            self.clock.poll_ntp()
            self.clock.poll_chip()
        if self.gnss is not None:
            wrong_us, error_us = self.gnss
            at = Anchor(self.kernel.boot_us(), self.kernel.true_us + wrong_us, error_us, ClockSource.GNSS)
            self.clock.add_anchor(at)
        if self._seconds % KEEP_S == 0:
            self.clock.keep_last_good()
        if self.delays_us is not None and self._seconds % BEAT_S == 0:
            await self.sync_with_hub()
        self.faults |= {*self.clock.faults(), *self.steps.faults()}

    async def _deliver(self) -> None:
        await self._synced()
        while records := self.buffer.oldest(ENOUGH_BYTES, (), self.answers.is_sendable):
            for _ in range(2):
                self._chance.shuffle(records)
                told = await self.database.send(self.store, *records, lane="backlog")
                self.refused += told.refused
            for record in records:
                self._confirm(record)

    def _confirm(self, record: Record) -> None:
        self.buffer.confirm(record.header.epoch, [record.header.seq])

    def _closed(self, record: Record) -> None:
        self._last_seq = record.header.seq

    async def _synced(self) -> None:
        await self.buffer.synced(self._last_seq)

    async def _pinned(self) -> None:
        """A beat tells only a pin that is on the disk."""
        if self.clock.pin is None or self.buffer.epochs()[-1].pin is not None:
            return
        await asyncio.sleep(0.02)

    def _remember_pins(self) -> None:
        self.pins |= {one.epoch: one.pin for one in self.buffer.epochs() if one.pin is not None}

    async def _close(self) -> None:
        self.batcher.flush()
        self.anchors.stop()
        self._remember_pins()
        await self.buffer.close()


Act = Callable[[Site], Awaitable[None]]


def judged(rows: Sequence[tuple[bytes, int, int]], site: Site, within_us: int) -> list[str]:
    """What is wrong with what is stored, as sentences: nothing lost, nothing twice, in order, at its time."""
    count = Counter(number for _, number, _ in rows)
    wrong = [f"value {number} is lost" for number in range(len(site.said)) if number not in count]
    wrong += [f"value {number} is stored {times} times" for number, times in count.items() if times > 1]
    for epoch in site.epochs:
        times = [t_us for _, t_us in sorted((number, t_us) for e, number, t_us in rows if e == epoch)]
        wrong += [f"order of {epoch.hex()}" for a, b in itertools.pairwise(times) if b <= a]
    return wrong + [late for row in rows if (late := _off(row, site, within_us))]


def _off(row: tuple[bytes, int, int], site: Site, within_us: int) -> str:
    epoch, number, t_us = row
    off_us, stated_us = abs(t_us - site.said[number].true_us), site.stated_us(number)
    if epoch != site.said[number].epoch:
        return f"value {number} is of another epoch"
    if off_us <= min(stated_us, within_us) + TICK_US:
        return ""
    return f"value {number} is {off_us} us off, {stated_us} us stated, {within_us} us allowed"
