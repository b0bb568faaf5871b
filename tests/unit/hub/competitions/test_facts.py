"""Facts of a reading: keys of the source, and what stands under them."""

from uuid import UUID

import pytest

from result_files import LIF
from sts_hub.competitions.facts import facts_of, folded
from sts_protocols.results import reading
from sts_protocols.results.model import Competitor, Entry, Event, Heat, Meet, Round

SALT = UUID(int=7)


def test_entries_and_results_stand_under_event_round_and_the_sources_own_id() -> None:
    told = facts_of(reading.read(LIF).meet, SALT).told
    assert {key for kind, key in told if kind == "entry"} == {f"14/1/{bib}" for bib in range(234, 240)}
    assert told["result", "14/1/234"].parent == "14/1/234"
    assert told["entry", "14/1/234"].parent == "14/1/heat 2"


def meet_of(*entries: Entry) -> Meet:
    return Meet(
        events=(Event(number="1", rounds=(Round(number=1, heats=(Heat(number=2, entries=entries),)),)),)
    )


def test_a_bib_that_is_but_the_lane_is_one_of_its_heat_only() -> None:
    told = facts_of(meet_of(Entry(competitor=Competitor(id="4", name="Oh"), lane=4)), SALT).told
    assert ("entry", "1/1/heat 2 lane 4") in told


@pytest.mark.timeout(20)
def test_a_hundred_thousand_entries_of_one_key_are_told_apart_in_no_time() -> None:
    alike = Entry(competitor=Competitor(id="7" * 2000), lane=1)
    told = facts_of(meet_of(*[alike] * 100_000), SALT).told
    assert len([1 for kind, _ in told if kind == "entry"]) == 100_000


def test_people_are_known_by_no_name_of_theirs() -> None:
    facts = facts_of(reading.read(LIF).meet, SALT)
    assert "Quill" not in str(facts.told)
    assert facts_of(reading.read(LIF).meet, UUID(int=8)).people.keys().isdisjoint(facts.people)


@pytest.mark.parametrize("name", ["Zoé O'Quill", "O'QUILL, Zoe", "o quill  ZOÉ"])
def test_names_are_compared_without_accents_capitals_and_order(name: str) -> None:
    assert folded(name) == "o quill zoe"
