"""Runs in an environment of its own: what bleakheart makes of the same frames of a Polar sensor.

One JSON line in, {"ask": ..., "hex": ...}, one JSON line out. It imports nothing of the project.
"""

import json
import sys

from bleakheart import PolarMeasurementData

# Its decoders keep no state; only its dialogue does.
reader = PolarMeasurementData.__new__(PolarMeasurementData)

ASKED = {"ecg": reader._decode_ecg_data, "acc": reader._decode_acc_data}

for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps(ASKED[question["ask"]](bytes.fromhex(question["hex"]))), flush=True)
