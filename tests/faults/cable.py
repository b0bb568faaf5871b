"""The cable between gateway and broker: a link in a process of its own, so that nothing here can delay it."""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from demo.folders import short_folder
from demo.ports import LOOPBACK, free_port, wait_until
from demo.processes import Program

START_ALLOWANCE_S = 20


class Cable:
    """Runs `link.py` between a free port and the broker; its orders are methods."""

    def __init__(self, folder: Path, broker: tuple[str, int]) -> None:
        self.address = (LOOPBACK, free_port())
        self._control = short_folder(folder) / "link.sock"
        self._program = Program(
            "link",
            [
                sys.executable,
                Path(__file__).with_name("link.py"),
                "--listen",
                str(self.address[1]),
                "--to",
                str(broker[1]),
                "--control",
                self._control,
            ],
            folder / "log/link.log",
        )

    def __enter__(self) -> Self:
        if not wait_until(self._control.exists, START_ALLOWANCE_S):
            raise self._program.failure("was not ready")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._program.stop()

    def refuse(self) -> None:
        """What stands is reset, a connect fails at once."""
        self._order("refuse")

    def silence(self) -> None:
        """What stands stalls, a connect hangs."""
        self._order("silence")

    def restore(self) -> None:
        """All is well again."""
        self._order("restore")

    def carried_bytes(self) -> int:
        """Bytes so far in both directions, as TCP carried them."""
        told = self._order("stats")
        return int(told["bytes_up"]) + int(told["bytes_down"])

    def _order(self, do: str) -> dict[str, Any]:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(START_ALLOWANCE_S)
            line.connect(str(self._control))
            line.sendall(json.dumps({"do": do}).encode() + b"\n")
            answer: dict[str, Any] = json.loads(line.makefile().readline())
        if not answer.get("ok"):
            raise RuntimeError(f"The link refused to {do}: {answer}")
        return answer
