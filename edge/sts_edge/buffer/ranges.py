"""A set of whole numbers kept as ranges: small while the numbers come mostly in order."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

Range = tuple[int, int]


def clipped(ranges: Iterable[Range], last: int) -> list[Range]:
    """Return what of these ranges lies between 0 and last."""
    return [(max(low, 0), min(high, last)) for low, high in ranges if low <= last and high >= 0]


class RangeSet:
    """Numbers as disjoint inclusive ranges, ascending, never touching each other."""

    def __init__(self, ranges: Iterable[Range] = ()) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        for first, last in ranges:
            self.add(first, last)

    def add(self, first: int, last: int) -> None:
        """Put in all numbers from first to last."""
        low = bisect_left(self._lasts, first - 1)
        high = bisect_right(self._firsts, last + 1)
        if low < high:
            first = min(first, self._firsts[low])
            last = max(last, self._lasts[high - 1])
        self._firsts[low:high] = [first]
        self._lasts[low:high] = [last]

    def remove(self, first: int, last: int) -> None:
        """Take out all numbers from first to last."""
        low = bisect_left(self._lasts, first)
        high = bisect_right(self._firsts, last)
        if low == high:
            return
        left, right = self._firsts[low], self._lasts[high - 1]
        kept = [one for one in ((left, first - 1), (last + 1, right)) if one[0] <= one[1]]
        self._firsts[low:high] = [one[0] for one in kept]
        self._lasts[low:high] = [one[1] for one in kept]

    def missing(self, first: int, last: int) -> Iterator[Range]:
        """Yield the ranges between first and last that are not in the set."""
        at = bisect_left(self._lasts, first)
        while first <= last and at < len(self._firsts) and self._firsts[at] <= last:
            if first < self._firsts[at]:
                yield first, self._firsts[at] - 1
            first = self._lasts[at] + 1
            at += 1
        if first <= last:
            yield first, last

    def __contains__(self, number: int) -> bool:
        at = bisect_left(self._lasts, number)
        return at < len(self._firsts) and self._firsts[at] <= number

    def __iter__(self) -> Iterator[Range]:
        return zip(self._firsts, self._lasts, strict=True)

    def __len__(self) -> int:
        return len(self._firsts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RangeSet) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # it changes
