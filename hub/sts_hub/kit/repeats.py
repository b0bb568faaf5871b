"""A change that is sent twice is made once: the header Idempotency-Key names it.

The key and the answer stand in the transaction of the change itself, so there are both or neither, whatever is
killed in between. A second request under the same key waits for the first and is told its answer; with another
content it is refused. What was refused has changed nothing and is tried anew.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from sts_hub.db import queries
from sts_hub.errors import Invalid
from sts_hub.kit.routes import ANSWER
from sts_hub.kit.shapes import ShownOnce

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request

    from sts_hub.kit.database import WriteSession
    from sts_hub.policy import Caller

# How long a key names the same change, as sts.kept_answer's sweep has it: a tablet without a network for a day.
KEPT_H: Final = 24

_SQL = queries.load("sts_hub.kit")


class Repeated(Exception):  # noqa: N818 - an answer, not a fault
    """The change was made already; `response` is what was answered then."""

    def __init__(self, response: Response) -> None:
        super().__init__("this change was made already")
        self.response = response


async def claim(session: WriteSession, caller: Caller, key: str, request: Request) -> None:
    """Take the key for this request. Raises Repeated when its change was made, Invalid when the key names another."""
    digest = await _digest(request)
    await session.do(_SQL.forget_answers, caller.account_id, KEPT_H)
    if await session.value(_SQL.claim, caller.account_id, key, digest) is not None:
        return
    kept = await session.one(_SQL.kept_answer, caller.account_id, key)
    if kept["digest"] != digest:
        raise Invalid(
            "This Idempotency-Key was already used for another request.",
            way_out="Draw a new key for each change; use one again only to send the same change again.",
        )
    if kept["body"] is None:
        raise Invalid(
            "This was done already, and its answer is told only once.",
            way_out="If the answer was lost, make another one under a new Idempotency-Key.",
        )
    raise Repeated(_response(kept["status"], kept["body"], kept["etag"]))


async def keep(session: WriteSession, caller: Caller, key: str, request: Request) -> None:
    """Keep the answer of the change under its key; of one that is told only once, that there was one."""
    answer: Response = request.scope[ANSWER]
    etag = answer.headers.get("etag")
    body = None if _told_once(request) else bytes(answer.body)
    await session.do(_SQL.keep_answer, caller.account_id, key, answer.status_code, body, etag)


def _told_once(request: Request) -> bool:
    shape = request.scope["route"].response_model
    return isinstance(shape, type) and issubclass(shape, ShownOnce)


async def _digest(request: Request) -> bytes:
    """What the request asks for: method, address and body."""
    asked = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return hashlib.sha256(asked + await request.body()).digest()


def _response(status: int, body: bytes, etag: str | None) -> Response:
    headers = {"Idempotency-Replayed": "true"} | ({"ETag": etag} if etag else {})
    return Response(body, status, headers, media_type="application/json" if body else None)


def install(app: Starlette) -> None:
    """Have the app tell the answer of a change that was made already."""

    async def repeated(_request: Request, error: Exception) -> Response:
        assert isinstance(error, Repeated)
        return error.response

    app.add_exception_handler(Repeated, repeated)
