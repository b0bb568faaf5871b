"""Runs in an environment of its own: what NeuroKit2 and SciPy make of the same RR intervals.

One JSON line in, {"ask": ..., "hex": ...}, one JSON line out. It imports nothing of the project.
"""

import json
import struct
import sys

import neurokit2
import numpy
import scipy.signal


def numbers(data: bytes) -> list:
    return list(struct.unpack(f"<{len(data) // 8}d", data))


def hrv(data: bytes) -> dict:
    """data: RR, whole ms. Its pNN50 has the number of intervals below the line, not that of differences."""
    peaks = numpy.cumsum([0, *numbers(data)]).astype(int)
    told = neurokit2.hrv_time(peaks, sampling_rate=1000)
    return {name: float(told[f"HRV_{name}"].iloc[0]) for name in ("RMSSD", "SDNN", "pNN50", "MeanNN")}


def artefacts(data: bytes) -> dict:
    """data: RR, whole ms. Places are those of beats, of which the first ends no interval."""
    peaks = numpy.cumsum([0, *numbers(data)]).astype(int)
    told, _ = neurokit2.signal_fixpeaks(peaks, sampling_rate=1000, iterative=False, method="Kubios")
    return {
        name: [int(place) for place in told[name]] for name in ("missed", "extra", "ectopic", "longshort")
    }


def welch(data: bytes) -> list:
    """data: a signal at 4 Hz."""
    _, power = scipy.signal.welch(numpy.array(numbers(data)), 4.0, "hann", 256, 128, scaling="spectrum")
    return power.tolist()


ASKED = {"hrv": hrv, "artefacts": artefacts, "welch": welch}

for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps(ASKED[question["ask"]](bytes.fromhex(question["hex"]))), flush=True)
