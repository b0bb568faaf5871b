"""Runs in an environment of its own: what other people's libraries make of the same bytes.

One JSON line in, {"ask": ..., "hex": ...}, one JSON line out. It imports nothing of the project.
"""

import json
import sys

from cobs import cobs
from crccheck.crc import Crc16CcittFalse
from pynmeagps import NMEAReader
from pyubx2 import UBXReader


def pvt(data: bytes) -> dict:
    told = UBXReader.parse(data)
    names = (
        "lat",
        "lon",
        "hMSL",
        "gSpeed",
        "headMot",
        "hAcc",
        "vAcc",
        "numSV",
        "pDOP",
        "fixType",
        "gnssFixOk",
        "nano",
    )
    return {name: getattr(told, name) for name in names}


def nmea(data: bytes) -> dict:
    told = NMEAReader.parse(data)
    return {name: getattr(told, name, None) for name in ("lat", "lon", "spd", "cog", "alt", "numSV", "HDOP")}


ASKED = {
    "cobs": lambda data: cobs.encode(data).hex(),
    "crc": lambda data: Crc16CcittFalse.calc(data),
    "pvt": pvt,
    "nmea": nmea,
}

for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps(ASKED[question["ask"]](bytes.fromhex(question["hex"]))), flush=True)
