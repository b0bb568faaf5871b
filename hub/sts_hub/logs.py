"""Logs: one line of ECS JSON on standard output per unit of work; coloured text on a terminal.

No health value, password, cookie or address of a person's sensor goes into a log line.
"""

import logging
import sys
from typing import Any

import ecs_logging
import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor

_NAMES_OF_ECS = {"error": "error.message", "request_id": "http.request.id"}


def configure(service: str, level: str = "info") -> None:
    """Set up logging of this process; `service` is told in every line (`service.name`)."""
    renderer: Processor = _plain_text() if sys.stdout.isatty() else _ecs(service)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
    )
    _quiet_libraries()


def get(name: str) -> FilteringBoundLogger:
    """The logger of a part of the hub; its lines say `log.logger: name`."""
    # A lazy one: it is asked for when modules are imported, before `configure` is called.
    logger: FilteringBoundLogger = structlog.get_logger(**{"log.logger": name})
    return logger


def _plain_text() -> Processor:
    """Coloured lines; a traceback shows no local variables, which may hold what no log may."""
    return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)


def _ecs(service: str) -> Processor:
    formatter = ecs_logging.StructlogFormatter()

    def render(logger: Any, method: str, event: EventDict) -> str:
        event["service.name"] = service
        for ours, theirs in _NAMES_OF_ECS.items():
            if ours in event:
                event[theirs] = event.pop(ours)
        return str(formatter(logger, method, dict(event)))

    return render


def _quiet_libraries() -> None:
    """Libraries speak up only when something is wrong, in the same form."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(ecs_logging.StdlibFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for tells_itself in ("aiormq", "aio_pika"):
        # A refused or lost connection is told by whoever wanted it, once and with the reason.
        logging.getLogger(tells_itself).setLevel(logging.CRITICAL)
