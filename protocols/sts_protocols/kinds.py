"""Everything that can be decoded by hand: one table of kinds, each with a reader that has the state it needs.

A reader takes one piece at a time: a frame (one notification or advert), a line without its end, or a stretch
of a byte stream; and the boot time, µs, at which it came. It answers plain dicts, in order, that JSON can
carry:

    {"reading": what was told, field by field, "values": [what is stored of it]}

A value is {"metric", "value", "unit", "quality"} in the words of the catalogue. A kind may add keys of its
own. A frame or a line that is wrong raises DecodeError; a byte stream never raises, because what lies before
and behind the damage is good: it tells it in its place as {"error": sentence, "frame": hex}.

A decoder without a line here cannot be tried by hand, is not fuzzed and does not stand in the conformance
table: so every one has a line.
"""

from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

from sts_protocols.adverts import bthome, heart_rate_broadcast, ruuvi
from sts_protocols.gatt import (
    battery,
    core_temperature,
    cycling_power,
    cycling_speed_cadence,
    device_information,
    fitness_machine,
    heart_rate,
    polar_control,
    polar_measurement,
    pulse_oximeter,
    rowing_monitor,
    running_speed_cadence,
    scales,
    thermometer,
)
from sts_protocols.metrics import Metric, by_id
from sts_protocols.network import alpenhunde, llrp, mqtt_message, race_result
from sts_protocols.sample import Decoded, Quality, Value
from sts_protocols.serial import alge, gnss, ipico, pod, stalker, tag_heuer
from sts_protocols.serial.heard import Heard, Stream, TimerLine

Takes = Literal["frames", "lines", "bytes"]
Told = dict[str, Any]
Reading = TypeVar("Reading")


class Reader(Protocol):
    """Reads one device. It holds whatever must be remembered between pieces, and nothing else does."""

    def feed(self, data: bytes, boot_us: int) -> list[Told]:
        """What this piece told. Raises DecodeError if it is a frame or a line that is wrong."""
        ...


class Kind(NamedTuple):
    """One thing that can be decoded: its name at the command line, what it is in words, what it is fed."""

    name: str
    title: str
    takes: Takes
    reader: Callable[[], Reader]


class Hearing(Protocol):
    """A decoder with a memory: what follows from a frame and from those before it. Raises DecodeError."""

    def hear(self, data: bytes, boot_us: int) -> Decoded: ...


def plain(told: Any) -> Any:
    """The same in what JSON has: named tuples by name, words for enumerations, hex for bytes."""
    if isinstance(told, Enum):
        return told.name.lower()
    if isinstance(told, Metric):
        return told.name
    if isinstance(told, Value):
        return plain_value(told)
    if isinstance(told, bytes):
        return told.hex()
    if hasattr(told, "_asdict"):
        return {name: plain(value) for name, value in told._asdict().items()}
    if isinstance(told, dict):
        return {name: plain(value) for name, value in told.items()}
    if isinstance(told, tuple | list):
        return [plain(value) for value in told]
    return told


def plain_value(value: Value) -> Told:
    """A stored value in words; a metric of a later catalogue keeps its number and has no unit."""
    metric = by_id(value.metric)
    return {
        "metric": metric.name if metric else value.metric,
        "value": value.value,
        "unit": metric.unit if metric else None,
        "quality": Quality(value.quality).word,
    }


class FrameReader:
    """Reads frames that need nothing of what came before."""

    def __init__(
        self, decode: Callable[[bytes], Reading], values: Callable[[Reading], tuple[Value, ...]]
    ) -> None:
        self._decode = decode
        self._values = values

    def feed(self, data: bytes, boot_us: int) -> list[Told]:
        reading = self._decode(data)
        return [{"reading": plain(reading), "values": [plain_value(v) for v in self._values(reading)]}]


