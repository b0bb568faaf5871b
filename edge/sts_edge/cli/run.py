"""`sts-edge run`."""

from __future__ import annotations

import logging
import sys

from .call import Call
from .exits import Exit
from .output import Stop
from .settings import loaded

_LEVELS = (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR)
_INFO = 1


def run(call: Call) -> None:
    """Run the agent until SIGTERM or SIGINT."""
    # structlog imports rich where it finds it: 5 MB, for pictures of errors that nobody sees on a gateway.
    sys.modules.setdefault("rich", None)  # type: ignore[arg-type]
    from sts_edge.agent import ANEW, SettingsBook, start

    level = _LEVELS[min(max(_INFO - call.verbosity, 0), len(_LEVELS) - 1)]
    code = ANEW
    while code == ANEW:
        book = SettingsBook(call.config)
        book.begin()
        code = start(loaded(call), book, level)
    if code:
        raise Stop(Exit(code))
