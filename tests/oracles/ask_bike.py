"""Runs in an environment of its own: what another reader makes of the same frame of an indoor bike.

One JSON line in, {"ask": ..., "hex": ...}, one JSON line out. It imports nothing of the project.
"""

import json
import sys

from pycycling.ftms_parsers.indoor_bike_data import parse_indoor_bike_data

ASKED = {"bike": lambda data: parse_indoor_bike_data(data)._asdict()}

for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps(ASKED[question["ask"]](bytes.fromhex(question["hex"]))), flush=True)
