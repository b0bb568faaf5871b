"""The keys of all that is read: Bluetooth sensors, serial ports, folders, MQTT, timers on the network."""

from pathlib import Path
from typing import Annotated, Literal, get_args

from msgspec import Meta

from sts_protocols.sample import SENSOR_NAME

from .table import Table, key

SensorKind = Literal[
    "heart_rate",
    "polar",
    "core_temperature",
    "cycling_power",
    "speed_cadence",
    "running",
    "bike",
    "treadmill",
    "rower",
    "cross_trainer",
    "rowing_monitor",
    "thermometer",
    "oximeter",
    "weight_scale",
    "body_composition",
    "ruuvi",
    "bthome",
]


BLUETOOTH_ADDRESS = r"^([0-9A-F]{2}:){5}[0-9A-F]{2}$"


class SensorSettings(Table, frozen=True, kw_only=True):
    """One device this gateway listens to. Only devices listed here are decoded."""

    name: Annotated[
        str,
        key(
            "The local name of this device. Never give the name of one device to another.",
            "1 to 40 of letters, digits, dot, - and _, beginning with a letter or digit",
            "hr-01",
            pattern=f"^{SENSOR_NAME.pattern}$",
        ),
    ]
    address: Annotated[
        str,
        key(
            "The device's Bluetooth address, as `bluetoothctl devices` shows it.",
            "six pairs of hexadecimal digits (capitals) with colons",
            "A0:9E:1A:00:00:01",
            pattern=BLUETOOTH_ADDRESS,
        ),
    ]
    kind: Annotated[
        SensorKind,
        key(
            "What the device is: heart_rate is any strap with the standard service, polar a Polar sensor that can "
            "also stream, core_temperature a CORE pod, bike a trainer or an indoor bike, rowing_monitor a "
            "Concept2 PM5, rower any other rowing machine, ruuvi and bthome climate sensors that only broadcast; see "
            "docs/sensors.md.",
            "one of " + ", ".join(f'"{kind}"' for kind in get_args(SensorKind)),
            "heart_rate",
        ),
    ]
    wheel_mm: Annotated[
        Annotated[int, Meta(ge=300, le=4_000)] | None,
        key(
            "The circumference of the wheel in mm, for a bicycle whose sensor counts its turns; without it "
            "there is no speed.",
            "a whole number from 300 to 4000",
            2105,
        ),
    ] = None
    link: Annotated[
        Literal["always", "spare", "never"],
        key(
            "How it is heard: always keeps a link, spare listens to its broadcast and takes a link only while "
            "one is left over, never listens to the broadcast alone. Straps broadcast heart rate without RR "
            "intervals; of more than forty straps let most be spare. A ruuvi or bthome sensor has no link: never.",
            '"always", "spare" or "never"',
            "always",
        ),
    ] = "always"
    bind_key_file: Annotated[
        Path | None,
        key(
            "The file with the key of a bthome sensor that seals its broadcast: 32 hexadecimal digits.",
            "a file that others cannot read",
            "/etc/sts-edge/keys/shed",
        ),
    ] = None
    streams: Annotated[
        tuple[Literal["ecg", "acc", "ppi"], ...],
        key(
            "What a Polar sensor streams besides heart rate: ecg and acc (acceleration) of a chest strap, acc and "
            "ppi (pulse intervals) of an arm band. Each drains its battery while it runs.",
            'a list of "ecg", "acc" and "ppi"',
            [],
        ),
    ] = ()

    def read_bind_key(self) -> bytes | None:
        """The key of a sealed broadcast; None without one. Raises OSError, ValueError."""
        if self.bind_key_file is None:
            return None
        return bytes.fromhex(self.bind_key_file.read_text(encoding="ascii").strip())


class PortSettings(Table, frozen=True, kw_only=True):
    """One device on a serial cable."""

    name: Annotated[
        str,
        key(
            "The local name of this device. Never give the name of one device to another.",
            "1 to 40 of letters, digits, dot, - and _, beginning with a letter or digit",
            "timy-1",
            pattern=f"^{SENSOR_NAME.pattern}$",
        ),
    ]
    device: Annotated[
        str,
        key(
            "The port's file, or the adapter's name in /dev/serial/by-id, which stays when the plug moves.",
            "a path that begins with /, or a name in /dev/serial/by-id",
            "/dev/ttyUSB0",
            pattern=r"^(/.*[^/]|[^/]+)$",
        ),
    ]
    kind: Annotated[
        Literal["gnss", "alge", "tag_heuer", "ipico", "stalker", "pod"],
        key(
            "What the device is: a GNSS receiver, a timer of ALGE or TAG Heuer, a reader of IPICO tags, a Stalker "
            "radar, or a pod of your own.",
            '"gnss", "alge", "tag_heuer", "ipico", "stalker" or "pod"',
            "alge",
        ),
    ]
    baud: Annotated[
        Annotated[int, Meta(ge=300, le=4_000_000)] | None,
        key(
            "The speed of the line; without it the usual one of the kind.",
            "a whole number from 300 to 4000000",
            9600,
        ),
    ] = None
    speed_unit: Annotated[
        Literal["km/h", "mph", "m/s"],
        key("The unit of speed that is set on a radar.", '"km/h", "mph" or "m/s"', "km/h"),
    ] = "km/h"


