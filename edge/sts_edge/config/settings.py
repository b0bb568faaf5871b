"""The keys of the settings file, each with its meaning, its limits and an example.

This file, with ways_in.py, is the only list of keys: the reader, the sample file and `config show` are made from it.
"""

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from .table import Table, key
from .ways_in import FolderSettings, MqttSettings, PortSettings, ReaderSettings, SensorSettings, TopicSettings

GATEWAY_NAME = r"^[a-z0-9-]{3,40}$"

MEBIBYTE = 1 << 20


class GatewaySettings(Table, frozen=True, kw_only=True):
    """Who this gateway is, and where it keeps what must outlive a power cut."""

    name: Annotated[
        str,
        key(
            "The name the hub knows this gateway by; it is also its user name at the broker.",
            "3 to 40 of a-z, 0-9 and -",
            "pitch-1",
            pattern=GATEWAY_NAME,
        ),
    ]
    data_dir: Annotated[
        Path,
        key(
            "The folder of the disk buffer. Put it on a medium that honours flush.",
            "a folder",
            "/var/lib/sts-edge",
        ),
    ] = Path("/var/lib/sts-edge")
    run_dir: Annotated[
        Path,
        key(
            "The folder of the socket through which `sts-edge status` and `tail` ask the agent.",
            "a folder",
            "/run/sts-edge",
        ),
    ] = Path("/run/sts-edge")
    identify_command: Annotated[
        tuple[Annotated[str, Meta(min_length=1)], ...],
        key(
            "A command that lets this gateway be heard or seen, run when the hub orders it to identify itself; the "
            "LED of a Raspberry Pi blinks besides, where the agent may switch it.",
            "a list of a program and its words",
            ["/usr/bin/aplay", "/usr/share/sounds/alsa/Front_Center.wav"],
        ),
    ] = ()


class HubSettings(Table, frozen=True, kw_only=True):
    """Where the hub is, and the secret that opens it."""

    url: Annotated[
        str,
        key(
            "The address of the hub's broker and virtual host, or https:// and the hub itself where a site blocks "
            "AMQP. The user is the gateway's name; no password here.",
            "an amqps:// or https:// address without user or password",
            "amqps://hub.example.org:5671/sts",
        ),
    ]
    password_file: Annotated[
        Path,
        key(
            "The file whose first line is the gateway's password; only its owner and group may read it.",
            "a file that others cannot read",
            "/etc/sts-edge/password",
        ),
    ]
    ca_file: Annotated[
        Path | None,
        key(
            "The certificate authority that signed the hub's certificate; without it the system's.",
            "a PEM file",
            "/etc/sts-edge/ca.pem",
        ),
    ] = None
    plaintext_allowed: Annotated[
        bool,
        key(
            "Allow amqp:// or http:// to another machine: password and health data then cross the network in clear.",
            "true or false",
            False,
        ),
    ] = False

    @property
    def over_https(self) -> bool:
        """Whether records go to the hub itself over HTTPS, and not to its broker."""
        return self.url.startswith(("https://", "http://"))

    def read_password(self) -> str:
        """Return the gateway's password: the first line of the password file. Raises OSError."""
        return self.password_file.read_text(encoding="utf-8").partition("\n")[0].strip()


class RecordSettings(Table, frozen=True, kw_only=True):
    """How long samples wait in memory: the window that a power cut may cost."""

    live_ms: Annotated[
        int,
        key(
            "A record closes after this many milliseconds while the link is up.",
            "a whole number of milliseconds from 50 to 5000",
            250,
            ge=50,
            le=5_000,
        ),
    ] = 250
    offline_ms: Annotated[
        int,
        key(
            "A record closes after this many milliseconds while the link is down: fewer, larger writes.",
            "a whole number of milliseconds from 50 to 60000",
            1000,
            ge=50,
            le=60_000,
        ),
    ] = 1_000
    waveform_ms: Annotated[
        int,
        key(
            "A record of streams (ECG, acceleration) closes after this many milliseconds, whether the link is up or "
            "down: nobody watches them live, and a strap's second alone is as much header as heart.",
            "a whole number of milliseconds from 50 to 60000",
            5000,
            ge=50,
            le=60_000,
        ),
    ] = 5_000


Policy = Literal["oldest-raw-first", "keep-summaries", "refuse-new"]


