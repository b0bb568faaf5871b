"""The whole system on one machine: services, hub, simulated straps and a real gateway agent.

    system = System(folder)
    system.start()          # or the five steps that it consists of, one by one
    system.agent.kill()     # any part can be killed, stopped and started again
    system.stop()

What a proof run changes is in Options and in the attributes that are read when a part starts:
`agent_broker` (put a proxy between agent and broker), `agent_settings`, `agent_environment`.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demo.folders import remove_short_folder, short_folder
from demo.gateway_file import gateway_file
from demo.ports import LOOPBACK, free_port, wait_until
from demo.processes import Program, StartError, last_lines
from demo.seeding import Api, seed
from demo.services.dbus import DBus
from demo.services.postgres import Postgres
from demo.services.rabbitmq import RabbitMQ

DATABASE, VHOST = "sts", "sts"
SEASON_CLUB = "Season Club"
# A loaded machine of two cores takes 3 s for each of these.
COMMAND_ALLOWANCE_S = 90
API_ALLOWANCE_S = 60
AGENT_ALLOWANCE_S = 30
PROGRAMS = Path(sys.executable).parent
Words = Callable[[], list[str]]
Variables = Callable[[], dict[str, str]]


@dataclass
class Options:
    """What differs between a demo and a proof run. Without a broker the gateway sends to the hub itself; with a history
    the database is kept in shape, as a hub in service does it, and a season can be loaded."""

    scenario: str = "squad"
    gateway: str = "pitch-1"
    club: str = "Demo Club"
    site: str = "Pitch 1"
    team: str = "First team"
    email: str = "coach@demo.example"
    workers: int = 2
    broker: bool = True
    history: bool = False
    seed: int | None = None
    truth: Path | None = None
    web_app: Path | None = None
    hub_environment: dict[str, str] = field(default_factory=dict)


class Part:
    """One program of the system; its command is made anew at each start."""

    def __init__(self, name: str, log: Path, command: Words, environment: Variables) -> None:
        self.name = name
        self.log = log
        self._command = command
        self._environment = environment
        self.program: Program | None = None

    def start(self) -> None:
        """Start it; it is not ready yet."""
        self.program = Program(self.name, self._command(), self.log, environment=self._environment())

    def stop(self) -> None:
        """Ask it to end and wait until it has."""
        if self.program is not None:
            self.program.stop()
            self.program = None

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        if self.program is not None:
            self.program.kill()
            self.program = None

    @property
    def ended(self) -> bool:
        """Whether it ended although nobody asked it to."""
        return self.program is not None and not self.program.running()


class System:
    """Everything in `folder`; what is stored there stays between starts."""

    def __init__(self, folder: Path, options: Options | None = None) -> None:
        self.folder = folder
        self.options = options or Options()
        self._log = folder / "log"
        for place in (self._log, folder / "agent", folder / "hub"):
            place.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)  # a PostgreSQL that gave up root must pass
        self.postgres = Postgres(folder / "postgres")
        self.rabbitmq = RabbitMQ(folder / "rabbitmq") if self.options.broker else None
        self.bus = DBus(folder / "dbus")
        self.api_port = free_port()
        self.password = self._kept_secret("password", 9)
        self.agent_broker: tuple[str, int] | None = None
        self.agent_settings = ""
        self.agent_environment: dict[str, str] = {}
        self.workers = [
            self._part(f"ingest-{number}", self._hub_command("ingest"), self._hub_environment)
            for number in range(1, self.options.workers + 1)
            if self.options.broker
        ]
        self.api = self._part("api", self._hub_command("api"), self._hub_environment)
        keeping = self._hub_command("maintain", "--every", "60")
        self.keeper = self._part("maintain", keeping, self._hub_environment)
        loading = self._hub_command("seed", "--yes", "--club", SEASON_CLUB)
        self.loader = self._part("season", loading, self._hub_environment)
        self.simulator = self._part("simulator", self._simulator_command, self._plain_environment)
        self.agent = self._part("agent", self._agent_command, self._agent_environment)
        self._roster: list[dict[str, Any]] | None = None

    # -- where it is ------------------------------------------------------------------------------
    @property
    def base_url(self) -> str:
        """What a person types into the browser."""
        return f"http://localhost:{self.api_port}"

    @property
    def control_socket(self) -> Path:
        """Where the simulator takes orders while it runs."""
        return short_folder(self.folder) / "sim.sock"

    @property
    def agent_socket(self) -> Path:
        """Where the agent answers `status` and `tail`."""
        return short_folder(self.folder) / "agent.sock"

    @property
    def agent_configuration(self) -> Path:
        """The agent's settings, written anew at each start of the agent."""
        return self.folder / "agent/settings.toml"

    @property
    def broker_address(self) -> tuple[str, int]:
        """Where the gateway is taken in: the broker, or without one the hub."""
        return LOOPBACK, self.rabbitmq.amqp_port if self.rabbitmq else self.api_port

    @property
    def owner_dsn(self) -> str:
        """The superuser's way into the hub's database."""
        return self.postgres.dsn_of(DATABASE)

    @property
    def parts(self) -> list[Part]:
        """Every program of ours, in the order in which they start."""
        keeper = [self.keeper] if self.options.history else []
        return [*self.workers, self.api, *keeper, self.simulator, self.agent]

    # -- its life ---------------------------------------------------------------------------------
    def start(self) -> None:
        """All steps; raises StartError, and then everything that had started is stopped again."""
        try:
            self.start_services()
            self.prepare_hub()
            self.start_hub()
            self.seed()
            self.start_field()
        except BaseException:
            self.stop()
            raise

    def start_services(self) -> None:
        """Database, broker and message bus."""
        if self.rabbitmq is not None:
            self.rabbitmq.launch()  # the slowest: the others come up meanwhile
        self.bus.start()
        self.postgres.start()
        if self.postgres.sql(f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'") != "1":
            self.postgres.make_database(DATABASE)

    def prepare_hub(self) -> None:
        """Tables, the first account and the gateway's place at the broker and at the hub."""
        self.hub("migrate")
        self.once("account-created", self._create_account)
        if self.rabbitmq is not None:
            self.rabbitmq.wait_ready()
            self.rabbitmq.make_vhost(VHOST)
        self.once("gateway-added" if self.rabbitmq else "gateway-added-without-broker", self._add_gateway)

    def start_hub(self) -> None:
        """Ingest workers and the API."""
        for part in (*self.workers, self.api):
            part.start()
        if not wait_until(self._api_ready, API_ALLOWANCE_S):
            raise self._failure(self.api, f"was not ready within {API_ALLOWANCE_S} s")
        if self.options.history:
            self.keeper.start()

    def seed(self) -> None:
        """Athletes, consents, sensors and who wears what, told over the API as a person would."""
        api = Api(self.base_url)
        api.sign_in(self.options.email, self.password)
        seed(api, self.options.team, self.roster())

    def start_field(self) -> None:
        """Simulated straps and the gateway agent."""
        self.simulator.start()
        self.start_agent()

    def start_agent(self) -> None:
        """The agent alone, with settings written from what the attributes say now."""
        self._write_agent_settings()
        self.agent.start()
        if not wait_until(lambda: self.agent_socket.exists() or self.agent.ended, AGENT_ALLOWANCE_S):
            raise self._failure(self.agent, f"was not ready within {AGENT_ALLOWANCE_S} s")
        if self.agent.ended:
            raise self._failure(self.agent, "ended while it started")

    def stop(self) -> None:
        """End every process: the field first, then the hub, then the services; the data stays."""
        self.agent.stop()  # before its straps fall silent, or it would report each of them lost
        self.simulator.stop()
        _stop_together(*self.workers, self.api, self.keeper, self.loader)
        _stop_together(*([self.rabbitmq] if self.rabbitmq else []), self.postgres, self.bus)
        remove_short_folder(self.folder)

    def ended_parts(self) -> list[Part]:
        """Programs that ended although nobody asked them to."""
        return [part for part in self.parts if part.ended]

    # -- the hub's command line -------------------------------------------------------------------
    def hub(self, *words: str, given: str | None = None) -> str:
        """Run `sts-hub` with these words; what it printed. Raises StartError when it fails."""
        command = [str(PROGRAMS / "sts-hub"), *words]
        done = subprocess.run(
            command,
            env=self._hub_environment(),
            input=given or "",
            capture_output=True,
            text=True,
            timeout=COMMAND_ALLOWANCE_S,
            check=False,
        )
        if done.returncode:
            wrote = (done.stderr or done.stdout).strip()
            raise StartError(f"sts-hub {' '.join(words)} ended with code {done.returncode}:\n{wrote}")
        return done.stdout

    def create_account(self, email: str, name: str, club: str) -> None:
        """An admin of a club, with the demo's password."""
        who = ("--email", email, "--name", name, "--role", "admin", "--club", club)
        self.hub("account", "create", *who, "--password-stdin", given=self.password + "\n")

    def done(self, mark: str) -> bool:
        """Whether this was done at some start."""
        return (self.folder / "hub" / mark).exists()

    def once(self, mark: str, act: Callable[[], None]) -> None:
        """Do it, unless it was done."""
        if not self.done(mark):
            act()
            (self.folder / "hub" / mark).touch()

    def roster(self) -> list[dict[str, Any]]:
        """Straps and athletes of the scenario, as the simulator tells them."""
        if self._roster is None:
            command = [str(PROGRAMS / "sts-sim"), "roster", self.options.scenario, "--json"]
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            self._roster = json.loads(told)
        return self._roster

    # -- inside -----------------------------------------------------------------------------------
    def _part(self, name: str, command: Words, environment: Variables) -> Part:
        log = self._log / f"{name}.log"
        log.unlink(missing_ok=True)
        return Part(name, log, command, environment)

    def _kept_secret(self, name: str, size_bytes: int) -> str:
        path = self.folder / name
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(size_bytes))
        return path.read_text()

    def _create_account(self) -> None:
        self.create_account(self.options.email, "Demo Coach", self.options.club)

    def _add_gateway(self) -> None:
        options = self.options
        where = ("--club", options.club, "--site", options.site, "--password-file", str(self._agent_secret))
        self._agent_secret.unlink(missing_ok=True)
        for mark in (self.folder / "hub").glob("gateway-added*"):
            mark.unlink()  # with or without a broker: each time it is the only password
        self.hub("gateway", "add", options.gateway, *where)

    @property
    def _agent_secret(self) -> Path:
        return self.folder / "agent/password"

    def _hub_command(self, *words: str) -> Words:
        return lambda: [str(PROGRAMS / "sts-hub"), *words]

    def _simulator_command(self) -> list[str]:
        options = self.options
        words = [str(PROGRAMS / "sts-sim"), "run", options.scenario, "--bus-address", self.bus.address]
        words += ["--control", str(self.control_socket)]
        words += ["--truth", str(options.truth)] if options.truth else []
        return words + (["--seed", str(options.seed)] if options.seed is not None else [])

    def _agent_command(self) -> list[str]:
        return [str(PROGRAMS / "sts-edge"), "run", "--config", str(self.agent_configuration)]

    def _plain_environment(self) -> dict[str, str]:
        kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "USER")
        return {"LANG": "C.UTF-8"} | {name: os.environ[name] for name in kept if name in os.environ}

    def _agent_environment(self) -> dict[str, str]:
        own = {"DBUS_SYSTEM_BUS_ADDRESS": self.bus.address}
        return self._plain_environment() | own | self.agent_environment

    def _hub_environment(self) -> dict[str, str]:
        ingest, api = self._kept_secret("hub/ingest", 18), self._kept_secret("hub/api", 18)
        own = {
            "STS_DB_OWNER_DSN": self.owner_dsn,
            "STS_DB_INGEST_DSN": self.postgres.dsn_of(DATABASE, "sts_ingest", ingest),
            "STS_DB_API_DSN": self.postgres.dsn_of(DATABASE, "sts_api", api),
            "STS_LISTEN": f"{LOOPBACK}:{self.api_port}",
            "STS_INSECURE_LOOPBACK_COOKIE": "true",
            "STS_SEALING_KEY": self._kept_secret("hub/sealing", 32),
            "STS_REMOVALS_FILE": str(self.folder / "hub/removals"),
        }
        if self.rabbitmq is not None:
            own["STS_AMQP_URL"] = self.rabbitmq.amqp_url(VHOST)
            own["STS_MANAGEMENT_URL"] = self.rabbitmq.management_url_with_password
        else:
            own["STS_WITHOUT_BROKER"] = "true"
        if self.options.web_app is not None:
            own["STS_WEB_DIR"] = str(self.options.web_app)
        return self._plain_environment() | own | self.options.hub_environment

    def _write_agent_settings(self) -> None:
        host, port = self.agent_broker or self.broker_address
        url = f"amqp://{host}:{port}/{VHOST}" if self.rabbitmq else f"http://{host}:{port}"
        made = gateway_file(
            self.options.gateway,
            url,
            self._agent_secret,
            self.roster(),
            self.folder / "agent/data",
            short_folder(self.folder),
        )
        self.agent_configuration.write_text(made + self.agent_settings)
        self.agent_socket.unlink(missing_ok=True)

    def _api_ready(self) -> bool:
        if self.api.ended:
            return True
        try:
            with urllib.request.urlopen(f"{self.base_url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def _failure(self, part: Part, what: str) -> StartError:
        if part.program is not None:
            return part.program.failure(what)
        return StartError(f"{part.name} {what}:\n{last_lines(part.log)}")


def _stop_together(*stoppable: Part | RabbitMQ | Postgres | DBus) -> None:
    """Stop several at once and wait for all: the broker alone takes some seconds."""
    with ThreadPoolExecutor() as pool:
        ends = [pool.submit(one.stop) for one in stoppable]
    for end in ends:
        end.result()
