"""Versions of the agent beside each other: one runs, another is tried, and the one before stays to go back to.

    ROOT/versions/0.2.0/   a virtual environment of its own, whole when its file `complete` is there
    ROOT/current           link to the version that starts
    ROOT/settled           link to the last version that the hub has heard: it guards each start of the current one
    ROOT/update.json       how far a change has come, by the steps of `trial.py`

What is put in place is the link `current`. The packages come by pip from where the settings of this gateway say, never
from where somebody else does.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from sts_edge.config import UpdateSettings
from sts_edge.config.placing import put_in_place, store
from sts_edge.trial import MOST_STARTS, NEXT, Event, Phase

PACKAGE = "smart-training-system"
EXTRA = "edge"
COMPLETE = "complete"
MODE = 0o644
# The slowest step, on a Pi: some minutes for forty packages.
PIP_S = 1800.0
# A version that cannot say its name in this time is no help in the field.
TRY_S = 60.0
VERSION = re.compile(r"[0-9][0-9A-Za-z.+!-]{0,39}")


# What the Debian package brings: with it versions lie beside each other, whatever the settings say.
PACKAGED = UpdateSettings(source="/usr/share/sts-edge/wheels")


class UpdateError(Exception):
    """Nothing has changed; the sentence says who must act."""


class Attempt(msgspec.Struct):
    """A version that is tried, and the one to go back to."""

    version: str
    before: str
    starts: int = 0
    reason: str = ""


class Page(msgspec.Struct):
    """What update.json holds. refused: why, and which version was taken back last."""

    phase: Phase = Phase.SETTLED
    attempt: Attempt | None = None
    refused: str = ""
    refused_version: str = ""


def updates_of(settings: UpdateSettings | None) -> Updates | None:
    """The versions that the settings tell of, else those of the Debian package; None where there is neither."""
    if settings is None and not Path(PACKAGED.source).is_dir():
        return None
    return Updates(settings or PACKAGED)


class Updates:
    """The versions below one folder."""

    def __init__(self, settings: UpdateSettings) -> None:
        self._settings = settings
        self.root = settings.root
        self.page = self._read()

    # --- what there is

    @property
    def installed(self) -> list[str]:
        """Every version that is whole."""
        return sorted(file.parent.name for file in self.root.glob(f"versions/*/{COMPLETE}"))

    @property
    def current(self) -> str | None:
        """The version that starts next."""
        return self._target("current")

    @property
    def settled(self) -> str | None:
        """The last one that the hub has heard."""
        return self._target("settled")

    @property
    def is_on_trial(self) -> bool:
        return self.page.phase is Phase.TRIAL

    def available(self, version: str | None = None) -> str:
        """The newest version at the source, or this one if it is there. Raises UpdateError."""
        wanted = PACKAGE if version is None else f"{PACKAGE}=={_checked(version)}"
        report = ["--dry-run", "--ignore-installed", "--no-deps", "--quiet", "--report", "-"]
        told = json.loads(self._pip(Path(sys.executable), "install", *report, wanted))
        return str(told["install"][0]["metadata"]["version"])

    # --- what is done

    def stage(self, version: str) -> None:
        """Install a version beside the running one, and try whether it can be run. Raises UpdateError."""
        place = self.root / "versions" / _checked(version)
        if (place / COMPLETE).exists():
            return
        try:
            self.available(version)
            shutil.rmtree(place, ignore_errors=True)
            place.parent.mkdir(parents=True, exist_ok=True)
            _run([sys.executable, "-m", "venv", str(place)], PIP_S)
            self._pip(place / "bin/python", "install", "--quiet", f"{PACKAGE}[{EXTRA}]=={version}")
            _run([str(place / "bin/sts-edge"), "version"], TRY_S)
            store(place / COMPLETE, version + "\n", MODE)
        except (UpdateError, OSError) as error:
            shutil.rmtree(place, ignore_errors=True)
            raise UpdateError(f"{version} cannot be installed: {error}") from None

    def apply(self, version: str, config: Path) -> None:
        """Have a staged version that can use these settings start next, on trial. Raises UpdateError."""
        before = self.current
        if version not in self.installed:
            raise UpdateError(f"{version} is not staged. Next: sts-edge update stage {version}")
        if before is None or self.settled is None:
            raise UpdateError(
                f"{self.root} has no links current and settled: docs/gateway.md says how to make them."
            )
        if self.page.phase is not Phase.SETTLED:
            raise UpdateError("A version is on trial: wait for its end, or: sts-edge update roll-back")
        if version == before:
            raise UpdateError(f"{version} is the one that runs.")
        program = self.root / "versions" / version / "bin/sts-edge"
        _run([str(program), "config", "validate", "--config", str(config)], TRY_S)
        self.page = Page(self.page.phase, Attempt(version, before))
        self._move(Event.STAGED)
        self._link("current", version)
        self._move(Event.SWAPPED)

    def guard(self) -> None:
        """Before each start, run by the settled version: find where a change was, count, and go back after too many."""
        attempt = self.page.attempt
        if attempt is None:
            if self.current is not None and self.settled != self.current:
                self._link("settled", self.current)  # it was settled, and killed before it said so here
        elif self.current not in (attempt.version, attempt.before):
            self._end(Event.EDITED)
        elif self.page.phase is Phase.GOING_BACK:
            self._put_back()
        elif self.page.phase is Phase.STAGED and self.current == attempt.before:
            self._end(Event.FOUND_OLD)
        elif self.current == attempt.version:
            attempt.starts += 1
            self._move(Event.FOUND_NEW)
            if attempt.starts > MOST_STARTS:
                self.go_back(f"it was started {MOST_STARTS} times, and the hub did not hear it")
        else:
            self._end(Event.EDITED)

    def answered(self) -> None:
        """The hub hears the version on trial: it stays."""
        version = self._attempt().version
        self._end(Event.ANSWERED)
        self._link("settled", version)

    def go_back(self, reason: str) -> None:
        """Have the version before start next; without a reason nobody needs to hear of it. Raises UpdateError when
        none is on trial."""
        if self.page.phase is not Phase.TRIAL:
            raise UpdateError("No version is on trial.")
        self._attempt().reason = reason
        self._move(Event.FAILED)
        self._put_back()

    # --- steps

    def _put_back(self) -> None:
        attempt = self._attempt()
        self._link("current", attempt.before)
        self.page.refused = (
            f"version {attempt.version} was taken back: {attempt.reason}" if attempt.reason else ""
        )
        self.page.refused_version = attempt.version
        self._end(Event.PUT_BACK)

    def _end(self, event: Event) -> None:
        self.page.attempt = None
        self._move(event)

    def _move(self, event: Event) -> None:
        self.page.phase = NEXT[self.page.phase, event]
        store(self.root / "update.json", msgspec.json.encode(self.page).decode(), MODE)

    def _attempt(self) -> Attempt:
        assert self.page.attempt is not None, f"{self.page.phase} has a version under way"
        return self.page.attempt

    def _link(self, name: str, version: str) -> None:
        fresh = self.root / f".{name}.{os.getpid()}"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(Path("versions", version))
        put_in_place(fresh, self.root / name)

    def _target(self, name: str) -> str | None:
        try:
            return (self.root / name).readlink().name
        except OSError:
            return None

    def _read(self) -> Page:
        try:
            page = msgspec.json.decode((self.root / "update.json").read_bytes(), type=Page)
        except (OSError, msgspec.MsgspecError):
            return Page()
        return Page() if (page.attempt is None) != (page.phase is Phase.SETTLED) else page

    def _pip(self, python: Path, *words: str) -> str:
        source = self._settings.source
        where = ["--index-url", source] if "://" in source else ["--no-index", "--find-links", source]
        common = ["--disable-pip-version-check", "--no-input", "--no-cache-dir"]
        return _run([str(python), "-m", "pip", words[0], *common, *where, *words[1:]], PIP_S)


def _checked(version: str) -> str:
    if VERSION.fullmatch(version) is None:
        raise UpdateError(f"{version!r} is no version such as 0.2.0.")
    return version


def _run(command: Sequence[str], seconds: float) -> str:
    """What a program wrote. Raises UpdateError with its last line when it failed."""
    plain: dict[str, Any] = {"PYTHONPATH": "", "PIP_CONFIG_FILE": os.devnull}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=seconds, check=False, env={**os.environ, **plain}
        )
    except subprocess.TimeoutExpired:
        raise UpdateError(f"{Path(command[0]).name} did not end within {seconds:.0f} s.") from None
    if done.returncode:
        last = next((line for line in reversed(done.stderr.splitlines()) if line.strip()), "it said nothing")
        raise UpdateError(f"{Path(command[0]).name} ended with code {done.returncode}: {last.strip()}")
    return done.stdout
