"""One client of the live stream: what waits to be sent to it.

Whatever the client's speed, what waits is bounded: of each sensor and metric only the newest value, of each
gateway only that it has news. Alerts are never left out: a client that lets a thousand of them wait is sent
away, and gets them when it comes back.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from sts_hub.live import events
from sts_hub.live.frames import Alert, FleetNews, FrameValue
from sts_hub.live.views import View
from sts_hub.live.wall import MAX_ALERTS, Entry, Key, Place, Wall
from sts_hub.policy import Caller


class Event(NamedTuple):
    """One event to send: its name, the place after it, its data."""

    name: str
    place: Place
    data: dict[str, Any]


class Client:
    """What one tab has still to hear."""

    def __init__(self, wall: Wall, view: View, caller: Caller) -> None:
        self.caller = caller
        self.bye: tuple[str, int] | None = None
        self.wake = asyncio.Event()
        self._wall = wall
        self._view = view
        self._values: dict[Key, FrameValue] = {}
        self._fleet: set[str] = set()
        self._alerts: deque[Alert] = deque()
        self._gap_turned = False
        self._snapshot_due = True

    def tell(self, entry: Entry) -> None:
        """Something new on the wall."""
        match entry.what:
            case list(values):
                worn = self._view.roster.worn
                mine = {(value.sensor_id, value.metric): value for value in values if value.sensor_id in worn}
                if not mine:
                    return
                self._values.update(mine)
            case FleetNews(gateway=gateway):
                if gateway not in self._view.roster.gateways:
                    return
                self._fleet.add(gateway)
            case Alert() as alert:
                self._tell_alert(alert)
            case _:
                self._gap_turned = True
        self.wake.set()

    def view_changed(self) -> None:
        """Others are on the wall now."""
        self._snapshot_due = True
        self.wake.set()

    def gateways_moved(self, names: list[str]) -> None:
        """These gateways have another state."""
        self._fleet.update(names)
        self.wake.set()

    def send_away(self, reason: str, retry_ms: int) -> None:
        """End the stream after what can be sent."""
        self.bye = self.bye or (reason, retry_ms)
        self.wake.set()

    def resume(self, place: Place | None) -> list[Event]:
        """What this client missed since that place; from now on it gets what is new, or first a snapshot and the alerts that
        it missed."""
        entries = self._wall.since(place)
        if place is None:
            return []
        if entries is None or self._view.changed_at > place.seq:
            for entry in self._wall.alerts_since(place):
                self.tell(entry)
            return []
        self._snapshot_due = False
        missed: list[Event] = []
        for entry in entries:
            self.tell(entry)
            missed += self.drain(Place(self._wall.boot, entry.seq))
        return missed

    def drain(self, place: Place | None = None, now_ms: Callable[[], int] = events.now_ms) -> list[Event]:
        """Everything that waits, in the order to send it; nothing waits afterwards."""
        self.wake.clear()
        place = place or self._wall.place
        waiting: list[Event] = []
        if self._snapshot_due:
            waiting.append(Event("snapshot", place, events.snapshot(self._wall, self._view.roster, now_ms())))
            self._values.clear()
            self._fleet.clear()
            self._gap_turned = False
        waiting += [Event("alert", place, events.alert(alert)) for alert in self._alerts]
        if self._gap_turned:
            waiting.append(Event("gap", place, events.gap(self._wall.gap, now_ms())))
        if values := events.frame_values(self._values.values(), self._view.roster.worn):
            waiting.append(Event("frame", place, {"now_ms": now_ms(), "values": values}))
        if fleet := self._gateways():
            waiting.append(Event("fleet", place, {"gateways": fleet}))
        self._forget()
        return waiting

    def _forget(self) -> None:
        self._snapshot_due = self._gap_turned = False
        self._alerts.clear()
        self._values = {}
        self._fleet = set()

    def _gateways(self) -> list[dict[str, Any]]:
        known = self._view.roster.gateways
        return [
            events.gateway(known[name], self._wall.fleet.get(name))
            for name in sorted(self._fleet & known.keys())
        ]

    def _tell_alert(self, alert: Alert) -> None:
        roster = self._view.roster
        of_person = any(person.id == alert.athlete and not person.given for person in roster.people)
        of_team = alert.athlete is None and any(person.team_id == alert.team for person in roster.people)
        mine = alert.gateway in roster.gateways or of_person or of_team
        if not mine:
            return
        self._alerts.append(alert)
        if len(self._alerts) > MAX_ALERTS:
            self.send_away("too_slow", events.retry_ms())
