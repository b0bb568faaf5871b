"""Beats: what the gateway says about itself, and the answers, beside the live lane and never before it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

import structlog

from sts_protocols.beat import Answer, Beat, decode_answer, encode_beat
from sts_protocols.errors import BeatError

from .line import BeatOutlet, Line

BEAT_EVERY_S = 10.0
# One beat may be lost with its connection, one answer with a worker's restart; three in a row say that
# nobody answers.
SILENT_AFTER = 3
# Beats whose answer may still come: a minute of them.
REMEMBERED = 6

_log = structlog.get_logger()


class _Sent(NamedTuple):
    beat: Beat
    sent_us: int


class BeatLane:
    """Sends beats and hands on their answers.

    make_beat: the beat of a given number. on_answer: an answer, the beat it answers, and the boot times
    between which it was on its way.
    """

    def __init__(
        self,
        make_beat: Callable[[int], Beat],
        boot_us: Callable[[], int],
        on_answer: Callable[[Answer, Beat, int, int], None],
    ) -> None:
        self._make_beat = make_beat
        self._boot_us = boot_us
        self._on_answer = on_answer
        self._line: Line | None = None
        self._outlet: BeatOutlet | None = None
        self._number = 0
        self._sent: OrderedDict[int, _Sent] = OrderedDict()
        self.unanswered = 0

    async def use(self, line: Line) -> None:
        """Open a way beside this connection, and beat there at once."""
        outlet = await line.beat_outlet(self._answered)
        self._line, self._outlet = line, outlet
        self.beat()

    def lost(self, line: Line) -> None:
        """This connection is gone; another may be in use already."""
        if line is self._line:
            self._line = self._outlet = None

    @property
    def is_shut(self) -> bool:
        """Whether there is nowhere to beat."""
        return self._outlet is None or self._outlet.is_shut

    @property
    def is_unanswered(self) -> bool:
        """Whether beats go out and nobody answers."""
        return self.unanswered >= SILENT_AFTER

    async def last(self, timeout: float) -> None:
        """Say now how things are, and see that the socket has taken it, within that time."""
        self.beat()
        if self._outlet is not None:
            await self._outlet.settled(timeout)

    def beat(self) -> None:
        """Say now how things are, if there is a connection."""
        if self._outlet is None or self._outlet.is_shut:
            return
        self._number += 1
        beat = self._make_beat(self._number)
        try:
            body = encode_beat(beat)
        except BeatError as error:
            _log.error("beat_not_encoded", reason=str(error))
            return
        self._sent[self._number] = _Sent(beat, self._boot_us())
        while len(self._sent) > REMEMBERED:
            self._sent.popitem(last=False)
        self.unanswered += 1
        self._outlet.beat(body, self._number)

    def _answered(self, body: bytes) -> None:
        received_us = self._boot_us()
        try:
            answer = decode_answer(body)
        except BeatError as error:
            _log.warning("answer_unreadable", reason=str(error))
            return
        sent = self._sent.pop(answer.number, None)
        if sent is None:
            return
        self.unanswered = 0
        try:
            self._on_answer(answer, sent.beat, sent.sent_us, received_us)
        except Exception as error:  # whoever carries answers would keep it to himself
            _log.error("answer_not_applied", reason=str(error), exc_info=error)
