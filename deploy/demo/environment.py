"""Makes the virtual environment under build/ from the lock. Standard library only.

Run as `python3 environment.py`; does nothing when lock and Python are those of the last time.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy"))

from demo.processes import last_lines  # noqa: E402 - found only after the line above
from demo.progress import step  # noqa: E402

BUILD = ROOT / "build"
VENV = BUILD / "venv"
LOCK = ROOT / "deploy/locks/python.txt"
STAMP = VENV / "made-from"
LOG = BUILD / "log/environment.log"


class EnvironmentMakingError(Exception):
    """A step of making the virtual environment failed; the text says which and what it wrote."""


def _wanted() -> str:
    """Changes whenever the environment must be made again."""
    ingredients = [sys.version, str(ROOT)]
    project, _, _ = (ROOT / "pyproject.toml").read_text().partition("[tool.ruff]")  # the rest is lint
    ingredients += [LOCK.read_text(), project]
    return hashlib.sha256("\0".join(ingredients).encode()).hexdigest()


def _run(*command: str | Path) -> None:
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("ab") as output:
        words = [str(part) for part in command]
        done = subprocess.run(words, stdout=output, stderr=output, cwd=ROOT, check=False)
    if done.returncode:
        raise EnvironmentMakingError(f"this failed: {' '.join(words[1:5])} …\n{last_lines(LOG)}")


def make() -> None:
    """Bring build/venv up to the lock; raises EnvironmentMakingError."""
    wanted = _wanted()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    LOG.unlink(missing_ok=True)
    python = VENV / "bin/python"
    pip = (python, "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar=off")
    with step("making the virtual environment"):
        _run(sys.executable, "-m", "venv", VENV)
    with step("installing Python packages, by the lock"):
        _run(*pip, "--require-hashes", "-r", LOCK)
        _run(*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT)
    STAMP.write_text(wanted)


def main() -> int:
    """0 when the environment stands; 1 after a sentence about what failed."""
    try:
        make()
    except EnvironmentMakingError as error:
        print(f"\nThe Python packages could not be installed; {error}\nThe whole log: {LOG}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
