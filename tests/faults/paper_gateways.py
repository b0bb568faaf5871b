"""Gateways made of paper: they beat and publish like real ones, and die, drop and err on command.

What a real agent does only after hours (fill its disk, lose its card, run ahead of the hub's version) is said
here in a few records, through the real broker, with a real gateway's rights.
"""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import aio_pika

from demo.system import VHOST, System
from faults.words import Claim
from sts_protocols import beat, routing
from sts_protocols.metrics import HEART_RATE
from sts_protocols.record import (
    ClockReading,
    ClockSource,
    Drop,
    Kind,
    Record,
    encode_drop,
    encode_samples,
    seal,
)
from sts_protocols.sample import Packet, Value

SECOND_US = 1_000_000
BOOT_US = 1_000 * SECOND_US
# A kind that no version knows yet: readable, kept, and parked.
KIND_OF_TOMORROW = 200
RECORDS = 40
# All of it happened well before it is told, so that every claim is about the past.
AGE_S = 120
SETTLED_S = 5


@dataclass
class Paper:
    """One gateway, one epoch, one record a second."""

    name: str

    def __post_init__(self) -> None:
        self.epoch, self.segment = os.urandom(16), os.urandom(8)
        self.start_us = int((time.time() - AGE_S) * 1e6)
        self.clock = ClockReading(self.start_us - BOOT_US, 1000, ClockSource.NTP)

    def at_s(self, seq: float) -> float:
        """When the record of that number began, wall time in s."""
        return self.start_us / 1e6 + seq

    def record(self, seq: int, kind: int = Kind.SAMPLES, body: bytes | None = None) -> Record:
        """The record of that number: one heart rate unless told otherwise."""
        first_us = BOOT_US + seq * SECOND_US
        packet = Packet("hr-01", first_us, 1000, SECOND_US, (Value(HEART_RATE.id, 100.0 + seq, 0),))
        content = encode_samples([packet]) if body is None else body
        return seal(
            kind, self.segment, self.epoch, seq, first_us, first_us + SECOND_US - 1, self.clock, content
        )

    def dropping(self, first: int, last: int, seq: int) -> Record:
        """The record that declares others lost."""
        first_us, last_us = BOOT_US + first * SECOND_US, BOOT_US + (last + 1) * SECOND_US - 1
        drop = Drop(self.epoch, [(first, last)], "full", first_us, last_us)
        return self.record(seq, Kind.DROP, encode_drop(drop))

    def beat(self, head: int) -> bytes:
        """A beat that says how far its disk reaches."""
        pin = beat.AnchorReport(BOOT_US, self.start_us, 1000, ClockSource.NTP)
        report = beat.EpochReport(
            self.epoch.hex(), "paper", running=True, first=0, head=head, confirmed=[(0, head)], pin=pin
        )
        return beat.encode_beat(
            beat.Beat(
                gateway=self.name,
                epoch=self.epoch.hex(),
                number=1,
                boot_us=BOOT_US + RECORDS * SECOND_US,
                epochs=[report],
            )
        )


def claims_about(system: System) -> list[Claim]:
    """Let three paper gateways speak; what the hub must say of each."""
    return asyncio.run(_speak(system))


async def _speak(system: System) -> list[Claim]:
    dropping, erring, dead = Paper("paper-dropping"), Paper("paper-erring"), Paper("paper-dead")
    gone = range(10, 15)
    told = [dropping.record(seq) for seq in range(RECORDS) if seq not in gone]
    await _tell(system, dropping, [*told, dropping.dropping(10, 14, RECORDS)], RECORDS)
    strange = [
        erring.record(seq, KIND_OF_TOMORROW if seq in gone else Kind.SAMPLES) for seq in range(RECORDS)
    ]
    await _tell(system, erring, strange, RECORDS - 1)
    await _tell(system, dead, [dead.record(seq) for seq in range(20)], RECORDS - 1)
    await asyncio.sleep(SETTLED_S)
    now = time.time()
    return [
        Claim("a declared drop", dropping.name, dropping.at_s(0), dropping.at_s(39), frozenset({"lost"})),
        Claim("a parked record", erring.name, erring.at_s(0), erring.at_s(39), frozenset({"parked"})),
        Claim("a dead card", dead.name, dead.at_s(0), now + 60, frozenset({"missing", "unknown"})),
        Claim("a dead card, before its end", dead.name, dead.at_s(0), dead.at_s(15), frozenset({"complete"})),
    ]


async def _tell(system: System, paper: Paper, records: list[Record], head: int) -> None:
    connection = await aio_pika.connect(_broker_url(system, paper.name))
    async with connection:
        channel = await connection.channel(on_return_raises=True)
        status = await channel.get_exchange(routing.STATUS, ensure=False)
        telemetry = await channel.get_exchange(routing.TELEMETRY, ensure=False)
        said = aio_pika.Message(paper.beat(head), user_id=paper.name)
        await status.publish(said, routing.status_key(paper.name))
        for record in records:
            said = aio_pika.Message(record.raw, user_id=paper.name, delivery_mode=2)
            await telemetry.publish(said, routing.telemetry_key(paper.name, "backlog"), mandatory=True)


def _broker_url(system: System, name: str) -> str:
    secret = system.folder / f"{name}.password"
    _add(system, name, secret)
    host, port = system.broker_address
    return f"amqp://{name}:{quote(secret.read_text().strip(), safe='')}@{host}:{port}/{VHOST}"


def _add(system: System, name: str, secret: Path) -> None:
    options = system.options
    system.hub(
        "gateway", "add", name, "--club", options.club, "--site", "Paper", "--password-file", str(secret)
    )
