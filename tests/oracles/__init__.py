"""Other people's libraries as second opinions, each set in an environment of its own under build/oracles."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from missing_parts import missing

HERE = Path(__file__).parent
ENVIRONMENTS = HERE.parents[1] / "build" / "oracles"


def environment(name: str) -> Path:
    """The Python of the environment that NAME.txt describes, made when it is not there or has changed.

    Where it cannot be installed, the test is skipped with that reason.
    """
    wanted = (HERE / f"{name}.txt").read_text("utf-8")
    folder = ENVIRONMENTS / name
    python, made = folder / "bin/python", folder / "made.txt"
    if not made.is_file() or made.read_text("utf-8") != wanted:
        install = [python, "-m", "pip", "install", "-q", "--no-deps", "-r", HERE / f"{name}.txt"]
        try:
            subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True, timeout=300)
            subprocess.run(install, check=True, timeout=600)
        except (OSError, subprocess.SubprocessError) as error:
            missing(f"the second opinion {wanted.split()[0]}", f"it could not be installed ({error})")
        made.write_text(wanted, "utf-8")
    return python


def ask(name: str, questions: Sequence[tuple[str, bytes]]) -> list[Any]:
    """What ask_NAME.py answers to each (what, bytes)."""
    lines = "".join(json.dumps({"ask": what, "hex": data.hex()}) + "\n" for what, data in questions)
    command = [environment(name), HERE / f"ask_{name}.py"]
    ran = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=300, check=True)
    return [json.loads(line) for line in ran.stdout.splitlines()]
