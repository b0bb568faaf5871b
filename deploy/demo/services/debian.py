"""Debian's packages in a folder, fetched by mmdebstrap; nothing of them is installed on this machine."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from demo.processes import StartError, last_lines

# 40 s from a near archive; a far one or a busy machine takes ten times that.
FETCHING_ALLOWANCE_S = 900


def fetch(root: Path, suite: str, packages: str, options: Sequence[str], log: Path, failed: str) -> None:
    """Fill the folder; raises StartError with the sentence `failed` and the end of the log."""
    asked = ['--aptopt=Acquire::Check-Valid-Until "false"', f"--include={packages}", *options]
    with log.open("wb") as output:
        done = subprocess.run(
            ["mmdebstrap", *asked, suite, str(root)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            timeout=FETCHING_ALLOWANCE_S,
            check=False,
        )
    if done.returncode:
        raise StartError(f"{failed}:\n{last_lines(log)}")
