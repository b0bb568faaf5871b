"""A connection over HTTPS: what each answer means, and that a certificate is judged before the secret is shown."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from test_uplink_tls import NOW_US, YEAR_US, Known, make_certificate

from sts_edge.uplinks.dialling import Dialler
from sts_edge.uplinks.https import address
from sts_edge.uplinks.https.line import Reply
from sts_edge.uplinks.https.outlet import verdict
from sts_edge.uplinks.line import LoginRefused, Outcome, Verdict
from uplink_support import PATIENCE_S, eventually

YES = b"HTTP/1.1 204 No Content\r\n\r\n"
NOBODY = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"


class Script:
    """A server that gives one answer to everything, and remembers what it was asked."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.heard = b""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while said := await reader.read(65_536):
            self.heard += said
            writer.write(self.answer)
        writer.close()


@asynccontextmanager
async def serving(script: Script, certificate: Path | None = None) -> AsyncIterator[int]:
    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        (Reply(204, {}, b""), Verdict(Outcome.ACKED)),
        (Reply(413, {}, b'{"detail":"Too much."}'), Verdict(Outcome.REFUSED, "Too much")),
        (Reply(401, {}, b""), Verdict(Outcome.LOST, "HTTP status 401")),
        (Reply(502, {}, b"<html>"), Verdict(Outcome.NACKED, "HTTP status 502")),
        (
            Reply(503, {b"retry-after": b"2"}, b'{"type":"urn:sts:problem:queue-full","detail":"Full."}'),
            Verdict(Outcome.NACKED, "Full", 2.0),
        ),
        (
            Reply(503, {b"retry-after": b"soon"}, b'{"type":"urn:sts:problem:no-queue","detail":"None."}'),
            Verdict(Outcome.RETURNED, "None"),
        ),
    ],
)
def test_each_answer_is_one_word_for_the_records(reply: Reply, found: Verdict) -> None:
    assert verdict(reply) == found


async def test_a_line_stands_over_tls_and_shows_its_secret_to_the_right_hub(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path, NOW_US - YEAR_US, NOW_US + 50 * YEAR_US)
    script = Script(YES)
    async with serving(script, certificate) as port:
        where = address(f"https://localhost:{port}/club", "pitch-1", lambda: "sesame", Known(), certificate)
        line = await asyncio.wait_for(Dialler(where, "live").dial(), PATIENCE_S)
        line.cut()
    assert script.heard.startswith(b"GET /club/gateway/v1/me HTTP/1.1\r\n")
    assert b"Bearer pitch-1.sesame" in script.heard


async def test_a_stranger_never_sees_the_secret(tmp_path: Path) -> None:
    """The control: without its authority the same hub is refused, before anything is said."""
    script = Script(YES)
    async with serving(script, make_certificate(tmp_path, NOW_US - YEAR_US, NOW_US + 50 * YEAR_US)) as port:
        dialler = Dialler(address(f"https://localhost:{port}", "pitch-1", lambda: "sesame", Known()), "live")
        dialling = asyncio.create_task(dialler.dial())
        await eventually(lambda: "of an authority that this gateway does not trust" in dialler.last_failure)
        dialling.cancel()
    assert script.heard == b""


async def test_a_refused_secret_is_no_failed_try() -> None:
    async with serving(Script(NOBODY)) as port:
        where = address(f"http://127.0.0.1:{port}", "pitch-1", lambda: "guess", Known())
        with pytest.raises(LoginRefused, match="401"):
            await asyncio.wait_for(Dialler(where, "live").dial(), PATIENCE_S)


async def test_a_publish_has_its_verdict_when_the_line_is_cut() -> None:
    script = Script(YES)
    async with serving(script) as port:
        where = address(f"http://127.0.0.1:{port}", "pitch-1", lambda: "sesame", Known())
        line = await asyncio.wait_for(Dialler(where, "live").dial(), PATIENCE_S)
        outlet = await line.outlet()
        script.answer = b""
        verdicts: list[Verdict] = []
        outlet.publish(b"records", "live", verdicts.append)
        await asyncio.sleep(0.05)
        assert not line.is_clear, "the next live record waits for this answer"
        line.cut()
        await eventually(lambda: verdicts)
    assert verdicts[0].outcome is Outcome.LOST
    assert line.is_lost
