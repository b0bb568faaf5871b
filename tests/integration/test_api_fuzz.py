"""Whatever is sent, the API answers as its document says, and never with a failure of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi import checks

from api_support import ApiDatabase, World, make_world, settings_of, until
from sts_hub.api.app import create_app
from sts_hub.api.document import bare, document

load_all_checks()
CASES = 6
LONG_CASES = 250
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
            "assignment_id": str(world["rosa_worn"]),
            "sensor_id": world["rosa_strap"],
            "team_id": str(world["red"]),
            "account_id": str(world["coach"]),
            "name": world["pitch"],
        }


@pytest.fixture(scope="module")
async def target(api_database: ApiDatabase) -> AsyncIterator[Target]:
    """The app in a thread of its own, because cases are sent and awaited by plain functions."""
    app = create_app(settings_of(api_database.api_dsn))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=lambda: asyncio.run(server._serve()), daemon=True)
    thread.start()
    await until(lambda: server.started)
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield Target(url, await make_world(api_database, app))
    server.should_exit = True
    await asyncio.to_thread(thread.join, 20)


def send_cases(target: Target, path: str, method: str, who: str, count: int) -> None:
    """Send so many cases to one operation, fitting and unfitting ones, to things that are there and that are not."""
    operation = SCHEMA[path][method]
    cases = st.one_of(
        *(operation.as_strategy(mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE))
    )

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
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
        assert answer.status_code < 500, (case.as_curl_command(), answer.text)
        case.validate_response(answer, checks=CHECKS, headers=target.headers(who))

    one()


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
async def test_no_request_makes_the_api_fail(target: Target, path: str, method: str) -> None:
    await target.world.login("admin")
    await asyncio.to_thread(send_cases, target, path, method, "admin", CASES)


@pytest.mark.long
@pytest.mark.parametrize("who", ["admin", "coach", "athlete", "technician"])
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
async def test_no_request_of_many_makes_the_api_fail(
    target: Target, path: str, method: str, who: str
) -> None:
    await target.world.login(who)
    await asyncio.to_thread(send_cases, target, path, method, who, LONG_CASES)
