"""What a technician should know of the link, each in a sentence that says who must act and how."""

from __future__ import annotations

from .line import Address, Outcome, Verdict
from .link import LinkState
from .store import Board

LOGIN, LINK, RECORD, BEATS, COPY = "login", "link", "record", "beats", "copy"

_SENTENCES = {
    Outcome.RETURNED: "The broker has no queue for {lane} records: start sts-hub ingest on the hub, which "
    "makes it.",
    Outcome.NACKED: "The hub's queue for {lane} records is full: start or add workers (sts-hub ingest). "
    "Records wait on disk here.",
    Outcome.REFUSED: "The hub refused {lane} records: {words}. If it refuses all of it, enrol again.",
}
_NOT_NOW = "The hub takes no {lane} records now: {words}. Records wait on disk here."


class Faults:
    """Tells the board what is wrong with the link, and takes it back when it is over."""

    def __init__(self, board: Board, address: Address) -> None:
        self._board = board
        self._where = f"{address.host}:{address.port}"
        self._told: dict[str, str] = {}

    def login_refused(self, words: str) -> None:
        """The hub knows no such gateway or password."""
        self._tell(
            LOGIN,
            f"This gateway needs enrolment: {words}. On the hub: sts-hub gateway code; then "
            "here: sudo sts-edge enrol CODE --anew.",
        )

    def login_taken(self) -> None:
        """The hub let us in."""
        self._clear(LOGIN)

    def parked(self, sentence: str | None) -> None:
        """The hub wants no records of this device, and says why; None: it does."""
        if sentence is None:
            self._clear(COPY)
        else:
            self._tell(COPY, f"Parked by the hub, records wait on disk here: {sentence}")

    def unreachable(self, words: str) -> None:
        """No connection stands."""
        self._tell(LINK, f"The hub at {self._where} is unreachable ({words}). Records wait on disk.")

    def link(self, state: LinkState, last_failure: str) -> None:
        """The link is in another state."""
        if state is LinkState.DOWN:
            self.unreachable(last_failure or "connection lost")
        elif state is LinkState.STALLED:
            self._tell(LINK, f"The hub at {self._where} does not confirm in time. Records wait on disk.")
        elif state is LinkState.BLOCKED:
            self._tell(
                LINK,
                "The broker takes no records now: it is short of memory or disk. Free some on the hub; "
                "records wait on disk here.",
            )
        elif state is not LinkState.REFUSED:
            self._clear(LINK)

    def judged(self, lane: str, verdict: Verdict, aside: int) -> None:
        """A message of this lane was confirmed, or not."""
        if verdict.outcome is Outcome.ACKED:
            self._clear(lane)
        elif verdict.outcome is not Outcome.LOST:
            not_now = verdict.outcome is Outcome.NACKED and verdict.words
            sentence = _NOT_NOW if not_now else _SENTENCES[verdict.outcome]
            self._tell(lane, sentence.format(lane=lane, words=verdict.words))
        if aside:
            self._tell(
                RECORD, f"The hub refused {aside} records one by one: set aside until the agent restarts."
            )

    def unanswered(self) -> None:
        """Beats go out and nothing comes back."""
        self._tell(BEATS, "The hub does not answer beats: is sts-hub ingest running?")

    def answered(self) -> None:
        """The hub answered."""
        self._clear(BEATS)

    @property
    def sentence(self) -> str:
        """What was told last and is not over; empty while nothing is wrong."""
        return next(reversed(self._told.values()), "")

    def _tell(self, name: str, sentence: str) -> None:
        if self._told.get(name) != sentence:
            self._told.pop(name, None)
            self._told[name] = sentence
            self._board.tell(name, sentence)

    def _clear(self, name: str) -> None:
        if self._told.pop(name, None) is not None:
            self._board.clear(name)
