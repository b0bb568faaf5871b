"""Who a message is from."""

from __future__ import annotations

from typing import Protocol

from sts_protocols import routing
from sts_protocols.errors import RoutingError


class Message(Protocol):
    """What any delivery tells of its sender."""

    @property
    def routing_key(self) -> str | None: ...
    @property
    def user_id(self) -> str | None: ...


class SenderError(Exception):
    """A message whose sender is not the gateway that its routing key names."""


def sender(message: Message, hub: str) -> str:
    """The gateway that a message is from: by its key, and by the broker's word. Raises SenderError.

    `hub` is the hub's own user, who speaks for gateways that came over HTTPS; no gateway can bear that name. The
    broker checks user-id only where it is set, so one without is nobody's.
    """
    try:
        gateway = routing.gateway_of(message.routing_key or "")
    except RoutingError as error:
        raise SenderError(str(error)) from None
    if message.user_id not in (gateway, hub):
        raise SenderError(f"The key says {gateway}, the broker says {message.user_id or 'nobody'}.")
    return gateway
