"""A private RabbitMQ node with its management plugin: own ports, own cookie, own port mapper.

The distribution's commands on the usual path insist on root or the user rabbitmq and write to the
system's folders, so the node is started by the scripts in the release's own sbin folder.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from demo.folders import remove_short_folder, short_folder
from demo.ports import LOOPBACK, free_port, listens, wait_until
from demo.processes import Program, StartError

# 10 s on a quiet machine; 11 to 43 s with both cores busy or after a power cut: twice the worst.
START_ALLOWANCE_S = 90
STOP_ALLOWANCE_S = 30
ANSWER_ALLOWANCE_S = 60
RELEASES = ("/usr/lib/rabbitmq/lib/rabbitmq_server-*", "/opt/rabbitmq", "/usr/local/lib/rabbitmq_server-*")
PLUGINS = "[rabbitmq_management]."
PLUGINS_WITH_MQTT = "[rabbitmq_management,rabbitmq_mqtt]."

# Quorum queues write ahead into files of this size: 64 MiB instead of 512, since a demo's data is small.
WRITE_AHEAD_BYTES = 64 * 1024 * 1024
CONFIGURATION = """listeners.tcp.1 = {loopback}:{amqp_port}
management.tcp.ip = {loopback}
management.tcp.port = {management_port}
default_user = {user}
default_pass = {password}
loopback_users.{user} = true
log.console = true
log.console.level = info
log.file = false
disk_free_limit.absolute = 50MB
raft.wal_max_size_bytes = {write_ahead}
collect_statistics_interval = 1000
"""
TLS_CONFIGURATION = """listeners.ssl.1 = {loopback}:{amqps_port}
ssl_options.certfile = {certificate}
ssl_options.keyfile = {certificate}
ssl_options.verify = verify_none
ssl_options.fail_if_no_peer_cert = false
"""
MQTT_CONFIGURATION = """mqtt.listeners.tcp.1 = {loopback}:{mqtt_port}
mqtt.allow_anonymous = false
"""


@dataclass(frozen=True)
class Release:
    """An installed RabbitMQ: its scripts, Erlang's port mapper, and the words before each command."""

    sbin: Path
    epmd: Path
    prefix: tuple[str, ...] = ()


def find_release() -> Release | None:
    """The newest RabbitMQ release on this machine, or None."""
    places = [place for pattern in RELEASES for place in Path("/").glob(pattern.lstrip("/"))]
    found = sorted(place for place in places if (place / "sbin/rabbitmq-server").exists())
    epmd = shutil.which("epmd", path=f"{os.environ.get('PATH', '')}:/usr/bin:/usr/lib/erlang/bin")
    return Release(found[-1] / "sbin", Path(epmd)) if found and epmd else None


