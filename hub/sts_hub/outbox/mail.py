"""The carrier of letters: SMTP (RFC 5321) to the club's own mail server, over TLS from the first byte (RFC 8314) or by
STARTTLS (RFC 3207). Only a server on this machine is spoken to without.
"""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib
import msgspec

from sts_hub.config import Settings, is_loopback
from sts_hub.errors import Conflict, SettingsError
from sts_hub.kit.database import WriteSession
from sts_hub.outbox.courier import UndeliveredError
from sts_hub.outbox.message import Outgoing

# Greylisting lets a second try pass after minutes, and a server that is down overnight is back in the morning: after
# 23 h 21 min, a day as people count it, the letter has failed and an admin sees why.
PAUSES_S: Final = (60.0, 300.0, 900.0, 3600.0, 7200.0, 14400.0, 28800.0, 28800.0)
# Each step of the dialogue; the whole has the courier's limit.
STEP_S: Final = 15.0


class Mail:
    """Sends letters, where the settings say by which server."""

    letters: bool = True
    pauses_s: Sequence[float] = PAUSES_S

    def __init__(self, settings: Settings) -> None:
        """Raises SettingsError for settings that do not belong together."""
        faults = _faults(settings)
        if faults:
            raise SettingsError(faults)
        parts = urlsplit(settings.smtp_url)
        self._from = settings.smtp_from
        self._host = parts.hostname or ""
        self._port = parts.port
        self._user = unquote(parts.username) if parts.username else None
        self._password = settings.smtp_password.get_secret_value() or None
        self._tls = parts.scheme == "smtps"
        # None: by STARTTLS where the server offers it, which is enough on this machine.
        self._starttls = None if is_loopback(self._host) else not self._tls
        self._context = ssl.create_default_context(cafile=settings.smtp_ca_file)

    @property
    def sends(self) -> bool:
        """Whether this hub sends letters at all."""
        return bool(self._host)

    def needed(self, way_out: str) -> None:
        """Raises Conflict where this hub sends none; `way_out` says what to do instead."""
        if not self.sends:
            raise Conflict("This hub sends no e-mail: STS_SMTP_URL is not set.", way_out=way_out)

    async def carry(self, message: Outgoing) -> None:
        """Hand a letter to the mail server. Raises UndeliveredError."""
        if not self.sends:
            raise UndeliveredError(
                "This hub sends no e-mail: whoever runs it sets STS_SMTP_URL.", for_good=True
            )
        letter = self._letter(message)
        try:
            await aiosmtplib.send(
                letter,
                sender=letter["From"].addresses[0].addr_spec,
                recipients=[message.address or ""],
                hostname=self._host,
                port=self._port,
                username=self._user,
                password=self._password,
                use_tls=self._tls,
                start_tls=self._starttls if not self._tls else False,
                tls_context=self._context,
                timeout=STEP_S,
            )
        except aiosmtplib.SMTPRecipientsRefused as refused:
            raise _told(refused.recipients[0]) from None
        except aiosmtplib.SMTPResponseException as refused:
            raise _told(refused) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise UndeliveredError(
                f"The mail server cannot be reached or breaks off ({error}): whoever runs the hub checks STS_SMTP_URL."
            ) from None

    async def settled(self, session: WriteSession, message: Outgoing, fault: UndeliveredError | None) -> None:
        """Nothing follows."""

    def _letter(self, message: Outgoing) -> EmailMessage:
        said = msgspec.json.decode(message.body, type=dict[str, str])
        letter = EmailMessage(policy=SMTP)
        try:
            letter["To"] = Address(addr_spec=message.address)
        except ValueError:
            raise UndeliveredError("This is no e-mail address: correct it.", for_good=True) from None
        letter["From"] = self._from
        letter["Subject"] = said["subject"]
        letter["Date"] = formatdate(usegmt=True)
        # The same at each try, so that a mailbox can know a copy.
        letter["Message-ID"] = f"<{message.id}@{letter['From'].addresses[0].domain}>"
        letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
        letter.set_content(said["text"])
        return letter


def _faults(settings: Settings) -> list[str]:
    if not settings.smtp_url:
        return []
    faults = [
        f"STS_SMTP_URL is set, and {name} is not: set it to {meaning}."
        for name, value, meaning in (
            ("STS_SMTP_FROM", settings.smtp_from, "who sends the letters, for example sts@club.example"),
            ("STS_PUBLIC_ORIGIN", settings.public_origin, "the hub's own address, which letters link to"),
        )
        if not value
    ]
    file = settings.smtp_ca_file
    if file is not None and not file.is_file():
        faults.append(f"STS_SMTP_CA_FILE names {file}, which is no file: correct the path.")
    return faults


# What is wrong with the one letter or its reader; all else (the sender is refused, the password wrong) is for whoever runs
# the hub to put right, and meanwhile the letter waits.
_OF_THE_LETTER: Final = (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError)


def _told(refused: aiosmtplib.SMTPResponseException) -> UndeliveredError:
    """5yz: do not try again (RFC 5321, 4.2.1)."""
    for_good = refused.code >= 500 and isinstance(refused, _OF_THE_LETTER)
    act = "check the address" if for_good else "whoever runs the hub looks at the mail server"
    return UndeliveredError(
        f"The mail server says {refused.code} {refused.message}: {act}.", for_good=for_good
    )
