"""The Tab key in real shells, with the script installed as the technician's page says."""

# ruff: noqa: F811 - fixtures that are imported are named again as arguments

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from test_edge_cli import STATUS, agent, config  # noqa: F401 - fixtures

from missing_parts import missing

PATIENCE_S = 30.0
TAB = "\t"
# Colours, moves of the cursor, and what else a terminal is told.
ORDERS = re.compile(r"\x1b(\[[0-9;?]*[a-zA-Z]|[=>]|\][^\x07]*\x07)|[\x00\x07\x08\r]")


class Shell:
    """A shell at a terminal, and what it has shown."""

    def __init__(self, command: list[str], folder: Path, settings: Path) -> None:
        self._ours, theirs = pty.openpty()
        environment = {
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "HOME": str(folder),
            "TERM": "vt100",
            "LANG": "C.UTF-8",
            "STS_EDGE_CONFIG": str(settings),
        }
        self._process = subprocess.Popen(
            ["setsid", "--ctty", *command],  # fish insists on a terminal of its own
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment,
            cwd=folder,
        )
        os.close(theirs)
        self.shown = ""

    def type(self, text: str) -> None:
        self.shown = ""
        os.write(self._ours, text.encode())

    def until(self, words: str) -> None:
        """Read until this stands on the terminal."""
        ends_s = time.monotonic() + PATIENCE_S
        while words not in self.shown:
            left_s = ends_s - time.monotonic()
            assert left_s > 0, f"{words!r} did not come; the terminal shows {self.shown!r}"
            if select.select([self._ours], [], [], left_s)[0]:
                self.shown += ORDERS.sub("", os.read(self._ours, 65_536).decode(errors="replace"))

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._ours)


def script(shell: str) -> str:
    """What `sts-edge completion SHELL` prints."""
    command = [str(Path(sys.executable).with_name("sts-edge")), "completion", shell]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def bash(folder: Path) -> list[str]:
    """A bash that reads what lies in /etc/bash_completion.d."""
    (folder / "sts-edge").write_text(script("bash"))
    (folder / "rc").write_text(f"PS1='> '\nbind 'set enable-bracketed-paste off'\n. {folder}/sts-edge\n")
    return ["bash", "--noprofile", "--rcfile", str(folder / "rc"), "-i"]


def zsh(folder: Path) -> list[str]:
    """A zsh that looks for functions in a folder of the site."""
    (folder / "site-functions").mkdir()
    (folder / "site-functions/_sts-edge").write_text(script("zsh"))
    (folder / ".zshrc").write_text(
        f"PS1='> '\nfpath=({folder}/site-functions $fpath)\nautoload -U compinit && compinit -u\n"
    )
    return ["zsh", "-i"]


def fish(folder: Path) -> list[str]:
    """A fish that looks for completions in a folder of its user."""
    settings = folder / ".config/fish"
    (settings / "completions").mkdir(parents=True)
    (settings / "completions/sts-edge.fish").write_text(script("fish"))
    (settings / "config.fish").write_text(
        "function fish_prompt; echo '> '; end\nset -g fish_greeting\nset -g fish_autosuggestion_enabled 0\n"
    )
    # Without it, fish reads all manual pages of the machine at its first start, and goes on after its own end.
    (folder / ".local/share/fish/generated_completions").mkdir(parents=True)
    return ["fish", "-i"]


@pytest.fixture(params=[bash, zsh, fish], ids=lambda one: one.__name__)
def shell(request: pytest.FixtureRequest, tmp_path: Path, config: Path) -> Iterator[Shell]:
    name = request.param.__name__
    if shutil.which(name) is None:
        missing(name, f"install the package {name}")
    folder = tmp_path / "home"
    folder.mkdir()
    opened = Shell(request.param(folder), folder, config)
    opened.until("> ")
    yield opened
    opened.close()


def test_a_verb_is_completed_at_the_first_tab(shell: Shell) -> None:
    shell.type(f"sts-edge sen{TAB}")
    shell.until("sts-edge sensors")


def test_an_option_is_completed(shell: Shell) -> None:
    shell.type(f"sts-edge doctor --only clock-1{TAB}")
    shell.until("clock-1970")


def test_a_sensor_of_the_running_agent_is_completed(
    shell: Shell,
    agent: Callable[..., None],
) -> None:
    agent(STATUS)
    shell.type(f"sts-edge sensors test h{TAB}")
    shell.until("sts-edge sensors test hr-01")


def test_what_nobody_knows_stays_as_it_was_typed(shell: Shell) -> None:
    """Control: the words above are not there by themselves."""
    shell.type(f"sts-edge zzz{TAB}")
    shell.until("zzz")
    with pytest.raises(AssertionError, match="did not come"):
        _impatiently(shell, "sensors")


def _impatiently(shell: Shell, words: str) -> None:
    patience_s, globals()["PATIENCE_S"] = PATIENCE_S, 2.0
    try:
        shell.until(words)
    finally:
        globals()["PATIENCE_S"] = patience_s
