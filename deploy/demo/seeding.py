"""Tells the hub, over its own API, who trains here and who wears which strap.

What is already there stays: seeding a second time adds only what is missing.
"""

from __future__ import annotations

import http.cookiejar
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from demo.processes import StartError

ANSWER_ALLOWANCE_S = 30
PAGE = 200
# Straps are assigned from here on: before the first sample of any run, and in nobody's way.
WORN_SINCE = "2020-01-01T00:00:00Z"
CONSENT_PURPOSE, CONSENT_VERSION = "monitoring", "demo-1"


class Api:
    """The REST API as the signed-in administrator of the demo."""

    def __init__(self, base_url: str, *, origin: str = "", trusted: ssl.SSLContext | None = None) -> None:
        """`origin` is where browsers find the hub, when that is another address than ours."""
        self._base_url = base_url
        self._origin = origin or base_url
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
            urllib.request.HTTPSHandler(context=trusted),
        )

    def call(self, method: str, path: str, body: object = None) -> Any:
        """One request; the decoded answer. Raises StartError with the problem's own words."""
        request = urllib.request.Request(
            f"{self._base_url}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Origin": self._origin, "X-STS-Request": "1"},
        )
        try:
            with self._opener.open(request, timeout=ANSWER_ALLOWANCE_S) as answer:
                content = answer.read()
        except urllib.error.HTTPError as error:
            raise StartError(f"The hub refused {method} {path}: {error.read().decode()}") from None
        return json.loads(content) if content else None

    def sign_in(self, email: str, password: str) -> None:
        """Open a session; its cookie is kept."""
        self.call("POST", "/session", {"email": email, "password": password})

    def add(self, path: str, body: object) -> Any:
        """Add one thing to a collection; its id."""
        return self.call("POST", path, body)["id"]

    def all(self, path: str, **query: str) -> Iterator[dict[str, Any]]:
        """Every item of a collection, page after page."""
        cursor: dict[str, str] = {}
        while True:
            page = self.call("GET", f"{path}?{urlencode({**query, **cursor, 'limit': PAGE})}")
            yield from page["items"]
            if not page.get("next"):
                return
            cursor = {"cursor": page["next"]}


def seed(api: Api, team_name: str, roster: Iterable[dict[str, Any]]) -> None:
    """Team, athletes with consent, sensors and assignments of the scenario's roster; `api` is signed in."""
    team = _team(api, team_name)
    athletes = {athlete["number"]: athlete["id"] for athlete in api.all("/athletes", team=team)}
    sensors = {sensor["address"]: sensor["id"] for sensor in api.all("/sensors")}
    worn = {assignment["sensor_id"] for assignment in api.all("/assignments")}
    for strap in roster:
        person = strap["athlete"]
        athlete = athletes.get(person["number"]) or _athlete(api, team, person)
        athletes[person["number"]] = athlete
        _agree(api, athlete)
        device = {"address": strap["address"], "kind": strap["kind"], "label": strap["name"]}
        sensor = sensors.get(strap["address"]) or api.add("/sensors", device)
        if sensor not in worn:
            whole = {"sensor_id": sensor, "athlete_id": athlete, "from": WORN_SINCE, "to": None}
            api.call("POST", "/assignments", whole)


def _athlete(api: Api, team: str, person: dict[str, Any]) -> Any:
    added = api.add("/athletes", {"team_id": team, "number": person["number"], "name": person["name"]})
    hr_max = {"name": "hr_max", "value": person["hr_max"], "source": "measured", "from": WORN_SINCE}
    api.add(f"/athletes/{added}/parameters", hr_max)
    return added


def _team(api: Api, name: str) -> Any:
    found = next((team["id"] for team in api.all("/teams") if team["name"] == name), None)
    return found or api.add("/teams", {"name": name})


def _agree(api: Api, athlete: str) -> None:
    """Without consent nothing of this athlete may be stored or shown."""
    path = f"/athletes/{athlete}/consents"
    if not any(consent["purpose"] == CONSENT_PURPOSE for consent in api.all(path)):
        api.add(path, {"purpose": CONSENT_PURPOSE, "version": CONSENT_VERSION, "from": WORN_SINCE})
