"""What the buffer does when it is full: confirmed segments go first, then what the policy gives up, declared before
it is gone.

Full means that the cap is reached, or that the disk says so earlier. A record that finds no room even then is
told as dropped like any other; the agent goes on. The policies differ only here:

oldest-raw-first  the oldest bulk goes (see `shelf.DROP_ORDER`)
keep-summaries    the same, and of its samples one value a second stays, as records of their own
refuse-new        what is here stays and new bulk is refused, while there is still a segment's room for what never is
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from sts_edge.config import BufferSettings
from sts_protocols.record import Kind

from .ballast import BALLAST_BYTES, Ballast
from .disk import Disk
from .index import index_path
from .interface import Range
from .journal import Journal
from .ranges import RangeSet
from .segment import Lane, Segment, lane_of
from .shelf import Shelf
from .summaries import Condenser
from .writer import Act, Put

# A record that found no room is tried again once, behind what was unlinked to make room; a kept one for ever.
MOST_TRIES = 2
# A kept record that finds no room although the ballast is gone waits this long for somebody to make some.
RETRY_S = 1.0
# Records that are refused one by one are declared together: at 4 records a second one DROP for 40 of them.
DECLARE_AFTER_S = 10.0
# What waits for the disk stays in memory; a card that hangs for a minute must not eat it. Bulk beyond is
# refused.
MOST_PENDING_BYTES = 4 << 20

Declare = Callable[[bytes, Sequence[Range], str], list[Put]]


class Room:
    """Keeps the buffer under its cap, and finds room on a full disk.

    dropped: called with how many records were given up.
    """

    def __init__(
        self,
        settings: BufferSettings,
        segment_bytes: int,
        shelf: Shelf,
        journal: Journal,
        disk: Disk,
        ballast: Ballast,
        condenser: Condenser,
    ) -> None:
        self.declare: Declare = lambda epoch, ranges, reason: []
        self.keep_state: Callable[[], None] = lambda: None
        self.refused_records = 0
        self._cap_bytes = settings.max_bytes
        self._policy = settings.when_full
        self._refusal = "refused_new" if self._policy == "refuse-new" else "no_room"
        self._segment_bytes = segment_bytes
        self._condenser = condenser
        self._shelf = shelf
        self._journal = journal
        self._disk = disk
        self._ballast = ballast
        self._owed = RangeSet()
        self._pay_timer: asyncio.TimerHandle | None = None

    @property
    def used_bytes(self) -> int:
        """What the buffer takes of the disk, the ballast with it."""
        return self._shelf.used_bytes + BALLAST_BYTES

    def admit(self, kind: int, body_bytes: int) -> bool:
        """Make room for a record; returns whether there is. A DROP is always let in: it makes the room."""
        if kind == Kind.DROP:
            return True
        if self._journal.pending_bytes > MOST_PENDING_BYTES:
            return False
        lane = lane_of(kind)
        while self.used_bytes + self._journal.growth(kind, body_bytes) > self._cap_of(lane):
            if not self._evict("buffer_full", lane) and not self._journal.close_bulk():
                return False
        self._foresee()
        return True

    def _cap_of(self, lane: Lane) -> int:
        """Where new bulk is refused, a segment's room is left for what never is."""
        left = self._segment_bytes if self._policy == "refuse-new" and lane != Lane.KEPT else 0
        return self._cap_bytes - left

    def owe(self, seq: int) -> None:
        """Note a record of this epoch that is not stored; it is declared soon, together with others."""
        self.refused_records += 1
        self._owed.add(seq, seq)
        if self._pay_timer is None:
            self._pay_timer = asyncio.get_running_loop().call_later(DECLARE_AFTER_S, self.pay)

    def pay(self) -> None:
        """Declare what is owed, unless the disk has failed: then the next start finds it missing."""
        if self._pay_timer is not None:
            self._pay_timer.cancel()
            self._pay_timer = None
        owed, self._owed = list(self._owed), RangeSet()
        if owed and self._journal.failure is None:
            self.declare(self._journal.epoch, owed, self._refusal)

    def on_refused(self, puts: Sequence[Put]) -> None:
        """The disk is full before the cap is reached: make room and try again, or give up."""
        kept = any(put.segment.lane == Lane.KEPT for put in puts)
        made = self._evict("disk_full", Lane.KEPT if kept else puts[0].segment.lane)
        if not made:
            self._journal.close_bulk()  # so that there is something to give up should it stay full
        for put in puts:
            put.tries += 1
            if put.segment.lane == Lane.KEPT:
                self._later(put)
            elif not put.segment.unlinked and made and put.tries < MOST_TRIES:
                self._journal.submit(put)
            else:
                declared = put.segment.unlinked
                self._journal.give_up(put)
                if not declared:
                    self.owe(put.seq)

    def bulk(self) -> list[Segment]:
        """The segments of which something waits and that a policy may drop."""
        return [one for one in self._shelf if one.lane != Lane.KEPT and one.waiting]

    def purge(self) -> int:
        """Give up all bulk that waits, declared first; returns how many records."""
        self._journal.close_bulk()
        victims = [one for one in self.bulk() if one.closed]
        purged = sum(one.waiting for one in victims)
        for victim in victims:
            self.give_up(victim, "purged")
        return purged

    def give_up(self, victim: Segment, reason: str, before: Sequence[Put] = ()) -> None:
        """Unlink a closed segment, once it is on disk that what waits in it will never come, and these."""
        ranges = victim.waiting_ranges()
        puts = [*before, *(self.declare(victim.epoch, ranges, reason) if ranges else ())]
        self._shelf.remove(victim)
        victim.unlinked = True
        self.keep_state()
        self._journal.submit(self._unlinking(victim, puts))

    def _foresee(self) -> None:
        """While the last segment's worth of room is being filled, sum up what will have to go for the next."""
        if self._policy != "keep-summaries" or self.used_bytes + self._segment_bytes <= self._cap_bytes:
            return
        if self._shelf.oldest_settled() is None and (victim := self._shelf.oldest_droppable()) is not None:
            self._condenser.prepare(victim)

    def _evict(self, reason: str, lane: Lane) -> bool:
        """Give up one closed segment for a record of this lane; returns whether there was one to give up."""
        victim = self._shelf.oldest_settled()
        if victim is None and (self._policy != "refuse-new" or lane == Lane.KEPT):
            victim = self._shelf.oldest_droppable()
        if victim is None:
            return False
        puts = self._summed_up(victim) if reason == "buffer_full" else []
        self.give_up(victim, "summarised" if puts else reason, puts)
        return True

    def _summed_up(self, victim: Segment) -> list[Put]:
        """The summaries of a segment, on their way to the disk."""
        entered = (
            self._journal.enter(Kind.SAMPLES, one.body, one.first_us, one.last_us, one.clock)
            for one in self._condenser.of(victim)
        )
        return [one.put for one in entered if one.put is not None]

    def _unlinking(self, victim: Segment, puts: Sequence[Put]) -> Act:
        loop = asyncio.get_running_loop()

        def skipped() -> None:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._later, act)

        act = Act(lambda: self._unlink(victim), after=puts, skipped=skipped)
        return act

    def _unlink(self, victim: Segment) -> None:
        self._disk.unlink(victim.path)
        self._disk.unlink(index_path(victim.path))
        self._disk.sync_directory(victim.path.parent)
        self._ballast.restore()

    def _later(self, job: Put | Act) -> None:
        asyncio.get_running_loop().call_later(RETRY_S, self._journal.submit, job)
