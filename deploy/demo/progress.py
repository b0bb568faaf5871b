"""What a waiting person sees: one line for each step, with the seconds that it takes."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

# On a terminal the line is written anew each second; elsewhere a sign of life each 20 s is enough.
TERMINAL_EVERY_S = 1.0
FILE_EVERY_S = 20.0


class _Ticker:
    def __init__(self, what: str) -> None:
        self._what = what
        self._started = time.monotonic()
        self._over = threading.Event()
        self._live = sys.stdout.isatty()
        self._thread = threading.Thread(target=self._tick, daemon=True)

    def begin(self) -> None:
        self._show("", end=not self._live)
        self._thread.start()

    def end(self, word: str) -> None:
        self._over.set()
        self._thread.join()
        self._show(word, end=True)

    def _tick(self) -> None:
        while not self._over.wait(TERMINAL_EVERY_S if self._live else FILE_EVERY_S):
            self._show("", end=not self._live)

    def _show(self, word: str, *, end: bool) -> None:
        seconds = int(time.monotonic() - self._started)
        start = "\r" if self._live else ""
        line = f"{start}  {self._what} … {seconds:3d} s {word}".rstrip()
        print(line, end="\n" if end else "", flush=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Show that `what` is going on, and how long it took."""
    ticker = _Ticker(what)
    ticker.begin()
    try:
        yield
    except BaseException:
        ticker.end("failed")
        raise
    ticker.end("done")
