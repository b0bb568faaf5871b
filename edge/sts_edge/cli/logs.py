"""`sts-edge logs`: what the agent says, from the system's journal or from a file."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .call import Call
from .exits import Exit
from .output import Stop

Line = dict[str, Any]

UNIT = "sts-edge"
LEVELS = ("debug", "info", "warning", "error", "critical")
LOOK_S = 0.5
_UNITS_S = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_AGE = re.compile(r"(\d+)([smhd])")


def logs(call: Call, follow: bool, level: str, since: str | None, file: Path | None) -> None:
    """Print log lines, oldest first; with -f as they come, until Ctrl-C."""
    if level not in LEVELS:
        raise Stop(Exit.USAGE, f"{level!r} is no level: {', '.join(LEVELS)}.")
    since_s = None if since is None else moment(since)
    raw = _from_file(file, follow) if file is not None else _from_journal(follow, since_s)
    count = 0
    try:
        for line in wanted(map(read, raw), level, since_s):
            count += 1
            if call.output.as_json:
                call.output.document({"schema": "sts.edge.logs/1", **line})
            else:
                call.output.line(plain(line, call))
    except KeyboardInterrupt:
        raise Stop(Exit.INTERRUPTED) from None
    if not count:
        raise Stop(Exit.NOT_FOUND, "No line of that level since then. Next: sts-edge logs --level debug")


def moment(text: str) -> float:
    """10m, 2h, 1d ago, or a time such as 2026-11-28T10:00, as seconds since 1970."""
    if age := _AGE.fullmatch(text):
        return time.time() - int(age[1]) * _UNITS_S[age[2]]
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        raise Stop(Exit.USAGE, f"{text!r} is no time: 30s, 10m, 2h, 1d or 2026-11-28T10:00.") from None


def read(raw: str) -> Line:
    """A line of the agent (ECS JSON), or whatever else stands there, in one shape."""
    try:
        told = json.loads(raw)
        fields = dict(told.get("sts", {}))
        return {
            "time": told["@timestamp"],
            "level": told["log.level"] if "log.level" in told else told["log"]["level"],
            "event": told["message"],
            "fields": fields,
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return {"time": None, "level": "info", "event": raw, "fields": {}}


def wanted(lines: Iterable[Line], level: str, since_s: float | None) -> Iterator[Line]:
    """The lines of at least a level, and not from before."""
    least = LEVELS.index(level)
    for line in lines:
        if _rank(line["level"]) >= least and (since_s is None or _seconds(line) >= since_s):
            yield line


def plain(line: Line, call: Call) -> str:
    """A line for people: time, level, event, fields."""
    word = "WARN" if line["level"] == "warning" else str(line["level"]).upper()
    sign = {"WARN": "warning", "ERROR": "bad", "CRITICAL": "bad"}.get(word)
    shown = f"{word:<5}" if sign is None else call.output.sign(sign, word)
    when = "" if line["time"] is None else f"{_local(line['time'])} "
    fields = "  ".join(f"{key}={value}" for key, value in line["fields"].items())
    return f"{when}{shown} {line['event']}  {fields}".rstrip()


def _rank(level: str) -> int:
    return LEVELS.index(level) if level in LEVELS else LEVELS.index("info")


def _seconds(line: Line) -> float:
    return float("inf") if line["time"] is None else datetime.fromisoformat(line["time"]).timestamp()


def _local(text: str) -> str:
    return datetime.fromisoformat(text).astimezone().strftime("%H:%M:%S")


def _from_journal(follow: bool, since_s: float | None) -> Iterator[str]:
    program = shutil.which("journalctl")
    if program is None:
        raise Stop(
            Exit.NOT_FOUND,
            "There is no journal on this machine: the agent's lines are where its standard output goes. "
            "Next: sts-edge logs --file PATH",
        )
    command = [program, "-u", UNIT, "-o", "json", "--no-pager", *(["-f"] if follow else [])]
    command += ["-n", "1000"] if since_s is None else [f"--since=@{int(since_s)}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as journal:
        assert journal.stdout is not None, "asked for a pipe"
        assert journal.stderr is not None, "asked for a pipe"
        try:
            yield from (_entry(line) for line in journal.stdout)
        finally:
            journal.terminate()
        told = journal.stderr.read()
        if journal.wait() not in (0, 1, -15) or "insufficient permissions" in told:
            raise Stop(Exit.NOT_ALLOWED, f"{told.strip()[:300]} Next: sudo sts-edge logs")


def _entry(line: str) -> str:
    """What the agent wrote; of a line of systemd's own about the unit the message with its time."""
    entry = json.loads(line)
    said = entry.get("MESSAGE") or ""
    text = bytes(said).decode("utf-8", "replace") if isinstance(said, list) else str(said)
    if text.startswith("{"):
        return text
    at = datetime.fromtimestamp(int(entry["__REALTIME_TIMESTAMP"]) / 1_000_000, UTC).isoformat()
    return json.dumps({"@timestamp": at, "log.level": "info", "message": text})


def _from_file(file: Path, follow: bool) -> Iterator[str]:
    try:
        with file.open(encoding="utf-8", errors="replace") as stream:
            rest = ""
            while True:
                rest += stream.readline()
                if rest.endswith("\n"):
                    yield rest.rstrip("\n")
                    rest = ""
                elif not follow:
                    return
                elif _was_replaced(file, stream.fileno()):
                    yield from _from_file(file, follow)
                    return
                else:
                    time.sleep(LOOK_S)
    except FileNotFoundError:
        raise Stop(Exit.NOT_FOUND, f"{file} is not there.") from None
    except PermissionError:
        raise Stop(
            Exit.NOT_ALLOWED, f"{file} may not be read by this user. Next: the same with sudo"
        ) from None


def _was_replaced(file: Path, handle: int) -> bool:
    """A rotated log: its name belongs to another file now."""
    try:
        return file.stat().st_ino != os.fstat(handle).st_ino
    except FileNotFoundError:
        return False
