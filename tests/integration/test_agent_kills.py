"""An agent killed at its work again and again, between simulated straps and a real broker, worker and database.

A witness outside notes what was accepted; the oracle, which imports nothing of ours, compares it with the rows.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
import statistics
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from agent_support import SETTINGS, agent
from bluetooth_air import on_air, scenario, strap_address, strap_name
from faults import oracle
from faults.witness import Witness
from ingest_support import eventually, ledger, stored
from sts_hub.broker import users
from sts_protocols.record import Kind, read
from uplink_support import GATEWAY
from uplink_support import eventually as soon

STRAPS = 4
# So often a strap speaks: a life of a second or two has something to lose.
RATE_HZ = 5.0
# A life goes on for up to so long after its first record: some of it is stored then, some sent, some only written.
LONGEST_LIFE_S = 1.5
# systemd waits so long before it starts the agent again (docs/gateway.md); here it is started at once.
RESTART_S = 2.0
MOST_BACK_S = 5.0


class Outage(NamedTuple):
    """From a kill to the first record of samples that the next agent accepted; and how long of this that agent was
    ready to run while somebody else had the core, which says something of this machine only."""

    back_s: float
    waited_s: float

    @property
    def own_s(self) -> float:
        return self.back_s - self.waited_s


class Storm(NamedTuple):
    """What is left of some kills: the outages, what the witness knows, what the hub holds."""

    outages: list[Outage]
    account: oracle.Account
    rows: Counter[oracle.Row]
    received: list[oracle.RecordId]

    def findings(self, without: oracle.Row | None = None) -> oracle.Findings:
        """What the oracle says, of all rows or without one."""
        return oracle.compare(self.account, self.rows - Counter([without]), self.received)

    def __str__(self) -> str:
        found = self.findings()
        seconds = ", ".join(
            f"{statistics.median(values):.2f} s ({max(values):.2f} s at most){words}"
            for values, words in (
                ([one.back_s for one in self.outages], " after a kill"),
                ([one.own_s for one in self.outages], " without its waiting for a core"),
            )
        )
        return (
            f"{len(self.outages)} kills, {found.accepted:,} values accepted; {found.counters()}; "
            f"strap to disk again {seconds}; systemd's pause of {RESTART_S:.0f} s comes on top"
        )


class FirstSamples:
    """Hears from a witness when the first record of samples of each life was accepted."""

    def __init__(self) -> None:
        self._samples: set[bytes] = set()
        self.at_s: dict[bytes, float] = {}

    def __call__(self, packet: bytes) -> None:
        if packet[:1] == b"C":
            header = read(packet[1:]).header
            if header.kind == Kind.SAMPLES:
                self._samples.add(header.epoch + header.seq.to_bytes(8, "little"))
        elif packet[1:] in self._samples:
            self.at_s.setdefault(packet[1:17], time.monotonic())


async def configured(folder: Path, hub: Any) -> Path:
    """A gateway's user at the broker, and the settings of its agent."""
    password, broker = folder / "password", urlsplit(hub.amqp_url)
    password.write_text(secrets.token_hex(8))
    password.chmod(0o600)
    await users.add(hub.management, GATEWAY, password.read_text())
    more = f'[witness]\nsocket = "{folder}/witness"\n'
    for number in range(1, STRAPS + 1):
        more += f'[[sensors]]\nname = "{strap_name(number)}"\naddress = "{strap_address(number)}"\n'
        more += 'kind = "heart_rate"\n'
    file = folder / "settings.toml"
    place = {"port": broker.port, "vhost": broker.path[1:]}
    file.write_text(SETTINGS.format(gateway=GATEWAY, folder=folder, more=more, **place))
    return file


def waited_s(pid: int) -> float:
    """How long a process's main thread has waited for a core (proc_pid_schedstat)."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9


async def lives(config: Path, kills: int, first: FirstSamples, drained: Callable[[], Any]) -> list[Outage]:
    """Kill so many agents at work, let the last one send all that is left, and end it."""
    chance, outages, killed_s = random.Random(kills), list[Outage](), 0.0
    for life in range(kills + 1):
        async with agent(config) as edge:
            await soon(lambda life=life: len(first.at_s) > life)
            back_s = list(first.at_s.values())[life] - killed_s
            outages.append(Outage(back_s, waited_s(edge.process.pid)))
            if life == kills:
                await drained()
                assert (await edge.end())[0] == 0
            else:
                await asyncio.sleep(chance.uniform(0.0, LONGEST_LIFE_S))
                killed_s = time.monotonic()
                edge.process.kill()
                await edge.process.communicate()
    return outages[1:]


OUTSTANDING = """
SELECT coalesce(sum(upper(run) - lower(run)), 0)
FROM sts.epoch, LATERAL unnest(int8multirange(int8range(0, head, '[]')) - received - parked - declared) run
WHERE head >= 0
"""


async def storm(hub: Any, folder: Path, kills: int) -> Storm:
    """Let an agent live and die; what the oracle says of the rows in the end."""
    await hub.start()
    first, config = FirstSamples(), await configured(folder, hub)
    owner = hub.database.owner

    async def whole() -> bool:
        epochs = await owner.fetchval("SELECT count(*) FROM sts.epoch WHERE head >= 0")
        return bool(epochs > kills and not await owner.fetchval(OUTSTANDING))

    with contextlib.closing(Witness(folder / "witness", folder / "witness.log", first)) as witness:
        async with on_air(folder, scenario(STRAPS, rate_hz=RATE_HZ)) as air:

            async def drained() -> None:
                for number in range(1, STRAPS + 1):
                    air.order("mute", strap=strap_name(number))
                await eventually(whole, "all that was told of is in the ledger")

            outages = await lives(config, kills, first, drained)
        await eventually(whole, "the last records are in the ledger")
    return Storm(outages, oracle.read(witness.log), *await held(owner))


async def held(owner: Any) -> tuple[Counter[oracle.Row], list[oracle.RecordId]]:
    """The hub's rows, and the records that its ledger has."""
    rows: Counter[oracle.Row] = Counter()
    received = []
    for (epoch,) in await owner.fetch("SELECT epoch FROM sts.epoch"):
        name = UUID(str(epoch)).hex
        rows.update({oracle.Row(name, *row): n for row, n in (await stored(owner, epoch)).items()})
        for first, last in [*await ledger(owner, epoch), *await ledger(owner, epoch, "parked")]:
            received += [(name, seq) for seq in range(first, last + 1)]
    return rows, received


async def test_a_killed_agent_loses_nothing_and_nothing_is_stored_twice(
    hub: Any, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    """And the control: without one of the rows, one is lost."""
    told = await storm(hub, tmp_path, 2)

    tell(str(told))
    assert not any(told.findings().counters().values()), told.findings().examples
    assert told.findings(without=told.account.expected()[0]).counters()["lost"] == 1


@pytest.mark.long
@pytest.mark.timeout(1_800)
async def test_an_agent_killed_a_hundred_times_loses_nothing_and_is_soon_back(
    hub: Any, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    told = await storm(hub, tmp_path, 100)

    tell(str(told))
    assert not any(told.findings().counters().values()), told.findings().examples
    assert max(one.own_s for one in told.outages) + RESTART_S <= MOST_BACK_S
