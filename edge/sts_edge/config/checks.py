"""Rules that reach beyond one key: duplicates, addresses, files that hold secrets.

Each takes the tables as read, of whatever type, and yields (path of the key, sentence): a fault in one key
must not hide a fault in another.
"""

import difflib
import ipaddress
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from sts_protocols import metrics

from .lines import KeyPath

Check = Callable[[Mapping[str, Any], Path], Iterator[tuple[KeyPath, str]]]
Found = Iterator[tuple[KeyPath, str]]

# What may stand before an address, and what of the same kind encrypts.
ENCRYPTED = {"amqp": "amqps", "amqps": "amqps", "http": "https", "https": "https"}


def _text(tables: Mapping[str, Any], table: str, key: str) -> str | None:
    value = tables.get(table)
    value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None


# Tables whose entries have a local name: in records and at the hub it says whose data it is.
NAMED = ("sensors", "ports", "folders", "readers")


def one_device_one_name(tables: Mapping[str, Any], base: Path) -> Found:
    """Two devices may share neither a name, whatever kind they are, nor an address."""
    for key in ("name", "address"):
        first: dict[str, str] = {}
        for table, number, value in _values(tables, key):
            here = f"{table}[{number + 1}]"
            before = first.setdefault(value.upper(), here)
            if before != here:
                sentence = f'{here}.{key} = "{value}"  {before} has it already; '
                yield (table, number, key), sentence + "each device has one name and one address"


def _values(tables: Mapping[str, Any], key: str) -> Iterator[tuple[str, int, str]]:
    """Each text of that key, with the table and the place it stands at."""
    for table in NAMED:
        entries = tables.get(table)
        for number, entry in enumerate(entries if isinstance(entries, list) else []):
            value = entry.get(key) if isinstance(entry, dict) else None
            if isinstance(value, str):
                yield table, number, value


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


# Kinds of sensors that tell everybody what they measure; the first two can also be linked to.
BROADCAST = ("heart_rate", "polar", "ruuvi", "bthome")
ONLY_BROADCAST = BROADCAST[2:]
BIND_KEY = re.compile(r"[0-9a-fA-F]{32}")


def links_fit_their_kinds(tables: Mapping[str, Any], base: Path) -> Found:
    """A sensor without a broadcast needs a link always, and one that only broadcasts never has one."""
    for number, sensor in enumerate(_entries(tables, "sensors")):
        kind, link = sensor.get("kind"), sensor.get("link", "always")
        here = f'sensors[{number + 1}].link = "{link}"'
        if kind in ONLY_BROADCAST and link != "never":
            yield (
                ("sensors", number, "link"),
                f'{here}  a sensor of kind "{kind}" has no link: write link = "never"',
            )
        elif isinstance(kind, str) and kind not in BROADCAST and link in ("spare", "never"):
            yield (
                ("sensors", number, "link"),
                f'{here}  a sensor of kind "{kind}" tells nothing without a link: leave link out',
            )


def bind_keys_are_keys(tables: Mapping[str, Any], base: Path) -> Found:
    """Only a bthome sensor has a key, and it is 32 hexadecimal digits in a file of its own."""
    for number, sensor in enumerate(_entries(tables, "sensors")):
        value = sensor.get("bind_key_file")
        if not isinstance(value, str):
            continue
        path, here = ("sensors", number, "bind_key_file"), f"sensors[{number + 1}].bind_key_file"
        if sensor.get("kind") != "bthome":
            yield path, f'{here}  only a sensor of kind = "bthome" has a key: leave it out'
            continue
        faults = list(_secret_file(base / value, path, here, "the sensor's key"))
        yield from faults
        if not faults and BIND_KEY.fullmatch((base / value).read_text(encoding="utf-8").strip()) is None:
            yield path, f"{here} {base / value} does not hold a key: write its 32 hexadecimal digits there"


# Kinds of sensors whose wheel may be counted.
COUNT_WHEELS = ("cycling_power", "speed_cadence", "bike")


def wheels_have_bicycles(tables: Mapping[str, Any], base: Path) -> Found:
    """A circumference belongs to a sensor that counts a wheel."""
    for number, sensor in enumerate(_entries(tables, "sensors")):
        kind = sensor.get("kind")
        if isinstance(kind, str) and "wheel_mm" in sensor and kind not in COUNT_WHEELS:
            sentence = f'sensors[{number + 1}].wheel_mm  a sensor of the kind "{kind}" counts no wheel: '
            yield (
                ("sensors", number, "wheel_mm"),
                sentence + f"leave it out, or use {', '.join(COUNT_WHEELS)}",
            )


def one_port_one_device(tables: Mapping[str, Any], base: Path) -> Found:
    """Two ports share no device."""
    devices: dict[str, str] = {}
    for number, port in enumerate(_entries(tables, "ports")):
        value, here = port.get("device"), f"ports[{number + 1}]"
        if isinstance(value, str) and (other := devices.setdefault(value, here)) != here:
            sentence = f'{here}.device = "{value}"  {other} has it already; each device has its own'
            yield ("ports", number, "device"), sentence


