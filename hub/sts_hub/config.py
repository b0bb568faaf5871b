"""Settings of the hub, read from the environment: STS_NAME, or STS_NAME_FILE naming a file that holds the
value.

A command names the settings it needs; everything missing or wrong is told at once, one sentence each. Secrets
have no default, and a name close to a known one is refused, so that a misspelt setting never passes for a
default.
"""

import difflib
import ipaddress
import os
from collections.abc import Mapping
from email.errors import HeaderParseError
from email.headerregistry import Address
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from sts_hub.errors import SettingsError

PREFIX: Final = "STS_"
_FILE: Final = "_FILE"

_MEANINGS: Final = {
    "db_owner_dsn": "the database as its owner, postgresql://sts_owner@host/sts",
    "db_ingest_dsn": "the database as the ingest role, postgresql://sts_ingest@host/sts",
    "db_api_dsn": "the database as the API's role, postgresql://sts_api@host/sts",
    "amqp_url": "the broker as the hub's own user, amqp://user:password@host:5672/sts",
    "management_url": "the broker's management API, http://user:password@host:15672",
}


class Listen(str):
    """An address to listen on, `host:port`; `[::1]:8080` for IPv6."""

    @property
    def host(self) -> str:
        return self.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.rpartition(":")[2])

    @property
    def loopback(self) -> bool:
        """Whether only this machine can connect."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(value: str) -> Listen:
    host, colon, port = value.rpartition(":")
    if not (host and colon and port.isdecimal() and int(port) <= 65535):
        raise ValueError("is not host:port, for example 127.0.0.1:8080")
    return Listen(value)


def _origin(value: str) -> str:
    if value and not value.startswith(("https://", "http://")):
        raise ValueError("is not an origin, for example https://sts.example.org")
    return value.rstrip("/").lower()


def _gateway_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("amqps", "amqp", "https", "http") or not parts.hostname):
        raise ValueError("is not where gateways come in, for example amqps://sts.example.org:5671/sts")
    if parts.username is not None or parts.password is not None:
        raise ValueError("has a user or password in it, and is told to every gateway: leave them out")
    return value


def _smtp_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("smtp", "smtps") or not parts.hostname):
        raise ValueError(
            "is not a mail server, for example smtp://user@mail.example.org:587 or smtps://...:465"
        )
    if parts.password is not None:
        raise ValueError("has a password in it: put that into STS_SMTP_PASSWORD or a file")
    return value


def _sender(value: str) -> str:
    try:
        known = not value or bool(Address(addr_spec=value).domain)
    except (ValueError, HeaderParseError, IndexError):
        known = False
    if not known:
        raise ValueError("is not an e-mail address, for example sts@club.example")
    return value


def _sealing_key(value: SecretStr) -> SecretStr:
    # 32 random letters are 128 bits and more in any alphabet of 16.
    if 0 < len(value.get_secret_value()) < 32:
        raise ValueError("is shorter than 32 characters; `openssl rand -base64 32` makes one")
    return value


class Settings(BaseSettings):
    """All settings; an empty string means not given (`load` checks those a command needs)."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    db_owner_dsn: SecretStr = SecretStr("")
    db_ingest_dsn: SecretStr = SecretStr("")
    db_api_dsn: SecretStr = SecretStr("")
    amqp_url: SecretStr = SecretStr("")
    management_url: SecretStr = SecretStr("")
    listen: Annotated[str, AfterValidator(_listen)] = Listen("127.0.0.1:8080")
    web_dir: Path | None = None
    insecure_loopback_cookie: bool = False
    public_origin: Annotated[str, AfterValidator(_origin)] = ""
    without_broker: bool = False
    gateway_url: Annotated[str, AfterValidator(_gateway_url)] = ""
    gateway_ca_file: Path | None = None
    # From when somebody may consent alone to an online service: 16 by GDPR Article 8, 13 to 16 by a state's own law.
    digital_consent_age: Annotated[int, Field(ge=13, le=18)] = 16
    export_dir: Path | None = None
    removals_file: Path | None = None
    smtp_url: Annotated[str, AfterValidator(_smtp_url)] = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_from: Annotated[str, AfterValidator(_sender)] = ""
    smtp_ca_file: Path | None = None
    providers_file: Path | None = None
    sealing_key: Annotated[SecretStr, AfterValidator(_sealing_key)] = SecretStr("")
    # For tests and trials: by it a webhook may also be a program on this machine, without TLS.
    webhooks_to_loopback: bool = False
    log_level: Annotated[str, Field(pattern="^(debug|info|warning|error)$")] = "info"

    @property
    def address(self) -> Listen:
        """The address the API listens on."""
        return Listen(self.listen)

    @property
    def own_origin(self) -> str:
        """Where browsers find the hub: the public origin, or on loopback its port; empty where no setting says."""
        if self.public_origin or not self.insecure_loopback_cookie:
            return self.public_origin
        return f"http://localhost:{self.address.port}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load` hands over counts: it has read environment and files together."""
        return (init_settings,)


def load(
    *needed: str,
    with_broker: tuple[str, ...] = (),
    alone: tuple[str, ...] = (),
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Read the settings; `needed` are field names that must be given.

    `with_broker` are those that are needed as well where there is a broker, `alone` where there is none. Raises
    SettingsError with every fault at once.
    """
    environ = os.environ if environ is None else environ
    faults: list[str] = []
    given = {name: value for name, value in _given(environ, faults) if value != ""}
    settings = _checked(given, faults)
    without_broker = settings is not None and settings.without_broker
    faults += [
        f"{PREFIX}{name.upper()} is missing: set it, or {PREFIX}{name.upper()}{_FILE}, to {_MEANINGS[name]}."
        for name in (*needed, *(alone if without_broker else with_broker))
        if name not in given
    ]
    if faults or settings is None:
        raise SettingsError(faults)
    return settings


def _given(environ: Mapping[str, str], faults: list[str]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key in sorted(key for key in environ if key.startswith(PREFIX)):
        name = key.removeprefix(PREFIX).lower()
        if name in Settings.model_fields:
            found.append((name, environ[key]))
        elif name.removesuffix(_FILE.lower()) in Settings.model_fields:
            found.append((name.removesuffix(_FILE.lower()), _from_file(key, environ, faults)))
        else:
            faults += _misspelt(key)
    return found


def _from_file(key: str, environ: Mapping[str, str], faults: list[str]) -> str:
    if key.removesuffix(_FILE) in environ:
        faults.append(f"{key} and {key.removesuffix(_FILE)} are both set: keep one of them.")
    try:
        return Path(environ[key]).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        faults.append(
            f"{key} names {environ[key]}, which cannot be read ({reason}): correct the path or its rights."
        )
        return ""


def _misspelt(key: str) -> list[str]:
    known = [PREFIX + name.upper() + end for name in Settings.model_fields for end in ("", _FILE)]
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.85)
    return [f"{key} is not a setting of the hub: did you mean {near[0]}?"] if near else []


def _checked(given: dict[str, str], faults: list[str]) -> Settings | None:
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            name = f"{PREFIX}{str(fault['loc'][0]).upper()}"
            faults.append(f"{name}: {fault['msg'].removeprefix('Value error, ')}; correct it.")
        return None
