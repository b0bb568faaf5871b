"""OpenID Connect with one provider: Discovery 1.0, Core 1.0 (authorization code, 3.1) with PKCE (RFC 7636) and the issuer in
the answer (RFC 9207). Signatures and claims of tokens are checked by joserfc."""

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet, KeySetSerialization
from pydantic import BaseModel, ValidationError

from sts_hub import logs
from sts_hub.errors import Refusal
from sts_hub.providers.register import Provider, tls_or_loopback

# A person looks at a blank page meanwhile.
ANSWER_S: Final = 10.0
# What a provider says of itself changes when it is moved; its keys are asked for anew whenever one is not known.
METADATA_LASTS_S: Final = 3600.0
# Clocks of two servers that are set by NTP, and of one that is not quite.
LEEWAY_S: Final = 60
# Signatures by the provider's own key: a shared secret or none would let others sign.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
# Core, 2: a subject has 255 characters at most.
LONGEST_SUBJECT: Final = 255

_log = logs.get("sts_hub.providers")


class ProviderRefused(Refusal):
    """What the provider or the browser brings proves nothing."""

    status = 403
    type = "provider-refused"
    title = "This sign-in at the provider was not accepted"
    way_out = "Begin the sign-in again; if it fails again, sign in with your password and tell whoever runs the hub."


class ProviderAway(Refusal):
    """The provider does not answer, or answers what nobody can read."""

    status = 503
    type = "provider-away"
    title = "The provider does not answer"
    way_out = "Try again in a few minutes, or sign in with your password."


class Metadata(BaseModel):
    """What a provider says of itself, as far as we use it (Discovery, 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]
    authorization_response_iss_parameter_supported: bool = False


@dataclass(frozen=True, slots=True)
class Secrets:
    """What ties an answer to the request that asked for it."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def drawn(cls) -> "Secrets":
        """New ones, 256 bits each."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the provider has signed in; `email` only where it has verified it."""

    issuer: str
    subject: str
    email: str | None
    name: str


