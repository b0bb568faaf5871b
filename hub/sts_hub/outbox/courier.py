"""Carries what waits in the outbox. Each API process has a courier for each carrier; a message is lent to one of them at a
time, and to the next when that one is lost over it. So it arrives once or, after a crash, twice, never not at all.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Protocol

from prometheus_client import Counter

from sts_hub import logs
from sts_hub.errors import Refusal
from sts_hub.kit.database import Database, WriteSession
from sts_hub.outbox import repository
from sts_hub.outbox.message import Outgoing, Settled

# An invited person looks into the mailbox within seconds; one query a second that finds nothing costs nothing.
LOOK_EVERY_S: Final = 1.0
# Letters or webhooks that one process carries at once: a few slow servers hold up nobody else.
AT_ONCE: Final = 8
# Longer than any carrier takes (CARRY_S, and the settling); then its process is taken for dead.
LEASE: Final = timedelta(seconds=90)
# Servers are given 15 to 30 s by the Standard Webhooks specification; mail servers that check senders need as much.
CARRY_S: Final = 30.0

_carried = Counter("sts_outgoing", "Tries to carry a message of the outbox.", ["carrier", "outcome"])
_log = logs.get("sts_hub.outbox")


class UndeliveredError(Exception):
    """It did not arrive; `str()` says why and who must act. `for_good`: no further try makes sense. `after_s`: the other
    side asks to be left alone so long."""

    def __init__(self, reason: str, *, for_good: bool = False, after_s: float = 0.0) -> None:
        super().__init__(reason)
        self.for_good = for_good
        self.after_s = after_s


class Carrier(Protocol):
    """One way out of the hub. `pauses_s`: how long to wait after the first try that failed, the second ...; after the last
    one a message has failed."""

    letters: bool
    pauses_s: Sequence[float]

    async def carry(self, message: Outgoing) -> None:
        """Deliver it. Raises UndeliveredError."""

    async def settled(self, session: WriteSession, message: Outgoing, fault: UndeliveredError | None) -> None:
        """What follows from it, in the transaction that notes it."""


class Courier:
    """Carries the messages of one carrier."""

    def __init__(self, database: Database, carrier: Carrier) -> None:
        self._database = database
        self._carrier = carrier

    async def run(self) -> None:
        """Carry until cancelled; what is under way then is lent out anew when its lease ends."""
        under_way: set[asyncio.Task[None]] = set()
        try:
            while True:
                due = await self._due(AT_ONCE - len(under_way))
                under_way |= {asyncio.create_task(self.deliver(message)) for message in due}
                if under_way:
                    _, under_way = await asyncio.wait(
                        under_way, timeout=LOOK_EVERY_S, return_when=asyncio.FIRST_COMPLETED
                    )
                else:
                    await asyncio.sleep(LOOK_EVERY_S)
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def once(self) -> int:
        """Carry what is due now, one after the other; how many."""
        due = await self._due(AT_ONCE)
        for message in due:
            await self.deliver(message)
        return len(due)

    async def _due(self, count: int) -> list[Outgoing]:
        if count > 0:
            with contextlib.suppress(Refusal):  # the database is away: the next look asks again
                async with self._database.nobody() as session:
                    return await repository.take(session, self._carrier.letters, count, LEASE)
        return []

    async def deliver(self, message: Outgoing) -> None:
        """One try, and what became of it."""
        fault = await self._fault(message)
        settled = self._settled(message, fault)
        _carried.labels("letter" if self._carrier.letters else "webhook", settled.state).inc()
        _log.info("message carried", message=str(message.id), what=message.what, state=settled.state)
        with contextlib.suppress(Refusal):  # then it is carried again when its lease ends
            async with self._database.nobody() as session:
                await repository.settle(session, message.id, settled)
                await self._carrier.settled(session, message, fault)

    async def _fault(self, message: Outgoing) -> UndeliveredError | None:
        try:
            async with asyncio.timeout(CARRY_S):
                await self._carrier.carry(message)
        except UndeliveredError as fault:
            return fault
        except TimeoutError:
            return UndeliveredError(f"The other side did not answer within {CARRY_S:.0f} s.")
        except Exception as error:
            _log.error("a message could not be carried", exc_info=error, message=str(message.id))
            return UndeliveredError("The hub failed over it: give its id to whoever runs the hub.")
        return None

    def _settled(self, message: Outgoing, fault: UndeliveredError | None) -> Settled:
        if fault is None:
            return Settled("sent")
        if fault.for_good or message.tries > len(self._carrier.pauses_s):
            return Settled("failed", str(fault))
        pause_s = max(self._carrier.pauses_s[message.tries - 1], fault.after_s)
        return Settled("waiting", str(fault), timedelta(seconds=pause_s))
