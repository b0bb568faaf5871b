"""`sts-edge config edit`: the settings in an editor, stored only when they can be used."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from .call import Call
from .exits import Exit
from .output import Stop
from .sensors import reload

EDITORS = ("sensible-editor", "nano", "vi")


def edit(call: Call) -> None:
    """Edit a copy, check it, store it in one step, and have the running agent take it up."""
    before = _text(call.config)
    with tempfile.TemporaryDirectory(prefix="sts-edge-") as folder:
        copy = Path(folder) / "settings.toml"
        copy.write_text(before, encoding="utf-8")
        while True:
            _open(copy)
            after = copy.read_text(encoding="utf-8", errors="replace")
            if after == before and call.config.exists():
                raise Stop(Exit.HEALTHY, "Nothing was changed.")
            faults = _faults(after, call.config)
            if not faults:
                break
            _tell(call, faults)
            if not _again(call):
                told = [fault._asdict() for fault in faults]
                raise Stop(Exit.CONFIGURATION, "Nothing was changed.", faults=told)
    backup = _stored(call.config, after)
    _finish(call, backup, reload(call))


def _text(config: Path) -> str:
    """What there is, or the settings that teach when there is nothing."""
    from sts_edge.config import sample_settings

    try:
        return config.read_text(encoding="utf-8")
    except FileNotFoundError:
        return sample_settings()
    except PermissionError:
        raise Stop(
            Exit.NOT_ALLOWED, f"{config} may not be read by this user. Next: sudo -E sts-edge config edit"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Stop(Exit.CONFIGURATION, f"{config} cannot be read: {error}.") from None


def _open(file: Path) -> None:
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    found = next((one for one in EDITORS if shutil.which(one)), None)
    editor = chosen or found
    if editor is None:
        raise Stop(Exit.FAILED, "There is no editor here. Next: EDITOR=/path/to/one sts-edge config edit")
    try:
        code = subprocess.run([*shlex.split(editor), str(file)], check=False).returncode
    except OSError as error:
        raise Stop(Exit.FAILED, f"The editor {editor} does not start: {error.strerror}.") from None
    if code:
        raise Stop(Exit.FAILED, f"The editor ended with code {code}. Nothing was changed.")


def _faults(text: str, config: Path) -> list[Any]:
    """Every reason why the agent could not use this: relative paths count from the real file's folder."""
    from sts_edge.config import ConfigError, parse
    from sts_edge.names import moved_names

    try:
        settings = parse(text, base=config.parent)
    except ConfigError as error:
        return list(error.faults)
    return moved_names(settings)


def _tell(call: Call, faults: list[Any]) -> None:
    if not call.output.as_json:
        for fault in faults:
            call.output.note(f"  {fault}")


def _again(call: Call) -> bool:
    if call.output.as_json or not sys.stdin.isatty():
        return False
    sys.stderr.write(f"{call.config} is as it was. Edit again? [Y/n] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("", "y", "yes")


def _stored(config: Path, text: str) -> Path | None:
    from sts_edge.config.editing import replace

    try:
        if config.exists():
            return replace(config, text)
        config.parent.mkdir(parents=True, exist_ok=True)
        config.touch(mode=0o640)
        if os.geteuid() == 0:  # typed with sudo; it is the agent that must read it
            folder = config.parent.stat()
            os.chown(config, folder.st_uid, folder.st_gid)
        replace(config, text).unlink()
        return None
    except PermissionError:
        raise Stop(
            Exit.NOT_ALLOWED, f"{config} may not be written by this user. Next: sudo -E sts-edge config edit"
        ) from None
    except OSError as error:
        raise Stop(Exit.FAILED, f"{config} could not be written ({error}). Nothing was changed.") from None


def _finish(call: Call, backup: Path | None, told: dict[str, Any] | None) -> None:
    output = call.output
    undo = None if backup is None else f"mv {backup} {call.config}"
    if output.as_json:
        output.document(
            {"schema": "sts.edge.config.edit/1", "file": str(call.config), "undo": undo, "reload": told}
        )
        return
    output.line(output.sign("good", f"{call.config} stored") + (f"          Undo: {undo}" if undo else ""))
    if told is None:
        output.line("No agent runs here.   Next: sudo systemctl start sts-edge")
        return
    for word in ("added", "removed", "changed"):
        if told[word]:
            output.line(f"  {word}: {', '.join(told[word])}")
    if told["needs_restart"]:
        keys = ", ".join(told["needs_restart"])
        output.line(output.sign("warning", f"in force after a restart: {keys}"))
        output.line("Next: sudo systemctl restart sts-edge")
