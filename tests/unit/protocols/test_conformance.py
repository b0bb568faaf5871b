"""The page for technicians is what the table of decoders and their vectors say, no more and no less."""

from typing import get_args

import pytest

import conformance
from conformance import PAGE, REGISTERED
from decoder_vectors import page
from sts_edge.config.ways_in import SensorKind
from sts_protocols.kinds import KINDS
from sts_sims.scenario import CableKind
from sts_sims.scenario import SensorKind as SimulatedKind
from sts_sims.site import NETWORK


def test_the_page_is_what_the_table_says():
    """A decoder, a vector or a word that changes, changes the page."""
    assert PAGE.read_text("utf-8") == conformance.text(), f"write it again: {conformance.__doc__}"


def test_every_kind_of_the_settings_can_be_registered_by_the_page():
    """None is missing, none is made up."""
    assert set(REGISTERED) == set(get_args(SensorKind))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_decoder_stands_on_the_page_once(kind):
    """With its hardware told; a simulator that is named is there."""
    assert PAGE.read_text("utf-8").count(f"\n| `{kind.name}`: ") == 1
    told = page(kind)
    assert told["hardware"].strip()
    assert told.get("simulator", "heart_rate") in {
        *get_args(SimulatedKind),
        *get_args(CableKind),
        *NETWORK.values(),
    }


def test_a_page_that_lags_behind_is_found(monkeypatch):
    """The control: one decoder less in the table, and the page is wrong."""
    monkeypatch.setattr(conformance, "KINDS", KINDS[1:])
    assert PAGE.read_text("utf-8") != conformance.text()
