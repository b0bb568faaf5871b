"""What stands around every request: headers, limits, own pages only, and problems instead of tracebacks."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import structlog
from fastapi import FastAPI
from pydantic import SecretStr

from api_support import ORIGIN, client_of, problem
from sts_hub import logs
from sts_hub.api.app import create_app
from sts_hub.api.guards import MAX_BODY_BYTES
from sts_hub.config import Settings
from sts_hub.errors import SettingsError

API = "/api/v1"


def make_app(**more: object) -> FastAPI:
    """The app; nothing that it would connect to is there."""
    settings = Settings(
        db_api_dsn=SecretStr("postgresql://x@127.0.0.1:1/x"),
        amqp_url=SecretStr("amqp://x@127.0.0.1:1/x"),
        insecure_loopback_cookie=True,
        **more,
    )
    app = create_app(settings)

    @app.get("/api/v1/broken")
    async def broken() -> None:
        raise KeyError("a secret detail")

    return app


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return make_app()


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app, None) as made:
        yield made


@pytest.mark.usefixtures("log")
async def test_browsers_are_told_to_be_careful_on_every_answer(client: httpx.AsyncClient) -> None:
    for path in ("/healthz", f"{API}/me", f"{API}/nothing", f"{API}/broken"):
        headers = (await client.get(path)).headers
        policy = headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["x-request-id"]


async def test_answers_of_the_api_are_kept_by_no_cache(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"{API}/me")).headers["cache-control"] == "no-store"


async def test_only_a_hub_reached_over_tls_asks_for_tls_for_ever(client: httpx.AsyncClient) -> None:
    assert "strict-transport-security" not in (await client.get("/healthz")).headers
    async with client_of(make_app(public_origin="https://sts.example.org"), None) as secure:
        assert int((await secure.get("/healthz")).headers["strict-transport-security"][8:16]) >= 31_536_000


async def test_what_nobody_expected_is_a_problem_without_a_detail_of_ours(
    client: httpx.AsyncClient, log: io.StringIO
) -> None:
    answer = await client.get(f"{API}/broken")
    assert "a secret detail" in log.getvalue()
    told = problem(answer, 500, "internal")
    assert told["request_id"] == answer.headers["x-request-id"]
    assert "secret" not in answer.text
    assert "KeyError" not in answer.text


async def test_an_unknown_path_and_a_wrong_method_are_problems(client: httpx.AsyncClient) -> None:
    problem(await client.get(f"{API}/nothing"), 404, "not-found")
    answer = await client.put(f"{API}/teams", json={})
    problem(answer, 405, "method-not-allowed")
    assert "GET" in answer.headers["allow"]


async def test_a_database_that_is_away_is_told_with_the_time_to_come_back(client: httpx.AsyncClient) -> None:
    app = make_app()
    async with client_of(app, "a-token") as asking:
        from sts_hub.kit.database import Database

        await app.state.parts[Database].open()
        answer = await asking.get(f"{API}/me")
        problem(answer, 503, "database-away")
        assert answer.headers["retry-after"]
        ready = await asking.get("/readyz")
        assert (ready.status_code, (await asking.get("/healthz")).status_code) == (503, 200)
        assert ready.json()["parts"]["database"].startswith("The database does not answer.")


async def test_a_body_over_the_limit_is_refused_by_its_length(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{API}/session", content=b"x" * (MAX_BODY_BYTES + 1))
    problem(answer, 413, "too-large")


async def test_a_body_that_does_not_tell_its_length_is_cut_off(client: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 65536

    answer = await client.post(
        f"{API}/session", content=endless(), headers={"Content-Type": "application/json"}
    )
    problem(answer, 413, "too-large")


@pytest.mark.parametrize("length", ["-1", "x", "1e3", ""])
async def test_a_length_that_is_none_is_refused(client: httpx.AsyncClient, length: str) -> None:
    request = client.build_request("POST", f"{API}/session", headers={"Content-Length": length})
    assert (await client.send(request)).status_code in (400, 413, 422)


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"X-STS-Request": "1", "Origin": ORIGIN}, True),
        ({"X-STS-Request": "1", "Origin": ORIGIN.upper()}, True),
        ({"X-STS-Request": "1", "Origin": "https://hub.test"}, True),
        ({"X-STS-Request": "1", "Origin": "http://hub.test.evil"}, False),
        ({"X-STS-Request": "1", "Origin": "http://evil"}, False),
        ({"X-STS-Request": "1", "Origin": "null"}, False),
        ({"X-STS-Request": "1"}, False),
        ({"Origin": ORIGIN}, False),
        ({"X-STS-Request": "yes", "Origin": ORIGIN}, False),
    ],
)
async def test_a_change_must_come_from_the_hubs_own_pages(
    app: FastAPI, headers: dict[str, str], passes: bool
) -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers) as client:
        answer = await client.delete(f"{API}/session")
    assert answer.status_code == (204 if passes else 403)


async def test_with_a_public_origin_no_other_counts() -> None:
    app = make_app(public_origin="https://sts.example.org")
    for origin, status in (("https://sts.example.org", 204), (ORIGIN, 403)):
        async with client_of(app, None) as client:
            answer = await client.delete(f"{API}/session", headers={"Origin": origin})
            assert answer.status_code == status


async def test_reading_needs_no_proof(app: FastAPI) -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        assert (await client.get("/healthz")).status_code == 200


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    out = io.StringIO()
    monkeypatch.setattr("sys.stdout", out)
    logs.configure("sts-hub-api")
    yield out
    structlog.reset_defaults()


async def test_a_request_is_one_line_of_ecs_without_the_id_of_a_person(
    app: FastAPI, log: io.StringIO
) -> None:
    path = f"{API}/athletes/7b8d3c0e-0000-4000-8000-000000000000?name=secret"
    async with client_of(app, None) as client:
        answer = await client.get(path)
    (line,) = [json.loads(line) for line in log.getvalue().splitlines()]
    assert line["url"]["path"] == f"{API}/athletes/{{athlete_id}}"
    assert line["http"]["response"]["status_code"] == 401
    assert line["http"]["request"]["id"] == answer.headers["x-request-id"]
    assert line["service"]["name"] == "sts-hub-api"
    assert "7b8d3c0e" not in log.getvalue()
    assert "secret" not in log.getvalue()


async def test_the_metrics_count_requests_by_route(client: httpx.AsyncClient) -> None:
    await client.get(f"{API}/athletes/7b8d3c0e-0000-4000-8000-000000000000")
    numbers = (await client.get("/metrics")).text
    assert (
        'sts_http_requests_total{method="GET",route="/api/v1/athletes/{athlete_id}",status="401"}' in numbers
    )
    assert "7b8d3c0e" not in numbers


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>page</title>")
    (tmp_path / "assets/app-abc123.js").write_text("1")
    (tmp_path / "sw.js").write_text("2")
    return tmp_path


async def test_every_path_of_the_app_is_its_page(built: Path) -> None:
    async with client_of(make_app(web_dir=built), None) as client:
        for path in ("/", "/teams/1/live", "/sign-in"):
            answer = await client.get(path)
            assert answer.status_code == 200
            assert "<title>page</title>" in answer.text
            assert answer.headers["cache-control"] == "no-cache"


async def test_files_with_a_hash_in_their_name_are_kept_for_ever_and_others_asked_for(built: Path) -> None:
    async with client_of(make_app(web_dir=built), None) as client:
        assert "immutable" in (await client.get("/assets/app-abc123.js")).headers["cache-control"]
        assert (await client.get("/sw.js")).headers["cache-control"] == "no-cache"


async def test_a_missing_file_and_a_missing_route_are_not_the_page(built: Path) -> None:
    async with client_of(make_app(web_dir=built), None) as client:
        for path in (
            "/assets/gone.js",
            f"{API}/nothing",
            "/favicon.ico",
            "/../secret.txt",
            "/%2e%2e/secret.txt",
        ):
            problem(await client.get(path), 404, "not-found")


async def test_beside_the_web_app_the_api_tells_its_own_errors(built: Path) -> None:
    async with client_of(make_app(web_dir=built), None) as client:
        problem(await client.get(f"{API}/session"), 405, "method-not-allowed")
        problem(await client.post("/healthz"), 405, "method-not-allowed")


def test_a_folder_without_a_built_app_is_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="build the web app first"):
        make_app(web_dir=tmp_path)
