"""Exit codes, the same for every verb."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What a script may rely on."""

    HEALTHY = 0
    FAILED = 1
    USAGE = 2
    DEGRADED = 3
    UNREACHABLE = 4
    CONFIGURATION = 5
    NOT_ALLOWED = 6
    NOT_FOUND = 7
    TIMED_OUT = 8
    NOT_RUNNING = 9
    INTERRUPTED = 130
