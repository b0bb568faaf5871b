"""Streams of a connected sensor: asked for, kept running, and every one of them ended again.

A stream costs a strap its battery until it is ended, also when nobody hears it. So a stream counts as begun
before it is asked for, and whatever ends the listening passes through the stops while the link still stands.
Heart rate and battery go on whatever happens here.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from sts_edge.config import SensorSettings
from sts_edge.sources import Told
from sts_edge.sources.bluetooth.connection import Connection, LinkError
from sts_edge.sources.bluetooth.limits import ANSWER_S, STOP_STREAM_S, Limits
from sts_edge.sources.bluetooth.reception import TICK_US, Reception
from sts_edge.time_limit import time_limit
from sts_protocols.device_clock import DeviceClock
from sts_protocols.errors import DecodeError
from sts_protocols.gatt import polar_control, polar_measurement
from sts_protocols.gatt.polar_control import Answer, Kind, Setting, Settings, Status
from sts_protocols.sample import Packet

log = structlog.get_logger(__name__)

KINDS = {"ecg": Kind.ECG, "acc": Kind.ACC, "ppi": Kind.PPI}
WORDS = {Kind.ECG: "ECG", Kind.ACC: "acceleration", Kind.PPI: "pulse intervals"}

# Of several rates of acceleration the one nearest to this: steps, jumps and sprints lie below 20 Hz, and twice
# as much doubles what goes over the air and the uplink.
ACC_RATE_HZ = 50

Read = Callable[[bytes, int], Sequence[Told]]


@dataclass(slots=True)
class StreamCount:
    """Streams of one sensor since the start."""

    started: int = 0
    ended: int = 0
    refused: int = 0
    gaps: int = 0
    jumps: int = 0


class UnansweredError(LinkError):
    """A question was taken by the sensor, and no answer came."""


class ControlPoint:
    """One link's dialogue: a question is written, its answer comes as an indication."""

    def __init__(self, name: str, connection: Connection, on_ended: Callable[[], None]) -> None:
        self._name = name
        self._connection = connection
        self._on_ended = on_ended
        self._open = False
        self._begun: Answer | None = None
        self._waiting: asyncio.Future[Answer] | None = None

    async def open(self, hear_data: Callable[[bytes], None]) -> frozenset[Kind]:
        """Subscribe, once; what the sensor can measure. Raises LinkError, DecodeError."""
        features = polar_control.features(await self._connection.read(polar_control.CONTROL_POINT))
        if not self._open:
            await self._connection.subscribe(polar_control.CONTROL_POINT, self._hear)
            await self._connection.subscribe(polar_control.DATA, hear_data)
            self._open = True
        return features

    async def ask(self, request: bytes, limit_s: float = ANSWER_S) -> Answer:
        """Put one question. Raises LinkError when it is not taken, UnansweredError when no answer comes."""
        self._begun, self._waiting = None, asyncio.get_running_loop().create_future()
        await self._connection.write(polar_control.CONTROL_POINT, request, limit_s)
        try:
            async with time_limit(limit_s):
                while True:
                    answer = await self._waiting
                    if (answer.command, answer.kind) == (request[0], request[1]):
                        return answer
                    self._waiting = asyncio.get_running_loop().create_future()
        except TimeoutError:
            sentence = f"{self._name} did not answer {request.hex(' ')} in {limit_s:g} s"
            raise UnansweredError(sentence) from None
        finally:
            self._waiting = None

    def _hear(self, frame: bytes) -> None:
        try:
            answer = polar_control.join(self._begun, frame) if self._begun else polar_control.answer(frame)
        except DecodeError as error:
            log.warning("bad_answer", sensor=self._name, error=str(error))
            return
        if answer is None:
            if polar_control.ended(frame):
                self._on_ended()
            return
        self._begun = answer if answer.more else None
        if not answer.more and self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(answer)


