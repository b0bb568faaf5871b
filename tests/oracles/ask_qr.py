"""Runs in an environment of its own: what another reader sees in a picture of squares.

One JSON line in, {"ask": "paper" or "screen", "hex": lines of half blocks in UTF-8}, one JSON line out: all that was read. It
imports nothing of the project. On paper a block is dark, on a dark screen it is bright.
"""

import json
import sys

import numpy
import zxingcpp

PIXELS = 4
HALVES = {" ": (0, 0), "\u2580": (1, 0), "\u2584": (0, 1), "\u2588": (1, 1)}


def picture(text: str, on_paper: bool) -> numpy.ndarray:
    lines = text.split("\n")
    width = max(len(line) for line in lines) + 4
    rows = []
    for line in lines:
        halves = [HALVES[sign] for sign in line.ljust(width)]
        rows += [[upper for upper, _ in halves], [lower for _, lower in halves]]
    ink = numpy.kron(numpy.array(rows, numpy.uint8), numpy.ones((PIXELS, PIXELS), numpy.uint8))
    return (1 - ink if on_paper else ink) * 255


for line in sys.stdin:
    question = json.loads(line)
    found = zxingcpp.read_barcodes(
        picture(bytes.fromhex(question["hex"]).decode(), question["ask"] == "paper")
    )
    print(json.dumps([[one.format.name, one.text] for one in found]), flush=True)
