"""Each reason that a gateway can declare has its sentence."""

from __future__ import annotations

import re
from pathlib import Path

from sts_hub.completeness.reasons import WORDS, in_words

LAYOUT = Path(__file__).parents[4] / "protocols/README.md"


def published() -> set[str]:
    """The reasons of a drop, as the layout lists them."""
    (line,) = [
        one for one in LAYOUT.read_text("utf-8").splitlines() if one.startswith("| 2 | reason | text |")
    ]
    _, _, listed = line.partition("`:")
    return set(re.findall(r"`([a-z_]+)`", listed))


def test_every_published_reason_is_said_in_words() -> None:
    assert len(published()) == 11
    assert published() <= WORDS.keys()


def test_no_word_of_a_machine_stands_in_a_sentence() -> None:
    for reason, sentence in WORDS.items():
        assert sentence.endswith(".")
        assert reason not in sentence or reason == "damaged"


def test_a_reason_that_this_hub_does_not_know_is_told_as_it_came() -> None:
    assert in_words("moon_phase") == "The gateway says: moon_phase."
    assert in_words("") == ""
