"""Codes by which a gateway enrols: random characters that a person can read out and type.

Crockford's base32: no letter that looks like a digit, and whoever types O or l is understood all the same.
"""

import hashlib
import secrets
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# Five bits each. By hand: 65 bits for a quarter of an hour, at a rate of some hundred guesses a minute. On a
# site sheet: 130 bits for two weeks.
HAND_LENGTH: Final = 13
SHEET_LENGTH: Final = 26
GROUP: Final = 4

_MEANT: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def new_code(length: int) -> str:
    """A code in groups of four and one rest: K3XQ-0TZ9-M4B7-D."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(length))
    return "-".join(text[at : at + GROUP] for at in range(0, length, GROUP))


def code_hash(typed: str) -> bytes:
    """What is stored of a code, however it was typed."""
    return hashlib.sha256(typed.strip().upper().translate(_MEANT).encode("utf-8", "surrogatepass")).digest()
