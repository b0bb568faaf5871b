"""Looks at the live wall as a browser does, and notes when each value came.

One thread reads the stream of events over HTTP, or over HTTPS where an authority is to be trusted; arrival is CLOCK_BOOTTIME, the clock that the simulator
stamps its notifications with, so that strap to screen is a difference of two readings of one clock.
"""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

REOPEN_AFTER_S = 0.5
# The promise is a second from strap to screen.
LIVE_S = 1.0


def boot_us() -> int:
    """CLOCK_BOOTTIME in microseconds."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000


@dataclass(frozen=True, slots=True)
class Seen:
    """One value on the wall: whose, which, when it was measured (wall time) and when it came (boot time)."""

    athlete: str
    metric: str
    t_ms: int
    value: float
    came_us: int
    age_s: float

    @property
    def live(self) -> bool:
        """Whether it was measured no longer ago than a live value may take."""
        return self.age_s <= LIVE_S


class Onlooker:
    """A signed-in reader of `/api/v1/live`; reopens the stream like a browser would."""

    def __init__(
        self, base_url: str, email: str, password: str, trusted: ssl.SSLContext | None = None
    ) -> None:
        self._at = urlsplit(base_url)
        self._trusted = trusted
        self._origin = base_url
        self._cookie = self._sign_in(email, password)
        self.seen: list[Seen] = []
        self.events: list[tuple[int, str, dict[str, Any]]] = []
        self._ended = threading.Event()
        self._connection: http.client.HTTPConnection | None = None
        self._thread = threading.Thread(target=self._look, name="onlooker", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop looking."""
        self._ended.set()
        if self._connection is not None and self._connection.sock is not None:
            self._connection.sock.close()
        self._thread.join(5)

    def first_after(self, after_us: int, patience_s: float) -> float | None:
        """Seconds from a boot time to the first live value that came after it; None when none came in time.

        A value that was on its way when the link stalled, and comes late, is not live.
        """
        until = time.monotonic() + patience_s
        while time.monotonic() < until:
            came = [seen.came_us for seen in self.seen[-5000:] if seen.came_us > after_us and seen.live]
            if came:
                return (min(came) - after_us) / 1e6
            time.sleep(0.005)
        return None

    def _sign_in(self, email: str, password: str) -> str:
        connection = self._connect(30)
        body = json.dumps({"email": email, "password": password})
        headers = {"Content-Type": "application/json", "Origin": self._origin, "X-STS-Request": "1"}
        connection.request("POST", "/api/v1/session", body, headers)
        answer = connection.getresponse()
        answer.read()
        cookies = answer.headers.get_all("Set-Cookie", [])
        cookie = "; ".join(one.partition(";")[0] for one in cookies)
        connection.close()
        if answer.status >= 300 or not cookie:
            raise RuntimeError(f"The onlooker could not sign in: {answer.status}.")
        return cookie

    def _connect(self, timeout_s: float) -> http.client.HTTPConnection:
        host, port = self._at.hostname or "", self._at.port
        if self._trusted is None:
            return http.client.HTTPConnection(host, port, timeout=timeout_s)
        return http.client.HTTPSConnection(host, port, timeout=timeout_s, context=self._trusted)

    def _look(self) -> None:
        while not self._ended.is_set():
            try:
                self._read_stream()
            except (OSError, http.client.HTTPException, ValueError):
                self._ended.wait(REOPEN_AFTER_S)

    def _read_stream(self) -> None:
        self._connection = self._connect(60)
        self._connection.request(
            "GET", "/api/v1/live", headers={"Cookie": self._cookie, "Accept": "text/event-stream"}
        )
        answer = self._connection.getresponse()
        if answer.status != 200:
            raise OSError(f"the stream answered {answer.status}")
        event, data = "message", ""
        while not self._ended.is_set():
            line = answer.readline()
            if not line:
                raise OSError("the stream ended")
            text = line.decode().rstrip("\n")
            if not text:
                self._note(event, data)
                event, data = "message", ""
            elif text.startswith("event:"):
                event = text[6:].strip()
            elif text.startswith("data:"):
                data += text[5:].strip()

    def _note(self, event: str, data: str) -> None:
        if not data:
            return
        came_us, content = boot_us(), json.loads(data)
        if event != "frame":
            self.events.append((came_us, event, content))
            return
        for told in content["values"]:
            if told["value"] is not None:
                age_s = time.time() - told["t_ms"] / 1000
                self.seen.append(
                    Seen(told["athlete"], told["metric"], told["t_ms"], told["value"], came_us, age_s)
                )
