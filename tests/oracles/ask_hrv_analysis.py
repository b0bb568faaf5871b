"""Runs in an environment of its own: what hrv-analysis makes of the same RR intervals.

One JSON line in, {"ask": ..., "hex": ...}, one JSON line out. It imports nothing of the project.
"""

import json
import struct
import sys

from hrvanalysis import get_time_domain_features


def hrv(data: bytes) -> dict:
    told = get_time_domain_features(list(struct.unpack(f"<{len(data) // 8}d", data)))
    return {name: float(told[name]) for name in ("rmssd", "sdnn", "pnni_50", "mean_nni")}


ASKED = {"hrv": hrv}

for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps(ASKED[question["ask"]](bytes.fromhex(question["hex"]))), flush=True)
