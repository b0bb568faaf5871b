"""Signatures of the Standard Webhooks specification, version 1.0.0: HMAC-SHA256 over id, time and body. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

PREFIX: Final = "whsec_"
# The specification wants 24 to 64 bytes; as many as the digest has.
SECRET_BYTES: Final = 32


def serialized(secret: bytes) -> str:
    """The secret as whoever checks signatures is given it."""
    return PREFIX + base64.b64encode(secret).decode()


def headers(secrets: Sequence[bytes], message_id: str, at_s: int, body: bytes) -> dict[str, str]:
    """The three headers of a try at `at_s` (s since 1970), signed with each secret, so that a new one can take the place
    of an old one while both count."""
    signed = f"{message_id}.{at_s}.".encode() + body
    digests = [hmac.new(secret, signed, hashlib.sha256).digest() for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests),
    }
