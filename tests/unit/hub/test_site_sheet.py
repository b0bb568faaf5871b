"""Site sheets: what is in the file can be read again, and what is on paper is a QR code of the command."""

from __future__ import annotations

import itertools
import tomllib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

import oracles
from sts_hub.enrolment.codes import ALPHABET, HAND_LENGTH, SHEET_LENGTH, code_hash, new_code
from sts_hub.enrolment.sheet import Sheet

ENDS = datetime(2026, 12, 12, 8, tzinfo=UTC)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(site=WORDS, ca=WORDS, wifi=st.tuples(WORDS, WORDS))
def test_the_file_says_what_was_put_in(site: str, ca: str, wifi: tuple[str, str]) -> None:
    sheet = Sheet("https://hub.example.org", site, ENDS, [("pitch-1", "A-B"), ("pitch-2", "C-D")], ca, wifi)
    assert tomllib.loads(sheet.file()) == {
        "hub": "https://hub.example.org",
        "site": site,
        "ends": ENDS,
        "ca": ca,
        "wifi": {"name": wifi[0], "password": wifi[1]},
        "gateways": [{"name": "pitch-1", "code": "A-B"}, {"name": "pitch-2", "code": "C-D"}],
    }


def test_on_paper_each_gateway_has_its_command_and_a_code_with_a_quiet_border() -> None:
    paper = Sheet("https://hub.example.org", "Pitch", ENDS, [("pitch-1", "A-B")]).paper()
    assert "sudo sts-edge enrol A-B --hub https://hub.example.org" in paper
    squares = paper.partition("hub.example.org\n")[2].splitlines()
    assert squares[:2] == ["", ""]
    assert squares[2].startswith("    █▀▀▀▀▀█")


def squares_of(paper: str, command: str) -> str:
    """The picture below a command."""
    below = paper.partition(f"{command}\n")[2]
    lines = itertools.takewhile(lambda line: not line or line[0] in " ▀▄█", below.split("\n"))
    return "\n".join(lines)


@pytest.mark.parametrize("seen", ["paper", "screen"])
def test_another_reader_finds_each_gateways_command_in_its_squares(seen: str) -> None:
    codes = [(f"pitch-{number}", new_code(SHEET_LENGTH)) for number in range(1, 6)]
    paper = Sheet("https://hub.example.org", "Pitch", ENDS, codes).paper()
    commands = [f"sudo sts-edge enrol {code} --hub https://hub.example.org" for _, code in codes]
    asked = [(seen, squares_of(paper, command).encode()) for command in commands]
    assert [[text for _, text in found] for found in oracles.ask("qr", asked)] == [[one] for one in commands]


def test_the_other_reader_does_not_read_what_is_no_code() -> None:
    """Control: a picture without its corners."""
    command = "sudo sts-edge enrol A-B --hub https://hub.example.org"
    paper = Sheet("https://hub.example.org", "Pitch", ENDS, [("pitch-1", "A-B")]).paper()
    torn = "\n".join(squares_of(paper, command).split("\n")[10:])
    assert oracles.ask("qr", [("paper", torn.encode())]) == [[]]


def test_codes_have_the_bits_that_are_promised() -> None:
    assert len(set(ALPHABET)) == 32
    assert HAND_LENGTH * 5 >= 64
    assert SHEET_LENGTH * 5 >= 128
    assert len(new_code(SHEET_LENGTH).replace("-", "")) == SHEET_LENGTH
    assert len({new_code(HAND_LENGTH) for _ in range(1000)}) == 1000


def test_a_code_is_the_same_however_it_is_typed() -> None:
    assert code_hash("K3XQ-0TZ9-M4B1-D") == code_hash(" k3xq otz9 m4bl d ")
    assert code_hash("K3XQ-0TZ9-M4B1-D") != code_hash("K3XQ-0TZ9-M4B1-E")
