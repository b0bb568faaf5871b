"""How a route gets at the parts that live as long as the process: by their type."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, cast

from fastapi import FastAPI
from starlette.requests import Request

T = TypeVar("T")


def provide(app: FastAPI, part: object, kind: type | None = None) -> None:
    """Make a part available to the routes of this app, by its type or by the one named."""
    if not hasattr(app.state, "parts"):
        app.state.parts = {}
    app.state.parts[kind or type(part)] = part


def provided(kind: type[T]) -> Callable[[Request], Coroutine[Any, Any, T]]:
    """A dependency that answers with the part of this type."""

    async def part(request: Request) -> T:
        return cast("T", request.app.state.parts[kind])

    return part
