"""The technician's power test: it finds a card that keeps its word, and its control finds one that does not."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from buffer_cuts import CuttableDisk, cuttable_disk

SETTINGS = """\
[gateway]
name = "pitch-1"
data_dir = "{data}"
[hub]
url = "amqp://127.0.0.1:1/sts"
password_file = "password"
"""
COMMAND = [sys.executable, "-c", "from sts_edge.cli import main; main()"]


def settings(folder: Path, data: Path) -> Path:
    (folder / "password").write_text("secret\n")
    (folder / "password").chmod(0o600)
    file = folder / "settings.toml"
    file.write_text(SETTINGS.format(data=data))
    return file


def typed(config: Path, *words: str) -> list[str]:
    return [*COMMAND, "doctor", *words, "--config", str(config)]


class Witness:
    """Another machine: it takes numbers until the connection ends."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._server.getsockname()[1]}"
        self.numbers: list[int] = []
        self.enough = threading.Event()
        self._thread = threading.Thread(target=self._take)
        self._thread.start()

    def _take(self) -> None:
        connection, _ = self._server.accept()
        with connection, connection.makefile() as lines:
            for line in lines:
                self.numbers.append(int(line))
                if len(self.numbers) >= 30:
                    self.enough.set()

    def close(self) -> None:
        self._thread.join()
        self._server.close()


def pull_the_plug(disk: CuttableDisk, config: Path, *words: str) -> int:
    """Run the test until the power is cut; the last number that the other machine saw before."""
    witness = Witness()
    command = typed(config, "--power-test", "--witness", witness.address, *words)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        assert witness.enough.wait(60)
        last = witness.numbers[-1]
        disk.cut()
        process.kill()
    witness.close()
    disk.restart()
    return last


def verified(config: Path, last: int) -> tuple[int, dict[str, int]]:
    done = subprocess.run(typed(config, "--verify", str(last), "--json"), capture_output=True, text=True)
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize("kind", ["ext4", "xfs"])
def test_what_was_accepted_before_the_cut_is_found_after_it(tmp_path: Path, kind: str) -> None:
    with cuttable_disk(kind, tmp_path) as disk:
        config = settings(tmp_path, disk.folder)
        last = pull_the_plug(disk, config)
        code, told = verified(config, last)
    assert (code, told["lost"]) == (0, 0)
    assert told["found"] >= last + 1 >= 30


def test_the_control_without_sync_loses_what_it_called_accepted(tmp_path: Path) -> None:
    with cuttable_disk("ext4", tmp_path) as disk:
        config = settings(tmp_path, disk.folder)
        last = pull_the_plug(disk, config, "--without-sync")
        code, told = verified(config, last)
    assert code == 1
    assert told["lost"] > 0


def test_without_a_test_before_there_is_nothing_to_verify(tmp_path: Path) -> None:
    code, told = verified(settings(tmp_path, tmp_path / "data"), 5)
    assert code == 7
    assert "--power-test" in str(told["error"])
