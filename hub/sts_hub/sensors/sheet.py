"""The strap sheet: each sensor's number and a QR code of its address, to cut out and stick on, or to scan from a wall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sts_hub.kit.paper import squares

# What a scanner reads: the address, which is the device's own and outlives any hub.
SCANNED: Final = "sts:sensor:"


def sheet(sensors: Sequence[tuple[str, str]]) -> str:
    """The sheet to print, of (label, address) in order; a form feed after each four, which fill a page."""
    told = [f"{label}\n{squares(SCANNED + address)}\n" for label, address in sensors]
    pages = ["\n".join(told[start : start + 4]) for start in range(0, len(told), 4)]
    return "\f".join(pages)
