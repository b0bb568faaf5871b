"""Codes of authenticator apps (TOTP, RFC 6238: SHA-1, six digits, 30 s, as every app understands them) and backup codes."""

import base64
import hmac
import secrets
from typing import Final

import pyotp

STEP_S: Final = 30
# RFC 6238, 5.2: a code typed at the end of its step comes in the next one, and phones are some seconds off.
SKEW_STEPS: Final = 1
BACKUP_CODES: Final = 10
# 80 bits are 16 letters in base 32, and too many to try even against the stored hashes.
BACKUP_BYTES: Final = 10
BACKUP_GROUP: Final = 4
ISSUER: Final = "Smart Training System"


def new_secret() -> str:
    """160 random bits in base 32, as RFC 4226 advises."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, now_s: float, last_step: int) -> int | None:
    """The step, counted since 1970, whose code this is; None where it fits none that is newer than the last one used."""
    totp = pyotp.TOTP(secret, interval=STEP_S)
    here = int(now_s) // STEP_S
    for step in range(max(here - SKEW_STEPS, last_step + 1), here + SKEW_STEPS + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            return step
    return None


def address(secret: str, email: str) -> str:
    """What an app reads from the QR code (otpauth:, Google's Key URI Format)."""
    return pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=email, issuer_name=ISSUER)


def backup_codes() -> list[str]:
    """New backup codes, in groups that are easy to copy by hand."""
    return [
        _grouped(base64.b32encode(secrets.token_bytes(BACKUP_BYTES)).decode()) for _ in range(BACKUP_CODES)
    ]


def plain(code: str) -> str:
    """A code as it is compared: without what people put between its parts."""
    return "".join(char for char in code if char.isalnum()).lower()


def _grouped(letters: str) -> str:
    parts = (letters[at : at + BACKUP_GROUP] for at in range(0, len(letters), BACKUP_GROUP))
    return "-".join(parts).lower()
