"""Lists in parts: a cursor names the last entry seen, so that entries added meanwhile neither repeat nor
vanish."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import Depends, Query

from sts_hub.errors import Invalid
from sts_hub.kit.shapes import Page

DEFAULT_LIMIT = 100
# A club's largest list on one page: a squad has 30 to 40 people, an academy some hundreds.
MAX_LIMIT = 500

Row = TypeVar("Row")
Item = TypeVar("Item")


class Cut:
    """Which part of a list is asked for."""

    def __init__(self, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> None:
        self.limit = limit
        self.cursor = cursor

    def after(self, *kinds: type) -> tuple[Any, ...]:
        """The sort key to go on after, as values of these types; a tuple of None for the first part.

        Raises Invalid for a cursor that this list has not given out.
        """
        if self.cursor is None:
            return (None,) * len(kinds)
        try:
            raw = base64.urlsafe_b64decode(self.cursor.encode("ascii"))
            key: tuple[Any, ...] = msgspec.json.decode(raw, type=tuple[kinds])  # type: ignore[valid-type]
        except (ValueError, binascii.Error, msgspec.DecodeError):
            raise Invalid(
                "This cursor was not given out by this list.", way_out="Begin again without a cursor."
            ) from None
        return key

    def page(
        self,
        rows: Sequence[Row],
        key: Callable[[Row], tuple[Any, ...]],
        item: Callable[[Row], Item],
        keep: Callable[[Row], bool] = lambda _row: True,
    ) -> Page[Item]:
        """The page of these rows, of which the query was asked for `limit` + 1; only those to `keep` are
        shown."""
        shown = rows[: self.limit]
        more = len(rows) > self.limit
        items = [item(row) for row in shown if keep(row)]
        return Page(items=items, next=_cursor(key(shown[-1])) if more else None)


def _cursor(key: tuple[Any, ...]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode("ascii")


async def _part(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many entries at most.")] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=600, description="`next` of the part before.")] = None,
) -> Cut:
    return Cut(limit, cursor)


Part = Annotated[Cut, Depends(_part)]
