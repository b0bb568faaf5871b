"""The published frame of self-made pods: page, both senders and decoder are of one mind."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from missing_parts import missing
from sts_protocols.serial import pod

PROTOCOLS = Path(__file__).parents[3] / "protocols"
VECTORS = re.findall(
    r"\| `((?:values|impulse)\(.*?\))` \| `([0-9a-f]+)` \|", (PROTOCOLS / "PODS.md").read_text()
)
ARDUINO = PROTOCOLS / "pods/arduino/gate_pod"
# The calls of the vectors in C++, on a port that prints hex.
PROGRAM = """
#include <cstdio>
#include "sts_pod.h"
struct Printer {
  size_t write(const uint8_t *data, size_t length) {
    for (size_t i = 0; i < length; i++) printf("%02x", data[i]);
    return length;
  }
};
int main() {
  Printer printer;
  sts::Pod<Printer> pod(printer);
  CALLS
  printf("%04x", sts::crc16(reinterpret_cast<const uint8_t *>("123456789"), 9));
}
"""


class Port:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.frames: list[str] = []

    def write(self, frame: bytes) -> None:
        self.frames.append(frame.hex())


@pytest.fixture
def micropython():
    spec = importlib.util.spec_from_file_location("sts_pod", PROTOCOLS / "pods/micropython/sts_pod.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def call(sender, text: str) -> None:
    """`values(1, (2, 3))` on this sender."""
    name, numbers = text.split("(", 1)
    getattr(sender, name)(*eval(f"({numbers[:-1]},)", {"__builtins__": {}}))


def test_the_page_has_vectors_of_both_types():
    assert len(VECTORS) == 4
    assert {text.split("(")[0] for text, _ in VECTORS} == {"values", "impulse"}


def test_the_micropython_sender_makes_the_published_frames(micropython):
    """Under CPython."""
    port = Port()
    sender = micropython.Pod(port)
    for text, _ in VECTORS:
        call(sender, text)
    assert port.frames == [frame for _, frame in VECTORS]
    assert micropython.crc16(b"123456789") == 0x29B1


def test_the_arduino_sender_makes_the_published_frames(tmp_path):
    """Compiled for this machine."""
    compiler = (
        shutil.which("g++") or shutil.which("c++") or missing("a C++ compiler", "install the package g++")
    )
    calls = "\n".join(_cpp(text) for text, _ in VECTORS)
    source = tmp_path / "pod.cpp"
    source.write_text(PROGRAM.replace("CALLS", calls))
    words = [
        compiler,
        "-std=c++11",
        "-Wall",
        "-Wextra",
        "-Werror",
        f"-I{ARDUINO}",
        source,
        "-o",
        tmp_path / "pod",
    ]
    subprocess.run(words, check=True, timeout=120)
    ran = subprocess.run([tmp_path / "pod"], check=True, capture_output=True, text=True, timeout=60)
    assert ran.stdout == "".join(frame for _, frame in VECTORS) + "29b1"


def test_the_decoder_reads_the_published_frames():
    """And tells what was sent."""
    (values, three, impulse, manual) = pod.stream().hear(
        bytes.fromhex("".join(frame for _, frame in VECTORS)), 0
    )
    assert [(value.metric, value.value) for value in values.values] == [(3, 88.0)]
    assert [(value.metric, value.value) for value in three.values] == [(1, 142.0), (5, 37.2), (13, -1.0)]
    assert (impulse.impulse.ticks, impulse.impulse.channel) == (20_001, "C3")
    assert (manual.impulse.ticks, manual.impulse.marks) == (2**32 - 1, ("manual", "unassigned"))


def _cpp(text: str) -> str:
    """The call of a vector in C++."""
    if text.startswith("impulse"):
        return f"pod.{text.replace('4294967295', '4294967295u')};"
    ticks, *told = re.findall(r"-?\d+", text)
    pairs = zip(told[0::2], told[1::2], strict=True)
    adds = "".join(f"pod.add({metric}, {steps});" for metric, steps in pairs)
    return f"pod.begin_values({ticks}); {adds} pod.send();"
