"""TimescaleDB's community edition as a second opinion on SQL: somebody's build in WebAssembly, behind a wire server of ours.

One backend, one client at a time: for statements and their figures, not for concurrency, rights or speed.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.ports import wait_until
from demo.processes import Program, last_lines
from demo.web_app import WebAppError, node_environment, node_programs
from missing_parts import missing

HERE = Path(__file__).parent / "timescaledb"
INSTALLED = HERE.parents[2] / "build/oracles/timescaledb"
START_ALLOWANCE_S = 120
READY = "ready"


def installed() -> Path:
    """A folder with the build, by its lock; where it cannot be installed, the test is skipped with that reason."""
    lock = (HERE / "package-lock.json").read_bytes()
    stamp = INSTALLED / "made.txt"
    if not stamp.is_file() or stamp.read_text() != hashlib.sha256(lock).hexdigest():
        shutil.rmtree(INSTALLED, ignore_errors=True)
        INSTALLED.mkdir(parents=True)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(HERE / name, INSTALLED)
        try:
            command = [node_programs() / "npm", "ci"]
            subprocess.run(command, cwd=INSTALLED, env=node_environment(), check=True, timeout=600)
        except (OSError, subprocess.SubprocessError, WebAppError) as error:
            missing("TimescaleDB's community edition", f"it could not be installed ({error})")
        stamp.write_text(hashlib.sha256(lock).hexdigest())
    return INSTALLED


@contextmanager
def running() -> Iterator[str]:
    """A server with an empty database: its DSN. It lives in memory and is gone afterwards."""
    package = installed()
    folder = Path(tempfile.mkdtemp(prefix="sts-community-", dir="/tmp"))
    socket, log = folder / ".s.PGSQL.5432", folder / "server.log"
    command = [node_programs() / "node", HERE / "server.mjs", package, socket]
    program = Program("TimescaleDB's community edition", command, log)
    try:
        if not wait_until(lambda: READY in log.read_text(), START_ALLOWANCE_S):
            raise RuntimeError(f"TimescaleDB's community edition did not start:\n{last_lines(log)}")
        yield f"postgresql://postgres:postgres@/postgres?host={folder}&port=5432"
    finally:
        program.stop()
        shutil.rmtree(folder, ignore_errors=True)
