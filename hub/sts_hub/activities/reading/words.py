"""Text of a file, made fit to be shown and stored."""

from __future__ import annotations

from typing import Any, Final

# Names of devices and fields; what is longer is no name.
LONGEST: Final = 60


def word(value: Any) -> str | None:
    """The value as a short printable text; None for nothing."""
    if value is None or isinstance(value, (bytes, tuple, list)):
        return None
    text = "".join(char for char in str(value) if char.isprintable() and not 0xD800 <= ord(char) <= 0xDFFF)
    return text.strip()[:LONGEST] or None
