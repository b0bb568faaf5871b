"""The OpenID providers of an installation: a TOML file that STS_PROVIDERS_FILE names.

[[provider]]
id = "school"                                # in the address that the provider sends people back to
name = "School account"                      # on the button
issuer = "https://login.school.example"
client_id = "sts"
client_secret_file = "/etc/sts/school-secret"    # left out for a public client: then PKCE alone proves it
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from sts_hub.errors import SettingsError


def tls_or_loopback(value: str) -> str:
    """The address, if what is sent there stays between us; raises ValueError."""
    parts = urlsplit(value)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError("is not an https:// address")
    return value


class Provider(BaseModel):
    """A provider as the file names it; `client_secret` is what its secret file holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,29}$")]
    name: Annotated[str, Field(min_length=1, max_length=40)]
    issuer: Annotated[str, AfterValidator(tls_or_loopback)]
    client_id: Annotated[str, Field(min_length=1)]
    client_secret_file: Path | None = None
    client_secret: SecretStr = Field(default=SecretStr(""), exclude=True)


def read(path: Path | None) -> tuple[Provider, ...]:
    """The providers of the file, none without one. Raises SettingsError with every fault at once."""
    if path is None:
        return ()
    faults: list[str] = []
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError([f"STS_PROVIDERS_FILE names {path}, which cannot be read: {error}."]) from None
    listed = told.pop("provider", [])
    if told or not isinstance(listed, list):
        raise SettingsError([f"{path} holds more than [[provider]] tables: {', '.join(told) or 'provider'}."])
    found = [one for table in listed for one in _checked(path, table, faults)]
    twice = {one.id for one in found if [other.id for other in found].count(one.id) > 1}
    faults += [
        f"{path}: two providers are called {name}; give each an id of its own." for name in sorted(twice)
    ]
    if faults:
        raise SettingsError(faults)
    return tuple(found)


def _checked(path: Path, table: Any, faults: list[str]) -> Iterator[Provider]:
    try:
        provider = Provider.model_validate(table)
        yield provider.model_copy(update={"client_secret": _secret(path, provider)})
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            where = ".".join(str(part) for part in fault["loc"])
            what = fault["msg"].removeprefix("Value error, ")
            faults.append(f"{path}: {where or 'a provider'}: {what}; correct it.")
    except OSError as error:
        faults.append(
            f"{path}: client_secret_file cannot be read ({error.strerror}): correct the path or its rights."
        )


def _secret(path: Path, provider: Provider) -> SecretStr:
    if provider.client_secret_file is None:
        return SecretStr("")
    return SecretStr((path.parent / provider.client_secret_file).read_text("utf-8").strip())
