"""What every way of signing in shares at its routes: who knocks, the doorkeeper, and the answer to who is let in."""

from typing import Annotated, Any, Final

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sts_hub.accounts import service
from sts_hub.accounts.schemas import Me, NextStep
from sts_hub.accounts.signing_in import Doorkeeper, Entered, Visit, Waiting, address_of
from sts_hub.kit.identity import Cookie, StepCookie
from sts_hub.kit.provide import provided

Door = Annotated[Doorkeeper, Depends(provided(Doorkeeper))]
GivenCookie = Annotated[Cookie, Depends(provided(Cookie))]
GivenStep = Annotated[StepCookie, Depends(provided(StepCookie))]

# For the routes that may answer with a further step.
NEXT_STEP: Final[dict[int | str, dict[str, Any]]] = {
    202: {"model": NextStep, "description": "Proved so far; a code of the authenticator app is asked for."}
}


async def _visit(request: Request, cookie: GivenCookie, step: GivenStep) -> Visit:
    return Visit(
        address_of(request),
        cookie.hash_of(request),
        step.hash_of(request),
        request.headers.get("user-agent", ""),
    )


Visiting = Annotated[Visit, Depends(_visit)]


class Entrance:
    """Turns what the doorkeeper says into an answer with its cookies."""

    def __init__(self, response: Response, cookie: Cookie, step: StepCookie) -> None:
        self._response = response
        self._cookie = cookie
        self._step = step

    def wait(self, token: str) -> None:
        """Have the browser bring this token with the next step."""
        self._step.give(self._response, token)

    def answer(self, entry: Entered | Waiting) -> Me | Response:
        """Who is signed in now; or, with status 202, the step that is still to be taken."""
        if isinstance(entry, Waiting):
            told = NextStep(step=entry.step, expires_at=entry.expires_at)
            waiting = JSONResponse(told.model_dump(mode="json"), 202)
            self._step.give(waiting, entry.token)
            return waiting
        self._step.take(self._response)
        self._cookie.give(self._response, entry.token)
        return service.me(entry.caller)


async def _entrance(response: Response, cookie: GivenCookie, step: GivenStep) -> Entrance:
    return Entrance(response, cookie, step)


Entering = Annotated[Entrance, Depends(_entrance)]
