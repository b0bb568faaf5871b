"""Warnings, kept with the data: what went wrong at a site is read at the hub, in the order of the samples."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

from sts_edge.buffer import Buffer, BufferFailed
from sts_protocols.errors import RecordError
from sts_protocols.record import ClockReading, Kind, Log, encode_log

# A part that fails in a loop must not fill the card: ten at once, then one in six seconds.
BURST = 10
EVERY_S = 6.0
# A reason is a sentence; a stack of them is for the log.
LONGEST_TEXT = 200

_NOT_A_WORD = re.compile(r"[^a-z0-9_.-]+")


class Notes:
    """Appends LOG records, from any thread, at a bounded rate; counts what it leaves out."""

    def __init__(
        self, buffer: Buffer, boot_us: Callable[[], int], reading: Callable[[int], ClockReading]
    ) -> None:
        self._buffer = buffer
        self._boot_us = boot_us
        self._reading = reading
        self._loop = asyncio.get_running_loop()
        self._tokens = float(BURST)
        self._counted_s = self._loop.time()
        self._left_out = 0

    def note(self, level: str, event: str, fields: dict[str, Any]) -> None:
        """Keep a warning."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._append, level, event, fields)

    def _append(self, level: str, event: str, fields: dict[str, Any]) -> None:
        if not self._may_append():
            self._left_out += 1
            return
        now_us = self._boot_us()
        plain = {key: _plain(value) for key, value in fields.items()}
        if self._left_out:
            plain["left_out"] = self._left_out
        try:
            body = encode_log(Log(now_us, level, _word(event), plain))
            self._buffer.append(Kind.LOG, body, now_us, now_us, self._reading(now_us))
        except (RecordError, BufferFailed):
            return  # the log line is out already, and a buffer that failed tells so itself
        self._left_out = 0

    def _may_append(self) -> bool:
        now_s = self._loop.time()
        self._tokens = min(BURST, self._tokens + (now_s - self._counted_s) / EVERY_S)
        self._counted_s = now_s
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


def _plain(value: Any) -> str | int | float | bool | None:
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)[:LONGEST_TEXT]


def _word(event: str) -> str:
    return _NOT_A_WORD.sub("_", event.lower()).strip("_.-")[:80].lstrip("0123456789_.-") or "warning"