class FolderSettings(Table, frozen=True, kw_only=True):
    """One folder in which result or activity files are left. It is looked at every second and never changed."""

    name: Annotated[
        str,
        key(
            "The local name of this folder. Never give the name of one folder or device to another.",
            "1 to 40 of letters, digits, dot, - and _, beginning with a letter or digit",
            "pool-pc",
            pattern=f"^{SENSOR_NAME.pattern}$",
        ),
    ]
    path: Annotated[
        Path,
        key("The folder. A network share is mounted by the system.", "a folder", "/srv/results"),
    ]
    patterns: Annotated[
        tuple[Annotated[str, Meta(min_length=1)], ...],
        key(
            "Which files are sent; capitals do not matter. With a / also those in folders below. Names that "
            "programs use while they write (.tmp, .part, ~ and such) are never sent.",
            "a list of patterns with * and ?",
            ["*.txt", "*.lxf"],
            min_length=1,
        ),
    ] = ("*",)
    form: Annotated[
        str,
        key(
            "What these files are, in one word: result, activity, startlist and so on.",
            "a lower-case word of up to 40 letters, digits, - and _",
            "result",
            pattern=r"^[a-z][a-z0-9_-]{0,39}$",
        ),
    ] = "result"
    settle_s: Annotated[
        float,
        key(
            "A file is complete when it has not changed for this many seconds and nobody is seen writing it.",
            "a number of seconds from 0.2 to 600",
            3.0,
            ge=0.2,
            le=600,
        ),
    ] = 3.0


class MqttSettings(Table, frozen=True, kw_only=True):
    """The MQTT broker that sensors of others publish to; what is heard there is said by [[topics]]."""

    url: Annotated[
        str,
        key(
            "The broker's address; no user or password here.",
            "an mqtts:// or mqtt:// address without user or password",
            "mqtts://broker.example.org:8883",
        ),
    ]
    user: Annotated[
        str | None,
        key("The gateway's user at that broker, if it asks for one.", "a user name", "pitch-1"),
    ] = None
    password_file: Annotated[
        Path | None,
        key(
            "The file whose first line is that user's password; only its owner and group may read it.",
            "a file that others cannot read",
            "/etc/sts-edge/mqtt-password",
        ),
    ] = None
    ca_file: Annotated[
        Path | None,
        key(
            "The certificate authority that signed that broker's certificate; without it the system's.",
            "a PEM file",
            "/etc/sts-edge/mqtt-ca.pem",
        ),
    ] = None
    plaintext_allowed: Annotated[
        bool,
        key(
            "Allow mqtt:// to another machine: password and values then cross the network in clear.",
            "true or false",
            False,
        ),
    ] = False

    def read_password(self) -> str | None:
        """Return the first line of the password file; None without one. Raises OSError."""
        if self.password_file is None:
            return None
        return self.password_file.read_text(encoding="utf-8").partition("\n")[0].strip()


class TopicSettings(Table, frozen=True, kw_only=True):
    """What messages of one pattern of MQTT topics mean. Only topics listed here are subscribed and decoded."""

    topic: Annotated[
        str,
        key(
            "The topic; + stands for one level, whatever it is.",
            "levels with / between them, + for any one level",
            "hall/+/temperature",
            pattern=r"^(\+|[^/+#\x00-\x1f]+)(/(\+|[^/+#\x00-\x1f]+))*$",
        ),
    ]
    sensor: Annotated[
        str,
        key(
            "The local name of the sensor; {1} is what the first + stood for. Never give it to another device.",
            "1 to 40 of letters, digits, dot, - and _, and {1} to {9}",
            "hall-{1}",
            pattern=r"^([A-Za-z0-9._-]|\{[1-9]\}){1,40}$",
        ),
    ]
    metric: Annotated[
        str | None,
        key("What the number is, by its name in the catalogue of metrics.", "a metric", "skin_temperature"),
    ] = None
    value: Annotated[
        str,
        key(
            "Where the number stands in JSON, with dots between the steps; empty: the message is the number.",
            "names or places with dots between them",
            "sensors.0.celsius",
        ),
    ] = ""
    factor: Annotated[
        float,
        key("The number is multiplied by this to be in the metric's unit.", "a number", 1.0),
    ] = 1.0
    offset: Annotated[
        float,
        key("After that, this is added: from °F to °C factor 0.5556, offset -17.78.", "a number", 0.0),
    ] = 0.0
    kind: Annotated[
        str | None,
        key(
            "Instead of metric: messages are frames of this kind, as `sts-edge decode` lists them.",
            "a kind that takes frames",
            "heart_rate",
        ),
    ] = None


class ReaderSettings(Table, frozen=True, kw_only=True):
    """One timer or tag reader on the local network. It is asked every second for what is new."""

    name: Annotated[
        str,
        key(
            "The local name of this timer. Never give the name of one device to another.",
            "1 to 40 of letters, digits, dot, - and _, beginning with a letter or digit",
            "finish",
            pattern=f"^{SENSOR_NAME.pattern}$",
        ),
    ]
    kind: Annotated[
        Literal["race_result", "alpenhunde", "llrp"],
        key(
            "What it is: a RACE RESULT decoder, an Alpenhunde timer, or an RFID reader that speaks LLRP.",
            '"race_result", "alpenhunde" or "llrp"',
            "race_result",
        ),
    ]
    host: Annotated[
        str,
        key(
            "Its name or address on the network.",
            "a host name or an address",
            "192.168.4.20",
            pattern=r"^[!-~]+$",
        ),
    ]
    port: Annotated[
        Annotated[int, Meta(ge=1, le=65_535)] | None,
        key(
            "Its port; without it that of the kind: 3601 for race_result, 80 for alpenhunde, 5084 for llrp.",
            "a whole number from 1 to 65535",
            3601,
        ),
    ] = None
    start: Annotated[
        bool,
        key(
            "Tell a decoder of kind race_result that is in test mode to start timing, or a reader of kind llrp to look "
            "for tags; else a person must, or the maker's program.",
            "true or false",
            False,
        ),
    ] = False
