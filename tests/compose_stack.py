"""The whole stack of docker-compose.yml under a name, secrets and ports of its own, and what a proof does to it."""

from __future__ import annotations

import csv
import json
import os
import shutil
import ssl
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx

from compose_file import ROOT
from demo.ports import free_port, wait_until
from demo.seeding import Api
from faults import oracle, stored
from faults.witness import Witness

# Everything begins at once on two cores: four minutes on a machine with other work, half a minute on a quiet one.
START_ALLOWANCE_S = 900
# What was held while a part was away is stored within this.
DRAIN_ALLOWANCE_S = 300
COMMAND_ALLOWANCE_S = 1500
ANSWER_ALLOWANCE_S = 60
PATIENCE_S = 180
HOST = "localhost"
GATEWAY = "sims-pitch-1"
PROOFS = ROOT / "tests/compose"
# SIGKILL to all that runs in a container but its first process, which then ends with a fault and is started anew; a kill from
# outside would count as a stop that somebody wanted.
KILL_INSIDE = ("sh", "-c", "kill -9 -1")


class ComposeError(Exception):
    """A command of Compose failed; the text has what it said."""


def missing() -> str:
    """Why nothing of this can run here, or an empty string."""
    if shutil.which("docker") is None:
        return "there is no docker command: install Docker Engine with Compose"
    for words in (["docker", "compose", "version"], ["docker", "info"]):
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
        if done.returncode:
            return f"{' '.join(words)} fails: {(done.stderr or done.stdout).strip()[-300:]}"
    return ""


