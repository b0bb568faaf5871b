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
    settings = loaded(call)
    # structlog imports rich where it finds it: 5 MB, for pictures of errors that nobody sees on a gateway.
    sys.modules.setdefault("rich", None)  # type: ignore[arg-type]
    from sts_edge.agent import start

    level = _LEVELS[min(max(_INFO - call.verbosity, 0), len(_LEVELS) - 1)]
    code = start(settings, call.config, level)
    if code:
        raise Stop(Exit(code))
