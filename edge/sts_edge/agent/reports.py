"""What the agent says about itself: the beat for the hub, the status for the person beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from sts_edge.buffer import Buffer, BufferStats, Holding
from sts_edge.clock import Clock
from sts_edge.health import Health
from sts_edge.sources import SensorState
from sts_edge.uplinks import LinkReport
from sts_edge.versions import versions
from sts_protocols.beat import (
    AnchorReport,
    Beat,
    BufferReport,
    EpochReport,
    HealthReport,
    OrderOutcome,
    SensorReport,
    SettingsReport,
)
from sts_protocols.record import Anchor, ClockSource

from .flow import Flow, Rates
from .roster import RosterKeeper

# A beat's sentence ends there.
_LONGEST_SENTENCE = 500


class Reports:
    """Gathers beats and status from the parts, each asked at that moment."""

    def __init__(
        self,
        gateway: str,
        buffer: Buffer,
        clock: Clock,
        health: Health,
        sensors: Callable[[], Sequence[SensorState]],
        flow: Flow,
    ) -> None:
        self._gateway = gateway
        self._buffer = buffer
        self._clock = clock
        self._health = health
        self._sensors = sensors
        self._flow = flow
        self._versions = versions()
        self._began_us = clock.boot_us()
        self.link: Callable[[], LinkReport | None] = lambda: None
        self.settings: Callable[[], SettingsReport | None] = lambda: None
        self.clock_step: Callable[[], dict[str, Any] | None] = lambda: None
        self.roster: RosterKeeper | None = None
        self.orders: Callable[[], list[OrderOutcome]] = list
        self.running = True

    def beat(self, number: int) -> Beat:
        """The beat with this number."""
        now_us = self._clock.boot_us()
        reading = self._clock.reading(now_us)
        known = reading.source != ClockSource.UNKNOWN
        return Beat(
            gateway=self._gateway,
            epoch=self._buffer.epoch.hex(),
            number=number,
            boot_us=now_us,
            wall_us=self._clock.wall_us(),
            clock=reading if known else None,
            epochs=[self._epoch(holding) for holding in self._buffer.epochs()],
            sensors=[_sensor(state) for state in self._sensors()],
            buffer=_buffer(self._buffer.stats(), reading.offset_us),
            link=_link_figures(self.link()),
            health=HealthReport(
                state=self._health.state.value,
                faults=[sentence[:_LONGEST_SENTENCE] for sentence in self._health.faults],
            ),
            versions=self._versions,
            settings=self.settings(),
            roster=None if self.roster is None else self.roster.hash,
            orders=self.orders(),
        )

    def status(self) -> dict[str, Any]:
        """The answer to `sts-edge status`; times in seconds, None where nothing is known."""
        now_us = self._clock.boot_us()
        states = self._sensors()
        stats = self._buffer.stats()
        return {
            "schema": "sts.edge.status/1",
            "gateway": self._gateway,
            "version": self._versions["sts-edge"],
            "up_s": (now_us - self._began_us) // 1_000_000,
            "state": self._health.state.value,
            "faults": list(self._health.faults),
            "hub": _hub(self.link()),
            "buffer": {**_buffer_status(stats, self._clock.wall_us()), **_rates(self._flow.rates(stats))},
            "clock": self._clock_status(now_us),
            "settings": _settings_status(self.settings()),
            "sensors": dict(Counter(state.state for state in states)),
            "sensor_list": [
                {**_sensor_status(state, now_us), **self._wearer(state.name)} for state in states
            ],
        }

    def _wearer(self, sensor: str) -> dict[str, Any]:
        wearer = None if self.roster is None else self.roster.of(sensor)
        return {
            "jersey": None if wearer is None else wearer.jersey,
            "initials": None if wearer is None else wearer.initials,
        }

    def _epoch(self, holding: Holding) -> EpochReport:
        return EpochReport(
            epoch=holding.epoch.hex(),
            boot_id=holding.boot_id,
            running=holding.running and self.running,
            first=holding.first,
            head=holding.head,
            confirmed=holding.confirmed,
            pin=_pin(holding.pin),
            started_us=holding.started_us,
            ended_us=holding.ended_us,
        )

    def _clock_status(self, now_us: int) -> dict[str, Any]:
        reading = self._clock.reading(now_us)
        known = reading.source != ClockSource.UNKNOWN
        return {
            "known": known,
            "source": ClockSource(reading.source).name.lower(),
            "error_ms": round(reading.error_us / 1_000, 1) if known else None,
            "hub_wall_us": self._clock.hub_wall_us(),
            "step": self.clock_step(),
        }


def _settings_status(report: SettingsReport | None) -> dict[str, Any] | None:
    if report is None:
        return None
    return {
        "version": report.version,
        "by": "gateway" if report.change is None else "hub",
        "refused": [] if report.refused is None else report.refused.faults,
    }


def _pin(anchor: Anchor | None) -> AnchorReport | None:
    return (
        None
        if anchor is None
        else AnchorReport(anchor.boot_us, anchor.wall_us, anchor.error_us, anchor.source)
    )


def _sensor(state: SensorState) -> SensorReport:
    return SensorReport(
        name=state.name,
        address=state.address,
        kind=state.kind,
        state=state.state,
        rssi=state.rssi,
        battery=state.battery,
        last_heard_us=state.last_heard_us,
    )


def _buffer(stats: BufferStats, offset_us: int) -> BufferReport:
    """The beat tells boot times; a record from before this boot counts from its beginning."""
    return BufferReport(
        used_bytes=stats.used_bytes,
        cap_bytes=stats.cap_bytes,
        waiting_records=stats.waiting_records,
        waiting_bytes=stats.waiting_bytes,
        oldest_us=None if stats.oldest_us is None else max(0, stats.oldest_us - offset_us),
        dropped_records=stats.dropped_records,
        policy=stats.policy,
    )


def _link_figures(link: LinkReport | None) -> dict[str, int | float | None]:
    if link is None:
        return {}
    return {
        "rtt_ms": _milliseconds(link.round_trip_s),
        "confirm_ms": _milliseconds(link.confirm_s),
        "backlog_bytes_per_s": round(link.rate),
        "in_flight_bytes": link.in_flight_bytes,
    }


def _hub(link: LinkReport | None) -> dict[str, Any]:
    if link is None:
        return {"state": "unreachable", "since_s": 0.0, "rtt_ms": None, "last_ack_s": None}
    return {
        "state": link.state.value,
        "since_s": round(link.since_s, 1),
        "rtt_ms": _milliseconds(link.round_trip_s),
        "confirm_ms": _milliseconds(link.confirm_s),
        "last_ack_s": None if link.last_confirm_s is None else round(link.last_confirm_s, 1),
        "in_flight_bytes": link.in_flight_bytes,
        "sentence": link.sentence,
        "parked": link.parked,
    }


def _buffer_status(stats: BufferStats, wall_us: int | None) -> dict[str, Any]:
    oldest_s = None
    if stats.oldest_us is not None and wall_us is not None:
        oldest_s = round((wall_us - stats.oldest_us) / 1_000_000, 1)
    return {
        "waiting_records": stats.waiting_records,
        "waiting_bytes": stats.waiting_bytes,
        "oldest_s": oldest_s,
        "used_bytes": stats.used_bytes,
        "cap_bytes": stats.cap_bytes,
        "dropped_records": stats.dropped_records,
        "damaged_records": stats.damaged_records,
        "policy": stats.policy,
    }


def _rates(rates: Rates | None) -> dict[str, Any]:
    words = ("records_in_per_s", "records_out_per_s", "bytes_in_per_s", "bytes_out_per_s", "full_in_s")
    told: Sequence[float | None] = (None,) * len(words) if rates is None else rates
    return {word: None if value is None else round(value, 1) for word, value in zip(words, told, strict=True)}


def _sensor_status(state: SensorState, now_us: int) -> dict[str, Any]:
    heard_us = state.last_heard_us
    return {
        "name": state.name,
        "address": state.address,
        "kind": state.kind,
        "state": state.state,
        "last_s": None if heard_us is None else round((now_us - heard_us) / 1_000_000, 1),
        "rssi": state.rssi,
        "battery": state.battery,
    }


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1_000, 1)
