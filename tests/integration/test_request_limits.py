"""Limits on requests: a loop waits, and takes nothing from anybody else."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import httpx
import pytest

from api_support import World, client_of, problem
from sts_hub.api.limits import CALLER_REQUESTS, Limits

# The same behind every broker and database.
pytestmark = pytest.mark.one_generation

API = "/api/v1"
ME = f"{API}/me"
Set = Callable[[int, int], None]


@pytest.fixture
def limited(world: World) -> Iterator[Set]:
    """Sets both limits for a test, in which no time passes: nothing is given back, however long a request takes."""
    parts = world.app.state.parts
    before = parts[Limits]

    def to(callers: int, addresses: int) -> None:
        parts[Limits] = Limits(callers, addresses, clock=lambda: 0.0)

    yield to
    parts[Limits] = before


async def statuses(client: httpx.AsyncClient, count: int, path: str = ME) -> list[int]:
    return [(await client.get(path)).status_code for _ in range(count)]


async def test_a_caller_in_a_loop_waits_and_is_told_how_long(world: World, limited: Set) -> None:
    limited(3, 100)
    client = world.as_("coach")
    assert await statuses(client, 3) == [200] * 3
    refused = await client.get(ME)
    assert "Retry-After" in problem(refused, 429, "too-many-tries")["way_out"]
    assert 0 < int(refused.headers["retry-after"]) <= 20
    assert refused.headers["ratelimit-policy"] == '"caller";q=3;w=60'
    assert refused.headers["ratelimit"] == '"caller";r=0;t=20'


async def test_it_takes_nothing_from_another_of_the_same_address(world: World, limited: Set) -> None:
    limited(3, 100)
    await statuses(world.as_("coach"), 10)
    assert await statuses(world.as_("admin"), 3) == [200] * 3


async def test_every_answer_tells_what_is_left(world: World, limited: Set) -> None:
    limited(10, 100)
    client = world.as_("coach")
    left = [(await client.get(ME)).headers["ratelimit"] for _ in range(3)]
    assert left == [f'"caller";r={count};t=6' for count in (9, 8, 7)]
    assert (await world.as_(None).get(ME)).headers["ratelimit"] == '"address";r=99;t=1'


async def test_requests_without_a_login_are_their_addresss(world: World, limited: Set) -> None:
    limited(100, 4)
    assert await statuses(world.as_(None), 6) == [401] * 4 + [429] * 2


async def test_tokens_that_nobody_was_given_are_no_way_around(world: World, limited: Set) -> None:
    """Also where no login is asked for, so that the answer does not tell them apart."""
    limited(100, 4)
    told = [
        (await client_of(world.app, secrets.token_urlsafe(32)).get(path)).status_code
        for path in (ME, f"{API}/openapi.json", ME, f"{API}/openapi.json", ME, f"{API}/openapi.json")
    ]
    assert told == [401, 200, 401, 200, 429, 429]


async def test_logins_do_not_use_up_what_their_address_has(world: World, limited: Set) -> None:
    limited(100, 2)
    for who in ("coach", "admin", "director", "trainer"):
        assert await statuses(world.as_(who), 2) == [200] * 2


async def test_who_is_known_goes_on_behind_an_address_that_is_used_up(world: World, limited: Set) -> None:
    limited(100, 3)
    coach = world.as_("coach")
    assert await statuses(coach, 1) == [200]
    assert (await statuses(world.as_(None), 5))[-1] == 429
    assert await statuses(coach, 5) == [200] * 5


async def test_health_is_asked_without_a_limit(world: World, limited: Set) -> None:
    limited(1, 1)
    assert await statuses(world.as_(None), 5, "/healthz") == [200] * 5


async def test_a_coachs_evening_stays_far_below(world: World) -> None:
    """Thirty athletes with a chart each, ten times over in a minute, are a quarter of what is allowed."""
    client = world.as_("coach")
    before = world.app.state.parts[Limits]
    world.app.state.parts[Limits] = Limits()
    try:
        assert set(await statuses(client, CALLER_REQUESTS // 4, f"{API}/metrics")) == {200}
    finally:
        world.app.state.parts[Limits] = before
