"""The settings file that teaches: each key with its sentence, defaults as comments."""

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from .settings import Settings
from .shape import field_meta, list_table, table_of
from .table import Table

# Tables that most gateways leave out: the sample shows them as comments.
OPTIONAL = ("ports", "folders", "mqtt", "topics", "readers", "update", "witness")

_WIDTH = 100
_HEAD = """\
Settings of the gateway agent. A commented key shows its default.
Check a changed file with `sts-edge config validate`; an unknown key is refused."""


def sample_settings() -> str:
    """Return a complete settings file to fill in."""
    return _text(None)


def describe(settings: Settings) -> str:
    """Return the settings in force as a settings file, each key with its sentence."""
    return _text(settings)


def _text(settings: Settings | None) -> str:
    parts = [_comment(_HEAD)]
    for field in msgspec.structs.fields(Settings):
        shape = table_of(field.type)
        header = f"[[{field.name}]]" if list_table(field.type) else f"[{field.name}]"
        optional = field.name in OPTIONAL
        for table in _tables(settings, field.name):
            lines = [_comment(shape.__doc__ or ""), _off(header, optional and table is None)]
            parts.append("\n".join([*lines, *_keys(shape, table, optional)]))
    return "\n\n".join(parts) + "\n"


def _tables(settings: Settings | None, name: str) -> list[Table | None]:
    if settings is None:
        return [None]
    held = getattr(settings, name)
    return list(held) if isinstance(held, tuple) else [held]


def _keys(shape: type[Table], table: Table | None, optional: bool) -> Iterator[str]:
    for field in msgspec.structs.fields(shape):
        meta = field_meta(field.type)
        yield _comment(meta.doc)
        value = meta.example if table is None else getattr(table, field.name)
        if table is None and not field.required and field.default is not None:
            value = field.default
        unset = value is None
        shown = f"{field.name} = {_toml(meta.example if unset else value)}"
        yield _off(shown, unset or (table is None and (optional or not field.required)))


def _off(line: str, off: bool) -> str:
    return f"# {line}" if off else line


def _comment(text: str) -> str:
    lines = [one for part in text.splitlines() for one in textwrap.wrap(part, _WIDTH)]
    return "\n".join(f"## {line}" for line in lines)


def _toml(value: Any) -> str:
    plain = list(value) if isinstance(value, tuple) else value
    return json.dumps(plain, ensure_ascii=False, default=_path)


def _path(value: Any) -> str:
    assert isinstance(value, Path), f"{value!r} has no place in a settings file"
    return str(value)
