"""What a gateway's buffer gave up under each of its settings, as the hub tells it to a person."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from buffer_support import KIB, drops, everything, opened, put_straps, safe, settled, small_settings
from sts_edge.buffer import RecordDropped, SegmentLog
from sts_edge.buffer import room as room_module
from sts_edge.config import BufferSettings
from sts_edge.config.settings import Policy
from sts_hub.beats.service import settle
from sts_hub.completeness.judgement import Word
from sts_hub.completeness.schemas import Completeness
from sts_hub.completeness.service import completeness
from sts_hub.kit.database import ReadSession
from sts_protocols.record import Anchor, ClockReading, ClockSource
from sts_protocols.sample import Quality
from uplink_support import Site

HOUR_US = 3_600_000_000
ESTIMATED = int(Quality.ESTIMATED)
SECONDS_AT_ONCE = 20
RECORDS_TO_A_MESSAGE = 50
# As long as the buffer takes to sum up a segment, or to declare what it refused.
PAUSE_S = 0.02


class Boot:
    """A machine that was started two hours ago and knows what time it is."""

    def __init__(self) -> None:
        self.clock = ClockReading(time.time_ns() // 1_000 - 2 * HOUR_US, 5_000, ClockSource.NTP)

    @asynccontextmanager
    async def log(self, folder: Path, settings: BufferSettings) -> AsyncIterator[SegmentLog]:
        """One life of its buffer."""
        async with opened(folder, settings, reading=lambda *_: self.clock, boot_us=self._boot_us) as log:
            log.pin(Anchor(0, *self.clock))
            yield log

    def _boot_us(self) -> int:
        return time.time_ns() // 1_000 - self.clock.offset_us


async def fill_until(log: SegmentLog, reason: str, clock: ClockReading) -> None:
    """Straps are heard and no hub is there, until the buffer has declared something for this reason."""
    seconds = itertools.count()
    while reason not in {drop.reason for drop in drops(log)}:
        records = [put_straps(log, next(seconds), clock) for _ in range(SECONDS_AT_ONCE)]
        with contextlib.suppress(RecordDropped):
            await safe(log, records[-1])
        await asyncio.sleep(PAUSE_S)


async def told_by_hub(log: SegmentLog, hub: Any, store: Any) -> Completeness:
    """A beat, all that waits, and another beat arrive; then an administrator asks about the last three hours."""
    await settled(log)
    site = Site("", 1, buffer=log, opens=False)
    await settle(hub.owner, site.beat(1), datetime.now(UTC), None)
    records = everything(log)
    for first in range(0, len(records), RECORDS_TO_A_MESSAGE):
        await hub.send(store, *records[first : first + RECORDS_TO_A_MESSAGE], lane="backlog")
    await settle(hub.owner, site.beat(2), datetime.now(UTC), None)
    club = await hub.owner.fetchval("SELECT club_id FROM sts.gateway")
    async with hub.owner.transaction():
        await hub.owner.execute(
            "SELECT set_config('sts.club_id', $1, true), set_config('sts.role', 'admin', true)", str(club)
        )
        now = datetime.now(UTC)
        return await completeness(ReadSession(hub.owner), "pitch-1", now - timedelta(hours=3), now)


def lost(verdict: Completeness) -> dict[str, tuple[int, str]]:
    """For each reason how many records, and the sentence."""
    found: dict[str, tuple[int, str]] = {}
    for one in verdict.stretches:
        if one.word == Word.LOST:
            found[one.reason] = found.get(one.reason, (0, ""))[0] + (one.records or 0), one.why
    return found


def declared(log: SegmentLog, reason: str) -> int:
    """How many records the gateway has declared for this reason."""
    return sum(b - a + 1 for drop in drops(log) if drop.reason == reason for a, b in drop.ranges)


@pytest.mark.parametrize(
    ("policy", "reason", "words"),
    [
        ("oldest-raw-first", "buffer_full", "the oldest was given up"),
        ("keep-summaries", "summarised", "one value a second was kept, marked as estimated"),
        ("refuse-new", "refused_new", "its settings refuse what is new"),
    ],
)
async def test_what_a_full_buffer_gave_up_is_told_with_its_reason_in_words(
    hub_database: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    policy: Policy,
    reason: str,
    words: str,
) -> None:
    monkeypatch.setattr(room_module, "DECLARE_AFTER_S", PAUSE_S)
    await hub_database.worn("hr-00", consent="[2020-01-01,)")
    boot = Boot()
    async with boot.log(tmp_path / "log", small_settings(512 * KIB, 64 * KIB, policy)) as log:
        await fill_until(log, reason, boot.clock)
        await settled(log)
        count = declared(log, reason)
        found = lost(await told_by_hub(log, hub_database, await hub_database.store()))

    assert found[reason][0] == count > 0
    assert words in found[reason][1]
    estimated = await hub_database.owner.fetchval(
        "SELECT count(*) FROM sts.sample WHERE quality = $1", ESTIMATED
    )
    assert (estimated > 0) == (policy == "keep-summaries")


async def test_what_became_too_old_is_told_with_its_reason_in_words(
    hub_database: Any, tmp_path: Path
) -> None:
    await hub_database.worn("hr-00", consent="[2020-01-01,)")
    boot = Boot()
    async with boot.log(tmp_path / "log", small_settings()) as log:
        for second in range(60):
            record = put_straps(log, second, boot.clock)
        await safe(log, record)
    for_an_hour = msgspec.structs.replace(small_settings(), max_age_days=1 / 24)
    async with boot.log(tmp_path / "log", for_an_hour) as log:
        await settled(log)
        found = lost(await told_by_hub(log, hub_database, await hub_database.store()))

    assert found["too_old"][0] == 60
    assert "buffer.max_age_days" in found["too_old"][1]
