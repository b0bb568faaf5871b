"""What every buffer promises, and the words it speaks in.

A record is *accepted* once `synced` has returned for it: it then survives kill -9 and a power cut. It stays
until it is confirmed, and after that until its room is needed. What is dropped unconfirmed is declared first,
by a record of kind DROP. Epochs are 16 bytes; ranges of record numbers include both ends.
"""

from collections.abc import Callable, Container, Iterable, Sequence
from typing import NamedTuple, Protocol

from sts_protocols.record import Anchor, ClockReading, Record

Range = tuple[int, int]


class BufferFailed(Exception):  # noqa: N818 - it says what happened, as its readers do
    """The disk could not keep what it was given; nothing more is accepted. Stop the agent, see the medium."""


class BufferTaken(Exception):  # noqa: N818 - as above
    """Another process holds this buffer: stop it, or give this agent a data_dir of its own."""


class RecordDropped(Exception):  # noqa: N818 - as above
    """This record found no room and was not stored; a DROP record says so."""


class Held(NamedTuple):
    """A stored, unconfirmed record as the uplink judges it: is it to be sent now?"""

    epoch: bytes
    seq: int
    size: int
    kind: int
    clock_known: bool


class Holding(NamedTuple):
    """What a beat tells of one epoch. Times are µs; wall times are None where nothing is known.

    first: lowest record number still held, or head + 1 when none is. head: last synced record, -1 for none.
    pin: what ties the boot time of records of unknown clock to wall time, once, for good.
    started_us: the epoch began at this wall time at the earliest; ended_us: it ended at this one at the
    latest.
    """

    epoch: bytes
    boot_id: str
    running: bool
    first: int
    head: int
    confirmed: list[Range]
    pin: Anchor | None
    started_us: int | None
    ended_us: int | None


class BufferStats(NamedTuple):
    """The buffer's state for people and for the beat.

    oldest_us: wall time of the oldest waiting record, None when nothing waits or its time is not known.
    damaged_records: set aside in the quarantine folder since this process started.
    """

    used_bytes: int
    cap_bytes: int
    waiting_records: int
    waiting_bytes: int
    oldest_us: int | None
    dropped_records: int
    damaged_records: int
    policy: str
    failed: str | None


class Buffer(Protocol):
    """Records on their way from the batcher to the hub. Every method is called on the event loop's thread.

    epoch: this start of the agent. head: its last synced record, -1 for none.
    on_closed: called with each record when it is numbered, before it is written; whatever the record's
    origin. on_synced: called with the numbers of this epoch's records that have just become safe, in order.
    on_failed: called once when the buffer has stopped for good.
    """

    epoch: bytes
    on_closed: Callable[[Record], None] | None
    on_synced: Callable[[Sequence[int]], None] | None
    on_failed: Callable[[BufferFailed], None] | None

    @property
    def head(self) -> int: ...

    def open(self) -> None:
        """Lock, recover, begin this epoch. Call it inside the running loop before anything else.

        Raises BufferTaken, BufferFailed.
        """

    def append(self, kind: int, body: bytes, first_us: int, last_us: int, clock: ClockReading) -> Record:
        """Number and seal a record, pass it to the writer, return. Raises BufferFailed, RecordError."""

    async def synced(self, seq: int) -> None:
        """Wait until record `seq` of this epoch is safe. Raises BufferFailed, RecordDropped."""

    def confirm(self, epoch: bytes, seqs: Iterable[int]) -> None:
        """Say that the broker has these; unknown numbers and repeats are harmless."""

    def unconfirm(self, epoch: bytes, ranges: Iterable[Range]) -> list[Range]:
        """Put these back into the backlog because the hub lacks them; returns those no longer held."""

    def declare(self, epoch: bytes, ranges: Sequence[Range], reason: str) -> None:
        """Append a DROP record: these will never come, and why."""

    def oldest(
        self, limit_bytes: int, skip: Container[tuple[bytes, int]], sendable: Callable[[Held], bool]
    ) -> list[Record]:
        """Return the oldest safe, unconfirmed records that are sendable and not in `skip`, in order.

        At most `limit_bytes` of them, but always one if there is one; oldest epoch first. `sendable` may be asked
        once for all records of one epoch, kind and clock_known.
        """

    def pin(self, anchor: Anchor) -> None:
        """Tie this epoch, and earlier ones of this boot without a pin, to wall time, once."""

    def epochs(self) -> list[Holding]:
        """Every epoch that holds records here or that the hub has not answered as closed, oldest first."""

    def forget(self, epoch: bytes) -> None:
        """Note that the hub has answered this epoch as closed: it is told no more once nothing is held."""

    def stats(self) -> BufferStats:
        """Return sizes and counts."""

    async def close(self) -> None:
        """Wait until all that was handed over is safe, then release the lock. Raises BufferFailed."""
