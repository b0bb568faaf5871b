"""Changing the settings file in place: comments, order and spelling of everything else stay.

What is stored has been read by the same reader that the agent uses. The file is replaced in one step, so a
power cut leaves the old one or the new one; the old one is kept beside it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.container import Container
from tomlkit.items import AoT, Comment, Table, Whitespace

from .faults import ConfigError, Fault
from .load import parse
from .placing import put_in_place
from .settings import Settings

BACKUP_SUFFIX = ".bak"


class SettingsFile:
    """The settings file, open for changes; `text` is what it will be where there is none yet.

    Raises ConfigError: it cannot be read or is no TOML.
    """

    def __init__(self, path: Path, text: str | None = None) -> None:
        self.path = path
        try:
            self._document = tomlkit.parse(path.read_text(encoding="utf-8") if text is None else text)
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError([Fault(0, "", f"{path} cannot be read: {error}.")]) from error
        except tomlkit.exceptions.ParseError as error:
            raise ConfigError([Fault(error.line, "", f"this is not TOML: {error}.")]) from error

    @property
    def text(self) -> str:
        """The file as it would be stored."""
        return tomlkit.dumps(self._document)

    def names(self, table: str) -> list[str]:
        """The `name` of each entry of a list table, such as `sensors`."""
        return [str(one.get("name")) for one in self._list(table)]

    def add(self, table: str, keys: Mapping[str, Any]) -> None:
        """Append an entry to a list table, behind its last one."""
        entry = tomlkit.table()
        entry.update(keys)
        entries = self._list(table)
        if not len(entries):
            self._document.pop(table, None)
            self._document.add(tomlkit.nl())
            self._document[table] = tomlkit.aot()
            self._list(table).append(entry)
            return
        rest = _take_tail(entries[-1].value)
        entries[-1].add(tomlkit.nl())
        entries.append(entry)
        _append(entry.value, rest)

    def set(self, table: str, name: str, key: str, value: Any) -> Any:
        """Change a key of the entry of that name; returns what it was, None when it was not there."""
        entry = self._list(table)[self.names(table).index(name)]
        before = entry.get(key)
        if before is None:
            rest = _take_tail(entry.value)
            entry[key] = value
            _append(entry.value, rest)
        else:
            entry[key] = value
        return None if before is None else tomlkit.item(before).unwrap()

    def put(self, table: str, key: str, value: Any) -> None:
        """Set a key of a table that is there once, such as `hub`; None takes the key out."""
        if table not in self._document:
            self._document[table] = tomlkit.table()
        found: Any = self._document[table]
        if value is None:
            found.pop(key, None)
        elif key in found:
            found[key] = value
        else:
            rest = _take_tail(found.value)
            found[key] = value
            _append(found.value, rest)

    def remove(self, table: str, name: str) -> dict[str, Any]:
        """Remove the entry of that name; returns its keys. A comment above the next entry stays there."""
        entries, at = self._list(table), self.names(table).index(name)
        entry = entries[at]
        rest = _take_tail(entry.value)
        if at:
            _take_tail(entries[at - 1].value)
            _append(entries[at - 1].value, rest)
        keys: dict[str, Any] = entry.unwrap()
        if not at:
            self._put_before(table, rest)
        del entries[at]
        if not len(entries):
            del self._document[table]
        return keys

    def settings(self) -> Settings:
        """What the agent would read. Raises ConfigError with every fault."""
        return parse(self.text, base=self.path.parent)

    def store(self) -> Path:
        """Check, and replace the file; returns the copy of the old one. Raises ConfigError, OSError."""
        self.settings()
        return replace(self.path, self.text)

    def _list(self, table: str) -> AoT | list[Table]:
        found = self._document.get(table, [])
        return found if isinstance(found, AoT | list) else []

    def _put_before(self, table: str, rest: list[Comment | Whitespace]) -> None:
        """Comments behind a removed first entry belong above what follows: keep them at the end before it."""
        comments = [one for one in rest if isinstance(one, Comment)]
        body = self._document.body
        at = [None if key is None else key.key for key, _ in body].index(table)
        before = next((item for _, item in reversed(body[:at]) if isinstance(item, Table)), None)
        target = self._document if before is None else before.value
        for comment in comments:
            target.append(None, comment)


def replace(path: Path, text: str) -> Path:
    """Put a text in a file's place in one step, with its owner and mode; returns the copy of what it was.

    Raises OSError: nothing has changed.
    """
    backup = path.with_name(path.name + BACKUP_SUFFIX)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    known = path.stat()
    try:
        with fresh.open("w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), known.st_mode & 0o7777)
            if os.geteuid() == 0:
                os.fchown(file.fileno(), known.st_uid, known.st_gid)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        shutil.copy2(path, backup)
        put_in_place(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
    return backup


def _take_tail(body: Container) -> list[Comment | Whitespace]:
    """Take the comments and empty lines behind the last key: they stand above what follows."""
    rest: list[Comment | Whitespace] = []
    while body.body and isinstance(body.body[-1][1], Comment | Whitespace):
        rest.insert(0, body.body.pop()[1])  # type: ignore[arg-type]
    return rest


def _append(body: Container, rest: list[Comment | Whitespace]) -> None:
    for item in rest:
        body.append(None, item)
