"""Keeps a beat, finds the answer, and tells the news of the fleet, whichever way the beat came."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

import asyncpg
from prometheus_client import CollectorRegistry, Counter

from sts_hub import logs
from sts_hub.beats.service import Settled, settle
from sts_hub.beats.wants import Looks
from sts_hub.db import pools
from sts_hub.live import frames
from sts_hub.live.frames import FleetNews
from sts_protocols.beat import Answer, Beat

ENROL_ANEW = (
    "another device runs as this gateway, and this one began later: its card was copied. On the hub: sts-hub gateway code "
    "--club CLUB --site SITE; then here: sudo sts-edge enrol CODE --hub URL --anew --name NEW-NAME"
)
"""What a parked copy is told."""

_log = logs.get("sts.beats")


class Handled(NamedTuple):
    """The answer, and whether something is missing that may still be on its way."""

    answer: Answer
    waiting: bool


class Clerk:
    """Handles beats; one for each process."""

    def __init__(
        self, pool: asyncpg.Pool, tell: Callable[[frames.Message], None], registry: CollectorRegistry
    ) -> None:
        """`tell` gets the news of the fleet."""
        self._pool = pool
        self._tell = tell
        self._beats = Counter(
            "sts_ingest_beats", "Beats of gateways, by what was done.", ("outcome",), registry=registry
        )
        self._looks = Looks()

    async def handle(self, beat: Beat) -> Handled | None:
        """Keep a beat; None when the database is away, then there is no answer."""
        settled = await self._settle(beat)
        if settled is None or not settled.parked:  # of a copy the fleet hears by the fault of the other
            self._tell(news(beat, settled.faults if settled else [], _now_us()))
        if settled is None:
            self._count("unanswered")
            return None
        self._count("answered")
        for fault in settled.faults:
            _log.warning("gateway fault", gateway=beat.gateway, fault=fault)
        answer = Answer(
            number=beat.number,
            hub_us=_now_us(),
            epochs=settled.epochs,
            settings=settled.down.change,
            settings_wanted=settled.down.wanted,
            roster=settled.roster,
            orders=settled.orders,
            wanted_version=settled.wanted_version,
            parked=ENROL_ANEW if settled.parked else None,
        )
        return Handled(answer, settled.waiting)

    def refused(self) -> None:
        """Count a beat that was none."""
        self._count("refused")

    def seen_empty(self, at: float) -> None:
        """Nothing was on its way at that time, in seconds since 1970: what is missing since then is wanted."""
        self._looks.add(at)

    async def _settle(self, beat: Beat) -> Settled | None:
        try:
            async with self._pool.acquire() as connection:
                now = datetime.now(UTC)
                return await settle(connection, beat, now, self._looks.settled(now.timestamp()))
        except pools.AWAY_ERRORS as error:
            _log.warning("beat not kept", gateway=beat.gateway, error=f"{type(error).__name__}: {error}")
            return None

    def _count(self, outcome: str) -> None:
        self._beats.labels(outcome).inc()


def news(beat: Beat, faults: list[str], hub_us: int) -> FleetNews:
    """What the fleet screens show of a beat, with what the hub found wrong."""
    return FleetNews(
        gateway=beat.gateway,
        hub_us=hub_us,
        state=beat.health.state,
        faults=[*beat.health.faults, *faults],
        sensors=beat.sensors,
        buffer=beat.buffer,
        clock=None if beat.clock is None else (*beat.clock,),
        versions=dict(beat.versions),
        boot_us=beat.boot_us,
    )


def _now_us() -> int:
    return time.time_ns() // 1000
