"""The diagnostics bundle: what a fault's finder asks first, without secrets and without names of people.

What is told is chosen piece by piece; then every secret of this gateway, every name of a file in a watched folder and
every user's name in a path is looked for in the whole and taken out.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from sts_edge.config import Settings
from sts_edge.versions import versions
from sts_protocols.beat import Order
from sts_protocols.record import DocumentPart

SCHEMA = "sts.edge.diagnostics/1"
FORM = SOURCE = "diagnostics"
# As the files of watched folders are cut.
PART_BYTES = 48_000
MOST_FILES = 20_000
# A shorter word stands in too many others to be taken out.
SHORTEST = 4
SECRET, NAME = "[secret]", "[name]"
# Fields of log lines with the name of a file, which may be gone from its folder, or what a timer was told of a person.
NAMING = ("name", "file", "document", "path", "line")

Object = dict[str, Any]
_HOME = re.compile(r"(/home/|/Users/)[^/\"\\]+")


def bundle(settings: Settings, status: Object | None, lines: Sequence[Object]) -> Object:
    """sts.edge.diagnostics/1: this machine, its versions, settings, status and last log lines."""
    told = {
        "schema": SCHEMA,
        "gateway": settings.gateway.name,
        "versions": versions(),
        "machine": _machine(settings.gateway.data_dir),
        "settings": _settings(settings),
        "status": None if status is None else _nameless(status),
        "files": _files(settings.gateway.data_dir),
        "lines": [_nameless_line(line) for line in lines],
    }
    return cleaned(told, settings)


def cleaned(told: Object, settings: Settings) -> Object:
    """The same without any secret or name that this gateway knows."""
    text = json.dumps(told, default=str)
    for words, instead in ((_secrets(settings), SECRET), (_names(settings), NAME)):
        for word in sorted(set(words), key=len, reverse=True):
            if len(word) >= SHORTEST:
                text = text.replace(json.dumps(word)[1:-1], instead)
    clean: Object = json.loads(_HOME.sub(r"\1[user]", text))
    return clean


class SendDiagnostics:
    """Sends the bundle as a document. make: the bundle now; emit: takes its parts."""

    def __init__(self, make: Callable[[], Object], emit: Callable[[DocumentPart], None]) -> None:
        self._make = make
        self._emit = emit

    async def __call__(self, order: Order) -> str:
        """What was sent."""
        content = json.dumps(self._make(), indent=1).encode()
        name, digest = f"diagnostics-{order.id}.json", hashlib.sha256(content).digest()
        for at in range(0, len(content), PART_BYTES):
            part = content[at : at + PART_BYTES]
            self._emit(DocumentPart(digest, name, SOURCE, FORM, len(content), at, part))
        return f"{name}, {len(content)} bytes, among the documents of this gateway"


def _settings(settings: Settings) -> Object:
    told: Object = msgspec.to_builtins(settings, enc_hook=str)
    if told.get("mqtt"):
        told["mqtt"]["user"] = NAME
    return told


def _nameless(status: Object) -> Object:
    """Jerseys and initials are people's."""
    sensors = [
        {key: value for key, value in one.items() if key not in ("jersey", "initials")}
        for one in status.get("sensor_list", [])
    ]
    return {**status, "sensor_list": sensors}


def _nameless_line(line: Object) -> Object:
    """A log line without what its fields name, wherever it stands in it."""
    named = [str(line[key]) for key in NAMING if line.get(key)]
    text = json.dumps(line, default=str)
    for word in named:
        text = text.replace(json.dumps(word)[1:-1], NAME)
    nameless: Object = json.loads(text)
    return nameless


def _machine(data_dir: Path) -> Object:
    found: Object = {
        "system": f"{platform.system()} {platform.release()}",
        "architecture": platform.machine(),
        "model": _line("/proc/device-tree/model"),
        "memory": _line("/proc/meminfo"),
        "uptime": _line("/proc/uptime"),
        "load": _line("/proc/loadavg"),
    }
    try:
        found["disk"] = shutil.disk_usage(data_dir)._asdict()
    except OSError as error:
        found["disk"] = str(error.strerror)
    return found


def _line(file: str) -> str | None:
    try:
        return Path(file).read_text(encoding="utf-8", errors="replace").partition("\n")[0].strip("\x00 ")
    except OSError:
        return None


def _files(folder: Path) -> dict[str, int]:
    """What lies in the data folder, in bytes."""
    return {str(file.relative_to(folder)): file.stat().st_size for file in _walk(folder)}


def _walk(folder: Path) -> Iterator[Path]:
    count = 0
    for place, _, names in os.walk(folder):
        for name in names:
            count += 1
            if count > MOST_FILES:
                return
            if (file := Path(place, name)).is_file():
                yield file


def _secrets(settings: Settings) -> Iterator[str]:
    files = [settings.hub.password_file, *(one.bind_key_file for one in settings.sensors)]
    if settings.mqtt is not None:
        files.append(settings.mqtt.password_file)
    for file in files:
        if file is not None:
            yield from _words_of(file)


def _words_of(file: Path) -> Iterator[str]:
    try:
        yield from (line.strip() for line in file.read_text(encoding="utf-8", errors="replace").splitlines())
    except OSError:
        return


def _names(settings: Settings) -> Iterator[str]:
    """Files that people named: after athletes, more often than not."""
    if settings.mqtt is not None and settings.mqtt.user:
        yield settings.mqtt.user
    for folder in settings.folders:
        for file in _walk(folder.path):
            yield from (file.name, file.stem, str(file.relative_to(folder.path)))
