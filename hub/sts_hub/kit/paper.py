"""What is printed: QR codes in plain text, which any screen shows and any printer takes, and as a picture."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Final

import segno

# A pair of rows of a QR code is one line of text: above, below.
_HALVES: Final[Mapping[tuple[bool, bool], str]] = {
    (False, False): " ",
    (True, False): "▀",
    (False, True): "▄",
    (True, True): "█",
}


def squares(text: str) -> str:
    """A text as a QR code, in lines of half blocks."""
    rows = [[bool(cell) for cell in row] for row in segno.make(text, error="m").matrix_iter(border=4)]
    rows += [[False] * len(rows[0])] * (len(rows) % 2)
    return "\n".join(
        "".join(_HALVES[pair] for pair in zip(above, below, strict=True)).rstrip()
        for above, below in zip(rows[::2], rows[1::2], strict=True)
    )


def picture(text: str) -> str:
    """A text as a QR code, an SVG document that scales to any size of paper."""
    drawn = io.BytesIO()
    segno.make(text, error="m").save(drawn, kind="svg", xmldecl=False, border=4, omitsize=True)
    return drawn.getvalue().decode().strip()
