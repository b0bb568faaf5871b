"""The four requests of a gateway: let me in by this code, is this my hub, take these records, hear this beat.

It stands before the API, not in it: no browser comes here, so none of what makes browsers careful is sent four
times a second. The wire is described in protocols/README.md; refusals are problem documents as everywhere.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from prometheus_client import Counter
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sts_hub import logs
from sts_hub.accounts.signing_in import address_of
from sts_hub.door.intake import Intake
from sts_hub.door.keys import Keys
from sts_hub.enrolment.schemas import Asked
from sts_hub.enrolment.service import Enrolment
from sts_hub.errors import Invalid, Refusal, TooLarge
from sts_hub.kit import problems
from sts_protocols.beat import MAX_BEAT_BYTES, decode_beat
from sts_protocols.errors import BeatError
from sts_protocols.record import MAX_MESSAGE_BYTES
from sts_protocols.routing import BEAT_CONTENT_TYPE, HTTP_DOOR, Lane

# A code, a secret and a name.
MAX_ENROL_BYTES = 4096

_asked = Counter("sts_door_requests", "Requests of gateways over HTTPS.", ["what", "status"])
_log = logs.get("sts_hub.door")


class Door:
    """Answers gateways, and hands everything else on."""

    def __init__(self, app: ASGIApp, keys: Keys, intake: Intake, enrolment: Enrolment | None = None) -> None:
        """Without `enrolment` nobody new comes in here."""
        self._app = app
        self._keys = keys
        self._intake = intake
        self._door = Starlette(
            routes=[
                Route(HTTP_DOOR + "me", self._me, methods=["GET"]),
                Route(HTTP_DOOR + "records", self._records, methods=["POST"]),
                Route(HTTP_DOOR + "beat", self._beat, methods=["POST"]),
            ]
        )
        if enrolment is not None:
            self._door.routes.append(Route(HTTP_DOOR + "enrol", _enrolling(enrolment), methods=["POST"]))
        problems.install(self._door)
        self._door.add_exception_handler(Exception, _failed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        inside = scope["type"] == "http" and scope["path"].startswith(HTTP_DOOR)
        await (self._door if inside else self._app)(scope, receive, send)

    async def _me(self, request: Request) -> Response:
        await self._keys.gateway_of(request)
        self._intake.ready()
        return _done("me", Response(status_code=204))

    async def _records(self, request: Request) -> Response:
        gateway = await self._keys.gateway_of(request)
        lane = _lane(request)
        await self._intake.take(gateway, lane, await _body(request, MAX_MESSAGE_BYTES))
        return _done(lane, Response(status_code=204))

    async def _beat(self, request: Request) -> Response:
        gateway = await self._keys.gateway_of(request)
        try:
            beat = decode_beat(await _body(request, MAX_BEAT_BYTES))
        except BeatError as error:
            raise Invalid(f"This is no beat: {error}.") from error
        if beat.gateway != gateway:
            raise Invalid(f"{gateway} brings a beat of {beat.gateway}.")
        return _done("beat", Response(await self._intake.beat(beat), media_type=BEAT_CONTENT_TYPE))


def _enrolling(enrolment: Enrolment) -> Callable[[Request], Awaitable[Response]]:
    async def enrol(request: Request) -> Response:
        try:
            asked = Asked.model_validate_json(await _body(request, MAX_ENROL_BYTES))
        except ValidationError as error:
            wrong = ", ".join(
                sorted({str(fault["loc"][0]) if fault["loc"] else "body" for fault in error.errors()})
            )
            raise Invalid(
                f"Send code, secret (43 characters or more) and name as JSON; wrong here: {wrong}."
            ) from None
        enrolled = await enrolment.enrol(address_of(request), asked)
        return _done("enrol", Response(enrolled.model_dump_json(), media_type="application/json"))

    return enrol


def _lane(request: Request) -> Lane:
    match request.query_params.get("lane"):
        case "live":
            return "live"
        case "backlog":
            return "backlog"
        case "document":
            return "document"
    raise Invalid("The lane is missing: add ?lane=live, ?lane=backlog or ?lane=document.")


async def _body(request: Request, limit: int) -> bytes:
    """The whole body. Raises TooLarge as soon as it is longer than the limit, with the limit."""
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > limit:
                raise TooLarge(f"A message may have {limit} bytes at most.", limit_bytes=limit)
    except ClientDisconnect:
        raise Invalid("The connection ended before the message did.") from None
    return bytes(body)


def _done(what: str, response: Response) -> Response:
    _asked.labels(what, str(response.status_code)).inc()
    return response


async def _failed(request: Request, error: Exception) -> Response:
    _log.error("request failed", exc_info=error)
    return problems.answer(request, Refusal("Something happened that the hub did not expect."))
