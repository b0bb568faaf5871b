"""Runs in an environment of its own: what Garmin's own reader makes of the same FIT file.

One JSON line in, {"ask": ..., "hex": ...}, one JSON line out. It imports nothing of the project.
"""

import json
import sys

from garmin_fit_sdk import Decoder, Stream

NAMES = ("heart_rate", "altitude", "distance", "speed", "power", "latitude", "longitude", "cadence")


def fit(data: bytes) -> dict:
    """Columns of the records, whether the file is sound, and the sessions."""
    stream = Stream.from_byte_array(bytearray(data))
    sound = Decoder(stream).check_integrity()
    stream.reset()
    messages, errors = Decoder(stream).read()
    records = messages.get("record_mesgs", [])
    told = {name: [one.get(f"enhanced_{name}", one.get(name)) for one in records] for name in NAMES}
    told["latitude"] = [degrees(one.get("position_lat")) for one in records]
    told["longitude"] = [degrees(one.get("position_long")) for one in records]
    told["t"] = [int(one["timestamp"].timestamp()) for one in records]
    sessions = [
        {
            "sport": one.get("sport"),
            "elapsed_s": one.get("total_elapsed_time"),
            "timer_s": one.get("total_timer_time"),
        }
        for one in messages.get("session_mesgs", [])
    ]
    return {**told, "sound": sound, "errors": [str(one) for one in errors], "sessions": sessions}


def degrees(semicircles: int | None) -> float | None:
    """A position in degrees."""
    return None if semicircles is None else semicircles * 180 / 2**31


ASKED = {"fit": fit}

for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps(ASKED[question["ask"]](bytes.fromhex(question["hex"]))), flush=True)
