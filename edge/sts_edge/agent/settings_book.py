"""Which version of the settings this is, and how far a change from the hub has come: a file beside the settings.

The steps are those of `trial.py`, and what is put in place is the settings file. A change on trial that no answer of the hub
confirms goes back, also when it keeps the agent from starting: so many starts, no more.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from sts_edge.config import ConfigError, load
from sts_edge.config.editing import replace
from sts_edge.config.placing import store
from sts_edge.config.shared import hash_of, shared_text
from sts_edge.trial import MOST_STARTS, NEXT, Event, Phase
from sts_protocols.beat import MAX_TABLES, RefusedChange, SettingsReport

SUFFIX = ".version"
MODE = 0o640
# What a beat takes of each sentence, and what a person reads of them.
LONGEST_FAULT = 400
MOST_FAULTS = 20


class Attempt(msgspec.Struct):
    """A change under way: the whole settings file before and after, and why it goes back."""

    change: int
    version: int
    before: str
    after: str
    starts: int = 0
    faults: list[str] = []


class Page(msgspec.Struct):
    """What the file holds: the settled version with its hash, whose change made it, what was refused last."""

    phase: Phase = Phase.SETTLED
    version: int = 0
    hash: str = hash_of("{}")
    change: int | None = None
    refused: RefusedChange | None = None
    attempt: Attempt | None = None


class SettingsBook:
    """The version of the settings at `config`.

    trouble: why it could not be written; what is known then is known until this process ends.
    """

    def __init__(self, config: Path) -> None:
        self.config = config
        self._file = config.with_name(config.name + SUFFIX)
        self.trouble = ""
        self.page = self._read()

    @property
    def phase(self) -> Phase:
        return self.page.phase

    @property
    def attempt(self) -> Attempt | None:
        """The change that is under way."""
        return self.page.attempt

    def report(self, is_tried: bool, with_tables: bool) -> SettingsReport:
        """What a beat tells. is_tried: the agent runs with what is on trial."""
        page, attempt = self.page, self.page.attempt
        report = SettingsReport(page.version, page.hash, page.change, page.refused)
        if is_tried and attempt is not None:
            report = SettingsReport(attempt.version, hash_of(shared_text(attempt.after)), attempt.change)
        tables = self._tables() if with_tables else None
        if tables is not None and hash_of(tables) == report.hash and len(tables) <= MAX_TABLES:
            report.tables = tables
        return report

    def begin(self) -> None:
        """Find out where things stand, before the settings are read at a start. Never raises."""
        try:
            text = self.config.read_text(encoding="utf-8")
            self._begin(text)
        except (OSError, UnicodeDecodeError, ConfigError):
            return  # whoever reads the settings next tells it

    def edited(self) -> None:
        """Somebody here has changed the settings, or not: a new version if they differ. Raises ConfigError,
        OSError."""
        self._settle_edited(self.config.read_text(encoding="utf-8"))

    def refuse(self, change: int, faults: list[str]) -> None:
        """Note that a change is not taken, and why."""
        self.page.refused = _refused(change, faults)
        self._keep_if_possible()

    def stage(self, attempt: Attempt) -> None:
        """Put a change into the settings file, on trial. Raises OSError: then nothing has changed."""
        self.page.attempt, self.page.refused = attempt, None
        self._move(Event.STAGED)
        try:
            self._keep()
            replace(self.config, attempt.after)
        except OSError:
            self._move(Event.FOUND_OLD)
            self._settle(self.page.version, self.page.hash, self.page.change)
            raise
        self._move(Event.SWAPPED)
        self._keep_if_possible()

    def answered(self) -> None:
        """The hub hears this gateway with the change: it is settled."""
        attempt = self._attempt()
        self._move(Event.ANSWERED)
        self._settle(attempt.version, hash_of(shared_text(attempt.after)), attempt.change)

    def go_back(self, faults: list[str]) -> None:
        """Put the settings back as they were before the change. Raises OSError."""
        attempt = self._attempt()
        attempt.faults = faults
        self._move(Event.FAILED)
        self._keep_if_possible()
        self._put_back()

    # --- a start

    def _begin(self, text: str) -> None:
        if self.phase is Phase.SETTLED:
            self._settle_edited(text)
            return
        attempt = self._attempt()
        if self.phase is Phase.GOING_BACK and text in (attempt.before, attempt.after):
            self._put_back()
        elif self.phase is Phase.STAGED and text == attempt.before:
            self._move(Event.FOUND_OLD)
            self._settle(self.page.version, self.page.hash, self.page.change)
        elif text == attempt.after:
            self._move(Event.FOUND_NEW)
            self._begin_on_trial(attempt)
        else:
            self._settle_edited(text)

    def _begin_on_trial(self, attempt: Attempt) -> None:
        attempt.starts += 1
        self._keep_if_possible()
        try:
            load(self.config)
        except ConfigError as error:
            self.go_back([fault.text for fault in error.faults])
        else:
            if attempt.starts > MOST_STARTS:
                self.go_back(
                    [f"the agent was started {MOST_STARTS} times with it, and no answer of the hub came"]
                )

    # --- steps

    def _put_back(self) -> None:
        attempt = self._attempt()
        if self.config.read_text(encoding="utf-8") == attempt.after:
            replace(self.config, attempt.before)
        self._move(Event.PUT_BACK)
        self.page.refused = _refused(attempt.change, attempt.faults)
        self._settle(self.page.version, self.page.hash, self.page.change)

    def _settle_edited(self, text: str) -> None:
        found = hash_of(shared_text(text))
        attempt = self.page.attempt
        if attempt is None and found == self.page.hash and self.page.version:
            return
        self._move(Event.EDITED)
        self.page.refused = None
        tried = 0 if attempt is None else attempt.version
        self._settle(max(self.page.version, tried) + 1, found, None)

    def _settle(self, version: int, found: str, change: int | None) -> None:
        self.page.version, self.page.hash, self.page.change = version, found, change
        self.page.attempt = None
        self._keep_if_possible()

    def _move(self, event: Event) -> None:
        self.page.phase = NEXT[self.page.phase, event]

    def _attempt(self) -> Attempt:
        assert self.page.attempt is not None, f"{self.phase} has a change under way"
        return self.page.attempt

    def _tables(self) -> str | None:
        try:
            return shared_text(self.config.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, ConfigError):
            return None

    # --- the file

    def _read(self) -> Page:
        try:
            page = msgspec.json.decode(self._file.read_bytes(), type=Page)
        except (OSError, msgspec.MsgspecError):
            return Page()
        return Page() if (page.attempt is None) != (page.phase is Phase.SETTLED) else page

    def _keep(self) -> None:
        store(self._file, msgspec.json.encode(self.page).decode(), MODE)

    def _keep_if_possible(self) -> None:
        try:
            self._keep()
            self.trouble = ""
        except OSError as error:
            self.trouble = str(error)


def _refused(change: int, faults: list[str]) -> RefusedChange:
    return RefusedChange(change, [fault[:LONGEST_FAULT] for fault in faults[:MOST_FAULTS]])
