"""What the options before the verb said, for the verb."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from .output import Output

# The agent answers from memory; on a Pi that is busy with thirty straps a second at the most.
ANSWER_S = 5.0

# Options that mean the same for every verb; whoever types one behind the verb means it all the same.
_FLAGS = ("--json", "--no-color", "-q", "--quiet", "-v", "--verbose", "--yes", "--offline")
_WITH_VALUE = ("--config", "--timeout")


class Call(NamedTuple):
    """One call of the command. patience_s: what --timeout said, None when nothing; yes: ask nothing; offline: ask no
    agent."""

    output: Output
    config: Path
    patience_s: float | None
    verbosity: int
    yes: bool = False
    offline: bool = False

    @property
    def timeout_s(self) -> float:
        """How long the agent may take to answer."""
        return ANSWER_S if self.patience_s is None else self.patience_s


def hoisted(arguments: Sequence[str]) -> list[str]:
    """The arguments with the options that all verbs share put before the verb."""
    first: list[str] = []
    rest: list[str] = []
    left = list(arguments)
    while left:
        word = left.pop(0)
        if word == "--":
            rest += [word, *left]
            break
        if word in _FLAGS or word.startswith(tuple(f"{option}=" for option in _WITH_VALUE)):
            first.append(word)
        elif word in _WITH_VALUE:
            first += [word, *left[:1]]
            left = left[1:]
        else:
            rest.append(word)
    return first + rest