class OpenIdClient:
    """This hub at one provider. `back`: the address that the provider sends people back to."""

    def __init__(self, provider: Provider, back: str) -> None:
        self.provider = provider
        self._back = back
        self._metadata: Metadata | None = None
        self._asked_at_s = 0.0
        self._keys: KeySet | None = None

    async def address(self, drawn: Secrets) -> str:
        """Where to send the browser. Raises ProviderAway."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(drawn.verifier.encode()).digest()).rstrip(b"=")
        query = {
            "response_type": "code",
            "client_id": self.provider.client_id,
            "redirect_uri": self._back,
            "scope": "openid email profile",
            "state": drawn.state,
            "nonce": drawn.nonce,
            "code_challenge": challenge.decode(),
            "code_challenge_method": "S256",
        }
        async with _http() as http:
            return _with_query((await self._known(http)).authorization_endpoint, query)

    async def sign_out_address(self, after: str) -> str | None:
        """Where to end the login at the provider too (RP-Initiated Logout 1.0, 2); None where it offers none."""
        async with _http() as http:
            end = (await self._known(http)).end_session_endpoint
        query = {"client_id": self.provider.client_id, "post_logout_redirect_uri": after}
        return _with_query(end, query) if end else None

    async def person(self, code: str, issuer: str | None, drawn: Secrets) -> Person:
        """Whom this code stands for. Raises ProviderRefused or ProviderAway."""
        async with _http() as http:
            known = await self._known(http)
            if issuer != known.issuer and (issuer or known.authorization_response_iss_parameter_supported):
                raise _refused("The answer is another provider's.")
            tokens = await self._tokens(http, known, code, drawn.verifier)
            claims = await self._claims(http, known, str(tokens.get("id_token", "")), drawn.nonce)
            if "email" not in claims and known.userinfo_endpoint:
                claims |= await self._userinfo(http, known.userinfo_endpoint, tokens, claims["sub"])
        verified = claims.get("email_verified") is True
        email = str(claims.get("email")) if verified else None
        return Person(known.issuer, claims["sub"], email, str(claims.get("name") or ""))

    async def _known(self, http: httpx.AsyncClient) -> Metadata:
        if self._metadata is None or time.monotonic() - self._asked_at_s > METADATA_LASTS_S:
            told = await _json(http, f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration")
            self._metadata, self._asked_at_s, self._keys = self._metadata_of(told), time.monotonic(), None
        return self._metadata

    def _metadata_of(self, told: Any) -> Metadata:
        try:
            metadata = Metadata.model_validate(told)
            for address in (metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri):
                tls_or_loopback(address)
        except (ValidationError, ValueError) as error:
            raise _away(f"what it says of itself is no configuration: {type(error).__name__}") from error
        if metadata.issuer != self.provider.issuer:  # Discovery, 4.3
            raise _away("it calls itself by another issuer")
        return metadata

    async def _tokens(
        self, http: httpx.AsyncClient, known: Metadata, code: str, verifier: str
    ) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "code_verifier": verifier,
        }
        secret = self.provider.client_secret.get_secret_value()
        by_header = bool(secret) and "client_secret_basic" in known.token_endpoint_auth_methods_supported
        auth = httpx.BasicAuth(self.provider.client_id, secret) if by_header else None
        if not by_header:
            form |= {"client_id": self.provider.client_id} | ({"client_secret": secret} if secret else {})
        answer = await _answer(
            http.post(known.token_endpoint, data=form, auth=auth or httpx.USE_CLIENT_DEFAULT)
        )
        if answer.is_client_error:
            raise _refused("The provider does not know this code.")
        return _object(answer)

    async def _claims(
        self, http: httpx.AsyncClient, known: Metadata, token: str, nonce: str
    ) -> dict[str, Any]:
        """Core, 3.1.3.7."""
        now_s = int(time.time())
        wanted = jwt.JWTClaimsRegistry(
            now=now_s,
            leeway=LEEWAY_S,
            iss={"essential": True, "value": known.issuer},
            sub={"essential": True},
            aud={"essential": True, "value": self.provider.client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            claims = dict((await self._decoded(http, known, token)).claims)
            wanted.validate(claims)
            self._check_parties(claims)
        except (JoseError, ValueError, TypeError, LookupError) as error:
            raise _refused("The provider's token does not hold.") from error
        return claims

    def _check_parties(self, claims: dict[str, Any]) -> None:
        party, several = claims.get("azp"), isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (party or several) and party != self.provider.client_id:
            raise ValueError("the token was made for another party")
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= LONGEST_SUBJECT:
            raise ValueError("the subject is none")

    async def _decoded(self, http: httpx.AsyncClient, known: Metadata, token: str) -> jwt.Token:
        """The token by a key of the provider; one that is not known may be new (Core, 10.1.1)."""
        if self._keys is not None:
            try:
                return jwt.decode(token, self._keys, algorithms=ALGORITHMS)
            except InvalidKeyIdError:
                pass
        self._keys = KeySet.import_key_set(cast("KeySetSerialization", await _json(http, known.jwks_uri)))
        return jwt.decode(token, self._keys, algorithms=ALGORITHMS)

    async def _userinfo(
        self, http: httpx.AsyncClient, address: str, tokens: dict[str, Any], subject: str
    ) -> dict[str, Any]:
        """Core, 5.3: the e-mail of providers that do not put it into the token."""
        told = await _json(http, address, headers={"Authorization": f"Bearer {tokens.get('access_token')}"})
        if told.get("sub") != subject:
            raise _refused("The provider tells of another person.")
        return {name: told[name] for name in ("email", "email_verified", "name") if name in told}


def _http() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=ANSWER_S, headers={"Accept": "application/json"})


async def _json(http: httpx.AsyncClient, address: str, **how: Any) -> dict[str, Any]:
    return _object(await _answer(http.get(address, **how)))


async def _answer(asked: Any) -> httpx.Response:
    try:
        answer: httpx.Response = await asked
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _away(type(error).__name__) from error
    if answer.is_server_error:
        raise _away(f"status {answer.status_code}")
    return answer


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        told = None
    if not answer.is_success or not isinstance(told, dict):
        raise _away(f"status {answer.status_code} without the object that was asked for")
    return told


def _with_query(address: str, query: dict[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"


def _away(why: str) -> ProviderAway:
    _log.warning("provider away", reason=why)
    return ProviderAway("The provider does not answer as it should.")


def _refused(why: str) -> ProviderRefused:
    return ProviderRefused(why)
