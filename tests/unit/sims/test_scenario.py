"""Scenario files are read whole, and refused with a sentence."""

from pathlib import Path

import pytest

from sts_sims import scenario
from sts_sims.scenario import ScenarioError

GOOD = """
about = "One strap."
[[plan]]
name = "run"
seconds = 60
effort = 0.5
[[straps]]
name = "hr-01"
address = "A0:9E:1A:00:00:01"
athlete = { number = 1, name = "Ana Silva", hr_max = 196, hr_rest = 52 }
"""

STRAP = GOOD[GOOD.index("[[straps]]") :]


def load(folder: Path, text: str) -> scenario.Scenario:
    file = folder / "own.toml"
    file.write_text(text, encoding="utf-8")
    return scenario.load(str(file))


@pytest.mark.parametrize("name", scenario.shipped())
def test_every_shipped_scenario_is_good(name: str) -> None:
    assert scenario.load(name).about


def test_the_squad_has_thirty_named_athletes_on_thirty_straps() -> None:
    roster = scenario.roster(scenario.load("squad"))
    assert [strap["name"] for strap in roster] == [f"hr-{n:02d}" for n in range(1, 31)]
    assert len({strap["athlete"]["name"] for strap in roster}) == 30
    assert {strap["kind"] for strap in roster} == {"heart_rate"}


def test_a_file_of_ones_own_is_read(tmp_path: Path) -> None:
    assert load(tmp_path, GOOD).straps[0].athlete.name == "Ana Silva"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (GOOD.replace("effort = 0.5", "effort = 1.5"), "effort"),
        (GOOD.replace("seconds = 60", "secands = 60"), "secands"),
        (GOOD.replace("hr_max = 196", "hr_max = 40"), "hr_max"),
        (GOOD.replace("A0:9E", "A0-9E"), "address"),
        (GOOD + STRAP, "given twice"),
        (GOOD + '[[timeline]]\nat_s = 1\ndo = "explode"\n', "explode"),
        (GOOD + '[[timeline]]\nat_s = 1\ndo = "mute"\nstrap = "hr-09"\n', "hr-09"),
        (GOOD + '[[timeline]]\nat_s = 1\ndo = "drop"\nstrap = "hr-01"\ngateway = "west"\n', "west"),
        ("about = ", "Invalid value"),
        ("about = 'nobody'", "plan"),
        (GOOD[: GOOD.index("[[straps]]")], "neither straps nor sensors"),
        (GOOD + 'kind = "toaster"', "toaster"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(tmp_path: Path, text: str, word: str) -> None:
    with pytest.raises(ScenarioError, match=word):
        load(tmp_path, text)


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ScenarioError, match="squad"):
        scenario.load("no-such-thing")
