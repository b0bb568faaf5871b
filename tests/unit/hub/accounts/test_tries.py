"""The limit on tries, and what counts as guessable."""

from __future__ import annotations

import asyncio
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request

from sts_hub.accounts import passwords, tries
from sts_hub.accounts.passwords import AT_ONCE, MIN_SCORE, WAITING, Busy, Passwords, score
from sts_hub.accounts.signing_in import address_of
from sts_hub.accounts.tries import Tries


@given(st.lists(st.floats(0, 100), min_size=1, max_size=60), st.integers(1, 5))
@settings(max_examples=100, deadline=None)
def test_no_window_ever_holds_more_tries_than_the_limit(waits: list[float], limit: int) -> None:
    now = 0.0
    kept = Tries(limit, 60, clock=lambda: now)
    allowed: list[float] = []
    for wait in waits:
        now += wait
        if kept.wait_s("key") == 0:
            kept.count("key")
            allowed.append(now)
    for first in allowed:
        assert sum(first <= time < first + 60 for time in allowed) <= limit


def test_after_the_wait_that_was_told_a_try_is_allowed() -> None:
    now = 0.0
    kept = Tries(1, 60, clock=lambda: now)
    kept.count("key")
    now += kept.wait_s("key")
    assert kept.wait_s("key") == 0


def test_keys_do_not_count_for_each_other() -> None:
    kept = Tries(1, 60)
    kept.count("one")
    assert kept.wait_s("one") > 0
    assert kept.wait_s("other") == 0


def test_memory_is_bounded_and_forgets_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tries, "KEYS", 10)
    kept = Tries(1, 60)
    for number in range(1000):
        kept.count(str(number))
    assert len(kept._times) == 10
    assert kept.wait_s("999") > 0


@pytest.mark.parametrize(
    "password",
    ["password", "12345678", "qwertyuiop", "iloveyou1", "Ana Ribeiro", "ana@club.example", "smart training"],
)
def test_common_passwords_and_the_own_words_are_guessable(password: str) -> None:
    assert score(password, ("ana@club.example", "Ana Ribeiro")) < MIN_SCORE


@pytest.mark.parametrize(
    "password", ["purple pelicans yawn", "kV9#mQ2$xL", "тридцать три синих", "x" * 3 + "vbnqwmzplk"]
)
def test_long_and_random_ones_are_not(password: str) -> None:
    assert score(password, ("ana@club.example", "Ana Ribeiro")) >= MIN_SCORE


async def test_passwords_are_checked_a_few_at_a_time_and_a_flood_is_turned_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    checker = Passwords()
    inside, most, lock, go = 0, 0, threading.Lock(), threading.Event()

    def slow(hashed: str, given: str) -> bool:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        go.wait(10)
        with lock:
            inside -= 1
        return True

    monkeypatch.setattr(checker, "_verified", slow)
    flood = [asyncio.create_task(checker.fits("x", "y")) for _ in range(AT_ONCE + WAITING + 5)]
    await asyncio.sleep(0.2)
    go.set()
    answers = await asyncio.gather(*flood, return_exceptions=True)
    assert most <= AT_ONCE
    assert sum(isinstance(answer, Busy) for answer in answers) == 5
    assert answers.count(True) == AT_ONCE + WAITING


async def test_a_password_fits_its_own_hash_only() -> None:
    checker = Passwords()
    hashed = await checker.hashed("purple pelicans yawn")
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await checker.fits(hashed, "purple pelicans yawn")
    assert not await checker.fits(hashed, "purple pelicans yawn.")
    assert not await checker.fits("no hash at all", "purple pelicans yawn")
    assert not await checker.fits(None, "a password that nobody has")
    assert passwords.PASSES == 2


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1", "2001:db8::/64"),
        ("", ""),
    ],
)
def test_tries_are_counted_by_address_and_in_ipv6_by_network(host: str, key: str) -> None:
    assert address_of(Request({"type": "http", "client": (host, 1) if host else None})) == key
