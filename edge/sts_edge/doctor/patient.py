"""What is examined, and what an examination finds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from sts_edge.config import Settings

from .faults import BY_NAME, Fault


class Finding(NamedTuple):
    """A fault that is there: `detail` says it with this gateway's figures."""

    fault: Fault
    detail: str
    fix: str


class Passed(NamedTuple):
    """Something that is well."""

    check: str
    detail: str


class Skipped(NamedTuple):
    """Something that cannot be asked, and why."""

    check: str
    detail: str


Result = Finding | Passed | Skipped
Results = Iterator[Result]


class Patient(NamedTuple):
    """A gateway under examination.

    settings: None when they cannot be used. status: the agent's, None when it does not answer.
    sysfs, proc: the kernel's folders; tests bring their own. timeout_s: how long one question may take.
    """

    config: Path
    socket: Path
    settings: Settings | None = None
    status: dict[str, Any] | None = None
    timeout_s: float = 5.0
    sysfs: Path = Path("/sys")
    proc: Path = Path("/proc")


def found(name: str, detail: str, **words: object) -> Finding:
    """A finding; words fill the braces of the fix."""
    fault = BY_NAME[name]
    return Finding(fault, detail, fault.fix.format(**words))
