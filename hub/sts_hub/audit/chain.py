"""The chain of an audit: each row's digest is made of the row and the digest before it.

Written by the database (`sts.note`); computed here a second time, from the rows as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

# What stands before the first row.
START: Final = hashlib.sha256(b"").digest()


@dataclass(frozen=True, slots=True)
class Link:
    """One row: its number in the chain, what its digest is made of, and the digest that it tells."""

    number: int
    text: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain."""

    number: int = 0
    digest: bytes = START


def follow(links: Iterable[Link], head: Head) -> tuple[Head, str | None]:
    """Go on from a head: where the links lead, and the first fault as a sentence."""
    for link in links:
        if link.number != head.number + 1:
            return head, f"row {head.number + 1} is missing"
        digest = hashlib.sha256(head.digest + link.text.encode()).digest()
        if digest != link.digest:
            return head, f"row {link.number} is not what it was"
        head = Head(link.number, digest)
    return head, None


def ends(head: Head, told: Head) -> str | None:
    """The fault of a chain that does not end where it should."""
    if head.number < told.number:
        return f"rows {head.number + 1} to {told.number} are missing"
    return None if head == told else f"its end is told as row {told.number} and is row {head.number}"
