"""The words for what became of somebody who has no ordinary result, as each format writes them."""

from collections.abc import Mapping
from typing import Final

from sts_protocols.results.model import Status

WORDS: Final[Mapping[str, Status]] = {
    "DNS": "DNS",
    "NS": "DNS",
    "N/S": "DNS",
    "DFS": "DNS",
    "ABS": "DNS",
    "DNF": "DNF",
    "ABD": "DNF",
    "RET": "DNF",
    "DNQ": "NC",
    "NPS": "DNS",
    "DSQ": "DSQ",
    "DQ": "DSQ",
    "DISQ": "DSQ",
    "FS": "DSQ",
    "DQB": "DSQ",
    "DQF": "DSQ",
    "DQG": "DSQ",
    "WDR": "WDR",
    "WD": "WDR",
    "SCR": "WDR",
    "EXH": "EXH",
    "EX": "EXH",
    "HC": "EXH",
    "SICK": "SICK",
    "MP": "MP",
    "NC": "NC",
    "N.A": "DNS",
    "AUFG": "DNF",
    "RJC": "RJC",
    "OTL": "OOT",
    "OOT": "OOT",
}


def status_of(word: str) -> Status | None:
    """The status that a word stands for, None for a word that is none."""
    return WORDS.get(word.strip().upper().rstrip("."))
