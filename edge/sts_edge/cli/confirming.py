"""Nothing that cannot be taken back happens without a word typed for it."""

from __future__ import annotations

import sys

from .call import Call
from .exits import Exit
from .output import Stop


def confirm(call: Call, sentence: str, word: str) -> None:
    """Have the word typed, unless --yes was given. Stops the command without it, or without a terminal."""
    if call.yes:
        return
    if not sys.stdin.isatty() or call.output.as_json:
        raise Stop(Exit.USAGE, f"{sentence} Nothing was done: nobody is here to confirm. Next: add --yes")
    sys.stderr.write(f"{sentence}\nType {word} to go on: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip() != word:
        raise Stop(Exit.INTERRUPTED, "Nothing was done.")
