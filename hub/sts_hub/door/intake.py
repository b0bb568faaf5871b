"""What becomes of what a gateway brings over HTTPS, in one interface: the rest of the door does not know whether
there is a broker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final, Protocol

from sts_hub.errors import Refusal
from sts_protocols.beat import Beat
from sts_protocols.routing import Lane

# A worker, a broker or a database is back in seconds after a restart; a full queue empties at its own pace, and
# who is refused again asks less and less often.
RETRY_AFTER: Final[Mapping[str, str]] = {"Retry-After": "2"}


class NotNow(Refusal):
    """What was brought is not of record, and may be brought again."""

    status = 503
    type = "not-now"
    title = "The hub cannot take it now"
    way_out = "Keep it and bring it again after Retry-After."

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers=RETRY_AFTER)


class QueueFull(NotNow):
    """The hub's workers are behind."""

    type: ClassVar[str] = "queue-full"


class NoQueue(NotNow):
    """Nobody has made the hub's queues."""

    type: ClassVar[str] = "no-queue"


class Intake(Protocol):
    """Takes messages of records and beats. `run` must be running."""

    async def run(self) -> None:
        """Work until cancelled."""

    def ready(self) -> None:
        """Raises NotNow when what is brought now would be refused."""

    async def take(self, gateway: str, lane: Lane, body: bytes) -> None:
        """Take a message; on return it is of record, as a confirm of the broker says. Raises NotNow."""

    async def beat(self, beat: Beat) -> bytes:
        """Take a beat of a gateway that has been asked who it is; the answer, encoded. Raises NotNow."""
