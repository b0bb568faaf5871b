"""docs/sensors.md: how each kind of sensor is registered, and on what each decoder was checked.

Made from the table of kinds, their vectors and the kinds of the settings; a test compares the page with what
this makes. Write it again with

    PYTHONPATH=deploy:tests build/venv/bin/python -m conformance
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from decoder_vectors import page, vectors
from sts_protocols.kinds import KINDS, Kind

PAGE = Path(__file__).resolve().parents[1] / "docs/sensors.md"


class Registered(NamedTuple):
    """What a technician must know of a kind of the settings."""

    devices: str
    gives: str
    needs: str = ""


# By the kind of a sensor in the settings.
REGISTERED: dict[str, Registered] = {
    "heart_rate": Registered(
        "any strap, arm band or watch with the standard heart rate service",
        "heart rate, RR intervals, energy",
        'worn on wet skin: a dry strap does not wake up; `link="spare"` for one that broadcasts',
    ),
    "polar": Registered(
        "Polar H10, H9, Verity Sense, OH1",
        "the same, and the streams asked for: ECG, acceleration, pulse intervals",
        '`streams=["ecg", "acc"]`; each stream costs battery',
    ),
    "core_temperature": Registered("CORE pods", "core and skin temperature, heat strain, its own quality"),
    "cycling_power": Registered(
        "power meters of cranks, pedals and hubs",
        "power, left share, cadence, wheel rate, torque, extremes and dead spots where they are told",
        "`wheel_mm` for a speed, if it counts the wheel; calibrate it with its maker's app",
    ),
    "speed_cadence": Registered(
        "magnets and hubs that count wheel or crank", "cadence, wheel rate", "`wheel_mm` for a speed"
    ),
    "running": Registered(
        "foot pods, and watches that act as one", "speed, steps a minute, stride, distance"
    ),
    "bike": Registered(
        "smart trainers and indoor bikes (Fitness Machine service)",
        "speed, cadence, power, resistance, distance, energy, heart rate if it has a belt",
        "`wheel_mm` only if a wheel sensor is inside",
    ),
    "treadmill": Registered(
        "treadmills (Fitness Machine service)", "belt speed, distance, inclination, elevation, energy, steps"
    ),
    "rower": Registered(
        "rowing machines (Fitness Machine service)",
        "stroke rate and count, pace, power, distance, resistance, energy",
    ),
    "cross_trainer": Registered(
        "cross trainers (Fitness Machine service)", "speed, steps, strides, power, resistance, inclination"
    ),
    "rowing_monitor": Registered(
        "Concept2 PM5 on RowErg, SkiErg, BikeErg",
        "speed, pace, stroke rate, distance, drag factor; of each stroke power, work, length, times, forces",
        "wireless switched on at the monitor (More Options, Turn Wireless ON): it takes one listener at a time",
    ),
    "thermometer": Registered("clinical thermometers (Health Thermometer service)", "body temperature"),
    "oximeter": Registered(
        "pulse oximeters (Pulse Oximeter service)", "oxygen saturation, pulse, pulse amplitude"
    ),
    "weight_scale": Registered("scales (Weight Scale service)", "mass; body mass index and height if set"),
    "body_composition": Registered(
        "body analysis scales (Body Composition service)", "body fat, muscle, water, impedance, mass"
    ),
    "ruuvi": Registered(
        "RuuviTag",
        "temperature, humidity and pressure of the air, movements",
        '`link="never"`: it only broadcasts',
    ),
    "bthome": Registered(
        "devices that speak BTHome version 2",
        "temperature, humidity, pressure, light, wind, dust and gases of the air",
        '`link="never"`; `bind_key_file` for one that seals what it says',
    ),
}

HEAD = """# Sensors: how to register them, and what was checked

This page is made by the tests from the table of decoders and their vectors: what stands here is what was run.

## Register a sensor

```
$ sts-edge scan                                         what is near, and of what kind
$ sts-edge sensors add A0:9E:1A:00:06:03 --kind bike    the kind only where the scan does not tell it
$ sts-edge sensors set b-03 wheel_mm=2105               what a kind needs beside its address
$ sts-edge sensors test b-03                            15 s of listening, and a judgement
```

"""

BETWEEN = """
**Circumference of a wheel**: the way of one turn of the loaded wheel on the ground, in mm. Without it the gateway stores how
often the wheel turns, and no speed: nothing is guessed.

**One source for each metric.** A trainer tells its power as a power meter and as a bike, a treadmill its speed as a belt and
as a foot pod. The gateway stores one of them and never their mean: of a `bike` first what its power meter tells, then the
bike, then its wheel sensor; of a `treadmill` first the belt; of a `cycling_power` first the meter. If the better one has not told a
metric for 3 s, the next one counts, until the better one is back. Heart straps are sensors of their own.

**Rates from counters.** Wheels and cranks are counted, and a rate takes two notifications: after each new link the first value
comes a second later. The same count for 2 s is a stop (rate 0). A sensor that starts anew costs one pair.

**Cut frames.** Machines cut what does not fit 20 bytes. Each whole field before the cut is stored, with the quality *truncated*.

## Try a decoder by hand

`sts-edge decode` lists the kinds; `sts-edge decode bike "64 00 10 0e b4 00 05 00 96 00"` tells what a frame says, and
`sts-edge decode bike capture.txt --json` a whole capture: hex, one frame a line, with the time before it if it is known
(`12.250 6400…`). Counters and records in parts are followed from line to line; a bad frame is told with its line, and the
rest goes on. `sts-edge decode raw raw.jsonl` decodes what `sts-edge raw export raw.jsonl` copied, each frame by the decoder of its sensor.

## What was checked

Every decoder below is also fed 100,000 changed, cut and random frames by `make test-long`, and may answer with finite values
that have a quality, or with a refusal; nothing else. *Vectors* are frames with the values that they must give, made by hand from the
layout unless it says otherwise. *Second opinion*: a reader that others wrote agrees on whole frames, in the tests. *Untested*
hardware means that no capture of such a device has been decoded here: if you have one, `sts-edge decode` is the first thing to try.

"""


def text() -> str:
    """The whole page."""
    registered = _table(
        ("kind", "devices", "what it gives", "what it needs"),
        ((f"`{kind}`", one.devices, one.gives, one.needs) for kind, one in REGISTERED.items()),
    )
    checked = _table(
        (
            "decoder",
            "devices",
            "metrics checked",
            "vectors",
            "from",
            "second opinion",
            "simulated",
            "hardware",
        ),
        (_row(kind) for kind in KINDS),
    )
    return HEAD + registered + BETWEEN + checked


def _row(kind: Kind) -> tuple[str, ...]:
    told = page(kind)
    own = list(vectors(kind))
    refused = sum(bool(vector.told.get("refused")) for vector in own)
    count = f"{len(own)}, {refused} of them refused" if refused else str(len(own))
    origins = dict.fromkeys(vector.origin for vector in own)
    simulated = f"`{told['simulator']}`" if "simulator" in told else "no"
    return (
        f"`{kind.name}`: {kind.title}",
        told["about"],
        ", ".join(_metrics(kind)) or "none is stored",
        count,
        "; ".join(origins),
        told.get("second_opinion", "none"),
        simulated,
        told["hardware"],
    )


def _metrics(kind: Kind) -> Iterator[str]:
    """Each metric that a vector of the kind expects, once."""
    names = (value[0] for vector in vectors(kind) for value in vector.told.get("values", ()))
    yield from dict.fromkeys(names)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(
        "| " + " | ".join(cell or " " for cell in line).replace("|  |", "| |") + " |\n" for line in lines
    )


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
