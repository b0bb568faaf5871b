"""The command `sts-edge`: what it prints where, and how it ends."""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, ClassVar

import pytest

from json_documents import check_lines
from sts_edge.cli import main
from sts_edge.cli.app import COMPLETION_S
from sts_edge.cli.call import hoisted
from sts_edge.cli.exits import Exit
from sts_edge.cli.output import Output
from sts_edge.cli.status import duration, exit_code, plain
from sts_edge.cli.tail import plain as plain_packet

SETTINGS = """
[gateway]
name = "pitch-1"
data_dir = "data"
run_dir = "run"
[hub]
url = "amqp://127.0.0.1:1/sts"
password_file = "password"
"""
STATUS: dict[str, Any] = {
    "schema": "sts.edge.status/1",
    "gateway": "pitch-2",
    "version": "0.4.1",
    "up_s": 93_780,
    "state": "ok",
    "faults": [],
    "hub": {"state": "up", "since_s": 60.0, "rtt_ms": 41.0, "last_ack_s": 0.2, "sentence": ""},
    "buffer": {
        "waiting_records": 1240,
        "waiting_bytes": 400_000,
        "oldest_s": 9.0,
        "used_bytes": 400_000,
        "cap_bytes": 100_000_000,
        "dropped_records": 0,
        "damaged_records": 0,
        "policy": "oldest-raw-first",
        "records_in_per_s": 4.0,
        "records_out_per_s": 4.0,
        "bytes_in_per_s": 2200.0,
        "bytes_out_per_s": 2200.0,
        "full_in_s": None,
    },
    "clock": {"known": True, "source": "ntp", "error_ms": 3.1, "hub_wall_us": None},
    "sensors": {"live": 1},
    "sensor_list": [
        {
            "name": "hr-01",
            "address": "A0:9E:1A:00:00:01",
            "kind": "heart_rate",
            "state": "live",
            "last_s": 0.3,
            "rssi": -61,
            "battery": 97,
        }
    ],
}


def status(**changes: Any) -> dict[str, Any]:
    """A healthy status with some things different; a dict changes the dict of that name."""
    told = deepcopy(STATUS)
    for name, value in changes.items():
        told[name] = {**told[name], **value} if isinstance(value, dict) and name != "sensors" else value
    return told


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Good settings; their run_dir is empty."""
    (tmp_path / "password").write_text("secret\n")
    (tmp_path / "password").chmod(0o600)
    file = tmp_path / "settings.toml"
    file.write_text(SETTINGS)
    return file


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], config: Path) -> Run:
    """Type a command; its exit code, and what it said on standard output and standard error."""
    monkeypatch.setenv("STS_EDGE_CONFIG", str(config))

    def typed(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sts-edge", *words])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        if "--json" in words and "--help" not in words:
            check_lines(said.out)
        return code, said.out, said.err

    return typed


@pytest.fixture
def agent(config: Path) -> Iterator[Callable[[dict[str, Any]], None]]:
    """An agent's socket that answers each question with the lines that the test chooses."""
    import socket

    answers: list[dict[str, Any]] = []
    (config.parent / "run").mkdir()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(config.parent / "run/agent.sock"))
    listener.listen()

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                stream.readline()
                for answer in answers:
                    stream.write(json.dumps(answer).encode() + b"\n")

    thread = threading.Thread(target=serve)
    thread.start()
    yield answers.append
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def test_status_is_one_json_document(run: Run, agent: Callable[..., None]) -> None:
    agent(STATUS)
    code, out, err = run("status", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == STATUS
    assert out.count("\n") == 1


def test_status_for_people_fits_a_page_and_needs_no_colour(run: Run, agent: Callable[..., None]) -> None:
    agent(STATUS)
    code, out, _ = run("status")
    assert code == 0
    assert out.splitlines() == [
        "pitch-2  sts-edge 0.4.1  up 1d 2h  ✓ healthy",
        "  Hub        ✓ up          round trip 41 ms, last confirm 0.2 s ago",
        "  Buffer     ✓ waiting     1240 records, 0.4 MB, oldest 9 s, 0.4 % of 100.0 MB used",
        "  Clock      ✓ known       ntp, within 3.1 ms",
        "  Sensors    ✓ 1 live",
    ]


LOST = [{**STATUS["sensor_list"][0], "name": "hr-07", "state": "lost", "last_s": 42.0}]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (status(), Exit.HEALTHY),
        (status(state="degraded", faults=["something"]), Exit.DEGRADED),
        (status(sensors={"lost": 1}, sensor_list=LOST), Exit.DEGRADED),
        (status(hub={"state": "stalled"}), Exit.DEGRADED),
        (status(hub={"state": "blocked"}), Exit.DEGRADED),
        (status(hub={"state": "unreachable"}), Exit.UNREACHABLE),
        (status(hub={"state": "refused"}, state="degraded"), Exit.UNREACHABLE),
        (status(state="failed"), Exit.FAILED),
    ],
)
def test_the_exit_code_says_how_it_is(told: dict[str, Any], code: Exit) -> None:
    assert exit_code(told) is code


