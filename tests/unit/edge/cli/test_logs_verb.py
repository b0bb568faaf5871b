"""`sts-edge logs`: the journal's lines or a file's, filtered and shown."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sts_edge.cli.call import Call
from sts_edge.cli.logs import moment, plain, read, wanted
from sts_edge.cli.output import Output, Stop

COMMAND = [sys.executable, "-c", "from sts_edge.cli import main; main()"]


def line(level: str, event: str, age_s: float = 0, **fields: object) -> str:
    """A line as the agent writes it."""
    at = datetime.fromtimestamp(time.time() - age_s, UTC).isoformat().replace("+00:00", "Z")
    told = {"@timestamp": at, "log.level": level, "message": event, "sts": fields}
    return json.dumps({"ecs.version": "1.6.0", **told})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "agent.log"
    lines = [
        line("info", "agent_ready", 7_200, gateway="pitch-1"),
        line("warning", "sensor_silent", 300, sensor="hr-17", silence_s=30),
        line("error", "unexpected", 10, reason="a bug"),
        "Fatal Python error: something else",
    ]
    file.write_text("\n".join(lines) + "\n")
    return file


def typed(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, "logs", *words]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60
    )


def events(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [json.loads(one)["event"] for one in done.stdout.splitlines()]


def test_lines_are_chosen_by_level_and_age(file: Path) -> None:
    everything = events(typed("--file", str(file), "--json"))
    assert everything == ["agent_ready", "sensor_silent", "unexpected", "Fatal Python error: something else"]
    assert events(typed("--file", str(file), "--json", "--level", "warning")) == [
        "sensor_silent",
        "unexpected",
    ]
    recent = events(typed("--file", str(file), "--json", "--since", "1h"))
    assert "agent_ready" not in recent


def test_the_agents_own_lines_are_understood(file: Path) -> None:
    """The line comes from the agent's logger, not from this test."""
    code = (
        "import structlog; from sts_edge.agent import logs; logs.configure('pitch-1', 20); "
        "structlog.get_logger().warning('sensor_lost', sensor='hr-01')"
    )
    written = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    told = read(written)
    assert (told["level"], told["event"], told["fields"]) == ("warning", "sensor_lost", {"sensor": "hr-01"})
    assert told["time"] is not None


def test_a_line_for_people_has_no_json(file: Path) -> None:
    shown = plain(read(line("warning", "sensor_silent", sensor="hr-17")), Call(_output(), file, None, 0))
    assert "! WARN sensor_silent  sensor=hr-17" in shown


def _output() -> Output:
    return Output(False, False, io.StringIO())


def test_following_shows_what_is_written_later_even_into_a_new_file(file: Path) -> None:
    command = [*COMMAND, "logs", "-f", "--json", "--file", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        shown = [process.stdout.readline() for _ in range(4)]
        file.rename(file.with_suffix(".1"))
        file.write_text(line("info", "after_the_rotation") + "\n")
        shown.append(process.stdout.readline())
        process.terminate()
    assert json.loads(shown[-1])["event"] == "after_the_rotation"


def test_the_journal_is_asked_for_the_agents_unit(tmp_path: Path) -> None:
    """journalctl -o json: one object a line; bytes that are no text come as a list of numbers."""
    entries = [
        {
            "__REALTIME_TIMESTAMP": "1700000000000000",
            "MESSAGE": line("warning", "sensor_lost", sensor="hr-01"),
        },
        {"__REALTIME_TIMESTAMP": "1700000000000000", "MESSAGE": list(b"Started sts-edge")},
    ]
    program = tmp_path / "journalctl"
    told = "\n".join(json.dumps(one) for one in entries)
    program.write_text(f"#!/bin/sh\necho \"$@\" > {tmp_path}/asked\ncat <<'END'\n{told}\nEND\n")
    program.chmod(0o755)
    done = typed("--json", "--since", "10m", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert events(done) == ["sensor_lost"], done.stderr  # systemd's line is from before
    assert "-u sts-edge -o json --no-pager --since=@" in (tmp_path / "asked").read_text()


def test_without_a_journal_and_a_file_the_way_out_is_told(tmp_path: Path) -> None:
    done = typed(PATH=str(tmp_path))
    assert done.returncode == 7
    assert "--file PATH" in done.stderr
    assert typed("--file", "/nowhere/agent.log").returncode == 7


@pytest.mark.parametrize("words", [["--level", "loud"], ["--since", "yesterday-ish"]])
def test_words_that_mean_nothing_are_a_usage_error(file: Path, words: list[str]) -> None:
    assert typed("--file", str(file), *words).returncode == 2


def test_an_age_and_a_time_are_both_moments() -> None:
    assert moment("10m") == pytest.approx(time.time() - 600, abs=5)
    assert moment("2026-11-28T10:00:00+00:00") == 1795860000
    with pytest.raises(Stop):
        moment("soon")


def test_nothing_of_that_level_is_said_so(file: Path) -> None:
    assert list(wanted([read(line("info", "x"))], "error", None)) == []
    assert typed("--file", str(file), "--level", "critical").returncode == 7
