"""What stands around every request, as plain ASGI (a wrapper that buffers would hold up the live stream).

From outside in: headers that make a browser careful; a request id and a log line; limits on requests (`limits.py`) and bodies; the
proof that a change comes from the hub's own pages.
"""

import re
import secrets
import time
from typing import Any, Final

from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sts_hub import logs
from sts_hub.activities.reading.file import LARGEST
from sts_hub.config import Settings
from sts_hub.errors import CrossSite, Refusal, TooLarge
from sts_hub.histories.service import MOST_BYTES as MOST_HISTORY_BYTES
from sts_hub.kit.identity import bearer_of
from sts_hub.kit.problems import answer

# The largest thing a client sends here is an account with two hundred teams: 10 kB. Files are larger.
MAX_BODY_BYTES: Final = 256 * 1024
# A championship of a week in Lenex has 15 MB.
MAX_RESULTS_BYTES: Final = 16 * 1024 * 1024
_FILES: Final = (
    (re.compile(r"/api/v1/athletes/[^/]+/activities"), LARGEST),
    (re.compile(r"/api/v1/competitions/(?:[^/]+/)?files"), MAX_RESULTS_BYTES),
    (re.compile(r"/api/v1/teams/[^/]+/history(?:/preview)?"), MOST_HISTORY_BYTES),
)
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
PROOF: Final = "x-sts-request"

# Scripts, styles and connections only of our own; nobody may put the app into a frame.
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
CAREFUL: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# Two years, as browsers' preload lists ask for; only sent where the hub is reached over TLS.
HSTS: Final = "max-age=63072000; includeSubDomains"

_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_requests = Counter("sts_http_requests", "Requests answered.", ["method", "route", "status"])
_seconds = Histogram(
    "sts_http_request_seconds",
    "Time to the first byte of the answer.",
    ["route"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5),
)
_log = logs.get("sts_hub.api")


class Journal:
    """Gives each request an id, and writes one line when it is answered: no body, no query, no health value.

    What nobody expected is told as a problem, with the traceback in the log and only there.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["sts.request_id"] = _request_id(Headers(scope=scope))
        line = _Line(scope, send)
        try:
            await self._app(scope, receive, line.send)
        except Exception as error:
            _log.error("request failed", exc_info=error, request_id=scope["sts.request_id"])
            if not line.written:
                failed = Refusal("Something happened that the hub did not expect.")
                await refuse(scope, receive, line.send, failed)


class _Line:
    """The line of one request, written when its answer begins."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.written = False
        self._scope = scope
        self._send = send
        self._began = time.perf_counter()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.written = True
            MutableHeaders(scope=message)["X-Request-Id"] = self._scope["sts.request_id"]
            _write_line(self._scope, int(message["status"]), time.perf_counter() - self._began)
        await self._send(message)


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def _write_line(scope: Scope, status: int, seconds: float) -> None:
    route = _route(scope)
    _requests.labels(scope["method"], route, str(status)).inc()
    _seconds.labels(route).observe(seconds)
    write = _log.debug if route in QUIET else _log.info
    write(
        "request",
        request_id=scope["sts.request_id"],
        **{
            "http.request.method": scope["method"],
            "url.path": route,
            "http.response.status_code": status,
            "event.duration": int(seconds * 1e9),
        },
    )


# Asked for every few seconds by machines; a line of each would bury the others.
QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})


def _route(scope: Scope) -> str:
    """The path with its parameters as names: no id of a person goes into logs and labels."""
    route: Any = scope.get("route")
    return "other" if route is None else str(route.path)


class Careful:
    """Adds the headers that make browsers careful."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._tls = settings.public_origin.startswith("https://")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in CAREFUL.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
                if self._tls:
                    headers.setdefault("Strict-Transport-Security", HSTS)
            await send(message)

        await self._app(scope, receive, sending)


class BodyLimit:
    """Refuses bodies over the limit, told by their length or found while reading."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = next((most for path, most in _FILES if path.fullmatch(scope["path"])), MAX_BODY_BYTES)
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isascii() or not length.isdecimal() or int(length) > limit:
            await refuse(scope, receive, send, _too_large(limit))
            return
        taken = 0

        async def receiving() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise HTTPException(413)  # the one kind that the reading of a body lets through
            return message

        await self._app(scope, receiving, send)


def _too_large(limit: int) -> Refusal:
    return TooLarge(f"A request here may have {limit // 1024} KiB at most.")


class OwnPages:
    """Lets a change pass only with our header and an Origin that is the hub's own.

    A page of another site cannot send the header without the hub's leave, and a browser always tells the
    Origin.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._public_origin = settings.public_origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE:
            refusal = self._refusal(Headers(scope=scope))
            if refusal is not None:
                await refuse(scope, receive, send, refusal)
                return
        await self._app(scope, receive, send)

    def _refusal(self, headers: Headers) -> Refusal | None:
        if bearer_of(headers) is not None:  # no browser adds that by itself, and then no cookie counts
            return None
        if headers.get(PROOF) != "1":
            return CrossSite("The header X-STS-Request is missing.")
        origin = headers.get("origin", "").lower()
        host = headers.get("host", "").lower()
        own = {self._public_origin} if self._public_origin else {f"http://{host}", f"https://{host}"}
        if origin not in own:
            return CrossSite("The header Origin is missing or names another site.")
        return None


async def refuse(scope: Scope, receive: Receive, send: Send, refusal: Refusal) -> None:
    """Answer with a refusal."""
    await answer(Request(scope), refusal)(scope, receive, send)