class BufferSettings(Table, frozen=True, kw_only=True):
    """The disk buffer: what it may take, and what goes first when it is full."""

    max_bytes: Annotated[
        int,
        key(
            "The records of the buffer never take more of the disk. Thirty straps fill 100 MB in two days.",
            "a whole number of bytes, at least 1048576",
            104_857_600,
            ge=MEBIBYTE,
        ),
    ] = 100 * MEBIBYTE
    segment_bytes: Annotated[
        int,
        key(
            "The size of one file of the buffer, the step in which room is made; an eighth of max_bytes if "
            "that is less.",
            "a whole number of bytes, at least 65536",
            4_194_304,
            ge=64 << 10,
            le=256 * MEBIBYTE,
        ),
    ] = 4 * MEBIBYTE
    raw_max_bytes: Annotated[
        int,
        key(
            "What raw frames may take of the disk, beside the buffer: they are kept to decode them anew, and sent "
            "only on order. 0 keeps none.",
            "a whole number of bytes, 0 or more",
            1_073_741_824,
            ge=0,
        ),
    ] = 1 << 30
    when_full: Annotated[
        Policy,
        key(
            "What is dropped, and told to the hub as dropped, when the buffer is full of data not yet sent: "
            "the oldest raw frames, then waveforms, then samples; nothing else is ever dropped. keep-summaries does "
            "the same and keeps one value a second of each sensor's samples, marked as estimated; refuse-new keeps "
            "what is there and refuses new raw frames, waveforms and samples.",
            '"oldest-raw-first", "keep-summaries" or "refuse-new"',
            "oldest-raw-first",
        ),
    ] = "oldest-raw-first"
    max_age_days: Annotated[
        Annotated[float, Meta(ge=0.04, le=3_650)] | None,
        key(
            "Raw frames, waveforms and samples older than this many days are dropped, and told to the hub as "
            "dropped, even if there is room; without it there is no such limit.",
            "a number of days from 0.04 (an hour) to 3650",
            30.0,
        ),
    ] = None


class ClockSettings(Table, frozen=True, kw_only=True):
    """Whom to ask for the time."""

    sources: Annotated[
        tuple[Literal["ntp", "gnss", "hub", "rtc"], ...],
        key(
            "Sources of wall time, the most trusted first: ntp is this machine's synchronised clock, gnss the "
            "receiver at one of the ports, rtc the battery-backed clock chip, which is asked only where none of "
            "the others has told the time for a minute, wherever it stands in the list.",
            'a list of "ntp", "gnss", "hub" and "rtc"',
            ["ntp", "gnss", "hub", "rtc"],
            min_length=1,
        ),
    ] = ("ntp", "gnss", "hub", "rtc")


class BluetoothSettings(Table, frozen=True, kw_only=True):
    """The radio."""

    adapters: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^hci\d+$")], ...],
        key(
            "The Bluetooth adapters to use; each has one scanner and connects one sensor at a time. A sensor is "
            "connected over the one that hears it better and has a free slot; when one goes, its sensors move.",
            "a list of adapter names",
            ["hci0"],
            min_length=1,
        ),
    ] = ("hci0",)
    max_links: Annotated[
        int,
        key(
            "How many sensors one adapter may hold at once; many sticks manage only 5 to 7.",
            "a whole number from 1 to 100",
            40,
            ge=1,
            le=100,
        ),
    ] = 40
    connect_timeout_s: Annotated[
        float,
        key(
            "One attempt to connect a sensor is given up after this many seconds.",
            "a number of seconds from 1 to 60",
            20.0,
            ge=1,
            le=60,
        ),
    ] = 20.0
    silence_s: Annotated[
        float,
        key(
            "A connected sensor that says nothing for this many seconds is disconnected and connected anew.",
            "a number of seconds from 1 to 600",
            30.0,
            ge=1,
            le=600,
        ),
    ] = 30.0


class UpdateSettings(Table, frozen=True, kw_only=True):
    """Versions of the agent beside each other: where they lie, and where new ones come from."""

    root: Annotated[
        Path,
        key(
            "The folder of the versions, with the links current and settled; the agent's user owns it.",
            "a folder",
            "/opt/sts",
        ),
    ] = Path("/opt/sts")
    source: Annotated[
        str,
        key(
            "Where pip finds new versions: a folder of wheels, such as a USB stick, or the https:// address of a package "
            "index of your own. The hub may want a version; where it comes from is said here alone.",
            "a folder or an https:// address",
            "/media/usb/sts",
            pattern=r"^(/.*|https://[^\s@]+)$",
        ),
    ]


class WitnessSettings(Table, frozen=True, kw_only=True):
    """For proof runs only: an outside witness is told of each record before it is written."""

    socket: Annotated[
        Path,
        key(
            "The witness's socket. When this is set and nobody listens there, the agent refuses to start.",
            "a Unix socket",
            "/run/sts-witness.sock",
        ),
    ]


class Settings(Table, frozen=True, kw_only=True):
    """The whole settings file."""

    gateway: GatewaySettings
    hub: HubSettings
    record: RecordSettings = RecordSettings()
    buffer: BufferSettings = BufferSettings()
    clock: ClockSettings = ClockSettings()
    bluetooth: BluetoothSettings = BluetoothSettings()
    sensors: tuple[SensorSettings, ...] = ()
    ports: tuple[PortSettings, ...] = ()
    folders: tuple[FolderSettings, ...] = ()
    mqtt: MqttSettings | None = None
    topics: tuple[TopicSettings, ...] = ()
    readers: tuple[ReaderSettings, ...] = ()
    update: UpdateSettings | None = None
    witness: WitnessSettings | None = None
