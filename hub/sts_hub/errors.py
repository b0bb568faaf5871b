"""Errors of the hub: each is a sentence that says who must act and how.

`HubError` stops a command: the sentence goes to standard error and the process ends with `exit_code`. A
`Refusal` answers a request: it carries an HTTP status, a type that programs can rely on, and a way out for
the person (RFC 9457).
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class HubError(Exception):
    """A command cannot go on; `str()` is the sentence to print."""

    exit_code: ClassVar[int] = 1


class SettingsError(HubError):
    """The settings are incomplete or wrong; `faults` holds one sentence for each, all of them at once."""

    exit_code = 5

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Refusal(Exception):  # noqa: N818 - an answer, not a fault of ours
    """A request is answered with a problem instead of a result; subclasses state status, type, title and
    way out."""

    status: ClassVar[int] = 500
    type: ClassVar[str] = "internal"
    title: ClassVar[str] = "The hub failed"
    way_out: ClassVar[str] = "Try again; if it happens again, give the request id to whoever runs the hub."

    def __init__(
        self,
        detail: str,
        *,
        way_out: str | None = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.way_out_now = way_out or self.way_out
        self.headers = dict(headers or {})
        self.more = more


class BadRequest(Refusal):
    """The request is not even readable: its body is not JSON in UTF-8."""

    status = 400
    type = "bad-request"
    title = "The request cannot be read"
    way_out = "Send JSON in UTF-8; /api/v1/openapi.json describes what is expected."


class NotSignedIn(Refusal):
    """Nobody is signed in, or the login has ended."""

    status = 401
    type = "not-signed-in"
    title = "Nobody is signed in"
    way_out = "Sign in with POST /api/v1/session."


class WrongCredentials(Refusal):
    """E-mail and password do not belong together; which of them is wrong is not told."""

    status = 401
    type = "wrong-credentials"
    title = "E-mail or password is wrong"
    way_out = "Check both and try again; a letter, or an admin's code, sets a new password."


class Forbidden(Refusal):
    """Who is asking may see the thing but not do this with it."""

    status = 403
    type = "not-allowed"
    title = "Your role does not allow this"
    way_out = "Ask an admin of your club to do it or to change your role."


class CrossSite(Refusal):
    """A changing request does not prove that it comes from the hub's own pages."""

    status = 403
    type = "cross-site"
    title = "The request does not come from the hub's own pages"
    way_out = "Send the header X-STS-Request: 1 and an Origin that is the hub's own address."


class NotFound(Refusal):
    """There is no such thing, or it is not yours to see; the answer is the same."""

    status = 404
    type = "not-found"
    title = "There is nothing here"
    way_out = "Check the address; what belongs to another club or team looks the same as what does not exist."


class Conflict(Refusal):
    """What is asked contradicts what is already there."""

    status = 409
    type = "conflict"
    title = "This contradicts what is already there"
    way_out = "Read the current state and send a change that fits it."


class EditedMeanwhile(Refusal):
    """The edit is based on a state that somebody else has changed; `current` tells what is there now."""

    status = 412
    type = "edited-meanwhile"
    title = "Somebody else has changed this meanwhile"
    way_out = "Look at `current`, put your change into it, and send it with the new ETag in If-Match."


class EditionMissing(Refusal):
    """An edit must say which state it is based on, so that nobody's work is lost silently."""

    status = 428
    type = "edition-missing"
    title = "The edit must say which state it is based on"
    way_out = "Send the header If-Match with the ETag of the answer that you edited."


class TooLarge(Refusal):
    """The body of the request is over the limit."""

    status = 413
    type = "too-large"
    title = "The request is too large"
    way_out = "Send less in one request."


class Invalid(Refusal):
    """The request is not what the document of this API describes."""

    status = 422
    type = "invalid"
    title = "The request is not valid"
    way_out = "Correct what `faults` names; /api/v1/openapi.json describes what is expected."


class TooMany(Refusal):
    """Too many tries or requests in a short time."""

    status = 429
    type = "too-many-tries"
    title = "Too many tries"
    way_out = "Wait as long as Retry-After says, then try again."


class Away(Refusal):
    """A part that the hub needs is not there at the moment."""

    status = 503
    type = "database-away"
    title = "The hub cannot reach its database"
    way_out = "Try again in a few seconds; whoever runs the hub sees the reason under /readyz."
