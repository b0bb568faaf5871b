"""What is printed where. Data goes to standard output, all else to standard error.

With --json there is one JSON document a call (a line each for what streams), failures included. Without,
plain lines that are not wrapped; colour only on a terminal, and never with NO_COLOR or --no-color.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple, NoReturn, TextIO

from .exits import Exit


class Signs(NamedTuple):
    """Signs before a word; the word alone must be enough."""

    good: str
    warning: str
    bad: str


PICTURES = Signs("✓", "!", "✗")
LETTERS = Signs("ok", "!", "x")
_COLOURING = re.compile(r"\x1b\[\d*m")
_COLOURS = {"good": "32", "warning": "33", "bad": "31"}


class Stop(Exception):  # noqa: N818 - it ends a command, it need not be an error
    """Ends a command with an exit code, and a sentence for whoever typed it."""

    def __init__(self, code: Exit, sentence: str = "", **more: Any) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.more = more


class Output:
    """Prints for one call of the command."""

    def __init__(self, as_json: bool, colour: bool, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self.as_json = as_json
        self._colour = colour and not os.environ.get("NO_COLOR") and self._stream.isatty()
        self._signs = PICTURES if _can_print(PICTURES, self._stream) else LETTERS

    def document(self, value: Any) -> None:
        """One JSON document, on one line."""
        self.line(json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def line(self, text: str = "") -> None:
        """One line of data."""
        self._stream.write(text + "\n")
        self._stream.flush()

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """Lines in columns, the first row being the heads."""
        widths = [max(_width(cell) for cell in column) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
            self.line("  " + "  ".join(cells).rstrip())

    def note(self, text: str) -> None:
        """One line beside the data, for whoever watches."""
        sys.stderr.write(text + "\n")
        sys.stderr.flush()

    def progress(self, text: str) -> None:
        """A line that the next one replaces; on a terminal only."""
        if sys.stderr.isatty() and not self.as_json:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()

    def sign(self, kind: str, text: str) -> str:
        """A text behind its sign: good, warning or bad."""
        marked = f"{getattr(self._signs, kind)} {text}"
        return f"\x1b[{_COLOURS[kind]}m{marked}\x1b[0m" if self._colour else marked

    def stop(self, stop: Stop) -> NoReturn:
        """Say why, and leave."""
        if self.as_json and stop.sentence:
            code = int(stop.code)
            self.document({"schema": "sts.edge.error/1", "error": stop.sentence, "exit": code, **stop.more})
        elif stop.sentence:
            sys.stderr.write(stop.sentence + "\n")
        raise SystemExit(int(stop.code))


def _width(cell: str) -> int:
    return len(_COLOURING.sub("", cell))


def _can_print(signs: Signs, stream: TextIO) -> bool:
    try:
        "".join(signs).encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
