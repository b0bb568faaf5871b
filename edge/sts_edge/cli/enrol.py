"""`sts-edge enrol`: from a code to a gateway that its hub knows."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sts_edge.config.placing import put_in_place, store
from sts_edge.enrolment import (
    Asking,
    Enrolled,
    EnrolmentError,
    Hub,
    RefusedError,
    UnreachableError,
    kept_secret,
    own_name,
)

from .call import Call
from .exits import Exit
from .output import Stop
from .sensors import stored

if TYPE_CHECKING:
    from sts_edge.config.editing import SettingsFile

# Settings hold no secret; the password beside them does.
SETTINGS_MODE = 0o640
CA_FILE = "ca.pem"
PASSWORD_FILE = "password"
_EXITS = {"conflict": Exit.USAGE, "broker-away": Exit.UNREACHABLE, "database-away": Exit.UNREACHABLE}


class Wanted(NamedTuple):
    """What was typed."""

    code: str | None
    hub: str | None
    name: str | None
    ca: Path | None
    anew: bool
    sheet: Path | None = None


class _Before(NamedTuple):
    """What the settings say so far; nothing on an empty card."""

    name: str | None
    url: str | None
    password_file: Path

    @property
    def enrolled(self) -> bool:
        return self.name is not None and self.url is not None and _filled(self.password_file)


def enrol(call: Call, wanted: Wanted) -> None:
    """Make a key, show the code, and write what the hub says into the settings."""
    before = _before(call.config)
    if before.enrolled and not wanted.anew:
        _tell_already(call, before)
        return
    if wanted.sheet is not None:
        wanted = _from_sheet(call, wanted, before)
    url = _hub_of(wanted, before)
    name = wanted.name or before.name or own_name()
    if name is None:
        raise Stop(
            Exit.USAGE, "This machine's name is none for a gateway. Next: the same with --name pitch-1"
        )
    code = wanted.code or _typed_code(call)
    try:
        door = Hub(url, wanted.ca)
        fresh, secret = kept_secret(before.password_file)
        _check_settings(call, fresh, url, name)
        with door as hub:
            ends = hub.certificate_ends
            _step(call, "hub reached" + (f", certificate valid to {ends}" if ends else ""))
            told = hub.enrol(Asking(code, secret, name))
    except EnrolmentError as error:
        raise _stop(error) from None
    except OSError as error:
        raise _unwritable(error) from None
    _step(call, f'code accepted: site "{told.site}"')
    _write(call, told, url, before.password_file, fresh, wanted.ca)
    _tell(call, told, ends)


def _from_sheet(call: Call, wanted: Wanted, before: _Before) -> Wanted:
    """What the site sheet has for this gateway: by the name that was typed, or else this machine's."""
    from sts_edge.enrolment import read_sheet

    try:
        sheet = read_sheet(wanted.sheet or Path())
        name = wanted.name or before.name or own_name()
        code = next((one.code for one in sheet.gateways if one.name == name), None)
        if code is None:
            names = ", ".join(one.name for one in sheet.gateways)
            raise Stop(Exit.USAGE, f"Which of {names} is this? Next: the same with --name NAME")
        ca = wanted.ca
        if sheet.ca is not None and ca is None:
            ca = call.config.parent / CA_FILE
            store(ca, sheet.ca, 0o644)
    except EnrolmentError as error:
        raise _stop(error) from None
    except OSError as error:
        raise _unwritable(error) from None
    return wanted._replace(code=code, hub=wanted.hub or sheet.hub, name=name, ca=ca)