class Stack:
    """One stack in `folder`, whatever else runs on the machine."""

    def __init__(self, folder: Path, project: str) -> None:
        self.folder = folder
        self.project = project
        self.ports = {name: free_port() for name in ("http", "https", "amqps")}
        self.origin = f"https://{HOST}:{self.ports['https']}"
        self.files: list[Path] = []
        self.environment = {
            **{name: os.environ[name] for name in os.environ if not name.startswith("STS_")},
            "STS_SECRETS": str(folder / "secrets"),
            "STS_ENVIRONMENT": str(folder / "env"),
            "STS_WITNESS": str(folder / "witness"),
        }

    # -- its life ---------------------------------------------------------------------------------
    def set_up(self) -> None:
        """Secrets and settings, by the command that an operator types."""
        ports = [word for name, port in self.ports.items() for word in (f"--{name}", str(port))]
        self._said("sh", str(ROOT / "deploy/set-up.sh"), HOST, "--club", "Proof Club", *ports)

    def compose(self, *words: str, given: str | None = None) -> str:
        """One command of Compose; what it printed. Raises ComposeError."""
        files = [word for file in (ROOT / "docker-compose.yml", *self.files) for word in ("-f", str(file))]
        head = ["docker", "compose", "--project-name", self.project, "--project-directory", str(ROOT)]
        head += ["--env-file", str(self.folder / "env"), *files]
        return self._said(*head, *words, given=given)

    def up(self, *services: str) -> None:
        """Start these, or all but the simulators, and wait until whatever has a health check is healthy."""
        self.compose("up", "--detach", "--no-build", *services)
        if not wait_until(self.healthy, START_ALLOWANCE_S, every_s=2):
            raise ComposeError(
                f"not healthy: {self.states()}\n{self.compose('logs', '--tail', '20')[-6000:]}"
            )

    def remove(self) -> None:
        """Containers, networks and data."""
        self.compose("--profile", "*", "down", "--volumes", "--remove-orphans", "--timeout", "10")

    def states(self) -> dict[str, str]:
        """Each container's state and health by its name."""
        lines = self.compose("ps", "--format", "json").splitlines()
        told = [json.loads(line) for line in lines if line.startswith("{")]
        return {one["Name"]: f"{one['State']} {one['Health']}".strip() for one in told}

    def healthy(self) -> bool:
        """Whether each container that goes on is healthy."""
        states = self.states()
        return bool(states) and all(state == "running healthy" for state in states.values())

    # -- what is done to it -----------------------------------------------------------------------
    def inside(self, service: str, *words: str, number: int = 1) -> str:
        """A command in a running container."""
        return self.compose("exec", "-T", "--index", str(number), service, *words)

    def kill(self, service: str, number: int = 1) -> None:
        """SIGKILL to its program, as a crash would; its container starts anew by itself."""
        try:
            self.inside(service, *KILL_INSIDE, number=number)
        except ComposeError:
            return  # the shell that killed may be gone with the container

    def sql(self, query: str) -> list[list[str]]:
        """Rows of the database, as texts."""
        words = (
            "psql",
            "-U",
            "postgres",
            "-d",
            "sts",
            "--no-psqlrc",
            "-q",
            "-c",
            f"COPY ({query}) TO STDOUT CSV",
        )
        return list(csv.reader(self.inside("timescaledb", *words).splitlines()))

    # -- what is asked of it ----------------------------------------------------------------------
    @property
    def trusted(self) -> ssl.SSLContext:
        """Trust in the certificate that it made for itself."""
        found = ssl.get_server_certificate((HOST, self.ports["https"]))
        return ssl.create_default_context(cadata=found)

    @property
    def admin(self) -> tuple[str, str]:
        """E-mail and password of the first admin."""
        return "admin@club.example", (self.folder / "secrets/admin_password").read_text().strip()

    def api(self) -> Api:
        """The API through Nginx, signed in."""
        api = Api(self.origin, trusted=self.trusted)
        api.sign_in(*self.admin)
        return api

    def signed_in(self) -> httpx.Cookies:
        """The cookies of the first admin."""
        email, password = self.admin
        proof = {"Origin": self.origin, "X-STS-Request": "1"}
        with httpx.Client(base_url=self.origin, verify=self.trusted, timeout=ANSWER_ALLOWANCE_S) as client:
            answer = client.post(
                "/api/v1/session", json={"email": email, "password": password}, headers=proof
            )
            answer.raise_for_status()
            return client.cookies

    def waiting_records(self) -> int:
        """Records that wait in the gateway or that the hub still expects."""
        try:
            # Its exit code tells of faults, and without straps it has one.
            told = self.inside("sims-edge", "sh", "-c", "sts-edge --json status || true")
            status = json.loads(told)
            waiting = int(status["buffer"]["waiting_records"])
        except (ComposeError, json.JSONDecodeError, KeyError):
            return -1
        return waiting + int(self.sql(_of_the_gateway(stored.EXPECTED))[0][0])

    def rows(self) -> Counter[oracle.Row]:
        """Every row of the simulated gateway."""
        found = self.sql(_of_the_gateway(stored.ROWS))
        return Counter(
            oracle.Row(epoch, sensor, int(metric), int(t_us), float(value), int(quality))
            for epoch, sensor, metric, t_us, value, quality in found
        )

    def received(self) -> list[oracle.RecordId]:
        """Every record of the simulated gateway that the ledger has."""
        found = self.sql(_of_the_gateway(stored.RECEIVED))
        return stored.records((epoch, int(first), int(behind)) for epoch, first, behind in found)

    def _said(self, *words: str, given: str | None = None) -> str:
        done = subprocess.run(
            words,
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_ALLOWANCE_S,
        )
        if done.returncode:
            said = f"{done.stdout}{done.stderr}"[-4000:]
            raise ComposeError(f"{' '.join(words[-6:])} ended with code {done.returncode}:\n{said}")
        return done.stdout


def _of_the_gateway(query: str) -> str:
    return query.replace("$1", f"'{GATEWAY}'")


def eventually(true: Callable[[], object], what: str, patience_s: float = PATIENCE_S) -> None:
    """Wait until it is true, or fail with what did not happen."""
    assert wait_until(lambda: bool(true()), patience_s, every_s=1), f"{what} did not come true"


def witnessed(stack: Stack) -> Iterator[Witness]:
    """The simulated gateway, telling a witness outside what it accepts; it is started by that."""
    place = stack.folder / "witness"
    place.mkdir(exist_ok=True)
    place.chmod(0o777)
    witness = Witness(place / "told.sock", stack.folder / "witness.log")
    witness.address.chmod(0o777)  # the agent is another user
    stack.files.append(PROOFS / "witnessed.yml")
    stack.compose("run", "--rm", "sims-registered")
    words = ("run", "--rm", "-T", "--no-deps", "--entrypoint", "sh", "sims-edge", "-c")
    addition = '[witness]\nsocket = "/run/witness/told.sock"\n'
    stack.compose(*words, "cat >> /var/lib/sts-edge/settings.toml", given=addition)
    stack.up("sims", "sims-edge")
    yield witness
    witness.close()
