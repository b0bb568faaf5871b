"""The part of the settings that the hub may change as well: what is read, and within which limits.

Who this gateway is, where its hub is, every file it reads besides, and every address with a password belong to
whoever stands beside it: a hub that was taken over must not reach what lies on a gateway's disk.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import tomlkit
from tomlkit import TOMLDocument

from .faults import ConfigError, Fault
from .load import parse
from .settings import Settings

SHARED = ("record", "buffer", "clock", "bluetooth", "sensors", "ports", "topics", "readers")

Entry = dict[str, Any]
Tables = dict[str, Entry | list[Entry]]


def shared_text(text: str) -> str:
    """The shared tables of a settings file as canonical JSON: ASCII, keys in order, nothing left blank.

    Raises ConfigError for what is no TOML, or holds what JSON has no word for.
    """
    try:
        tables = tomllib.loads(text)
        return json.dumps(
            {name: tables[name] for name in SHARED if name in tables},
            sort_keys=True,
            separators=(",", ":"),
            allow_nan=False,
        )
    except (ValueError, TypeError) as error:
        raise ConfigError([Fault(0, "", f"these settings cannot be told to the hub: {error}.")]) from error


def hash_of(tables: str) -> str:
    """By which the two sides know whether they mean the same settings."""
    return hashlib.sha256(tables.encode()).hexdigest()


def with_shared(text: str, tables: str, base: Path) -> tuple[str, Settings]:
    """The settings file with these shared tables in place of its own, and what the agent would read there.

    Everything else stays as it is spelled, and so does each table that is the same. Raises ConfigError with
    every fault.
    """
    wanted = _understood(tables)
    before = tomllib.loads(text)
    document = tomlkit.parse(text)
    for name in SHARED:
        if wanted.get(name) != before.get(name):
            _put(document, name, wanted.get(name))
    fresh = tomlkit.dumps(document)
    return fresh, parse(fresh, base=base)


def _understood(tables: str) -> Tables:
    try:
        wanted = msgspec.json.decode(tables, type=Tables)
    except msgspec.MsgspecError as error:
        raise ConfigError([Fault(0, "", f"these are no tables of settings: {error}.")]) from error
    faults = [
        Fault(0, name, f"{name} is the gateway's own: it is changed there, with sts-edge config edit")
        for name in wanted.keys() - set(SHARED)
    ]
    faults += [Fault(0, path, f"{path} has no value: leave it out") for path in _blanks(wanted, "")]
    if faults:
        raise ConfigError(faults)
    return wanted


def _blanks(value: Any, path: str) -> Iterator[str]:
    """Where null stands, for which TOML has no word."""
    if value is None:
        yield path
    children = (
        value.items() if isinstance(value, dict) else enumerate(value, 1) if isinstance(value, list) else ()
    )
    for name, child in children:
        yield from _blanks(child, f"{path}.{name}".lstrip("."))


def _put(document: TOMLDocument, name: str, wanted: Entry | list[Entry] | None) -> None:
    """Put a table in place; the keys of a single table keep their comments, a list is written anew."""
    here: Any = document.get(name)
    if isinstance(wanted, dict) and isinstance(here, dict):
        for key in [*here.keys() - wanted.keys()]:
            del here[key]
        for key, value in wanted.items():
            if here.get(key) != value:
                here[key] = value
        return
    document.pop(name, None)
    if isinstance(wanted, dict):
        document[name] = _table(wanted)
    elif wanted:
        document[name] = tomlkit.aot()
        for entry in wanted:
            document[name].append(_table(entry))


def _table(keys: Entry) -> Any:
    table = tomlkit.table()
    table.update(keys)
    return table
