"""Problem details (RFC 9457): every error of the API has a type, a status and a way out."""

from http import HTTPStatus
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from sts_hub.errors import Away, BadRequest, CrossSite, Invalid, NotFound, Refusal, TooLarge, TooMany

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:sts:problem:"


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    where: str = Field(description="Part of the request and path in it.", examples=["body.number"])
    what: str = Field(description="What is wrong, as a sentence.")


class Problem(BaseModel):
    """What went wrong, in a form for programs (`type`, `status`) and for people (`detail`, `way_out`)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(
        description="Stable name of the kind of problem.", examples=["urn:sts:problem:not-found"]
    )
    title: str = Field(description="The kind of problem as a sentence.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What happened this time.")
    instance: str = Field(description="The path of the request.")
    way_out: str = Field(description="Who must act and how.")
    request_id: str = Field(description="Found again in the hub's log.")
    faults: list[Fault] = Field(default=[], description="For type invalid: everything that is wrong.")


class _Method(Refusal):
    status = 405
    type = "method-not-allowed"
    title = "This cannot be done here"
    way_out = "Use one of the methods that the header Allow names."


_OF_STATUS: Final[dict[int, type[Refusal]]] = {404: NotFound, 405: _Method, 413: TooLarge}


def answer(request: Request, refusal: Refusal) -> JSONResponse:
    """The response that tells a refusal."""
    problem = Problem(
        type=TYPE_PREFIX + refusal.type,
        title=refusal.title,
        status=refusal.status,
        detail=refusal.detail,
        instance=request.url.path,
        way_out=refusal.way_out_now,
        request_id=str(request.scope.get("sts.request_id", "")),
        **refusal.more,
    )
    content = problem.model_dump(mode="json", exclude_defaults=not refusal.more.get("faults"))
    return JSONResponse(content, refusal.status, headers=refusal.headers, media_type=MEDIA_TYPE)


def install(app: Starlette) -> None:
    """Have the app tell all errors that it expects as problems."""

    async def refused(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Refusal)
        return answer(request, error)

    async def invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return answer(request, Invalid("The request does not fit the document.", faults=faults(error)))

    async def http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        kind = _OF_STATUS.get(error.status_code, BadRequest)
        return answer(request, kind(_sentence(error, request), headers=dict(error.headers or {})))

    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)


def _sentence(error: HTTPException, request: Request) -> str:
    match error.status_code:
        case 404:
            return f"There is nothing at {request.url.path}."
        case 405:
            return f"{request.method} is not possible at {request.url.path}."
        case 413:
            return "The body is over the limit."
        case _:
            return f"{str(error.detail or HTTPStatus(error.status_code).phrase).rstrip(chr(46))}."


def faults(error: RequestValidationError) -> list[Fault]:
    """What is wrong, without repeating what was sent (it may be a password)."""
    return [
        Fault(
            where=".".join(str(part) for part in fault["loc"]),
            what=fault["msg"].removeprefix("Value error, "),
        )
        for fault in error.errors()
    ]


def described(*kinds: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route for these refusals, for the API's document."""
    by_status: dict[int, list[type[Refusal]]] = {}
    every: tuple[type[Refusal], ...] = (*kinds, Invalid, TooMany, Away)
    for kind in every:
        by_status.setdefault(kind.status, []).append(kind)
    return {status: _described(same) for status, same in sorted(by_status.items())}


def _described(kinds: list[type[Refusal]]) -> dict[str, Any]:
    text = "; ".join(dict.fromkeys(f"{kind.title} (`{TYPE_PREFIX}{kind.type}`)" for kind in kinds))
    return {
        "description": text,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


# What every change can be refused with.
UNSAFE: Final[tuple[type[Refusal], ...]] = (BadRequest, CrossSite, TooLarge)
