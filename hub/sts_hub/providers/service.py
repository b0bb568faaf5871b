"""Rules of signing in through a provider: only people whom the hub knows or has invited, tied by an e-mail that the provider has verified."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from typing import Final
from uuid import UUID

from sts_hub import logs
from sts_hub.accounts.passwords import Passwords
from sts_hub.accounts.signing_in import Proof, StepEnded, printable
from sts_hub.config import Settings
from sts_hub.errors import Conflict, NotFound, Refusal
from sts_hub.kit import challenges
from sts_hub.kit.challenges import Step
from sts_hub.kit.database import Database, ReadSession, WriteSession, conflicts
from sts_hub.policy import Caller
from sts_hub.providers import register, repository
from sts_hub.providers.openid import OpenIdClient, Person, ProviderRefused, Secrets
from sts_hub.providers.schemas import Identities, Identity, ProviderAnswer, ProviderButton

# How a login says that it is a provider's: this and the provider's id.
WAY: Final = "provider "
# The page of the web app that providers send people back to, and the one to come to after signing out.
PAGE: Final = "/sign-in"

# As an account's name.
LONGEST_NAME: Final = 120

_log = logs.get("sts_hub.providers")


class Stranger(Refusal):
    """The provider knows the person; the hub does not, and makes no account of strangers."""

    status = 403
    type = "no-account"
    title = "There is no account for you here"
    way_out = "Ask an admin of your club to invite the e-mail that your provider knows, then sign in again."


class Providers:
    """The providers of this installation; one for each process, since each remembers what it was told."""

    def __init__(self, settings: Settings) -> None:
        """Raises SettingsError for a file of providers that does not hold."""
        self._origin = settings.own_origin
        self._clients: Mapping[str, OpenIdClient] = {
            one.id: OpenIdClient(one, f"{self._origin}{PAGE}/{one.id}")
            for one in register.read(settings.providers_file)
        }

    @property
    def buttons(self) -> list[ProviderButton]:
        """What the sign-in screen offers."""
        return [ProviderButton(id=one, name=client.provider.name) for one, client in self._clients.items()]

    def client(self, provider: str) -> OpenIdClient:
        """This hub at a provider. Raises NotFound."""
        if provider not in self._clients:
            raise NotFound("There is no such provider.")
        return self._clients[provider]

    def name_of(self, issuer: str) -> str:
        """What people call it."""
        names = (one.provider.name for one in self._clients.values() if one.provider.issuer == issuer)
        return next(names, issuer)

    async def sign_out_address(self, way: str) -> str | None:
        """Where to end a login at its provider too. Raises ProviderAway."""
        client = self._clients.get(way.removeprefix(WAY)) if way.startswith(WAY) else None
        return await client.sign_out_address(f"{self._origin}{PAGE}") if client else None


async def begun(database: Database, client: OpenIdClient) -> tuple[str, str]:
    """Where to send the browser, and the token of the step that waits for its answer. Raises ProviderAway."""
    drawn = Secrets.drawn()
    address = await client.address(drawn)
    noted = {"provider": client.provider.id, **asdict(drawn)}
    async with database.nobody() as session:
        step = await challenges.begin(session, Step.PROVIDER, noted)
    return address, step.token


async def proved(
    database: Database, client: OpenIdClient, step: bytes | None, given: ProviderAnswer, passwords: Passwords
) -> Proof:
    """Whose account the provider's person is. Raises StepEnded, ProviderRefused, ProviderAway, Stranger, Conflict."""
    async with database.nobody() as session:
        waiting = await challenges.taken(session, step, Step.PROVIDER)
    if waiting is None or waiting.content["provider"] != client.provider.id:
        raise StepEnded("No sign-in waits for this provider here.")
    drawn = Secrets(**{name: waiting.content[name] for name in ("state", "nonce", "verifier")})
    if not hmac.compare_digest(drawn.state.encode(), given.state.get_secret_value().encode()):
        raise ProviderRefused("The answer belongs to another sign-in.")
    person = await client.person(given.code.get_secret_value(), given.iss, drawn)
    async with database.nobody() as session:
        account = await repository.enter(session, person.issuer, person.subject, person.email)
    if account is None and person.email is not None:
        account = await _invited(database, person, person.email, passwords)
    if account is None:
        _log.warning("sign-in refused", provider=client.provider.id)
        raise _unknown(person.email is not None)
    return Proof(account, f"{WAY}{client.provider.id}")


async def _invited(database: Database, person: Person, email: str, passwords: Passwords) -> UUID | None:
    """A new account where the e-mail was invited. Its password is one that nobody knows: a recovery sets another."""
    hashed = await passwords.hashed(secrets.token_urlsafe())
    name = printable(person.name).strip()[:LONGEST_NAME] or email.partition("@")[0][:LONGEST_NAME]
    with conflicts({"account_email_key": _unknown(True), "athlete_account_id_key": _HAS_ACCOUNT}):
        async with database.nobody() as session:
            return await repository.join(session, person.issuer, person.subject, email.lower(), name, hashed)


_HAS_ACCOUNT: Final = Conflict(
    "You are invited as an athlete who has an account already.",
    way_out="Sign in with that account, or ask whoever invited you.",
)


async def listed(session: ReadSession, providers: Providers) -> Identities:
    """Who of which provider signs in as the caller."""
    rows = await repository.mine(session)
    return Identities(
        items=[
            Identity(
                id=row.id,
                provider=providers.name_of(row.issuer),
                linked_at=row.linked_at,
                last_used_at=row.last_used_at,
            )
            for row in rows
        ]
    )


async def removed(session: WriteSession, identity_id: UUID) -> None:
    """Untie an identity of the caller. Raises NotFound."""
    if not await repository.remove(session, identity_id):
        raise NotFound("There is no such identity.")


async def way_of(session: ReadSession, caller: Caller) -> str:
    """How the caller's login was proved."""
    return await repository.login_way(session, caller.token_hash)


def _unknown(has_email: bool) -> Refusal:
    if has_email:
        return Stranger(
            "The hub has no account with your e-mail, or ties it to another person of this provider."
        )
    return ProviderRefused(
        "The provider has not verified your e-mail.",
        way_out="Have it verified at the provider, then sign in again; or sign in with your password.",
    )
