"""A change of the settings is noted, tried, settled or taken back; a kill at any step leaves one of these."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from killed_at_steps import told_by
from sts_edge.agent.settings_book import Attempt, SettingsBook
from sts_edge.config import load
from sts_edge.trial import MOST_STARTS, NEXT, Event, Phase
from sts_protocols.beat import Beat, decode_beat, encode_beat

BEFORE = """\
[gateway]
name = "pitch-1"
[hub]
url = "amqp://127.0.0.1:1/sts"
password_file = "password"
[record]
live_ms = 250
"""
AFTER = BEFORE.replace("250", "500")
OTHER = BEFORE.replace("250", "700")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "password").write_text("secret\n")
    (tmp_path / "password").chmod(0o600)
    file = tmp_path / "settings.toml"
    file.write_text(BEFORE)
    return file


def started(config: Path) -> SettingsBook:
    """What a start finds."""
    book = SettingsBook(config)
    book.begin()
    return book


def tried(config: Path) -> SettingsBook:
    """A book with a change on trial."""
    book = started(config)
    book.stage(Attempt(7, book.page.version + 1, BEFORE, AFTER))
    return book


def test_the_table_leads_out_of_every_phase() -> None:
    for phase in Phase:
        reached, before = {phase}, set()
        while reached != before:
            before = set(reached)
            reached |= {after for (at, _), after in NEXT.items() if at in before}
        assert Phase.SETTLED in reached
    assert {event for _, event in NEXT} == set(Event)


def test_settings_have_a_version_that_rises_with_each_change_made_here(config: Path) -> None:
    assert started(config).page.version == 1
    assert started(config).page.version == 1
    config.write_text(AFTER)
    assert started(config).page.version == 2
    config.write_text(AFTER.replace("pitch-1", "pitch-2"))
    assert started(config).page.version == 2, "what the hub may not change is none of its versions"


def test_a_change_that_is_answered_is_settled(config: Path) -> None:
    book = tried(config)
    assert (book.report(True, False).version, book.report(True, False).change) == (2, 7)
    book.answered()
    again = started(config)
    assert (again.phase, again.page.version, again.page.change) == (Phase.SETTLED, 2, 7)
    assert load(config).record.live_ms == 500


def test_a_change_that_is_taken_back_leaves_the_file_as_it_was_and_says_why(config: Path) -> None:
    tried(config).go_back(["the hub was lost"])
    assert config.read_text() == BEFORE
    again = started(config)
    assert (again.phase, again.page.version) == (Phase.SETTLED, 1)
    refused = again.report(False, False).refused
    assert refused is not None
    assert (refused.change, refused.faults) == (7, ["the hub was lost"])


def test_a_change_that_keeps_the_agent_from_starting_is_taken_back_by_itself(config: Path) -> None:
    tried(config)
    for _ in range(MOST_STARTS):
        assert started(config).phase is Phase.TRIAL
    last = started(config)
    assert last.phase is Phase.SETTLED
    assert last.page.refused is not None
    assert config.read_text() == BEFORE


def test_settings_on_trial_that_cannot_be_read_any_more_are_taken_back_at_once(config: Path) -> None:
    book = started(config)
    key = config.with_name("key")
    key.write_text("00" * 16)
    key.chmod(0o600)
    sensor = '[[sensors]]\nname = "shed"\naddress = "A0:9E:1A:00:00:01"\nkind = "bthome"\nlink = "never"\n'
    book.stage(Attempt(7, 2, BEFORE, BEFORE + sensor + 'bind_key_file = "key"\n'))
    assert started(config).phase is Phase.TRIAL
    key.unlink()
    found = started(config)
    assert found.phase is Phase.SETTLED
    assert config.read_text() == BEFORE


def test_somebody_who_edits_the_settings_ends_the_trial(config: Path) -> None:
    tried(config)
    config.write_text(OTHER)
    found = started(config)
    assert (found.phase, found.page.version, found.page.change) == (Phase.SETTLED, 3, None)
    assert config.read_text() == OTHER


def test_somebody_who_moves_the_copy_back_ends_the_trial_too(config: Path) -> None:
    tried(config)
    config.with_name("settings.toml.bak").replace(config)
    found = started(config)
    assert (found.phase, found.page.version) == (Phase.SETTLED, 3)
    assert config.read_text() == BEFORE


@pytest.mark.parametrize("text", ["", "{", '{"phase":"trial"}', '{"phase":"lost"}', "\x00" * 100])
def test_a_harmed_file_costs_the_number_and_nothing_else(config: Path, text: str) -> None:
    config.with_name("settings.toml.version").write_text(text)
    assert started(config).page.version == 1


def test_whatever_was_wrong_a_beat_can_carry_it(config: Path) -> None:
    config.write_text(
        BEFORE
        + "".join(
            f'[[topics]]\ntopic = "a/{number}"\nsensor = "s-{number}"\nmetric = "{"x" * 300}"\n'
            for number in range(200)
        )
    )
    book = started(config)
    book.refuse(7, ["fault " * 200] * 100)
    told = Beat(
        gateway="pitch-1", epoch="0f" * 16, number=1, boot_us=0, epochs=[], settings=book.report(False, True)
    )
    assert told.settings is not None
    assert told.settings.tables is None, "more than a beat has room for is not told"
    assert decode_beat(encode_beat(told)) == told


# Forks a child for each step, which dies there, and tells what a start then finds.
KILLED = """
import json, sys
from pathlib import Path
from killed_at_steps import deaths
from sts_edge.agent import settings_book as books

config, act, before, after = Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]

def started():
    book = books.SettingsBook(config)
    book.begin()
    return book

def tried():
    book = started()
    book.stage(books.Attempt(7, book.page.version + 1, before, after))
    return book

ACTS = {"stage": tried, "answered": lambda: books.SettingsBook(config).answered(),
        "back": lambda: books.SettingsBook(config).go_back(["the hub was lost"])}

def prepared():
    config.write_text(before)
    config.with_name("settings.toml.version").unlink(missing_ok=True)
    started() if act == "stage" else tried()

for _ in deaths(prepared, ACTS[act]):
    found, again = started(), started()
    kept = {before: "old", after: "new"}.get(config.read_text())
    print(json.dumps([found.phase.value, kept, (again.phase, again.page.version) == (found.phase, found.page.version)]))
"""


@pytest.mark.parametrize(
    ("act", "ways"),
    [
        ("stage", {("settled", "old"), ("trial", "new")}),
        ("answered", {("trial", "new"), ("settled", "new")}),
        ("back", {("trial", "new"), ("settled", "old")}),
    ],
)
def test_killed_at_any_step_it_is_the_old_settings_or_the_new_and_goes_on_by_itself(
    config: Path, act: str, ways: set[tuple[str, str]]
) -> None:
    """SIGKILL before and after each sync and each rename, one after the other, until an act lives through all."""
    found = [json.loads(line) for line in told_by(KILLED, str(config), act, BEFORE, AFTER)]
    assert len(found) >= 6, "each act syncs a file and its folder, and renames it, at least once"
    assert {(phase, kept) for phase, kept, _ in found} == ways, "both sides of the step were met"
    assert all(is_stable for _, _, is_stable in found)
