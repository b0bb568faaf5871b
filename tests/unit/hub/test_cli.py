"""The commands of the hub: found at once, imported late, every failure a sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import typer

from sts_hub import cli
from sts_hub.errors import HubError

SHOWN = cli._COMMANDS


def run(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own, with no setting of whoever runs the tests."""
    code = f"import sys; from sts_hub.cli import main; main({list(words)!r})"
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={"PATH": "", **environ}, check=False
    )


@pytest.mark.parametrize("name", SHOWN)
def test_every_command_of_the_help_exists(name: str) -> None:
    command = cli.LazyCommands(name="sts-hub").get_command(None, name)
    assert command is not None
    assert command.name == name


def test_help_imports_no_command() -> None:
    code = (
        "import sys\nfrom sts_hub.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('fastapi', 'asyncpg', 'aio_pika', 'numpy') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.splitlines()[-1] == "[]"
    assert all(name in told for name in SHOWN)


def test_an_unknown_command_is_a_fault_of_usage() -> None:
    assert run("nothing").returncode == 2


def test_missing_settings_are_sentences_and_exit_five() -> None:
    done = run("api")
    assert done.returncode == 5
    assert [line.split()[0] for line in done.stderr.splitlines()] == ["STS_DB_API_DSN", "STS_AMQP_URL"]


def test_a_plain_cookie_beyond_loopback_is_refused_in_a_sentence() -> None:
    done = run(
        "api",
        STS_DB_API_DSN="postgresql://x@127.0.0.1:1/x",
        STS_AMQP_URL="amqp://x@127.0.0.1:1/x",
        STS_LISTEN="0.0.0.0:8080",
        STS_INSECURE_LOOPBACK_COOKIE="true",
    )
    assert done.returncode == 5
    assert "for loopback only" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_password_is_never_guessed_or_asked_for_without_a_terminal() -> None:
    words = ("account", "create", "--email", "a@b.example", "--name", "Ana", "--club", "Club")
    done = run(*words, STS_DB_OWNER_DSN="postgresql://x@127.0.0.1:1/x")
    assert done.returncode == 1
    assert "--password-stdin" in done.stderr


def test_a_gateways_password_file_is_never_written_over(tmp_path: Path) -> None:
    taken = tmp_path / "password"
    taken.write_text("kept")
    environ = {
        "STS_DB_OWNER_DSN": "postgresql://x@127.0.0.1:1/x",
        "STS_AMQP_URL": "amqp://x@127.0.0.1:1/x",
        "STS_MANAGEMENT_URL": "http://x:x@127.0.0.1:1",
    }
    words = ("gateway", "add", "pitch-1", "--club", "Club", "--site", "Pitch", "--password-file")
    done = run(*words, str(taken), **environ)
    assert done.returncode == 1
    assert "exists" in done.stderr
    assert taken.read_text() == "kept"
    done = run(*words, str(tmp_path / "new"), **environ)
    assert "The database refuses or is away" in done.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("words", "setting"),
    [
        ("migrate", "STS_DB_OWNER_DSN"),
        ("maintain", "STS_DB_OWNER_DSN"),
        ("verify", "STS_DB_OWNER_DSN"),
        ("clock list", "STS_DB_OWNER_DSN"),
        ("parked list", "STS_DB_INGEST_DSN"),
    ],
)
def test_a_database_that_is_away_is_one_sentence_with_the_setting_to_check(words: str, setting: str) -> None:
    nowhere = "postgresql://x@127.0.0.1:1/x"
    done = run(*words.split(), STS_DB_OWNER_DSN=nowhere, STS_DB_INGEST_DSN=nowhere)
    assert done.returncode == 1
    (sentence,) = done.stderr.splitlines()
    assert sentence.startswith("The database refuses or is away")
    assert sentence.endswith(f"check {setting}.")


def test_an_error_that_a_person_can_act_on_ends_with_its_code(
    monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    def failing(**_: object) -> None:
        raise HubError("Do this.")

    monkeypatch.setattr(cli, "app", failing)
    with pytest.raises(SystemExit) as caught:
        cli.main([])
    assert caught.value.code == 1
    assert capsys.readouterr().err == "Do this.\n"
    assert issubclass(cli.LazyCommands, typer.core.TyperGroup)
