"""The uplink: two connections, two lanes, beats and answers, and a reconnect loop of our own.

Which protocol the connections speak is the address's business (`amqp/`, `https/`). The live connection comes
first and is never waited for by anything else: it is dialled while the old one is still held, its way for
records is asked for before the way for beats, and the backlog's connection is made
when live records flow. Which of them stands says `link.py`; what happens to records says `flight.py`; this
file lets each hear of the other.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Any

import structlog

from sts_edge.time_limit import time_limit
from sts_protocols.beat import Answer, Beat
from sts_protocols.record import Record

from . import LinkReport
from .answers import Answers
from .backlog import BacklogLane
from .beats import BEAT_EVERY_S, BeatLane
from .dialling import Dialler
from .faults import Faults
from .flight import Flight
from .keeping import OUTLET_S, open_outlet, serve
from .line import Address, Line, LoginRefused, Outcome, Verdict
from .link import Link, LinkEvent, LinkState
from .live import LiveLane
from .store import Board, Store, Time

# A login that was refused is refused again until a person acts; each attempt costs the broker a password
# check.
LOGIN_PAUSE_S = 30.0
# The backlog's connection waits for the first live confirm; without sensors there is none, so not longer
# than this.
BACKLOG_AFTER_S = 1.0
# A link that has just confirmed takes a beat and a goodbye in two round trips.
FAREWELL_S = 1.0
# What no event tells (the broker's alarm has ended, a socket is clear again) is looked for this often.
TICK_S = 0.25

FLOWING = (LinkState.STANDING, LinkState.UP)
NEEDS_NO_DIALLING = (*FLOWING, LinkState.BLOCKED)
NEEDS_DIALLING = (LinkState.DOWN, LinkState.STALLED, LinkState.REFUSED)

_log = structlog.get_logger()


class TwoLaneUplink:
    """Carries the records of one gateway; see `Uplink` for what it promises.

    make_beat: the beat with a given number. on_flow: a connection stands, or none does that takes records;
    whoever gathers samples closes the open record when one does, and soon after that the next.
    """

    def __init__(
        self,
        address: Address,
        store: Store,
        clock: Time,
        board: Board,
        make_beat: Callable[[int], Beat],
        on_flow: Callable[[bool], None],
    ) -> None:
        self._clock = clock
        self._on_flow = on_flow
        self.on_answer: Callable[[Answer, Beat], None] = lambda answer, beat: None
        self.on_refused: Callable[[], None] = lambda: None
        self._faults = Faults(board, address)
        self._line: Line | None = None
        self._backlog_line: Line | None = None
        self._line_tasks: list[asyncio.Task[Any]] = []
        self._round_trip_s: float | None = None
        self._confirm_s: float | None = None
        self._confirmed_at_s: float | None = None
        self._answers = Answers(store)
        self._flight = Flight(store)
        self._link = Link()
        self._moved = asyncio.Event()
        self._ending = False
        self._live = LiveLane(self._flight, self._answers.is_placed)
        self._backlog = BacklogLane(store, self._flight, self._answers.is_sendable, self._may_send)
        self._beats = BeatLane(make_beat, clock.boot_us, self._answered)
        self._dialler = Dialler(address, "live")
        self._backlog_dialler = Dialler(address, "backlog")
        self._link.on_change = self._link_changed
        self._live.on_link = self._link.happened
        self._live.on_confirm = self._live_confirmed
        self._live.on_verdict = lambda verdict: self._judged("live", verdict)
        self._backlog.on_verdict = self._judged
        self._live.on_change = self._live_moved
        self._backlog.on_stall = self._cut_backlog

    async def run(self) -> None:
        """Keep both connections, beat, and send, until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._keep_link())
                tasks.create_task(self._keep_backlog())
                tasks.create_task(self._keep_beating())
                tasks.create_task(self._keep_looking())
        finally:
            self._drop_line()
            self._cut_backlog()
            self._link.happened(LinkEvent.LOST)

    def offer(self, record: Record) -> None:
        self._live.offer(record)
        self._backlog.pump()

    def beat(self) -> None:
        self._beats.beat()

    def report(self) -> LinkReport:
        now = time.monotonic()
        return LinkReport(
            state=self._link.state,
            since_s=now - self._link.since_s,
            round_trip_s=self._round_trip_s,
            confirm_s=self._confirm_s,
            last_confirm_s=None if self._confirmed_at_s is None else now - self._confirmed_at_s,
            in_flight_bytes=self._backlog.pacing.in_flight,
            rate=self._backlog.pacing.rate(now),
            sentence=self._faults.sentence,
            parked=self._live.parked,
        )

    async def finish(self, timeout: float) -> None:
        self._ending = True
        with contextlib.suppress(TimeoutError):
            async with time_limit(timeout):
                while (
                    self._link.state in FLOWING
                    and not self._live.parked
                    and (self._live.is_waiting or len(self._flight))
                ):
                    self._moved.clear()
                    await self._moved.wait()
        await self._beats.last(FAREWELL_S)
        await asyncio.gather(
            *(line.close(FAREWELL_S) for line in (self._line, self._backlog_line) if line is not None)
        )

    # --- the live connection

    async def _keep_link(self) -> None:
        while True:
            await self._link.until(NEEDS_DIALLING)
            line = await self._dial()
            if line is not None:
                await self._change_to(line)

    async def _dial(self) -> Line | None:
        """A line that stands, or None when the old one spoke after all or a refused login was waited out."""
        dial = asyncio.create_task(self._dialler.dial())
        revived = asyncio.create_task(self._link.until(NEEDS_NO_DIALLING))
        try:
            await asyncio.wait([dial, revived], return_when=asyncio.FIRST_COMPLETED)
            if not dial.done():
                return None
            line = dial.result()
            self._faults.login_taken()
            return line
        except LoginRefused as error:
            self._faults.login_refused(str(error))
            self.on_refused()
            self._link.happened(LinkEvent.REFUSED)
            await asyncio.wait([revived], timeout=LOGIN_PAUSE_S)
            return None
        finally:
            dial.cancel()
            revived.cancel()

    async def _change_to(self, line: Line) -> None:
        """Let a new connection take the place of the old one."""
        opening = asyncio.create_task(open_outlet(line))
        beating = asyncio.create_task(self._begin_beating(line))
        try:
            outlet = await opening
        except OSError as error:
            self._faults.unreachable(str(error))
            beating.cancel()
            return
        self._drop_line()
        self._backlog.forget_link()
        self._line = line
        line.on_lost(lambda: self._lost(line))
        self._link.happened(LinkEvent.STOOD)
        serving = asyncio.create_task(serve(line, outlet, self._live, self._live.pump))
        serving.add_done_callback(lambda task: self._served(line, task))
        self._line_tasks = [serving, beating]

    def _served(self, line: Line, task: asyncio.Task[None]) -> None:
        """A live lane that failed is begun anew with a new connection."""
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("live_lane_failed", reason=str(error), exc_info=error)
            line.cut()

    def _lost(self, line: Line) -> None:
        if line is self._line and not self._ending:
            self._drop_line()
            self._link.happened(LinkEvent.LOST)

    def _drop_line(self) -> None:
        line, self._line = self._line, None
        for task in self._line_tasks:
            task.cancel()
        self._live.lost()
        if line is not None:
            self._beats.lost(line)
            line.cut()

    # --- the backlog's connection

    async def _keep_backlog(self) -> None:
        while True:
            await self._link.until(FLOWING)
            await self._until_up_or(BACKLOG_AFTER_S)
            if self._link.state not in FLOWING:
                continue
            try:
                line = await self._backlog_dialler.dial()
            except LoginRefused as error:
                self._faults.login_refused(str(error))
                await asyncio.sleep(LOGIN_PAUSE_S)
            else:
                await self._serve_backlog(line)

    async def _until_up_or(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with time_limit(seconds):  # wait_for would swallow a cancellation, before 3.12
                await self._link.until([LinkState.UP])

    async def _serve_backlog(self, line: Line) -> None:
        self._backlog_line = line
        try:
            outlet = await open_outlet(line)
            await serve(line, outlet, self._backlog, self._backlog.pump)
        except OSError as error:
            _log.info("backlog_connection_lost", reason=str(error))
        finally:
            self._backlog.lost()
            self._cut_backlog()

    def _cut_backlog(self) -> None:
        line, self._backlog_line = self._backlog_line, None
        if line is not None:
            line.cut()

    def _may_send(self) -> bool:
        """Backlog goes only while the link takes live records, and none of them waits."""
        is_free = not self._live.is_waiting and not self._live.parked
        return self._link.state in FLOWING and is_free and not self._ending

    # --- what the lanes and the hub tell

    def _link_changed(self, before: LinkState, now: LinkState) -> None:
        self._moved.set()
        _log.info("link", state=now.value, before=before.value)
        self._live.held = now in (LinkState.STALLED, LinkState.BLOCKED)
        if not self._ending:  # what we end ourselves is no fault to be noted
            self._faults.link(now, self._dialler.last_failure)
        if (now in FLOWING) != (before in FLOWING):
            self._on_flow(now in FLOWING)
        if now in FLOWING:
            self._live.pump()
            self._backlog.pump()

    def _live_moved(self) -> None:
        self._moved.set()
        self._backlog.pump()

    def _live_confirmed(self, confirm_s: float) -> None:
        self._confirm_s = confirm_s
        self._backlog.pacing.live_confirmed(confirm_s, time.monotonic())

    def _judged(self, lane: str, verdict: Verdict) -> None:
        if verdict.outcome is Outcome.ACKED:
            self._confirmed_at_s = time.monotonic()
        self._faults.judged(lane, verdict, self._flight.aside)

    def _answered(self, answer: Answer, beat: Beat, sent_us: int, received_us: int) -> None:
        self._round_trip_s = (received_us - sent_us) / 1_000_000
        self._clock.add_hub_answer(sent_us, received_us, answer.hub_us)
        self._answers.apply(answer, beat)
        self._faults.answered()
        self._faults.parked(answer.parked)
        self._live.parked = answer.parked is not None
        self._live.pump()
        self.on_answer(answer, beat)
        self._backlog.pump()

    # --- what only time tells

    async def _begin_beating(self, line: Line) -> None:
        try:
            async with time_limit(OUTLET_S):
                await self._beats.use(line)
        except Exception as error:  # whatever it is, the next beat is the next try
            _log.info("no_channel_for_beats", reason=str(error))

    async def _keep_beating(self) -> None:
        while True:
            await asyncio.sleep(BEAT_EVERY_S)
            if self._line is not None and self._beats.is_shut:
                await self._begin_beating(self._line)
            else:
                self._beats.beat()
            if self._beats.is_unanswered:
                self._faults.unanswered()

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self._look()

    def _look(self) -> None:
        if self._line is not None and self._line.is_blocked:
            self._link.happened(LinkEvent.BLOCKED)
        elif self._link.state is LinkState.BLOCKED:
            self._link.happened(LinkEvent.UNBLOCKED)
        elif self._link.state is LinkState.DOWN:
            self._faults.link(LinkState.DOWN, self._dialler.last_failure)
        self._live.pump()
        self._backlog.pump()
