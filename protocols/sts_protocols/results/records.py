"""What the two record formats of swimming share (HY3, SDIF): a record to a line, its fields in fixed columns."""

from collections.abc import Callable, Mapping
from typing import Final

from sts_protocols.errors import ResultFileError
from sts_protocols.results.model import Club, Meet, Refused, Split
from sts_protocols.results.text import Line, integer, refusal

ROUNDS: Final[Mapping[str, str]] = {"P": "prelim", "S": "swim_off", "F": "final"}
# 1,650 yards have 66 lengths.
MOST_SPLITS: Final = 200
M_PER_YARD: Final = 0.9144


class Records:
    """Takes a file record by record; each kind has its act, and some kinds count as entries and results."""

    def __init__(self, kind_of: Callable[[Line], str], counted: tuple[str, ...]) -> None:
        """`kind_of` raises ResultFileError for a record that was cut, or is of no kind that there is."""
        self.meet = Meet()
        self.club = Club()
        self.refused: list[Refused] = []
        self.read = 0
        self._kind_of = kind_of
        self._counted = counted
        self._acts: Mapping[str, Callable[[str], None]] = {}

    def take(self, line: Line) -> None:
        """One record; what cannot be read is refused."""
        try:
            kind = self._kind_of(line)
            act = self._acts.get(kind)
            if act is not None:
                act(line.text)
            self.read += kind in self._counted
        except ResultFileError as error:
            self.refused.append(refusal(line, str(error)))


def more(splits: tuple[Split, ...], others: tuple[Split, ...]) -> tuple[Split, ...]:
    """Splits with those of another record. Raises ResultFileError for more than anybody can swim."""
    if len(splits) > MOST_SPLITS:
        raise ResultFileError(f"The result has more than {MOST_SPLITS} splits.")
    return (*splits, *others)


def in_metres(distance: int | None, course: str) -> float | None:
    """A distance of a course in metres: Y (2 in SDIF) is a pool of yards."""
    if not distance:
        return None
    return distance * (M_PER_YARD if course in ("Y", "2") else 1.0)


def day_of(text: str) -> str:
    """MMDDYYYY as YYYY-MM-DD; empty for blanks, which old files have, and for what is no day."""
    if integer(text) is None or len(text) != 8:
        return ""
    month, day, year = int(text[:2]), int(text[2:4]), int(text[4:])
    return f"{year:04}-{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 31 and year > 1800 else ""