def test_whatever_needs_attention_ends_with_the_next_command() -> None:
    told = status(sensors={"lost": 1}, sensor_list=LOST)
    lines = plain(told, Output(False, False, io.StringIO()))
    assert any("hr-07" in line and "lost" in line and "42 s ago" in line for line in lines)
    assert lines[-1] == "Next: sts-edge sensors test hr-07"
    away = status(hub={"state": "unreachable"})
    assert plain(away, Output(False, False, io.StringIO()))[-1] == "Next: sts-edge doctor"


def test_no_state_of_the_link_is_without_words() -> None:
    from sts_edge.cli.status import _LINK
    from sts_edge.uplinks.link import LinkState

    assert set(_LINK) == {state.value for state in LinkState}


def test_where_signs_cannot_be_printed_there_are_words() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    assert Output(False, False, stream).sign("good", "up") == "ok up"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.3, "0.3 s"), (9, "9 s"), (42.4, "42 s"), (200, "3m 20s"), (3720, "1h 02m"), (183_600, "2d 3h")],
)
def test_durations_are_for_people(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize("verb", [["status"], ["tail"]])
def test_without_an_agent_the_sentence_says_how_to_start_it(run: Run, verb: list[str]) -> None:
    code, out, err = run(*verb)
    assert (code, out) == (Exit.NOT_RUNNING, "")
    assert "systemctl start sts-edge" in err


def test_a_failure_is_one_json_document_as_well(run: Run) -> None:
    code, out, err = run("--json", "status")
    told = json.loads(out)
    assert (code, err) == (Exit.NOT_RUNNING, "")
    assert (told["schema"], told["exit"]) == ("sts.edge.error/1", 9)


@pytest.mark.parametrize("verb", [["run"], ["config", "show"], ["config", "validate"]])
def test_bad_settings_are_told_all_at_once_and_never_as_a_traceback(
    run: Run, config: Path, verb: list[str]
) -> None:
    config.write_text(SETTINGS.replace("name =", "nome =").replace("password_file", "pasword_file"))
    code, out, err = run(*verb)
    assert (code, out) == (Exit.CONFIGURATION, "")
    assert "gateway.name" in err
    assert "hub.password_file" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("text", ["", "[gateway", "\x00", "[gateway]\nname = 5", "gateway = 1"])
@pytest.mark.parametrize("verb", [["config", "validate"], ["status"]])
def test_no_text_in_the_settings_file_is_answered_with_a_traceback(
    run: Run, config: Path, text: str, verb: list[str]
) -> None:
    config.write_text(text)
    code, _, err = run(*verb)
    assert code in (Exit.CONFIGURATION, Exit.NOT_RUNNING)
    assert "Traceback" not in err


def test_settings_that_are_not_there_are_told(run: Run) -> None:
    code, _, err = run("config", "validate", "--config", "/nowhere/settings.toml")
    assert code == Exit.CONFIGURATION
    assert "/nowhere/settings.toml does not exist" in err


def test_good_settings_are_shown_without_the_secret(run: Run) -> None:
    code, out, _ = run("config", "show")
    assert code == 0
    assert 'name = "pitch-1"' in out
    assert "secret" not in out.replace("secret that", "")
    code, out, _ = run("config", "show", "--json")
    assert json.loads(out)["settings"]["gateway"]["name"] == "pitch-1"
    code, out, _ = run("config", "validate", "--json")
    assert (code, json.loads(out)["valid"]) == (0, True)


def test_shared_options_may_stand_before_or_after_the_verb() -> None:
    expected = ["--json", "--config", "x", "--timeout=2", "tail", "--sensor", "hr-01"]
    assert hoisted(["tail", "--json", "--sensor", "hr-01", "--config", "x", "--timeout=2"]) == expected
    assert hoisted(["tail", "--", "--json"]) == ["tail", "--", "--json"]


def test_an_unknown_word_is_a_usage_error(run: Run) -> None:
    assert run("reboot")[0] == Exit.USAGE
    assert run("status", "--frobnicate")[0] == Exit.USAGE


def test_a_sensor_that_is_not_there_is_told_with_those_that_are(run: Run, agent: Callable[..., None]) -> None:
    agent(STATUS)
    code, _, err = run("tail", "--sensor", "hr-99")
    assert code == Exit.NOT_FOUND
    assert "hr-01" in err


PACKET = {
    "schema": "sts.edge.tail/1",
    "sensor": "hr-01",
    "boot_us": 5_000_000,
    "time": "2026-11-22T11:52:04.120Z",
    "values": [
        {"metric": "heart_rate", "unit": "/min", "value": 143.0, "quality": "ok"},
        {"metric": "rr_interval", "unit": "ms", "value": 419.0, "quality": "no_contact"},
        {"metric": "rr_interval", "unit": "ms", "value": 421.0, "quality": "ok"},
    ],
}


def test_a_packet_for_people_is_one_line_with_its_doubts() -> None:
    line = plain_packet(PACKET)
    assert line == "11:52:04.120  hr-01  heart_rate 143 /min  rr_interval 419 421 ms  no contact"
    assert plain_packet({**PACKET, "time": None, "missed": 4}).startswith("+5.000  hr-01")


def test_a_waveform_for_people_is_one_line_that_tells_its_shape() -> None:
    shape = {"metric": "ecg", "unit": "uV", "count": 73, "rate_hz": 130.0, "low": -210.0, "high": 1100.0}
    line = plain_packet({**PACKET, "values": [], "waveform": {**shape, "quality": "no_contact"}})
    assert line == "11:52:04.120  hr-01  ecg 73 values at 130 Hz, -210 to 1100 uV  no contact"


def test_tail_streams_json_lines_until_the_agent_ends(run: Run, agent: Callable[..., None]) -> None:
    agent(STATUS)
    agent(PACKET)
    code, out, _ = run("tail", "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert lines[:2] == [STATUS, PACKET]
    assert lines[-1]["schema"] == "sts.edge.error/1"
    assert code == Exit.NOT_RUNNING


HEAVY = ("bleak", "dbus_fast", "aio_pika", "aiormq", "rich", "numpy", "asyncio", "zstandard", "structlog")


@pytest.mark.parametrize("verb", ["status", "version", "tail", "sensors list", "buffer show"])
def test_a_question_imports_nothing_of_the_radio_or_the_network(config: Path, verb: str) -> None:
    """Start-up is what a technician waits for on a Pi; a list of modules is the same on every machine."""
    code = (
        "import sys\nfrom sts_edge.cli import main\n"
        f"sys.argv = ['sts-edge', *{verb!r}.split()]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"sys.stderr.write('\\n' + ' '.join(one for one in {HEAVY!r} if one in sys.modules))"
    )
    environment = {**os.environ, "STS_EDGE_CONFIG": str(config)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert done.stderr.rpartition("\n")[2] == ""


def test_the_check_of_imports_can_fail(config: Path) -> None:
    """The control: the agent does import them."""
    code = "import sys, sts_edge.agent\nprint('aiormq' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "True"


def test_help_names_every_verb_and_every_exit_code(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    for word in ("run", "status", "tail", "config", "version", "9 agent not running"):
        assert word in " ".join(out.split())


def test_completion_knows_the_agents_sensors_and_nothing_without_an_agent(
    config: Path, agent: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sts_edge.cli.app import _sensor_ids

    class Context:
        params: ClassVar[dict[str, str]] = {}

        def find_root(self) -> Context:
            return self

    monkeypatch.setenv("STS_EDGE_CONFIG", str(config))
    agent(STATUS)
    assert _sensor_ids(Context(), "hr") == ["hr-01"]  # type: ignore[arg-type]
    assert _sensor_ids(Context(), "x") == []  # type: ignore[arg-type]
    monkeypatch.setenv("STS_EDGE_CONFIG", "/nowhere")
    assert _sensor_ids(Context(), "hr") == []  # type: ignore[arg-type]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_learns_our_words_from_a_script(run: Run, shell: str) -> None:
    code, out, _ = run("completion", shell)
    assert code == 0
    assert "_STS_EDGE_COMPLETE" in out
    assert run("completion", "csh")[0] == Exit.USAGE


def completed(config: Path, words: str) -> list[str]:
    """What bash would be offered."""
    asked = {"_STS_EDGE_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    code = "from sts_edge.cli import main; main()"
    environment = {**os.environ, **asked, "STS_EDGE_CONFIG": str(config)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    return done.stdout.split()


def test_verbs_and_the_agents_sensors_are_completed(config: Path, agent: Callable[..., None]) -> None:
    agent(STATUS)
    assert completed(config, "sts-edge sen") == ["sensors"]
    assert completed(config, "sts-edge sensors test h") == ["hr-01"]
    assert "clock-1970" in completed(config, "sts-edge doctor --only clock")


def test_an_agent_that_hangs_does_not_hold_up_the_tab_key(config: Path) -> None:
    """It has 150 ms for its answer; this one never gives one."""
    import socket

    (config.parent / "run").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(config.parent / "run/agent.sock"))
        listener.listen()
        assert _sensor_ids_of(config) == []
    assert COMPLETION_S <= 0.15


def _sensor_ids_of(config: Path) -> list[str]:
    from sts_edge.cli.app import _sensor_ids

    class Context:
        params: ClassVar[dict[str, Any]] = {"config": config}

        def find_root(self) -> Context:
            return self

    return _sensor_ids(Context(), "hr")  # type: ignore[arg-type]


def test_status_starts_in_less_than_twice_what_its_framework_costs(config: Path) -> None:
    """CPU seconds differ from machine to machine; their ratio to an empty command of the same framework does
    not. The best of three each."""
    empty = (
        "import typer; app = typer.Typer(); app.command()(lambda: None); app(args=[], standalone_mode=False)"
    )
    ours = "from sts_edge.cli import main; main()"
    assert _cpu_s(config, ours, "status") < 2 * _cpu_s(config, empty)


# What a technician waits for on a Pi, and what is promised; this is the figure of the machine of the tests.
STATUS_CPU_S = 0.35


@pytest.mark.long
def test_status_of_a_running_agent_takes_no_more_cpu_than_is_promised(
    config: Path, agent: Callable[..., None], tell: Callable[[str], None]
) -> None:
    for _ in range(3):
        agent(STATUS)
    spent_s = _cpu_s(config, "from sts_edge.cli import main; main()", "status")
    tell(f"sts-edge status: {spent_s:.2f} s of CPU")
    assert spent_s <= STATUS_CPU_S


def _cpu_s(config: Path, code: str, *words: str) -> float:
    environment = {**os.environ, "STS_EDGE_CONFIG": str(config)}
    spent = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-c", code, *words], capture_output=True, env=environment, check=False
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(spent)


def test_a_parked_copy_says_so_with_the_next_command(run: Run, agent: Callable[..., None]) -> None:
    hub = {**STATUS["hub"], "parked": True}
    agent(status(state="degraded", faults=["Parked by the hub: its card was copied"], hub=hub))
    code, out, _ = run("status")
    assert code == Exit.DEGRADED
    assert "PARKED" in out
    assert out.splitlines()[-1].startswith("Next: have a code made at the hub")


@pytest.mark.parametrize(
    ("wearer", "words"),
    [
        ({"jersey": 7, "initials": "QC", "zone": 4}, ("hr-01 #7", "zone 4")),
        ({"jersey": None, "initials": "QC", "zone": 0}, ("hr-01 QC", "rest")),
        ({"jersey": 7, "initials": "QC", "zone": None}, ("hr-01 #7", "")),
    ],
)
def test_a_packet_tells_the_jersey_of_who_wears_the_sensor(
    wearer: dict[str, Any], words: tuple[str, str]
) -> None:
    told = plain_packet({**PACKET, "wearer": wearer})
    assert all(word in told for word in words)
    assert "QC" not in told or wearer["jersey"] is None
