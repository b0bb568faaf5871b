"""Who is asking: the cookie of a login, and the account behind it.

The token is 256 random bits; the database keeps its SHA-256 only. The cookie's name begins with `__Host-`: a
browser then takes it only over TLS, for this host alone. On loopback, and only when a setting says so, it is
plain `sts`.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Annotated, ClassVar, Final

from fastapi import Depends
from fastapi.security import APIKeyCookie
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from sts_hub.config import Settings
from sts_hub.errors import Forbidden, NotSignedIn, Refusal, SettingsError
from sts_hub.kit.database import Database
from sts_hub.kit.provide import provided
from sts_hub.policy import Caller, Role, Scope

HOST_COOKIE: Final = "__Host-sts"
PLAIN_COOKIE: Final = "sts"
# Where a login may go that still owes the second factor which its club asks for: to set one up.
SETTING_UP: Final = frozenset(
    {
        "get_me",
        "get_second_factor",
        "begin_second_factor",
        "confirm_second_factor",
        "list_passkeys",
        "begin_passkey",
        "add_passkey",
    }
)

# Stands in the scope of a request whose login or token is known, for what stands around all requests.
PROVED: Final = "sts.proved"

TOKEN_BYTES: Final = 32
# A coach signs in once a week, whatever happens; a tablet left in a bag is signed out after a day.
LASTS: Final = timedelta(days=7)
IDLE: Final = timedelta(hours=24)
# A step of signing in waits while somebody fetches a phone or goes through a provider's pages.
STEP_LASTS: Final = timedelta(minutes=10)

# Only describes the cookie in the API's document; both names are read below.
_SCHEME = APIKeyCookie(name=HOST_COOKIE, auto_error=False, scheme_name="login")


class FactorOwed(Refusal):
    """The club asks this role for a second factor, and this login has shown none."""

    status = 403
    type = "second-factor-owed"
    title = "Your club asks you for a second factor"
    way_out = "Set one up under your account, or sign in with a passkey."


class Cookie:
    """The cookie of a login: its name and how it is set."""

    host_name: ClassVar[str] = HOST_COOKIE
    plain_name: ClassVar[str] = PLAIN_COOKIE
    lasts: ClassVar[timedelta] = LASTS

    def __init__(self, settings: Settings) -> None:
        """Raises SettingsError where a plain cookie would leave the machine."""
        if settings.insecure_loopback_cookie and not settings.address.loopback:
            raise SettingsError(
                [
                    f"STS_INSECURE_LOOPBACK_COOKIE is set, but STS_LISTEN is {settings.listen}: a cookie "
                    "without TLS is for loopback only. Unset it and put the hub behind TLS, or listen on "
                    "127.0.0.1."
                ]
            )
        self.secure = not settings.insecure_loopback_cookie
        self.name = self.host_name if self.secure else self.plain_name

    def give(self, response: Response, token: str) -> None:
        """Set the cookie."""
        response.set_cookie(
            self.name,
            token,
            max_age=int(self.lasts.total_seconds()),
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )

    def take(self, response: Response) -> None:
        """Remove the cookie."""
        response.delete_cookie(self.name, path="/", secure=self.secure, httponly=True, samesite="lax")

    def hash_of(self, request: Request) -> bytes | None:
        """The hash of the token that a request brings, None without one."""
        token = request.cookies.get(self.name)
        return token_hash(token) if token else None


class StepCookie(Cookie):
    """The cookie of a sign-in that waits for its next step."""

    host_name = f"{HOST_COOKIE}-step"
    plain_name = f"{PLAIN_COOKIE}-step"
    lasts = STEP_LASTS


def new_token() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> bytes:
    """What the database knows of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


async def caller_of(database: Database, hashed: bytes) -> Caller | None:
    """The account of a login or a token that has not ended; raises Away when the database cannot be asked."""
    async with database.nobody() as session:
        row = await session.row("SELECT *, NULL::text[] AS scopes FROM sts.login_of($1, $2)", hashed, IDLE)
        seen = "SELECT sts.login_seen($1)"
        if row is None:
            row = await session.row("SELECT *, false AS owes FROM sts.token_of($1)", hashed)
            seen = "SELECT sts.token_used($1)"
        if row is None:
            return None
        if row["stale"]:
            await session.do(seen, hashed)
    return Caller(
        account_id=row["account_id"],
        club_id=row["club_id"],
        role=Role(row["role"]),
        teams=frozenset(row["teams"]),
        wards=frozenset(row["wards"]),
        scopes=None if row["scopes"] is None else frozenset(Scope(scope) for scope in row["scopes"]),
        name=row["name"],
        email=row["email"],
        club_name=row["club_name"],
        token_hash=hashed,
        owes_factor=row["owes"],
    )


def bearer_of(headers: Headers) -> str | None:
    """The token that a script brings in the header Authorization (RFC 6750), None without one."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


async def _asking(
    request: Request,
    _described: Annotated[str | None, Depends(_SCHEME)],
    cookie: Annotated[Cookie, Depends(provided(Cookie))],
    database: Annotated[Database, Depends(provided(Database))],
) -> Caller:
    token = bearer_of(request.headers)
    hashed = token_hash(token) if token is not None else cookie.hash_of(request)
    if hashed is None:
        raise NotSignedIn("This needs a login.")
    caller = await caller_of(database, hashed)
    if caller is None:
        raise NotSignedIn("The login or token has ended.")
    request.scope[PROVED] = True
    if caller.owes_factor and request.scope["route"].name not in SETTING_UP:
        raise FactorOwed("This login has shown no second factor.")
    return caller


Asking = Annotated[Caller, Depends(_asking)]


async def _in_person(caller: Asking) -> Caller:
    if caller.scopes is not None:
        raise Forbidden("A token does not do this.", way_out="Sign in with e-mail and password.")
    return caller


# Whoever asks, with a login: for what opens further ways in.
InPerson = Annotated[Caller, Depends(_in_person)]