class HearingReader:
    """Reads frames whose values follow from those before, too."""

    def __init__(self, hearing: Hearing) -> None:
        self._hearing = hearing

    def feed(self, data: bytes, boot_us: int) -> list[Told]:
        decoded = self._hearing.hear(data, boot_us)
        values = [plain_value(value) for value in decoded.values]
        return [{"reading": plain(decoded.reading), "values": values}]


class LineReader:
    """Reads lines of timers."""

    def __init__(self, decode: Callable[[bytes], TimerLine | None]) -> None:
        self._decode = decode

    def feed(self, data: bytes, boot_us: int) -> list[Told]:
        return [{"reading": plain(self._decode(data)), "values": []}]


class StreamReader:
    """Reads the bytes of a serial port."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def feed(self, data: bytes, boot_us: int) -> list[Told]:
        return [self._told(heard) for heard in self._stream.hear(data, boot_us)]

    def _told(self, heard: Heard) -> Told:
        if heard.fault is not None:
            return {"error": heard.fault, "frame": heard.frame.hex()}
        reading = {"frame": heard.frame.hex(), **(plain(heard.impulse) or {}), **(plain(heard.utc) or {})}
        return {"reading": reading, "values": [plain_value(value) for value in heard.values]}


def _frames(
    name: str,
    title: str,
    decode: Callable[[bytes], Reading],
    values: Callable[[Reading], tuple[Value, ...]] = lambda _reading: (),
) -> Kind:
    return Kind(name, title, "frames", lambda: FrameReader(decode, values))


def _hearing(name: str, title: str, hearing: Callable[[], Hearing]) -> Kind:
    return Kind(name, title, "frames", lambda: HearingReader(hearing()))


def _machine(name: str, title: str, layout: fitness_machine.Layout) -> Kind:
    return _hearing(name, title, partial(fitness_machine.Machine, layout))


def _rowing(characteristic: int, what: str) -> Kind:
    name = f"rowing_monitor_{characteristic:04x}"
    title = f"Concept2 PM5, {what}, 0x{characteristic:04X}"
    return _frames(name, title, partial(rowing_monitor.decode, characteristic), rowing_monitor.values)


def _alpenhunde(line: bytes) -> TimerLine | None:
    event = alpenhunde.decode(line)
    return None if event is None else alpenhunde.impulse(event)


# Each kind once, by the standard's or the maker's noun; new ones at the end of their part.
KINDS: tuple[Kind, ...] = (
    # GATT
    _frames("heart_rate", "Heart Rate Measurement, 0x2A37", heart_rate.decode, heart_rate.values),
    _frames("battery", "Battery Level, 0x2A19", battery.decode, battery.values),
    _frames(
        "device_information",
        "Device Information, the strings 0x2A24 to 0x2A29",
        device_information.text,
    ),
    _frames("pnp_id", "Device Information, PnP ID, 0x2A50", device_information.pnp_id),
    _frames("thermometer", "Temperature Measurement, 0x2A1C", thermometer.decode, thermometer.values),
    _frames(
        "oximeter_continuous",
        "PLX Continuous Measurement, 0x2A5F",
        pulse_oximeter.decode_continuous,
        pulse_oximeter.values,
    ),
    _frames(
        "oximeter_spot_check",
        "PLX Spot-Check Measurement, 0x2A5E",
        pulse_oximeter.decode_spot_check,
        pulse_oximeter.values,
    ),
    _frames("weight", "Weight Measurement, 0x2A9D", scales.decode_weight, scales.values),
    _frames(
        "body_composition",
        "Body Composition Measurement, 0x2A9C",
        scales.decode_body_composition,
        scales.values,
    ),
    _frames(
        "core_temperature",
        "CORE body temperature, 00002101-…",
        core_temperature.decode,
        core_temperature.values,
    ),
    _frames("polar_control", "Polar Measurement Data, control point, FB005C81-…", polar_control.decode),
    _frames(
        "polar_measurement",
        "Polar Measurement Data, ECG and acceleration, FB005C82-…",
        polar_measurement.decode,
        polar_measurement.values,
    ),
    _frames(
        "polar_intervals",
        "Polar Measurement Data, pulse-to-pulse intervals, FB005C82-…",
        polar_measurement.decode_intervals,
        polar_measurement.interval_values,
    ),
    _hearing("cycling_power", "Cycling Power Measurement, 0x2A63", cycling_power.PowerMeter),
    _hearing(
        "speed_cadence",
        "Cycling Speed and Cadence (CSC) Measurement, 0x2A5B",
        cycling_speed_cadence.SpeedCadenceSensor,
    ),
    _frames(
        "running",
        "Running Speed and Cadence (RSC) Measurement, 0x2A53",
        running_speed_cadence.decode,
        running_speed_cadence.values,
    ),
    _machine("bike", "Fitness machine, Indoor Bike Data, 0x2AD2", fitness_machine.INDOOR_BIKE),
    _machine("treadmill", "Fitness machine, Treadmill Data, 0x2ACD", fitness_machine.TREADMILL),
    _machine("rower", "Fitness machine, Rower Data, 0x2AD1", fitness_machine.ROWER),
    _machine("cross_trainer", "Fitness machine, Cross Trainer Data, 0x2ACE", fitness_machine.CROSS_TRAINER),
    _hearing("rowing_monitor", "Concept2 PM5, all over one, 0x0080", rowing_monitor.Multiplexed),
    _rowing(rowing_monitor.GENERAL_STATUS, "general status"),
    _rowing(rowing_monitor.ADDITIONAL_STATUS_1, "additional status 1"),
    _rowing(rowing_monitor.ADDITIONAL_STATUS_2, "additional status 2"),
    _rowing(rowing_monitor.STROKE_DATA, "stroke data"),
    _rowing(rowing_monitor.ADDITIONAL_STROKE_DATA, "additional stroke data"),
    # adverts
    _frames(
        "heart_rate_broadcast",
        "Polar's heart rate broadcast, manufacturer data of 0x006B",
        heart_rate_broadcast.decode,
        heart_rate_broadcast.values,
    ),
    _frames("ruuvi", "RuuviTag format 5, manufacturer data of 0x0499", ruuvi.decode, ruuvi.values),
    _frames(
        "bthome",
        "BTHome version 2, service data of 0xFCD2",
        bthome.decode,
        lambda reading: reading.values,
    ),
    # serial
    Kind("gnss", "GNSS receivers: NMEA 0183 and UBX NAV-PVT", "bytes", lambda: StreamReader(gnss.stream())),
    Kind("alge", "ALGE Timy and TdC", "lines", lambda: LineReader(alge.decode)),
    Kind("tag_heuer", "TAG Heuer chronometers", "lines", lambda: LineReader(tag_heuer.TagHeuer().decode)),
    Kind("ipico", "IPICO tag readers", "lines", lambda: LineReader(ipico.decode)),
    Kind("stalker", "Stalker radar, S format, km/h", "bytes", lambda: StreamReader(stalker.stream())),
    Kind("pod", "Self-made pods, protocols/PODS.md", "bytes", lambda: StreamReader(pod.stream())),
    # network
    Kind(
        "race_result",
        "RACE RESULT decoders, passings of TCP port 3601",
        "lines",
        lambda: LineReader(lambda line: race_result.impulse(race_result.decode(line))),
    ),
    Kind("alpenhunde", "Alpenhunde timers, JSON events", "lines", lambda: LineReader(_alpenhunde)),
    _frames("llrp", "RFID readers: messages of LLRP, TCP port 5084", llrp.decode),
    _frames("mqtt", "MQTT messages as they are kept: topic, NUL, payload", mqtt_message.decode),
)

_BY_NAME = {kind.name: kind for kind in KINDS}


def by_name(name: str) -> Kind | None:
    """The kind of that name; None if there is none."""
    return _BY_NAME.get(name)
