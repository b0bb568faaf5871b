"""What a technician should know of the link, each in a sentence that says who must act and how."""

from __future__ import annotations

from ..link import LinkState
from ..store import Board
from .address import Address
from .outlet import Outcome, Verdict

LOGIN, LINK, HUB, RECORD = "login", "link", "hub", "record"


class Faults:
    """Tells the board what is wrong with the link, and takes it back when it is over."""

    def __init__(self, board: Board, address: Address) -> None:
        self._board = board
        self._where = f"{address.host}:{address.port}"
        self.sentence = ""

    def login_refused(self, words: str) -> None:
        """The broker knows no such gateway or password."""
        self._tell(
            LOGIN,
            f"This gateway needs enrolment: {words}. On the hub: sts-hub gateway add; then copy the "
            "password into hub.password_file here.",
        )

    def login_taken(self) -> None:
        """The broker let us in."""
        self._board.clear(LOGIN)

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
            self.sentence = ""
            self._board.clear(LINK)

    def judged(self, verdict: Verdict, aside: int) -> None:
        """A message was confirmed, or not."""
        if verdict.outcome is Outcome.ACKED:
            self._board.clear(HUB)
        elif verdict.outcome is Outcome.RETURNED:
            self._tell(
                HUB, "The broker has no queue for telemetry: start sts-hub ingest on the hub, which makes it."
            )
        elif verdict.outcome is Outcome.NACKED:
            self._tell(
                HUB,
                "The hub's queue is full: start or add workers (sts-hub ingest). Records wait on disk here.",
            )
        elif verdict.outcome is Outcome.REFUSED:
            self._tell(HUB, f"The broker refused a record: {verdict.words}. If all are refused, enrol again.")
        if aside:
            self._tell(
                RECORD,
                f"The broker refused {aside} records one by one: set aside until the agent restarts.",
            )
        else:
            self._board.clear(RECORD)

    def unanswered(self) -> None:
        """Beats go out and nothing comes back."""
        self._tell("beat", "The hub does not answer beats: is sts-hub ingest running?")

    def answered(self) -> None:
        """The hub answered."""
        self._board.clear("beat")

    def _tell(self, name: str, sentence: str) -> None:
        self.sentence = sentence
        self._board.tell(name, sentence)
