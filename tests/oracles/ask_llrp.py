"""Runs in an environment of its own: what sllurp reads in reports of tags, and how it writes the same ROSpec.

One JSON line in, {"ask": ..., "hex": ...}, one JSON line out. It imports nothing of the project.
"""

import json
import sys

from sllurp.llrp import LLRPMessage
from sllurp.llrp_proto import AirProtocol


def report(data: bytes) -> list:
    told = LLRPMessage(msgbytes=data).msgdict["RO_ACCESS_REPORT"]["TagReportData"]
    names = ("EPC", "AntennaID", "PeakRSSI", "FirstSeenTimestampUTC", "LastSeenTimestampUTC", "TagSeenCount")
    return [[plain(tag[name]) for name in names] for tag in told]


def plain(value):
    return value.decode() if isinstance(value, bytes) else value


def add_rospec(data: bytes) -> str:
    """data: the numbers of the message and of the ROSpec, 4 bytes each."""
    wanted = ("AntennaID", "PeakRSSI", "FirstSeenTimestamp", "LastSeenTimestamp", "TagSeenCount")
    rospec = {
        "ROSpecID": int.from_bytes(data[4:], "big"),
        "Priority": 0,
        "CurrentState": "Disabled",
        "ROBoundarySpec": {
            "ROSpecStartTrigger": {"ROSpecStartTriggerType": "Null"},
            "ROSpecStopTrigger": {"ROSpecStopTriggerType": "Null", "DurationTriggerValue": 0},
        },
        "AISpec": [
            {
                "AntennaID": [0],
                "AISpecStopTrigger": {"AISpecStopTriggerType": "Null", "DurationTriggerValue": 0},
                "InventoryParameterSpec": [
                    {
                        "InventoryParameterSpecID": 1,
                        "ProtocolID": AirProtocol["EPCGlobalClass1Gen2"],
                        "AntennaConfiguration": [],
                    }
                ],
            }
        ],
        "ROReportSpec": {
            "ROReportTrigger": "Upon_N_Tags_Or_End_Of_AISpec",
            "N": 1,
            "TagReportContentSelector": {f"Enable{name}": True for name in wanted},
        },
    }
    message = LLRPMessage(msgdict={"ADD_ROSPEC": {"ID": int.from_bytes(data[:4], "big"), "ROSpec": rospec}})
    message.serialize()
    return message.msgbytes.hex()


ASKED = {"report": report, "add_rospec": add_rospec}

for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps(ASKED[question["ask"]](bytes.fromhex(question["hex"]))), flush=True)
