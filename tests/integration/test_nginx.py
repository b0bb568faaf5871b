"""The configuration of Nginx that stands in the repository, on a real Nginx before two real API processes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from api_support import PASSWORD, PATIENCE_S, ApiDatabase, HubProgram, hub_program
from demo.ports import LOOPBACK, free_port
from nginx_site import HOST, Nginx
from sts_hub.api.guards import CAREFUL, HSTS
from uplink_support import eventually

# What stands in front of the hub is the same whichever broker and database stand behind it.
pytestmark = pytest.mark.one_generation

EMAIL = "nginx@club.example"
PROBLEM = "application/problem+json"


@dataclass
class Site:
    """Nginx, and the processes behind it."""

    nginx: Nginx
    processes: list[asyncio.subprocess.Process] = field(default_factory=list)
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)

    def client(self, **headers: str) -> httpx.AsyncClient:
        told = {"X-STS-Request": "1", "Origin": self.nginx.origin} | headers
        return httpx.AsyncClient(
            base_url=self.nginx.origin,
            verify=self.nginx.trusted,
            timeout=PATIENCE_S,
            headers=told,
            cookies=self.cookies,
        )


@contextlib.contextmanager
def before(folder: Path, *ports: int) -> Iterator[Nginx]:
    nginx = Nginx(folder, *ports)
    nginx.start()
    yield nginx
    nginx.stop()


@pytest.fixture(scope="module")
async def site(
    postgres: Any, rabbitmq: Any, api_database: ApiDatabase, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Site]:
    """With two replicas, signed in."""
    hub = await hub_program(postgres, rabbitmq, api_database)
    words = ("--email", EMAIL, "--name", "Ana", "--club", "Proxied", "--password-stdin", "--if-missing")
    code, told = await hub.run("account", "create", *words, given=PASSWORD + "\n")
    assert code == 0, told
    ports = (free_port(), free_port())
    async with contextlib.AsyncExitStack() as stack:
        site = Site(stack.enter_context(before(tmp_path_factory.mktemp("site"), *ports)))
        replicas = [_replica(hub, port, site.nginx.origin) for port in ports]
        starts = (stack.enter_async_context(one.serving()) for one in replicas)
        site.processes += await asyncio.gather(*starts)
        async with site.client() as client:
            answer = await client.post("/api/v1/session", json={"email": EMAIL, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
            site.cookies = client.cookies
        yield site
    await api_database.owner.execute("DELETE FROM sts.account WHERE email = $1", EMAIL)


def _replica(hub: HubProgram, port: int, origin: str) -> HubProgram:
    environ = {key: value for key, value in hub.environ.items() if key != "STS_INSECURE_LOOPBACK_COOKIE"}
    environ |= {"STS_LISTEN": f"{LOOPBACK}:{port}", "STS_PUBLIC_ORIGIN": origin}
    return replace(hub, environ=environ, url=f"http://{LOOPBACK}:{port}", out=asyncio.subprocess.DEVNULL)


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Site]:
    """Nginx with nothing behind it."""
    with before(tmp_path, free_port()) as nginx:
        yield Site(nginx)


async def test_signed_in_by_https_the_live_stream_comes_event_by_event(site: Site) -> None:
    async with site.client() as client:
        assert [cookie.name[:7] for cookie in client.cookies.jar] == ["__Host-"]
        async with client.stream("GET", "/api/v1/live") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            async for line in stream.aiter_lines():
                if line == "event: snapshot":  # while the stream stays open: nothing is held back
                    break


@dataclass
class Replica:
    """A program in the place of the API that notes what it is sent, and hangs up or answers 204."""

    answers: bool
    port: int = field(default_factory=free_port)
    heard: list[str] = field(default_factory=list)

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[Replica]:
        server = await asyncio.start_server(self._serve, LOOPBACK, self.port)
        async with server:
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heard.append((await reader.readuntil(b"\r\n\r\n")).decode())
        if self.answers:
            writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        writer.close()


@pytest.mark.parametrize(("method", "told"), [("GET", {204}), ("POST", {204, 503}), ("DELETE", {204, 503})])
async def test_only_what_reads_is_asked_of_another_replica_when_one_hangs_up(
    tmp_path: Path, method: str, told: set[int]
) -> None:
    """The one that hangs up is asked, too: what changes something then fails, and was sent once."""
    async with Replica(answers=False).serving() as bad, Replica(answers=True).serving() as good:
        with before(tmp_path, bad.port, good.port) as nginx:
            async with Site(nginx).client() as client:
                answers = [await client.request(method, "/api/v1/teams") for _ in range(4)]
    assert {answer.status_code for answer in answers} == told
    assert bad.heard
    if method != "GET":
        assert len(bad.heard) + len(good.heard) == len(answers)


async def test_the_api_is_told_the_client_the_id_and_the_scheme_by_nginx_alone(tmp_path: Path) -> None:
    async with Replica(answers=True).serving() as api:
        with before(tmp_path, api.port) as nginx:
            async with Site(nginx).client() as client:
                given = {"X-Forwarded-For": "203.0.113.9", "X-Request-Id": "chosen-by-a-client"}
                await client.get("/api/v1/me", headers=given)
            line = json.loads(next(one for one in nginx.log.read_text().splitlines() if one.startswith("{")))
    heard = dict(one.split(": ", 1) for one in api.heard[0].lower().splitlines()[1:] if one)
    assert heard["x-forwarded-for"] == LOOPBACK
    assert heard["x-forwarded-proto"] == "https"
    assert heard["x-request-id"] == line["http.request.id"] != "chosen-by-a-client"


async def test_every_answer_makes_a_browser_careful_once(site: Site) -> None:
    async with site.client() as client:
        for path in ("/", "/assets/main-1a2b3c.js", "/assets/none.js", "/api/v1/me", "/healthz"):
            answer = await client.get(path)
            for name, value in {**CAREFUL, "Strict-Transport-Security": HSTS}.items():
                assert answer.headers.get_list(name) == [value], f"{path}: {name}"
            assert len(answer.headers.get_list("X-Request-Id")) == 1


async def test_files_of_the_app_come_compressed_and_for_ever_and_pages_are_asked_for(alone: Site) -> None:
    async with alone.client() as client:
        asset = await client.get("/assets/main-1a2b3c.js")
        assert (asset.text, asset.headers["content-encoding"]) == ("compressed beforehand", "gzip")
        assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
        plain = await client.get("/assets/main-1a2b3c.js", headers={"Accept-Encoding": "identity"})
        assert plain.text == "as it was written"
        page = await client.get("/athletes/7")
        assert (page.status_code, page.headers["cache-control"]) == (200, "no-cache")
        assert "the app" in page.text
        assert (await client.get("/assets/gone-9f.js")).status_code == 404
        assert (await client.get("/gone.png")).status_code == 404
        for hidden in ("/metrics", "/readyz"):  # pages of the app, which knows none of that name
            assert "the app" in (await client.get(hidden)).text


async def test_who_guesses_has_to_wait_and_who_reads_has_not(site: Site) -> None:
    async with site.client() as client:
        tries = await asyncio.gather(
            *(client.post("/api/v1/session/recovery-letter", json={}) for _ in range(60))
        )
        refused = [one for one in tries if one.status_code == 429]
        assert 0 < len(refused) < 60
        assert refused[-1].headers["content-type"] == PROBLEM
        assert int(refused[-1].headers["retry-after"]) > 0
        reading = await asyncio.gather(*(client.get("/api/v1/sessions") for _ in range(60)))
        assert {one.status_code for one in reading} == {200}


# The last that needs both replicas.
async def test_of_two_replicas_one_dies_under_load_and_no_safe_request_fails(site: Site) -> None:
    told: Counter[int] = Counter()
    dead = asyncio.Event()

    async def ask(client: httpx.AsyncClient) -> None:
        after = 0
        while after < 40:
            told[(await client.get("/api/v1/me")).status_code] += 1
            after += dead.is_set()

    async with site.client() as client, asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(ask(client))
        await eventually(lambda: told[200] >= 40)
        site.processes[0].kill()
        dead.set()
    assert set(told) == {200}


async def test_what_is_too_large_is_refused_before_the_api_hears_it(alone: Site) -> None:
    async with alone.client() as client:
        large = b"x" * (2 * 1024 * 1024)
        refused = await client.post("/api/v1/teams", content=large)
        assert (refused.status_code, refused.headers["content-type"]) == (413, PROBLEM)
        # A file may be as large: nobody is there to take it, and that is told instead.
        assert (await client.post("/api/v1/athletes/7/activities", content=large)).status_code == 503


async def test_without_the_api_a_program_hears_a_problem_a_person_sees_a_page_and_the_app_is_there(
    alone: Site,
) -> None:
    async with alone.client() as client:
        problem = await client.get("/api/v1/me")
        assert (problem.status_code, problem.headers["content-type"]) == (503, PROBLEM)
        assert problem.json()["request_id"] == problem.headers["x-request-id"]
        assert problem.headers["retry-after"] == "10"
        page = await client.get("/api/v1/me", headers={"Accept": "text/html"})
        assert (page.status_code, "Back in a moment" in page.text) == (503, True)
        assert (await client.get("/")).status_code == 200


async def test_while_the_file_is_there_everybody_is_told_of_the_maintenance(alone: Site) -> None:
    async with alone.client() as client:
        alone.nginx.maintenance.touch()
        page = await client.get("/", headers={"Accept": "text/html"})
        assert (page.status_code, "Back in a moment" in page.text) == (503, True)
        assert (await client.get("/api/v1/me")).json()["status"] == 503
        alone.nginx.maintenance.unlink()
        assert (await client.get("/")).status_code == 200


async def test_plain_http_leads_to_https_but_for_the_authority(alone: Site) -> None:
    plain = f"http://{HOST}:{alone.nginx.plain_port}"
    async with httpx.AsyncClient(base_url=plain, timeout=PATIENCE_S) as client:
        asked = alone.nginx.folder / "acme/.well-known/acme-challenge/token"
        asked.parent.mkdir(parents=True)
        asked.write_text("the answer")
        assert (await client.get("/.well-known/acme-challenge/token")).text == "the answer"
        moved = await client.post("/sessions?team=1")
        assert (moved.status_code, moved.headers["location"]) == (
            308,
            f"{alone.nginx.origin}/sessions?team=1",
        )


async def test_the_log_tells_no_question(alone: Site) -> None:
    async with alone.client() as client:
        answer = await client.get("/api/v1/athletes?name=Secret")
    text = alone.nginx.log.read_text()
    assert "Secret" not in "\n".join(one for one in text.splitlines() if one.startswith("{"))
    line = json.loads(next(one for one in text.splitlines() if one.startswith("{")))
    assert line["url.path"] == "/api/v1/athletes"
    assert line["http.request.id"] == answer.headers["x-request-id"]


def served(nginx: Nginx) -> tuple[int, str | None]:
    """Serial number of the certificate that is served, and what the two agreed to speak."""
    trusted = nginx.trusted
    trusted.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection((LOOPBACK, nginx.tls_port), PATIENCE_S) as plain,
        trusted.wrap_socket(plain, server_hostname=HOST) as secured,
    ):
        told = secured.getpeercert()
        assert told is not None
        return int(str(told["serialNumber"]), 16), secured.selected_alpn_protocol()


async def test_a_renewed_certificate_is_served_after_a_reload_and_no_request_fails(alone: Site) -> None:
    before_it, spoken = served(alone.nginx)
    assert spoken == "h2"
    alone.nginx.renew()
    assert served(alone.nginx)[0] == before_it
    renewed = asyncio.Event()
    statuses: Counter[int] = Counter()

    async def load() -> None:
        async with alone.client() as client:
            while not renewed.is_set():
                statuses[(await client.get("/")).status_code] += 1

    async with asyncio.TaskGroup() as group:
        group.create_task(load())
        alone.nginx.reload()
        await eventually(lambda: served(alone.nginx)[0] != before_it and statuses[200])
        renewed.set()
    assert set(statuses) == {200}


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_is_spoken_as_the_intermediate_profile_says(alone: Site, version: ssl.TLSVersion) -> None:
    def shakes_hands(ciphers: str | None = None) -> bool:
        trusted = alone.nginx.trusted
        trusted.minimum_version = trusted.maximum_version = version
        if ciphers:
            trusted.set_ciphers(ciphers)
        with socket.create_connection((LOOPBACK, alone.nginx.tls_port), PATIENCE_S) as plain:
            try:
                trusted.wrap_socket(plain, server_hostname=HOST).close()
            except ssl.SSLError:
                return False
            return True

    assert shakes_hands()
    if version == ssl.TLSVersion.TLSv1_2:
        assert shakes_hands("ECDHE-ECDSA-AES128-GCM-SHA256")
        assert not shakes_hands(
            "ECDHE-ECDSA-AES128-SHA256"
        )  # CBC: good enough for OpenSSL, not for the profile