def _before(config: Path) -> _Before:
    try:
        tables = tomllib.loads(config.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return _Before(None, None, config.parent / PASSWORD_FILE)
    except OSError as error:
        raise _unwritable(error) from None
    except ValueError as error:
        raise Stop(
            Exit.CONFIGURATION, f"{config} cannot be read: {error}. Next: sts-edge config edit"
        ) from None
    password = _text(tables, "hub", "password_file") or PASSWORD_FILE
    return _Before(_text(tables, "gateway", "name"), _text(tables, "hub", "url"), config.parent / password)


def _text(tables: dict[str, Any], table: str, key: str) -> str | None:
    found = tables.get(table)
    value = found.get(key) if isinstance(found, dict) else None
    return value if isinstance(value, str) else None


def _filled(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except OSError:
        return False


def _hub_of(wanted: Wanted, before: _Before) -> str:
    if wanted.hub is not None:
        return wanted.hub
    if before.enrolled and str(before.url).startswith("http"):
        return str(before.url)
    raise Stop(Exit.USAGE, "Which hub? Next: sts-edge enrol CODE --hub https://hub.example.org")


def _typed_code(call: Call) -> str:
    if not sys.stdin.isatty() or call.output.as_json:
        raise Stop(
            Exit.USAGE,
            "The code is missing: on the hub, sts-hub gateway code. Next: sts-edge enrol CODE --hub URL",
        )
    sys.stderr.write("The code, as the hub shows it: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def _check_settings(call: Call, password: Path, url: str, name: str) -> None:
    """A code is not spent on settings that could not be stored afterwards."""
    from sts_edge.config import ConfigError

    try:
        file = _opened(call.config)
        _put(file, name, url, password, None)
        file.settings()
    except ConfigError as error:
        faults = [fault._asdict() for fault in error.faults]
        raise Stop(
            Exit.CONFIGURATION,
            f"{call.config} must be mended first; the code is not used:\n{error}",
            faults=faults,
        ) from None


def _opened(config: Path) -> SettingsFile:
    """The settings, or on an empty card those that teach, without their example of a sensor."""
    from sts_edge.config import sample_settings
    from sts_edge.config.editing import SettingsFile

    if config.exists():
        return SettingsFile(config)
    file = SettingsFile(config, sample_settings())
    for sensor in file.names("sensors"):
        file.remove("sensors", sensor)
    return file


def _put(file: SettingsFile, name: str, url: str, password: Path, ca: Path | None) -> None:
    file.put("gateway", "name", name)
    file.put("hub", "url", url)
    file.put("hub", "password_file", str(password))
    file.put("hub", "ca_file", None if ca is None else str(ca))


def _write(call: Call, told: Enrolled, url: str, password: Path, fresh: Path, given_ca: Path | None) -> None:
    authority = told.ca or (given_ca.read_text(encoding="utf-8") if given_ca else None)
    ca_file = call.config.parent / CA_FILE
    try:
        if authority is not None:
            store(ca_file, authority, 0o644)
        put_in_place(fresh, password)
        file = _opened(call.config)
        if not call.config.exists():
            store(call.config, file.text, SETTINGS_MODE)
        _put(file, told.gateway, told.url or url, password, ca_file if authority is not None else None)
    except OSError as error:
        raise _unwritable(error) from None
    stored(call, file)


def _step(call: Call, sentence: str) -> None:
    if not call.output.as_json:
        call.output.line(call.output.sign("good", sentence))


def _tell(call: Call, told: Enrolled, ends: str | None) -> None:
    _step(call, f"key made and stored (mode 0600), enrolled as {told.gateway}")
    if call.output.as_json:
        call.output.document(_document(told.gateway, told.site, False, ends))
    else:
        call.output.line("Next: sudo systemctl restart sts-edge; sts-edge status")


def _tell_already(call: Call, before: _Before) -> None:
    if call.output.as_json:
        call.output.document(_document(str(before.name), None, True, None))
        return
    _step(call, f"{before.name} is enrolled already, at {before.url}")
    call.output.line(
        f"To enrol anew, on the hub: sts-hub gateway code --club CLUB --site SITE --name {before.name}; "
        "here: sudo sts-edge enrol CODE --hub URL --anew"
    )


def _document(gateway: str, site: str | None, already: bool, ends: str | None) -> dict[str, Any]:
    return {
        "schema": "sts.edge.enrol/1",
        "gateway": gateway,
        "site": site,
        "already": already,
        "certificate_ends": ends,
    }


def _stop(error: EnrolmentError) -> Stop:
    if isinstance(error, UnreachableError):
        return Stop(Exit.UNREACHABLE, f"{error} Next: sts-edge network show")
    if isinstance(error, RefusedError):
        return Stop(_EXITS.get(error.kind, Exit.FAILED), str(error))
    return Stop(Exit.USAGE, str(error))


def _unwritable(error: OSError) -> Stop:
    if isinstance(error, PermissionError):
        return Stop(Exit.NOT_ALLOWED, f"{error.filename} is not for this user. Next: the same with sudo")
    return Stop(Exit.FAILED, f"{error.filename} cannot be used ({error.strerror}).")
