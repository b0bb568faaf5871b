"""The carrier of events: one signed POST over TLS to the address that was checked; a 2xx answer says that it arrived."""

from __future__ import annotations

import ssl
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import httpx

from sts_hub.config import Settings
from sts_hub.errors import Refusal
from sts_hub.kit.database import WriteSession
from sts_hub.kit.sealing import Sealing
from sts_hub.outbox import service as outbox
from sts_hub.outbox.courier import UndeliveredError
from sts_hub.outbox.mail import Mail
from sts_hub.outbox.message import Outgoing
from sts_hub.outbox.service import Letter
from sts_hub.webhooks import addresses, repository, signature
from sts_hub.webhooks.addresses import AddressError
from sts_hub.webhooks.service import about

# The specification's own schedule: three days and three and a half hours, so a long weekend.
PAUSES_S: Final = (5.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0, 50400.0, 72000.0, 86400.0)
# The specification's 15 to 30 s, within the courier's limit.
ANSWER_S: Final = 20.0
# Nobody is let wait longer than the longest pause, whatever Retry-After says.
LONGEST_RETRY_AFTER_S: Final = 86400.0
# When nothing arrived for so long, the schedule of a first event has ended, and somebody must look.
PATIENCE: Final = timedelta(days=5)


class GoneError(UndeliveredError):
    """410: the other side wants no more events."""


class Webhooks:
    """Delivers events."""

    letters: bool = False
    pauses_s: Sequence[float] = PAUSES_S

    def __init__(
        self,
        settings: Settings,
        mail: Mail,
        sealing: Sealing,
        context: ssl.SSLContext | None = None,
        resolve: addresses.Resolve = addresses.resolve,
    ) -> None:
        """`context`: whom to trust; `resolve`: whom to ask for addresses of names."""
        self._to_loopback = settings.webhooks_to_loopback
        self._mail = mail
        self._sealing = sealing
        self._context = context or ssl.create_default_context()
        self._resolve = resolve

    async def carry(self, message: Outgoing) -> None:
        """Have the webhook hear of it. Raises UndeliveredError."""
        try:
            secrets = self._opened(message)
            url = addresses.checked(message.url or "", self._to_loopback)
            address = await addresses.pinned(url, self._to_loopback, self._resolve)
            status, retry_after = await self._post(url, address, message, secrets)
        except Refusal as refusal:
            raise UndeliveredError(f"{refusal.detail} {refusal.way_out_now}") from None
        except AddressError as error:
            raise UndeliveredError(f"{error} Correct the webhook's URL.") from None
        except (httpx.HTTPError, OSError) as error:
            raise UndeliveredError(
                f"The other side cannot be reached ({type(error).__name__}: {error}): whoever runs it must look."
            ) from None
        if status == httpx.codes.GONE:
            raise GoneError("The other side says 410: it wants no more events.", for_good=True)
        if not 200 <= status < 300:
            raise UndeliveredError(
                f"The other side says {status}: whoever runs it must look.", after_s=_seconds(retry_after)
            )

    def _opened(self, message: Outgoing) -> list[bytes]:
        """The secrets to sign with. Raises Conflict where they were sealed with another key."""
        if message.webhook_id is None or not message.sealed:
            return list(message.secrets)
        return [self._sealing.opened(one, about(message.webhook_id)) for one in message.secrets]

    async def _post(
        self, url: httpx.URL, address: str, message: Outgoing, secrets: Sequence[bytes]
    ) -> tuple[int, str]:
        body = message.body.encode()
        said = {
            **signature.headers(secrets, str(message.id), int(time.time()), body),
            "content-type": "application/json",
            "user-agent": "sts-hub",
            "host": url.netloc.decode("ascii"),
        }
        async with (
            # Neither a proxy nor a redirection may lead to another address than the one that was checked.
            httpx.AsyncClient(
                verify=self._context, trust_env=False, follow_redirects=False, timeout=ANSWER_S
            ) as client,
            client.stream(
                "POST",
                url.copy_with(host=address),
                content=body,
                headers=said,
                extensions={"sni_hostname": url.host},
            ) as answer,
        ):
            return answer.status_code, answer.headers.get("retry-after", "")

    async def settled(self, session: WriteSession, message: Outgoing, fault: UndeliveredError | None) -> None:
        """A webhook that has failed for too long, or wants no more, is disabled, and its admins are written to."""
        reason = None if fault is None else str(fault)
        ended = await repository.settle(
            session, message.webhook_id, reason, isinstance(fault, GoneError), PATIENCE
        )
        if ended is None or not self._mail.sends:
            return
        for admin in ended.admins:
            text = _NOTICE.format(name=ended.name, days=PATIENCE.days, reason=reason)
            await outbox.letter(
                session, message.club_id, Letter("webhook", admin, f"Webhook disabled: {ended.name}", text)
            )


_NOTICE: Final = """\
The webhook "{name}" of your club was disabled: the other side wants no more events, or nothing has arrived there for {days} days.

The last try: {reason}

No event is queued for it until you enable it again; those that failed can then be sent once more.
"""


def _seconds(retry_after: str) -> float:
    """Of the header's two forms the number; a date means the table's own pause."""
    known = retry_after.isascii() and retry_after.isdecimal() and len(retry_after) < 10
    return min(float(retry_after), LONGEST_RETRY_AFTER_S) if known else 0.0
