"""How many requests one caller, or one address whose requests prove no login, may send: so that a script in a loop takes the
hub from nobody else. What is guessed (passwords, codes) has limits of its own, far below.

Each API process counts for itself, in memory: to share the counts would cost every request a way to the database, to
save a club with four processes from a script that is four times as busy. Gateways (`/gateway/v1/`) and the web app's own
files are not counted, and a live stream is one request however long it lasts.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sts_hub.accounts.signing_in import address_of
from sts_hub.api.guards import refuse
from sts_hub.errors import TooMany
from sts_hub.kit.identity import PROVED, Cookie, bearer_of, token_hash

WINDOW_S: Final = 60
# A coach's page of charts of thirty athletes is sixty requests; nobody turns twenty such pages a minute.
CALLER_REQUESTS: Final = 1200
# Forty tablets behind one address that were all signed out over night ask a few times each.
ADDRESS_REQUESTS: Final = 600
# Callers and addresses remembered at once, the one heard last longest; a number for each is a megabyte.
KEYS: Final = 10_000


class Limit:
    """At most `quota` requests at once for each key, which are given back evenly over `window_s` (the generic cell rate
    algorithm, ITU-T I.371: of each key one time is kept, when its quota will be whole again)."""

    def __init__(
        self, name: str, quota: int, window_s: float = WINDOW_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.policy = f'"{name}";q={quota};w={math.ceil(window_s)}'
        self._name = name
        self._window_s = window_s
        self._each_s = window_s / quota
        self._clock = clock
        self._whole_at: OrderedDict[str | bytes, float] = OrderedDict()

    def __contains__(self, key: object) -> bool:
        return key in self._whole_at

    def take(self, key: str | bytes) -> float:
        """One request of this key: 0 where it may be, else how many seconds until it may."""
        now_s = self._clock()
        whole_at = max(self._whole_at.get(key, now_s), now_s) + self._each_s
        wait_s = whole_at - now_s - self._window_s
        if wait_s > _ROUNDING_S:
            return wait_s
        self._whole_at[key] = whole_at
        self._whole_at.move_to_end(key)
        if len(self._whole_at) > KEYS:
            self._whole_at.popitem(last=False)
        return 0.0

    def give_back(self, key: str | bytes) -> None:
        """That request was not this key's."""
        if key in self._whole_at:
            self._whole_at[key] -= self._each_s

    def told(self, key: str | bytes) -> str:
        """What is left, as the header field RateLimit tells it (draft-ietf-httpapi-ratelimit-headers-10)."""
        missing_s = max(self._whole_at.get(key, 0.0) - self._clock(), 0.0)
        left = math.floor((self._window_s - missing_s + _ROUNDING_S) / self._each_s)
        return f'"{self._name}";r={max(left, 0)};t={math.ceil(self._each_s)}'


# Far below one request's share of a window, far above what sums of times are off by.
_ROUNDING_S: Final = 1e-6


class Limits:
    """Both limits of a process."""

    def __init__(
        self,
        callers: int = CALLER_REQUESTS,
        addresses: int = ADDRESS_REQUESTS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.callers = Limit("caller", callers, clock=clock)
        self.addresses = Limit("address", addresses, clock=clock)


class RateLimits:
    """Lets requests to the API pass as long as their caller or address has some left.

    A token counts as a caller once it has proved a login; until then its requests are the address's, so that tokens that
    nobody was given are no way around it.
    """

    def __init__(self, app: ASGIApp, cookie: Cookie) -> None:
        self._app = app
        self._cookie = cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        limits: Limits = scope["app"].state.parts[Limits]
        token, address = self._token(scope), address_of(Request(scope))
        known = token is not None and token in limits.callers
        limit, key = (limits.callers, token or b"") if known else (limits.addresses, address)
        wait_s = limit.take(key)

        async def sending(message: Message) -> None:
            nonlocal limit, key
            if message["type"] == "http.response.start":
                if not known and token is not None and PROVED in scope:
                    limits.addresses.give_back(address)
                    limit, key = limits.callers, token
                    limit.take(key)
                headers = MutableHeaders(scope=message)
                headers["RateLimit-Policy"] = limit.policy
                headers["RateLimit"] = limit.told(key)
            await send(message)

        if wait_s > 0:
            await refuse(scope, receive, sending, _too_many(wait_s))
            return
        await self._app(scope, receive, sending)

    def _token(self, scope: Scope) -> bytes | None:
        bearer = bearer_of(Headers(scope=scope))
        return token_hash(bearer) if bearer is not None else self._cookie.hash_of(Request(scope))


def _too_many(wait_s: float) -> TooMany:
    return TooMany(
        "So many requests in so short a time are a program in a loop.",
        way_out="Wait as long as Retry-After says, and ask for more at once: lists have `limit`, charts take several metrics.",
        headers={"Retry-After": str(math.ceil(wait_s))},
    )
