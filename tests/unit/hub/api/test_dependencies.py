"""What a request depends on runs where the request does: FastAPI sends a plain function to a thread and back, for each
request anew, which takes longer than most of them do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from sts_hub.api.document import bare


def calls(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    if dependant.call is not None:
        yield dependant.call
    for below in dependant.dependencies:
        yield from calls(below)


def in_threads(app: FastAPI) -> set[str]:
    """Names of the functions that each request would run in a thread."""
    routes = [one.original_route for one in iter_route_contexts(app.routes)]
    found = {call for route in routes if isinstance(route, APIRoute) for call in calls(route.dependant)}
    return {
        getattr(call, "__qualname__", type(call).__qualname__)
        for call in found
        if not any(
            is_async(one)
            for is_async in (iscoroutinefunction, isasyncgenfunction)
            for one in (call, type(call).__call__)
        )
    }


def test_nothing_that_a_request_depends_on_runs_in_a_thread() -> None:
    assert in_threads(bare()) == set()


def plain() -> int:
    return 1


def test_a_plain_function_is_found() -> None:
    app = FastAPI()

    @app.get("/one")
    async def one(number: Annotated[int, Depends(plain)]) -> int:
        return number

    assert in_threads(app) == {"plain"}
