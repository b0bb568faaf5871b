"""An OpenID provider on loopback (Discovery 1.0, Core 1.0, PKCE), held to the standards by itself, and lying where a test asks.

It signs whoever `person` is in without asking, and remembers what it was asked.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from demo.ports import free_port

CLIENT, SECRET = "sts", "a secret of a client"


@dataclass
class OpenIdProvider:
    """`person`: the claims of whoever signs in; `lies`: claims put over those that are right; `says`: the same for what it
    tells of itself; `tells_email`: in the token, or (false) as userinfo only."""

    issuer: str
    person: dict[str, Any] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    says: dict[str, Any] = field(default_factory=dict)
    info: dict[str, Any] = field(default_factory=dict)
    tells_email: bool = True
    alg: str = "RS256"
    broken: bool = False
    key: Any = None
    shown_keys: list[Any] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rotate()

    def rotate(self, alg: str = "RS256") -> None:
        """From now on sign with another key, and show that one alone."""
        kind: Any = RSAKey.generate_key(2048) if alg == "RS256" else ECKey.generate_key("P-256")
        self.key, self.alg = kind, alg
        self.key.ensure_kid()
        self.shown_keys = [self.key]

    @property
    def app(self) -> Starlette:
        """Its pages."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._configuration),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
                Route("/keys", self._shown),
                Route("/me", self._userinfo),
            ]
        )

    async def _configuration(self, _request: Request) -> Response:
        self.asked.append("configuration")
        if self.broken:
            return Response("down for maintenance", 503)
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/me",
                "end_session_endpoint": f"{self.issuer}/end",
                "authorization_response_iss_parameter_supported": True,
            }
            | self.says
        )

    async def _authorize(self, request: Request) -> Response:
        query = dict(request.query_params)
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = secrets.token_urlsafe()
        self.codes[code] = query
        answer = {"code": code, "state": query["state"], "iss": self.issuer}
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode(answer)}")

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        query = self.codes.pop(form["code"], None)
        login = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        fits = query is not None and (
            request.headers.get("authorization") == f"Basic {login}"
            and form["redirect_uri"] == query["redirect_uri"]
            and base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == query["code_challenge"]
        )
        if query is None or not fits:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse(
            {
                "access_token": "of " + self.person["sub"],
                "token_type": "Bearer",
                "id_token": self._signed(query),
            }
        )

    def _signed(self, query: dict[str, str]) -> str:
        now_s = int(time.time())
        times = {"iat": now_s, "exp": now_s + 300}
        claims = {"iss": self.issuer, "aud": CLIENT, "nonce": query["nonce"], **times, **self.person}
        if not self.tells_email:
            claims = {name: value for name, value in claims.items() if not name.startswith("email")}
        claims = {name: value for name, value in (claims | self.lies).items() if value is not None}
        header = {"alg": self.alg, "kid": self.key.kid}
        return jwt.encode(header, claims, self.key, algorithms=[self.alg])

    async def _shown(self, _request: Request) -> Response:
        self.asked.append("keys")
        return JSONResponse(KeySet(self.shown_keys).as_dict(private=False))

    async def _userinfo(self, request: Request) -> Response:
        if request.headers.get("authorization") != "Bearer of " + self.person["sub"]:
            return Response(status_code=401)
        return JSONResponse(self.person | self.info)


@contextlib.asynccontextmanager
async def serving() -> AsyncIterator[OpenIdProvider]:
    """A provider that answers on a port of loopback."""
    port = free_port()
    provider = OpenIdProvider(f"http://127.0.0.1:{port}")
    server = uvicorn.Server(uvicorn.Config(provider.app, host="127.0.0.1", port=port, log_level="warning"))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server.serve())
    async with asyncio.timeout(30):
        while not server.started:  # noqa: ASYNC110 - it tells in no other way
            await asyncio.sleep(0.02)
    try:
        yield provider
    finally:
        server.should_exit = True
        await task
