"""The board of faults."""

from __future__ import annotations

from sts_edge.health import Health, State


def test_a_fault_degrades_until_it_is_taken_back() -> None:
    health = Health()
    assert health.state is State.OK
    health.tell("link", "The hub is unreachable.")
    assert (health.state, health.faults) == (State.DEGRADED, ["The hub is unreachable."])
    health.clear("link")
    assert (health.state, health.faults) == (State.OK, [])


def test_the_last_sentence_under_a_name_counts() -> None:
    health = Health()
    health.tell("link", "one")
    health.tell("link", "two")
    assert health.faults == ["two"]


def test_news_are_told_once() -> None:
    health, news = Health(), []
    health.on_news = lambda name, sentence: news.append((name, sentence))
    for _ in range(3):
        health.tell("link", "one")
    for _ in range(2):
        health.clear("link")
    assert news == [("link", "one"), ("link", "")]


def test_the_fault_that_ends_the_agent_comes_first_and_stays() -> None:
    health = Health()
    health.tell("link", "one")
    health.fail("The card is broken.")
    assert health.state is State.FAILED
    assert health.faults == ["The card is broken.", "one"]


def test_parts_with_lists_of_their_own_are_asked() -> None:
    health, faults = Health(), ["hr-01 is lost"]
    health.ask(lambda: faults)
    assert health.state is State.DEGRADED
    faults.clear()
    assert health.state is State.OK
