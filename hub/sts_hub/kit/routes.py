"""The router of every feature: its routes leave their answer where the session that writes can keep it."""

from collections.abc import Callable, Coroutine
from enum import Enum
from typing import Any, Final

from fastapi import APIRouter  # noqa: TID251 - what all others are to use is made of it
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

PREFIX: Final = "/api/v1"
# Where a route's answer stands in the request's scope from when it is made until it is sent.
ANSWER = "sts.answer"


class _Route(APIRoute):
    """A route whose answer is known before its transaction ends."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            response = await handle(request)
            request.scope[ANSWER] = response
            return response

        return handled


class Router(APIRouter):
    """The routes of one feature."""

    def __init__(self, *, prefix: str = "", tags: list[str | Enum] | None = None) -> None:
        super().__init__(
            prefix=PREFIX + prefix,
            tags=tags,
            route_class=_Route,
            generate_unique_id_function=lambda route: route.name,  # in generated clients, too
        )