class Streams:
    """The streams that the settings ask of one sensor; none for most. It outlives links."""

    def __init__(self, sensor: SensorSettings, reception: Reception, limits: Limits) -> None:
        self.count = StreamCount()
        self._name = sensor.name
        self._wanted = tuple(KINDS[word] for word in sensor.streams)
        self._reception = reception
        self._limits = limits
        self._troubles: dict[Kind, str] = {}
        self._begun: dict[Kind, Read] = {}
        # Begun over links that were lost before they could be ended: the sensor may stream on.
        self._left: set[Kind] = set()
        self._heard_s: dict[Kind, float] = {}
        self._over = asyncio.Event()

    def faults(self) -> list[str]:
        """What a technician should know: each stream that does not come, with the way out."""
        return list(self._troubles.values())

    async def run(self, connection: Connection) -> None:
        """Stream over one link until cancelled; what fails is tried again after a while."""
        control = ControlPoint(self._name, connection, self._over.set)
        try:
            while self._wanted:
                try:
                    await self._stream(connection, control)
                except (LinkError, DecodeError) as error:
                    for kind in self._wanted:
                        self._tell_trouble(kind, str(error))
                await asyncio.sleep(self._limits.stream_retry_s)
        finally:
            self._troubles.clear()

    async def _stream(self, connection: Connection, control: ControlPoint) -> None:
        """Start what is wanted and listen until a stream falls silent; end all that was begun."""
        if not connection.offers(polar_control.CONTROL_POINT):
            raise LinkError("the sensor offers none")
        self._over.clear()
        clock = DeviceClock()
        self._begun = dict.fromkeys(self._left, self._ignore)
        try:
            features = await control.open(self._hear)
            for kind in self._wanted:
                if kind in features:
                    await self._start(control, kind, clock)
                else:
                    self._tell_trouble(kind, "the sensor cannot measure it")
            await self._until_silent()
        finally:
            await self._end(connection, control)

    async def _start(self, control: ControlPoint, kind: Kind, clock: DeviceClock) -> None:
        """Start one stream; a refusal is told and costs no other."""
        chosen: dict[Setting, int] = {}
        if kind is not Kind.PPI:
            offered = await control.ask(polar_control.ask_settings(kind))
            chosen = choice(kind, polar_control.settings(offered.settings))
        # What must be heard once the sensor has been asked, whether or not its answer comes.
        self._begun[kind] = self._ignore
        answer = await control.ask(polar_control.start(kind, chosen))
        if answer.status == Status.ALREADY_IN_STATE:
            # Left running by a link that was lost: with whose settings, nobody knows.
            await control.ask(polar_control.stop(kind))
            answer = await control.ask(polar_control.start(kind, chosen))
        if answer.status != Status.SUCCESS:
            del self._begun[kind]
            self.count.refused += 1
            self._tell_trouble(kind, answer.words)
            return
        factor = polar_control.factor(polar_control.settings(answer.settings))
        self._begun[kind] = self._reader(kind, chosen, clock, factor)
        self._heard_s[kind] = time.monotonic()
        self.count.started += 1
        log.info("stream_started", sensor=self._name, stream=kind.name.lower())

    def _reader(
        self, kind: Kind, chosen: dict[Setting, int], clock: DeviceClock, factor: float | None
    ) -> Read:
        if kind is Kind.PPI:
            return self._read_intervals
        stream = polar_measurement.Stream(self._name, chosen[Setting.SAMPLE_RATE_HZ], clock, factor)

        def read(frame: bytes, came_us: int) -> Sequence[Told]:
            before = stream.gaps, stream.jumps
            told = stream.hear(frame, came_us)
            self.count.gaps += stream.gaps - before[0]
            self.count.jumps += stream.jumps - before[1]
            return told

        return read

    def _read_intervals(self, frame: bytes, came_us: int) -> Sequence[Told]:
        values = polar_measurement.interval_values(polar_measurement.decode_intervals(frame))
        stamp_us = came_us - came_us % TICK_US
        return (Packet(self._name, stamp_us, TICK_US, 0, values),) if values else ()

    def _ignore(self, frame: bytes, came_us: int) -> Sequence[Told]:
        """A frame that comes before the answer to its start: its rate is not agreed yet."""
        return ()

    def _hear(self, frame: bytes) -> None:
        self._reception.hear_streamed(polar_control.DATA, frame, self._read)

    def _read(self, frame: bytes, came_us: int) -> Sequence[Told]:
        number = polar_measurement.kind_of(frame)
        kind = next((one for one in self._begun if one == number), None)
        if kind is None:
            return ()
        told = self._begun[kind](frame, came_us)
        self._heard_s[kind] = time.monotonic()
        self._troubles.pop(kind, None)
        return told

    async def _until_silent(self) -> None:
        """Until the sensor ends a stream by itself, or one says nothing for long."""
        while self._begun and not self._over.is_set():
            quietest = min(self._begun, key=lambda kind: self._heard_s[kind])
            left_s = self._heard_s[quietest] + self._limits.stream_silence_s - time.monotonic()
            if left_s <= 0:
                self._tell_trouble(quietest, "it has fallen silent")
                return
            with contextlib.suppress(TimeoutError):
                async with time_limit(left_s):
                    await self._over.wait()

    async def _end(self, connection: Connection, control: ControlPoint) -> None:
        """End what was begun, while there is a link. A stop that was taken has done its work, answered or not;
        where one is not taken, no other would be."""
        self._left = set(self._begun)
        self._begun = {}
        for kind in sorted(self._left):
            if connection.lost.is_set():
                return
            try:
                await control.ask(polar_control.stop(kind), STOP_STREAM_S)
                self._left.discard(kind)
                self.count.ended += 1
                log.info("stream_ended", sensor=self._name, stream=kind.name.lower())
            except UnansweredError as error:
                self._left.discard(kind)
                log.warning("stream_end_unanswered", sensor=self._name, error=str(error))
            except LinkError as error:
                log.warning("stream_not_ended", sensor=self._name, error=str(error))
                return

    def _tell_trouble(self, kind: Kind, reason: str) -> None:
        word = next(word for word, one in KINDS.items() if one is kind)
        self._troubles[kind] = (
            f"{self._name} gives no {WORDS[kind]} ({reason}): wet the strap and put it on anew, or take "
            f'"{word}" out of its streams in the settings.'
        )
        log.warning("stream_failed", sensor=self._name, stream=word, reason=reason)


def choice(kind: Kind, offered: Settings) -> dict[Setting, int]:
    """One value of each setting that is offered: the widest range, the finest resolution, a rate that fits."""
    chosen: dict[Setting, int] = {
        setting: max(values) for setting, values in offered.items() if setting is not Setting.FACTOR
    }
    if kind is Kind.ACC and Setting.SAMPLE_RATE_HZ in offered:
        rates = offered[Setting.SAMPLE_RATE_HZ]
        chosen[Setting.SAMPLE_RATE_HZ] = min(rates, key=lambda rate: (abs(rate - ACC_RATE_HZ), rate))
    return chosen
