"""Raw frames decoded anew: which decoder a frame is for is told by the word under which it was kept.

A frame of a Bluetooth characteristic is kept under `gatt-` and the first part of its UUID; whatever else is kept
under the name of its kind. Each sensor has a reader for each word, so counters and records in parts are followed
from frame to frame.
"""

from sts_protocols.errors import DecodeError
from sts_protocols.gatt import (
    battery,
    core_temperature,
    cycling_power,
    cycling_speed_cadence,
    fitness_machine,
    heart_rate,
    polar_control,
    pulse_oximeter,
    rowing_monitor,
    running_speed_cadence,
    scales,
    thermometer,
)
from sts_protocols.kinds import Reader, Told, by_name

_CHARACTERISTIC = "gatt-{:.8}"
_BY_UUID = {
    heart_rate.MEASUREMENT: "heart_rate",
    battery.LEVEL: "battery",
    core_temperature.MEASUREMENT: "core_temperature",
    thermometer.MEASUREMENT: "thermometer",
    pulse_oximeter.CONTINUOUS: "oximeter_continuous",
    pulse_oximeter.SPOT_CHECK: "oximeter_spot_check",
    scales.WEIGHT: "weight",
    scales.BODY_COMPOSITION: "body_composition",
    cycling_power.MEASUREMENT: "cycling_power",
    cycling_speed_cadence.MEASUREMENT: "speed_cadence",
    running_speed_cadence.MEASUREMENT: "running",
    fitness_machine.INDOOR_BIKE_DATA: "bike",
    fitness_machine.TREADMILL_DATA: "treadmill",
    fitness_machine.ROWER_DATA: "rower",
    fitness_machine.CROSS_TRAINER_DATA: "cross_trainer",
    **{
        rowing_monitor.BASE_UUID.format(number): f"rowing_monitor_{number:04x}"
        for number in rowing_monitor.ALONE
    },
}
# The kinds by the word under which their frames are kept.
_KINDS = {_CHARACTERISTIC.format(uuid): name for uuid, name in _BY_UUID.items()}
# All that a Polar sensor streams comes by one characteristic.
_STREAMED = _CHARACTERISTIC.format(polar_control.DATA)
# Frames of a stream of bytes are kept without what ends them.
_ENDS = {"gnss": b"\r\n", "stalker": b"\r", "pod": b"\0"}


class Replay:
    """Decodes the raw frames of many sensors."""

    def __init__(self) -> None:
        self._readers: dict[tuple[str, str], Reader] = {}

    def feed(self, sensor: str, word: str, frame: bytes, boot_us: int) -> list[Told]:
        """What a frame told that was kept under a word. Raises DecodeError; also for a word that nothing here
        decodes."""
        name = kind_of(word, frame)
        if (sensor, name) not in self._readers:
            kind = by_name(name)
            if kind is None:
                raise DecodeError(f"Nothing here decodes what is kept as {word}: update the gateway", frame)
            self._readers[sensor, name] = kind.reader()
        return self._readers[sensor, name].feed(frame + _ENDS.get(name, b""), boot_us)


def kind_of(word: str, frame: bytes) -> str:
    """The name of the kind that decodes a frame kept under this word."""
    if word == _STREAMED:
        is_ppi = frame[:1] == bytes([polar_control.Kind.PPI])
        return "polar_intervals" if is_ppi else "polar_measurement"
    return _KINDS.get(word, word)
