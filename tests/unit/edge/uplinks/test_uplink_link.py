"""The link's states."""

from __future__ import annotations

import asyncio
from itertools import product

import pytest

from sts_edge.uplinks.link import TABLE, Link, LinkEvent, LinkState, next_state


def test_the_link_is_up_from_the_first_live_confirm_until_one_misses() -> None:
    states = [LinkState.DOWN]
    for event in (LinkEvent.STOOD, LinkEvent.CONFIRMED, LinkEvent.CONFIRMED, LinkEvent.MISSED):
        states.append(next_state(states[-1], event))
    assert states == [
        LinkState.DOWN,
        LinkState.STANDING,
        LinkState.UP,
        LinkState.UP,
        LinkState.STALLED,
    ]


def test_a_connection_that_stands_is_not_yet_a_link_that_is_up() -> None:
    ups = {(state, event) for (state, event), after in TABLE.items() if after is LinkState.UP}
    assert {event for _, event in ups} == {LinkEvent.CONFIRMED}


@pytest.mark.parametrize("state", LinkState)
def test_a_lost_connection_leaves_no_state_that_pretends_one(state: LinkState) -> None:
    assert next_state(state, LinkEvent.LOST) in (LinkState.DOWN, LinkState.REFUSED)


def test_an_event_out_of_place_changes_nothing() -> None:
    for state, event in product(LinkState, LinkEvent):
        if (state, event) not in TABLE:
            assert next_state(state, event) is state


async def test_whoever_waits_for_a_state_wakes_when_it_comes() -> None:
    link = Link()
    waiting = asyncio.create_task(link.until([LinkState.UP]))
    link.happened(LinkEvent.STOOD)
    await asyncio.sleep(0)
    assert not waiting.done()
    link.happened(LinkEvent.CONFIRMED)
    await asyncio.wait_for(waiting, 5)


def test_each_change_is_told_once() -> None:
    link, changes = Link(), []
    link.on_change = lambda before, now: changes.append((before, now))
    for event in (LinkEvent.STOOD, LinkEvent.STOOD, LinkEvent.LOST, LinkEvent.LOST):
        link.happened(event)
    assert changes == [(LinkState.DOWN, LinkState.STANDING), (LinkState.STANDING, LinkState.DOWN)]
