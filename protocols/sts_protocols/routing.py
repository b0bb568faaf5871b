"""Names at the broker: exchanges, queues, routing keys, and what a gateway's user may write; and the same over
HTTPS."""

import re
from typing import Literal

from sts_protocols.errors import RoutingError

TELEMETRY = "sts.telemetry"
RESULTS = "sts.results"
STATUS = "sts.status"
LIVE = "sts.live"
DEAD = "sts.dead"

LIVE_QUEUE = "sts.telemetry.live"
BACKLOG_QUEUE = "sts.telemetry.backlog"
RESULTS_QUEUE = "sts.results.documents"
STATUS_QUEUE = "sts.status.beats"
DEAD_QUEUE = "sts.dead.letters"

Lane = Literal["live", "backlog", "document"]

RECORDS_CONTENT_TYPE = "application/vnd.sts.records"
BEAT_CONTENT_TYPE = "application/vnd.sts.beat"

# Where a gateway knocks that cannot reach the broker: me, records?lane=, beat.
HTTP_DOOR = "/gateway/v1/"
# The type of the problem document for a message that no queue takes.
HTTP_NO_QUEUE = "urn:sts:problem:no-queue"

GATEWAY_NAME = re.compile(r"[a-z0-9-]{3,40}")
# RabbitMQ puts the user's name in place of {username}: nobody can speak in another gateway's name.
TOPIC_RULE = r"^(telemetry|results|status)\.{username}\.[a-z]+$"
CONFIGURE_RULE = "^$"
WRITE_RULE = r"^sts\.(telemetry|results|status)$"

_KEY = re.compile(rf"(?:telemetry|results|status)\.({GATEWAY_NAME.pattern})\.[a-z]+")


def telemetry_key(gateway: str, lane: Literal["live", "backlog"]) -> str:
    """The routing key of a message of records on TELEMETRY."""
    return f"telemetry.{_named(gateway)}.{lane}"


def results_key(gateway: str) -> str:
    """The routing key of a message of records of kind DOCUMENT on RESULTS."""
    return f"results.{_named(gateway)}.document"


def records_address(gateway: str, lane: Lane) -> tuple[str, str]:
    """Exchange and routing key of a message of records."""
    if lane == "document":
        return RESULTS, results_key(gateway)
    return TELEMETRY, telemetry_key(gateway, lane)


def status_key(gateway: str) -> str:
    """The routing key of a beat on STATUS."""
    return f"status.{_named(gateway)}.beat"


def gateway_of(key: str) -> str:
    """The gateway that speaks in a key of TELEMETRY, RESULTS or STATUS. Raises RoutingError."""
    match = _KEY.fullmatch(key)
    if match is None:
        raise RoutingError(f"{key[:80]!r} is not a routing key of a gateway")
    return match.group(1)


def _named(gateway: str) -> str:
    if not GATEWAY_NAME.fullmatch(gateway):
        raise RoutingError(f"{gateway[:80]!r} is no gateway name: use 3 to 40 of a-z 0-9 -")
    return gateway
