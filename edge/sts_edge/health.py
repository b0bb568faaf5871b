"""The gateway's health: one word, and a sentence for each thing that somebody must act on.

Whoever finds a fault tells it under a name of its own and takes it back when it is over; the last sentence
under a name counts. Parts that keep their own list of faults are asked for it (`ask`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum


class State(Enum):
    """ok: nothing to do. degraded: it works, somebody should look. failed: it accepts no more samples."""

    OK = "ok"
    DEGRADED = "degraded"
    FAILED = "failed"


class Health:
    """The board of faults.

    on_news: called with name and sentence when a fault appears or speaks differently, and with an empty
    sentence when it is over.
    """

    def __init__(self) -> None:
        self._faults: dict[str, str] = {}
        self._fatal: str | None = None
        self._others: list[Callable[[], Iterable[str]]] = []
        self.on_news: Callable[[str, str], None] = lambda name, sentence: None

    def tell(self, name: str, sentence: str) -> None:
        """Tell a fault, or change its sentence."""
        if self._faults.get(name) != sentence:
            self._faults[name] = sentence
            self.on_news(name, sentence)

    def clear(self, name: str) -> None:
        """Take a fault back: it is over."""
        if self._faults.pop(name, None) is not None:
            self.on_news(name, "")

    def fail(self, sentence: str) -> None:
        """Tell the fault that ends this agent."""
        self._fatal = sentence
        self.on_news("agent", sentence)

    def ask(self, faults: Callable[[], Iterable[str]]) -> None:
        """Add the faults of a part that keeps its own list."""
        self._others.append(faults)

    @property
    def faults(self) -> Sequence[str]:
        """Every sentence, the gravest first."""
        fatal = [self._fatal] if self._fatal else []
        return [*fatal, *self._faults.values(), *(one for faults in self._others for one in faults())]

    @property
    def state(self) -> State:
        """The one word."""
        if self._fatal:
            return State.FAILED
        return State.DEGRADED if self.faults else State.OK
