"""Rules that reach beyond one key: duplicates, addresses, files that hold secrets.

Each takes the tables as read, of whatever type, and yields (path of the key, sentence): a fault in one key
must not hide a fault in another.
"""

import ipaddress
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from .lines import KeyPath

Check = Callable[[Mapping[str, Any], Path], Iterator[tuple[KeyPath, str]]]
Found = Iterator[tuple[KeyPath, str]]

# What may stand before an address, and what of the same kind encrypts.
ENCRYPTED = {"amqp": "amqps", "amqps": "amqps", "http": "https", "https": "https"}


def _text(tables: Mapping[str, Any], table: str, key: str) -> str | None:
    value = tables.get(table)
    value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None


def one_device_one_name(tables: Mapping[str, Any], base: Path) -> Found:
    """Two sensors may share neither a name nor an address."""
    sensors = tables.get("sensors")
    for key in ("name", "address"):
        first: dict[str, int] = {}
        for number, sensor in enumerate(sensors if isinstance(sensors, list) else []):
            value = sensor.get(key) if isinstance(sensor, dict) else None
            if not isinstance(value, str):
                continue
            before = first.setdefault(value.upper(), number)
            if before != number:
                sentence = f'sensors[{number + 1}].{key} = "{value}"  sensors[{before + 1}] has it already; '
                yield ("sensors", number, key), sentence + "each device has one name and one address"


def streams_of_polar(tables: Mapping[str, Any], base: Path) -> Found:
    """Only a Polar sensor can be asked for streams."""
    sensors = tables.get("sensors")
    for number, sensor in enumerate(sensors if isinstance(sensors, list) else []):
        if isinstance(sensor, dict) and sensor.get("streams") and sensor.get("kind") != "polar":
            yield (
                ("sensors", number, "streams"),
                f'sensors[{number + 1}].streams  only a sensor of kind = "polar" has streams: take them out, or '
                "mend its kind",
            )


def one_port_one_name(tables: Mapping[str, Any], base: Path) -> Found:
    """Two ports share no device, and no name with each other or a sensor."""
    ports, sensors = (_entries(tables, name) for name in ("ports", "sensors"))
    taken = {sensor.get("name"): f"sensors[{number + 1}]" for number, sensor in enumerate(sensors)}
    devices: dict[object, str] = {}
    for number, port in enumerate(ports):
        for key, before in (("name", taken), ("device", devices)):
            value = port.get(key)
            if not isinstance(value, str):
                continue
            other = before.setdefault(value, f"ports[{number + 1}]")
            if other != f"ports[{number + 1}]":
                sentence = (
                    f'ports[{number + 1}].{key} = "{value}"  {other} has it already; each device has its own'
                )
                yield ("ports", number, key), sentence


def _entries(tables: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    entries = tables.get(name)
    return [one if isinstance(one, dict) else {} for one in entries] if isinstance(entries, list) else []


def hub_address(tables: Mapping[str, Any], base: Path) -> Found:
    """The hub's address is usable, holds no secret, and is encrypted unless it is this machine."""
    given = _text(tables, "hub", "url")
    if given is None:
        return
    path = ("hub", "url")
    example = "for example amqps://hub.example.org:5671/sts"
    try:
        url = urlsplit(given)
        port_is_right = url.port is None or url.port > 0
    except ValueError:
        url, port_is_right = SplitResult("", "", "", "", ""), False
    if url.scheme not in ENCRYPTED or not url.hostname or not port_is_right:
        yield (
            path,
            f'hub.url = "{_masked(given)}"  expected amqps://host:port/vhost or https://host, {example}',
        )
        return
    if url.username is not None or url.password is not None:
        yield (
            path,
            "hub.url holds a user or password: the user is gateway.name, the password goes into "
            f"hub.password_file, {example}",
        )
    plain = tables["hub"].get("plaintext_allowed") is True
    better = ENCRYPTED[url.scheme]
    if url.scheme != better and not plain and not _is_loopback(url.hostname):
        yield (
            path,
            f'hub.url = "{_masked(given)}"  {url.scheme}:// sends the password in clear: use {better}://, '
            f"{example}",
        )


def _masked(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    return f"{scheme}{mark}…@{rest.rpartition('@')[2]}" if "@" in rest else url


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def secret_file(tables: Mapping[str, Any], base: Path) -> Found:
    """The password file is there, can be read by us, by no stranger, and is not empty."""
    given = _text(tables, "hub", "password_file")
    if not given:
        return
    file = base / given
    path = ("hub", "password_file")
    try:
        mode = file.stat().st_mode
        empty = not file.read_text(encoding="utf-8").partition("\n")[0].strip()
    except FileNotFoundError:
        yield path, f"hub.password_file {file} does not exist: write the gateway's password there, mode 0600"
    except (OSError, UnicodeDecodeError) as error:
        yield (
            path,
            f"hub.password_file {file} cannot be read ({_why(error)}): chown it to the agent's user",
        )
    else:
        if mode & stat.S_IRWXO:
            yield (
                path,
                f"hub.password_file {file} can be read by every user of this machine: chmod 0600 {file}",
            )
        if empty:
            yield path, f"hub.password_file {file} is empty: its first line is the gateway's password"


def _why(error: Exception) -> str:
    return error.strerror or "unreadable" if isinstance(error, OSError) else "not text"


def authority_file(tables: Mapping[str, Any], base: Path) -> Found:
    """A certificate authority that is named can be read."""
    given = _text(tables, "hub", "ca_file")
    if given and not (base / given).is_file():
        yield (
            ("hub", "ca_file"),
            f"hub.ca_file {base / given} is not a file: copy the hub's certificate authority there",
        )


CHECKS: tuple[Check, ...] = (
    one_device_one_name,
    one_port_one_name,
    streams_of_polar,
    hub_address,
    secret_file,
    authority_file,
)