def _entries(tables: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    entries = tables.get(name)
    return [one if isinstance(one, dict) else {} for one in entries] if isinstance(entries, list) else []


def meaning_of_topics(tables: Mapping[str, Any], base: Path) -> Found:
    """Each topic says either what its number is or of what kind its frames are, and asks for levels it has."""
    topics = tables.get("topics")
    for number, topic in enumerate(topics if isinstance(topics, list) else []):
        if not isinstance(topic, dict):
            continue
        path, here = ("topics", number), f"topics[{number + 1}]"
        metric, kind = topic.get("metric"), topic.get("kind")
        if (metric is None) == (kind is None):
            yield path, f'{here}  give either metric, for example "skin_temperature", or kind'
        if isinstance(metric, str) and metrics.by_name(metric) is None:
            yield (
                (*path, "metric"),
                f'{here}.metric = "{metric}"  {_nearest(metric, _metric_names(), "metric")}',
            )
        if isinstance(kind, str) and kind not in _frame_kinds():
            yield (
                (*path, "kind"),
                f'{here}.kind = "{kind}"  {_nearest(kind, _frame_kinds(), "kind of frames")}',
            )
        levels = str(topic.get("topic", "")).split("/").count("+")
        asked = [int(place) for place in re.findall(r"\{(\d)\}", str(topic.get("sensor", "")))]
        if max(asked, default=0) > levels:
            yield (
                (*path, "sensor"),
                f"{here}.sensor asks for {{{max(asked)}}}, but topic has {levels} + in it",
            )
    if isinstance(topics, list) and topics and "mqtt" not in tables:
        yield ("topics",), 'topics need a broker: add [mqtt] with url = "mqtts://broker.example.org:8883"'


def _metric_names() -> list[str]:
    return [metric.name for metric in metrics.CATALOGUE]


def _frame_kinds() -> list[str]:
    from sts_protocols import kinds  # decoders and their libraries: only who maps frames waits for them

    return [kind.name for kind in kinds.KINDS if kind.takes == "frames"]


def _nearest(given: str, known: list[str], what: str) -> str:
    close = difflib.get_close_matches(given, known, n=1)
    return f"is no {what}" + (f"; the nearest is {close[0]}" if close else f"; known are {', '.join(known)}")


def mqtt_address(tables: Mapping[str, Any], base: Path) -> Found:
    """The MQTT broker's address is usable, holds no secret, and is encrypted unless it is this machine."""
    given = _text(tables, "mqtt", "url")
    if given is None:
        return
    path, example = ("mqtt", "url"), "for example mqtts://broker.example.org:8883"
    try:
        url = urlsplit(given)
        usable = url.scheme in ("mqtt", "mqtts") and bool(url.hostname) and url.port != 0
    except ValueError:
        usable = False
    if not usable:
        yield path, f'mqtt.url = "{_masked(given)}"  expected mqtts://host:port, {example}'
        return
    if "@" in url.netloc:
        yield (
            path,
            f"mqtt.url holds a user or password: they go into mqtt.user and mqtt.password_file, {example}",
        )
    plain = tables["mqtt"].get("plaintext_allowed") is True
    if url.scheme == "mqtt" and not plain and not _is_loopback(url.hostname or ""):
        yield (
            path,
            f'mqtt.url = "{_masked(given)}"  mqtt:// sends everything in clear: use mqtts://, or set '
            "mqtt.plaintext_allowed = true for a network of your own",
        )


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


def secret_files(tables: Mapping[str, Any], base: Path) -> Found:
    """Each password file is there, can be read by us, by no stranger, and is not empty."""
    for table in ("hub", "mqtt"):
        given = _text(tables, table, "password_file")
        if given:
            here = f"{table}.password_file"
            yield from _secret_file(base / given, (table, "password_file"), here, "the gateway's password")


def _secret_file(file: Path, path: KeyPath, here: str, holds: str) -> Found:
    try:
        mode = file.stat().st_mode
        empty = not file.read_text(encoding="utf-8").partition("\n")[0].strip()
    except FileNotFoundError:
        yield path, f"{here} {file} does not exist: write {holds} there, mode 0600"
    except (OSError, UnicodeDecodeError) as error:
        yield path, f"{here} {file} cannot be read ({_why(error)}): chown it to the agent's user"
    else:
        if mode & stat.S_IRWXO:
            yield path, f"{here} {file} can be read by every user of this machine: chmod 0600 {file}"
        if empty:
            yield path, f"{here} {file} is empty: its first line is {holds}"


def _why(error: Exception) -> str:
    return error.strerror or "unreadable" if isinstance(error, OSError) else "not text"


def authority_files(tables: Mapping[str, Any], base: Path) -> Found:
    """A certificate authority that is named can be read."""
    for table, whose in (("hub", "the hub's"), ("mqtt", "the broker's")):
        given = _text(tables, table, "ca_file")
        if given and not (base / given).is_file():
            yield (
                (table, "ca_file"),
                f"{table}.ca_file {base / given} is not a file: copy {whose} certificate authority there",
            )


CHECKS: tuple[Check, ...] = (
    one_device_one_name,
    one_port_one_device,
    streams_of_polar,
    wheels_have_bicycles,
    links_fit_their_kinds,
    bind_keys_are_keys,
    hub_address,
    mqtt_address,
    meaning_of_topics,
    secret_files,
    authority_files,
)