class RabbitMQ:
    """One node in `folder`; its data, password and name stay there between starts. With `mqtt` it also listens
    to MQTT 3.1.1; with a `certificate`, a PEM file with its key, also to AMQP over TLS."""

    admin_user = "admin"

    def __init__(
        self,
        folder: Path,
        release: Release | None = None,
        *,
        mqtt: bool = False,
        certificate: Path | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._release = release
        self.admin_password = self._kept_secret("admin-password")
        self._kept_secret("home/.erlang.cookie")
        self.amqp_port = free_port()
        self.management_port = free_port()
        self.mqtt_port = free_port() if mqtt else None
        self.amqps_port = free_port() if certificate else None
        self._certificate = certificate
        self._epmd_port = free_port()
        self._distribution_port = free_port()
        self._mapper: Program | None = None
        self.process: Program | None = None

    # -- where it is ------------------------------------------------------------------------------
    @property
    def management_url(self) -> str:
        """The management API, without credentials."""
        return f"http://{LOOPBACK}:{self.management_port}"

    @property
    def management_url_with_password(self) -> str:
        """The management API with the administrator's credentials in the URL."""
        return f"http://{self.admin_user}:{self.admin_password}@{LOOPBACK}:{self.management_port}"

    def amqp_url(self, vhost: str = "/", user: str | None = None, password: str | None = None) -> str:
        """Where clients connect; the administrator unless a user is named."""
        name = quote(user or self.admin_user, safe="")
        secret = quote(password or self.admin_password, safe="")
        return f"amqp://{name}:{secret}@{LOOPBACK}:{self.amqp_port}/{quote(vhost, safe='')}"

    # -- its life ---------------------------------------------------------------------------------
    def start(self) -> None:
        """Come up on the same ports as before; raises StartError after START_ALLOWANCE_S."""
        self.launch()
        self.wait_ready()

    def launch(self) -> None:
        """Begin to come up; `wait_ready` says when it is there."""
        release = self._release or find_release()
        if release is None:
            raise StartError("no RabbitMQ on this machine: install the package rabbitmq-server")
        base = short_folder(self._folder) / "here"
        self._write_configuration()
        environment = self._environment(base)
        self._start_mapper(release, environment)
        command = [*release.prefix, str(release.sbin / "rabbitmq-server")]
        self.process = Program("rabbitmq", command, self._folder / "rabbitmq.log", environment=environment)

    def wait_ready(self) -> None:
        """Return once clients are served; raises StartError after START_ALLOWANCE_S."""
        if self.process is None:
            raise StartError("RabbitMQ was not launched")
        wait_until(self._ready, START_ALLOWANCE_S, every_s=0.2)
        if not (self.process.running() and self._ready()):
            error = self.process.failure(f"was not ready within {START_ALLOWANCE_S} s")
            self.stop()
            raise error

    def stop(self) -> None:
        """End the node and its port mapper; its data stays."""
        for program in (self.process, self._mapper):
            if program is not None:
                program.stop(STOP_ALLOWANCE_S)
        self.process = self._mapper = None
        remove_short_folder(self._folder)

    def kill(self) -> None:
        """SIGKILL to the node; `start` brings it up again with its data."""
        if self.process is not None:
            self.process.kill()
            self.process = None

    # -- virtual hosts ----------------------------------------------------------------------------
    def make_vhost(self, name: str | None = None) -> str:
        """A virtual host in which the administrator may do everything; drawn at random if not named."""
        vhost = name or f"test-{secrets.token_hex(6)}"
        self.api("PUT", f"/api/vhosts/{quote(vhost, safe='')}")
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        self.api("PUT", f"/api/permissions/{quote(vhost, safe='')}/{self.admin_user}", everything)
        return vhost

    def drop_vhost(self, vhost: str) -> None:
        """Remove a virtual host with all that is in it."""
        self.api("DELETE", f"/api/vhosts/{quote(vhost, safe='')}")

    def api(self, method: str, path: str, body: object = None) -> Any:
        """One call of the management API as the administrator; the decoded answer, or None."""
        request = urllib.request.Request(
            self.management_url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Basic {self._credentials()}"},
        )
        with urllib.request.urlopen(request, timeout=ANSWER_ALLOWANCE_S) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def control(self, *words: str) -> None:
        """One `rabbitmqctl` command, for what the management API cannot do, such as an alarm."""
        release = self._release or find_release()
        if release is None:
            raise StartError("no RabbitMQ on this machine: install the package rabbitmq-server")
        command = [*release.prefix, str(release.sbin / "rabbitmqctl"), *words]
        environment = self._environment(short_folder(self._folder) / "here")
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=START_ALLOWANCE_S)

    # -- inside -----------------------------------------------------------------------------------
    def _credentials(self) -> str:
        return base64.b64encode(f"{self.admin_user}:{self.admin_password}".encode()).decode()

    def _kept_secret(self, name: str) -> str:
        path = self._folder / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(16))
        return path.read_text()

    def _write_configuration(self) -> None:
        text = CONFIGURATION.format(
            loopback=LOOPBACK,
            amqp_port=self.amqp_port,
            management_port=self.management_port,
            user=self.admin_user,
            password=self.admin_password,
            write_ahead=WRITE_AHEAD_BYTES,
        )
        if self.mqtt_port is not None:
            text += MQTT_CONFIGURATION.format(loopback=LOOPBACK, mqtt_port=self.mqtt_port)
        if self.amqps_port is not None:
            text += TLS_CONFIGURATION.format(
                loopback=LOOPBACK, amqps_port=self.amqps_port, certificate=self._certificate
            )
        configuration = self._folder / "rabbitmq.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(text)
        (self._folder / "enabled_plugins").write_text(
            PLUGINS if self.mqtt_port is None else PLUGINS_WITH_MQTT
        )
        for empty in ("env.conf", "advanced.config"):
            (self._folder / empty).write_text("[].\n" if empty == "advanced.config" else "")

    def _environment(self, base: Path) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "LANG": "C.UTF-8",
            "HOME": f"{base}/home",
            "RUNNING_UNDER_SYSTEMD": "true",  # the script then becomes the node instead of watching it
            "RABBITMQ_NODENAME": f"sts-{self._folder_mark()}@localhost",
            "RABBITMQ_NODE_PORT": str(self.amqp_port),
            "RABBITMQ_NODE_IP_ADDRESS": LOOPBACK,
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "RABBITMQ_MNESIA_BASE": f"{base}/data",
            "RABBITMQ_LOG_BASE": f"{base}/log",
            "RABBITMQ_CONFIG_FILE": f"{base}/rabbitmq.conf",
            "RABBITMQ_CONF_ENV_FILE": f"{base}/env.conf",
            "RABBITMQ_ADVANCED_CONFIG_FILE": f"{base}/advanced.config",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{base}/enabled_plugins",
            "RABBITMQ_PID_FILE": f"{base}/rabbitmq.pid",
            "RABBITMQ_GENERATED_CONFIG_DIR": f"{base}/generated",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }

    def _folder_mark(self) -> str:
        return self._kept_secret("node-name")[:8]

    def _start_mapper(self, release: Release, environment: dict[str, str]) -> None:
        """Erlang's port mapper as our own child: left to the node, it would outlive it."""
        if self._mapper is not None and self._mapper.running():
            return
        command = [*release.prefix, str(release.epmd), "-port", str(self._epmd_port), "-address", LOOPBACK]
        self._mapper = Program("epmd", command, self._folder / "epmd.log", environment=environment)
        if not wait_until(lambda: listens(self._epmd_port), ANSWER_ALLOWANCE_S):
            raise self._mapper.failure("did not open its port")

    def _ready(self) -> bool:
        if self.process is None or not self.process.running():
            return True  # ended: no use in waiting on, the caller looks at its exit code
        ports = (self.amqp_port, self.mqtt_port, self.amqps_port)
        if not all(listens(port) for port in ports if port is not None):
            return False
        try:
            self.api("GET", "/api/whoami")
        except (OSError, urllib.error.URLError):
            return False
        return True
