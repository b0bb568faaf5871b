"""From a TOML file to `Settings`, or to all of its faults."""

import difflib
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from .checks import CHECKS
from .faults import ConfigError, Fault
from .lines import KeyPath, key_lines, nearest_line
from .settings import Settings
from .shape import field_meta, known_keys, list_table, single_table
from .table import Table

TableT = TypeVar("TableT", bound=Table)
_SYNTAX_LINE = re.compile(r"\(at line (\d+), column \d+\)")


def load(path: Path) -> Settings:
    """Read the settings at `path`. Raises ConfigError with every fault at once."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([Fault(0, "", _unreadable(path, error))]) from error
    return parse(text, base=path.parent)


def parse(text: str, base: Path = Path()) -> Settings:
    """Read settings from TOML text; relative paths are taken from `base`. Raises ConfigError."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([_syntax_fault(error)]) from error
    reader = _Reader(key_lines(text), base)
    settings = reader.table(Settings, tables, ())
    for check in CHECKS:
        for path, sentence in check(tables, base):
            reader.fault(path, sentence)
    if settings is None or reader.faults:
        raise ConfigError(reader.faults)
    return settings


def _unreadable(path: Path, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{path} does not exist. Copy the sample settings there and fill in name, url and sensors."
    if isinstance(error, PermissionError):
        return f"{path} may not be read by this user. Run as the agent's user, or change its mode."
    if isinstance(error, UnicodeDecodeError):
        return f"{path} is not UTF-8 text (byte {error.start}). Save it as UTF-8."
    return f"{path} cannot be read: {error}."


def _syntax_fault(error: tomllib.TOMLDecodeError) -> Fault:
    found = _SYNTAX_LINE.search(str(error))
    said = _SYNTAX_LINE.sub("", str(error)).strip().rstrip(".")
    text = f'this is not TOML: {said}. A key looks like name = "pitch-1", a table like [gateway].'
    return Fault(int(found[1]) if found else 0, "", text)


class _Reader:
    """Walks the tables once and gathers every fault on the way."""

    def __init__(self, lines: dict[KeyPath, int], base: Path) -> None:
        self._lines = lines
        self._base = base
        self.faults: list[Fault] = []

    def fault(self, path: KeyPath, sentence: str) -> None:
        self.faults.append(Fault(nearest_line(self._lines, path), _dotted(path), sentence))

    def table(self, shape: type[TableT], given: Mapping[str, Any], path: KeyPath) -> TableT | None:
        """Return the typed table, or None when it has a fault."""
        before = len(self.faults)
        for name in given.keys() - {field.name for field in msgspec.structs.fields(shape)}:
            self.fault((*path, name), _unknown(shape, path, name))
        values = {}
        for field in msgspec.structs.fields(shape):
            if field.name in given:
                values[field.name] = self._value(field.type, given[field.name], (*path, field.name))
            elif field.required:
                self.fault((*path, field.name), _missing(field, path))
        return shape(**values) if len(self.faults) == before else None

    def _value(self, shape: Any, given: Any, path: KeyPath) -> Any:
        if (inner := single_table(shape)) is not None:
            return self._nested(inner, given, path)
        if (inner := list_table(shape)) is not None:
            return self._list(inner, given, path)
        try:
            return msgspec.convert(given, shape, dec_hook=self._path)
        except msgspec.ValidationError:
            self.fault(path, _wrong(shape, given, path))
            return None

    def _nested(self, shape: type[Table], given: Any, path: KeyPath) -> Table | None:
        if isinstance(given, dict):
            return self.table(shape, given, path)
        self.fault(path, f"{_dotted(path)} is a table: write [{_dotted(path)}] and its keys below.")
        return None

    def _list(self, shape: type[Table], given: Any, path: KeyPath) -> tuple[Table | None, ...]:
        if isinstance(given, list) and all(isinstance(one, dict) for one in given):
            return tuple(self.table(shape, one, (*path, number)) for number, one in enumerate(given))
        self.fault(path, f"{_dotted(path)} is a list of tables: write [[{_dotted(path)}]] above each.")
        return ()

    def _path(self, wanted: type, given: Any) -> Any:
        if wanted is Path and isinstance(given, str) and given:
            return self._base / given
        raise msgspec.ValidationError("expected a path")


def _wrong(shape: Any, given: Any, path: KeyPath) -> str:
    meta = field_meta(shape)
    return f"{_dotted(path)} = {_toml(given)}  expected {meta.expected}, for example {_toml(meta.example)}"


def _missing(field: msgspec.structs.FieldInfo, path: KeyPath) -> str:
    if single_table(field.type) is not None:
        return f"the table [{field.name}] is missing. See the sample settings for its keys."
    meta = field_meta(field.type)
    where = f"in [{_dotted(path)}]" if path else "at the top"
    return (
        f"{field.name} is missing {where}: {meta.expected}, for example {field.name} = {_toml(meta.example)}"
    )


def _unknown(shape: type[Table], path: KeyPath, name: str) -> str:
    here = [field.name for field in msgspec.structs.fields(shape)]
    what = f"{_dotted((*path, name))} is not a key of these settings"
    if close := difflib.get_close_matches(name, here, n=1):
        return f"{what}; the nearest is {_dotted((*path, close[0]))}"
    elsewhere = {key.rpartition(".")[2]: key for key in known_keys()}
    if close := difflib.get_close_matches(name, elsewhere, n=1):
        return f"{what}; the nearest is {elsewhere[close[0]]}"
    return f"{what}; known here: {', '.join(here)}"


def _dotted(path: KeyPath) -> str:
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def _toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
