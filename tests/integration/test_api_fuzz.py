"""Whatever is sent, the API answers as its document says, and never with a failure of its own.

Cases are sent to the program as it is really started: in a thread beside the generator of cases its traces would mix
with those, and hypothesis would take the hub's own random pauses for ours.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi import checks

from api_support import ApiDatabase, World, hub_program, make_world
from sts_hub.api.document import bare, document
from sts_hub.api.limits import CALLER_REQUESTS

load_all_checks()
CASES = 6
# For each operation and role: 5,000 in all.
LONG_CASES = 40
SCHEMA = schemathesis.openapi.from_dict(document(bare()))
OPERATIONS = [
    (path, method.upper())
    for path, item in document(bare())["paths"].items()
    for method in item
    if not path.endswith("/live")  # it never ends; the live tests open it
]
CHECKS = [
    checks.response_schema_conformance,
    checks.status_code_conformance,
    checks.content_type_conformance,
]


@dataclass
class Target:
    """Where to send cases, and what there is to ask for."""

    url: str
    world: World

    def headers(self, who: str) -> dict[str, str]:
        """What a browser signed in as this account sends."""
        return {"X-STS-Request": "1", "Origin": self.url, "Cookie": f"sts={self.world.tokens[who]}"}

    @property
    def parameters(self) -> dict[str, Any]:
        """Things that are there, by the names of path parameters."""
        world = self.world
        return {
            "athlete_id": str(world["rosa"]),
            "consent_id": str(world["rosa_consent"]),
            "grant_id": str(world["rosa_grant"]),
            "shared_id": str(world["gina_grant"]),
            "assignment_id": str(world["rosa_worn"]),
            **{
                f"{what}_id": str(world[f"rosa_{what}"])
                for what in (
                    "parameter",
                    "proposal",
                    "session",
                    "phase",
                    "marker",
                    "play",
                    "template",
                    "absence",
                )
            },
            "activity_id": str(world["rosa_ride"]),
            "export_id": str(world["admin_export"]),
            "invitation_id": str(world["rosa_invitation"]),
            "webhook_id": str(world["hook"]),
            "delivery_id": str(world["hook_delivery"]),
            "rule_id": str(world["red_rule"]),
            "alert_id": str(world["red_alert"]),
            "sensor_id": world["rosa_strap"],
            "team_id": str(world["red"]),
            "account_id": str(world["coach"]),
            "competition_id": str(world["cup"]),
            "fact_id": world["cup_fact"],
            "competitor_id": world["cup_competitor"],
            "name": world["pitch"],
        }


@pytest.fixture(scope="module")
async def hub_url(
    postgres: Any, rabbitmq: Any, api_database: ApiDatabase, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    """A hub that serves, and where."""
    hub = await hub_program(postgres, rabbitmq, api_database)
    with (tmp_path_factory.mktemp("hub") / "log").open("wb") as hub.out:
        async with hub.serving():
            yield hub.url


def send_cases(target: Target, path: str, method: str, who: str, count: int) -> Counter[int]:
    """Send so many cases to one operation, fitting and unfitting ones, to things that are there and that are not."""
    operation = SCHEMA[path][method]
    cases = st.one_of(
        *(operation.as_strategy(mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE))
    )
    answers: Counter[int] = Counter()

    @seed(crc32(f"{who} {method} {path}".encode()))
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases, st.booleans())
    def one(case: Any, real: bool) -> None:
        # The proof of own pages is always there: without it every change would end at the first guard.
        case.headers.pop("X-STS-Request", None)
        if real and case.path_parameters:
            case.path_parameters.update(
                {name: target.parameters[name] for name in case.path_parameters if name in target.parameters}
            )
        answer = case.call(base_url=target.url, headers=target.headers(who))
        answers[answer.status_code] += 1
        assert answer.status_code < 500, (case.as_curl_command(), answer.text)
        case.validate_response(answer, checks=CHECKS, headers=target.headers(who))

    one()
    return answers


@pytest.fixture(scope="module")
async def world_to_read(api_database: ApiDatabase, api_app: FastAPI) -> World:
    """What one reading finds, the next one finds as well; one login may ask for all of it at once."""
    assert sum(method == "GET" for _, method in OPERATIONS) * CASES < CALLER_REQUESTS
    return await make_world(api_database, api_app)


@pytest.fixture
async def target(
    hub_url: str, world_to_read: World, api_database: ApiDatabase, api_app: FastAPI, method: str
) -> Target:
    """A world of its own for each operation that changes something."""
    return Target(hub_url, world_to_read if method == "GET" else await make_world(api_database, api_app))


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
async def test_no_request_makes_the_api_fail(target: Target, path: str, method: str) -> None:
    await asyncio.to_thread(send_cases, target, path, method, "admin", CASES)


@pytest.mark.long
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("who", ["admin", "coach", "athlete", "technician"])
async def test_no_request_of_many_makes_the_api_fail(
    hub_url: str,
    api_database: ApiDatabase,
    api_app: FastAPI,
    who: str,
    tell: Callable[[str], None],
    fuzzed: Callable[[int], None],
) -> None:
    """Each operation finds people and things as they were at first: what another has spoilt would hide it."""
    answers: Counter[int] = Counter()
    for path, method in OPERATIONS:
        target = Target(hub_url, await make_world(api_database, api_app))
        answers += await asyncio.to_thread(send_cases, target, path, method, who, LONG_CASES)
    fuzzed(answers.total())
    told = ", ".join(f"{count} x {status}" for status, count in sorted(answers.items()))
    tell(f"{answers.total():,} cases to {len(OPERATIONS)} operations, 0 failures; answers: {told}")
    assert answers.total() > 1_250
    assert answers[200] + answers[201] + answers[204] > 100, "where all is refused, nothing is shown"
