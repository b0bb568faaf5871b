"""Secrets that the hub must be able to read again, sealed where they are kept.

AES-256-GCM (NIST SP 800-38D) under a key made of a setting that lies outside the database (HKDF-SHA256, RFC 5869): who
steals the database alone reads none of them.
"""

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sts_hub import logs
from sts_hub.errors import Conflict

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
PURPOSE: Final = b"sts-hub sealing"

_log = logs.get("sts_hub.kit")


class Sealing:
    """Seals and opens with one key; without a key it can do neither, and says so."""

    def __init__(self, key: str) -> None:
        made = HKDF(SHA256(), KEY_BYTES, None, PURPOSE).derive(key.encode()) if key else None
        self._cipher = AESGCM(made) if made else None

    @property
    def possible(self) -> bool:
        """Whether there is a key."""
        return self._cipher is not None

    def seal(self, plain: bytes, about: str) -> bytes:
        """The sealed text; `about` names what it is and whose, and is needed to open it. Raises Conflict without a key."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._key().encrypt(nonce, plain, about.encode())

    def opened(self, sealed: bytes, about: str) -> bytes:
        """The plain text. Raises Conflict where it was sealed with another key or about something else."""
        try:
            return self._key().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())
        except InvalidTag:
            _log.error(
                "a sealed secret cannot be opened: STS_SEALING_KEY is not the key that it was sealed with"
            )
            raise Conflict(
                "The hub cannot open what it has sealed: its key was changed.",
                way_out="Whoever runs the hub puts back the key in STS_SEALING_KEY.",
            ) from None

    def _key(self) -> AESGCM:
        if self._cipher is None:
            raise Conflict(
                "This hub has no key to seal secrets with.",
                way_out="Whoever runs the hub sets STS_SEALING_KEY_FILE to a file with a random text, 32 characters or more.",
            )
        return self._cipher
