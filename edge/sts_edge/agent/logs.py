"""Log lines on standard output: ECS JSON for a collector, coloured text on a terminal."""

from __future__ import annotations

import logging
import sys
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

import ecs_logging
import structlog
from structlog.typing import EventDict, Processor

# aiormq tells of each failed try of a reconnect loop that is ours, and the loop tells it better.
_QUIET = ("aiormq", "aio_pika", "bleak", "dbus_fast")

Note = Callable[[str, str, dict[str, Any]], None]

# An hour of a gateway that is well, minutes of one that is not; some 100 KB.
RECENT_LINES = 300
recent: deque[dict[str, Any]] = deque(maxlen=RECENT_LINES)
"""The last lines of this process, for the diagnostics."""


def configure(gateway: str, level: int, note: Note | None = None) -> None:
    """Send structlog's and the standard library's lines to standard output.

    note: called with level, event and fields of each warning and error, to keep them with the data.
    """
    on_terminal = sys.stdout.isatty()
    ecs = cast(Processor, ecs_logging.StructlogFormatter())
    last = _plain_text() if on_terminal else ecs
    first: list[Processor] = [structlog.contextvars.merge_contextvars, structlog.processors.add_log_level]
    if note is not None:
        first.append(_Noting(note))
    shape: Processor = structlog.processors.TimeStamper("%H:%M:%S") if on_terminal else _Ecs(gateway)
    structlog.configure(
        processors=[*first, structlog.processors.format_exc_info, _remembering, shape, last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    _capture_standard_library(level)


def _plain_text() -> Processor:
    """Coloured lines; a traceback shows no local variables, which may hold the gateway's password."""
    return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)


def _remembering(_: Any, __: str, line: EventDict) -> EventDict:
    """Keeps the line among the recent ones, with its time."""
    recent.append({"time": datetime.now(UTC).isoformat(timespec="milliseconds"), **line})
    return line


class _Noting:
    """Hands warnings and errors on."""

    def __init__(self, note: Note) -> None:
        self._note = note

    def __call__(self, _: Any, __: str, line: EventDict) -> EventDict:
        if line["level"] in ("warning", "error", "critical"):
            fields = {key: value for key, value in line.items() if key not in ("level", "event", "exc_info")}
            level = "error" if line["level"] == "critical" else line["level"]
            self._note(level, str(line["event"]), fields)
        return line


class _Ecs:
    """Puts our fields under a name of our own, so that they never meet a field of the schema."""

    def __init__(self, gateway: str) -> None:
        self._gateway = gateway

    def __call__(self, _: Any, __: str, line: EventDict) -> EventDict:
        shaped: EventDict = {
            "event": line.pop("event"),
            "log": {"level": line.pop("level")},
            "service": {"name": "sts-edge", "node": {"name": self._gateway}},
        }
        if "exception" in line:
            shaped["exception"] = line.pop("exception")
        if line:
            shaped["sts"] = dict(line)
        return shaped


class _ToStructlog(logging.Handler):
    """Lets libraries that log in the standard way speak through the same pipe."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger().log(record.levelno, record.getMessage(), logger=record.name)


def _capture_standard_library(level: int) -> None:
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[_ToStructlog()], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)
