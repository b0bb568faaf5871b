"""RabbitMQ's management API, as much of it as the hub needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, unquote, urlsplit

import httpx
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_fixed

from sts_hub.errors import HubError

if TYPE_CHECKING:
    from types import TracebackType

DELETES, DELETE_AGAIN_S = 4, 0.25
ANSWER_S = 10.0
"""The API gathers figures from all nodes before it answers; more than a few seconds means that one is gone.
"""


class BrokerError(HubError):
    """The broker is not as the hub needs it; the sentence says what to change."""


class _FailedInsideError(BrokerError):
    """The broker itself failed over it (status 500)."""


class Management:
    """A client of the management API: `async with Management(url, vhost) as management`."""

    def __init__(self, url: str, vhost: str) -> None:
        """`url` is http://user:password@host:port; `vhost` the one that all calls are about."""
        parts = urlsplit(url)
        user = (unquote(parts.username or ""), unquote(parts.password or ""))
        base = f"{parts.scheme}://{parts.hostname}:{parts.port or 15672}{parts.path.rstrip('/')}/api"
        self.vhost = vhost
        self._client = httpx.AsyncClient(base_url=base, auth=user, timeout=ANSWER_S, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def get(self, *path: str) -> Any:
        """What stands there; None when there is nothing. Raises BrokerError."""
        answer = await self._call("GET", path)
        return None if answer.status_code == httpx.codes.NOT_FOUND else answer.json()

    async def put(self, *path: str, **body: object) -> None:
        """Make it so. Raises BrokerError."""
        await self._call("PUT", path, body)

    async def delete(self, *path: str) -> None:
        """Have it gone. Raises BrokerError.

        RabbitMQ fails inside (500) when what is deleted goes by itself at that moment; asked again, it is gone.
        """
        trying = AsyncRetrying(
            retry=retry_if_exception_type(_FailedInsideError),
            stop=stop_after_attempt(DELETES),
            wait=wait_fixed(DELETE_AGAIN_S),
            reraise=True,
        )
        await trying(self._call, "DELETE", path)

    async def _call(
        self, method: str, path: tuple[str, ...], body: dict[str, object] | None = None
    ) -> httpx.Response:
        address = "/" + "/".join(quote(part, safe="") for part in path)
        try:
            answer = await self._client.request(method, address, json=body)
        except httpx.HTTPError as error:
            raise BrokerError(
                f"The broker's management API does not answer ({error or type(error).__name__}): "
                "check STS_MANAGEMENT_URL, and that the plugin rabbitmq_management is enabled."
            ) from None
        if answer.is_error and answer.status_code != httpx.codes.NOT_FOUND:
            inside = answer.status_code == httpx.codes.INTERNAL_SERVER_ERROR
            raise (_FailedInsideError if inside else BrokerError)(
                f"The broker's management API refuses {method} {address} with status {answer.status_code}: "
                "check the user in STS_MANAGEMENT_URL (it needs the tag administrator)."
            )
        return answer


def user_of(amqp_url: str) -> str:
    """The user in an AMQP URL; none means the broker's default."""
    return unquote(urlsplit(amqp_url).username or "guest")


def vhost_of(amqp_url: str) -> str:
    """The virtual host in an AMQP URL; none or an empty one means the default, `/`."""
    return unquote(urlsplit(amqp_url).path.removeprefix("/")) or "/"
